# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a state costs in wood, time and money, at its base sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from designs.design import Design
from designs.furniture import Furniture
from designs.typography import SPACE, THIN, unbroken
from fabrication.comparison import usual_workshop
from fabrication.errors import NotMakeableError
from fabrication.quoting.words import euros, figure


@dataclass(frozen=True)
class Priced:
    """``eur`` without VAT, of what has a price; ``missing``: French, what has none. ``refusal``: French, why the usual workshop does
    not make it; then there is no price at all."""

    sheets: int | None = None
    used: float | None = None  # share of the sheets that becomes parts, 0…1
    edge_m: float | None = None
    cut_m: float | None = None
    machine_min: float | None = None
    eur: Decimal | None = None
    lines: tuple[tuple[str, Decimal | None], ...] = ()
    missing: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True)
class Figures:
    """Of one piece in some sizes."""

    parts: int  # different ones
    copies: int
    area_m2: float
    mass_kg: float
    hardware: int  # bought items, different ones
    steps: int
    priced: Priced

    def data(self) -> dict[str, Any]:
        priced = self.priced
        return {
            "parts": self.parts,
            "copies": self.copies,
            "area_m2": self.area_m2,
            "mass_kg": self.mass_kg,
            "hardware": self.hardware,
            "steps": self.steps,
            "sheets": priced.sheets,
            "used": priced.used,
            "edge_m": priced.edge_m,
            "cut_m": priced.cut_m,
            "machine_min": priced.machine_min,
            "eur": None if priced.eur is None else str(priced.eur),
            "lines": [[label, None if eur is None else str(eur)] for label, eur in priced.lines],
            "missing": list(priced.missing),
            "refusal": priced.refusal,
        }


def figures_of(
    design: Design, values: Mapping[str, Any], furniture: Furniture, go_on: Callable[[], None] = lambda: None
) -> Figures:
    """The piece is built once more, by the line that makes packages. ``go_on`` is asked at each of its stages, and may raise to
    end it. Raises GeometryError, NotFlatError, SheetError."""
    priced = price(design, values, furniture.sheet.thickness, go_on)
    return Figures(
        parts=len(furniture.parts),
        copies=sum(part.quantity for part in furniture.parts),
        area_m2=round(
            sum(_area(part.solid) * part.quantity for part in furniture.parts) / furniture.sheet.thickness / 1e6, 3
        ),
        mass_kg=round(furniture.mass_g / 1000, 2),
        hardware=len(furniture.hardware),
        steps=len(furniture.steps),
        priced=priced,
    )


def _area(solid: Any) -> float:
    """Volume in mm³: over the thickness, the area of wood that stays."""
    return float(solid.Volume())


def price(
    design: Design,
    values: Mapping[str, Any],
    thickness_mm: float = 18.0,
    go_on: Callable[[], None] = lambda: None,
) -> Priced:
    """One piece, made by the usual workshop, laid on whole sheets as a package is."""
    from fabrication.pipeline import lay_out
    from fabrication.quoting.estimate import estimate
    from fabrication.quoting.line import SECTION_TITLES
    from fabrication.quoting.measuring import figures_of as cut_figures

    try:
        job = lay_out(design, values, usual_workshop.machine_file(thickness_mm), 1, lambda stage, done: go_on())
    except NotMakeableError as error:
        return Priced(refusal=error.french)
    go_on()
    cut = cut_figures(job)
    found = estimate(cut, usual_workshop.PRICES, None, usual_workshop.PRICED_ON)
    sums: dict[str, Decimal | None] = {}
    for line in found.lines:
        title = SECTION_TITLES[line.section]
        sums[title] = _added(sums.get(title, Decimal("0.00")), line.amount)
    sheets = sum(sheet.area for sheet in cut.sheets)
    area = sum(part.area * part.quantity for part in job.plan.parts)
    return Priced(
        sheets=len(cut.sheets),
        used=round(area / sheets, 3) if sheets else None,
        edge_m=round(cut.edge_length / 1000, 2),
        cut_m=round(cut.cut_length / 1000, 2),
        machine_min=None if cut.seconds is None else round(cut.seconds / 60, 1),
        eur=found.totals.known,
        lines=tuple(sums.items()),
        missing=tuple(dict.fromkeys(line.missing for line in found.lines if line.missing)),
    )


def _added(one: Decimal | None, other: Decimal | None) -> Decimal:
    return (one or Decimal("0.00")) + (other or Decimal("0.00"))


#: Row of the table → its label, unit and decimals; in the order in which they are read.
_ROWS = (
    ("parts", "Pièces différentes", "", 0),
    ("copies", "Pièces à découper", "", 0),
    ("area_m2", "Bois des pièces", "m²", 2),
    ("edge_m", "Contours", "m", 1),
    ("cut_m", "Coupe, toutes passes", "m", 1),
    ("machine_min", "Temps de machine", "min", 0),
    ("sheets", f"Panneaux de 2{THIN}500 × 1{THIN}250 mm", "", 0),
    ("used", "Part des panneaux qui devient pièces", "%", 0),
    ("mass_kg", "Poids, quincaillerie comprise", "kg", 1),
    ("hardware", "Fournitures différentes", "", 0),
    ("steps", "Étapes du montage", "", 0),
    ("eur", "Prix de comparaison HT", "€", 2),
)


def figure_rows(old: Figures | None, new: Figures | None) -> list[dict[str, Any]]:
    """For a table: label, before, now, difference, all in French; ``changed`` where they differ."""
    before, now = (old.data() if old else {}), (new.data() if new else {})
    rows = []
    for name, label, unit, places in _ROWS:
        one, other = before.get(name), now.get(name)
        difference = _difference(one, other, unit, places)
        rows.append(
            {
                "name": name,
                "label": unbroken(label),
                "old": _said(one, unit, places),
                "new": _said(other, unit, places),
                "difference": difference,
                "changed": old is not None and one != other and difference != "=",
            }
        )
    return rows


def _said(value: Any, unit: str, places: int) -> str:
    if value is None:
        return "inconnu"
    if unit == "€":
        return euros(Decimal(value))
    if unit == "%":
        return f"{figure(float(value) * 100, places)}{SPACE}%"
    return f"{figure(float(value), places)}{SPACE}{unit}" if unit else figure(float(value), places)


def _difference(one: Any, other: Any, unit: str, places: int) -> str:
    if one is None or other is None:
        return ""
    before, now = (Decimal(str(value)) * (100 if unit == "%" else 1) for value in (one, other))
    shown = round(now, places) - round(before, places)  # of what is shown, so that the row adds up
    if not shown:
        return "="
    sign = "+" if shown > 0 else ""
    if unit == "€":
        return f"{sign}{euros(shown)}"
    unit = "points" if unit == "%" else unit
    return f"{sign}{figure(shown, places)}{f'{SPACE}{unit}' if unit else ''}"
