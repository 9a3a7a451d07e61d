# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""What the maisonnette weighs, and where, in each state: enough to say which sizes stay up before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from designs.balance import Mass, stays_up, too_light
from designs.casters import HEIGHTS, TRAIL
from designs.furniture import Vector
from designs.maisonnette_figures import (
    ARMS_KG,
    BIRCH_18_KG_M2,
    CASTER_ASIDE,
    CHANNEL,
    CORE_FRONT,
    EAVES,
    FOOT,
    GAP,
    LEAF_FRONT,
    LEAF_TOP,
    LEANING_KG,
    Heights,
    heights,
)
from designs.sheet import Sheet
from designs.use import Push

#: A wall's places, seen closed from above: (x from its outer face, y from the front) of its middle, of its casters.
_STATES = {"closed": (False, False), "half": (True, False), "open": (True, True)}


def edges(v: Mapping[str, Any], state: str) -> list[Push]:
    """Where somebody leans who sits, and who gets up."""
    if state == "closed":
        return []
    at = (v["width"] / 2, LEAF_FRONT, LEAF_TOP)
    return [
        Push("bord de la tablette, bras appuyés", at, ARMS_KG),
        Push("bord de la tablette, en se levant", at, LEANING_KG, tilt=0.0),
    ]


def balanced(v: Mapping[str, Any], kg_m2: float = BIRCH_18_KG_M2, t: float = 18.0) -> bool:
    """Closed, half open and open. A constraint does not know the sheet and takes birch of 18 mm; ``check_weight`` does."""
    return all(stays_up(floor(v, state, t), masses(v, state, kg_m2, t), edges(v, state), TRAIL) for state in _STATES)


def check_weight(v: Mapping[str, Any], sheet: Sheet) -> None:
    """Raises SheetError if this sheet is too light to hold the open piece up in these sizes."""

    def holds(length: float) -> bool:
        # What weighs as much as a sheet's area in casters and bolts does not grow with a heavier sheet.
        return balanced({**v, "wall_length": length}, min(sheet.mass_kg_m2, BIRCH_18_KG_M2), sheet.thickness)

    asked = float(v["wall_length"])
    if holds(asked):
        return
    longest = next((x for x in range(725, 400, -5) if x < asked and holds(x)), None)
    raise too_light(
        sheet,
        (
            f"the open piece would tip over with {LEANING_KG:g} kg at the leaf's edge",
            f"wall_length {longest} mm at most" if longest else "make depth larger or choose a heavier sheet",
        ),
        (
            f"la maisonnette ouverte basculerait avec {LEANING_KG:g} kg au bord de la tablette",
            f"ses murs peuvent mesurer {longest} mm au plus" if longest
            else "augmentez sa profondeur, ou choisissez un panneau plus lourd",
        ),
    )  # fmt: skip


def floor(v: Mapping[str, Any], state: str, t: float = 18.0) -> list[Vector]:
    """Below the casters' pivots."""
    left, right, behind = 2 * t + 5, v["width"] - 2 * t - 5, v["depth"] - CHANNEL - t
    found = [(x, y, 0.0) for x in (left + 62, right - 62) for y in (CORE_FRONT + 52, behind - CASTER_ASIDE)]
    span = v["width"] / 2 - 4 - t
    swivel = float(v["caster"]) / 2 + 30
    for is_left, is_open in zip((True, False), _STATES[state], strict=True):
        for x, y in ((65.0, FOOT - 57), (span - swivel, 57.0)):
            found.append((*_wall(v, t + x, t + y, is_left, is_open), 0.0))
    return found


def _wall(v: Mapping[str, Any], x: float, y: float, is_left: bool, is_open: bool) -> tuple[float, float]:
    """A point of a wall, x from its outer face and y from the front when it is closed, where it stands."""
    hinge = v["wall_length"] + GAP / 2
    if is_open:
        x, y = y - hinge, hinge - x
    return (x, y) if is_left else (v["width"] - x, y)


def masses(v: Mapping[str, Any], state: str, kg_m2: float = BIRCH_18_KG_M2, t: float = 18.0) -> list[Mass]:
    h = heights(v, t)
    width, depth, length = v["width"], v["depth"], v["wall_length"]
    rise, core, mid = h.wall - h.bottom, v["depth"] - CORE_FRONT, v["width"] / 2
    inner, run = width - 4 * t - 10, v["depth"] - CHANNEL - t - CORE_FRONT
    tall, up = h.ceiling - h.bottom, (h.ceiling + h.bottom) / 2
    first = h.floor + (30 + t if v["printer"] else 0)
    sheets = [  # mm², middle
        (2 * core * tall, mid, depth - core / 2, up),
        (inner * tall, mid, depth - CHANNEL - t / 2, up),
        (inner * run, mid, CORE_FRONT + run / 2, h.floor - t / 2),
        (inner * (run + CORE_FRONT - LEAF_FRONT), mid, (LEAF_FRONT + CORE_FRONT + run) / 2, LEAF_TOP - t / 2),
        (v["shelves"] * inner * (run - 30), mid, CORE_FRONT + 30 + run / 2, (first + LEAF_TOP) / 2),
        ((LEAF_TOP + 100 - h.floor) * (250 + 2 * 34), mid, depth - 22, (h.floor + LEAF_TOP + 160) / 2),
        (2 * (depth - length - GAP) * rise, mid, (depth + length) / 2, h.bottom + rise / 2),
        (4 * 110 * 90, mid, (CORE_FRONT + depth - CHANNEL) / 2, h.plate + t / 2),
        *_roof(v, h, t),
    ]
    if v["printer"]:
        sheets.append((inner * run + 2 * 30 * run, mid, CORE_FRONT + run / 2, first))
    found = [Mass(kg_m2 * area * 1e-6, x, y, z) for area, x, y, z in sheets]
    span = width / 2 - 4 - t
    foot, bracket = span * FOOT - 1000, 0.62 * span * FOOT
    wall = (
        ((length - 4) * rise, t / 2, length / 2, h.bottom + rise / 2),
        ((width / 2 - t) * rise - 130 * 36, width / 4 + t / 2, t / 2, h.bottom + rise / 2),
        (foot + 2 * 110 * 90, t + span / 2, t + FOOT / 2, h.plate + 1.4 * t),
        (bracket, t + 0.42 * span, t + 0.4 * FOOT, h.wall - 1.5 * t),
    )
    # The felts' grooves take a few hundred grams of each wall.
    for is_left, is_open in zip((True, False), _STATES[state], strict=True):
        for area, x, y, z in wall:
            found.append(Mass(kg_m2 * area * 1e-6, *_wall(v, x, y, is_left, is_open), z))
    each = 6.5e-3 * float(v["caster"])
    return [*found, *(Mass(each, x, y, HEIGHTS[v["caster"]] / 2) for x, y, _ in floor(v, state, t))]


def _roof(v: Mapping[str, Any], h: Heights, t: float) -> list[tuple[float, float, float, float]]:
    width, depth = v["width"], v["depth"]
    slope, mid = math.radians(v["pitch"]), v["width"] / 2
    deep, rises = depth + 48, h.peak - h.attic - EAVES
    return [
        (width * depth, mid, depth / 2, h.ceiling + t / 2),
        (2 * (width * EAVES + width * rises / 2), mid, depth / 2, h.attic + EAVES + rises * 0.3),
        (2 * deep * (mid / math.cos(slope) + 36), mid, depth / 2, h.attic + EAVES + rises / 2),
        (deep * 90, mid, depth / 2, h.peak),
    ]
