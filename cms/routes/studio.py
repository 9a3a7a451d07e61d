# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The designers' studio: its pages, a model's life up to what comes after its publication, and what designers read and take along
without an account."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cms.views.studio import (
    changes,
    editing,
    exporting,
    guide,
    listing,
    publication,
    reviewing,
    running,
    saving,
    starting,
    uploading,
)

_MODEL = "espace/studio/<slug:slug>/"
_PUBLICATION = f"{_MODEL}publication/<int:number>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("concevoir/", guide.design_guide, name="design-guide"),
    path("concevoir/table.zip", guide.guide_table, name="design-guide-table"),
    path("modeles/<slug:design>/revision-<int:number>.zip", exporting.revision_folder, name="model-folder"),
    path("modeles/<slug:design>/adapter/", starting.fork, name="studio-fork"),
    path("espace/studio/", listing.studio, name="studio"),
    # Before the addresses of single models, none of which has such a name (designs/services/drafting.py).
    path("espace/studio/nouveau/", starting.new, name="studio-new"),
    path("espace/studio/relecture/", listing.reviews, name="studio-reviews"),
    path("espace/studio/executions/<uuid:public_id>.json", running.run_state, name="studio-run-state"),
    path(_MODEL, editing.edit, name="studio-edit"),
    path(f"{_MODEL}enregistrer/", saving.save, name="studio-save"),
    path(f"{_MODEL}executer/", running.run, name="studio-run"),
    path(f"{_MODEL}importer/", uploading.upload, name="studio-upload"),
    path(f"{_MODEL}exporter/", exporting.draft_folder, name="studio-export"),
    path(f"{_MODEL}changements/", changes.changes, name="studio-changes"),
    path(f"{_MODEL}changements/etat.json", changes.state, name="studio-changes-state"),
    path(f"{_MODEL}changements/relancer/", changes.again, name="studio-changes-again"),
    path(f"{_MODEL}preparer/", listing.prepare, name="studio-prepare"),
    path(f"{_MODEL}soumettre/", reviewing.submit, name="studio-submit"),
    path(f"{_MODEL}relecture/", reviewing.review, name="studio-review"),
    path(_PUBLICATION, publication.publication, name="studio-publication"),
    path(f"{_PUBLICATION}etat.json", publication.state, name="studio-publication-state"),
    path(f"{_PUBLICATION}relancer/", publication.again, name="studio-publication-again"),
    path(f"{_PUBLICATION}remarques/", publication.remarks, name="studio-publication-remarks"),
]
