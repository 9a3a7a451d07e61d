# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Machines, panels and territories of a workshop in words for somebody who has never seen either."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.text import capfirst

from cms.templatetags.french import figures, number
from cms.views.geography.filters import bed_of
from designs.typography import SPACE
from fablabs.geography import department_name
from fablabs.machine import Process
from fablabs.models import CuttingMachine, StockItem, Workshop


@dataclass(frozen=True)
class MachineWords:
    name: str
    process: str  # "Fraiseuse numérique"
    bed: str  # "table de 2 500 × 1 250 mm"; "" if unknown
    thickness: str  # "coupe jusqu’à 30 mm"; "" if unknown
    what: str  # one sentence for a layman
    tools: str  # "fraise 6 mm, foret à bois 8 mm"; "" without


@dataclass(frozen=True)
class StockWords:
    name: str  # "contreplaqué bouleau de 17,6 mm"
    origin: str  # "" for new ones, else "recyclé" or "réemploi"
    size: str  # "panneaux de 2 500 × 1 250 mm"
    offcuts: int


def machine_words(machine: CuttingMachine) -> MachineWords:
    settings = machine.settings
    laser = settings.get("process") == Process.LASER.value
    sides = bed_of(settings)
    thickness = settings.get("max_thickness_mm")
    known = isinstance(thickness, int | float)
    return MachineWords(
        name=machine.name,
        process="Découpeuse laser" if laser else "Fraiseuse numérique",
        bed=f"table de {_size(sides)}" if all(sides) else "",
        thickness=f"coupe jusqu’à {number(thickness, 1)}{SPACE}mm" if known else "",
        what=(
            "Un faisceau brûle un trait très fin : bords bruns, panneaux minces en général."
            if laser
            else "Une fraise tourne et suit le contour des pièces : bords nets, panneaux épais."
        ).replace(" :", f"{SPACE}:"),
        tools=", ".join(_tool_names(settings)),
    )


def _tool_names(settings: dict[str, Any]) -> list[str]:
    tools = settings.get("tools")
    return [str(tool["name"]) for tool in tools or () if isinstance(tool, dict) and tool.get("name")]


def stock_words(item: StockItem) -> StockWords:
    settings = item.settings
    thickness = settings.get("measured_thickness_mm")
    known = isinstance(thickness, int | float)
    sheet = bed_of({"bed_mm": settings.get("sheet_mm")})
    return StockWords(
        name=str(settings.get("material") or "matière inconnue")
        + (f" de {number(thickness, 1)}{SPACE}mm" if known else ""),
        origin="" if item.origin == StockItem.Origin.NEW else item.get_origin_display(),
        size=f"panneaux de {_size(sheet)}" if all(sheet) else "",
        offcuts=len(settings.get("offcuts") or ()),
    )


@lru_cache(maxsize=1000)
def _size(sides: tuple[float, float]) -> str:
    return figures(" × ".join(f"{side:g}" for side in sides) + " mm")


def machines_of(workshop: Workshop) -> list[MachineWords]:
    return [machine_words(machine) for machine in workshop.machines.all() if machine.is_active]


def stock_of(workshop: Workshop) -> list[StockWords]:
    return [stock_words(item) for item in workshop.stock.all() if item.is_active]


def served(workshop: Workshop) -> str:
    """Where it delivers: "à 100 km à la ronde, dans le Gard (30) et l’Hérault…" without articles, which nobody can
    derive: "Gard (30), Hérault (34)"."""
    named = []
    for code in workshop.departments:
        try:
            named.append(f"{department_name(str(code))} ({code})".replace("'", "’"))
        except KeyError:
            continue
    around = f"jusqu’à {number(workshop.radius_km)}{SPACE}km par la route (estimation)" if workshop.radius_km else ""
    if named and around:
        return f"{around}, dans ces départements{SPACE}: {', '.join(named)}"
    return around or (", ".join(named) if named else "toute la France reliée par la route")


def kilometres(km: float) -> str:
    """An estimate as people say one: "moins de 5 km", "environ 45 km", "environ 310 km"."""
    if km < 5:
        return f"moins de 5{SPACE}km"
    step = 5 if km < 100 else 10
    return f"environ {number(round(km / step) * step)}{SPACE}km"


def in_short(workshop: Workshop) -> tuple[str, str]:
    """Machines and panels, a line each: "Fraiseuse numérique 2 500 × 1 250 mm (jusqu’à 30 mm)" and "contreplaqué bouleau
    de 17,6 et 14,9 mm"; "" for what is unknown."""
    machines = dict.fromkeys(_machine_in_short(machine) for machine in workshop.machines_in_use)
    panels: dict[str, list[float]] = {}
    for item in workshop.panels_in_use:
        name = str(item.settings.get("material") or "matière inconnue")
        if item.origin != StockItem.Origin.NEW and item.get_origin_display() not in name:
            name += f" ({item.get_origin_display()})"
        panels.setdefault(name, [])
        thickness = item.settings.get("measured_thickness_mm")
        if isinstance(thickness, int | float) and thickness not in panels[name]:
            panels[name].append(thickness)
    return capfirst(", ".join(machines)), capfirst(", ".join(_panel_in_short(*panel) for panel in panels.items()))


def _machine_in_short(machine: CuttingMachine) -> str:
    laser = machine.settings.get("process") == Process.LASER.value
    sides, thickness = bed_of(machine.settings), machine.settings.get("max_thickness_mm")
    words = "découpeuse laser" if laser else "fraiseuse numérique"
    if all(sides):
        words += f" {_size(sides)}"
    return f"{words} (jusqu’à {number(thickness, 1)}{SPACE}mm)" if isinstance(thickness, int | float) else words


def _panel_in_short(name: str, thicknesses: list[float]) -> str:
    written = [number(thickness, 1) for thickness in thicknesses]
    if not written:
        return name
    listed = written[0] if len(written) == 1 else f"{', '.join(written[:-1])} et {written[-1]}"
    return f"{name} de {listed}{SPACE}mm"
