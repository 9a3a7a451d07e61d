# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pockets that are open at an edge: the tool runs out there, its centre just over the edge, and no farther, so that it
touches nothing beside the part."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shapely import Polygon

from designs.contour import Contour, Point, Segment
from fabrication.corners import on_segment
from fabrication.plan import FlatPart, Operation, Work
from fabrication.reach import polygon
from fabrication.toolpaths.crossing import crossings
from fabrication.toolpaths.parallel import NoPathError

#: How far over an open edge the tool's centre goes (mm).
_OVER = 0.2


def opened(part: FlatPart, operation: Operation, radius: float) -> Contour:
    """The recess's contour with its open edges moved out, for a tool of that radius (mm); as it is if none is open.

    Raises NoPathError for an open edge that is no straight one between straight ones, and where there is wood
    beyond it."""
    beside = [o for o in part.operations if o is not operation and _lower(o, operation)]
    segments = list(operation.contour.counter_clockwise().segments())
    edges = [s for o in beside for s in o.contour.segments()]
    is_open = [_lies_on(segment, edges) for segment in segments]
    if not any(is_open):
        return operation.contour
    x, y = segments[is_open.index(True)].middle
    count = len(segments)
    if any(is_open[i] and any(segments[j % count].bulge for j in (i - 1, i, i + 1)) for i in range(count)):
        raise NoPathError(f"the pocket's open edge at ({x:.1f}, {y:.1f}) is round or ends in an arc")
    moved = [_out(s, radius + _OVER) if free else s for s, free in zip(segments, is_open, strict=True)]
    corners: list[Point] = []
    for i in range(count):
        a, b = moved[i - 1], moved[i]
        if not (is_open[i - 1] or is_open[i]):
            corners.append(segments[i].start)
            continue
        met = crossings(a, b)
        if not met or math.dist(met[0], segments[i].start) > 4 * radius:
            raise NoPathError(f"the pocket's open edge at ({x:.1f}, {y:.1f}) has no room to run out")
        corners.append(met[0])
    result = Contour.of([(*p, s.bulge) for p, s in zip(corners, segments, strict=True)])
    wood = polygon(part.outline)
    for other in beside:
        if other.work is not Work.CUT_OUTSIDE:
            wood = wood.difference(polygon(other.contour, other.islands))
    added = Polygon(result.points()).difference(polygon(operation.contour).buffer(0.005))
    if added.intersection(wood).area > 0.05:
        raise NoPathError(f"the pocket's open edge at ({x:.1f}, {y:.1f}) has wood beyond it")
    return result


def _lower(other: Operation, operation: Operation) -> bool:
    """Is there no wall where ``operation`` meets the other?"""
    if other.work in (Work.CUT_OUTSIDE, Work.CUT_INSIDE):
        return True
    return other.work is Work.POCKET and other.face is operation.face and other.depth > operation.depth + 1e-6


def _lies_on(segment: Segment, edges: Sequence[Segment]) -> bool:
    (x0, y0), (x1, y1) = segment.start, segment.end
    points = [(x0 + (x1 - x0) * k, y0 + (y1 - y0) * k) for k in (0.02, 0.5, 0.98)]
    return not segment.bulge and all(any(on_segment(p, edge) for edge in edges) for p in points)


def _out(segment: Segment, distance: float) -> Segment:
    """Moved to the right of its direction: out of a counter-clockwise contour."""
    (x0, y0), (x1, y1) = segment.start, segment.end
    nx, ny = (y1 - y0) / segment.chord * distance, (x0 - x1) / segment.chord * distance
    return Segment((x0 + nx, y0 + ny), (x1 + nx, y1 + ny), 0.0)
