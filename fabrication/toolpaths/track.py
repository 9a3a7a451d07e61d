# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Moves, one after the other, as a tool makes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from designs.contour import Point, Segment
from fabrication.program import Move, Pace
from fabrication.toolpaths.parallel import share

#: The tool comes down this far (mm) above the sheet in haste, then slowly.
CLEAR = 1.0
#: Moves shorter than this (mm) say nothing to a machine.
_NOTHING = 5e-5


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

    def follow(self, pieces: Sequence[Segment], z: float | None = None, pace: Pace = Pace.CUT) -> None:
        """Along the pieces, the depth changing evenly to ``z`` (none: as it is)."""
        target = self.z if z is None else z
        begun, gone = self.z, 0.0
        whole = sum(p.length for p in pieces)
        for piece in pieces:
            # No arc of more than half a turn: some controllers take one whose ends nearly meet for a full circle.
            parts = [piece]
            if abs(piece.angle) > math.pi - 1e-6:
                parts = [share(piece, 0.0, 0.5), share(piece, 0.5, 1.0)]
            for part in parts:
                gone += part.length
                depth = begun + (target - begun) * gone / whole if target != begun else begun
                centre = part.centre if part.bulge else None
                self._to(pace, part.end[0], part.end[1], depth, centre, part.bulge > 0, part.length)
        if pieces:
            self.z = target

    def _to(
        self,
        pace: Pace,
        x: float,
        y: float,
        z: float,
        centre: Point | None = None,
        ccw: bool = True,
        length: float | None = None,
    ) -> None:
        if length is None:
            length = math.hypot(x - self.x, y - self.y)
        if length < _NOTHING and abs(z - self.z) < _NOTHING:
            return
        self.moves.append(Move(pace, x, y, z, centre, ccw))
        self.x, self.y, self.z = x, y, z
