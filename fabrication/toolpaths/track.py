# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Moves, one after the other, as a tool makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from designs.contour import Point, Segment
from fabrication.program import Move, Pace
from fabrication.toolpaths.parallel import share

#: The tool comes down this far (mm) above the sheet in haste, then slowly.
CLEAR = 1.0
#: Moves shorter than this (mm) say nothing to a machine.
_NOTHING = 5e-5


class Step(NamedTuple):
    """To (x, y), straight or about a centre; ``gone`` of the way then (mm)."""

    x: float
    y: float
    centre: Point | None
    ccw: bool
    gone: float


class Way:
    """Segments that follow each other, ready to be gone along at any depth."""

    def __init__(self, pieces: Iterable[Segment]) -> None:
        self.steps: list[Step] = []
        self.pieces = list(pieces)
        gone = 0.0
        for piece in self.pieces:
            # No arc of more than half a turn: some controllers take one whose ends nearly meet for a full circle.
            half = abs(piece.bulge) > 1 - 1e-6
            for part in [share(piece, 0.0, 0.5), share(piece, 0.5, 1.0)] if half else [piece]:
                gone += part.length
                centre = part.centre if part.bulge else None
                self.steps.append(Step(*part.end, centre, part.bulge > 0, gone))
        self.length = gone

    def back(self) -> Way:
        return Way(Segment(s.end, s.start, -s.bulge) for s in reversed(self.pieces))


class Track:
    """Begins at the travel height (mm above the sheet) over its first point, and ends there over its last."""

    def __init__(self, start: Point, travel: float) -> None:
        self.start = start
        self.travel = travel
        self.moves: list[Move] = []
        self.x, self.y = start
        self.z = travel

    def approach(self, clear: float = CLEAR) -> None:
        """Straight down in haste to just above the sheet."""
        self._to(Pace.RAPID, self.x, self.y, min(clear, self.travel))

    def straight_to(self, point: Point, pace: Pace = Pace.CUT) -> None:
        self._to(pace, point[0], point[1], self.z)

    def plunge(self, z: float) -> None:
        self._to(Pace.PLUNGE, self.x, self.y, z)

    def lift(self, z: float) -> None:
        """Straight up in the way just cut, at the speed of cutting."""
        self._to(Pace.CUT, self.x, self.y, z)

    def leave(self) -> None:
        """Straight up to the travel height."""
        self._to(Pace.RAPID, self.x, self.y, self.travel)

    def leave_hole(self) -> None:
        """Straight up to just above the sheet."""
        self._to(Pace.RAPID, self.x, self.y, min(CLEAR, self.travel))

    def hop(self, point: Point, clear: float = CLEAR) -> None:
        """Over to another point at the travel height, and down to just above the sheet."""
        self.leave()
        self._to(Pace.RAPID, point[0], point[1], self.z)
        self.approach(clear)

    def follow(self, way: Way, z: float | None = None, pace: Pace = Pace.CUT) -> None:
        """Along the way, the depth changing evenly to ``z`` (none: as it is)."""
        begun, fall = self.z, 0.0 if z is None else z - self.z
        for step in way.steps:
            depth = begun + fall * step.gone / way.length if fall else begun
            self._to(pace, step.x, step.y, depth, step.centre, step.ccw)
        if way.steps:
            self.z = begun + fall

    def _to(
        self,
        pace: Pace,
        x: float,
        y: float,
        z: float,
        centre: Point | None = None,
        ccw: bool = True,
    ) -> None:
        if abs(x - self.x) < _NOTHING and abs(y - self.y) < _NOTHING and abs(z - self.z) < _NOTHING:
            return
        self.moves.append(Move(pace, x, y, z, centre, ccw))
        self.x, self.y, self.z = x, y, z
