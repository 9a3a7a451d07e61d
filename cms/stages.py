# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The stages of a package and of any other work, as a person waiting for it reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fabrication.models import AssignmentRun, Job

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
    return stages_of(_titles(job), job.stage, is_over=job.state == Job.State.DONE)


def stages_of(titles: Mapping[str, str], stage: str, *, is_over: bool = False) -> list[Stage]:
    """Of any work whose stages have these titles, in their order."""
    names = list(titles)
    reached = names.index(stage) if stage in titles else -1
    if is_over:
        reached = len(names)
    return [
        Stage(title, "done" if i < reached else "current" if i == reached else "next")
        for i, title in enumerate(titles.values())
    ]


def sentence(job: Job) -> str:
    return sentence_of(job, _titles(job))


def sentence_of(work: Job | AssignmentRun, titles: Mapping[str, str]) -> str:
    """Where it is, in one line."""
    if work.state == work.State.QUEUED:
        return "En attente d’un poste de calcul libre"
    if work.state == work.State.RUNNING:
        return titles.get(work.stage, "Le calcul commence")
    return str(work.get_state_display()).capitalize()
