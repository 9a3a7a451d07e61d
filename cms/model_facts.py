# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of a model says of it, from its drawing and from rows: sizes, states, revisions, remarks, makers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from cms.pictures_shown import Picture
from cms.revision_pictures import ask_for, older_pictures_of, pictures_of, state_of
from cms.views.previews import facts_context, preview_of, read_facts, wait_for
from designs.design import Design
from designs.models import DesignRevision, Remark
from designs.parameters import Kind
from designs.services.finding import current_revisions
from fablabs.models import Offer, Workshop
from fabrication.services import BusyError, request_sheets

#: Seconds that a page waits for what a worker computes before it is shown without.
_GLANCE = 0.3
_REMARKS, _MAKERS = 8, 12
#: Parameters that say how a piece stands and not what it is.
_STATES = ("state", "extension")


@dataclass(frozen=True)
class BaseSizes:
    """A piece in its base sizes: ``facts`` (mass, measures, parts, hardware), ``part_count`` and ``sheets``, each None
    while workers are at it. ``is_settled``: nothing more is to come."""

    facts: dict[str, Any] | None
    part_count: int
    sheets: dict[str, Any] | None
    is_settled: bool


def base_sizes(revision: DesignRevision) -> BaseSizes:
    values = revision.drawing().clean({})
    preview = preview_of(revision, values, _GLANCE)
    shown = facts_context(preview)
    sheets, counted = None, False
    try:
        job = wait_for(request_sheets(revision, values), _GLANCE)
    except BusyError:
        pass
    else:
        counted = job.is_finished
        sheets = read_facts(job.facts) if job.facts else None
    settled = counted and preview["state"] not in ("computing", "busy")
    return BaseSizes(shown.get("facts"), shown.get("part_count", 0), sheets, settled)


@dataclass(frozen=True)
class State:
    """How a piece can stand: "repliée". ``label``: what it is that stands so."""

    label: str
    choices: tuple[str, ...]


def states_of(design: Design) -> tuple[State, ...]:
    return tuple(
        State("États" if p.name == "state" else p.label, tuple((p.choices or {}).values()))
        for p in design.parameters
        if p.kind is Kind.CHOICE and p.name in _STATES
    )


@dataclass(frozen=True)
class Revision:
    number: int
    version: str
    published_at: datetime
    changes: str
    is_current: bool


def revisions_of(current: DesignRevision) -> list[Revision]:
    """All that were published, the latest first."""
    found = []
    rows = DesignRevision.objects.filter(design=current.design).order_by("-number")
    for number, version, published_at, texts in rows.values_list("number", "version", "published_at", "texts"):
        changes = str((texts or {}).get("changes") or ("Première publication." if number == 1 else ""))
        found.append(Revision(number, version, published_at, changes, number == current.number))
    return found


@dataclass(frozen=True)
class Relative:
    """Another model: this one was made of it, or it of this one. ``number``: the revision that was adapted, 0 for a variant."""

    identifier: str
    title: str
    number: int = 0


def adapted_from(current: DesignRevision) -> Relative | None:
    """The model that this one is a variant of, whichever of its revisions says so; None for one of its own. One query."""
    origin = (
        DesignRevision.objects.filter(adaptations__design=current.design, adaptations__number__isnull=False)
        .exclude(design=current.design)
        .order_by("adaptations__number")
        .values_list("design", "texts", "number")
        .first()
    )
    if origin is None:
        return None
    design, texts, number = origin
    return Relative(design, str((texts or {}).get("title") or design), number)


def variants_of(current: DesignRevision) -> list[Relative]:
    """Models that were made of this one and are published, by title. One query."""
    rows = DesignRevision.objects.filter(adapted_from__design=current.design).exclude(design=current.design)
    named = current_revisions()
    variants = {design for design in rows.values_list("design", flat=True).order_by() if design in named}
    return sorted(
        (Relative(name, named[name].title) for name in variants), key=lambda one: (one.title.casefold(), one.identifier)
    )


@dataclass(frozen=True)
class Shown:
    """A model's pictures. ``of``: the earlier revision that they show, while those of today's are being drawn; 0 where they show
    today's, or where there are none."""

    pictures: tuple[Picture, ...]
    of: int = 0


def pictures_shown(current: DesignRevision) -> Shown:
    """What there is to see; what was never drawn is asked for, so that the page has it when it is next opened."""
    if found := pictures_of(current):
        return Shown(found)
    if state_of(current)[0] == "":
        ask_for(current)
    number, older = older_pictures_of(current)
    return Shown(older, number)


@dataclass(frozen=True)
class PublicRemark:
    part_code: str
    text: str
    answer: str
    revision: int
    at: datetime
    is_closed: bool
    closed_by: int | None = None  # the number of the revision that took it into account


def remarks_on(design: str) -> list[PublicRemark]:
    """Remarks that somebody of ours has read and answered, by words or by a revision, the latest first. Whoever wrote one typed a name that nobody
    checked: no name is shown, and nothing that wasn't read."""
    said = ~Q(answer="") | Q(closed_by__isnull=False)
    rows = (
        Remark.objects.filter(said, revision__design=design, status__in=[Remark.Status.ANSWERED, Remark.Status.CLOSED])
        .order_by("-created_at", "-pk")
        .values_list("part_code", "text", "answer", "revision__number", "created_at", "status", "closed_by__number")
    )
    return [PublicRemark(*row[:5], row[5] == Remark.Status.CLOSED, row[6]) for row in rows[:_REMARKS]]


@dataclass(frozen=True)
class Maker:
    slug: str
    name: str
    commune: str
    is_demo: bool


def makers_of(design: str) -> list[Maker]:
    """A dozen open workshops whose makers offer the model, by name: for who hasn't said where it would be."""
    offering = Offer.objects.filter(design=design).values("maker")
    rows = (
        Workshop.objects.open_to_orders()
        .filter(maker__in=offering)
        .order_by("is_demo", "name", "slug")
        .values_list("slug", "name", "commune", "is_demo")[:_MAKERS]
    )
    return [Maker(*row) for row in rows]


def share_of(design: Design, hero: Picture | None) -> dict[str, Any]:
    """What other sites and search engines are told; its structured data are made by cms/findable/structured.py."""
    meta: dict[str, Any] = {"title": design.title, "description": design.summary, "kind": "product"}
    if hero:
        meta |= {"image": hero.share, "image_alt": hero.alt}
    return meta
