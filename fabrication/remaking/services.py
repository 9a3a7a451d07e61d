# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workers compute anew of a published revision: its views, the sheets that it takes, which machines make it
(designs/services/after_publication.py asks for them, and looks at them)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from designs.models import DesignRevision
from designs.parameters import Kind
from designs.services.after_publication import Look, Stage, Work, register
from designs.typography import french_number, typeset
from designs.verdict import Check
from fabrication import artefacts
from fabrication.judging.services import UNSOUND, judge
from fabrication.matching.measuring import Piece
from fabrication.matching.services import studies
from fabrication.matching.services.candidates import candidates, profiles_in_use
from fabrication.models import Feasibility, Job, Study
from fabrication.services import request_check, request_preview, request_sheets

#: Views of a model that many look at: its base sizes, and each way in which it stands.
_MOST_VIEWS = 6
#: Views and counts of sheets are kept for a week (fabrication/sweeping/services.py): then they are made with the next look at them.
_KEPT = timedelta(days=6)
_STAGES = {
    Job.State.QUEUED: Stage.WAITING,
    Job.State.RUNNING: Stage.RUNNING,
    Job.State.DONE: Stage.DONE,
    Job.State.REFUSED: Stage.REFUSED,
    Job.State.FAILED: Stage.FAILED,
}


def connect() -> None:
    """Called once, when all models are known."""
    register(
        Work(
            "check", "Contrôles", "Ceux qui l’ont laissée paraître, refaits après chaque mise à jour du logiciel.",
            _ask_check, _look_at_check, 5,
        )
    )  # fmt: skip
    register(
        Work("view", "Vues en volume", "Le meuble à faire tourner sur sa page, dans chacun de ses états.", _ask_views, _look_at_views, 10)
    )  # fmt: skip
    register(
        Work("sheets", "Panneaux nécessaires", "Combien de panneaux il faut, dit sur la page du modèle.", _ask_sheets, _look_at_sheets, 20)
    )  # fmt: skip
    register(
        Work(
            "feasibility", "Faisabilité sur chaque machine",
            "Quels ateliers peuvent le fabriquer : cherché une fois pour chaque sorte de machine et de panneau.",
            ask_feasibility, look_at_feasibility, 40,
        )
    )  # fmt: skip


def _ask_check(revision: DesignRevision) -> None:
    request_check(revision, again=True)


def _look_at_check(revision: DesignRevision) -> Look:
    found = judge(revision, None)
    if found.check is Check.RED:
        return Look(Stage.REFUSED, 100, reason=" ".join([UNSOUND, *found.faults]))
    if found.check is Check.FAILED:
        return Look(
            Stage.FAILED, reason="Les contrôles n’ont pas abouti : ils recommencent d’eux-mêmes un peu plus tard."
        )
    if found.check is Check.GREEN:
        return Look(Stage.DONE, 100, "Tous bons, par le logiciel d’aujourd’hui.")
    return Look(Stage.MISSING if found.check is Check.MISSING else Stage.WAITING)


def look_at_jobs(jobs: Iterable[Job | None], *, names: tuple[str, str]) -> Look:
    """Of several jobs that are one work; None where one was never asked for. ``names``: of one and of several."""
    rows = list(jobs)
    stages = [_STAGES[Job.State(job.state)] if job is not None else Stage.MISSING for job in rows]
    done = stages.count(Stage.DONE)
    percent = round(sum(job.progress for job in rows if job is not None) / len(rows))
    detail = typeset(f"{french_number(done)} {names[done > 1]} sur {french_number(len(rows))}") if len(rows) > 1 else ""
    for stage in (Stage.FAILED, Stage.REFUSED):
        if stage in stages and not {Stage.WAITING, Stage.RUNNING} & set(stages):
            job = rows[stages.index(stage)]
            return Look(stage, percent, detail, job.reason if job is not None else "")
    for stage in (Stage.RUNNING, Stage.WAITING, Stage.MISSING):
        if stage in stages:
            return Look(stage, percent, detail)
    return Look(Stage.DONE, 100, detail)


def job_with(revision: DesignRevision, kind: Job.Kind, parameters: dict[str, Any]) -> Job | None:
    """The latest of this drawing in these sizes, whichever revision or candidate it was asked for; None also if what it made is
    gone."""
    rows = Job.objects.filter(kind=kind, revision__design=revision.design)
    if revision.digest:
        rows = rows.filter(revision__digest=revision.digest)
    else:
        rows = rows.filter(revision=revision)
    rows = rows.select_related("package", "view", "facts").order_by("-pk")
    job = next((row for row in rows[:50] if row.parameters == parameters), None)
    return job if job is None or _is_there(job) else None


