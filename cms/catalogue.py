# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published models as pages show them, and how a revision of the code gets into the database."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from cms.pictures_shown import Picture
from cms.revision_pictures import hero_of, heroes_of
from designs.errors import DesignError, UnknownDesignError
from designs.models import DesignRevision
from designs.services.finding import current, current_revisions, drawn_in_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from designs.design import Design

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """A model in a list. ``picture`` is its picture's address, empty if none was drawn; ``shown`` is the same in all
    widths."""

    identifier: str
    title: str
    summary: str
    picture: str
    shown: Picture | None = None


def picture_of(revision: DesignRevision | None) -> str:
    """The address of a picture of this very revision, 960 × 720 pixels; empty if none was drawn: an older drawing's picture
    would show another piece."""
    hero = hero_of(revision) if revision is not None else None
    return hero.src if hero else ""


def published() -> list[Card]:
    revisions = current_revisions()
    heroes = heroes_of(revisions.values())
    return [
        Card(
            identifier,
            one.title,
            str(one.texts.get("summary") or ""),
            hero.src if (hero := heroes.get(one.pk)) else "",
            hero,
        )
        for identifier, one in revisions.items()
    ]


def titles() -> dict[str, str]:
    """Identifier → title of every model, of those in code also before they are published."""
    found = {design.identifier: design.title for design in drawn_in_code()}
    return found | {identifier: one.title for identifier, one in current_revisions().items()}


def drawings() -> Iterator[Design]:
    """What draws each published model today. One that can't be drawn up is left out: the others are still there."""
    for revision in current_revisions().values():
        try:
            yield revision.drawing()
        except DesignError:
            log.exception("%s is published and can't be drawn up", revision)


def revision_or_404(identifier: str) -> DesignRevision:
    """The revision that people order today. Raises Http404 if there is none, or if nobody can draw it up: that the log says."""
    try:
        revision = current(identifier)
    except UnknownDesignError as error:
        raise Http404("Ce modèle n’existe pas, ou n’est pas encore publié.") from error
    try:
        revision.drawing()
    except DesignError as error:
        log.exception("%s is published and can't be drawn up", revision)
        raise Http404("Ce modèle ne peut pas être montré pour l’instant.") from error
    return revision


def sync_designs() -> list[DesignRevision]:
    """Publish the revisions that the code draws; a known revision gets its texts and defaults again.

    A number that the studio published is taken: that revision stays as it is, since people may have ordered it, and the log says
    that the code's drawing needs a higher one."""
    revisions = []
    with transaction.atomic():
        for design in drawn_in_code():
            kind = type(design)
            taken = DesignRevision.objects.filter(
                design=design.identifier, number=design.revision, origin=DesignRevision.Origin.STUDIO
            ).first()
            if taken is not None:
                log.error(
                    "%s is a revision of the studio, published on %s; the code draws another one under the same number: "
                    "give %s.%s a higher revision",
                    taken,
                    taken.published_at and taken.published_at.date(),
                    kind.__module__,
                    kind.__qualname__,
                )
                continue
            revision, _ = DesignRevision.objects.update_or_create(
                design=design.identifier,
                number=design.revision,
                defaults={
                    "code_path": f"{kind.__module__}.{kind.__qualname__}",
                    "version": design.version,
                    "defaults": {p.name: p.default for p in design.parameters},
                    "texts": {
                        "title": design.title,
                        "summary": design.summary,
                        "story": design.story,
                        "credit": design.credit,
                        "licence": design.licence,
                        "changes": design.changes,
                    },
                },
            )
            revisions.append(revision)
    return revisions
