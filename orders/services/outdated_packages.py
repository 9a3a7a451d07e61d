# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether files may still be cut: what changed since they were made, of the panel and of the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from designs.models import DesignRevision
from designs.typography import french_number, typeset
from fablabs.errors import MachineFileError
from fablabs.machine import parse_machine
from fabrication.models import Job

#: A panel that differs from its drawing by no more than this (mm) may be cut: half of a joint's usual play, 0.2 mm
#: (docs/calibration.md). Beyond it what is thicker does not enter, and what is thinner rattles.
MOST_DRIFT_MM = Decimal("0.1")


@dataclass(frozen=True)
class Doubt:
    """Why these files may be the wrong ones. ``kind``: "replaced", "unusual", "thickness", "revision"; ``french`` says what to do."""

    kind: str
    french: str


def doubt(kind: str, french: str) -> Doubt:
    return Doubt(kind, typeset(french))


def fits(reading_mm: Decimal, drawn_mm: Decimal) -> bool:
    """May a panel of this reading be cut from files that were drawn for ``drawn_mm``?"""
    return abs(reading_mm - drawn_mm) <= MOST_DRIFT_MM


def drawn_for(job: Job) -> Decimal | None:
    """The thickness (mm) that its files are drawn for; None of a machine file that nobody reads any more."""
    try:
        return Decimal(str(parse_machine(job.machine_file).stock.measured_thickness_mm))
    except MachineFileError:
        return None


def doubts_of_job(job: Job) -> list[Doubt]:
    """Of files that stand in no order: a later revision of the model; the workshop's record, which measures such panels otherwise
    by now. Two queries at most."""
    return [*_revision(job), *_thickness(job)]


def _revision(job: Job) -> Iterable[Doubt]:
    own = job.revision
    newest = DesignRevision.objects.filter(design=own.design).aggregate(Max("number"))["number__max"]
    if newest is not None and newest > own.number:
        yield doubt(
            "revision",
            f"Une révision plus récente de ce modèle est parue, la {newest}. Ces fichiers sont de la révision {own.number} : lisez ce "
            "qui a changé avant de découper, ou refaites-les depuis la page du modèle.",
        )


def _thickness(job: Job) -> Iterable[Doubt]:
    if job.workshop is None:
        return
    try:
        stock = parse_machine(job.machine_file).stock
    except MachineFileError:
        return
    drawn = Decimal(str(stock.measured_thickness_mm))
    same = [
        Decimal(str(item.settings["measured_thickness_mm"]))
        for item in job.workshop.stock.filter(is_active=True)
        if (item.settings["material"], item.settings["nominal_thickness_mm"])
        == (stock.material, stock.nominal_thickness_mm)
    ]
    if same and not any(fits(mm, drawn) for mm in same):
        today = ", ".join(f"{french_number(mm, 3)} mm" for mm in sorted(set(same)))
        yield doubt(
            "thickness",
            f"Ces fichiers sont dessinés pour un panneau de {french_number(drawn, 3)} mm. La fiche de l’atelier dit aujourd’hui {today} : "
            "mesurez le panneau qui est sur la machine avant de découper.",
        )
