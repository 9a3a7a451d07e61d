# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many, and where: what is asked beside the sizes before files are made."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from cms.quantity_field import quantity_field
from cms.templatetags.french import figures
from fablabs.machine import Process
from fablabs.models import Workshop


@dataclass(frozen=True)
class WorkshopChoice:
    slug: str
    name: str
    place: str
    machine: str
    stock: str
    limit: str
    is_demo: bool
    chosen: bool


class ProductionForm(forms.Form):
    quantite = quantity_field("Quantité")
    atelier = forms.ModelChoiceField(
        label="Atelier",
        queryset=Workshop.objects.open_to_orders().with_equipment(),
        to_field_name="slug",
        error_messages={
            "required": "Choisissez l’atelier qui découpera.",
            "invalid_choice": "Choisissez l’un des ateliers de la liste.",
        },
    )

    def workshops(self) -> list[WorkshopChoice]:
        chosen = str(self["atelier"].value() or "")
        return [
            _choice(workshop, chosen)
            for workshop in Workshop.objects.open_to_orders().with_equipment()
            if workshop.is_candidate
        ]


def _choice(workshop: Workshop, chosen: str) -> WorkshopChoice:
    file = workshop.machine
    machine, stock = file.machine, file.stock
    process = "Découpeuse laser" if machine.process is Process.LASER else "Fraiseuse numérique"
    bed = figures(" × ".join(f"{side:g}" for side in machine.bed_mm) + " mm")
    return WorkshopChoice(
        slug=workshop.slug,
        name=workshop.name,
        place=f"{workshop.maker.get_kind_display()}, {workshop.commune}",
        machine=f"{process}, table de {bed}",
        stock=figures(f"{stock.material} de {stock.measured_thickness_mm:g} mm"),
        limit=figures(f"coupe jusqu’à {machine.max_thickness_mm:g} mm"),
        is_demo=workshop.is_demo,
        chosen=workshop.slug == chosen,
    )
