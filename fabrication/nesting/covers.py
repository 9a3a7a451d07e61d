# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A polygon covered by few upright rectangles: exact for boards with notches, a little more than a curve.

Furniture parts are mostly rectangles with tabs and notches: as a handful of rectangles they are laid
into each other's notches and openings by comparing whole numbers, which is both quick and exact.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Sequence

import shapely
from shapely import MultiPolygon, Polygon

#: Whole numbers of micrometres, so that no rounding eats into a spacing.
UNIT = 1000

#: x min, y min, x max, y max, in whole micrometres.
Box = tuple[int, int, int, int]
_Interval = tuple[float, float]
_Column = tuple[float, float, tuple[_Interval, ...]]  # x from, x to, what of y is covered


def cover(region: Polygon | MultiPolygon, most: int, waste: float, gap: float = 0.0) -> tuple[Box, ...]:
    """At most ``most`` rectangles (or one a piece of the region, if that is more) whose union holds ``region``.

    Rectangles are saved as long as that adds no more than ``waste`` mm² each, and notches narrower than
    ``gap`` mm are filled: nothing goes in there. Empty for an empty region.
    """
    polygons = [g for g in getattr(region, "geoms", (region,)) if isinstance(g, Polygon) and not g.is_empty]
    if not polygons:
        return ()
    rings = [list(ring.coords) for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    upright = _merged(_columns(rings, gap), most, waste)
    turned = _merged(_columns([[(y, x) for x, y in ring] for ring in rings], gap), most, waste)
    boxes = [_boxes(upright), [(y0, x0, y1, x1) for x0, y0, x1, y1 in _boxes(turned)]]
    # Each rectangle costs time in every comparison; four are worth 1 % more area.
    best = min(boxes, key=lambda b: sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in b) * (1 + len(b) / 400))
    return tuple(
        (
            math.floor(x0 * UNIT + 1e-3),
            math.floor(y0 * UNIT + 1e-3),
            math.ceil(x1 * UNIT - 1e-3),
            math.ceil(y1 * UNIT - 1e-3),
        )
        for x0, y0, x1, y1 in best
    )


def grown(polygon: Polygon, by: float) -> Polygon:
    """``polygon`` and all that is within ``by`` mm of it, or a little more; openings shrink."""
    if by <= 0:
        return polygon
    # Mitres keep a rectangle a rectangle; where they would be too long they are cut off outside of the round.
    return shapely.buffer(polygon, by, join_style="mitre", mitre_limit=2.0)


def turned_boxes(boxes: Iterable[Box], quarters: int) -> tuple[Box, ...]:
    """Boxes turned counter-clockwise about the origin by quarter turns."""
    result = tuple(boxes)
    for _ in range(quarters % 4):
        result = tuple((-y1, x0, -y0, x1) for x0, y0, x1, y1 in result)
    return result


def hull(boxes: Sequence[Box]) -> Box:
    """The rectangle around all of them."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def _boxes(columns: Sequence[_Column]) -> list[tuple[float, float, float, float]]:
    return [(x0, y0, x1, y1) for x0, x1, spans in columns for y0, y1 in spans]


def _columns(rings: Sequence[Sequence[tuple[float, ...]]], gap: float) -> list[_Column]:
    """The region between two neighbouring abscissas of its corners, column by column."""
    span = max(x for ring in rings for x, *_ in ring) - min(x for ring in rings for x, *_ in ring)
    fine = min(10.0, span / 20)
    edges = []
    for ring in rings:
        for (ax, ay, *_), (bx, by, *_) in itertools.pairwise(ring):
            if ax != bx:
                edges.append((ax, ay, bx, by) if ax < bx else (bx, by, ax, ay))
    edges.sort()
    xs = sorted({x for ring in rings for x, *_ in ring})
    columns: list[_Column] = []
    active: list[tuple[float, float, float, float]] = []
    upcoming = 0
    for x0, x1 in itertools.pairwise(xs):
        active = [edge for edge in active if edge[2] > x0]
        while upcoming < len(edges) and edges[upcoming][0] <= x0:
            active.append(edges[upcoming])
            upcoming += 1
        cuts = sorted((_at(edge, x0) + _at(edge, x1), _at(edge, x0), _at(edge, x1)) for edge in active)
        spans = [(min(low[1], low[2]), max(high[1], high[2])) for low, high in zip(cuts[::2], cuts[1::2], strict=False)]
        # A slope would waste a whole triangle in a long column.
        steep = max((abs(cut[1] - cut[2]) for cut in cuts), default=0.0)
        pieces = min(12, math.ceil(min(steep, x1 - x0) / fine)) if min(steep, x1 - x0) > fine / 5 else 1
        if pieces <= 1:
            columns.append((x0, x1, _joined(spans, gap)))
            continue
        for k in range(pieces):
            a, b = x0 + (x1 - x0) * k / pieces, x0 + (x1 - x0) * (k + 1) / pieces
            cuts = sorted((_at(edge, a) + _at(edge, b), _at(edge, a), _at(edge, b)) for edge in active)
            spans = [(min(p[1], p[2]), max(q[1], q[2])) for p, q in zip(cuts[::2], cuts[1::2], strict=False)]
            columns.append((a, b, _joined(spans, gap)))
    return columns


def _at(edge: tuple[float, float, float, float], x: float) -> float:
    ax, ay, bx, by = edge
    return ay if x <= ax else by if x >= bx else ay + (by - ay) * (x - ax) / (bx - ax)


def _joined(spans: Iterable[_Interval], gap: float) -> tuple[_Interval, ...]:
    result: list[_Interval] = []
    for low, high in sorted(spans):
        if result and low - result[-1][1] <= gap:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return tuple(result)


def _merged(columns: list[_Column], most: int, waste: float) -> list[_Column]:
    """Neighbouring columns joined, the cheapest first."""
    alive: list[_Column | None] = list(columns)
    after = [*range(1, len(columns)), -1]
    before = [*range(-1, len(columns) - 1)]
    count = sum(len(spans) for _, _, spans in columns)
    queue: list[tuple[float, int, int, _Column, _Column]] = []

    def offer(i: int, j: int) -> None:
        a, b = alive[i], alive[j]
        if a is None or b is None or b[0] - a[1] > 1e-9:
            return
        spans = _joined((*a[2], *b[2]), 0.0)
        added = _height(spans) * (b[1] - a[0]) - _height(a[2]) * (a[1] - a[0]) - _height(b[2]) * (b[1] - b[0])
        saved = len(a[2]) + len(b[2]) - len(spans)
        heapq.heappush(queue, (added / max(saved, 0.1), i, j, a, b))

    for i in range(len(columns) - 1):
        offer(i, i + 1)
    while queue:
        price, i, j, a, b = heapq.heappop(queue)
        if alive[i] is not a or alive[j] is not b:
            continue  # one of them has changed since
        if count <= most and price > waste:
            break
        spans = _joined((*a[2], *b[2]), 0.0)
        count += len(spans) - len(a[2]) - len(b[2])
        alive[i], alive[j] = (a[0], b[1], spans), None
        after[i] = after[j]
        if after[j] >= 0:
            before[after[j]] = i
            offer(i, after[i])
        if before[i] >= 0:
            offer(before[i], i)
    return [column for column in alive if column is not None and column[2]]


def _height(spans: Iterable[_Interval]) -> float:
    return sum(high - low for low, high in spans)
