# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Approvals of what is published. One stands for exactly what was read: it falls with the next change of a word or a line.

Whoever wrote some of it since the last publication is its author; nobody's own approval is enough for it."""

from __future__ import annotations

from typing import Any

from wagtail.models import Revision, TaskState, WorkflowState

from accounts.models import User
from designs.design import TEXTS
from designs.models import DesignDraft
from designs.services.roles import is_reviewer
from designs.studio_errors import PublicationRefused

#: What is published; whatever else a state holds (a date) is no part of what was approved.
_READ = (*TEXTS, "content", "version_step")

_MOST_STEPS = 20
OWN_WORK = "Vous avez travaillé à ce modèle : une autre personne doit le relire."


def approval_of(draft: DesignDraft, revision: Revision) -> TaskState | None:
    """The approval by a person who is a reviewer still, and no author, of exactly what this state says."""
    authors = authors_of(draft)
    wanted = _read(revision)
    given = (
        TaskState.objects.for_instance(draft)
        .filter(status=TaskState.STATUS_APPROVED, workflow_state__status=WorkflowState.STATUS_APPROVED)
        .select_related("revision", "finished_by")
        .order_by("-finished_at", "-pk")
    )
    for one in given[:10]:
        same = _read(one.revision) == wanted and one.revision.created_at <= one.finished_at
        if same and one.finished_by_id not in authors and is_reviewer(one.finished_by):
            return one
    return None


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
    states = Revision.objects.for_instance(draft).order_by("created_at", "pk")
    before: dict[str, Any] | None = None
    authors = set()
    if draft.live_revision_id:
        before = _read(draft.live_revision)
        states = states.filter(created_at__gt=draft.live_revision.created_at)
    elif draft.created_by_id:
        authors.add(draft.created_by_id)
    for state in states.iterator(chunk_size=20):
        after = _read(state)
        if after != before and state.user_id is not None:
            authors.add(state.user_id)
        before = after
    return authors


def is_author(draft: DesignDraft, user: Any) -> bool:
    return user.pk in authors_of(draft)


def _read(revision: Revision) -> dict[str, Any]:
    return {name: revision.content.get(name) for name in _READ}
