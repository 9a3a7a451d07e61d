# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a machine does to one sheet, in order: tools, moves of their centre, tabs (mm, mm/min, seconds).

X and Y in the sheet's frame; Z = 0 is the sheet's top face, up is positive, whatever the machine's
own zero is: the post-processors translate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from designs.contour import Point
from fablabs.machine import Tool
from fabrication.plan import Face, Work


class Pace(StrEnum):
    RAPID = "rapid"
    CUT = "cut"
    PLUNGE = "plunge"


class Move(NamedTuple):
    """To (x, y, z), in a straight line or, with a ``centre``, on an arc or helix about it: counter-
    clockwise if ``ccw``. A full turn ends where it began."""

    pace: Pace
    x: float
    y: float
    z: float
    centre: Point | None = None
    ccw: bool = True

    def turn(self, start: Point) -> float:
        """The angle of an arc that begins at ``start``, counter-clockwise positive (radians); 0 of a straight line."""
        if self.centre is None:
            return 0.0
        (cx, cy), (x, y) = self.centre, start
        turn = math.atan2(self.y - cy, self.x - cx) - math.atan2(y - cy, x - cx)
        turn = (turn if self.ccw else -turn) % (2 * math.pi)
        turn = turn if turn > 1e-9 else 2 * math.pi
        return turn if self.ccw else -turn

    def points(self, start: Point, most: float) -> list[Point]:
        """The way from ``start``, both ends with it; an arc as chords that turn by ``most`` (radians) each at most."""
        if self.centre is None:
            return [start, (self.x, self.y)]
        (cx, cy), turn = self.centre, self.turn(start)
        began, radius = math.atan2(start[1] - cy, start[0] - cx), math.dist(start, self.centre)
        count = math.ceil(abs(turn) / most)
        angles = [began + k / count * turn for k in range(count + 1)]
        return [(cx + radius * math.cos(a), cy + radius * math.sin(a)) for a in angles]


@dataclass(frozen=True)
class Tab:
    """A bridge that holds a copy: (x, y) is its middle on the tool's path, ``height`` is above the sheet's underside."""

    part: str
    copy: int
    x: float
    y: float
    width: float  # of the wood that stays, along the path
    height: float


@dataclass(frozen=True)
class Run:
    """All that one tool does before the next one; it begins and ends at the travel height. ``notes`` say what is cut:
    (index of the first move, ``P03-2 inside``), in order."""

    tool: Tool
    moves: tuple[Move, ...]
    notes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class SheetProgram:
    """The work on one face of one sheet. ``seconds`` is the machine's time with its acceleration."""

    sheet: int  # SheetLayout.index
    face: Face
    runs: tuple[Run, ...]
    tabs: tuple[Tab, ...]
    seconds: float


@dataclass(frozen=True)
class Unprogrammed:
    """What a machine's file leaves to the hand, or why there is none, in the words of whoever plans it.

    ``english`` is the manifest's line. ``french`` has plain spaces and decimal points, which a controller's comments
    can show: pages typeset it. It concerns one ``sheet`` (SheetLayout.index) or ``part``, of this one ``copy`` if it is
    told; with neither, all sheets. ``work`` is what is left out, holes with their ``diameter`` as layers have it.
    ``unsaid``: the machine file does not say what ``french`` names, of ``tool`` or, without one, of the machine.
    """

    english: str
    french: str
    sheet: int | None = None
    part: str = ""
    copy: int | None = None
    work: Work | None = None
    diameter: str = ""
    unsaid: bool = False
    tool: str = ""
