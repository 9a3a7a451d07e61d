# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes after the publication of a model: what is made anew, and makers' remarks that it takes into account."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.studio import publication

_PAGE = "espace/studio/<slug:slug>/publication/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_PAGE, publication.publication, name="studio-publication"),
    path(f"{_PAGE}etat.json", publication.state, name="studio-publication-state"),
    path(f"{_PAGE}relancer/", publication.again, name="studio-publication-again"),
    path(f"{_PAGE}remarques/", publication.remarks, name="studio-publication-remarks"),
]
