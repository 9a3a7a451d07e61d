# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau assign``: all demands over all makers at once (docs/assignment.md)."""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from treteau.exits import BAD_INPUT, DONE
from treteau.matching import add_table_options, read_tables, written_whole
from treteau.oneline import one_line

if TYPE_CHECKING:
    from fabrication.assignment.campaign import Campaign
    from fabrication.assignment.engine import Watch
    from fabrication.assignment.problem import Worth
    from fabrication.assignment.result import Result

COLUMNS = ("demand", "maker", "quantity", "distance_km", "reason")
#: Of the search, where neither steps nor time are given.
SECONDS = 10.0
_MOST_KM, _MOST_STEPS, _MOST_WEEKS, _MOST_SECONDS = 20_000.0, 10_000_000, 104, 86_400.0


def add_options(assign: argparse.ArgumentParser) -> None:
    add_table_options(assign, "assignment")
    assign.add_argument(
        "--weeks", metavar="N", type=_whole("weeks", 1, _MOST_WEEKS), default=4,
        help="each maker makes units_per_week × N, rounded down (default 4)",
    )  # fmt: skip
    assign.add_argument(
        "--time", metavar="S", dest="seconds", type=_number("seconds", _MOST_SECONDS),
        help=f"to search (default {SECONDS:g}); says in --json if the clock cut it",
    )  # fmt: skip
    assign.add_argument(
        "--steps", metavar="N", type=_whole("steps", 0, _MOST_STEPS),
        help="search so many steps instead: the same bytes on every machine",
    )  # fmt: skip
    assign.add_argument(
        "--balance-km", metavar="KM", type=_number("kilometres", _MOST_KM), default=0.0,
        help="what a piece costs more in each further quarter of its maker's capacity (default 0: no balancing)",
    )  # fmt: skip


def _number(what: str, most: float) -> Callable[[str], float]:
    def typed(text: str) -> float:
        if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text, re.ASCII) or float(text) > most:
            raise argparse.ArgumentTypeError(f"{what} from 0 to {most:g}, not {text!r}")
        return float(text)

    return typed


def _whole(what: str, least: int, most: int) -> Callable[[str], int]:
    def typed(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{what}, a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return typed


def run(arguments: argparse.Namespace) -> int:
    """Returns 2 with a line for every bad line of the tables; nothing is written then. Raises OSError."""
    tables = read_tables("assign", arguments.demands, arguments.makers, arguments.out)
    if tables is None:
        return BAD_INPUT
    began = time.perf_counter()
    with written_whole(arguments.out) as file:
        campaign, result = _assigned(arguments, *tables)
        _write(result, file)
    figures = _figures(campaign, result)
    figures["seconds"] = round(time.perf_counter() - began, 2)
    if arguments.json:
        from treteau.output import print_json

        print_json({**figures, "out": str(arguments.out)})
    else:
        _say(figures, arguments.out)
    return DONE


def _assigned(arguments: argparse.Namespace, demands: Any, makers: Any) -> tuple[Campaign, Result]:
    from fabrication.assignment.campaign import Terms, prepare
    from fabrication.assignment.engine import Budget
    from fabrication.assignment.problem import Weights
    from fabrication.assignment.result import solve
    from fabrication.matching.measuring import Pieces, shell_cache

    if arguments.steps is None:
        budget = Budget.of_seconds(SECONDS if arguments.seconds is None else arguments.seconds)
    else:
        budget = Budget(arguments.steps, arguments.seconds)
    terms = Terms(
        today=arguments.today or date.today(),
        radius_km=arguments.radius_km,
        weeks=arguments.weeks,
        weights=Weights(balance_km=arguments.balance_km),
    )
    pieces = Pieces(shell_cache())
    with _shown() as watch:
        campaign = prepare(demands, makers, terms, pieces=pieces)
        return campaign, solve(campaign, budget, pieces, watch)


@contextmanager
def _shown() -> Iterator[Watch | None]:
    """A bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("assigning", total=1.0)

        def watch(done: float, objective_m: int) -> bool:
            bar.update(task, completed=done, description=f"objective {objective_m / 1000:,.0f} km")
            return True

        yield watch


def _write(result: Result, file: IO[str]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in result.rows:
        km = "" if row.metres is None else f"{row.metres / 1000:.3f}"
        writer.writerow((row.demand, row.maker, row.quantity, km, row.reason.english))


def _figures(campaign: Campaign, result: Result) -> dict[str, Any]:
    terms, worth = campaign.terms, result.worth
    return {
        "demands": len(campaign.demands),
        "makers": len(campaign.candidates),
        "pairs": campaign.problem.arcs,
        "radius_km": terms.radius_km,
        "weeks": terms.weeks,
        "today": terms.today.isoformat(),
        "weights": {"unserved_km": terms.weights.unserved_km, "balance_km": terms.weights.balance_km},
        "totals": {
            "ordered": worth.served + worth.unserved,
            "capacity": result.capacity,
            **_totals(worth),
            "split_demands": result.split,
        },
        "objective": worth.objective_m / 1000,
        "lower_bound": result.bound_m / 1000,
        "gap": round(result.gap, 6),
        "proven_best": result.answer.proven,
        "baseline": {"name": "first come, nearest maker", **_totals(result.nearest),
                     "objective": result.nearest.objective_m / 1000},
        "steps": result.answer.steps,
        "cut_by_time": result.answer.cut,
    }  # fmt: skip


def _totals(worth: Worth) -> dict[str, Any]:
    return {
        "served": worth.served,
        "unserved": worth.unserved,
        "unserved_demands": worth.unserved_orders,
        "unit_km": worth.metres / 1000,
        "mean_km": round(worth.metres / 1000 / worth.served, 3) if worth.served else None,
    }


def _say(figures: dict[str, Any], out: Path) -> None:
    totals, baseline = figures["totals"], figures["baseline"]
    print(
        f"{figures['demands']} demands, {figures['makers']} makers, {figures['pairs']} pairs: {totals['served']} of "
        f"{totals['ordered']} units assigned, {totals['unserved_demands']} demands not or not wholly"
    )
    print(
        f"objective {figures['objective']:.1f} km, {figures['gap']:.2%} above the lower bound "
        f"({figures['lower_bound']:.1f} km){', proven best' if figures['proven_best'] else ''}"
    )
    print(
        f"first come, nearest maker: {baseline['objective']:.1f} km, {baseline['unserved_demands']} demands not or not "
        "wholly assigned"
    )
    if figures["cut_by_time"]:
        print("the clock cut the search: another run may differ; --steps gives the same answer everywhere")
    print(f"Written: {one_line(out)}")
