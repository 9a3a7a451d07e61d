# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where two segments cross."""

from __future__ import annotations

import math

from designs.contour import Point, Segment

#: Curves that pass each other at less than this (mm) touch.
_TOUCH = 1e-6


def crossings(a: Segment, b: Segment) -> list[Point]:
    """Common points of the segments' whole lines and circles; none for parallel lines and concentric circles."""
    if not a.bulge and not b.bulge:
        return _lines(a, b)
    if not a.bulge:
        return _line_circle(a, b.centre, b.radius)
    if not b.bulge:
        return _line_circle(b, a.centre, a.radius)
    return _circles(a.centre, a.radius, b.centre, b.radius)


def _lines(a: Segment, b: Segment) -> list[Point]:
    (x0, y0), (x1, y1) = a.start, a.end
    ux, uy = x1 - x0, y1 - y0
    vx, vy = b.end[0] - b.start[0], b.end[1] - b.start[1]
    cross = ux * vy - uy * vx
    if abs(cross) < 1e-9 * math.hypot(ux, uy) * math.hypot(vx, vy):
        return []
    t = ((b.start[0] - x0) * vy - (b.start[1] - y0) * vx) / cross
    return [(x0 + t * ux, y0 + t * uy)]


def _line_circle(line: Segment, centre: Point, radius: float) -> list[Point]:
    (x0, y0), (cx, cy) = line.start, centre
    length = line.chord
    ux, uy = (line.end[0] - x0) / length, (line.end[1] - y0) / length
    foot = (cx - x0) * ux + (cy - y0) * uy
    aside = (cx - x0) * uy - (cy - y0) * ux
    if abs(aside) > radius + _TOUCH:
        return []
    root = math.sqrt(max(0.0, radius * radius - aside * aside))
    return [(x0 + t * ux, y0 + t * uy) for t in ((foot - root, foot + root) if root else (foot,))]


def _circles(p: Point, r: float, q: Point, s: float) -> list[Point]:
    apart = math.dist(p, q)
    if apart < 1e-9 or apart > r + s + _TOUCH or apart < abs(r - s) - _TOUCH:
        return []
    foot = (apart * apart + r * r - s * s) / (2 * apart)
    root = math.sqrt(max(0.0, r * r - foot * foot))
    ux, uy = (q[0] - p[0]) / apart, (q[1] - p[1]) / apart
    x, y = p[0] + foot * ux, p[1] + foot * uy
    return [(x - k * uy, y + k * ux) for k in ((root, -root) if root else (0.0,))]
