# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""What the chariot weighs, and where: enough to say which sizes stay up before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designs.balance import Mass, stays_up
from designs.casters import HEIGHTS, TRAIL
from designs.chariot_figures import APRON, BIRCH_18_KG_M2, CASTER_INSET, inner_height, inner_width
from designs.furniture import Vector
from designs.use import Push, leant_on


def edges(v: Mapping[str, Any]) -> list[Push]:
    """Where somebody leans: the worktop's corners, and the leaf's if it is up."""
    width, depth, height = v["width"], v["depth"], v["height"]
    corners = [("avant gauche", 0.0, 0.0), ("arrière gauche", 0.0, depth), ("arrière droit", width, depth)]
    named: list[tuple[str, Vector]] = [(f"angle {name} du plateau", (x, y, height)) for name, x, y in corners]
    if v["extension"] == "open":
        named.append(("angle de la rallonge", (width + v["extension_length"], 0.0, height)))
    return leant_on(named)


def balanced(v: Mapping[str, Any]) -> bool:
    """In birch of 18 mm, with the leaf up and down."""
    states = ["none"] if v["extension"] == "none" else ["open", "folded"]
    dx, dy = CASTER_INSET
    floor = [(x, y, 0.0) for x in (dx, v["width"] - dx) for y in (dy, v["depth"] - dy)]
    return all(
        stays_up(floor, masses({**v, "extension": state}), edges({**v, "extension": state}), TRAIL) for state in states
    )


def masses(v: Mapping[str, Any], kg_m2: float = BIRCH_18_KG_M2, t: float = 18.0) -> list[Mass]:
    width, depth, height = v["width"], v["depth"], v["height"]
    rise, inner, base_top = inner_height(v, t), inner_width(v, t), HEIGHTS[v["caster"]] + 2 * t
    middle, top = width / 2, height - t
    behind = depth - 50 - t - 10
    sheets = [  # m², middle
        (width * depth, middle, depth / 2, base_top - t / 2),
        (width * depth, middle, depth / 2, top + t / 2),
        (2 * depth * rise - 2 * 130 * 36, middle, depth / 2, base_top + rise / 2),
        ((0.9 if v["hooks"] else 0.97) * inner * rise, middle, depth - 50 - t / 2, base_top + rise / 2),
        (inner * APRON, middle, 20 + t / 2, top - APRON / 2),
        (4 * 110 * 90, middle, depth / 2, base_top - 1.5 * t),
    ]
    if v["laptops"]:
        sheets.append((1.3 * inner * 90, middle, 0.44 * depth + t / 2, base_top + 38))
    for i in range(v["trays"]):
        level = top - APRON - (i + 1) * v["tray_pitch"]
        reach = behind - 30
        tray = inner * reach + 2 * inner * 45 + 2 * reach * 30 + (0.95 * inner * 40 if v["dividers"] else 0)
        sheets.append((tray + v["dividers"] * 0.5 * reach * 40, middle, (30 + behind) / 2, level + t / 2))
    if v["extension"] != "none":
        length = v["extension_length"]
        leaf = (width + length / 2, top + t / 2) if v["extension"] == "open" else (width + t / 2, top - length / 2)
        sheets.append((length * depth - 130 * 36, leaf[0], depth / 2, leaf[1]))
        sheets.append((2 * 0.6 * 190 * 150, width - 20, depth / 2, top - 80))
    found = [Mass(kg_m2 * area * 1e-6, x, y, z) for area, x, y, z in sheets]
    return [*found, Mass(4 * 6.5e-3 * float(v["caster"]), middle, depth / 2, HEIGHTS[v["caster"]] / 2)]
