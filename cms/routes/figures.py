# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Statistics and open data, which are everybody's, and the coordinators' dashboard."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from cms.views.figures import dashboard, open_data, public

urlpatterns: list[URLPattern | URLResolver] = [
    path("statistiques/", public.figures_page, name="figures"),
    path("donnees/", open_data.open_data_page, name="open-data"),
    re_path(r"^donnees/(?P<name>[a-z-]{3,30})\.csv$", open_data.table, name="open-data-file"),
    path("coordination/tableau/", dashboard.dashboard, name="dashboard"),
]
