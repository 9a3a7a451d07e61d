# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model in chosen sizes, and what its view in volume asks for."""

from __future__ import annotations

from django.urls import path, re_path

from cms.views import configurator, needs, previews

_SHA256 = r"(?P<sha256>[0-9a-f]{64})"

urlpatterns = [
    path("modeles/<slug:design>/configurer/", configurator.configurator_page, name="configure"),
    path("modeles/<slug:design>/apercu.json", previews.preview_state, name="preview-state"),
    path("modeles/<slug:design>/chiffres.json", needs.needs_state, name="needs-state"),
    re_path(rf"^apercus/{_SHA256}\.glb$", previews.view_file, name="preview-view"),
    re_path(rf"^apercus/{_SHA256}/(?P<code>[A-Z]+[0-9]+)\.svg$", previews.part_drawing, name="part-drawing"),
    re_path(rf"^apercus/{_SHA256}\.png$", previews.picture, name="preview-picture"),
]
