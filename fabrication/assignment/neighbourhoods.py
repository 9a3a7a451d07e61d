# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Large-neighbourhood search: a few makers near each other, their orders and those left out around them, are assigned
anew as well as can be; again and again, elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from fabrication.assignment.exact import improve, part
from fabrication.assignment.problem import Problem, balance_m, loads, served_units, worth

if TYPE_CHECKING:
    from fabrication.assignment.problem import Ints, Shorts

#: Makers of one neighbourhood; it grows where nothing is found any more, and shrinks where proofs take too long.
_FEWEST, _MOST, _AT_FIRST = 5, 20, 9
_MOST_LEFT_OUT: Final = 20
_EFFORT: Final = 0.1
_SEED: Final = 20_260_101


class Neighbourhoods:
    """``step`` as long as there are steps; ``units`` is the best answer."""

    def __init__(self, problem: Problem, units: Ints) -> None:
        self._problem = problem
        self.units = units.copy()
        self._load = loads(problem, units)
        self._random = np.random.Generator(np.random.PCG64(_SEED))
        self._makers = float(_AT_FIRST)
        self.objective_m = worth(problem, units).objective_m

    def step(self) -> None:
        """One neighbourhood."""
        problem = self._problem
        served = served_units(problem, self.units)
        reached = np.diff(problem.first) > 0
        left = np.flatnonzero((served < problem.quantities) & reached)
        centre = self._centre(left)
        if centre is None:
            return
        makers = self._around(centre)
        inside = np.zeros(len(problem.capacities), bool)
        inside[makers] = True
        orders = np.unique(problem.order[np.flatnonzero((self.units > 0) & inside[problem.maker])])
        waiting = [order for order in left.tolist() if inside[self._reach(order)].any()]
        if len(waiting) > _MOST_LEFT_OUT:
            waiting = [waiting[k] for k in np.sort(self._random.permutation(len(waiting))[:_MOST_LEFT_OUT])]
        orders = np.union1d(orders, np.array(waiting, np.int64))
        if not len(orders):
            return
        chosen = part(problem, self.units, self._load, orders, makers)
        found = improve(problem, self.units, chosen, _EFFORT)
        if found is None:
            self._makers = max(_FEWEST, self._makers - 1)
            return
        pieces, proven = found
        better = self._put(chosen.arcs, pieces)
        if not proven:
            self._makers = max(_FEWEST, self._makers - 0.5)
        elif not better:
            self._makers = min(_MOST, self._makers + 0.05)

    def _reach(self, order: int) -> Shorts:
        found: Shorts = self._problem.maker[self._problem.first[order] : self._problem.first[order + 1]]
        return found

    def _centre(self, left: Ints) -> int | None:
        """An order: every other time one that is left out, else one that is far from the nearest maker."""
        problem = self._problem
        if len(left) and self._random.random() < 0.5:
            return int(left[self._random.integers(len(left))])
        used = np.flatnonzero(self.units)
        if not len(used):
            return int(left[0]) if len(left) else None
        nearest = problem.metres[problem.first[problem.order[used]]].astype(np.int64)
        farther = np.cumsum(self.units[used] * (problem.metres[used] - nearest) + 1)
        at = np.searchsorted(farther, self._random.random() * farther[-1])
        return int(problem.order[used[min(int(at), len(used) - 1)]])

    def _around(self, centre: int) -> Shorts:
        """Makers nearest to an order, or to a place within its reach."""
        many = round(self._makers)
        reach = self._reach(centre)
        if len(reach) > many and self._random.random() < 0.5:
            # Somewhere else within reach: the makers nearest to an order that is made there.
            maker = reach[int(len(reach) * self._random.random() ** 2)]
            there = np.flatnonzero((self._problem.maker == maker) & (self.units > 0))
            if len(there):
                order = int(self._problem.order[there[self._random.integers(len(there))]])
                reach = np.concatenate([np.array([maker], np.int32), self._reach(order)])
        return np.unique(reach[:many])

    def _put(self, arcs: Ints, pieces: Ints) -> bool:
        """Keep it unless it is worse; True if it is better."""
        problem = self._problem
        change = pieces - self.units[arcs]
        after = self._load.copy()
        np.add.at(after, problem.maker[arcs], change)
        before_m = self.objective_m
        metres = problem.metres[arcs].astype(np.int64) - problem.weights.unserved_m
        after_m = before_m + int(np.dot(change, metres))
        if problem.weights.balance_m:
            after_m += balance_m(problem, after) - balance_m(problem, self._load)
        if after_m > before_m:
            return False
        self.units[arcs] = pieces
        self._load = after
        self.objective_m = after_m
        return after_m < before_m
