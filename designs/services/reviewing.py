# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model's way to its reviewers and back, over Wagtail's workflow: submitted, withdrawn, approved, sent back with a word."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import TaskState, WorkflowState

from accounts.models import Notice, User
from accounts.services.notices import notify
from designs.content import Content
from designs.models import DesignDraft
from designs.plain_text import kept
from designs.services.approvals import OWN_WORK, approval_of, is_author
from designs.services.drafting import locked_draft, state_id
from designs.services.roles import designers_of, drafts_of, is_reviewer, reviewers
from designs.studio_errors import ConflictError, LockedError, NotYoursError, StudioError

#: Characters of a reviewer's word.
MOST_COMMENT = 2_000


def submit(draft: DesignDraft, *, actor: User) -> WorkflowState:
    """To the reviewers, who are told; nobody but they changes it until they have answered. Raises NotYoursError, LockedError
    (it is there already), ContentError, StudioError (a site without a review of models)."""
    with transaction.atomic():
        locked = locked_draft(draft, actor)
        if locked.workflow_in_progress or locked.approved_schedule:
            raise LockedError("in review already", "Ce modèle est déjà en relecture.")
        workflow = locked.get_workflow()
        if workflow is None:
            raise StudioError("no workflow for models", "Ce site ne relit pas de modèles : écrivez à la coordination.")
        Content.parse(locked.state().content)
        under_way = locked.current_workflow_state
        if under_way is None:
            under_way = workflow.start(locked, actor)
        else:  # it was sent back
            under_way.resume(actor)
        told = reviewers().exclude(pk=actor.pk)
        text = f"« {locked.state().title} » attend votre relecture."
        _tell(told, f"design.submitted.{under_way.current_task_state_id}", text, "studio-review", locked)
        return under_way


def withdraw(draft: DesignDraft, *, actor: User) -> None:
    """Back to its designers, from review or from waiting for its date. Raises NotYoursError, StudioError (it is in neither)."""
    with transaction.atomic():
        locked = locked_draft(draft, actor)
        under_way = locked.current_workflow_state
        waiting = locked.revisions.filter(approved_go_live_at__isnull=False)
        if under_way is None and not waiting:
            raise StudioError("nothing to withdraw", "Ce modèle n’est pas en relecture.")
        if under_way is not None:
            under_way.cancel(user=actor)
        _unschedule(waiting, actor)


def approve(draft: DesignDraft, *, actor: User, comment: str = "", read: str = "") -> None:
    """This state may be published. ``read``: the id of the state that the reviewer saw (drafting.state_id).

    Raises NotYoursError (no reviewer), StudioError (not in review; an author's own work), ConflictError (it changed since)."""
    with transaction.atomic():
        locked, task = _in_review(draft, actor, read)
        if is_author(locked, actor):
            raise StudioError("an author approves nothing alone", OWN_WORK)
        word = _comment(comment)
        task.task.specific.on_action(task.specific, actor, "approve", comment=word)
        text = f"« {locked.state().title} » est approuvé." + (f" {word}" if word else "")
        _tell(designers_of(locked.slug).exclude(pk=actor.pk), f"design.approved.{task.pk}", text, "studio-edit", locked)


def reject(draft: DesignDraft, *, actor: User, comment: str, read: str = "") -> None:
    """Back to its designers, with what is to be changed. Raises as ``approve`` does; StudioError without a word."""
    word = _comment(comment)
    if not word:
        raise StudioError("sent back without a word", messages={"comment": "Dites ce qui est à changer."})
    with transaction.atomic():
        locked, task = _in_review(draft, actor, read)
        task.task.specific.on_action(task.specific, actor, "reject", comment=word)
        text = f"« {locked.state().title} » : des changements sont demandés. {word}"
        _tell(designers_of(locked.slug), f"design.rejected.{task.pk}", text, "studio-edit", locked)


def waiting_for_review(actor: User) -> QuerySet[DesignDraft]:
    """Drafts that this reviewer may answer, the longest waiting first; none for anybody else."""
    if not is_reviewer(actor):
        return DesignDraft.objects.none()
    waiting = DesignDraft.objects.filter(workflow_states__status=WorkflowState.STATUS_IN_PROGRESS)
    return waiting.select_related("organisation", "latest_revision").order_by("workflow_states__created_at", "pk")


def approved_now(draft: DesignDraft) -> TaskState | None:
    """The approval that stands for the latest state, if one does."""
    return approval_of(draft, draft.latest_revision) if draft.latest_revision else None


def last_answer(draft: DesignDraft) -> TaskState | None:
    """What a reviewer said last, whatever became of it."""
    answered = TaskState.objects.for_instance(draft).filter(
        status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED]
    )
    return answered.select_related("finished_by").order_by("-finished_at", "-pk").first()


def may_withdraw(draft: DesignDraft, actor: User) -> bool:
    """What was sent back is with its designers already: they submit it again."""
    return (draft.workflow_in_progress or draft.approved_schedule) and drafts_of(actor).filter(pk=draft.pk).exists()


def _in_review(draft: DesignDraft, actor: User, read: str) -> tuple[DesignDraft, Any]:
    if not is_reviewer(actor):
        raise NotYoursError("only a reviewer answers", "Seule une personne qui relit les modèles y répond.")
    locked = DesignDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    task = locked.current_workflow_task_state
    if task is None:
        raise StudioError("not in review", "Ce modèle n’est plus en relecture.")
    if read and read != (now := state_id(locked)):
        french = "Ce modèle a changé depuis que vous l’avez lu : relisez-le."
        raise ConflictError(f"read as {read[:40]!r}, but {now} is the latest", french, now)
    return locked, task


def _unschedule(waiting: Any, actor: User) -> None:
    for revision in waiting:
        revision.approved_go_live_at = None
        revision.save(user=actor, update_fields=["approved_go_live_at"])


def _comment(text: str) -> str:
    words = kept(text)
    if len(words) > MOST_COMMENT:
        raise StudioError(
            f"a comment of {len(words)} characters", messages={"comment": f"{MOST_COMMENT} signes au plus."}
        )
    return words


def _tell(people: QuerySet[User], key: str, text: str, place: str, draft: DesignDraft) -> None:
    notify(people, key, text, kind=Notice.Kind.MODEL, place=place, args=[draft.slug])
