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
    "program": "Parcours d’outil",
    "export": "Écriture des fichiers",
    "verify": "Relecture et contrôle de chaque fichier",
    "pack": "Mise en archive",
}


#: A search has one stage.
SEARCH = {"search": "Recherche d’une meilleure disposition sur les panneaux"}


def _titles(job: Job) -> dict[str, str]:
    return SEARCH if job.kind == Job.Kind.LAYOUT else STAGES


@dataclass(frozen=True)
class Stage:
    title: str
    state: str  # "done" | "current" | "next"


def stages(job: Job) -> list[Stage]:
    titles = _titles(job)
    names = list(titles)
    reached = names.index(job.stage) if job.stage in titles else -1
    if job.state == Job.State.DONE:
        reached = len(names)
    return [
        Stage(title, "done" if i < reached else "current" if i == reached else "next")
        for i, title in enumerate(titles.values())
    ]


def sentence(job: Job) -> str:
    """Where a job is, in one line."""
    if job.state == Job.State.QUEUED:
        return "En attente d’un poste de calcul libre"
    if job.state == Job.State.RUNNING:
        return _titles(job).get(job.stage, "Le calcul commence")
    return str(job.get_state_display()).capitalize()
