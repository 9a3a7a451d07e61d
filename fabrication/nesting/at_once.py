# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A good layout at once, always the same one: several orders laid from the left, rectpack's beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fabrication.nesting.boards import MOST_OF_ITEM, Board, Stockroom
from fabrication.nesting.filling import Filler
from fabrication.nesting.inner import moved_inwards
from fabrication.nesting.packed import packed
from fabrication.nesting.problem import Problem, Solution
from fabrication.nesting.proof import check
from fabrication.nesting.worth import worth

#: Filler.work after which no other order is begun: two or three tenths of a second.
ENOUGH = 250_000
#: With more rectangles than this in all, items are seen in less detail.
MANY = 400
#: With more items than this the rectangles' layout has to do, if there is one.
MOST_ITEMS = 5000

Order = Callable[[Stockroom, int], tuple[float, ...]]


def at_once(problem: Problem) -> Solution:
    """Lay what can be laid; the rest is named. Deterministic: no clock, no chance.

    Raises nothing for a problem that can't be solved; a layout that failed its proof is left out."""
    filler = Filler(detailed(problem))
    best: Solution | None = None
    for solution in _attempts(filler):
        if (best is None or worth(problem, solution) < worth(problem, best)) and not check(problem, solution):
            best = solution
    if best is None:
        return nothing(problem)
    inwards = moved_inwards(filler.stock, best)
    return best if check(problem, inwards) else inwards


def detailed(problem: Problem) -> Stockroom:
    """Items in as much detail as there is time for."""
    for most in (MOST_OF_ITEM, 5, 3):
        stock = Stockroom(problem, most)
        if sum(len(stock.shapes(stock.kind(i), 0, 0)[0].grown) for i in range(len(problem.items))) <= MANY:
            return stock
    return Stockroom(problem, 1)


def nothing(problem: Problem) -> Solution:
    """Only what is locked."""
    laid = {put.item for sheet in problem.locked for put in sheet.puts}
    filler = Filler(Stockroom(problem))
    rest = [i for i in range(len(problem.items)) if i not in laid]
    return Solution(problem.locked, tuple((i, filler.why(i)) for i in rest))


def as_solution(filler: Filler, boards: list[Board], out: list[int]) -> Solution:
    if len(filler.sheets) > 1:
        filler.cheaper(boards)
    return filler.stock.solution(boards, tuple((item, filler.why(item)) for item in out))


def _attempts(filler: Filler) -> Iterator[Solution]:
    stock = filler.stock
    problem = stock.problem
    locked = {put.item for sheet in problem.locked for put in sheet.puts}
    free = [i for i in range(len(problem.items)) if i not in locked]
    rectangles = 0
    for solution in packed(stock):
        rectangles += 1
        yield solution
    if rectangles and len(free) > MOST_ITEMS:
        return
    for order in ORDERS:
        for frame in (0, 1):
            if filler.work > ENOUGH:
                return
            for first in (*filler.sheets,) or (None,):
                boards = filler.empty(frame)
                out = filler.fill(boards, sorted(free, key=lambda i: (order(stock, i), i)), frame, first)
                yield as_solution(filler, boards, out)


def _sides(stock: Stockroom, item: int) -> tuple[float, float]:
    xs, ys = zip(*stock.problem.items[item].outline, strict=True)
    a, b = max(xs) - min(xs), max(ys) - min(ys)
    return max(a, b), min(a, b)


ORDERS: tuple[Order, ...] = (
    lambda stock, item: (-stock.areas[item],),
    lambda stock, item: (-_sides(stock, item)[0], -_sides(stock, item)[1]),
    lambda stock, item: (-_sides(stock, item)[1], -_sides(stock, item)[0]),
    lambda stock, item: (-_sides(stock, item)[0] * _sides(stock, item)[1],),
    lambda stock, item: (-sum(_sides(stock, item)),),
)
