# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What editors write: pages, questions, pictures. The pages of models, workshops and orders are plain views (cms/views)."""

from __future__ import annotations

from cms.models.base import SitePage
from cms.models.home import HomePage
from cms.models.images import SiteImage, SiteRendition
from cms.models.search import SearchEntry, SearchSpelling, SearchWord
from cms.models.standard import StandardPage

__all__ = ["HomePage", "SiteImage", "SitePage", "SiteRendition", "StandardPage"]
