# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Closed chains of segments and their canonical form: one contour for one shape, however it was cut up."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from designs.contour import Contour, Point, Segment, Vertex

#: Points nearer than this (mm) are one point; a curve within it of a line or an arc is that line or arc.
TOLERANCE = 1e-6

Loop = list[Segment]


class PinchedError(ValueError):
    """Two loops touch in a point, so that there is no telling which segment follows which."""


def reverse(loop: Iterable[Segment]) -> Loop:
    return [Segment(s.end, s.start, -s.bulge) for s in reversed(list(loop))]


def as_contour(loop: Iterable[Segment]) -> Contour:
    """The loop as it is, not yet canonical."""
    return Contour(tuple(Vertex(*s.start, s.bulge) for s in loop))


def signed_area(loop: Iterable[Segment]) -> float:
    return as_contour(loop).signed_area


def canonical(loop: Iterable[Segment]) -> Contour:
    """One contour for one shape: counter-clockwise, no vertex inside a line or an arc, starting at its
    leftmost (then lowest) vertex; a full circle in the form of ``Contour.circle``. Nanometre noise of the
    kernel is rounded away."""
    segments = [s for s in loop if s.bulge or s.chord > TOLERANCE]
    raw = as_contour(segments)
    circle = raw.as_circle(10 * TOLERANCE)
    if circle:
        return Contour.circle(*(_round(v) for v in circle))
    if raw.signed_area < 0:
        segments = reverse(segments)
    merged: Loop = []
    for segment in segments:
        _append(merged, segment)
    while len(merged) > 2 and (joined := _join(merged[-1], merged[0])):
        merged[0] = joined
        merged.pop()
    vertices = [Vertex(_round(s.start[0]), _round(s.start[1]), round(s.bulge, 12) + 0.0) for s in merged]
    first = min(range(len(vertices)), key=lambda i: (round(vertices[i].x, 6), round(vertices[i].y, 6)))
    return Contour(tuple(vertices[first:] + vertices[:first]))


def _round(value: float) -> float:
    return round(value, 9) + 0.0  # + 0.0 turns -0.0 into 0.0


def _append(loop: Loop, segment: Segment) -> None:
    joined = _join(loop[-1], segment) if loop else None
    if joined:
        loop[-1] = joined
    else:
        loop.append(segment)


def _join(a: Segment, b: Segment) -> Segment | None:
    """One segment for two that follow each other on the same line or the same circle, else None."""
    if not a.bulge and not b.bulge:
        ux, uy = a.end[0] - a.start[0], a.end[1] - a.start[1]
        vx, vy = b.end[0] - b.start[0], b.end[1] - b.start[1]
        if ux * vx + uy * vy <= 0:
            return None
        span = math.hypot(ux + vx, uy + vy)
        return Segment(a.start, b.end, 0.0) if abs(ux * vy - uy * vx) <= TOLERANCE * span else None
    if a.bulge * b.bulge <= 0 or abs(a.radius - b.radius) > 1e-3 * a.radius:
        return None
    angle = a.angle + b.angle
    if abs(angle) > 2 * math.pi - 1e-6:
        return None
    both = Segment(a.start, b.end, math.tan(angle / 4))
    centre, radius = both.centre, both.radius
    # The centre of a short arc is ill-conditioned, so points on the joined arc decide, not the two centres.
    if all(abs(math.dist(p, centre) - radius) <= TOLERANCE for p in (a.middle, a.end, b.middle)):
        return both
    return None


def outer_boundary(loops: Sequence[Loop]) -> list[Loop]:
    """The boundary of the regions that ``loops`` bound together (outer loops counter-clockwise, inner ones
    clockwise, regions side by side): what two regions share falls out. Raises PinchedError."""
    points = _Points()
    keyed = [(points.key(s.start), points.key(s.end), s) for loop in loops for s in loop]
    table = np.array(points.coordinates)
    count: dict[tuple[int, int, tuple[int, int]], int] = defaultdict(int)
    pieces: dict[tuple[int, int, tuple[int, int]], Segment] = {}
    for start, end, segment in keyed:
        for a, b, piece in _split(start, end, segment, table):
            middle = points.key(piece.middle)
            backwards = (b, a, (middle, middle))
            if count[backwards] > 0:
                count[backwards] -= 1
                continue
            key = (a, b, (middle, middle))
            count[key] += 1
            pieces[key] = piece
    following: dict[int, list[tuple[int, Segment]]] = defaultdict(list)
    for (a, b, _), times in count.items():
        if times > 1:
            raise PinchedError
        if times:
            following[a].append((b, pieces[a, b, _]))
    return _stitch(following)


def _stitch(following: dict[int, list[tuple[int, Segment]]]) -> list[Loop]:
    if any(len(ways) > 1 for ways in following.values()):
        raise PinchedError
    result: list[Loop] = []
    while following:
        here = first = next(iter(following))
        loop: Loop = []
        while here in following:
            here, segment = following.pop(here)[0]
            loop.append(segment)
        if here != first:
            raise PinchedError
        result.append(loop)
    return result


class _Points:
    """Numbers points; two within ten tolerances get the same number."""

    def __init__(self) -> None:
        self.coordinates: list[Point] = []
        self._cells: dict[tuple[int, int], int] = {}

    def key(self, point: Point) -> int:
        size = 10 * TOLERANCE
        i, j = round(point[0] / size), round(point[1] / size)
        for di in (0, -1, 1):
            for dj in (0, -1, 1):
                if (found := self._cells.get((i + di, j + dj))) is not None:
                    return found
        self._cells[i, j] = len(self.coordinates)
        self.coordinates.append(point)
        return self._cells[i, j]


def _split(start: int, end: int, segment: Segment, table: np.ndarray) -> list[tuple[int, int, Segment]]:
    """Cut a segment at every numbered point that lies on it."""
    near = 10 * TOLERANCE
    p, q = np.array(segment.start), np.array(segment.end)
    if segment.bulge:
        c, radius, angle = np.array(segment.centre), segment.radius, segment.angle
        d = table - c
        turn = np.arctan2(d[:, 1], d[:, 0]) - math.atan2(*(p - c)[::-1])
        along = ((turn if angle > 0 else -turn) % (2 * math.pi)) / abs(angle)
        on = np.abs(np.hypot(d[:, 0], d[:, 1]) - radius) < near
        margin = near / segment.length
    else:
        u = q - p
        length = segment.chord
        d = table - p
        along = (d @ u) / length**2
        on = np.abs(d[:, 0] * u[1] - d[:, 1] * u[0]) < near * length
        margin = near / length
    inside = np.flatnonzero(on & (along > margin) & (along < 1 - margin))
    stops = [(0.0, start), *sorted((float(along[i]), int(i)) for i in inside if i not in (start, end)), (1.0, end)]
    result = []
    for (t0, a), (t1, b) in itertools.pairwise(stops):
        bulge = math.tan(segment.angle * (t1 - t0) / 4) if segment.bulge else 0.0
        from_, to = (float(table[a][0]), float(table[a][1])), (float(table[b][0]), float(table[b][1]))
        result.append((a, b, Segment(from_, to, bulge)))
    return result
