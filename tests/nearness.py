# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Distances of placed parts, face by face: OCCT measures whole solids a hundred times longer.

The distance to a solid is none inside of it, else that to the nearest of its faces; a face whose box is farther
away than what was found need not be measured. The figures are those of ``Shape.distance``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from designs.furniture import Part

Point = tuple[float, float, float]
#: Least and greatest x, y, z (mm).
Box = tuple[Point, Point]


def box_of(shape: Any) -> Box:
    box = shape.BoundingBox()
    return (box.xmin, box.ymin, box.zmin), (box.xmax, box.ymax, box.zmax)


def apart(a: Box, b: Box) -> float:
    """How far two boxes are from each other at least (mm)."""
    return math.hypot(*(max(a[0][i] - b[1][i], b[0][i] - a[1][i], 0.0) for i in range(3)))


class Copy:
    """A part at one of its places."""

    def __init__(self, solid: Any) -> None:
        self.solid = solid
        self.box = box_of(solid)

    @cached_property
    def faces(self) -> list[tuple[Any, Box]]:
        return [(face, box_of(face)) for face in self.solid.Faces()]

    def at_least(self, point: Point) -> float:
        """It is no nearer to the point than this (mm)."""
        return apart(self.box, (point, point))

    def distance(self, point: Point) -> float:
        """From the point to the nearest wood (mm)."""
        import cadquery as cq

        if self.at_least(point) == 0.0 and self.solid.isInside(point):
            return 0.0
        vertex, best = cq.Vertex.makeVertex(*point), math.inf
        for at_least, face in sorted(((apart(box, (point, point)), face) for face, box in self.faces), key=_first):
            if at_least >= best:
                break
            best = min(best, face.distance(vertex))
        return best

    def within(self, limit: float, other: Copy) -> bool:
        """Whether the two are no farther from each other than ``limit`` (mm)."""
        if any(a.distance(b) <= limit for a, b in self._pairs(limit, other)):
            return True
        return bool(self.solid.distance(other.solid) <= limit)  # one may lie in the other's wood, no faces near

    def _pairs(self, limit: float, other: Copy) -> Iterator[tuple[Any, Any]]:
        """Faces whose boxes are that near."""
        if apart(self.box, other.box) > limit:
            return
        theirs = [(face, box) for face, box in other.faces if apart(self.box, box) <= limit]
        for face, box in self.faces:
            if apart(box, other.box) <= limit:
                yield from ((face, their) for their, their_box in theirs if apart(box, their_box) <= limit)


class Copies:
    """All copies of a piece's parts, each measured once."""

    def __init__(self) -> None:
        self._of: dict[str, list[Copy]] = {}

    def nearest(self, part: Part, point: Point) -> tuple[float, Copy]:
        """The copy of a part that is nearest to a point of the assembly, and how far it is (mm).

        Boxes first: only a copy whose box is no farther than the best found is measured."""
        copies = self._of.setdefault(part.code, [])
        if not copies:
            copies += [Copy(part.solid.moved(place)) for place in part.placements]
        best: tuple[float, Copy] | None = None
        for copy in sorted(copies, key=lambda copy: copy.at_least(point)):
            if best is not None and copy.at_least(point) >= best[0]:
                break
            distance = copy.distance(point)
            if best is None or distance < best[0]:
                best = (distance, copy)
        assert best is not None, part.code
        return best


def _first(pair: tuple[float, Any]) -> float:
    return pair[0]
