# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Working at a model: begun, taken up where it was published, adapted from another one, saved as one types.

Every save is a state in Wagtail's history; what the same person saved minutes before, and nobody approved or published,
gives way to it. Whoever saves says on which state the work is based: two windows never overwrite each other unseen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import Revision

from accounts.models import Organisation, User
from designs import catalogue
from designs.content import Content
from designs.design import TEXTS
from designs.lineage import adapted_credit
from designs.models import DesignDraft, DesignRevision
from designs.plain_text import kept, one_line
from designs.services.roles import bureaus_of, designs_of, draft_of, drafts_of
from designs.studio_errors import ConflictError, LockedError, NotYoursError, StudioError

__all__ = ["draft_of", "drafts_of", "fork", "save", "start", "state_id", "take_up"]

#: Of one line; the others may have line ends.
_LINES = ("title", "summary", "credit", "licence")
#: Saves of one person within this time leave one state in the history.
_ONE_SITTING = timedelta(minutes=10)
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
#: Names of addresses beside models' own.
_RESERVED = frozenset({"nouveau", "relecture", "images"})


def start(*, slug: str, organisation: Organisation, data: Mapping[str, Any], actor: User) -> DesignDraft:
    """A new model of this bureau. ``data``: {"content": Content as data, "texts": {…}}, the title at least.

    Raises NotYoursError (not this person's bureau), StudioError (an address that is taken or none, texts), ContentError."""
    if not bureaus_of(actor).filter(pk=organisation.pk).exists():
        raise NotYoursError("not a bureau of this person", "Choisissez un bureau de création dont vous êtes membre.")
    draft = DesignDraft(slug=_free(slug), organisation=organisation, created_by=actor, live=False)
    return _begin(draft, data, actor)


def take_up(design: str, *, actor: User) -> DesignDraft:
    """The draft of a published model that is in this person's care: the one that there is, or one that begins with the
    current revision. Raises NotYoursError."""
    found = drafts_of(actor).filter(slug=design).first()
    if found is not None:
        return found
    care = designs_of(actor).filter(design=design).select_related("organisation").order_by("pk").first()
    revision = DesignRevision.objects.filter(design=design).order_by("-number").first()
    if care is None or revision is None:
        raise NotYoursError(f"{design[:50]!r} is not in this person's care")
    draft = DesignDraft(slug=design, organisation=care.organisation, created_by=actor, live=False)
    words = {name: str(revision.texts.get(name, "")) for name in TEXTS} | {"changes": ""}
    try:
        return _begin(draft, {"content": revision.contents().as_data(), "texts": words}, actor)
    except StudioError:
        # A colleague began it at the same moment.
        return draft_of(actor, design)


def fork(
    revision: DesignRevision, *, actor: User, slug: str, title: str, organisation: Organisation | None = None
) -> DesignDraft:
    """A model of one's own that begins with this published revision. Licence, words and credit are carried on.

    ``organisation``: for whom, if the person designs for several. Raises NotYoursError (no designer; a candidate),
    StudioError with messages for "slug", "texts.title" and "organisation"."""
    if revision.is_candidate:
        raise NotYoursError("only what is published is adapted")
    bureaus = list(bureaus_of(actor)[:2]) if organisation is None else [organisation]
    if not bureaus:
        raise NotYoursError(
            "this person designs for nobody", "Pour adapter un modèle, inscrivez un bureau de création."
        )
    if len(bureaus) > 1:
        raise StudioError("of several bureaus none was chosen", messages={"organisation": "Choisissez le bureau."})
    if not bureaus_of(actor).filter(pk=bureaus[0].pk).exists():
        raise NotYoursError("not a bureau of this person", "Choisissez un bureau de création dont vous êtes membre.")
    words = {
        "title": title,
        "summary": str(revision.texts.get("summary", "")),
        "story": str(revision.texts.get("story", "")),
        "credit": adapted_credit(str(revision.texts.get("credit", "")), revision.title, revision.version),
        "licence": str(revision.texts.get("licence", "")),
        "changes": "",
    }
    draft = DesignDraft(
        slug=_free(slug), organisation=bureaus[0], created_by=actor, adapted_from=revision, live=False
    )  # fmt: skip
    return _begin(draft, {"content": revision.contents().as_data(), "texts": words}, actor)


def save(draft: DesignDraft, data: Mapping[str, Any], *, actor: User, based_on: str, apart: bool = False) -> str:
    """Keep what was typed; returns the new state's id. ``data`` has any of "content", "texts", "version_step"; what is left
    out stays. ``based_on`` is the id of the state that the person saw. ``apart``: the state before stays in the history though
    it is the same person's of minutes ago: it is another window's, and this one takes its place on purpose.

    A script is kept however wrong it is; a specification that is none is refused: ContentError. Raises also NotYoursError,
    LockedError (in review, scheduled, locked), ConflictError (somebody saved since), StudioError (texts)."""
    with transaction.atomic():
        locked = locked_draft(draft, actor)
        if (lock := locked.get_lock()) and lock.for_user(actor):
            raise LockedError("in review, scheduled or locked", why_locked(locked))
        if based_on != (now := state_id(locked)):
            latest = locked.latest_revision
            who = latest.user.short_name if latest and latest.user_id not in (None, actor.pk) else "Une autre fenêtre"
            raise ConflictError(
                f"based on {based_on[:40]!r}, but {now} is the latest",
                f"{who} a enregistré ce modèle entre-temps : comparez avant de continuer.",
                now,
            )
        state = locked.state()
        before = _compared(state)
        _apply(state, data)
        if _compared(state) == before:
            return now
        return keep(locked, state, actor, apart=apart)


