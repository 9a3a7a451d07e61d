# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Is a layout what was asked for? Looked at with shapely and nothing of what made it."""

from __future__ import annotations

from collections import Counter

import shapely
from shapely import Polygon, STRtree
from shapely.affinity import rotate, translate

from fabrication.nesting.problem import Bin, Item, Laid, Problem, Put, Solution

#: Millimetres that a distance may fall short by: rounding of coordinates, nothing more.
TOLERANCE = 2e-3


def check(problem: Problem, solution: Solution) -> tuple[str, ...]:
    """Every fault, one English sentence each; none if the layout keeps all that it has to keep.

    Each item lies once or is named as unplaced; turned as it may be; ``spacing`` from every other item
    and every keep-out, ``margin`` from the edge; in an opening of another item or beside it; no more
    bins of a kind than there are; locked sheets first, with their puts.
    """
    faults = [*_complete(problem, solution), *_bins(problem, solution), *_locks(problem, solution)]
    for number, laid in enumerate(solution.sheets, start=1):
        if not 0 <= laid.bin < len(problem.bins):
            faults.append(f"sheet {number} is of no known kind")
        elif any(not 0 <= put.item < len(problem.items) for put in laid.puts):
            faults.append(f"sheet {number} has an item that is not in the problem")
        else:
            fixed = problem.locked[number - 1].puts if number <= len(problem.locked) else ()
            faults += _sheet(problem, laid, number, frozenset(fixed))
    return tuple(faults)


def _complete(problem: Problem, solution: Solution) -> list[str]:
    seen = Counter(put.item for laid in solution.sheets for put in laid.puts)
    seen.update(item for item, _ in solution.unplaced)
    return [f"{item.name} is there {seen[i]} times" for i, item in enumerate(problem.items) if seen[i] != 1]


def _bins(problem: Problem, solution: Solution) -> list[str]:
    used = Counter(laid.bin for laid in solution.sheets)
    return [
        f"{used[i]} of {kind.name} are used, {kind.count} are there"
        for i, kind in enumerate(problem.bins)
        if kind.count is not None and used[i] > kind.count
    ]


def _locks(problem: Problem, solution: Solution) -> list[str]:
    faults = []
    for number, locked in enumerate(problem.locked, start=1):
        laid = solution.sheets[number - 1] if number <= len(solution.sheets) else None
        if laid is None or laid.bin != locked.bin or not set(locked.puts) <= set(laid.puts):
            faults.append(f"locked sheet {number} is not as it was")
    return faults


def _sheet(problem: Problem, laid: Laid, number: int, fixed: frozenset[Put]) -> list[str]:
    kind = problem.bins[laid.bin]
    faults = []
    shapes = []
    for put in laid.puts:
        item = problem.items[put.item]
        # What the maker locked may be turned and pushed to the edge as he wants; it overlaps nothing all the same.
        if put not in fixed:
            if not any(_same_turn(put.turn, turn + kind.turned) for turn in item.turns):
                faults.append(f"{item.name} on sheet {number} is turned by {put.turn:g}°")
            faults += [f"{item.name} on sheet {number} {fault}" for fault in _in_bin(problem, kind, item, put)]
        shapes.append(_shape(item, put))
    names = [problem.items[put.item].name for put in laid.puts]
    pairs = STRtree(shapes).query(shapes, predicate="dwithin", distance=max(0.0, problem.spacing - TOLERANCE))
    for one, other in pairs.T if len(shapes) else ():
        if one >= other or (laid.puts[one] in fixed and laid.puts[other] in fixed):
            continue
        a, b = shapes[one], shapes[other]
        distance = shapely.distance(a, b)
        if distance < problem.spacing - TOLERANCE or shapely.area(shapely.intersection(a, b)) > TOLERANCE:
            faults.append(f"{names[one]} and {names[other]} on sheet {number} are {distance:.3f} mm apart")
    return faults


def _in_bin(problem: Problem, kind: Bin, item: Item, put: Put) -> list[str]:
    shape, sheet = _shape(item, put, openings=False), Polygon(kind.outline)
    faults = []
    if not sheet.buffer(TOLERANCE).contains(shape):
        faults.append("lies outside of it")
    elif shapely.distance(shape, sheet.exterior) < problem.margin - TOLERANCE:
        faults.append("is too close to the edge")
    if any(
        shapely.distance(_shape(item, put), Polygon(zone)) < problem.spacing - TOLERANCE
        or shapely.area(shapely.intersection(_shape(item, put), Polygon(zone))) > TOLERANCE
        for zone in kind.keep_out
    ):
        faults.append("is too close to a place that is kept out")
    return faults


def _shape(item: Item, put: Put, openings: bool = True) -> Polygon:
    polygon = Polygon(item.outline, item.holes if openings else ())
    turned = rotate(polygon, put.turn, origin=(0, 0)) if put.turn else polygon
    return translate(turned, put.x, put.y)


def _same_turn(a: float, b: float) -> bool:
    return abs((a - b + 180.0) % 360.0 - 180.0) < 1e-9
