# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What several tests ask of a built piece."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

from designs.design import Design
from designs.furniture import Furniture
from designs.parameters import Kind


def random_values(design: Design, dice: random.Random) -> dict[str, Any]:
    """Uniform within the bounds; texts keep their default."""
    values: dict[str, Any] = {}
    for parameter in design.parameters:
        if parameter.kind in (Kind.LENGTH, Kind.ANGLE):
            values[parameter.name] = dice.uniform(parameter.minimum or 0, parameter.maximum or 0)
        elif parameter.kind is Kind.COUNT:
            values[parameter.name] = dice.randint(int(parameter.minimum or 0), int(parameter.maximum or 0))
        elif parameter.kind is Kind.CHOICE:
            values[parameter.name] = dice.choice(list(parameter.choices or {}))
        elif parameter.kind is Kind.FLAG:
            values[parameter.name] = dice.random() < 0.5
    return values


def clashes(furniture: Furniture, least_mm3: float = 1.0) -> list[str]:
    """Pairs of placed sheet parts that share volume."""
    placed = [
        (f"{part.code}-{i}", part.solid.moved(location))
        for part in furniture.parts
        for i, location in enumerate(part.placements, 1)
    ]
    boxes = {name: solid.BoundingBox() for name, solid in placed}
    found = []
    for (name, solid), (other_name, other) in combinations(placed, 2):
        a, b = boxes[name], boxes[other_name]
        if (
            min(a.xmax, b.xmax) - max(a.xmin, b.xmin) < 1e-3
            or min(a.ymax, b.ymax) - max(a.ymin, b.ymin) < 1e-3
            or min(a.zmax, b.zmax) - max(a.zmin, b.zmin) < 1e-3
        ):
            continue
        volume = solid.intersect(other).Volume()
        if volume > least_mm3:
            found.append(f"{name} × {other_name}: {volume:.0f} mm³")
    return found


def unjoined(furniture: Furniture) -> set[str]:
    """Codes of parts that can't be reached from the first one over declared joints."""
    reached, frontier = {furniture.parts[0].code}, [furniture.parts[0].code]
    while frontier:
        here = frontier.pop()
        for joint in furniture.joints:
            for there in {joint.a, joint.b} - reached if here in (joint.a, joint.b) else ():
                reached.add(there)
                frontier.append(there)
    return {part.code for part in furniture.parts} - reached


def shapes(furniture: Furniture) -> dict[str, tuple[float, ...]]:
    """By part name: what changes when its solid or its places do (volume, area, box, places)."""
    result = {}
    for part in furniture.parts:
        box = part.solid.BoundingBox()
        figures = [part.solid.Volume(), part.solid.Area(), *part.solid.Center().toTuple()]
        figures += [box.xmin, box.xmax, box.ymin, box.ymax, box.zmax]
        for place in part.placements:
            figures += [v for triple in place.toTuple() for v in triple]
        result[part.name] = tuple(round(f, 4) for f in figures)
    return result


def changed_parts(before: Furniture, after: Furniture) -> set[str]:
    """Names of the parts that differ, appeared or went."""
    old, new = shapes(before), shapes(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
