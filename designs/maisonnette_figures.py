# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""The maisonnette's figures: fixed sizes, levels, and what its constraints ask (mm, degrees, kg)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from designs.casters import HEIGHTS as CASTER_HEIGHTS
from designs.casters import PAD
from designs.errors import SheetError
from designs.lettering import text_width
from designs.sheet import Sheet

LEAF_TOP = 745.0
KNEES = 300.0  # free depth below the leaf (arrêté of 8 December 2014)
LEAF_FRONT = 28.0  # behind the closed front
CORE_FRONT = LEAF_FRONT + KNEES
CHANNEL = 52.0  # behind the back: a wedged tenon stays inside the outline
#: Between wall and cheek, wall and ceiling: a bolt's head is 4.4 mm high, a felt 4 mm thick, and no finger enters.
PLAY = 5.0
GAP = 3.0  # between the half-fronts, at the hinges
SKIRT = 3.0  # so that a slot's lower web is no thinner than the sheet
CASTER_ASIDE = 46.0  # of the rear casters' pivots from the back
TRAIL = 0.01  # m; a caster's wheel stands up to 30 mm beside its pivot, the four foremost never all to the rear
FOOT = 240.0  # depth of the foot in a wall's corner
BLUNT = 4.0  # radius of corners that meet another part but stand free when the walls turn
JAMB = 60.0  # the narrowest
EAVES = 24.0  # the gables' upright below the slopes
OVERHANG = 24.0  # of the roof in front and behind
CREST = 12.0  # the crest stands above the slopes
LETTERS = 38.0  # of the sign, at most
LETTERS_LEAST = 16.0
SIGN = 66.0  # foot of the letters above the ceiling
GROOVE = (10.0, 7.0)  # width and depth of the felt's groove
EAVES_OUT = 36.0  # of the slopes beyond the gables, along the slope
LEANING_KG = 30.0  # somebody who gets up, on a level floor
ARMS_KG = 5.0  # on a slope of 10°
BIRCH_18_KG_M2 = 12.0


class Heights(NamedTuple):
    """Levels of the piece, mm above the floor."""

    plate: float  # of the casters
    bottom: float  # of cheeks, walls, back: they cover the casters' plates
    floor: float  # the base's upper face
    wall: float  # upper edge of the walls
    ceiling: float  # the ceiling's lower face
    attic: float  # its upper face
    peak: float  # where the slopes' lower faces would meet


def heights(v: Mapping[str, Any], thickness: float) -> Heights:
    plate, slope = CASTER_HEIGHTS[v["caster"]], math.radians(v["pitch"])
    peak = v["height"] - CREST - thickness * math.cos(slope) + thickness / 2 * math.tan(slope)
    attic = peak - v["width"] / 2 * math.tan(slope) - EAVES
    ceiling = attic - thickness
    return Heights(plate, plate - SKIRT, plate + 2 * thickness, ceiling - PLAY, ceiling, attic, peak)


def room_above_leaf(v: Mapping[str, Any]) -> bool:
    """A screen of 21 inches is 290 mm high; a laptop opens to 230 mm."""
    return bool(heights(v, 21.6).ceiling >= LEAF_TOP + (240 if v["screen"] == "none" else 310))


def room_for_base(v: Mapping[str, Any]) -> bool:
    return bool(v["depth"] - CHANNEL - 21.6 - CORE_FRONT >= 2 * PAD[1] + 20)


def letter_height(v: Mapping[str, Any]) -> float:
    """The sign's letters: as high as the gable's slopes let them be, their accents a third higher.

    At ``SIGN`` above the ceiling the gable is ``base`` wide and loses 2 / tan(pitch) for each mm of
    height; the line of text is ``wide`` times as wide as it is high.
    """
    narrowing = 2 / math.tan(math.radians(v["pitch"]))
    base = v["width"] - (SIGN - EAVES) * narrowing - 60
    wide = text_width(v["text"], 1.0)
    return float(min(LETTERS, base / (wide + 1.35 * narrowing)))


