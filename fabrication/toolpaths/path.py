# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A closed line of segments, found again by the length gone along it."""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence

from designs.contour import Point, Segment
from fabrication.corners import direction
from fabrication.toolpaths.parallel import point_at, share

#: No piece shorter than this (mm) is made of a line by cutting it.
_LEAST = 1e-5


class Path:
    """``length`` in mm; places on it are millimetres from its first point, and go on over its end."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self.ends = list(itertools.accumulate(s.length for s in self.segments))
        self.length = self.ends[-1]

    def _find(self, place: float) -> tuple[int, float]:
        """Index of the segment and the length gone in it."""
        place %= self.length
        index = min(bisect.bisect_right(self.ends, place), len(self.ends) - 1)
        return index, place - (self.ends[index - 1] if index else 0.0)

    def point(self, place: float) -> Point:
        index, gone = self._find(place)
        segment = self.segments[index]
        return point_at(segment, min(1.0, gone / segment.length))

    def heading(self, place: float) -> Point:
        """Unit tangent."""
        index, gone = self._find(place)
        segment = self.segments[index]
        if not segment.bulge:
            return direction(segment, False)
        x, y = direction(segment, False)
        turn = segment.angle * gone / segment.length
        return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)

    def between(self, start: float, end: float) -> list[Segment]:
        """The pieces from one place to another, ``end`` ≥ ``start``; more than one turn if it is so far."""
        rest = end - start
        index, gone = self._find(start)
        pieces: list[Segment] = []
        while rest > _LEAST:
            segment = self.segments[index]
            length = segment.length
            take = min(rest, length - gone)
            if take > _LEAST:
                pieces.append(share(segment, gone / length, 1.0 if take == length - gone else (gone + take) / length))
            rest -= take
            gone = 0.0
            index = (index + 1) % len(self.segments)
        return pieces

    def nearest(self, point: Point) -> float:
        """The place nearest to a point, among the ends of segments and the middles of long ones."""
        places = [end % self.length for end in self.ends]
        places += [e - s.length / 2 for e, s in zip(self.ends, self.segments, strict=True) if s.length > 20]
        return min(places, key=lambda place: math.dist(self.point(place), point))

    def reversed(self) -> Path:
        return Path([Segment(s.end, s.start, -s.bulge) for s in reversed(self.segments)])
