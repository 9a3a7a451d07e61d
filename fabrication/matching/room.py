# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet or a bed that is too small, in words: by how much, and for which part."""

from __future__ import annotations

from collections.abc import Sequence

from designs.typography import french_number
from fablabs.machine import Machine
from fabrication.matching.needs import PartNeeds
from fabrication.matching.obstacle import Code, Obstacle, millimetres


def too_large(
    left: Sequence[PartNeeds],
    size: tuple[float, float],
    machine: Machine,
    grainless: bool,
    *,
    bed: tuple[float, float],
) -> Obstacle:
    """``left`` (largest first) find no room on a sheet of ``size``."""
    part = left[0]
    more = 2 * machine.margin_mm + machine.kerf_mm
    have = (max(size), min(size))

    def lacking(way: tuple[float, float]) -> float:
        return max(0.0, way[0] - have[0]) + max(0.0, way[1] - have[1])

    # What all of them need together, each lying as its grain lets it.
    ways = []
    for one in left:
        asked = (one.along_mm + more, one.across_mm + more)
        ways.append(min((asked, asked[::-1]), key=lacking) if one.may_turn or grainless else asked)
    need = (max(way[0] for way in ways), max(way[1] for way in ways))
    lacks = [need[i] for i in (0, 1) if need[i] > have[i] + 1e-6]
    others = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
    autres = f" (et {len(left) - 1} autre{'s' if len(left) > 2 else ''})" if len(left) > 1 else ""
    sizes = f"{_up(part.along_mm):g} × {_up(part.across_mm):g} mm"
    mesure = (
        f"{part.code} « {part.name} » mesure {millimetres(_up(part.along_mm))} × {millimetres(_up(part.across_mm))} mm"
    )
    lack = " × ".join(f"{_ceil(v):g}" for v in lacks)
    manque = " × ".join(millimetres(_ceil(v)) for v in lacks)
    way, sens = ("long", "longueur") if need[0] > have[0] + 1e-6 else ("wide", "largeur")
    if len(lacks) == 2:
        way, sens = "", ""
    on_bed = all(min(bed) + 1e-6 < v or max(bed) + 1e-6 < v for v in lacks) or size == tuple(bed)
    what, quoi = ("bed", "une table") if on_bed else ("sheet", "un panneau")
    return Obstacle.of(
        Code.BED,
        f"needs a {what} at least {lack} mm{f' {way}' if way else ''}, has {size[0]:g} × {size[1]:g}: "
        f"{part.label} measures {sizes}{others}",
        f"{mesure}{autres} ; {'sa table' if on_bed else 'son panneau'} fait "
        f"{millimetres(size[0])} × {millimetres(size[1])} mm, dont {french_number(machine.margin_mm)} mm de marge de chaque côté",
        f"{quoi} d’au moins {manque} mm{f' de {sens}' if sens else ''}",
    )


def _up(value: float) -> float:
    return round(value, 1)


def _ceil(value: float) -> float:
    """To a whole millimetre, upwards."""
    return float(-(-round(value, 3) // 1))
