# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model's life in the studio: begun, taken up, adapted, reviewed, published. Before the addresses of single models."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.studio import listing, reviewing, starting

urlpatterns: list[URLPattern | URLResolver] = [
    path("espace/studio/", listing.studio, name="studio"),
    path("espace/studio/nouveau/", starting.new, name="studio-new"),
    path("espace/studio/relecture/", listing.reviews, name="studio-reviews"),
    path("espace/studio/<slug:slug>/preparer/", listing.prepare, name="studio-prepare"),
    path("espace/studio/<slug:slug>/soumettre/", reviewing.submit, name="studio-submit"),
    path("espace/studio/<slug:slug>/relecture/", reviewing.review, name="studio-review"),
    path("espace/studio/<slug:slug>/publier/", reviewing.publish, name="studio-publish"),
    path("modeles/<slug:design>/adapter/", starting.fork, name="studio-fork"),
]
