# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Approvals of what is published. One stands for exactly what was read: it falls with the next change of a word or a line.

Whoever wrote some of it since the last publication is its author; nobody's own approval is enough for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wagtail.models import Revision, TaskState, WorkflowState

from accounts.models import User
from designs.design import TEXTS
from designs.models import DesignDraft
from designs.services.roles import is_reviewer, reviewers
from designs.studio_errors import PublicationRefused

#: What is published; whatever else a state holds (a date) is no part of what was approved.
_READ = (*TEXTS, "content", "version_step")

_MOST_STEPS = 20
#: Of the last approvals of a draft.
_MOST_LOOKED_AT = 10
OWN_WORK = "Vous avez travaillé à ce modèle : une autre personne doit le relire."


def approval_of(draft: DesignDraft, revision: Revision) -> TaskState | None:
    """The approval by a person who is a reviewer still, and no author, of exactly what this state says."""
    return approvals_of([(draft, revision)]).get(draft.pk)


def approvals_of(states: Iterable[tuple[DesignDraft, Revision]]) -> dict[int, TaskState]:
    """Of one state of each draft, by the draft's primary key: those that stand. One query where nothing was approved, six at most,
    however many drafts there are and however many states they have."""
    wanted = {str(draft.pk): (draft, revision) for draft, revision in states}
    found: dict[str, list[TaskState]] = {}
    answered = TaskState.objects.filter(
        workflow_state__base_content_type=DesignDraft.get_base_content_type(),
        workflow_state__object_id__in=wanted,
        workflow_state__status=WorkflowState.STATUS_APPROVED,
        status=TaskState.STATUS_APPROVED,
    )
    for one in answered.select_related("workflow_state", "finished_by").order_by("-finished_at", "-pk"):
        given = found.setdefault(one.workflow_state.object_id, [])
        if len(given) < _MOST_LOOKED_AT:
            given.append(one)
    if not found:
        return {}
    people = {one.finished_by_id for given in found.values() for one in given}
    known = set(reviewers().filter(pk__in=people).values_list("pk", flat=True))
    authors = _authors_of([wanted[key][0] for key in found])
    found = {
        key: [one for one in given if one.finished_by_id in known - authors[wanted[key][0].pk]]
        for key, given in found.items()
    }
    said = _said({wanted[key][1].pk for key in found} | {one.revision_id for given in found.values() for one in given})
    standing = {}
    for key, given in found.items():
        draft, revision = wanted[key]
        for one in given:
            at, words = said.get(one.revision_id, (None, ""))
            if at is not None and at <= one.finished_at and words == said[revision.pk][1]:
                standing[draft.pk] = one
                break
    return standing


def require(draft: DesignDraft, revision: Revision, user: User | None) -> User | None:
    """Who approved this state, or approves it now by publishing it. Raises PublicationRefused."""
    if (given := approval_of(draft, revision)) is not None:
        return given.finished_by
    if user is None or not is_reviewer(user):
        french = "Ce modèle n’a pas d’approbation, ou il a changé depuis : faites-le relire."
        raise PublicationRefused("no approval stands for this state", messages={"approval": french})
    if is_author(draft, user):
        raise PublicationRefused("an author approves nothing alone", messages={"approval": OWN_WORK})
    _record(draft, user)
    return user


def _record(draft: DesignDraft, user: User) -> None:
    """Who publishes approves: kept as any other approval is, so that it counts on a later date too."""
    workflow = draft.get_workflow()
    if workflow is None:
        return
    under_way = draft.current_workflow_state
    if under_way is None:
        under_way = workflow.start(draft, user)
    elif under_way.status == WorkflowState.STATUS_NEEDS_CHANGES:
        under_way.resume(user)
    # A site may have several steps; who publishes takes all of them.
    for _ in range(_MOST_STEPS):
        under_way.refresh_from_db()
        if under_way.status != WorkflowState.STATUS_IN_PROGRESS:
            return
        under_way.current_task_state.specific.approve(user=user)


def authors_of(draft: DesignDraft) -> set[int]:
    """Primary keys of those who changed something of what is read since the last publication. Setting a date is none of it."""
    return _authors_of([draft])[draft.pk]


def _authors_of(drafts: Sequence[DesignDraft]) -> dict[int, set[int]]:
    """By primary key of the draft. Three queries at most; what states hold is read where it decides, not of all of them: whoever is
    known by one state is not looked for in the others."""
    authors: dict[int, set[int]] = {}
    steps: dict[int, dict[int, list[tuple[int, int]]]] = {}  # draft → user → (the state before, theirs)
    rows: dict[str, list[tuple[int, int | None, datetime]]] = {str(draft.pk): [] for draft in drafts}
    states = Revision.objects.filter(base_content_type=DesignDraft.get_base_content_type(), object_id__in=rows)
    for key, pk, user, at in states.order_by("created_at", "pk").values_list(
        "object_id", "pk", "user_id", "created_at"
    ):
        rows[key].append((pk, user, at))
    for draft in drafts:
        known = authors[draft.pk] = set[int]()
        own = rows[str(draft.pk)]
        live = next(((pk, at) for pk, _, at in own if pk == draft.live_revision_id), None)
        before = live[0] if live else None
        if live is None and draft.created_by_id:
            known.add(draft.created_by_id)
        of_draft = steps[draft.pk] = {}
        for pk, user, at in own:
            if live is not None and at <= live[1]:
                continue
            if user is not None and before is None:
                known.add(user)  # what it began with
            elif user is not None and before is not None:
                of_draft.setdefault(user, []).append((before, pk))
            before = pk
    for first in (True, False):
        asked = [
            (draft, user, pairs[:1] if first else pairs[1:])
            for draft, of_draft in steps.items()
            for user, pairs in of_draft.items()
            if user not in authors[draft] and (first or pairs[1:])
        ]
        said = _said({pk for _, _, pairs in asked for pair in pairs for pk in pair})
        for draft_pk, user, pairs in asked:
            if any(said[before][1] != said[after][1] for before, after in pairs):
                authors[draft_pk].add(user)
    return authors


def _said(states: Collection[int]) -> dict[int, tuple[datetime, str]]:
    """By primary key: when a state was kept, and the digest of what is read of it. One query."""
    if not states:
        return {}
    rows = Revision.objects.filter(pk__in=states).values_list("pk", "created_at", "content")
    return {
        pk: (at, hashlib.sha256(json.dumps(_read(content), sort_keys=True).encode()).hexdigest())
        for pk, at, content in rows.iterator(chunk_size=20)
    }


def is_author(draft: DesignDraft, user: Any) -> bool:
    return user.pk in authors_of(draft)


def _read(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content.get(name) for name in _READ}
