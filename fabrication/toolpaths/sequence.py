# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""In which order the cuts of one tool are made, so that it travels little; and the travel between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from designs.contour import Point
from fablabs.machine import Tool
from fabrication.program import Move, Pace, Run
from fabrication.toolpaths.cut import Cut

#: Above this many cuts the nearest neighbour is good enough.
_MOST = 250
_SWEEPS = 4


def in_order(cuts: Sequence[Cut], rank: Callable[[Cut], Any], start: Point = (0.0, 0.0)) -> list[Cut]:
    """By rank, and within one rank by the way: to the nearest, then with crossed ways untangled."""
    result: list[Cut] = []
    here = start
    for _, group in groupby(sorted(cuts, key=rank), key=rank):
        ordered = _untangled(_nearest_first(list(group), here), here)
        result += ordered
        here = ordered[-1].end
    return result


def _nearest_first(cuts: list[Cut], here: Point) -> list[Cut]:
    result: list[Cut] = []
    while cuts:
        index = min(range(len(cuts)), key=lambda i: (round(math.dist(here, cuts[i].start), 6), i))
        result.append(cuts.pop(index))
        here = result[-1].end
    return result


def _untangled(cuts: list[Cut], start: Point) -> list[Cut]:
    """2-opt: a stretch of the way is turned round wherever that makes it shorter."""
    count = len(cuts)
    if not 3 <= count <= _MOST:
        return cuts
    # A cut ends near where it starts, so one point stands for both.
    order = list(range(count))
    points = [start, *(c.start for c in cuts)]
    gaps = [[math.dist(p, q) for q in points] for p in points]
    for _ in range(_SWEEPS):
        better = False
        for i in range(count - 1):
            before = order[i - 1] + 1 if i else 0
            for j in range(i + 1, count):
                first, last = order[i] + 1, order[j] + 1
                after = order[j + 1] + 1 if j + 1 < count else None
                old = gaps[before][first] + (gaps[last][after] if after is not None else 0.0)
                new = gaps[before][last] + (gaps[first][after] if after is not None else 0.0)
                if new < old - 1e-6:
                    order[i : j + 1] = reversed(order[i : j + 1])
                    better = True
        if not better:
            break
    return [cuts[i] for i in order]


def run_of(tool: Tool, cuts: Sequence[Cut], travel: float) -> Run:
    """All cuts of a tool, with the ways between them at the travel height (mm above the sheet)."""
    moves: list[Move] = []
    notes: list[tuple[int, str]] = []
    for cut in cuts:
        notes.append((len(moves), cut.what))
        moves.append(Move(Pace.RAPID, cut.start[0], cut.start[1], travel))
        moves += cut.moves
    return Run(tool, tuple(moves), tuple(notes))


def parked(run: Run) -> Run:
    """The same, and then at the height at which it ends out of the way, over the sheet's corner."""
    end = Move(Pace.RAPID, 0.0, 0.0, run.moves[-1].z)
    return Run(run.tool, (*run.moves, end), run.notes)
