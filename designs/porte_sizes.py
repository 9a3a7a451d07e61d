# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: CERN-OHL-S-2.0
"""The sizes of porte that follow from its parameters, once, so that constraints and drawing can't disagree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from designs.joinery.tenon import WEDGE_SLOPE, WEDGE_WIDTH
from designs.lettering import text_width

FRONT, BACK = 20.0, 60.0  # of counter beyond the sides; the back one is the trolley's handle
TOE = 16.0  # the sides' feet reach this far in front of the sides, still below the counter
INSET = 22.0  # of the front's face behind the sides' edges
PEG = 64.0  # underside of the repose: the sides end at 40, one thickness and more below its slot
STEP = 45.0  # the legs' rail stands this high above the floor
AIR = 6.0  # to a bolt's head, or under the counter
HEMS = 120.0  # of cloth beyond the rods, both sides together
TUBE = 150.0  # of a rod in its tube
BLUNT = 4.0  # radius of corners that nothing covers once the piece is folded, and of the sign's notches
EASE = 0.4  # mm of play on top of the sheet's clearance, in joints made at every outing
LEAF_END = 48.0  # of leaf beyond the legs: the rods pass there
LEAF_MAX = 800.0
SIGN = (640.0, 150.0)
SPREADER = 110.0  # height of a spreader
ROUND = 12.0  # radius of its corners
BEYOND = 66.0  # of a spreader outside the rods: the sign hangs there, in front of them
SEAT = 45.0  # depth of its notches
LETTERS = (24.0, 64.0)
RISING_KG = 30.0  # on the leaf, on a level floor: somebody gets up
ARCH_LIMIT = 2100.0  # of the rods' crown, above the floor
#: Free width, depth and height under the leaf. Wheelchair: arrêté of 8 December 2014. Chair: its width, and the knees of
#: a tall adult in shoes (ISO 7250-1's seated knee height, about 600 mm).
KNEES = {"wheelchair": (600.0, 300.0, 700.0), "chair": (500.0, 300.0, 600.0), "low": (0.0, 0.0, 0.0)}
LIFT_KG = 25.0  # NF X35-109
THICKEST = 21.6
TUBES = {"8": "Ø 12 × 1,5", "9": "Ø 12 × 1", "10": "Ø 14 × 1,5"}  # rod → aluminium tube of EN 754-7


class Sizes:
    """What follows from the parameters and the measured thickness (mm); constraints use the thickest sheet."""

    def __init__(self, v: Mapping[str, Any], t: float = THICKEST) -> None:
        self.t = t
        self.overhang = 2 * t + 24  # two panels stowed side by side, and a rod's tube
        self.left, self.right = self.overhang + t, v["width"] - self.overhang - t
        self.inner = self.right - self.left
        self.outer = v["width"] - self.overhang  # the right side's outer face
        self.side = v["depth"] - FRONT - BACK
        self.middle = FRONT + self.side / 2
        self.under = v["height"] - t  # of the counter
        self.wheel = float(v["wheel"]) / 2
        self.axle = FRONT + self.side - 20  # from the front
        self.base = 2 * self.wheel + 12
        self.leaf_top = v["height"] - v["leaf_drop"]
        self.leaf_under = self.leaf_top - t
        self.tail = t + WEDGE_WIDTH + WEDGE_SLOPE * t + 20  # of a wedged tenon
        self.rest = PEG + t  # where stowed panels stand
        self.peg_out = 2 * t + 12  # of the pegs beyond the sides
        self.leaf = min(LEAF_MAX, self.under - AIR - self.rest - self.tail)
        self.leaf_depth = self.side + 40
        self.floor = self.leaf_under - 45  # top face of the upper bay's floor, clear of the leaf's wedges
        self.bay = self.floor - t - self.base - t
        self.rest_from, self.rest_to = FRONT + 70.0, self.axle - self.wheel - 12
        self.face = FRONT + INSET + t  # the front's inner face
        self.shelf = self.side - INSET - t  # depth of the fixed shelves
        self.well = self.shelf - t - 8 - 40  # of cables and rods, behind the front: 40 mm inside a shelf's edge
        self.sign = min(SIGN[0], self.under - AIR - self.rest)
        # The rods stand 9 mm beside the left side, and 9 mm beside the legs.
        self.legs = self.outer + self.leaf - LEAF_END - t
        self.rods = (self.overhang - 9, self.legs + t + 9)
        self.radius = (self.rods[1] - self.rods[0]) / 2
        self.centre = (self.rods[0] + self.rods[1]) / 2
        self.crown = v["height"] + v["arch_rise"]
        feet = (self.under - TUBE, self.leaf_under - TUBE)  # of a rod, in its tubes
        spring = self.crown - self.radius
        self.run = math.pi * self.radius + sum(spring - z for z in feet)
        self.sections = max(
            1, math.ceil(self.run / (self.under - self.base - self.t - 30))
        )  # of one rod: they stand in the well
        self.rod_y = (FRONT + 30, FRONT + self.side - 30)
        self.knee = (self.leaf - LEAF_END - t, self.leaf_depth, self.leaf_under)
        # The spreaders sit astride the rods, clear of their slope across a thickness.
        self.apart = 0.42 * self.sign
        run = math.sqrt(max(1.0, self.radius**2 - self.apart**2))
        half_rod = float(v["rod"]) / 2
        self.spreader = self.rod_y[1] - self.rod_y[0] + 2 * BEYOND
        # From a spreader's end to the sign's middle; in a thin sheet its rounded corner and the notch's mouth count.
        self.notch = max(1.6 * t, t / 2 + ROUND + BLUNT + 1.5)
        self.spring = self.crown - self.radius
        self.saddle = self.spring + run + half_rod + t / 2 * self.apart / run - SEAT
        self.sign_top = self.saddle + 10 + SIGN[1]
        self.text_room = 2 * (self.apart - t) - 20 if v["arch"] else self.inner - 80

    def folded(self, v: Mapping[str, Any]) -> tuple[float, float, float]:
        """Width, depth and height of the trolley: the counter covers what is stowed, else what stands out counts."""
        pegs = 2 * self.peg_out + (self.outer - self.overhang)
        depth = max(v["depth"], self.axle + self.wheel)
        top = max(v["height"], self.rest + self.leaf + self.tail)
        return max(v["width"], pegs), depth, top


def fits_the_boot(v: Mapping[str, Any]) -> bool:
    """Any side down, with 5 mm of air all around."""
    boot = sorted((v["boot_length"], v["boot_width"], v["boot_height"]))
    return all(size + 10 <= room for size, room in zip(sorted(Sizes(v).folded(v)), boot, strict=True))


def knees_fit(v: Mapping[str, Any]) -> bool:
    return all(free >= need for free, need in zip(Sizes(v).knee, KNEES[v["leaf"]], strict=True))


def rod_bends(v: Mapping[str, Any]) -> bool:
    """A fibreglass rod bears a bend of a hundred times its radius: 1 % of strain at its surface."""
    return not v["arch"] or Sizes(v, 14.4).radius >= 100 * float(v["rod"]) / 2


def text_fits(v: Mapping[str, Any]) -> bool:
    return bool(text_width(v["text"], LETTERS[0]) <= Sizes(v).text_room)
