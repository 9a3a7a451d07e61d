# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whole orders, from the flow's answer: a first one at once, then better ones by annealing.

At capacities near the demand the flow splits a fifth of the orders, and what it leaves whole wastes room: pieces of an
order fit where the order does not. Moving, swapping and pushing out lots while a temperature falls packs makers full
and shortens the ways at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from fabrication.assignment.flow import Flow
from fabrication.assignment.problem import Problem, balance_m, loads, worth

if TYPE_CHECKING:
    from fabrication.assignment.problem import Ints

#: Tried moves of one step, about 25 ms.
MOVES: Final = 100_000
#: An order that may be split has at most so many lots.
_MOST_LOTS: Final = 200
_SEED: Final = 0x9E3779B97F4A7C15


class Annealing:
    """``step`` until the steps are over, then ``units`` is the best answer seen. The same steps, the same answer."""

    def __init__(self, problem: Problem, flow: Flow) -> None:
        self._problem = problem
        self._order, self._size = _lots(problem)
        self._begin, self._end = problem.first[self._order], problem.first[self._order + 1]
        by_maker = np.lexsort((problem.maker, problem.order))
        self._by_maker, self._arc_by_maker = problem.maker[by_maker], by_maker.astype(np.int32)
        self._random = np.array([_SEED], np.uint64)
        self._outs = 0
        self._at, self._load = self._first(flow)
        self._lists()
        self._constant_m = balance_m(problem, np.zeros(len(problem.capacities), np.int64))
        unreached = problem.quantities.copy()
        np.subtract.at(unreached, self._order, self._size)
        self._constant_m += problem.weights.unserved_m * int(unreached.sum())
        self._best = self._at.copy()
        self._cost_m = self._best_m = worth(problem, self.units).objective_m - self._constant_m
        self._hot, self._cold = self._temperatures(flow.cost_m)

    @property
    def objective_m(self) -> int:
        """Of the best answer so far."""
        return self._best_m + self._constant_m

    @property
    def units(self) -> Ints:
        found = np.zeros(self._problem.arcs, np.int64)
        put = self._best >= 0
        np.add.at(found, self._best[put], self._size[put])
        return found

    def ready(self) -> None:
        """Compile, if this machine has not yet: one move."""
        self._try(1, 0.0, 0.0)

    def step(self, done: float, upto: float) -> None:
        """Try ``MOVES`` moves, at the temperatures of this part of the whole (both from 0 to 1)."""
        self._try(MOVES, done, upto)

    def _try(self, moves: int, done: float, upto: float) -> None:
        if not len(self._size):
            return
        from fabrication.assignment.moves import try_moves

        problem, fall = self._problem, self._cold / self._hot
        self._outs, self._cost_m, self._best_m = try_moves(
            moves, self._hot * fall**done, self._hot * fall**upto, self._random, self._size, self._begin, self._end,
            problem.maker, problem.metres, self._by_maker, self._arc_by_maker, problem.capacities, problem.thresholds,
            problem.weights.unserved_m, problem.weights.balance_m, self._at, self._load, self._held, self._base,
            self._count, self._place, self._out, self._out_place, self._outs, self._cost_m, self._best, self._best_m,
        )  # fmt: skip

    def _first(self, flow: Flow) -> tuple[Ints, Ints]:
        """What the flow left whole stays; the rest goes, largest first, to the nearest maker with room."""
        problem = self._problem
        at = np.full(len(self._size), -1, np.int64)
        load = np.zeros(len(problem.capacities), np.int64)
        whole = np.flatnonzero((flow.units > 0) & (flow.units == problem.quantities[problem.order]))
        arc_of = np.full(len(problem.quantities), -1, np.int64)
        arc_of[problem.order[whole]] = whole
        kept = (arc_of[self._order] >= 0) & ~problem.divisible[self._order]
        at[kept] = arc_of[self._order[kept]]
        np.add.at(load, problem.maker[at[kept]], self._size[kept])
        rest = np.flatnonzero(~kept)
        for lot in rest[np.argsort(-self._size[rest], kind="stable")].tolist():
            begin, end, size = self._begin[lot], self._end[lot], self._size[lot]
            makers = problem.maker[begin:end]
            fits = load[makers] + size <= problem.capacities[makers]
            nearest = int(fits.argmax())
            if fits[nearest]:
                at[lot] = begin + nearest
                load[makers[nearest]] += size
        return at, load

    def _lists(self) -> None:
        """Each maker's lots, and the lots left out, as lists in arrays."""
        problem, lots = self._problem, len(self._size)
        smallest = int(self._size.min()) if lots else 1
        reached = np.bincount(
            problem.maker, minlength=len(problem.capacities)
        )  # orders; one that is split has more lots, but no more than fit
        most = np.where(
            problem.divisible.any(), problem.capacities, np.minimum(reached, problem.capacities // smallest)
        )
        most = np.minimum(most, lots)
        self._base = np.concatenate([[0], np.cumsum(most)]).astype(np.int64)
        self._held = np.zeros(int(self._base[-1]) + 1, np.int64)
        self._count = np.zeros(len(problem.capacities), np.int64)
        self._place = np.zeros(lots, np.int64)
        self._out, self._out_place = np.zeros(lots, np.int64), np.full(lots, -1, np.int64)
        for lot, arc in enumerate(self._at.tolist()):
            if arc < 0:
                self._out[self._outs], self._out_place[lot] = lot, self._outs
                self._outs += 1
                continue
            maker = problem.maker[arc]
            self._held[self._base[maker] + self._count[maker]] = lot
            self._place[lot] = self._count[maker]
            self._count[maker] += 1

    def _temperatures(self, bound_m: int) -> tuple[float, float]:
        """The further the first answer is from the bound, the more must be packed anew, and the hotter it begins: seen
        to be best from capacities of 1.1 to 3 times the demand."""
        lots = max(1, len(self._size))
        mean = float(self._size.mean()) if len(self._size) else 1.0
        price = max(1, self._problem.weights.unserved_m)
        apart = 2.0 * (self.objective_m - bound_m) / lots
        hot = min(max(apart, 0.003 * mean * price), 0.15 * mean * price)
        return hot, max(hot / 60, 1.0)


def _lots(problem: Problem) -> tuple[Ints, Ints]:
    """Order and size of each lot; orders that no maker could ever take have none."""
    roomiest = np.zeros(len(problem.quantities), np.int64)
    np.maximum.at(roomiest, problem.order, problem.capacities[problem.maker])
    whole = np.flatnonzero(~problem.divisible & (problem.quantities > 0) & (problem.quantities <= roomiest))
    orders, sizes = [whole], [problem.quantities[whole]]
    for order in np.flatnonzero(problem.divisible & (roomiest > 0)).tolist():
        makers = problem.maker[problem.first[order] : problem.first[order + 1]]
        quantity = min(int(problem.quantities[order]), int(problem.capacities[makers].sum()))
        if not quantity:
            continue
        size = -(-quantity // _MOST_LOTS)
        lots = np.full(quantity // size, size, np.int64)
        if quantity % size:
            lots = np.append(lots, quantity % size)
        orders.append(np.full(len(lots), order, np.int64))
        sizes.append(lots)
    return np.concatenate(orders).astype(np.int64), np.concatenate(sizes).astype(np.int64)


def remaining(problem: Problem, units: Ints) -> Ints:
    """Room that is left at each maker."""
    return problem.capacities - loads(problem, units)
