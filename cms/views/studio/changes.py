# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""« Ce qui change »: what a draft makes of the published model, and on whom it falls. Workers compare, the page asks until they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cms.progress import Progress, progress_response
from cms.stages import sentence_of, stages_of
from cms.views.previews import read_facts
from cms.views.studio.access import actor_of, draft_to_read_or_404, private, trail
from cms.views.studio.asking import Asked, ask
from designs.errors import DesignError
from designs.models import DesignDraft, DesignRevision
from designs.services.roles import drafts_of
from designs.services.versions import next_version
from designs.typography import SPACE, listed, unbroken
from fabrication.comparison.services import MachinesChange, machines_change
from fabrication.comparison.stages import CHECKING, COMPARING
from fabrication.models import Job
from orders.services.affected import Affected, affected_by

_STEPS = {"major": "majeure", "minor": "mineure", "patch": "corrective"}
#: Workshops that the page names; it says how many more there are.
_MOST_WORKSHOPS = 30


@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """For its designers and for reviewers; Http404 for everybody else."""
    draft = draft_to_read_or_404(request, slug)
    asked = ask(draft, actor_of(request))
    context: dict[str, Any] = {
        "section": "workplace",
        "title": "Ce qui change",
        "trail": _trail(request, draft),
        "draft": draft,
        "asked": asked,
        "is_designer": drafts_of(request.user).filter(pk=draft.pk).exists(),
    }
    job, check = asked.job, asked.check
    context["can_retry"] = any(one is not None and one.state == Job.State.FAILED for one in (job, check))
    if check is not None and check.state == Job.State.FAILED:
        context["check_reason"] = check.reason
    if job is None and asked.waits:
        context["progress"] = _waiting(asked)
    elif job is not None and not job.is_finished:
        context["progress"] = _comparing(job)
    elif job is not None and job.state == Job.State.DONE and job.facts is not None:
        context |= _found(request, asked, read_facts(job.facts))
    return private(render(request, "cms/studio/changes.html", context))


def in_brief(request: HttpRequest, draft: DesignDraft) -> dict[str, Any]:
    """What the page would say, for pages that say it shorter; empty while it is not known, or where nothing changed."""
    asked = ask(draft, actor_of(request))
    job = asked.job
    if asked.revision is None or job is None or job.state != Job.State.DONE or job.facts is None:
        return {}
    return _found(request, asked, read_facts(job.facts))


