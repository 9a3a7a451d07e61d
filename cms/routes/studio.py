# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The designers' studio."""

from __future__ import annotations

from django.urls import path

from cms.views.studio import changes, editing, running, saving, uploading

urlpatterns = [
    path("espace/studio/executions/<uuid:public_id>.json", running.run_state, name="studio-run-state"),
    path("espace/studio/<slug:slug>/", editing.edit, name="studio-edit"),
    path("espace/studio/<slug:slug>/changements/", changes.changes, name="studio-changes"),
    path("espace/studio/<slug:slug>/changements/etat.json", changes.state, name="studio-changes-state"),
    path("espace/studio/<slug:slug>/enregistrer/", saving.save, name="studio-save"),
    path("espace/studio/<slug:slug>/executer/", running.run, name="studio-run"),
    path("espace/studio/<slug:slug>/importer/", uploading.upload, name="studio-upload"),
    path("espace/studio/<slug:slug>/exporter/", uploading.export, name="studio-export"),
]
