# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Some orders over some makers, as well as can be: CP-SAT. All else stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fabrication.assignment.problem import Problem

if TYPE_CHECKING:
    from fabrication.assignment.problem import Ints, Shorts

_SEED = 1


@dataclass(frozen=True)
class Part:
    """``arcs``: all that may change, grouped by order. ``room``: pieces that each of ``makers`` has for them, ``load``
    what it holds besides."""

    arcs: Ints
    makers: Ints | Shorts
    room: Ints
    load: Ints


def part(problem: Problem, units: Ints, load: Ints, orders: Ints | Shorts, makers: Ints | Shorts) -> Part:
    """Every arc of ``orders`` to ``makers``. ``load``: of all makers, as the answer ``units`` has it."""
    inside = np.zeros(len(problem.capacities), bool)
    inside[makers] = True
    arcs = np.concatenate([np.arange(problem.first[order], problem.first[order + 1]) for order in orders])
    arcs = arcs[inside[problem.maker[arcs]]]
    theirs = np.zeros(len(problem.capacities), np.int64)
    np.add.at(theirs, problem.maker[arcs], units[arcs])
    others = (load - theirs)[makers]
    return Part(arcs, makers, problem.capacities[makers] - others, others)


def improve(problem: Problem, units: Ints, chosen: Part, effort: float) -> tuple[Ints, bool] | None:
    """The pieces of ``chosen.arcs`` anew, and whether nothing better exists; None if no answer was found within
    ``effort`` (CP-SAT's deterministic time, about a second each). The same input gives the same answer."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    weights, inside = problem.weights, {int(m): k for k, m in enumerate(chosen.makers)}
    taken: list[list[Any]] = [[] for _ in inside]
    cost: list[Any] = []
    fixed = _outside(problem, units, chosen.arcs)
    variables: list[Any] = []
    by_order: dict[int, list[tuple[int, Any]]] = {}
    for arc in chosen.arcs.tolist():
        order, at = int(problem.order[arc]), inside[int(problem.maker[arc])]
        quantity = int(problem.quantities[order])
        gain = int(problem.metres[arc]) - weights.unserved_m
        if problem.divisible[order]:
            most = max(0, min(quantity - fixed[order], int(chosen.room[at])))
            variable = model.new_int_var(0, most, "")
            size = 1
        elif 0 < quantity <= chosen.room[at] and not fixed[order]:
            variable, size = model.new_bool_var(""), quantity
        else:
            variables.append(0)
            continue
        model.add_hint(variable, int(units[arc]) // size)
        variables.append(variable * size)
        taken[at].append(size * variable)
        cost.append(gain * size * variable)
        by_order.setdefault(order, []).append((size, variable))
    for order, choices in by_order.items():
        if problem.divisible[order]:
            model.add(sum(v for _, v in choices) <= int(problem.quantities[order]) - fixed[order])
        else:
            model.add_at_most_one(v for _, v in choices)
    for k, pieces in enumerate(taken):
        if pieces:
            model.add(sum(pieces) <= int(chosen.room[k]))
        if pieces and weights.balance_m:
            for threshold in problem.thresholds[chosen.makers[k]].tolist():
                over = model.new_int_var(0, int(chosen.room[k]) + int(chosen.load[k]) + abs(int(threshold)), "")
                model.add(over >= sum(pieces) + int(chosen.load[k]) - int(threshold))
                cost.append(weights.balance_m * over)
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return np.array([solver.value(v) for v in variables], np.int64), status == cp_model.OPTIMAL


def _outside(problem: Problem, units: Ints, arcs: Ints) -> dict[int, int]:
    """Pieces of each order on arcs that do not change."""
    found: dict[int, int] = {}
    for order in np.unique(problem.order[arcs]).tolist():
        begin, end = problem.first[order], problem.first[order + 1]
        found[order] = int(units[begin:end].sum())
    for order, pieces in zip(problem.order[arcs].tolist(), units[arcs].tolist(), strict=True):
        found[order] -= pieces
    return found