def stays_up(v: Mapping[str, Any], kg_m2: float = BIRCH_18_KG_M2, thickness: float = 18.0) -> bool:
    """Moments about the foremost casters of the empty, open piece, loaded at the leaf's front edge.

    The walls are hinged along their whole height, so the casters of core and walls tip together. A
    constraint does not know the sheet and takes birch of 18 mm; ``check_weight`` does.
    """
    h = heights(v, thickness)
    width, depth, length = v["width"] / 1000, v["depth"] / 1000, v["wall_length"] / 1000
    rise, core = (h.wall - h.bottom) / 1000, (v["depth"] - CORE_FRONT) / 1000
    roof = width * depth * (1 + 1 / math.cos(math.radians(v["pitch"])))
    front = min(length - width / 2 + 0.045 + float(v["caster"]) / 2000, CORE_FRONT / 1000 + 0.06) + TRAIL
    pieces = (  # m², y and z of the middle
        (2 * length * rise, length, rise / 2),
        (width * rise, length - width / 4, rise / 2),
        (2 * core * rise + width * rise, depth - core / 2, rise / 2),
        (roof + 0.3 * width, depth / 2, (h.attic + h.peak) / 2000),
        (2 * width * core, depth - core / 2, 0.5),
        (width * KNEES / 1000, (LEAF_FRONT + KNEES / 2) / 1000, LEAF_TOP / 1000),
        (2 * (depth - length) * rise, (depth + length) / 2, rise / 2),
        (0.24, length - 0.1, 0.08),  # casters, feet, brackets and their hardware count as much as 0.5 m², or less
        (0.26, depth - core / 2, 0.08),
    )

    def holds(load: float, fall: float) -> bool:
        holding = sum(kg_m2 * area * (y - front - z * fall) for area, y, z in pieces)
        return bool(holding >= load * (front - LEAF_FRONT / 1000 + LEAF_TOP / 1000 * fall))

    return holds(LEANING_KG, 0.0) and holds(ARMS_KG, math.tan(math.radians(10)))


def check_weight(v: Mapping[str, Any], sheet: Sheet) -> None:
    """Raises SheetError if this sheet is too light to hold the open piece up in these sizes."""

    def holds(length: float) -> bool:
        # What weighs as much as a sheet's area in casters and bolts does not grow with a heavier sheet.
        return stays_up({**v, "wall_length": length}, min(sheet.mass_kg_m2, BIRCH_18_KG_M2), sheet.thickness)

    asked = float(v["wall_length"])
    if holds(asked):
        return
    longest = next((x for x in range(725, 430, -5) if x < asked and holds(x)), None)
    wood = f"{sheet.material} of {sheet.thickness:g} mm"
    bois = f"{sheet.material} de {sheet.thickness:g}\N{NO-BREAK SPACE}mm".replace(".", ",")
    raise SheetError(
        f"in {wood} the open piece would tip over with {LEANING_KG:g} kg at the leaf's edge: "
        + (f"wall_length {longest} mm at most" if longest else "make depth larger or choose a heavier sheet"),
        f"En {bois}, la maisonnette ouverte basculerait avec {LEANING_KG:g}\N{NO-BREAK SPACE}kg au bord de la tablette"
        + "\N{NARROW NO-BREAK SPACE}: "
        + (f"ses murs peuvent mesurer {longest}\N{NO-BREAK SPACE}mm au plus." if longest
           else "augmentez sa profondeur, ou choisissez un panneau plus lourd."),
    )  # fmt: skip


def screen_height(h: Heights) -> float:
    """Middle of the screen: its upper edge at a seated person's eyes, or half-way below a low ceiling."""
    return min(1070.0, (LEAF_TOP + h.ceiling) / 2 + 5)


def closed_size(v: Mapping[str, Any], thickness: float) -> tuple[float, float, float]:
    """Width, depth and height of the closed piece, roof included."""
    slope = math.radians(v["pitch"])
    eaves = EAVES_OUT * math.cos(slope) + thickness * math.sin(slope)
    return float(v["width"] + 2 * eaves), float(v["depth"] + 2 * OVERHANG), float(v["height"])
