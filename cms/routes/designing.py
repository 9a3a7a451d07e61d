# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What designers read and take along, without an account."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.studio import exporting, guide

urlpatterns: list[URLPattern | URLResolver] = [
    path("concevoir/", guide.design_guide, name="design-guide"),
    path("concevoir/table.zip", guide.guide_table, name="design-guide-table"),
    path("modeles/<slug:design>/revision-<int:number>.zip", exporting.revision_folder, name="model-folder"),
]
