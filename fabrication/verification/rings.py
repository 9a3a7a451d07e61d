# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A closed drawn line as numbers: flattened for shapely, and its exact area and length.

Areas here are line integrals over each segment about its own centre, not chords plus circular segments:
a slip in one way of counting does not hide in the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely import Polygon

Point = tuple[float, float]
#: A chord leaves its arc by at most this (mm), and turns by at most MAX_TURN (radians).
SAGITTA = 0.002
MAX_TURN = math.radians(7.5)


@dataclass(frozen=True)
class Ring:
    """Vertices (x, y, bulge) in mm, each joined to the next, the last to the first."""

    vertices: tuple[tuple[float, float, float], ...]

    @classmethod
    def circle(cls, x: float, y: float, radius: float) -> Ring:
        return cls(((x - radius, y, 1.0), (x + radius, y, 1.0)))

    @cached_property
    def points(self) -> list[Point]:
        result: list[Point] = []
        for start, end, bulge in self._segments():
            result.append(start)
            if bulge:
                result += arc_points(*_arc(start, end, bulge))
        return result

    @cached_property
    def polygon(self) -> Polygon:
        from shapely import Polygon

        return Polygon(self.points)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """(x min, y min, x max, y max) of the flattened line."""
        xs, ys = [p[0] for p in self.points], [p[1] for p in self.points]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def middle(self) -> Point:
        """The middle of the bounds."""
        left, low, right, high = self.bounds
        return (left + right) / 2, (low + high) / 2

    @cached_property
    def signed_area(self) -> float:
        """mm², exact for arcs, > 0 counter-clockwise: half the integral of x dy - y dx."""
        total = 0.0
        for (x0, y0), (x1, y1), bulge in self._segments():
            if not bulge:
                total += (x0 * y1 - x1 * y0) / 2
                continue
            cx, cy, radius, start, turn = _arc((x0, y0), (x1, y1), bulge)
            end = start + turn
            total += radius * radius * turn / 2
            total += radius * (cx * (math.sin(end) - math.sin(start)) - cy * (math.cos(end) - math.cos(start))) / 2
        return total

    @cached_property
    def length(self) -> float:
        """mm, exact for arcs."""
        return sum(_length(*segment) for segment in self._segments())

    @cached_property
    def arcs_length(self) -> float:
        """mm of its length that are arcs."""
        return sum(_length(*segment) for segment in self._segments() if segment[2])

    @cached_property
    def shortest(self) -> float:
        """mm: the shortest segment, measured along it."""
        return min(_length(*segment) for segment in self._segments())

    @cached_property
    def full_circle(self) -> tuple[float, float, float] | None:
        """(x, y, radius) if this is one full circle."""
        return full_circle(self.points)

    def moved_back(self, x: float, y: float, rotation_deg: float, mirrored: bool) -> Ring:
        """Undo a placement: translate back, turn back, mirror x → -x back."""
        cos, sin = math.cos(math.radians(rotation_deg)), math.sin(math.radians(rotation_deg))
        flip = -1.0 if mirrored else 1.0
        return Ring(
            tuple(
                (flip * ((vx - x) * cos + (vy - y) * sin), (vy - y) * cos - (vx - x) * sin, flip * bulge)
                for vx, vy, bulge in self.vertices
            )
        )

    def same(self, other: Ring, tolerance: float = 1e-3) -> bool:
        """The same vertices in the same cyclic order, run in either sense; of a circle, the same circle."""
        if (mine := self._two_halves()) and (theirs := other._two_halves()):
            return all(abs(a - b) <= tolerance for a, b in zip(mine, theirs, strict=True))
        ours, others = self._sensed(), other._sensed()
        if len(ours) != len(others):
            return False
        x, y, _ = ours[0]
        for shift, (ox, oy, _) in enumerate(others):
            if abs(ox - x) <= tolerance and abs(oy - y) <= tolerance:
                turned = others[shift:] + others[:shift]
                if all(
                    abs(a[0] - b[0]) <= tolerance
                    and abs(a[1] - b[1]) <= tolerance
                    # Half a chord times the bulge is how far the arc rises above it.
                    and abs(a[2] - b[2]) * math.dist(a[:2], c[:2]) / 2 <= tolerance
                    for a, b, c in zip(ours, turned, (*ours[1:], ours[0]), strict=True)
                ):
                    return True
        return False

    def _two_halves(self) -> tuple[float, float, float] | None:
        """(x, y, diameter) of a circle as two half turns, which start anywhere."""
        if len(self.vertices) != 2:
            return None
        (x0, y0, one), (x1, y1, other) = self.vertices
        if abs(abs(one) - 1) > 1e-9 or one != other:
            return None
        return (x0 + x1) / 2, (y0 + y1) / 2, math.hypot(x1 - x0, y1 - y0)

    def _sensed(self) -> tuple[tuple[float, float, float], ...]:
        vertices = self.vertices
        if self.signed_area >= 0:
            return vertices
        count = len(vertices)
        return tuple((vertices[-i][0], vertices[-i][1], -vertices[-i - 1][2]) for i in range(count))

    def _segments(self) -> list[tuple[Point, Point, float]]:
        vertices = self.vertices
        return [((a[0], a[1]), (b[0], b[1]), a[2]) for a, b in zip(vertices, (*vertices[1:], vertices[0]), strict=True)]


