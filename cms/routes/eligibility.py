# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may order."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views import eligibility

urlpatterns: list[URLPattern | URLResolver] = [path("eligibilite/", eligibility.eligibility, name="eligibility")]
