# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The assignment's arrays: the best answer of tiny problems, whole orders, capacities, bounds, the same answer again."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrication.assignment.engine import Answer, Budget, assign
from fabrication.assignment.flow import splittable
from fabrication.assignment.nearest import first_come_nearest
from fabrication.assignment.neighbourhoods import Neighbourhoods
from fabrication.assignment.problem import Problem, Weights, hold, loads, make_problem, served_units, worth


def random_problem(
    seed: int, orders: int, makers: int, *, ratio: float = 1.1, largest: int = 5, reach: float = 0.5, **weights: float
) -> Problem:
    """Places in a square of 100 km, quantities of 1 to ``largest``, capacities that sum to ``ratio`` times the demand."""
    random = np.random.default_rng(seed)
    here, there = random.random((orders, 2)) * 100, random.random((makers, 2)) * 100
    quantities = random.integers(1, largest + 1, orders)
    share = random.lognormal(0, 0.6, makers)
    capacities = np.floor(share / share.sum() * ratio * quantities.sum() + random.random(makers))
    km = np.sqrt(((here[:, None] - there[None]) ** 2).sum(2))
    order, maker = np.nonzero(km < 100 * reach)
    return make_problem(quantities, capacities, order, maker, np.rint(km[order, maker] * 1000), Weights(**weights))


def sound(problem: Problem, units: Any) -> None:
    """No maker over its capacity, no order over its quantity, and whole where it must be."""
    assert (units >= 0).all()
    assert (loads(problem, units) <= problem.capacities).all()
    served = served_units(problem, units)
    assert (served <= problem.quantities).all()
    ways = np.bincount(problem.order[units > 0], minlength=len(problem.quantities))
    whole = ~problem.divisible
    assert ((served == 0) | (served == problem.quantities))[whole].all()
    assert (ways[whole] <= 1).all()
    room = np.zeros(len(problem.quantities), np.int64)
    np.maximum.at(room, problem.order, problem.capacities[problem.maker])
    assert (problem.quantities > room)[problem.divisible].all()


def best_by_trying_all(problem: Problem) -> int:
    """The least objective, every answer tried."""
    choices = []
    for order, quantity in enumerate(problem.quantities.tolist()):
        arcs = range(problem.first[order], problem.first[order + 1])
        if problem.divisible[order]:
            spreads = itertools.product(range(quantity + 1), repeat=len(arcs))
            choices.append([list(zip(arcs, s, strict=True)) for s in spreads if sum(s) <= quantity])
        else:
            choices.append([[], *([(arc, quantity)] for arc in arcs)])
    best = None
    for choice in itertools.product(*choices):
        units = np.zeros(problem.arcs, np.int64)
        for arc, pieces in itertools.chain(*choice):
            units[arc] = pieces
        if (loads(problem, units) <= problem.capacities).all():
            found = worth(problem, units).objective_m
            best = found if best is None else min(best, found)
    assert best is not None
    return best


@pytest.mark.parametrize("balance", [0.0, 15.0])
@pytest.mark.parametrize("seed", range(8))
def test_of_a_tiny_problem_the_answer_is_the_best_of_all(seed: int, balance: float) -> None:
    problem = random_problem(seed, 4, 3, ratio=0.9 + 0.1 * seed, reach=0.9, balance_km=balance)
    answer = assign(problem, Budget(10))
    sound(problem, answer.units)
    assert answer.proven
    assert answer.objective_m == worth(problem, answer.units).objective_m == best_by_trying_all(problem)


@pytest.mark.parametrize("seed", range(4))
def test_large_orders_of_a_tiny_problem_are_split_as_well_as_can_be(seed: int) -> None:
    random = np.random.default_rng(seed)
    order, maker = np.divmod(np.arange(9), 3)
    problem = make_problem([7, 2, 3], [3, 2, 3 + seed % 2], order, maker, random.integers(0, 90_000, 9))
    assert problem.divisible.tolist() == [True, False, False]
    answer = assign(problem, Budget(10))
    sound(problem, answer.units)
    assert answer.objective_m == best_by_trying_all(problem)


@pytest.mark.parametrize("ratio", [0.8, 1.1, 1.5, 3.0])
@pytest.mark.parametrize("balance", [0.0, 10.0])
def test_searching_finds_a_better_answer_than_first_come_nearest_and_none_below_the_bound(
    ratio: float, balance: float
) -> None:
    problem = random_problem(5, 150, 45, ratio=ratio, balance_km=balance)
    answer = assign(problem, Budget(30))
    sound(problem, answer.units)
    assert answer.steps == 30
    nearest = first_come_nearest(problem)
    sound(problem, nearest)
    assert answer.bound_m == splittable(problem).cost_m <= answer.objective_m <= answer.first_m
    assert answer.objective_m < worth(problem, nearest).objective_m
    assert answer.gap <= 0.15


