# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the site has made of a published revision: the model's own files, and its pictures
(designs/services/after_publication.py asks for them, and looks at them)."""

from __future__ import annotations

from cms import published_files, revision_pictures
from designs.models import DesignRevision
from designs.services.after_publication import Look, Stage, Work, register
from fabrication import artefacts
from fabrication.judging.services import UNSOUND, is_red
from fabrication.remaking.services import look_at_jobs

_STAGES = {
    "done": Stage.DONE,
    "queued": Stage.WAITING,
    "running": Stage.RUNNING,
    "refused": Stage.REFUSED,
    "failed": Stage.FAILED,
}


def connect() -> None:
    """Called once, when all models are known."""
    register(
        Work(
            "files", "Fichiers du modèle", "Notice de montage, volumes STEP et GLB, fiche Open Know-How et licence.",
            _ask_files, _look_at_files, 30,
        )
    )  # fmt: skip
    register(
        Work(
            "pictures", "Images", "Celles de la page du modèle et de la liste, dessinées d’après les pièces.",
            revision_pictures.ask_for, _look_at_pictures, 60,
        )
    )  # fmt: skip


def _ask_files(revision: DesignRevision) -> None:
    if _look_at_files(revision).stage in (Stage.MISSING, Stage.FAILED):
        published_files.ask_for(revision)


def _look_at_files(revision: DesignRevision) -> Look:
    job = published_files.known_job_of(revision)
    if job is not None and job.package is not None and not artefacts.file_of(job.package).is_file():
        job = None
    if job is None and is_red(revision):
        return Look(Stage.REFUSED, reason=UNSOUND)
    return look_at_jobs([job], names=("fichier", "fichiers"))


def _look_at_pictures(revision: DesignRevision) -> Look:
    state, percent, reason = revision_pictures.state_of(revision)
    return Look(_STAGES.get(state, Stage.MISSING), percent, reason=reason)