def keep(locked: DesignDraft, state: DesignDraft, actor: User, *, apart: bool = False) -> str:
    """A new state in the history; returns its id. The row is locked, and who may was asked."""
    earlier = locked.latest_revision
    gives_way = not apart and earlier is not None and _gives_way(locked, earlier, actor)
    revision = state.save_revision(user=actor, clean=False, log_action=not gives_way)
    if gives_way:
        earlier.delete()
    # Lists show the row; what is published has its own rows.
    if not locked.live:
        DesignDraft.objects.filter(pk=locked.pk).update(title=state.title, summary=state.summary)
    locked.latest_revision = revision
    return state_id(locked)


def state_id(draft: DesignDraft) -> str:
    """Of the latest state. Wagtail's own pages may write into a state once more, so its moment belongs to it."""
    latest = draft.latest_revision
    return f"{latest.pk}.{int(latest.created_at.timestamp() * 1_000_000)}" if latest else ""


def locked_draft(draft: DesignDraft, actor: User) -> DesignDraft:
    """As it is now, until the transaction is over. Raises NotYoursError."""
    found = drafts_of(actor).select_for_update(of=("self",)).filter(pk=draft.pk).first()
    if found is None:
        raise NotYoursError("not this person's draft")
    return found


def _begin(draft: DesignDraft, data: Mapping[str, Any], actor: User) -> DesignDraft:
    _apply(draft, data)
    draft.has_unpublished_changes = True
    try:
        with transaction.atomic():
            draft.save()
            draft.save_revision(user=actor, clean=False, log_action="wagtail.create")
    except IntegrityError as error:
        if not DesignDraft.objects.filter(slug=draft.slug).exists():
            raise  # something else than a colleague who was quicker
        raise StudioError(f"{draft.slug} is taken", messages={"slug": _TAKEN}) from error
    return draft


_TAKEN = "Cette adresse est déjà prise : choisissez-en une autre."


def _free(slug: str) -> str:
    longest = DesignDraft._meta.get_field("slug").max_length
    if len(slug) > longest or not _SLUG.fullmatch(slug):
        said = f"Des minuscules sans accent, des chiffres et des tirets, une lettre d’abord, {longest} signes au plus."
        raise StudioError(f"no address: {slug[:60]!r}", messages={"slug": said})
    taken = DesignDraft.objects.filter(slug=slug).exists() or DesignRevision.states.filter(design=slug).exists()
    if taken or slug in _RESERVED or slug in catalogue.identifiers():
        raise StudioError(f"{slug} is taken", messages={"slug": _TAKEN})
    return slug


def _apply(state: DesignDraft, data: Mapping[str, Any]) -> None:
    """Raises StudioError with every text that can't be kept, ContentError."""
    texts = data.get("texts") or {}
    if not isinstance(texts, Mapping):
        raise StudioError("texts are no object", "Les textes ne se lisent pas.")
    faults: dict[str, str] = {}
    for name, value in texts.items():
        if name not in TEXTS or not isinstance(value, str):
            faults[f"texts.{str(name)[:40]}"] = "Ce champ n’existe pas, ou n’est pas un texte."
            continue
        words = one_line(value) if name in _LINES else kept(value)
        longest = DesignDraft._meta.get_field(name).max_length
        if len(words) > longest:
            faults[f"texts.{name}"] = f"{longest} signes au plus ; il y en a {len(words)}."
        elif name in ("title", "licence") and not words:
            faults[f"texts.{name}"] = "Ce champ ne peut pas rester vide."
        setattr(state, name, words)
    if not state.title:
        faults.setdefault("texts.title", "Donnez un titre au modèle.")
    if "version_step" in data:
        if data["version_step"] not in ("", *DesignDraft.Step.values):
            faults["version_step"] = "Majeure, mineure ou corrective."
        else:
            state.version_step = data["version_step"]
    if faults:
        raise StudioError("texts that can't be kept: " + ", ".join(faults), messages=faults)
    if "content" in data:
        state.content = Content.parse(data["content"]).as_data()


def _compared(state: DesignDraft) -> tuple[Any, ...]:
    return (state.texts, state.content, state.version_step)


def _gives_way(draft: DesignDraft, revision: Revision, actor: User) -> bool:
    """What nobody else has seen, approved or published, and the first state never."""
    return (
        revision.user_id == actor.pk
        and timezone.now() - revision.created_at < _ONE_SITTING
        and revision.pk != draft.live_revision_id
        and revision.approved_go_live_at is None
        and not revision.task_states.exists()
        and draft.revisions.exclude(pk=revision.pk).exists()
    )


def why_locked(draft: DesignDraft) -> str:
    """French, of a draft that is: why, and what to do."""
    if draft.approved_schedule:
        return "Ce modèle attend sa date de publication : annulez-la pour le modifier."
    if draft.workflow_in_progress and not draft.locked:
        return "Ce modèle est en relecture : retirez-le de la relecture pour le modifier."
    return "Ce modèle est verrouillé par la coordination."