def _is_there(job: Job) -> bool:
    """All that it made; what is still to be made is not gone."""
    return all(artefacts.file_of(one).is_file() for one in (job.package, job.view, job.facts) if one is not None)


def views_of(revision: DesignRevision) -> list[dict[str, Any]]:
    """The sizes of which pages show a view first: the base sizes, and these in each of the model's other states."""
    design = revision.drawing()
    base = design.clean({})
    found = [base]
    for parameter in design.parameters:
        if parameter.kind is Kind.CHOICE and parameter.is_state:
            for choice in parameter.choices or {}:
                values = base | {parameter.name: choice}
                if values not in found:
                    found.append(values)
    return found[:_MOST_VIEWS]


def _ask_views(revision: DesignRevision) -> None:
    for values in views_of(revision):
        request_preview(revision, values, again=True)


def _look_at_views(revision: DesignRevision) -> Look:
    jobs = [job_with(revision, Job.Kind.PREVIEW, values) for values in views_of(revision)]
    return _kept(revision, jobs) or look_at_jobs(jobs, names=("vue", "vues"))


def _ask_sheets(revision: DesignRevision) -> None:
    request_sheets(revision, {}, again=True)


def _look_at_sheets(revision: DesignRevision) -> Look:
    jobs = [job_with(revision, Job.Kind.SHEETS, revision.drawing().clean({}))]
    return _kept(revision, jobs) or look_at_jobs(jobs, names=("compte", "comptes"))


def _kept(revision: DesignRevision, jobs: list[Job | None]) -> Look | None:
    if revision.published_at is None or revision.published_at > timezone.now() - _KEPT or any(jobs):
        return None
    return Look(Stage.DONE, 100, "Refait à la prochaine visite de la page du modèle.")


def study_piece(revision: DesignRevision) -> Piece:
    return Piece(revision.drawing(), {})


def ask_feasibility(revision: DesignRevision) -> Study:
    """In the base sizes; other sizes are looked at when somebody asks for them."""
    study = studies.study_of(study_piece(revision))
    if study.pk is not None and study.state == Study.State.FAILED:
        studies.try_again(study)
    return study


def look_at_feasibility(revision: DesignRevision) -> Look:
    study = Study.objects.filter(key=study_piece(revision).key).first()
    if study is None:
        return Look(Stage.MISSING)
    profiles = set(profiles_in_use())
    rows = Feasibility.objects.filter(study=study).values_list("profile", "obstacles")
    able = {profile: not obstacles for profile, obstacles in rows if profile in profiles}
    percent = round(100 * len(able) / len(profiles)) if profiles else 100
    if len(able) == len(profiles):
        return Look(Stage.DONE, 100, _makers(revision, {profile for profile, ok in able.items() if ok}, len(profiles)))
    detail = typeset(f"{french_number(len(able))} sortes de machines sur {french_number(len(profiles))}")
    if study.state == Study.State.FAILED:
        return Look(
            Stage.FAILED, percent, detail, "Une erreur de notre côté a arrêté le calcul pour certaines machines."
        )
    if study.state == Study.State.DONE:  # new kinds of machines have come since
        return Look(Stage.MISSING, percent, detail)
    return Look(Stage.RUNNING if study.state == Study.State.RUNNING else Stage.WAITING, percent, detail)


def _makers(revision: DesignRevision, able: set[str], kinds: int) -> str:
    """ "38 ateliers sur 41 peuvent le fabriquer …", and how many of these offer it: who can, but does not offer it, gets no order."""
    listed = [one for one in candidates(revision.design, timezone.localdate()) if one.pairs]
    makers = [one.candidate for one in listed if any(pair.profile in able for pair in one.pairs)]
    count, offering = len(makers), sum(one.offers is None or revision.design in one.offers for one in makers)
    verb = "peut" if count < 2 else "peuvent"
    return typeset(
        f"{_many(count, 'atelier')} sur {french_number(len(listed))} {verb} le fabriquer dans ses dimensions de base, "
        f"avec {_many(len(able), 'sorte')} de machine et de panneau sur {french_number(kinds)}. {_offering(offering)}"
    )


def _offering(count: int) -> str:
    if not count:
        return "Aucun ne le propose encore : chacun coche les modèles qu’il fabrique, dans « Mon atelier »."
    return f"{_many(count, 'atelier')} le {'propose' if count < 2 else 'proposent'}."


def _many(count: int, noun: str) -> str:
    return f"{french_number(count)} {noun}{'s' if count > 1 else ''}"
