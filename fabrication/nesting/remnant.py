# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stays of a sheet once its parts are out: the largest piece worth keeping, as the next layout's offcut.

A rectangle, or an L where that is clearly more wood: a maker saws the one off in two cuts, and cleans the
inner corner of the other by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon, box

from fabrication.nesting.items import polygons, ring
from fabrication.plan import Ring

#: A smaller side (mm) is no use to a workshop that makes furniture.
LEAST = 200.0
#: An L is kept if it is this much more than the largest rectangle.
CLEARLY = 1.3
#: The places that are looked at lie this far apart (mm); sides are then pushed out to where they meet something.
_CELL = 10.0
#: So many of the largest rectangles are tried in pairs.
_TRIED = 40

#: Columns and rows of cells: from, from, to, to.
_Cells = tuple[int, int, int, int]
_Box = tuple[float, float, float, float]


def remnant(sheet: Polygon, taken: Sequence[Polygon], spacing: float) -> Ring | None:
    """The largest offcut at least 200 mm wide, ``spacing`` from all that is ``taken`` and inside the sheet.

    ``taken`` are the parts' outlines as cut and the sheet's defects; openings of parts are waste.
    Counter-clockwise, in the sheet's frame; None if nothing that large stays.
    """
    grown = (Polygon(shape.exterior).buffer(spacing, join_style="mitre", mitre_limit=2.0) for shape in taken)
    blocked = [shape for shape in grown if not shape.is_empty]
    outside = polygons(shapely.envelope(sheet).difference(sheet))
    tree = shapely.STRtree([*outside, *blocked])
    grid, (x0, y0) = _free_cells(sheet, [*outside, *blocked])
    candidates = sorted(
        {_in_mm(cells, x0, y0, sheet.bounds) for cells in _maximal(grid)}, key=lambda b: (-_area(b), b)
    )[:_TRIED]
    found = [pushed for b in candidates if _usable(pushed := _pushed_out(b, sheet.bounds, tree))]
    if not found:
        return None
    best = max(found, key=lambda b: (_area(b), [-v for v in b]))
    pair = _best_pair(found)
    if pair is not None and _together(*pair) >= CLEARLY * _area(best):
        return ring(shapely.union(box(*pair[0]), box(*pair[1])).simplify(0))
    return ring(box(*best))


def _free_cells(sheet: Polygon, blocked: Iterable[Polygon]) -> tuple[Any, tuple[float, float]]:
    """A grid of rows, True where a cell touches nothing that is blocked; the grid's origin."""
    x0, y0, x1, y1 = sheet.bounds
    columns, rows = math.floor((x1 - x0) / _CELL + 1e-9), math.floor((y1 - y0) / _CELL + 1e-9)
    grid = np.ones((rows, columns), dtype=bool)
    for shape in blocked:
        for left, low, right, high in _slices(shape):
            # A box that ends on a cell's border leaves the next cell free.
            c0, c1 = math.floor((left - x0) / _CELL + 1e-9), math.ceil((right - x0) / _CELL - 1e-9)
            r0, r1 = math.floor((low - y0) / _CELL + 1e-9), math.ceil((high - y0) / _CELL - 1e-9)
            grid[max(0, r0) : max(0, r1), max(0, c0) : max(0, c1)] = False
    return grid, (x0, y0)


def _slices(shape: Polygon) -> Iterator[_Box]:
    """Boxes that hold the shape: itself if it nearly is one, else level by level."""
    left, low, right, high = shape.bounds
    if shape.area > 0.98 * (right - left) * (high - low):
        yield left, low, right, high
        return
    levels = np.arange(low, high, 2 * _CELL)
    bands = shapely.intersection(shape, shapely.box(left, levels, right, np.minimum(levels + 2 * _CELL, high)))
    for band in bands:
        for piece in polygons(band):
            yield piece.bounds


def _maximal(grid: Any) -> Iterator[_Cells]:
    """Every free rectangle that can't grow to the left, to the right or downwards."""
    rows, columns = grid.shape
    heights = np.zeros(columns, dtype=int)
    least = math.ceil(LEAST / _CELL) - 2  # pushing out may add nearly a cell on either side
    for row in range(rows):
        heights = np.where(grid[row], heights + 1, 0)
        if row + 1 < rows and bool((grid[row + 1] | (heights == 0)).all()):
            continue  # all of it grows in the next row
        stack: list[tuple[int, int]] = []
        for column, height in enumerate([*heights.tolist(), 0]):
            start = column
            while stack and stack[-1][1] > height:
                start, tall = stack.pop()
                if tall >= least and column - start >= least:
                    yield start, row + 1 - tall, column, row + 1
            if height and (not stack or stack[-1][1] < height):
                stack.append((start, height))


def _in_mm(cells: _Cells, x0: float, y0: float, bounds: _Box) -> _Box:
    c0, r0, c1, r1 = cells
    return x0 + c0 * _CELL, y0 + r0 * _CELL, min(x0 + c1 * _CELL, bounds[2]), min(y0 + r1 * _CELL, bounds[3])


def _pushed_out(start: _Box, bounds: _Box, tree: shapely.STRtree) -> _Box:
    """Each side moved outwards, to the first thing in its way, by less than two cells."""
    found = list(start)
    for side in range(4):
        axis, sign = side % 2, 1 if side >= 2 else -1
        reach = list(found)
        reach[side] = (min if sign > 0 else max)(found[side] + sign * 2 * _CELL, bounds[side])
        strip = list(reach)
        strip[(side + 2) % 4] = found[side]
        strip[1 - axis] += 1e-6  # what only touches the strip's long sides is not in its way
        strip[3 - axis] -= 1e-6
        limit = reach[side]
        if strip[axis] < strip[axis + 2]:
            ahead = box(*strip)
            for shape in tree.geometries[tree.query(ahead, predicate="intersects")]:
                near = shapely.intersection(shape, ahead)
                if near.area > 0:
                    edge = near.bounds[axis] if sign > 0 else near.bounds[axis + 2]
                    limit = (min if sign > 0 else max)(limit, edge)
        # To 0.1 mm inwards: a figure to saw by.
        found[side] = (math.floor if sign > 0 else math.ceil)(limit * 10 + sign * 1e-6) / 10
        if (found[side] - start[side]) * sign < 0:
            found[side] = start[side]
    return found[0], found[1], found[2], found[3]


def _best_pair(boxes: Sequence[_Box]) -> tuple[_Box, _Box] | None:
    """The two boxes that make an L with two usable arms and hold the most together."""
    pairs = [
        (one, other)
        for i, one in enumerate(boxes)
        for other in boxes[:i]
        if (one[0] == other[0] or one[2] == other[2])
        and (one[1] == other[1] or one[3] == other[3])
        and _usable((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
    ]
    return max(pairs, key=lambda pair: _together(*pair), default=None)


def _together(one: _Box, other: _Box) -> float:
    common = (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    return _area(one) + _area(other) - _area(common)


def _area(b: _Box) -> float:
    return (b[2] - b[0]) * (b[3] - b[1])


def _usable(b: _Box) -> bool:
    return b[2] - b[0] >= LEAST and b[3] - b[1] >= LEAST
