# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the last check and the last comparison of exactly this content (designs.verdict asks)."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q, QuerySet

from designs.models import DesignRevision
from designs.verdict import Check, Verdict
from fabrication import artefacts
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


def judge(state: DesignRevision, current: DesignRevision | None) -> Verdict:
    """Of the state's content, whichever row it was asked for: a candidate, or a revision with the same drawing."""
    check, faults = _checked(state)
    compared, step = _compared(state, current) if current is not None else (None, "")
    return Verdict(check, faults, compared, step)


def _checked(state: DesignRevision) -> tuple[Check, tuple[str, ...]]:
    job = _of(state, "revision", Job.Kind.CHECK).first()
    if job is None:
        return Check.MISSING, ()
    if job.state != Job.State.DONE:
        return _STATES[Job.State(job.state)], (job.reason,) if job.state == Job.State.REFUSED else ()
    facts = _facts(job)
    if facts is None:
        return Check.MISSING, ()
    if facts.get("is_green") is True:
        return Check.GREEN, ()
    found = [str(one.get("french", "")) for one in facts.get("checks", ()) if one.get("state") == "fault"]
    return Check.RED, tuple(found[:_MOST_FAULTS])


def _compared(state: DesignRevision, current: DesignRevision) -> tuple[int | None, str]:
    jobs = _of(state, "revision", Job.Kind.CHANGES).filter(state=Job.State.DONE)
    for job in jobs.filter(_same(current, "against"))[:3]:
        facts = _facts(job)
        step = str((facts or {}).get("proposal", {}).get("step", ""))
        if step in ("major", "minor", "patch", _ALIKE):
            return current.number, "patch" if step == _ALIKE else step
    return None, ""


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
