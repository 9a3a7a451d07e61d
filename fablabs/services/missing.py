# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a site's record still needs before orders can come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fablabs.machine import MachineFile
from fablabs.services.equipment import machine_faults

if TYPE_CHECKING:
    from fablabs.models import Workshop


@dataclass(frozen=True)
class Missing:
    """``section`` is the part of the record where it is filled in: identity, offers, place, machines, stock, prices or
    capacity. ``french`` ends the sentence "Il manque : …"."""

    section: str
    french: str


def lies_on(file: MachineFile) -> bool:
    """Does the usual sheet fit the machine, turned or not, and is it thin enough?"""
    bed, sheet = sorted(file.machine.bed_mm), sorted(file.stock.sheet_mm)
    return (
        sheet[0] <= bed[0] and sheet[1] <= bed[1] and file.stock.measured_thickness_mm <= file.machine.max_thickness_mm
    )


def missing(workshop: Workshop) -> tuple[Missing, ...]:
    """In the order in which a maker fills the record. No query of its own on ``with_equipment()``."""
    maker = workshop.maker
    found = []
    if not maker.organisation.siren:
        found.append(Missing("identity", "le SIREN de la structure"))
    if not workshop.siret:
        found.append(Missing("place", "le SIRET de l’atelier"))
    if not workshop.address:
        found.append(Missing("place", "l’adresse"))
    if not workshop.insee:
        found.append(Missing("place", "la commune"))
    elif workshop.latitude is None or workshop.longitude is None:
        found.append(Missing("place", "l’emplacement de la commune"))
    machines = [machine for machine in workshop.machines.all() if machine.is_active]
    items = [item for item in workshop.stock.all() if item.is_active]
    if not machines:
        drafts = [(machine, machine_faults(machine.settings)) for machine in workshop.machines.all()]
        lacks = [(machine, fault) for machine, faults in drafts for fault in faults]
        found += [
            Missing("machines", f"{fault.name} de «\N{NO-BREAK SPACE}{machine.name}\N{NO-BREAK SPACE}»")
            for machine, fault in lacks
        ] or [Missing("machines", "une machine en service")]
    if not items:
        found.append(Missing("stock", "un panneau en stock"))
    if machines and items and not any(lies_on(file) for file in workshop.machine_files()):
        found.append(Missing("stock", "un panneau qui tient sur une machine (taille de la table, épaisseur)"))
    if items and all(item.settings.get("price_eur") is None for item in items):
        found.append(Missing("stock", "le prix d’un panneau"))
    if workshop.machine_hour_eur is None:
        found.append(Missing("prices", "le prix de l’heure de machine"))
    if workshop.hand_hour_eur is None:
        found.append(Missing("prices", "le prix de l’heure de main-d’œuvre"))
    if not workshop.units_per_week:
        found.append(Missing("capacity", "la capacité par semaine"))
    if workshop.lead_days is None:
        found.append(Missing("capacity", "le délai"))
    if not maker.offers.all():
        found.append(Missing("offers", "un modèle proposé"))
    return tuple(found)
