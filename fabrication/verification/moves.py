# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a machine's file makes the machine do, whatever its dialect: moves one by one, with the line they stand on.

Coordinates are the file's own (mm); feeds are mm a minute, pauses seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Place = tuple[float, float, float]
Flat = tuple[float, float]

#: A file with more of them is not for one sheet; it is read no further.
MAX_MOVES = 200_000
MAX_BYTES = 12_000_000
MAX_FAULTS = 50
#: No coordinate, feed or speed is larger.
LARGEST = 1e6
#: A chord leaves its arc by at most this (mm), and turns by at most MAX_TURN.
SAGITTA = 0.004
MAX_TURN = math.radians(22.5)
#: The distances of an arc's two ends from its centre may differ by this (mm), as LinuxCNC holds it.
ROUND = 0.005
#: An arc of less (radians) is a full turn, as LinuxCNC takes it.
_FULL = 1e-6


class Motion:
    """A straight line or, with a ``centre``, an arc or helix about the vertical: counter-clockwise if ``ccw``;
    where its two ends coincide it is a full turn. ``halt``: the machine stands still before it.

    ``turn`` is in radians, signed, 0 for a line; ``length`` (mm) is along the helix; ``low`` is the lower tip.
    There are tens of thousands: plain slots, reckoned once.
    """

    __slots__ = (
        "_points", "ccw", "centre", "end", "feed", "halt", "is_upright", "length", "line", "low", "radius", "rapid",
        "rpm", "start", "tool", "turn",
    )  # fmt: skip

    def __init__(
        self,
        line: int,
        rapid: bool,
        start: Place,
        end: Place,
        feed: float,
        tool: int,
        rpm: float,
        centre: Flat | None = None,
        ccw: bool = True,
        halt: bool = False,
    ) -> None:
        self.line, self.rapid, self.start, self.end = line, rapid, start, end
        self.feed, self.tool, self.rpm = feed, tool, rpm  # 0 turns a minute: the spindle stands
        self.centre, self.ccw, self.halt = centre, ccw, halt
        self._points: list[Flat] | None = None
        (x0, y0, z0), (x1, y1, z1) = start, end
        self.low = z0 if z0 < z1 else z1
        if centre is None:
            self.turn, self.radius = 0.0, math.inf
            flat = math.hypot(x1 - x0, y1 - y0)
        else:
            cx, cy = centre
            angle = math.atan2(y1 - cy, x1 - cx) - math.atan2(y0 - cy, x0 - cx)
            angle = (angle if ccw else -angle) % math.tau
            if angle < _FULL:
                angle = math.tau
            self.turn, self.radius = angle if ccw else -angle, math.hypot(x0 - cx, y0 - cy)
            flat = angle * self.radius
        self.is_upright = flat < 1e-6
        self.length = math.hypot(flat, z1 - z0)

    @property
    def points(self) -> list[Flat]:
        """Both ends, and an arc's points between them."""
        if self._points is None:
            self._points = self._drawn()
        return self._points

    def _drawn(self) -> list[Flat]:
        start, end = self.start[:2], self.end[:2]
        if self.centre is None:
            return [start, end]
        (cx, cy), radius = self.centre, self.radius
        step = min(MAX_TURN, 2 * math.acos(max(-1.0, 1 - SAGITTA / radius))) if radius > SAGITTA else MAX_TURN
        count = max(1, math.ceil(abs(self.turn) / step))
        first, each = math.atan2(start[1] - cy, start[0] - cx), self.turn / count
        angles = [first + each * i for i in range(1, count)]
        return [start, *[(cx + radius * math.cos(a), cy + radius * math.sin(a)) for a in angles], end]

    def below(self, height: float) -> Motion | None:
        """The part of it whose tip is at or below a height: depth is linear along line and helix."""
        low, high = sorted((self.start[2], self.end[2]))
        if high <= height:
            return self
        if low > height:
            return None
        share = (height - self.start[2]) / (self.end[2] - self.start[2])
        cut = self.at(share)
        if self.start[2] < self.end[2]:
            return self._part(self.start, cut)
        return self._part(cut, self.end)

    def at(self, share: float) -> Place:
        """The tip's place after a share of the way, 0 to 1."""
        (x0, y0, z0), (x1, y1, z1) = self.start, self.end
        height = z0 + (z1 - z0) * share
        if self.centre is None:
            return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, height
        (cx, cy), angle = self.centre, math.atan2(y0 - self.centre[1], x0 - self.centre[0]) + self.turn * share
        return cx + self.radius * math.cos(angle), cy + self.radius * math.sin(angle), height

    def _part(self, start: Place, end: Place) -> Motion:
        short = math.dist(start, end) < 1e-9 and abs(self.turn) < math.tau
        centre = None if short else self.centre
        return Motion(self.line, self.rapid, start, end, self.feed, self.tool, self.rpm, centre, self.ccw)


@dataclass
class Program:
    """A file as read. ``entry`` is the height that it goes to first; ``complete``: it ends as its dialect ends."""

    entry: float | None = None
    motions: list[Motion] = field(default_factory=list)
    pauses: float = 0.0  # seconds
    complete: bool = False
    faults: list[str] = field(default_factory=list)

    def fault(self, line: int, text: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(f"line {line}: {text}")


def lines_of(ways: Sequence[Sequence[Flat]]) -> Any:
    """Ways in plan as an array of shapely's lines."""
    import numpy as np
    import shapely

    # A plunge is a line of a millionth: one without length is found by no search.
    drawn = [way if any(p != way[0] for p in way) else [way[0], (way[0][0] + 1e-6, way[0][1])] for way in ways]
    points = np.array([point for way in drawn for point in way]).reshape(-1, 2)
    return shapely.linestrings(points, indices=np.repeat(np.arange(len(drawn)), [len(way) for way in drawn]))
