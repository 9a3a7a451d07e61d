# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A closed plane contour of straight segments and true arcs, in millimetres."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

Point = tuple[float, float]


class Vertex(NamedTuple):
    """Start of a segment; ``bulge`` is DXF's tan(included angle / 4), > 0 for an arc that turns
    counter-clockwise, 0 for a straight segment."""

    x: float
    y: float
    bulge: float = 0.0


class Segment(NamedTuple):
    start: Point
    end: Point
    bulge: float

    @property
    def chord(self) -> float:
        return math.dist(self.start, self.end)

    @property
    def radius(self) -> float:
        """Radius in mm, infinity for a straight segment."""
        return self.chord * (1 + self.bulge**2) / (4 * abs(self.bulge)) if self.bulge else math.inf

    @property
    def angle(self) -> float:
        """Included angle in radians, signed (counter-clockwise positive)."""
        return 4 * math.atan(self.bulge)

    @property
    def length(self) -> float:
        return self.radius * abs(self.angle) if self.bulge else self.chord

    @property
    def centre(self) -> Point:
        """Centre of the arc; meaningless for a straight segment (raises ZeroDivisionError)."""
        (x0, y0), (x1, y1), b = self.start, self.end, self.bulge
        # The centre lies on the chord's perpendicular bisector, (1 - b²)/(4b) chords to its left.
        k = (1 - b * b) / (4 * b)
        return (x0 + x1) / 2 - k * (y1 - y0), (y0 + y1) / 2 + k * (x1 - x0)

    @property
    def middle(self) -> Point:
        """The point half-way along the segment, on the arc if it is one."""
        (x0, y0), (x1, y1), b = self.start, self.end, self.bulge
        # Sagitta = b · chord / 2, to the right of the chord for a counter-clockwise arc.
        return (x0 + x1) / 2 + b * (y1 - y0) / 2, (y0 + y1) / 2 - b * (x1 - x0) / 2

    def along(self, point: Point, tolerance: float) -> float | None:
        """The fraction of the segment's length at a point on it, 0…1; None for a point farther from it than
        ``tolerance`` (mm)."""
        (x0, y0), (x, y) = self.start, point
        if not self.bulge:
            ux, uy = self.end[0] - x0, self.end[1] - y0
            square = ux * ux + uy * uy
            if square == 0.0:
                return None
            length = math.sqrt(square)
            if abs((x - x0) * uy - (y - y0) * ux) > tolerance * length:
                return None
            t = ((x - x0) * ux + (y - y0) * uy) / square
            slack = tolerance / length
        else:
            cx, cy = self.centre
            radius, angle = self.radius, abs(self.angle)
            if abs(math.hypot(x - cx, y - cy) - radius) > tolerance:
                return None
            turn = math.atan2(y - cy, x - cx) - math.atan2(y0 - cy, x0 - cx)
            turn = (turn if self.bulge > 0 else -turn) % (2 * math.pi)
            slack = tolerance / (radius * angle)
            t = turn / angle
            if t > 1 + slack and turn >= 2 * math.pi - slack * angle:
                t = 0.0
        return min(1.0, max(0.0, t)) if -slack <= t <= 1 + slack else None


