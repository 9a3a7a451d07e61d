# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which revision of each design people order today: the latest published one that somebody draws, the code or the studio.

Within a request the database is asked once, however often the question comes; elsewhere each call asks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.signals import post_delete, post_save

from designs import catalogue
from designs.design import Design
from designs.errors import UnknownDesignError
from designs.models import DesignRevision
from designs.services.once import ask_again, once_a_request

log = logging.getLogger(__name__)

_CURRENT = "current revisions"


def current_revisions() -> dict[str, DesignRevision]:
    """Identifier → the revision of today: shipped designs first, as the code lists them, then the studio's by title. Without
    their content, which is read when somebody draws one. One query, or none within a request that asked already."""
    return once_a_request(_CURRENT, _read)


def current(identifier: str) -> DesignRevision:
    """What people order today. Raises UnknownDesignError for a design of which nothing is published, or nothing that is drawn."""
    found = current_revisions().get(identifier)
    if found is None:
        raise UnknownDesignError(f"no revision of {identifier!r} is published and drawn")
    return found


def latest(identifier: str) -> DesignRevision | None:
    """The last revision that was published of it, drawn still or not; None for none. What people order is ``current``."""
    return DesignRevision.objects.filter(design=identifier).order_by("-number").first()


def latest_of(identifiers: Iterable[str]) -> dict[str, DesignRevision]:
    """Identifier → the last revision that was published of it, drawn still or not, without its content. One query, none for no
    identifier."""
    found: dict[str, DesignRevision] = {}
    if wanted := set(identifiers):
        for revision in DesignRevision.objects.filter(design__in=wanted).defer("content").order_by("number"):
            found[revision.design] = revision
    return found


def design_of(identifier: str) -> Design:
    """What draws the revision of today. Raises UnknownDesignError."""
    return current(identifier).drawing()


def exact(identifier: str, content_key: str) -> DesignRevision | None:
    """The revision or candidate that ``Design.content_key`` names; published ones first. None if there is none such."""
    if content_key.isascii() and content_key.isdecimal() and len(content_key) < 9:
        rows = DesignRevision.objects.filter(design=identifier, origin="code", number=int(content_key))
        return rows.defer("content").first()
    states = DesignRevision.states.filter(design=identifier, origin="studio", digest=content_key).defer("content")
    return states.filter(number__isnull=False).order_by("number").first() or states.first()


def found(identifier: str, content_key: str) -> Design | None:
    """The catalogue's finder (designs/apps.py registers it): what is in the database and not in code."""
    row = exact(identifier, content_key) if content_key else current_revisions().get(identifier)
    return row.drawing() if row is not None else None


def drawn_in_code() -> list[Design]:
    """Every shipped design whose drawing is there."""
    there = []
    for identifier in catalogue.identifiers():
        try:
            there.append(catalogue.shipped(identifier))
        except ModuleNotFoundError as error:
            # Only the design's own file may be missing, not something that it imports.
            if error.name != f"designs.{identifier}":
                raise
            log.warning("no drawing yet of %s", identifier)
    return there


def _read() -> dict[str, DesignRevision]:
    # A revision that the code draws no more can't be ordered, and hides none that can.
    drawn = Q(origin="studio")
    for design in drawn_in_code():
        drawn |= Q(origin="code", design=design.identifier, number=design.revision)
    later = DesignRevision.objects.filter(drawn, design=OuterRef("design"), number__gt=OuterRef("number"))
    rows = DesignRevision.objects.filter(drawn).filter(~Exists(later)).defer("content")
    shipped = catalogue.identifiers()

    def place(row: DesignRevision) -> tuple[int, str, str]:
        first = shipped.index(row.design) if row.design in shipped else len(shipped)
        return first, row.title.casefold(), row.design

    return {row.design: row for row in sorted(rows, key=place)}


def connect() -> None:
    """Called once, when all models are known: a revision that is published within a request is seen by the rest of it."""

    def changed(**_: Any) -> None:
        ask_again(_CURRENT)

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=DesignRevision, weak=False, dispatch_uid="designs.finding")
