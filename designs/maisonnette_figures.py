# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""The maisonnette's figures: fixed sizes, levels, and what its constraints ask (mm, degrees, kg)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from designs.casters import HEIGHTS as CASTER_HEIGHTS
from designs.casters import PAD
from designs.lettering import text_width

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


def screen_height(h: Heights) -> float:
    """Middle of the screen: its upper edge at a seated person's eyes, or half-way below a low ceiling."""
    return min(1070.0, (LEAF_TOP + h.ceiling) / 2 + 5)


def closed_size(v: Mapping[str, Any], thickness: float) -> tuple[float, float, float]:
    """Width, depth and height of the closed piece, roof included."""
    slope = math.radians(v["pitch"])
    eaves = EAVES_OUT * math.cos(slope) + thickness * math.sin(slope)
    return float(v["width"] + 2 * eaves), float(v["depth"] + 2 * OVERHANG), float(v["height"])
