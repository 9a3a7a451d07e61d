# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one door through which a model is published: the studio's button, Wagtail's, an approval, a date that has come.

Whichever way, the same is asked, of exactly what is published, and it becomes a revision once, or not at all."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.models import Revision, WorkflowState

from accounts.models import Notice, User
from accounts.services.notices import notify
from designs.content import Content, ContentError
from designs.models import DesignDraft, DesignRevision
from designs.services import approvals
from designs.services.candidates import candidate_of, draws, said
from designs.services.finding import latest
from designs.services.roles import designers_of, is_reviewer, reviewers
from designs.services.versions import at_least, next_version
from designs.studio_errors import NotYoursError, PublicationRefused, StudioError
from designs.verdict import Check, have_judged, verdict

log = logging.getLogger(__name__)

#: What the action log calls a date that has come.
_SCHEDULED = "wagtail.publish.scheduled"
#: Key of a notice: its date came, and it could not be published. The state's primary key follows.
REFUSED = "design.refused."
_MOST_TOLD = 200
_FURTHEST = timedelta(days=731)
_CHECK = {
    Check.MISSING: "Les contrôles de ce dessin ne sont pas encore faits : ils commencent maintenant.",
    Check.RUNNING: "Les contrôles de ce dessin sont en cours : publiez quand ils sont terminés.",
    Check.RED: "Les contrôles de ce dessin ont trouvé des défauts :",
    Check.FAILED: "Les contrôles de ce dessin n’ont pas abouti : ils recommencent d’eux-mêmes un peu plus tard, ou tout de suite depuis « Ce qui change ».",
}
_OLD_CHECK = "Les contrôles datent d’une version précédente du logiciel : ils sont refaits."
_NEEDED = {
    "title": "Donnez un titre au modèle.",
    "summary": "Résumez le modèle en une phrase.",
    "story": "Décrivez le modèle.",
    "credit": "Dites qui l’a dessiné.",
    "licence": "Choisissez une licence.",
}


def publish(draft: DesignDraft, *, actor: User) -> DesignRevision:
    """The draft's latest state becomes the model's next revision, for everybody, now. A reviewer does it, and approves by it
    what nobody approved before. Raises NotYoursError, PublicationRefused; nothing is changed then."""
    published = _dated(draft, actor, None)
    assert published is not None
    return published


def schedule(draft: DesignDraft, at: datetime, *, actor: User) -> None:
    """The draft's latest state is published on that date, if it still may be then. Raises as ``publish`` does; StudioError for a
    date that has passed, or that is further away than anybody plans."""
    if not timezone.now() < at < timezone.now() + _FURTHEST:
        raise StudioError("no date to come", messages={"at": "Choisissez une date à venir, dans les deux ans."})
    _dated(draft, actor, at)


def _dated(draft: DesignDraft, actor: User, at: datetime | None) -> DesignRevision | None:
    if not is_reviewer(actor):
        raise NotYoursError("only a reviewer publishes", "Seule une personne qui relit les modèles les publie.")
    with transaction.atomic():
        locked = DesignDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        revision = locked.latest_revision
        # The date is no part of what was read and approved: it is written into the state as it stands.
        date = at.isoformat() if at else None
        if revision.content.get("go_live_at") != date:
            revision.content = {**revision.content, "go_live_at": date}
            revision.save(update_fields=["content"])
        return publish_state(locked, revision, actor)


def publish_state(
    draft: DesignDraft, revision: Revision, user: User | None = None, *, log_action: bool | str = True, **options: Any
) -> DesignRevision | None:
    """What DesignDraft.publish does, whoever calls it. None where it waits for its date, or was refused on that date: then its
    designers and the reviewers are told. Where workers still have to look at it (an update of the software makes all checks
    anew) it keeps its date, and the next round tries again. ``user`` None: the scheduler, which needs an approval that stands."""
    try:
        with transaction.atomic():
            locked = DesignDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
            revision = Revision.objects.get(pk=revision.pk)
            return _publish(locked, revision, user, log_action, options)
    except PublicationRefused as refusal:
        if log_action != _SCHEDULED:
            raise
        if refusal.waits:
            have_checked(revision.as_object(), refusal)
            _tell_waits(draft, revision, refusal)
        else:
            _tell_refused(draft, revision, refusal)
        return None


