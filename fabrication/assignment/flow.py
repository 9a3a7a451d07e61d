# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The best answer if every order could be split: a minimum-cost flow over every arc. No whole one costs less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fabrication.assignment.problem import QUARTERS, Problem, balance_m

if TYPE_CHECKING:
    from fabrication.assignment.problem import Ints


@dataclass(frozen=True)
class Flow:
    """``cost_m``: the lower bound (metres, as ``Worth.objective_m``). ``units``: an arc's pieces."""

    cost_m: int
    units: Ints


def splittable(problem: Problem) -> Flow:
    """OR-Tools' network: order → maker → end, an arc order → end at the price of a piece left out, and with load
    balancing four arcs maker → end of rising cost. Raises RuntimeError if the solver gives up, which no such network
    makes it do."""
    from ortools.graph.python import min_cost_flow

    orders, makers = len(problem.quantities), len(problem.capacities)
    end = orders + makers
    weights = problem.weights
    quarters = QUARTERS if weights.balance_m else 1
    bounds = _bounds(problem, quarters)
    tails: list[Any] = [problem.order, np.arange(orders), np.tile(orders + np.arange(makers), quarters)]
    heads: list[Any] = [problem.maker + orders, np.full(orders, end), np.full(makers * quarters, end)]
    room: list[Any] = [problem.quantities[problem.order], problem.quantities, bounds.reshape(-1)]
    cost: list[Any] = [
        problem.metres,
        np.full(orders, weights.unserved_m),
        np.repeat(np.arange(quarters), makers) * weights.balance_m,
    ]
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate(tails).astype(np.int32),
        np.concatenate(heads).astype(np.int32),
        np.concatenate(room).astype(np.int64),
        np.concatenate(cost).astype(np.int64),
    )
    supplies = np.concatenate([problem.quantities, np.zeros(makers, np.int64), [-problem.quantities.sum()]])
    solver.set_nodes_supplies(np.arange(end + 1, dtype=np.int32), supplies.astype(np.int64))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow has no optimum: {status}")
    units = np.asarray(solver.flows(np.arange(problem.arcs, dtype=np.int32)), np.int64)
    held = balance_m(problem, np.zeros(makers, np.int64))
    return Flow(int(solver.optimal_cost()) + held, units)


def _bounds(problem: Problem, quarters: int) -> Ints:
    """(quarters, makers): how many pieces fit in each."""
    if quarters == 1:
        return problem.capacities[None, :]
    ends = np.clip(problem.thresholds.T, 0, problem.capacities)
    edges = np.concatenate([np.zeros((1, len(problem.capacities)), np.int64), ends, problem.capacities[None, :]])
    return np.diff(edges, axis=0)