def test_the_bound_is_what_splittable_orders_cost() -> None:
    for seed in range(5):
        problem = random_problem(seed, 40, 12, balance_km=10.0 * (seed % 2))
        flow = splittable(problem)
        assert (loads(problem, flow.units) <= problem.capacities).all()
        assert (served_units(problem, flow.units) <= problem.quantities).all()
        assert worth(problem, flow.units).objective_m == flow.cost_m


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    orders=st.integers(0, 30),
    makers=st.integers(0, 10),
    ratio=st.floats(0.0, 3.0),
    largest=st.integers(1, 40),
    reach=st.floats(0.0, 1.5),
    balance=st.sampled_from([0.0, 5.0]),
)
def test_every_answer_is_sound(
    seed: int, orders: int, makers: int, ratio: float, largest: int, reach: float, balance: float
) -> None:
    if not makers or not orders:
        problem = make_problem(np.full(orders, 2), np.full(makers, 3), [], [], [])
    else:
        problem = random_problem(seed, orders, makers, ratio=ratio, largest=largest, reach=reach, balance_km=balance)
    answer = assign(problem, Budget(4))
    sound(problem, answer.units)
    assert answer.bound_m <= answer.objective_m <= answer.first_m
    sound(problem, first_come_nearest(problem))


def test_a_neighbourhood_never_makes_an_answer_worse() -> None:
    problem = random_problem(3, 120, 30)
    search = Neighbourhoods(problem, first_come_nearest(problem))
    before = search.objective_m
    for _ in range(25):
        search.step()
        assert search.objective_m <= before
        before = search.objective_m
        sound(problem, search.units)
    assert worth(problem, search.units).objective_m == search.objective_m


def test_the_same_steps_give_the_same_answer_in_another_process() -> None:
    code = (
        "from tests.test_assignment_engine import random_problem; import hashlib\n"
        "from fabrication.assignment.engine import Budget, assign\n"
        "print(hashlib.sha256(assign(random_problem(1, 150, 45), Budget(25)).units.tobytes()).hexdigest())"
    )
    import hashlib

    here = hashlib.sha256(assign(random_problem(1, 150, 45), Budget(25)).units.tobytes()).hexdigest()
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_no_steps_give_the_first_answer_and_time_cuts_and_says_so() -> None:
    problem = random_problem(2, 150, 45)
    first = assign(problem, Budget(0))
    assert (first.steps, first.cut, first.objective_m) == (0, False, first.first_m)
    cut = assign(problem, Budget(100_000, 0.2))
    assert cut.cut
    assert cut.steps < 1000
    sound(problem, cut.units)
    assert cut.objective_m <= cut.first_m


def test_whoever_watches_sees_it_get_better_and_can_stop_it() -> None:
    seen: list[tuple[float, int]] = []

    def watch(done: float, objective_m: int) -> bool:
        seen.append((done, objective_m))
        return len(seen) < 12

    problem = random_problem(4, 150, 45)
    answer: Answer = assign(problem, Budget(40), watch)
    assert answer.stopped
    assert len(seen) == answer.steps == 12
    assert seen == sorted(seen, key=lambda s: (s[0], -s[1]))
    assert answer.objective_m == seen[-1][1]


def test_balancing_spreads_the_load_and_is_counted() -> None:
    order, maker = np.divmod(np.arange(16), 2)
    problem = make_problem(np.ones(8), [8, 8], order, maker, np.tile([10_000, 12_000], 8))
    assert loads(problem, assign(problem, Budget(5)).units).tolist() == [8, 0]
    fair = make_problem(np.ones(8), [8, 8], order, maker, np.tile([10_000, 12_000], 8), Weights(balance_km=5.0))
    answer = assign(fair, Budget(5))
    assert loads(fair, answer.units).tolist() == [4, 4]
    # Two pieces of each maker lie in its second quarter: four times 5 km.
    assert worth(fair, answer.units).balance_m == 20_000
    assert answer.objective_m == 88_000 + 20_000


def test_what_is_pinned_takes_its_room_and_counts_as_load() -> None:
    order, maker = np.divmod(np.arange(6), 2)
    problem = make_problem([3, 3, 2], [5, 4], order, maker, [10_000, 20_000] * 3, Weights(balance_km=1.0))
    far = int(np.flatnonzero((problem.order == 0) & (problem.maker == 1))[0])
    rest, units = hold(problem, np.array([far]))
    answer = assign(rest, Budget(5))
    both = answer.units + units
    assert loads(problem, both).tolist() == [5, 3]
    assert (loads(rest, answer.units) <= rest.capacities).all()
    pinned_m = worth(problem, both).objective_m - answer.objective_m
    assert pinned_m == 3 * 20_000
    with pytest.raises(ValueError, match="more is pinned") as refused:
        hold(problem, np.flatnonzero(problem.maker == 1))
    assert refused.value.args[1] == 1


@pytest.mark.parametrize("weights", [{"unserved_km": -1.0}, {"balance_km": float("nan")}, {"unserved_km": 1e9}])
def test_weights_that_make_no_sense_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="is from 0 to"):
        Weights(**weights)
