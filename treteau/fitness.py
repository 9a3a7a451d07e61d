# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau check``: is a piece fit for use, in these sizes or in any? (docs/fitness.md)"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from treteau.exits import DONE, FAULTY

if TYPE_CHECKING:
    from designs.design import Design
    from fablabs.machine import MachineFile
    from fabrication.fitness.assessment import Assessment
    from fabrication.fitness.verdict import Verdict

MOST_SAMPLES = 10_000
SEED = 1


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", metavar="DESIGN", help="its identifier, e.g. chariot")
    parser.add_argument(
        "--machine", metavar="FILE", type=Path, help="machine file; without it 18 mm birch, clearance 0.2, a 6 mm tool"
    )
    parser.add_argument(
        "--samples",
        metavar="N",
        type=samples_option,
        help="check N random sets of parameters, e.g. 200; what --set names stays as given",
    )
    parser.add_argument(
        "--seed", metavar="N", type=seed_option, default=SEED, help=f"of the random sets (default {SEED})"
    )


def samples_option(text: str) -> int:
    """Of random sets, from the command line."""
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MOST_SAMPLES:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_SAMPLES}, not {text!r}")
    return int(text)


def seed_option(text: str) -> int:
    """Of their chance, from the command line."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"a whole number, not {text!r}")
    return int(text)


def check_design(
    identifier: str,
    given: Mapping[str, str],
    machine: Path | None,
    *,
    samples: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Print the verdicts and return 0, or 1 if one is red.

    Raises UnknownDesignError, ParameterError, GeometryError, MachineFileError, OSError for bad input;
    NotMakeableError, SheetError if the machine can't.
    """
    from designs.catalogue import shipped

    return check_drawn(shipped(identifier), given, machine, samples=samples, seed=seed, as_json=as_json)


def check_drawn(
    design: Design, given: Mapping[str, str], machine: Path | None, *, samples: int | None, seed: int, as_json: bool
) -> int:
    """``check_design`` of a design that is there already."""
    from fablabs.machine import read_machine
    from treteau.output import only_ours

    machine_file = read_machine(machine) if machine else None
    if samples is None:
        design.clean(given)  # what can be refused at once is, before CadQuery's seconds
        with only_ours():
            from fabrication.fitness.assessment import assess

            found = assess(design, given, machine_file)
        return _one(found, as_json)
    with only_ours():
        drawn = list(_drawn(design, given, machine_file, samples, seed))
    return _many(design, drawn, seed, as_json)


def _drawn(
    design: Design, given: Mapping[str, str], machine: MachineFile | None, count: int, seed: int
) -> Iterator[tuple[Mapping[str, Any], Assessment | str, float]]:
    """Values, and what the checks say or why it is not drawn, and the seconds that it took."""
    from designs.errors import GeometryError, SheetError
    from fabrication.fitness.assessment import assess
    from fabrication.fitness.samples import samples

    for number, values in enumerate(islice(samples(design, seed, given), count), 1):
        begun = time.perf_counter()
        found: Assessment | str
        try:
            found = assess(design, values, machine, fold=False)
        except SheetError as error:  # this sheet does not make these sizes, and says so
            found = str(error)
        except GeometryError as error:
            raise GeometryError(f"{error}; with {_said(values)}") from error
        yield values, found, time.perf_counter() - begun
        if sys.stderr.isatty():
            print(f"\r{number} of {count}", end="" if number < count else "\r", file=sys.stderr, flush=True)