@dataclass(frozen=True)
class Contour:
    """A closed contour: each vertex is joined to the next, the last to the first.

    A circle is two vertices of bulge ±1. Nothing here checks for self-intersection.
    """

    vertices: tuple[Vertex, ...]

    @classmethod
    def of(cls, vertices: Iterable[tuple[float, ...]]) -> Contour:
        return cls(tuple(Vertex(*v) for v in vertices))

    @classmethod
    def circle(cls, x: float, y: float, radius: float) -> Contour:
        return cls((Vertex(x - radius, y, 1.0), Vertex(x + radius, y, 1.0)))

    @classmethod
    def rectangle(cls, x: float, y: float, width: float, height: float) -> Contour:
        """Lower left corner, width along X, height along Y."""
        return cls.of([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])

    def segments(self) -> Iterator[Segment]:
        for a, b in zip(self.vertices, self.vertices[1:] + self.vertices[:1], strict=True):
            yield Segment((a.x, a.y), (b.x, b.y), a.bulge)

    @property
    def signed_area(self) -> float:
        """mm², > 0 when the contour runs counter-clockwise; arcs are exact (circular segments)."""
        total = 0.0
        for (x0, y0), (x1, y1), bulge in self.segments():
            total += (x0 * y1 - x1 * y0) / 2
            if bulge:
                segment = Segment((x0, y0), (x1, y1), bulge)
                total += segment.radius**2 / 2 * (segment.angle - math.sin(segment.angle))
        return total

    @property
    def area(self) -> float:
        return abs(self.signed_area)

    @property
    def length(self) -> float:
        return sum(s.length for s in self.segments())

    def as_circle(self, tolerance: float = 1e-6) -> tuple[float, float, float] | None:
        """(x, y, radius) if all segments are arcs of one full circle, else None."""
        arcs = list(self.segments())
        if len(arcs) < 2 or any(not a.bulge for a in arcs):
            return None
        x, y = arcs[0].centre
        radius = arcs[0].radius
        for arc in arcs[1:]:
            if math.dist(arc.centre, (x, y)) > tolerance or abs(arc.radius - radius) > tolerance:
                return None
        if abs(abs(sum(a.angle for a in arcs)) - 2 * math.pi) > 1e-6:
            return None
        return x, y, radius

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(x min, y min, x max, y max), exact for arcs."""
        xs, ys = [], []
        for segment in self.segments():
            xs.append(segment.start[0])
            ys.append(segment.start[1])
            if segment.bulge:
                cx, cy = segment.centre
                start = math.atan2(segment.start[1] - cy, segment.start[0] - cx)
                for quarter in range(4):
                    turn = (quarter * math.pi / 2 - start) % (2 * math.pi)
                    if segment.angle < 0:
                        turn = 2 * math.pi - turn
                    if turn <= abs(segment.angle):
                        xs.append(cx + segment.radius * (1, 0, -1, 0)[quarter])
                        ys.append(cy + segment.radius * (0, 1, 0, -1)[quarter])
        return min(xs), min(ys), max(xs), max(ys)

    def points(self, tolerance: float = 0.01) -> list[Point]:
        """Polygon vertices; a chord leaves its arc by at most ``tolerance`` mm."""
        result: list[Point] = []
        for segment in self.segments():
            result.append(segment.start)
            if not segment.bulge:
                continue
            radius, angle = segment.radius, segment.angle
            count = max(1, math.ceil(abs(angle) / chord_turn(radius, tolerance)))
            cx, cy = segment.centre
            start = math.atan2(segment.start[1] - cy, segment.start[0] - cx)
            result += [
                (cx + radius * math.cos(start + angle * i / count), cy + radius * math.sin(start + angle * i / count))
                for i in range(1, count)
            ]
        return result

    def reversed(self) -> Contour:
        vs = self.vertices
        return Contour(tuple(Vertex(vs[-i].x, vs[-i].y, -vs[-i - 1].bulge) for i in range(len(vs))))

    def counter_clockwise(self) -> Contour:
        return self if self.signed_area >= 0 else self.reversed()

    def moved(self, dx: float = 0.0, dy: float = 0.0, rotation_deg: float = 0.0, mirrored: bool = False) -> Contour:
        """Mirror x → -x if asked, turn counter-clockwise about the origin, then translate.

        A mirrored contour is run backwards, so that it keeps its sense of rotation.
        """
        cos, sin = exact_cos_sin(rotation_deg)
        flip = -1.0 if mirrored else 1.0
        moved = Contour(
            tuple(
                Vertex(flip * x * cos - y * sin + dx, flip * x * sin + y * cos + dy, flip * bulge)
                for x, y, bulge in self.vertices
            )
        )
        return moved.reversed() if mirrored else moved


def chord_turn(radius: float, tolerance: float) -> float:
    """How far (radians) a chord may turn so that it leaves its arc by at most ``tolerance`` (mm)."""
    return 2 * math.acos(max(0.0, 1 - tolerance / radius)) if radius > tolerance else math.pi / 2


def exact_cos_sin(angle_deg: float) -> tuple[float, float]:
    """Cosine and sine, without rounding noise for quarter turns."""
    quarter, rest = divmod(angle_deg, 90.0)
    if rest == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(quarter) % 4]
    return math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
