# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who can make this, and why."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views import matching

urlpatterns: list[URLPattern | URLResolver] = [
    path("ou-fabriquer/", matching.ranking, name="ranking"),
    path("ou-fabriquer/classement.pdf", matching.ranking_pdf, name="ranking-pdf"),
    path("ou-fabriquer/classement.csv", matching.ranking_csv, name="ranking-csv"),
]