def _publish(
    draft: DesignDraft, revision: Revision, user: User | None, log_action: bool | str, options: dict[str, Any]
) -> DesignRevision | None:
    state = revision.as_object()
    candidate, version = require_publishable(state)
    approver = approvals.require(draft, revision, user)
    action = PublishRevisionAction(
        revision,
        user=user,
        changed=options.get("changed", True),
        log_action=log_action,
        previous_revision=options.get("previous_revision"),
    )
    if state.go_live_at and state.go_live_at > timezone.now():
        action.execute(skip_permission_checks=True)
        return None
    published = _numbered(candidate, state, version, user or approver)
    action.execute(skip_permission_checks=True)
    text = f"« {published.title} » est publié : révision {published.number}, version {published.version}."
    notify(
        designers_of(draft.slug), f"design.published.{published.pk}", text, kind=Notice.Kind.MODEL, place="studio-publication",
        args=[published.design, published.number],
    )  # fmt: skip
    transaction.on_commit(partial(_begin_after, published.pk), robust=True)
    return published


def keep_date(draft: DesignDraft, user: User | None) -> None:
    """An approved model that has a date to come waits for it; its designers are told where it can't. One without a date is
    published when somebody says so."""
    revision = draft.latest_revision
    date = revision.as_object().go_live_at if revision else None
    if date is None or date <= timezone.now():
        return
    try:
        publish_state(draft, revision, user)
    except PublicationRefused as refusal:
        _tell_refused(draft, revision, refusal)


def have_checked(state: DesignDraft, refused: PublicationRefused) -> None:
    """Have made what publication needs to know of this state, if that is why it was refused. Not within a transaction that a
    refusal takes back. Never raises for a state that is no model."""
    if not refused.messages.keys() & {"check", "version_step"}:
        return
    try:
        candidate = candidate_of(state)
    except ContentError:
        return
    have_judged(candidate, latest(state.slug))


def require_publishable(state: DesignDraft) -> tuple[DesignRevision, str]:
    """The candidate of this state and the version that it gets. Asks nobody who they are: approvals do.

    Raises PublicationRefused with all that is missing: messages for "content", "check", "changes", "version_step", "nothing" and
    the texts."""
    faults = {f"texts.{name}": french for name, french in _NEEDED.items() if not getattr(state, name).strip()}
    if state.adapted_from is not None and state.licence != state.adapted_from.texts.get("licence", state.licence):
        licence = state.adapted_from.texts["licence"]
        faults["texts.licence"] = f"Une adaptation garde la licence de son modèle : {licence}."
    try:
        content = Content.parse(state.content)
    except ContentError as error:
        raise PublicationRefused(str(error), messages=faults | {"content": error.french}) from error
    current = latest(state.slug)
    same = current is not None and draws(current, content)
    if current is not None:
        if same and said(current) == said(state):
            raise PublicationRefused("nothing changed", messages={"nothing": _nothing(current)})
        if not state.changes.strip() or state.changes == current.texts.get("changes"):
            faults["texts.changes"] = f"Écrivez ce qui change depuis la révision {current.number}."
    candidate = candidate_of(state)
    judged = verdict(candidate, current)
    waits = set()
    if judged.check is not Check.GREEN:
        faults["check"] = _OLD_CHECK if judged.is_old else " ".join([_CHECK[judged.check], *judged.faults])
        if judged.check is not Check.RED:
            waits.add("check")
    step = ""
    if current is not None:
        proposed = "patch" if same else judged.step
        if not proposed or (not same and judged.compared != current.number):
            faults["version_step"] = f"La comparaison avec la révision {current.number} n’est pas encore faite."
            waits.add("version_step")
        else:
            step = state.version_step or proposed
            if not at_least(step, proposed):
                asked, least = (DesignDraft.Step(one).label.split("\N{NO-BREAK SPACE}")[0] for one in (step, proposed))
                faults["version_step"] = (
                    f"La comparaison demande une version {least} au moins ; « {asked} » promet trop."
                )
    if faults:
        refused = PublicationRefused("not publishable: " + "; ".join(sorted(faults)), messages=faults)
        if waits == faults.keys():
            refused.waits = "failed" if judged.check is Check.FAILED else "asked"
        raise refused
    return candidate, next_version(current.version if current else "", step)


