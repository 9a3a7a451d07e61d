# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Equivalent sheets beside those of other programs, each with the same time on two cores: `make bench-nesting`."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from shapely import Polygon

from benchmarks.nesting_peers import PEERS
from designs.catalogue import identifiers
from fablabs.machine import read_machine
from fabrication import pipeline
from fabrication.nesting.at_once import at_once
from fabrication.nesting.better import better
from fabrication.nesting.items import blanks
from fabrication.nesting.problem import Bin, Problem, Solution
from fabrication.nesting.proof import check
from fabrication.nesting.worth import equivalent_sheets
from fabrication.plan import FlatPart

ROUTER = Path(__file__).resolve().parent.parent / "examples/machines/router-2500.toml"
SHEETS = ((2500.0, 1250.0), (1300.0, 1250.0))
PIECES = (1, 2, 4, 10)
TURNS = ("grain", "free")
#: Two layouts that differ by less than a millimetre of a sheet are the same.
SAME = 5e-4


def problem_of(parts: tuple[FlatPart, ...], pieces: int, turns: str, size: tuple[float, float]) -> Problem:
    machine = read_machine(ROUTER).machine
    width, height = size
    sheet = Bin("sheet", ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)), width * height / 1e6)
    many = [replace(part, quantity=part.quantity * pieces) for part in parts]
    laid = blanks(many, machine, grainless=turns == "free")
    sizes = [blank.size(0) for blank in laid]
    items = tuple(i for n, blank in enumerate(laid) for i in blank.items(n, sizes, machine.spacing_mm))
    return Problem(items, (sheet,), machine.spacing_mm, machine.margin_mm)


def cases(options: argparse.Namespace) -> Iterator[tuple[str, Problem]]:
    machine = read_machine(ROUTER)
    for design in options.designs:
        parts = pipeline.plan_job(design, {}, machine, 1).plan.parts
        for pieces in options.pieces:
            for turns in options.turns:
                for size in options.sheets:
                    name = f"{design} × {pieces}, {turns}, {size[0]:g} × {size[1]:g}"
                    yield name, problem_of(parts, pieces, turns, size)


def figure(problem: Problem, solution: Solution | None) -> float | None:
    """Equivalent sheets; None for a layout that leaves something out or has a fault."""
    if solution is None or solution.unplaced or check(problem, solution):
        return None
    return equivalent_sheets(problem, solution)


def area_bound(problem: Problem) -> float:
    """The items' area in sheets: nobody gets below."""
    area = sum(Polygon(item.outline, item.holes).area for item in problem.items)
    return float(area / Polygon(problem.bins[0].outline).area)


def main() -> None:
    options = _options()
    table = Table("case", title=f"Equivalent sheets, {options.seconds:g} s each on two cores", title_justify="left")
    for column in ("at once", "(s)", "ours", *options.peers, "area bound", "ratio to the best peer"):
        table.add_column(column, justify="right")
    ratios = []
    for name, problem in cases(options):
        start = time.perf_counter()
        first = at_once(problem)
        took = time.perf_counter() - start
        ours = figure(problem, better(problem, options.seconds))
        peers = [figure(problem, PEERS[peer](problem, options.seconds)) for peer in options.peers]
        best = min((value for value in peers if value is not None), default=None)
        ratio = ours / best if ours is not None and best else None
        row = [name, _text(figure(problem, first)), f"{took:.2f}", _text(ours), *map(_text, peers)]
        row += [f"{area_bound(problem):.3f}", "—" if ratio is None else f"{ratio:.3f}"]
        if ratio is not None and best is not None and ours is not None:
            ratios.append(ratio)
            row[-1] += " !" if ours > best + SAME else ""
        print(" | ".join(row), flush=True)
        table.add_row(*row)
    Console(width=150).print(table)
    if ratios:
        above = sum(1 for row in table.columns[-1].cells if str(row).endswith("!"))
        print(
            f"{len(ratios)} cases; more sheets than the best peer in {above}; median ratio {statistics.median(ratios):.3f}"
        )


def _text(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nesting", description=__doc__)
    parser.add_argument("--designs", nargs="+", default=list(identifiers()), choices=identifiers())
    parser.add_argument("--pieces", nargs="+", type=int, default=PIECES)
    parser.add_argument("--turns", nargs="+", default=TURNS, choices=TURNS)
    parser.add_argument("--sheets", nargs="+", type=_size, default=SHEETS, metavar="WxH")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--seconds", type=float, default=10.0, help="for each program and case (default 10)")
    return parser.parse_args()


def _size(text: str) -> tuple[float, float]:
    width, _, height = text.partition("x")
    return float(width), float(height)


if __name__ == "__main__":
    main()
