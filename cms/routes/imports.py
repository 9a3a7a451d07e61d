# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of makers and contacts read in."""

from __future__ import annotations

from django.urls import path, re_path

from cms.views import imports

urlpatterns = [
    path("coordination/imports/", imports.runs, name="imports"),
    re_path(r"^coordination/imports/modele\.(?P<kind>csv|xlsx)$", imports.template_file, name="import-template"),
    path("coordination/imports/<uuid:public_id>/", imports.run_page, name="import"),
    path("coordination/imports/<uuid:public_id>/confirmer/", imports.confirm, name="import-confirm"),
    path("coordination/imports/<uuid:public_id>/abandonner/", imports.give_up, name="import-drop"),
    path("coordination/imports/<uuid:public_id>/rapport.csv", imports.report, name="import-report"),
]
