# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An assignment problem as arrays, and what an answer to it is worth. Whole numbers throughout: pieces and metres.

Orders and makers are indices here. An arc is a pair that may be used: the maker lies within the radius and can make
the order. An answer is one number an arc, the pieces that go that way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Shorts = NDArray[np.int32]
    Flags = NDArray[np.bool_]

#: No weight is larger (km): costs stay far within what the solvers count in.
MOST_KM: Final = 20_000
#: Parts of a maker's capacity that load balancing tells apart.
QUARTERS: Final = 4


@dataclass(frozen=True)
class Weights:
    """``unserved_km``: what a piece left out costs. ``balance_km``: what a piece costs more in each further quarter of
    its maker's capacity; 0: no balancing. Raises ValueError."""

    unserved_km: float = 1000.0
    balance_km: float = 0.0

    def __post_init__(self) -> None:
        for name, km in (("unserved_km", self.unserved_km), ("balance_km", self.balance_km)):
            if not 0 <= km <= MOST_KM:
                raise ValueError(f"{name} is from 0 to {MOST_KM:,} km, not {km}")

    @property
    def unserved_m(self) -> int:
        return round(self.unserved_km * 1000)

    @property
    def balance_m(self) -> int:
        return round(self.balance_km * 1000)


@dataclass(frozen=True, eq=False)
class Problem:
    """``first[i]:first[i + 1]`` are the arcs of order i, nearest maker first; ``maker`` and ``metres`` are the arcs'.

    ``divisible``: orders that may be split. ``held``: pieces that makers hold besides, already taken off ``capacities``
    (of pairs that somebody pinned).
    """

    quantities: Ints
    capacities: Ints
    first: Ints
    maker: Shorts
    metres: Shorts
    divisible: Flags
    held: Ints
    weights: Weights = field(default_factory=Weights)

    @property
    def arcs(self) -> int:
        return len(self.maker)

    @cached_property
    def order(self) -> Shorts:
        """Of each arc."""
        return np.repeat(np.arange(len(self.quantities), dtype=np.int32), np.diff(self.first))

    @cached_property
    def thresholds(self) -> Ints:
        """(makers, 3): the loads, without what is held, at which the second, third and last quarter begin."""
        whole = self.capacities + self.held
        return np.stack([-(-whole * k // QUARTERS) - self.held for k in range(1, QUARTERS)], axis=1)


def make_problem(
    quantities: Any, capacities: Any, order: Any, maker: Any, metres: Any, weights: Weights | None = None
) -> Problem:
    """From pairs in any order. An order may be split if its quantity exceeds the capacity of each maker that it reaches,
    so that none could ever hold it whole. Raises ValueError for a negative figure."""
    quantities, capacities = np.asarray(quantities, np.int64), np.asarray(capacities, np.int64)
    order, maker, metres = np.asarray(order, np.int64), np.asarray(maker, np.int32), np.asarray(metres, np.int64)
    if any(len(a) and a.min() < 0 for a in (quantities, capacities, metres)):
        raise ValueError("quantities, capacities and distances are zero or more")
    sorting = np.lexsort((maker, metres, order))
    order, maker = order[sorting], maker[sorting]
    first = np.concatenate([[0], np.cumsum(np.bincount(order, minlength=len(quantities)))]).astype(np.int64)
    roomiest = np.zeros(len(quantities), np.int64)
    np.maximum.at(roomiest, order, capacities[maker])
    return Problem(
        quantities=quantities,
        capacities=capacities,
        first=first,
        maker=maker,
        metres=metres[sorting].astype(np.int32),
        divisible=(quantities > roomiest) & (roomiest > 0),
        held=np.zeros_like(capacities),
        weights=weights or Weights(),
    )


@dataclass(frozen=True)
class Worth:
    """``objective_m`` is what is minimised: piece-metres, the price of what is left out, the price of unequal loads."""

    served: int  # pieces
    unserved: int
    unserved_orders: int  # with at least a piece left out
    metres: int  # piece-metres
    balance_m: int
    objective_m: int


def worth(problem: Problem, units: Ints) -> Worth:
    served = served_units(problem, units)
    left = problem.quantities - served
    metres = int(np.dot(units, problem.metres.astype(np.int64)))
    balance = balance_m(problem, loads(problem, units))
    return Worth(
        served=int(served.sum()),
        unserved=int(left.sum()),
        unserved_orders=int((left > 0).sum()),
        metres=metres,
        balance_m=balance,
        objective_m=metres + problem.weights.unserved_m * int(left.sum()) + balance,
    )


def served_units(problem: Problem, units: Ints) -> Ints:
    """Pieces of each order that somebody makes."""
    sums = np.concatenate([[0], np.cumsum(units)])
    found: Ints = sums[problem.first[1:]] - sums[problem.first[:-1]]
    return found


def loads(problem: Problem, units: Ints) -> Ints:
    """Pieces of each maker, without what is held."""
    found = np.zeros(len(problem.capacities), np.int64)
    used = np.flatnonzero(units)
    np.add.at(found, problem.maker[used], units[used])
    return found


def balance_m(problem: Problem, load: Ints) -> int:
    if not problem.weights.balance_m:
        return 0
    return problem.weights.balance_m * int(np.maximum(load[:, None] - problem.thresholds, 0).sum())


def hold(problem: Problem, arcs: Ints) -> tuple[Problem, Ints]:
    """The problem without the orders of these arcs, one an order, and the pieces that they take: each order whole.

    Raises ValueError where a maker can't hold all that is pinned to it; ``args[1]`` is its index."""
    units = np.zeros(problem.arcs, np.int64)
    orders = problem.order[arcs]
    units[arcs] = problem.quantities[orders]
    taken = loads(problem, units)
    over = np.flatnonzero(taken > problem.capacities)
    if len(over):
        raise ValueError("more is pinned to a maker than it can make", int(over[0]))
    quantities = problem.quantities.copy()
    quantities[orders] = 0
    rest = Problem(
        quantities=quantities,
        capacities=problem.capacities - taken,
        first=problem.first,
        maker=problem.maker,
        metres=problem.metres,
        divisible=problem.divisible & (quantities > 0),
        held=problem.held + taken,
        weights=problem.weights,
    )
    return rest, units
