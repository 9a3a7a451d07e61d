# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The stages of a package, as a person waiting for it reads them."""

from __future__ import annotations

from dataclasses import dataclass

from fabrication.models import Job

#: The pipeline's stage → what it does, in its order.
STAGES = {
    "build": "Calcul des pièces et des assemblages",
    "flatten": "Mise à plat des pièces",
    "nest": "Placement sur les panneaux",
    "export": "Écriture des fichiers",
    "verify": "Relecture et contrôle de chaque fichier",
    "pack": "Mise en archive",
}


@dataclass(frozen=True)
class Stage:
    title: str
    state: str  # "done" | "current" | "next"


def stages(job: Job) -> list[Stage]:
    names = list(STAGES)
    reached = names.index(job.stage) if job.stage in STAGES else -1
    if job.state == Job.State.DONE:
        reached = len(names)
    return [
        Stage(title, "done" if i < reached else "current" if i == reached else "next")
        for i, title in enumerate(STAGES.values())
    ]


def sentence(job: Job) -> str:
    """Where a job is, in one line."""
    if job.state == Job.State.QUEUED:
        return "En attente d’un poste de calcul libre"
    if job.state == Job.State.RUNNING:
        return STAGES.get(job.stage, "Le calcul commence")
    return str(job.get_state_display()).capitalize()