def _one(found: Assessment, as_json: bool) -> int:
    from rich.table import Table

    from treteau.output import console, print_json

    if as_json:
        print_json(
            {
                "design": found.design,
                "publishable": found.publishable,
                "thickness_mm": found.sheet.thickness,
                "clearance_mm": found.sheet.clearance,
                "material": found.sheet.material,
                "parameters": dict(found.values),
                "verdicts": [_row(verdict) for verdict in found.verdicts],
            }
        )
    else:
        table = Table("check", "verdict", box=None)
        for column in ("figure", "limit"):
            table.add_column(column, justify="right")
        table.add_column("unit")
        table.add_column("detail", overflow="fold")
        for verdict in found.verdicts:
            figures = [_figure(verdict.figure), _figure(verdict.limit)]
            table.add_row(verdict.check, verdict.verdict.value, *figures, verdict.unit, verdict.detail)
        out = console()
        out.print(table)
        for check, source in dict.fromkeys((v.check, v.source) for v in found.verdicts):
            out.print(f"{check}: {source}", soft_wrap=True)
    return DONE if found.publishable else FAULTY


def _many(
    design: Design, drawn: list[tuple[Mapping[str, Any], Assessment | str, float]], seed: int, as_json: bool
) -> int:
    from rich.table import Table

    from treteau.output import console, print_json

    done = [(values, found, seconds) for values, found, seconds in drawn if not isinstance(found, str)]
    refused = [(values, found) for values, found, _ in drawn if isinstance(found, str)]
    reds = [
        (number, values, verdict)
        for number, (values, found, _) in enumerate(drawn, 1)
        if not isinstance(found, str)
        for verdict in found.verdicts
        if verdict.verdict == "red"
    ]
    tally = _tally([found for _, found, _ in done])
    if as_json:
        print_json(
            {
                "design": design.identifier,
                "seed": seed,
                "samples": len(drawn),
                "refused": [{"parameters": dict(values), "reason": reason} for values, reason in refused],
                "publishable": not reds,
                "seconds": round(sum(seconds for *_, seconds in drawn), 2),
                "checks": tally,
                "red": [
                    {"sample": number, "parameters": dict(values)} | _row(verdict) for number, values, verdict in reds
                ],
            }
        )
        return FAULTY if reds else DONE
    out = console()
    table = Table("check", box=None)
    for column in ("green", "amber", "red"):
        table.add_column(column, justify="right")
    table.add_column("nearest to its limit", overflow="fold")
    for check, row in tally.items():
        table.add_row(check, *(str(row[colour]) for colour in ("green", "amber", "red")), row["nearest"])
    out.print(table)
    for number, values, verdict in reds:
        out.print(f"sample {number}: {verdict.check}: {verdict.detail}; with {_said(values)}", soft_wrap=True)
    seconds = sum(seconds for *_, seconds in drawn)
    out.print(
        f"{len(drawn)} sets of parameters (seed {seed}), {len(refused)} refused for this sheet, {len(reds)} red; "
        f"{seconds:.0f} s, {seconds / len(drawn):.2f} s each",
        soft_wrap=True,
    )
    return FAULTY if reds else DONE


def _tally(found: list[Assessment]) -> dict[str, dict[str, Any]]:
    """By check: how many of each colour, and the verdict that comes nearest to its limit."""
    rows: dict[str, dict[str, Any]] = {}
    nearest: dict[str, float] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for verdict in (verdict for assessment in found for verdict in assessment.verdicts):
        counts[verdict.check, verdict.verdict.value] += 1
        share = _share(verdict)
        if verdict.check not in rows or share < nearest[verdict.check]:
            nearest[verdict.check] = share
            rows[verdict.check] = {"nearest": verdict.detail}
    colours = ("green", "amber", "red")
    return {check: {colour: counts[check, colour] for colour in colours} | row for check, row in rows.items()}


def _share(verdict: Verdict) -> float:
    """How far a figure is from its limit, in parts of it; the smaller the nearer."""
    if verdict.figure is None or not verdict.limit:
        return verdict.figure if verdict.figure is not None and verdict.unit == "°" else 1e9
    return abs(verdict.figure - verdict.limit) / verdict.limit


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "check": verdict.check,
        "verdict": verdict.verdict.value,
        "figure": verdict.figure,
        "limit": verdict.limit,
        "unit": verdict.unit,
        "detail": verdict.detail,
        "source": verdict.source,
    }


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())
