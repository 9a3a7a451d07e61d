# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An answer as people read it: a line for each order and maker, with its reason, and the totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fabrication.assignment.campaign import Campaign
from fabrication.assignment.checking import Claims, Line, faults
from fabrication.assignment.engine import Answer, Budget, Watch, assign
from fabrication.assignment.nearest import first_come_nearest
from fabrication.assignment.problem import Worth, loads, served_units, worth
from fabrication.assignment.reasons import Reason, Reasons
from fabrication.errors import FabricationError
from fabrication.matching.measuring import Pieces


class UnsoundError(FabricationError, RuntimeError):
    """The checker found a fault in an answer: it is not given out."""


@dataclass(frozen=True)
class Row:
    """``maker`` empty and ``metres`` None: these pieces are left out."""

    demand: str
    maker: str
    quantity: int
    metres: int | None
    reason: Reason


@dataclass(frozen=True)
class Result:
    """``rows``: every order, in the order of the lists, nearest maker first. ``worth`` and ``answer`` count what is pinned
    too. ``nearest``: first come, nearest maker, over the same pairs."""

    rows: tuple[Row, ...]
    worth: Worth
    nearest: Worth
    answer: Answer
    bound_m: int
    capacity: int
    split: int

    @property
    def gap(self) -> float:
        """Above the lower bound, as a share of it."""
        return (self.worth.objective_m - self.bound_m) / self.bound_m if self.bound_m else 0.0


def solve(campaign: Campaign, budget: Budget, pieces: Pieces, watch: Watch | None = None) -> Result:
    """Assign, check, and put into words. Raises UnsoundError if the checker finds a fault, which is ours."""
    answer = assign(campaign.rest, budget, watch)
    units = answer.units + campaign.pinned
    problem = campaign.problem
    total = worth(problem, units)
    # What is pinned costs the same in every answer.
    pinned_m = total.objective_m - answer.objective_m
    reasons = Reasons(campaign, loads(problem, units), pieces)
    rows = _rows(campaign, units, reasons)
    found = faults(
        orders={d.id: d.quantity for d in campaign.demands},
        capacities={c.id: int(k) for c, k in zip(campaign.candidates, problem.capacities, strict=True)},
        reach=reach_of(campaign),
        lines=[Line(r.demand, r.maker, r.quantity, r.metres) for r in rows],
        claims=Claims(total.served, total.unserved, total.metres, total.objective_m - total.balance_m),
        unserved_m=problem.weights.unserved_m,
        pins=campaign.terms.pins,
        forbidden=campaign.terms.forbidden,
    )
    if found:
        raise UnsoundError(f"the assignment has {len(found)} faults: {'; '.join(found[:3])}")
    return Result(
        rows=rows,
        worth=total,
        nearest=worth(problem, first_come_nearest(problem)),
        answer=answer,
        bound_m=answer.bound_m + pinned_m,
        capacity=int(problem.capacities.sum()),
        split=len({r.demand for r in rows if r.reason.why == "split" and r.maker}),
    )


def reach_of(campaign: Campaign) -> Callable[[str], dict[str, int]]:
    """Order → {maker: metres}, of the makers that may make it."""
    problem = campaign.problem
    orders = {d.id: i for i, d in enumerate(campaign.demands)}

    def reach(demand: str) -> dict[str, int]:
        begin, end = problem.first[orders[demand]], problem.first[orders[demand] + 1]
        return {
            campaign.candidates[maker].id: metres
            for maker, metres in zip(problem.maker[begin:end].tolist(), problem.metres[begin:end].tolist(), strict=True)
        }

    return reach


def _rows(campaign: Campaign, units: np.ndarray[tuple[int], np.dtype[np.int64]], reasons: Reasons) -> tuple[Row, ...]:
    problem = campaign.problem
    served = served_units(problem, units)
    used = np.flatnonzero(units)
    begins = np.searchsorted(used, problem.first)
    rows = []
    for order, demand in enumerate(campaign.demands):
        arcs = used[begins[order] : begins[order + 1]].tolist()
        split = reasons.split(order) if problem.divisible[order] else None
        for arc in arcs:
            reason = split or reasons.placed(arc, pinned=bool(campaign.pinned[arc]))
            maker = campaign.candidates[problem.maker[arc]].id
            rows.append(Row(demand.id, maker, int(units[arc]), int(problem.metres[arc]), reason))
        left = demand.quantity - int(served[order])
        if left:
            rows.append(Row(demand.id, "", left, None, reasons.left_out(order, left)))
    return tuple(rows)