def _numbered(candidate: DesignRevision, state: DesignDraft, version: str, by: User | None) -> DesignRevision:
    """The candidate gets its number: what workers made of it stays good."""
    row = DesignRevision.states.select_for_update(of=("self",)).get(pk=candidate.pk)
    current = latest(state.slug)
    if not row.is_candidate:  # published between two looks of ours
        raise PublicationRefused(f"{row} is published already", messages={"nothing": _nothing(row)})
    row.number, row.version = (current.number if current else 0) + 1, version
    row.texts, row.draft_id, row.adapted_from = state.texts, state.pk, state.adapted_from
    row.published_at, row.published_by = timezone.now(), by
    row.save()
    return row


def _begin_after(pk: int) -> None:
    """Everything that is made of a revision once it is published."""
    from designs.services import after_publication

    after_publication.begin(pk)


def _nothing(current: DesignRevision) -> str:
    return f"Rien n’a changé depuis la révision {current.number} : il n’y a rien à publier."


def _tell_waits(draft: DesignDraft, revision: Revision, refusal: PublicationRefused) -> None:
    """Its date has come, and its checks have not: said once, and once more if they can't be made."""
    log.info("scheduled publication of %s waits: %s", draft.slug, refusal)
    text = f"« {draft.title} » paraîtra dès que ses contrôles sont bons, sa date est venue : {refusal.french}"
    _tell(draft, f"design.waits.{refusal.waits}.{revision.pk}", text)


def _tell_refused(draft: DesignDraft, revision: Revision, refusal: PublicationRefused) -> None:
    """Its date has come and it can't be published: it waits no longer, and who draws and who reviews it knows why."""
    log.warning("scheduled publication of %s refused: %s", draft.slug, refusal)
    with transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        text = f"« {draft.title} » n’a pas été publié à la date prévue : {refusal.french}"
        _tell(draft, f"{REFUSED}{revision.pk}", text)


def _tell(draft: DesignDraft, key: str, text: str) -> None:
    """Designers where they can mend it, reviewers where they can answer."""
    for people, place in ((designers_of(draft.slug), "studio-edit"), (reviewers(), "studio-review")):
        notify(people, key, text, kind=Notice.Kind.MODEL, place=place, args=[draft.slug])


def refused_on_their_date(user: User) -> QuerySet[DesignDraft]:
    """Drafts of which this person was told so, and that nobody has changed, submitted or dated since."""
    told = Notice.objects.filter(person=user, key__startswith=REFUSED).order_by("-pk")
    states = [int(key.split(".")[2]) for key in told.values_list("key", flat=True)[:_MOST_TOLD]]
    rows = DesignDraft.objects.filter(
        latest_revision__in=states, latest_revision__approved_go_live_at=None, has_unpublished_changes=True
    )
    if not states:
        return rows.none()
    # Not by a join: Wagtail keeps these keys as text, which PostgreSQL compares with no number.
    read = WorkflowState.objects.filter(
        base_content_type=DesignDraft.get_base_content_type(),
        status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES],
    )
    return rows.exclude(pk__in=[int(key) for key in read.values_list("object_id", flat=True)])
