# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many, and where: what is asked beside the sizes before files are made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from cms.quantity_field import quantity_field
from cms.templatetags.french import figures
from fablabs.geography import UnknownCommuneError, commune, region_name
from fablabs.geography.search import fold
from fablabs.machine import MachineFile, Process
from fablabs.models import CuttingMachine, StockItem, Workshop
from fablabs.services.missing import lies_on

#: As many as a page shows without sorting them by région.
MOST_IN_ONE_LIST = 8
#: A workshop by its slug: its first machine with its first stock; or one machine with one stock of it, by their keys.
_VALUE = re.compile(r"(?P<slug>[-a-zA-Z0-9_]{1,60})(?::(?P<machine>[0-9]{1,18})-(?P<stock>[0-9]{1,18}))?", re.ASCII)


@dataclass(frozen=True)
class PairChoice:
    """A machine with a stock on it: one radio button."""

    value: str
    machine: str
    stock: str
    limit: str
    origin: str  # French, "" for new panels
    chosen: bool


@dataclass(frozen=True)
class WorkshopChoice:
    name: str
    place: str
    is_demo: bool
    pairs: tuple[PairChoice, ...]

    @property
    def chosen(self) -> bool:
        return any(pair.chosen for pair in self.pairs)


@dataclass(frozen=True)
class RegionChoice:
    """``name`` empty: all of them, in one list."""

    name: str
    workshops: tuple[WorkshopChoice, ...]

    @property
    def chosen(self) -> bool:
        return any(workshop.chosen for workshop in self.workshops)


class _WorkshopField(forms.CharField):
    """Cleans to an open workshop that has something to cut with; the pair that was asked for is its ``machine``."""

    def clean(self, value: object) -> Workshop:  # type: ignore[override]
        text = str(super().clean(value))
        asked = _VALUE.fullmatch(text)
        workshop = _open().filter(slug=asked["slug"]).first() if asked else None
        if asked is None or workshop is None or not workshop.machine_files():
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        if asked["machine"] is None:
            return workshop
        wanted = int(asked["machine"]), int(asked["stock"])
        for machine, item, _ in _usable(workshop):
            if (machine.pk, item.pk) == wanted:
                return workshop.with_pair(machine, item)
        raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class ProductionForm(forms.Form):
    quantite = quantity_field("Quantité")
    atelier = _WorkshopField(
        label="Atelier",
        error_messages={
            "required": "Choisissez l’atelier qui découpera.",
            "invalid_choice": "Choisissez l’un des ateliers de la liste.",
        },
    )

    def regions(self) -> list[RegionChoice]:
        """The workshops to choose from, by région where they are many. Three queries, however many there are."""
        chosen = str(self["atelier"].value() or "")
        rows = [(workshop, _choice(workshop, chosen)) for workshop in _open()]
        found = sorted(
            ((_region(workshop), workshop.commune, choice.name, choice) for workshop, choice in rows if choice.pairs),
            key=lambda row: tuple(map(fold, row[:3])),
        )
        if len(found) <= MOST_IN_ONE_LIST:
            in_order = [choice for _, choice in rows if choice.pairs]
            return [RegionChoice("", tuple(in_order))] if in_order else []
        names = dict.fromkeys(region for region, *_ in found)
        return [RegionChoice(name, tuple(c for region, _, _, c in found if region == name)) for name in names]


def _open() -> QuerySet[Workshop]:
    return Workshop.objects.open_to_orders().select_related("maker").prefetch_related("machines", "stock")


def _usable(workshop: Workshop) -> list[tuple[CuttingMachine, StockItem, MachineFile]]:
    """The pairs that make a machine file; of all but the first, those whose sheet lies on the machine."""
    files = [(m, s, m.file_with(s)) for m, s in workshop.pairs()]
    valid = [(m, s, file) for m, s, file in files if file is not None]
    return [(m, s, file) for place, (m, s, file) in enumerate(valid) if place == 0 or lies_on(file)]


def _choice(workshop: Workshop, chosen: str) -> WorkshopChoice:
    pairs = []
    for place, (machine, item, file) in enumerate(_usable(workshop)):
        long = f"{workshop.slug}:{machine.pk}-{item.pk}"
        value = long if place else workshop.slug
        pairs.append(_pair(value, chosen in (value, long), file, item))
    return WorkshopChoice(
        name=workshop.name,
        place=f"{workshop.maker.get_kind_display()}, {workshop.commune}",
        is_demo=workshop.is_demo,
        pairs=tuple(pairs),
    )


def _pair(value: str, chosen: bool, file: MachineFile, item: StockItem) -> PairChoice:
    machine, stock = file.machine, file.stock
    process = "Découpeuse laser" if machine.process is Process.LASER else "Fraiseuse numérique"
    bed = figures(" × ".join(f"{side:g}" for side in machine.bed_mm) + " mm")
    return PairChoice(
        value=value,
        machine=f"{process}, table de {bed}",
        stock=figures(f"{stock.material} de {stock.measured_thickness_mm:g} mm"),
        limit=figures(f"coupe jusqu’à {machine.max_thickness_mm:g} mm"),
        origin="" if item.origin == StockItem.Origin.NEW else item.get_origin_display(),
        chosen=chosen,
    )


def _region(workshop: Workshop) -> str:
    try:
        return region_name(commune(workshop.insee).region)
    except UnknownCommuneError:
        return "Ailleurs"
