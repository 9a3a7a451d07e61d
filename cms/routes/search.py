# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The search, and what it offers while one types."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views import search

urlpatterns: list[URLPattern | URLResolver] = [
    path("recherche/", search.search_page, name="site-search"),
    path("recherche/suggestions.json", search.suggestions, name="search-suggestions"),
]
