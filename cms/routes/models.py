# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The models, each one's page and its own files."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views import models

urlpatterns: list[URLPattern | URLResolver] = [
    path("modeles/", models.catalogue_page, name="models"),
    path("modeles/<slug:design>/", models.model_page, name="model"),
    path("modeles/<slug:design>/sources.zip", models.model_source, name="model-source"),
    path("modeles/images/<slug:sha256>/<str:name>", models.model_picture, name="model-picture"),
    path("modeles/<slug:design>/fichiers/<str:name>", models.model_file, name="model-file"),
]
