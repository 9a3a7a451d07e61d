# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""The chariot's figures: fixed sizes, free heights, and what it carries (mm, kg)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from designs.balance import too_light
from designs.casters import BEARS_KG, HEIGHTS
from designs.sheet import Sheet

OVERHANG = 48.0  # of worktop and base beyond the cheeks: room for wedges, folded brackets and fingers
RACK = 260.0  # height kept free above the base for a laptop on its long edge (15 inches)
RUNNER = 48.0  # below the lowest tray: its runners' slots, and as much wood as the sheet is thick
APRON = 70.0
LETTERS = 26.0
BRACKET_ASIDE = 22.0  # of the leaf's brackets from its ends
BLUNT = 4.0  # radius of the corners beside the leaf's hinge: they are in reach once it hangs
DOOR_PLAY = 40.0  # hands and a caster that swivels
CASTER_INSET = (60.0, 47.0)  # of a caster's pivot from the base's edges
TRAIL = 35.0  # of its wheel beside the pivot
EDGE_KG = 30.0  # at the extension's edge, in birch of 18 mm: somebody leans on it
EDGE_LEAST_KG = 25.0  # in a lighter sheet; below that there is no extension
TOP_KG = 80.0  # what the worktop is drawn for
BIRCH_18_KG_M2 = 12.0


def inner_height(v: Mapping[str, Any], thickness: float = 18.0) -> float:
    """Free height between base and worktop."""
    return float(v["height"] - HEIGHTS[v["caster"]] - 3 * thickness)


def needed_height(v: Mapping[str, Any]) -> float:
    below = RACK if v["laptops"] else RUNNER if v["trays"] else 0.0
    return float(APRON + v["trays"] * v["tray_pitch"] + below)


def inner_width(v: Mapping[str, Any], thickness: float = 18.0) -> float:
    return float(v["width"] - 2 * OVERHANG - 2 * thickness)


def bracket_arm(v: Mapping[str, Any]) -> float:
    """How far the leaf's brackets reach from the cheek; folded, the two lie side by side, each beyond its own
    thickness (21.6 mm at most) and 22 mm from the cheek's edge."""
    return float(min(OVERHANG + 0.7 * v["extension_length"], v["depth"] / 2 - 47))


def edge_load(v: Mapping[str, Any], kg_m2: float = BIRCH_18_KG_M2, thickness: float = 18.0) -> float:
    """kg at the extension's outer edge that the empty piece just holds, its sheet of ``kg_m2`` kg/m².

    Moments about the outer casters, their wheels swivelled inwards; slots and small parts about cancel
    out, casters and bolts weigh 4 kg.
    """
    width, depth, length = v["width"] / 1000, v["depth"] / 1000, v["extension_length"] / 1000
    rise, inner = inner_height(v, thickness) / 1000, inner_width(v, thickness) / 1000
    sheet_m2 = 2 * width * depth + rise * (2 * depth + 0.9 * inner) + v["trays"] * 0.8 * inner * depth
    overhang = (CASTER_INSET[0] + TRAIL) / 1000
    holding = (kg_m2 * sheet_m2 + 4) * (width / 2 - overhang)
    return float((holding - kg_m2 * length * depth * (length / 2 + overhang)) / (length + overhang))


def leaf_span(v: Mapping[str, Any], thickness: float) -> float:
    """Between the leaf's brackets."""
    return float(v["depth"] - 2 * (BRACKET_ASIDE + thickness))


def bending_load(span: float, width: float, sheet: Sheet) -> float:
    """kg spread over a board held at both ends that bend it by 1/200 of its span."""
    inertia = width * sheet.thickness**3 / 12
    return 384 * sheet.stiffness_n_mm2 * inertia / (5 * span**2 * 200) / 9.81


def extension_stays_up(v: Mapping[str, Any]) -> bool:
    """In birch of 18 mm: a constraint does not know the sheet, ``stated_edge_load`` does."""
    return bool(v["extension"] == "none" or edge_load(v) >= EDGE_KG)


def stated_edge_load(v: Mapping[str, Any], sheet: Sheet) -> float:
    """kg, whole fives, ``EDGE_KG`` at most: what does not tip the piece over, nor bend the leaf, held by its brackets, by
    more than 1/200 of its span. Raises SheetError if this sheet is too light for the extension."""

    def load(length: float) -> float:
        return edge_load({**v, "extension_length": length}, sheet.mass_kg_m2, sheet.thickness)

    asked = float(v["extension_length"])
    if load(asked) >= EDGE_LEAST_KG:
        bends = bending_load(leaf_span(v, sheet.thickness), asked, sheet)
        return min(EDGE_KG, float(5 * math.floor(min(load(asked), bends) / 5)))
    longest = next((x for x in range(280, 155, -5) if x < asked and load(x) >= EDGE_LEAST_KG), None)
    raise too_light(
        sheet,
        (
            f"the piece would tip over with {EDGE_LEAST_KG:g} kg at the edge of an extension_length of {asked:g} mm",
            f"{longest} mm at most" if longest else "choose extension=none or a heavier sheet",
        ),
        (
            f"le chariot basculerait avec {EDGE_LEAST_KG:g} kg au bord d’une rallonge de {asked:g} mm",
            f"elle peut y mesurer {longest} mm au plus"
            if longest
            else "choisissez-le sans rallonge, ou un panneau plus lourd",
        ),
    )


def stated_top_load(v: Mapping[str, Any], sheet: Sheet, mass_kg: float) -> float:
    """kg spread over the worktop, whole fives, ``TOP_KG`` at most: the least of

    - what bends it, held at the cheeks, by 1/200 of its span: W = 384 · E · I / (5 · span² · 200);
    - what three casters bear, since a floor is never even, less the piece's own mass.
    """
    bends = bending_load(inner_width(v, sheet.thickness), float(v["depth"]), sheet)
    rolls = 3 * BEARS_KG[v["caster"]] - mass_kg
    return float(5 * math.floor(min(TOP_KG, bends, rolls) / 5))
