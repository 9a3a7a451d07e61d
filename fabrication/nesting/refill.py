# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Curved and slanted items: spyrrow packs a sheet anew, as a strip, where rectangles waste too much.

A sheet gets what it had and more of the least used one; what remains is laid again. Or the least
used one is shortened.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from fabrication.nesting.boards import Stockroom
from fabrication.nesting.covers import UNIT
from fabrication.nesting.filling import Filler
from fabrication.nesting.problem import Laid, Problem, Put, Solution
from fabrication.nesting.sparrow import solve
from fabrication.nesting.strip import Strip
from fabrication.nesting.turned import turns_on
from fabrication.nesting.worth import used_share

#: Of all outlines this share runs aslant where it is worth while; a board's tabs and roundings stay below.
ASLANT = 0.2
#: Seconds for one sheet: a third of what is left, within these; spyrrow counts whole ones.
LEAST, MOST = 2, 8
#: Share of a sheet's room that is tried, in turn.
SHARES = (0.9, 0.86, 0.82, 0.78, 0.72)


def slanted(problem: Problem) -> bool:
    """Is it worth while? Not for boards: their edges run along the sheet's, but for roundings."""
    all_round = aslant = 0.0
    for item in problem.items:
        for (ax, ay), (bx, by) in itertools.pairwise((*item.outline, item.outline[0])):
            length = math.hypot(bx - ax, by - ay)
            all_round += length
            aslant += length if min(abs(bx - ax), abs(by - ay)) > 0.02 * length else 0.0
    return aslant > ASLANT * all_round


def refills(filler: Filler, best: Callable[[], Solution], ends: float, seed: int) -> Iterator[Solution]:
    """Layouts that may be better than the best so far, until ``ends`` (time.monotonic); not proven yet."""
    rnd = random.Random(seed)
    count = 0
    while (left := ends - time.monotonic()) > LEAST:
        each = max(LEAST, min(MOST, int(left / 3)))
        found = _refill(filler, best(), rnd, SHARES[count % len(SHARES)], each)
        count += 1
        if found is not None:
            yield found
        else:
            time.sleep(0.05)


def _refill(filler: Filler, solution: Solution, rnd: random.Random, share: float, seconds: int) -> Solution | None:
    stock = filler.stock
    problem = stock.problem
    open_ = [
        n
        for n, laid in enumerate(solution.sheets)
        if n >= len(problem.locked) and not problem.bins[laid.bin].offcut and not len(stock.room(laid.bin, 0).obstacles)
    ]
    if not open_:
        return None
    last = min(open_, key=lambda n: used_share(problem, solution.sheets[n]))
    others = [n for n in open_ if n != last]
    sheets = list(solution.sheets)
    if not others or rnd.random() < 0.2:
        shorter = _packed(stock, sheets[last].bin, [put.item for put in sheets[last].puts], seconds)
        if shorter is None:
            return None
        sheets[last] = shorter
        return Solution(tuple(sheets), solution.unplaced)
    other = rnd.choice(others)
    x0, y0, x1, y1 = stock.room(sheets[other].bin, 0).hull
    room = (x1 - x0) * (y1 - y0) / UNIT**2 * share
    pool = [put.item for n in (other, last) for put in sheets[n].puts]
    pool.sort(key=lambda item: -stock.areas[item] * rnd.uniform(0.8, 1.2))
    chosen: list[int] = []
    for item in pool:
        if sum(stock.areas[i] for i in chosen) + stock.areas[item] <= room:
            chosen.append(item)
    fuller = _packed(stock, sheets[other].bin, chosen, seconds)
    if fuller is None:
        return None
    board = stock.board(sheets[last].bin, rnd.randrange(2))
    rest = sorted(set(pool) - set(chosen), key=lambda item: -stock.areas[item])
    if not all(filler.lay(board, item) for item in rest):
        return None
    sheets[other] = fuller
    sheets[last : last + 1] = stock.solution([*stock.locked(), board]).sheets[len(problem.locked) :]
    return Solution(tuple(sheets), solution.unplaced)


def _packed(stock: Stockroom, kind: int, chosen: Sequence[int], seconds: int) -> Laid | None:
    """The chosen items on one sheet of that kind, from the left; None if they take more than there is."""
    if not chosen:
        return None
    problem = stock.problem
    x0, y0, x1, y1 = (v / UNIT for v in stock.room(kind, 0).hull)
    items = tuple(replace(problem.items[i], holes=(), turns=turns_on(problem, i, kind)) for i in chosen)
    best = None
    for packed in solve(Strip(items, y1 - y0, problem.spacing), seconds, workers=1):
        if packed.length <= x1 - x0 and (best is None or packed.length < best.length):
            best = packed
    if best is None:
        return None
    return Laid(kind, tuple(Put(chosen[p.item], p.x + x0, p.y + y0, p.turn) for p in best.puts))
