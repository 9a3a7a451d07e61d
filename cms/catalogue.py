# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published models as pages show them, and how a revision gets into the database."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from cms.pictures_shown import Picture, picture
from designs import catalogue
from designs.errors import UnknownDesignError
from designs.models import DesignRevision

if TYPE_CHECKING:
    from designs.design import Design

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """A model in a list. ``picture`` is a static file's name, empty if none was drawn; ``shown`` is the same in all
    widths."""

    identifier: str
    title: str
    summary: str
    picture: str
    shown: Picture | None = None


def picture_of(identifier: str) -> str:
    """The static file's name of a model's picture, 960 × 720 pixels; empty if none was drawn."""
    hero = picture(identifier, "hero")
    return hero.file(hero.width) if hero else ""


def designs() -> list[Design]:
    """Every design whose drawing is there."""
    found = []
    for identifier in catalogue.identifiers():
        try:
            found.append(catalogue.design(identifier))
        except ModuleNotFoundError as error:
            # Only the design's own file may be missing, not something that it imports.
            if error.name != f"designs.{identifier}":
                raise
            log.warning("no drawing yet of %s", identifier)
    return found


def published() -> list[Card]:
    numbers = set(DesignRevision.objects.values_list("design", "number"))
    return [
        Card(d.identifier, d.title, d.summary, picture_of(d.identifier), picture(d.identifier, "hero"))
        for d in designs()
        if (d.identifier, d.revision) in numbers
    ]


def revision_or_404(identifier: str) -> DesignRevision:
    """The revision that is drawn today. Raises Http404 if there is none."""
    try:
        drawn = catalogue.design(identifier)
    except (UnknownDesignError, ModuleNotFoundError) as error:
        raise Http404("Ce modèle n’existe pas.") from error
    revision = DesignRevision.objects.filter(design=identifier, number=drawn.revision).first()
    if revision is None:
        raise Http404("Ce modèle n’est pas encore publié.")
    return revision


def sync_designs() -> list[DesignRevision]:
    """Publish the revisions that the code draws; a known revision gets its texts and defaults again."""
    revisions = []
    with transaction.atomic():
        for design in designs():
            kind = type(design)
            revision, _ = DesignRevision.objects.update_or_create(
                design=design.identifier,
                number=design.revision,
                defaults={
                    "code_path": f"{kind.__module__}.{kind.__qualname__}",
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
