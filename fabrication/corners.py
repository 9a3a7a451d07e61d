# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sharp inside corners of a boundary, and the forms that open them for a round cutter.

Derivation. Walk along a boundary with the void on the left. At a corner V the void spans the angle φ (< 180°),
the boundary turns left by θ = 180° − φ. Let ρ be the relief's radius, half of tool + ``RELIEF_ALLOWANCE``.

*Dog-bone*, φ ≥ 90°: centre C on the bisector, |CV| = ρ, so that the circle passes through V. The bisector makes
φ/2 with each edge, hence the circle meets an edge again at 2ρ·cos(φ/2) from V (isosceles triangle C, V, P with
base angle φ/2), and the two triangles' apex angles, 180° − φ each, make the arc's included angle 2θ. At 90° this
is the usual half circle, √2·ρ from the corner.

*Dog-bone*, φ < 90°: the chord between the two meeting points, 2ρ·sin φ, is narrower than the cutter, which could
not get there. The cutter's way along the bisector is opened too: two lines parallel to the bisector at ρ from it
start at ρ/sin(φ/2) from V on each edge and touch the circle, whose remaining arc is a half circle. At 90° both
forms are the same.

*T-bone*: centre on one edge at ρ from V; the half circle beyond that edge runs from V to 2ρ along it. The cutter
comes in square to the edge, which φ ≥ 90° allows; in an acute corner a dog-bone is drawn instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from designs.contour import Point, Segment
from fabrication.loops import Loop

#: A corner or arc that the cutter reaches within this (mm) needs no relief.
REACH = 0.01
_NEAR = 1e-6


@dataclass(frozen=True)
class Corner:
    """A sharp inside corner: ``index`` of the segment that ends there, unit vectors along both edges
    away from it (``back`` along the one that arrives, ``ahead`` along the one that leaves)."""

    index: int
    at: Point
    back: Point
    ahead: Point
    angle: float  # φ, radians, of the void


@dataclass(frozen=True)
class Cut:
    """A relief of one corner: how much of the arriving and of the leaving segment it takes (mm), and what it
    puts there; ``centre`` of its circle."""

    before: float
    after: float
    pieces: tuple[Segment, ...]
    centre: Point


def direction(segment: Segment, at_end: bool) -> Point:
    """Unit tangent in the direction of travel."""
    (x0, y0), (x1, y1) = segment.start, segment.end
    turn = segment.angle / 2 if segment.bulge else 0.0
    heading = math.atan2(y1 - y0, x1 - x0) + (turn if at_end else -turn)
    if not turn:
        return (x1 - x0) / segment.chord, (y1 - y0) / segment.chord
    return math.cos(heading), math.sin(heading)


def sharp_corners(loop: Loop, tool_radius: float) -> Iterator[Corner]:
    """Corners of a loop with its void on the left that a cutter of this radius can't reach."""
    for index, segment in enumerate(loop):
        following = loop[(index + 1) % len(loop)]
        arrive, leave = direction(segment, True), direction(following, False)
        cross = arrive[0] * leave[1] - arrive[1] * leave[0]
        dot = arrive[0] * leave[0] + arrive[1] * leave[1]
        turn = math.atan2(cross, dot)
        if turn <= 0:
            continue
        angle = math.pi - turn
        if tool_radius * (1 / max(math.sin(angle / 2), 1e-9) - 1) > REACH:
            yield Corner(index, segment.end, (-arrive[0], -arrive[1]), leave, angle)


def on_segment(point: Point, segment: Segment) -> bool:
    return segment.along(point, 1e-5) is not None


def forms(loop: Loop, corner: Corner, radius: float, tbone_first: bool) -> list[Cut]:
    """The reliefs of radius ρ (mm) that a corner can have, best first. T-bones prefer the longer edge, then the
    leaving one. None at a corner with a curved edge that no circle opens, or in a needle's tip."""
    arriving, leaving = loop[corner.index], loop[(corner.index + 1) % len(loop)]
    dogbone = _dogbone(arriving, leaving, corner, radius)
    tbones: list[Cut] = []
    if corner.angle >= math.pi / 2 - 1e-6:
        sides = [False, True] if arriving.length <= leaving.length + _NEAR else [True, False]
        for back in sides:
            if not (arriving if back else leaving).bulge:
                tbones.append(_tbone(corner, radius, back))
    dogbones = [dogbone] if dogbone else []
    return tbones + dogbones if tbone_first else dogbones + tbones