def _length(start: Point, end: Point, bulge: float) -> float:
    """mm along it."""
    if not bulge:
        return math.dist(start, end)
    _, _, radius, _, turn = _arc(start, end, bulge)
    return abs(radius * turn)


def _arc(start: Point, end: Point, bulge: float) -> tuple[float, float, float, float, float]:
    """(centre x, centre y, radius, start angle, turn), angles in radians, the turn signed."""
    turn = 4 * math.atan(bulge)
    half_x, half_y = (end[0] - start[0]) / 2, (end[1] - start[1]) / 2
    # From the chord's middle, the centre is cot(turn / 2) half chords to the left.
    away = 1 / math.tan(turn / 2) if abs(abs(turn) - math.pi) > 1e-12 else 0.0
    cx, cy = start[0] + half_x - away * half_y, start[1] + half_y + away * half_x
    return cx, cy, math.hypot(start[0] - cx, start[1] - cy), math.atan2(start[1] - cy, start[0] - cx), turn


def arc_points(cx: float, cy: float, radius: float, start: float, turn: float) -> list[Point]:
    """Points inside an arc, its two ends left out."""
    step = min(MAX_TURN, 2 * math.acos(max(-1.0, 1 - SAGITTA / radius))) if radius > SAGITTA else MAX_TURN
    count = max(1, math.ceil(abs(turn) / step))
    return [
        (cx + radius * math.cos(start + turn * i / count), cy + radius * math.sin(start + turn * i / count))
        for i in range(1, count)
    ]


def full_circle(points: Sequence[Point], tolerance: float = 0.005) -> tuple[float, float, float] | None:
    """(x, y, radius) if the points run once around a circle, closely enough to be no polygon."""
    if len(points) < 24:
        return None
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    radii = [math.hypot(px - x, py - y) for px, py in points]
    radius = max(radii)
    if radius - min(radii) > max(2 * tolerance, radius * 1e-3):
        return None
    # The box's middle is off by a chord's sagitta: good enough to tell a circle, not for its place.
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, (*points[1:], points[0]), strict=True))) / 2
    if area < math.pi * radius * radius * 0.985:
        return None
    return _fitted(points, x, y)


def _fitted(points: Sequence[Point], x: float, y: float) -> tuple[float, float, float]:
    """The circle of least squares (Kåsa) about a first guess of its centre."""
    import numpy as np

    xy = np.asarray(points, dtype=float) - (x, y)
    system = np.column_stack((2 * xy, np.ones(len(xy))))
    solution, *_ = np.linalg.lstsq(system, (xy**2).sum(axis=1), rcond=None)
    a, b, c = (float(value) for value in solution)
    return x + a, y + b, math.sqrt(c + a * a + b * b)
