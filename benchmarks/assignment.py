# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign's assignment: pairs, first whole orders, the search beside its lower bound and first-come-nearest.

Seeded instances of real communes: orders drawn by the square root of the population (small communes order as well),
makers by the population, whole orders of 1 to 5 units, capacities lognormal that sum to so many times the demand.
Alone, with longer searches: ``python -m benchmarks.assignment --seconds 3 30 120``.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.table import Figures, median_s
from fablabs.geography import pairs_within
from fablabs.geography.communes import all_communes
from fabrication.assignment.annealing import Annealing
from fabrication.assignment.engine import Budget, assign
from fabrication.assignment.flow import splittable
from fabrication.assignment.nearest import first_come_nearest
from fabrication.assignment.problem import Problem, make_problem, worth

ROOT = Path(__file__).resolve().parent.parent
ORDERS, MAKERS, RADIUS_KM, SEED = 5_000, 1_500, 100.0, 2026
#: Capacity over demand.
RATIOS = (1.1, 1.5, 3.0)
#: Seconds of search → the gap to the splittable bound that is aimed at.
AIMS = {3: 0.15, 30: 0.08, 120: 0.05}


def places(orders: int, makers: int) -> tuple[list, list, np.random.Generator]:
    random = np.random.default_rng(SEED)
    communes = all_communes()
    people = np.array([commune.population for commune in communes], float)
    chosen = []
    for count, weight in ((orders, np.sqrt(people)), (makers, people)):
        chosen.append([communes[k] for k in random.choice(len(communes), count, p=weight / weight.sum())])
    return chosen[0], chosen[1], random


def problem_of(orders: int, makers: int, ratio: float) -> Problem:
    here, there, random = places(orders, makers)
    quantities = random.integers(1, 6, orders)
    share = random.lognormal(0, 0.6, makers)
    share *= ratio * quantities.sum() / share.sum()
    capacities = np.floor(share).astype(np.int64)
    # The parts that were cut off go to those that lost most, so that the sum is what it should be.
    most = np.argsort(capacities - share, kind="stable")[: round(ratio * quantities.sum()) - capacities.sum()]
    capacities[most] += 1
    pairs = pairs_within(here, there, RADIUS_KM)
    return make_problem(quantities, capacities, pairs.origin, pairs.destination, np.rint(pairs.km * 1000))


def candidates(figures: Figures) -> None:
    here, there, _ = places(ORDERS, MAKERS)
    found = median_s(lambda: pairs_within(here, there, RADIUS_KM), 3)
    pairs = len(pairs_within(here, there, RADIUS_KM))
    figures.against_limit(f"{ORDERS:,} orders × {MAKERS:,} makers: {pairs:,} pairs within 100 km", found, 0.3)


def first_whole(figures: Figures) -> None:
    """The flow and the first answer that keeps orders whole, at the capacity where most are split by it."""
    problem = problem_of(ORDERS, MAKERS, RATIOS[0])
    figures.plain("  minimum-cost flow over every pair", f"{median_s(lambda: splittable(problem), 3):.2f} s")
    figures.against_limit(
        "  flow and a first assignment of whole orders", median_s(lambda: Annealing(problem, splittable(problem)), 3), 3
    )


def searches(figures: Figures, seconds: list[int]) -> None:
    for ratio in RATIOS:
        problem = problem_of(ORDERS, MAKERS, ratio)
        nearest = worth(problem, first_come_nearest(problem))
        bound = splittable(problem).cost_m
        figures.plain(
            f"capacity {ratio:g} × demand: first come, nearest",
            f"{nearest.unserved_orders} orders ({nearest.unserved} units) left out, {nearest.metres / 1e6:,.0f} Mm",
            f"{nearest.objective_m / bound - 1:+.0%} over bound",
        )
        for limit in seconds:
            start = time.perf_counter()
            answer = assign(problem, Budget.of_seconds(limit))
            took = time.perf_counter() - start
            found = worth(problem, answer.units)
            aim = AIMS.get(limit)
            figures.plain(
                f"  --time {limit}: {answer.steps} steps, {took:.1f} s{' (cut)' if answer.cut else ''}",
                f"{found.unserved_orders} orders ({found.unserved} units) left out, {found.metres / 1e6:,.0f} Mm",
                f"{answer.gap:+.2%} over bound{f', aim {aim:.0%}' if aim else ''}",
            )
        kilometres_at_equal_coverage(figures, problem)


def kilometres_at_equal_coverage(figures: Figures, problem: Problem) -> None:
    """Only the orders that first-come-nearest serves: how much shorter are the ways?"""
    units = first_come_nearest(problem)
    kept = np.zeros(len(problem.quantities), bool)
    kept[problem.order[units > 0]] = True
    arcs = kept[problem.order]
    same = make_problem(
        np.where(kept, problem.quantities, 0), problem.capacities, problem.order[arcs], problem.maker[arcs],
        problem.metres[arcs],
    )  # fmt: skip
    found, nearest = worth(same, assign(same, Budget.of_seconds(3)).units), worth(problem, units)
    figures.plain(
        "  the same orders as first come, nearest serves",
        f"{found.metres / nearest.metres - 1:+.0%} km"
        + (f", {found.unserved} units left out" if found.unserved else ""),
    )


def memory(figures: Figures) -> None:
    """A process of its own: pairs, flow, three seconds of search."""
    code = (
        "import resource\n"
        "from benchmarks.assignment import MAKERS, ORDERS, problem_of\n"
        "from fabrication.assignment.engine import Budget, assign\n"
        "assign(problem_of(ORDERS, MAKERS, 1.1), Budget.of_seconds(3))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    figures.plain("  memory, all of it", f"{float(run.stdout.split()[-1]):.0f} MB", "limit 1000 MB")


def growth(figures: Figures, shares: list[float]) -> None:
    """35,000 orders, one for each commune or so, over 10,000 makers; and parts of that."""
    for share in shares:
        orders, makers = int(35_000 * share), int(10_000 * share)
        start = time.perf_counter()
        problem = problem_of(orders, makers, 1.5)
        paired = time.perf_counter()
        annealing = Annealing(problem, splittable(problem))
        first = time.perf_counter()
        del annealing
        figures.plain(
            f"{orders:,} orders × {makers:,} makers: {problem.arcs:,} pairs",
            f"pairs {paired - start:.1f} s, first whole orders {first - paired:.1f} s",
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most so far",
        )


def campaign(figures: Figures, seconds: list[int] | None = None, shares: list[float] | None = None) -> None:
    """For ``make bench``: about two minutes."""
    candidates(figures)
    first_whole(figures)
    memory(figures)
    searches(figures, seconds or [3, 10])
    growth(figures, shares or [0.25, 0.5])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A campaign's assignment.")
    parser.add_argument("--seconds", type=int, nargs="+", default=[3, 30, 120], metavar="S", help="of each search")
    parser.add_argument(
        "--shares", type=float, nargs="+", default=[0.25, 0.5, 1.0], metavar="X", help="of 35,000 × 10,000"
    )
    arguments = parser.parse_args()
    table = Figures("A campaign's assignment, on this machine")
    campaign(table, arguments.seconds, arguments.shares)
    table.show()