def _dogbone(arriving: Segment, leaving: Segment, corner: Corner, radius: float) -> Cut | None:
    (x, y), half = corner.at, corner.angle / 2
    # The bisector from the two unit vectors; a needle's tip has none worth drawing.
    bx, by = corner.back[0] + corner.ahead[0], corner.back[1] + corner.ahead[1]
    if math.hypot(bx, by) < 1e-9 or half < math.radians(5):
        return None
    ux, uy = bx / math.hypot(bx, by), by / math.hypot(bx, by)
    centre = (x + radius * ux, y + radius * uy)
    if half < math.pi / 4 - 1e-9:
        return _acute(arriving, leaving, corner, radius, (ux, uy), centre)
    meets: list[tuple[Point, float]] = []
    for segment, along in ((arriving, corner.back), (leaving, corner.ahead)):
        meet = _second_meeting(segment, corner.at, along, centre)
        if meet is None:
            return None
        meets.append(meet)
    (p, before), (q, after) = meets
    start = math.atan2(p[1] - centre[1], p[0] - centre[0])
    end = math.atan2(q[1] - centre[1], q[0] - centre[0])
    angle = (end - start) % (2 * math.pi)
    return Cut(before, after, (Segment(p, q, math.tan(angle / 4)),), centre)


def _second_meeting(segment: Segment, at: Point, along: Point, centre: Point) -> tuple[Point, float] | None:
    """Where the circle about ``centre`` through the corner meets the segment again, and how far along it."""
    dx, dy = at[0] - centre[0], at[1] - centre[1]
    if not segment.bulge:
        distance = -2 * (dx * along[0] + dy * along[1])
        return (at[0] + distance * along[0], at[1] + distance * along[1]), distance
    # Two circles are mirror images of themselves in the line of their centres.
    ox, oy = segment.centre
    ax, ay = ox - centre[0], oy - centre[1]
    square = ax * ax + ay * ay
    if square < _NEAR:
        return None
    k = 2 * (dx * ax + dy * ay) / square
    point = (centre[0] + k * ax - dx, centre[1] + k * ay - dy)
    turn = math.atan2(point[1] - oy, point[0] - ox) - math.atan2(at[1] - oy, at[0] - ox)
    # Away from the corner: with the arc if it starts there, against it if it ends there.
    forwards = math.dist(at, segment.start) < math.dist(at, segment.end)
    turn = (turn if (segment.bulge > 0) == forwards else -turn) % (2 * math.pi)
    return (point, turn * segment.radius) if turn < abs(segment.angle) else None


def _acute(arriving: Segment, leaving: Segment, corner: Corner, radius: float, u: Point, centre: Point) -> Cut | None:
    if arriving.bulge or leaving.bulge:
        return None
    reach = radius / math.sin(corner.angle / 2)
    (x, y), (bx, by), (ax, ay) = corner.at, corner.back, corner.ahead
    p, q = (x + reach * bx, y + reach * by), (x + reach * ax, y + reach * ay)
    # The void is on the left: seen along the bisector out of the corner, the arriving edge lies on the left.
    side_p = (centre[0] - radius * u[1], centre[1] + radius * u[0])
    side_q = (centre[0] + radius * u[1], centre[1] - radius * u[0])
    return Cut(reach, reach, (Segment(p, side_p, 0.0), Segment(side_p, side_q, 1.0), Segment(side_q, q, 0.0)), centre)


def _tbone(corner: Corner, radius: float, back: bool) -> Cut:
    (x, y), (dx, dy) = corner.at, corner.back if back else corner.ahead
    far, centre = (x + 2 * radius * dx, y + 2 * radius * dy), (x + radius * dx, y + radius * dy)
    if back:
        return Cut(2 * radius, 0.0, (Segment(far, corner.at, 1.0),), centre)
    return Cut(0.0, 2 * radius, (Segment(corner.at, far, 1.0),), centre)
