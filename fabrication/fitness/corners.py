# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""No sharp corner in reach: what sticks out is rounded.

A corner counts if a finger gets to it: corners inside joints, or that lie against another part, do not. The arris along
the sheet's faces is not drawn: it is broken by hand with sandpaper, as the assembly notice says.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from designs.contour import Contour, Segment
from fabrication.fitness.bodies import Body
from fabrication.fitness.probing import distance
from fabrication.fitness.verdict import Colour, Verdict

RADIUS = 3.0
#: A corner blunter than this turn (degrees) is none.
TURN = 60.0
#: No finger gets between parts this near (mm), a child's neither.
FINGER = 6.0
SOURCE = (
    "radius of 3 mm on corners in reach: practice of school and office furniture, whose standards (EN 1729-2, EN 527-2) deal "
    "with corners and edges; a gap of 6 mm takes no finger"
)


def sharp(outline: Contour) -> Iterator[tuple[float, float, float]]:
    """x, y and radius of each convex corner of a counter-clockwise outline that is rounded by less than ``RADIUS``."""
    segments = list(outline.segments())
    for before, after in zip(segments, segments[1:] + segments[:1], strict=True):
        turn = math.degrees(_heading(after, True) - _heading(before, False))
        turn = (turn + 180) % 360 - 180
        if turn > TURN:
            yield (*after.start, 0.0)
        if before.bulge > 0 and before.radius < RADIUS - 1e-6 and math.degrees(before.angle) > TURN:
            yield (*before.middle, before.radius)


def _heading(segment: Segment, at_start: bool) -> float:
    """Radians; a chord is half of its arc's angle off the arc's tangents."""
    (x0, y0), (x1, y1) = segment.start, segment.end
    half = segment.angle / 2 if segment.bulge else 0.0
    return math.atan2(y1 - y0, x1 - x0) + (-half if at_start else half)


def exposed(wood: Sequence[Body]) -> list[tuple[Body, tuple[float, float, float]]]:
    """Bodies with their sharp corners that a finger gets to (x, y in the part's frame, radius)."""
    found = []
    corners = {body.code: list(sharp(body.shape.flat.outline)) for body in wood}
    for body in wood:
        for x, y, radius in corners[body.code]:
            t = body.shape.thickness
            points = [body.to_world((x, y, z)) for z in (t / 6, t / 2, 5 * t / 6)]
            low, high = np.min(points, axis=0) - FINGER, np.max(points, axis=0) + FINGER
            near = [o for o in wood if o is not body and (o.box.low <= high).all() and (o.box.high >= low).all()]
            if not all(any(distance(other, point) <= FINGER for other in near) for point in points):
                found.append((body, (x, y, radius)))
    return found


def check(wood: Sequence[Body]) -> Verdict:
    found = exposed(wood)
    if not found:
        return Verdict(
            "corners", 0, 0, "corners", SOURCE, Colour.GREEN, "every corner in reach is rounded by 3 mm or more"
        )
    named = [f"{body.title} at {x:.0f}, {y:.0f} (radius {radius:g})" for body, (x, y, radius) in found]
    more = f"; and {len(named) - 8} more" if len(named) > 8 else ""
    return Verdict("corners", len(named), 0, "corners", SOURCE, Colour.RED, "sharp: " + "; ".join(named[:8]) + more)
