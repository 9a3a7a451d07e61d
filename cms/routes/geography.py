# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Communes as one types them; the map and the list of workshops."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.geography import communes, workshops

urlpatterns: list[URLPattern | URLResolver] = [
    path("communes.json", communes.communes, name="communes"),
    path("ateliers/", workshops.workshops, name="workshops"),
    path("ateliers/<slug:slug>/", workshops.workshop, name="workshop"),
]
