# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models of the database as folders (``designs.folder``), and folders as drafts: their lineage comes and goes with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from designs.content import Content
from designs.errors import UnknownDesignError
from designs.folder import TEXTS, Folder, Stamp
from designs.lineage import adapted_credit
from designs.models import DesignDraft, DesignRevision
from designs.services import drafting


def folder_of(revision: DesignRevision) -> Folder:
    """A published revision. Raises UnknownDesignError for one in code that the code no longer draws."""
    content = revision.contents()
    stamp = Stamp(revision.design, revision.number or 0, revision.version, content.digest)
    return Folder(revision.design, content, _words(revision.texts), stamp, _named(revision.adapted_from))


def folder_of_draft(draft: DesignDraft) -> Folder:
    """What is being worked at. Raises ContentError for a draft that has nothing to draw yet."""
    state = draft.state()
    return Folder(
        draft.slug, Content.parse(state.content), _words(state.texts), adapted_from=_named(draft.adapted_from)
    )


def begin(
    folder: Folder, *, organisation: Organisation, actor: User, slug: str = "", texts: Mapping[str, str] | None = None
) -> DesignDraft:
    """A draft that begins with a folder; where this site has the revision that it was adapted from, the draft says so. So it does
    of a published revision's own folder that begins a model of another name.

    ``slug`` and ``texts`` take the place of the folder's. Raises as ``drafting.start`` does."""
    slug, words = slug or folder.slug, {**folder.texts, **(texts or {})}
    data: dict[str, Any] = {"content": folder.content.as_data(), "texts": words}
    origin = _origin(folder)
    if origin is None and (origin := _published_as(folder, slug)) is not None:
        words["credit"] = adapted_credit(folder.texts.get("credit", ""), origin.title, origin.version)
    if origin is None:
        return drafting.start(slug=slug, organisation=organisation, data=data, actor=actor)
    with transaction.atomic():
        title = words.get("title") or slug
        draft = drafting.fork(origin, actor=actor, slug=slug, title=title, organisation=organisation)
        drafting.save(draft, data, actor=actor, based_on=drafting.state_id(draft))
    return draft


def _origin(folder: Folder) -> DesignRevision | None:
    design, _, number = folder.adapted_from.partition("@")
    return DesignRevision.objects.filter(design=design, number=int(number)).first() if number else None


def _published_as(folder: Folder, slug: str) -> DesignRevision | None:
    """The revision of this site that a folder is, byte for byte, where it begins a model of another name."""
    stamp = folder.stamp
    if stamp is None or stamp.design == slug or not folder.is_as_published:
        return None
    found = DesignRevision.objects.filter(design=stamp.design, number=stamp.number).first()
    try:
        return found if found is not None and found.contents().digest == stamp.digest else None
    except UnknownDesignError:  # published, and drawn no longer: nothing to compare
        return None


def _words(texts: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(texts.get(name, "")) for name in TEXTS}


def _named(revision: DesignRevision | None) -> str:
    return f"{revision.design}@{revision.number}" if revision else ""