@require_safe
def state(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the comparison is; once it is there, how far what belongs to it is."""
    asked = ask(draft_to_read_or_404(request, slug), actor_of(request))
    if asked.job is None:
        return progress_response(_waiting(asked) if asked.waits else Progress("refused", is_finished=True))
    if not asked.job.is_finished:
        return progress_response(_comparing(asked.job))
    if asked.revision is None or asked.job.state != Job.State.DONE:
        return progress_response(Progress(str(asked.job.state), is_finished=True))
    machines = _machines(asked.revision, asked.against)
    return progress_response(_rest(asked, machines) or Progress("done", is_finished=True))


@require_POST
def again(request: HttpRequest, slug: str) -> HttpResponse:
    """What failed is tried at once: by itself it would be later each time."""
    ask(draft_to_read_or_404(request, slug), actor_of(request), again=True)
    return redirect("studio-changes", slug)


def _trail(request: HttpRequest, draft: DesignDraft) -> list[dict[str, str]]:
    links = trail()
    if drafts_of(request.user).filter(pk=draft.pk).exists():
        links.append({"title": str(draft.state().title), "url": reverse("studio-edit", args=[draft.slug])})
    return links


def _comparing(job: Job) -> Progress:
    stages = tuple(stages_of(COMPARING, job.stage))
    return Progress(
        str(job.state), is_finished=False, percent=job.progress, sentence=sentence_of(job, COMPARING), stages=stages
    )


def _waiting(asked: Asked) -> Progress:
    """The page asks again by itself, and what it asks is what begins the work."""
    return Progress("waiting", is_finished=False, percent=0, sentence=asked.waits)


def _rest(asked: Asked, machines: MachinesChange | None) -> Progress | None:
    """What is still worked at beside the comparison; None for nothing."""
    check = asked.check
    if asked.waits:
        return _waiting(asked)
    if check is not None and not check.is_finished:
        return Progress("checking", is_finished=False, percent=check.progress, sentence=sentence_of(check, CHECKING))
    if machines is not None and machines.pending and not machines.failed:
        done = machines.workshops - machines.pending
        said = f"Ateliers examinés : {done} sur {machines.workshops}"
        percent = round(100 * done / machines.workshops)
        return Progress("machines", is_finished=False, percent=percent, sentence=unbroken(said))
    return None


def _machines(revision: DesignRevision, against: DesignRevision | None) -> MachinesChange | None:
    """None for a state that refuses its own base sizes."""
    try:
        return machines_change(revision, against, timezone.localdate())
    except DesignError:
        return None


def _found(request: HttpRequest, asked: Asked, facts: dict[str, Any]) -> dict[str, Any]:
    assert asked.revision is not None
    machines = _machines(asked.revision, asked.against)
    affected = affected_by(asked.against, actor=actor_of(request)) if asked.against is not None else None
    step = facts["proposal"]["step"]
    check = read_facts(asked.check.facts) if asked.check is not None and asked.check.facts is not None else None
    parts = facts["parts"]
    return {
        "facts": facts,
        "step": _STEPS.get(step, ""),
        "version": next_version(asked.against.version, step) if asked.against and step in _STEPS else "1.0.0",
        "falls": falls(affected, machines, facts),
        "affected": affected,
        "machines": machines,
        "lost": machines.lost[:_MOST_WORKSHOPS] if machines else (),
        "lost_more": max(0, len(machines.lost) - _MOST_WORKSHOPS) if machines else 0,
        "gained": machines.gained[:_MOST_WORKSHOPS] if machines else (),
        "gained_more": max(0, len(machines.gained) - _MOST_WORKSHOPS) if machines else 0,
        "check": check,
        "faults": [one for one in (check or {}).get("checks", ()) if one["state"] == "fault"],
        "rest": _rest(asked, machines),
        "changed": [part for part in parts if part["fate"] == "changed"],
        "added": [part for part in parts if part["fate"] == "added"],
        "removed": [part for part in parts if part["fate"] == "removed"],
        "kept": [part for part in parts if part["fate"] == "kept"],
        "joints": [joint for joint in facts["joints"] if joint["fate"] != "kept"],
        "kept_joints": sum(joint["fate"] == "kept" for joint in facts["joints"]),
        "check_rows": [row for row in facts["checks"] if row["changed"]],
        "far": facts["elsewhere"],
    }


def falls(affected: Affected | None, machines: MachinesChange | None, facts: Mapping[str, Any]) -> str:
    """On whom it falls, in one French sentence."""
    clauses = []
    if affected is not None and affected.orders:
        orders = (
            "commande n’est pas encore découpée" if affected.orders == 1 else "commandes ne sont pas encore découpées"
        )
        pieces = "exemplaire" if affected.pieces == 1 else "exemplaires"
        clauses.append(f"{affected.orders} {orders} ({affected.pieces} {pieces})")
    if machines is not None and machines.lost:
        count = len(machines.lost)
        clauses.append(f"{count} {'atelier ne pourrait' if count == 1 else 'ateliers ne pourraient'} plus le découper")
    if machines is not None and machines.gained:
        count = len(machines.gained)
        clauses.append(f"{count} {'atelier le pourrait' if count == 1 else 'ateliers le pourraient'} en plus")
    if clauses:
        return unbroken(f"{listed(clauses)}.")
    if facts["is_first"]:
        return "Personne n’a encore commandé ce modèle."
    waits = machines is not None and machines.pending
    return (
        f"Aucune commande n’attend d’être découpée{SPACE}; les ateliers sont examinés."
        if waits
        else ("Aucune commande n’attend d’être découpée, et les mêmes ateliers peuvent le faire.")
    )
