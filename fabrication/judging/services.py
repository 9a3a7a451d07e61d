# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the last check and the last comparison of exactly this content by today's software (designs.verdict asks)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from designs.models import DesignRevision
from designs.verdict import Check, Verdict
from fabrication import artefacts
from fabrication.errors import NotMakeableError
from fabrication.models import Job

_STATES = {
    Job.State.QUEUED: Check.RUNNING,
    Job.State.RUNNING: Check.RUNNING,
    Job.State.REFUSED: Check.RED,
    Job.State.FAILED: Check.FAILED,
}
#: What a comparison says of two states that are built alike: the sources differ, and nothing else.
_ALIKE = "none"
_MOST_FAULTS = 5
#: How long a revision that is not today's is looked after, since files or a quote were asked for.
_IN_USE = timedelta(days=400)
UNSOUND = (
    "Ce modèle ne se fabrique pas pour l’instant : ses contrôles, refaits après une mise à jour du logiciel, ont trouvé un défaut. "
    "Son bureau de création et la coordination sont prévenus ; les fichiers déjà faits restent là."
)


def judge(state: DesignRevision, current: DesignRevision | None) -> Verdict:
    """Of the state's content, whichever row it was asked for: a candidate, or a revision with the same drawing. What an older
    software found of it counts for nothing: today's draws it anew."""
    check, faults, is_old = _checked(state)
    compared, step = _compared(state, current) if current is not None else (None, "")
    return Verdict(check, faults, compared, step, is_old)


def require_sound(revision: DesignRevision) -> None:
    """Nothing is cut of a revision that today's software draws wrong. Raises NotMakeableError."""
    if is_red(revision):
        raise NotMakeableError(f"the checks of {revision} by today's software are red", UNSOUND)


def is_red(revision: DesignRevision) -> bool:
    """Does the last check by today's software say that it is not fit? One query; none for what the code draws."""
    if revision.origin != DesignRevision.Origin.STUDIO:
        return False
    last = _finished(revision).values_list("state", "is_green").first()
    return last is not None and (last[0] == Job.State.REFUSED or last[1] is False)


def red_revisions() -> list[tuple[DesignRevision, Job]]:
    """Published revisions, without their content, with the check that says so; those that people order or that are being made
    (``in_use``). One query where there are none, else two."""
    checks = Job.objects.filter(
        kind=Job.Kind.CHECK, software=artefacts.software_key(), state__in=[Job.State.DONE, Job.State.REFUSED]
    )
    red = checks.filter(Q(state=Job.State.REFUSED) | Q(is_green=False))
    same = {"revision__design": OuterRef("design"), "revision__digest": OuterRef("digest")}
    rows = list(in_use().filter(Exists(red.filter(**same))).defer("content"))
    if not rows:
        return []
    of_rows = checks.filter(revision__digest__in={row.digest for row in rows})
    last: dict[tuple[str, str], Job] = {}
    for job in of_rows.select_related("revision").defer("revision__content").order_by("pk"):
        last[job.revision.design, job.revision.digest] = job
    found = [(row, last[row.design, row.digest]) for row in rows if (row.design, row.digest) in last]
    return [(row, job) for row, job in found if job.state == Job.State.REFUSED or job.is_green is False]


def in_use() -> QuerySet[DesignRevision]:
    """Revisions of the studio that people order today, and those of which files or quotes were asked for lately: a maker may cut
    them tomorrow."""
    later = DesignRevision.objects.filter(design=OuterRef("design"), number__gt=OuterRef("number"))
    asked = Job.objects.filter(
        kind__in=[Job.Kind.PACKAGE, Job.Kind.QUOTE],
        workshop__isnull=False,
        revision=OuterRef("pk"),
        created_at__gt=timezone.now() - _IN_USE,
    )
    rows = DesignRevision.objects.filter(origin=DesignRevision.Origin.STUDIO)
    return rows.filter(~Exists(later) | Exists(asked)).order_by("design", "-number")


def _checked(state: DesignRevision) -> tuple[Check, tuple[str, ...], bool]:
    job = _of(state, "revision", Job.Kind.CHECK).filter(software=artefacts.software_key()).first()
    if job is None:
        is_old = Job.objects.filter(_same(state, "revision"), kind=Job.Kind.CHECK, state=Job.State.DONE).exists()
        return Check.MISSING, (), is_old
    if job.state != Job.State.DONE:
        return _STATES[Job.State(job.state)], (job.reason,) if job.state == Job.State.REFUSED else (), False
    facts = _facts(job)
    if facts is None:
        return Check.MISSING, (), False
    if job.is_green:
        return Check.GREEN, (), False
    found = [str(one.get("french", "")) for one in facts.get("checks", ()) if one.get("state") == "fault"]
    return Check.RED, tuple(found[:_MOST_FAULTS]), False


def _compared(state: DesignRevision, current: DesignRevision) -> tuple[int | None, str]:
    jobs = _of(state, "revision", Job.Kind.CHANGES).filter(state=Job.State.DONE, software=artefacts.software_key())
    for job in jobs.filter(_same(current, "against"))[:3]:
        facts = _facts(job)
        step = str((facts or {}).get("proposal", {}).get("step", ""))
        if step in ("major", "minor", "patch", _ALIKE):
            return current.number, "patch" if step == _ALIKE else step
    return None, ""


def _finished(revision: DesignRevision) -> QuerySet[Job]:
    """Checks by today's software that came to an end, the newest first."""
    rows = Job.objects.filter(_same(revision, "revision"), kind=Job.Kind.CHECK, software=artefacts.software_key())
    return rows.filter(state__in=[Job.State.DONE, Job.State.REFUSED]).order_by("-pk")


def _of(state: DesignRevision, field: str, kind: Job.Kind) -> QuerySet[Job]:
    """Jobs of this kind on this drawing, the newest first."""
    return Job.objects.filter(_same(state, field), kind=kind).select_related("facts").order_by("-created_at", "-pk")


def _same(state: DesignRevision, field: str) -> Q:
    drawn = {f"{field}__design": state.design, f"{field}__origin": state.origin}
    if state.origin == DesignRevision.Origin.STUDIO:
        return Q(**drawn, **{f"{field}__digest": state.digest})
    return Q(**drawn, **{f"{field}__number": state.number})


def _facts(job: Job) -> dict[str, Any] | None:
    """None where the file is gone: the work is to be done again."""
    if job.facts is None:
        return None
    try:
        found = json.loads(artefacts.file_of(job.facts).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
