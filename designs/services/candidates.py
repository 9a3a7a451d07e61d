# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a draft holds at one moment, as a revision without a number, so that previews, sheets, feasibility and checks run on it
as on a published one. The same content is the same candidate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import Revision

from accounts.models import User
from designs.content import Content
from designs.errors import DesignError
from designs.models import DesignDraft, DesignRevision
from designs.services.finding import latest
from designs.services.roles import drafts_of, is_reviewer
from designs.studio_errors import NotYoursError

#: Candidates that no draft holds any more, and of which no work is kept, go after this time.
_KEEP = timedelta(days=7)


def candidate(draft: DesignDraft, *, actor: User) -> DesignRevision:
    """Of the draft's latest state; the current revision itself where nothing changed since it. Raises NotYoursError,
    ContentError (a draft without a content yet)."""
    if not is_reviewer(actor) and not drafts_of(actor).filter(pk=draft.pk).exists():
        raise NotYoursError("not this person's draft")
    return candidate_of(draft.state())


def candidate_of(state: DesignDraft) -> DesignRevision:
    """Of this very state. Asks nobody: for the services that have asked."""
    content = Content.parse(state.content)
    current = latest(state.slug)
    if current is not None and draws(current, content) and said(current) == said(state):
        return current
    try:
        # In a savepoint: of two windows at once, one writes the row and the other finds it.
        with transaction.atomic():
            found, is_new = DesignRevision.states.get_or_create(
                design=state.slug, digest=content.digest, number=None, origin="studio", defaults=_fields(state, content)
            )
    except IntegrityError:
        found, is_new = DesignRevision.states.get(design=state.slug, digest=content.digest, number=None), False
    if not is_new and found.texts != state.texts:
        found.texts = state.texts
        # Not if it was published since it was read: what is published keeps its words.
        DesignRevision.states.filter(pk=found.pk, number=None).update(texts=state.texts)
    return found


def _fields(state: DesignDraft, content: Content) -> dict[str, Any]:
    return {
        "content": content.as_data(),
        "defaults": {parameter.name: parameter.default for parameter in content.parsed.parameters},
        "texts": state.texts,
        "version": "",
        "published_at": None,
        "draft_id": state.pk,
        "adapted_from_id": state.adapted_from_id,
    }


def draws(revision: DesignRevision, content: Content) -> bool:
    """Is this exactly its drawing? One in code has no digest of its own: its files are read."""
    try:
        return (revision.digest or revision.contents().digest) == content.digest
    except DesignError:  # the code draws it no longer
        return False


def said(one: DesignDraft | DesignRevision) -> dict[str, str]:
    """Its words, without those on what changed."""
    return {name: str(text) for name, text in one.texts.items() if name != "changes"}


def waiting_for_their_date() -> list[int]:
    """Primary keys of the candidates that are to be published on a date: what workers found of them is asked for then."""
    kind = DesignDraft.get_content_type()
    found: list[int] = []
    for revision in Revision.objects.filter(content_type=kind, approved_go_live_at__isnull=False):
        state = revision.as_object()
        digest = Content.parse(state.content).digest
        found += DesignRevision.states.filter(design=state.slug, digest=digest).values_list("pk", flat=True)
    return found


def tidy() -> int:
    """Forget candidates of former states; returns how many went. Whatever of their jobs is kept keeps them too."""
    gone = 0
    old = DesignRevision.states.filter(number=None, created_at__lt=timezone.now() - _KEEP).select_related("draft")
    for one in old.defer("content").iterator():
        draft = one.draft
        if draft is not None and draft.latest_revision_id:
            try:
                if Content.parse(draft.state().content).digest == one.digest:
                    continue
            except ValueError:
                pass
        try:
            # As it is now: it may have been published while others were looked at.
            gone += bool(DesignRevision.states.filter(pk=one.pk, number=None).delete()[0])
        except ProtectedError:
            continue
    return gone
