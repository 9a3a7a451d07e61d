# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau nest``: the layout engine alone, on the public instances' JSON (docs/nesting.md)."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from treteau.exits import BAD_INPUT, DONE, NOT_MAKEABLE
from treteau.oneline import one_line

if TYPE_CHECKING:
    from fabrication.nesting.problem import Put, Solution
    from treteau.instances import Instance

MAX_SECONDS = 3600.0
MAX_LENGTH = 100_000.0


@dataclass(frozen=True)
class Sheets:
    """What is asked for: sheets of a size (mm), or a strip of the instance's height if ``size`` is None."""

    size: tuple[float, float] | None
    spacing: float = 0.0
    margin: float = 0.0


def add_options(nest: argparse.ArgumentParser) -> None:
    nest.add_argument("instance", metavar="INSTANCE", type=Path, help="JSON of a strip-packing instance")
    onto = nest.add_mutually_exclusive_group(required=True)
    onto.add_argument("--sheet", metavar="WxH", type=_typed(sheet_size), help="sheets of this size in mm")
    onto.add_argument("--strip", action="store_true", help="one strip of the instance's strip_height, without margin")
    nest.add_argument("--spacing", metavar="MM", type=_typed(length), default=0.0, help="between items (default 0)")
    nest.add_argument(
        "--margin", metavar="MM", type=_typed(length), default=0.0, help="to the sheet's edge (default 0)"
    )
    nest.add_argument(
        "--time", metavar="S", type=_typed(seconds), default=10.0, help="to search, 0 to 3600 (default 10)"
    )
    nest.add_argument("--out", metavar="DIR", type=Path, help="write placements.json and layout.svg there")


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if arguments.strip and arguments.margin:
        parser.error("argument --margin: a strip has none")
    wanted = Sheets(arguments.sheet, arguments.spacing, arguments.margin)
    return nest_instance(arguments.instance, wanted, arguments.time, arguments.out, as_json=arguments.json)


def _typed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """argparse leaves out why a value was refused unless told so."""

    def typed(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return typed


def sheet_size(text: str) -> tuple[float, float]:
    """``2500x1250`` → (2500.0, 1250.0). Raises ValueError."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)[x×]([0-9]+(?:\.[0-9]+)?)", text, re.ASCII)
    size = tuple(float(v) for v in found.groups()) if found else ()
    if len(size) != 2 or not all(0 < v <= MAX_LENGTH for v in size):
        raise ValueError(f"write a size in mm, as 2500x1250, not {text!r}")
    return size[0], size[1]


def seconds(text: str) -> float:
    return length(text, MAX_SECONDS)


def length(text: str, most: float = MAX_LENGTH) -> float:
    """A number from 0 on, as people write it. Raises ValueError."""
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text, re.ASCII) or float(text) > most:
        raise ValueError(f"a number from 0 to {most:g}, not {text!r}")
    return float(text)


def nest_instance(path: Path, sheets: Sheets, budget: float, folder: Path | None, *, as_json: bool) -> int:
    """Lay an instance's items, print the figures; with ``folder``, write placements.json and layout.svg there.

    Returns 2 with one line for a file that is no instance, 3 naming what can't be placed; nothing is
    written then. Raises OSError."""
    from treteau.instances import InstanceError, read_instance

    try:
        instance = read_instance(path)
        if sheets.size is None and instance.strip_height is None:
            raise InstanceError(f"{path}: no strip_height, which --strip needs")
    except InstanceError as error:
        return _refused(BAD_INPUT, error)
    with _ready(folder) as keep:
        began = time.perf_counter()
        with _progress(budget) as progress:
            answer = (
                _strip(instance, sheets, budget, progress)
                if sheets.size is None
                else _sheets(instance, sheets, budget, progress)
            )
        if isinstance(answer, str):
            return _refused(NOT_MAKEABLE, answer)
        figures, rows, drawing = answer
        figures["seconds"] = round(time.perf_counter() - began, 2)
        if folder is not None:
            _write(folder / "placements.json", json.dumps(rows, indent=1, allow_nan=False) + "\n")
            _write(folder / "layout.svg", drawing)
            keep()
    if as_json:
        from treteau.output import print_json

        print_json({"instance": instance.name, **figures, "placements": rows})
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' ')}: {value:g}" if isinstance(value, float) else f"{name}: {value}")
    return DONE


Progress = Callable[[str, float], bool]
#: Figures, rows of placements.json, and the drawing.
Answer = tuple[dict[str, Any], list[dict[str, Any]], str]


def _sheets(instance: Instance, wanted: Sheets, budget: float, progress: Progress) -> Answer | str:
    from fabrication.nesting.at_once import at_once
    from fabrication.nesting.better import better
    from fabrication.nesting.problem import Bin, Problem
    from fabrication.nesting.strip import area
    from fabrication.nesting.worth import equivalent_sheets
    from treteau.layout_drawing import draw

    assert wanted.size is not None
    width, height = wanted.size
    sheet = Bin("sheet", ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)), 1.0)
    problem = Problem(instance.items, (sheet,), wanted.spacing, wanted.margin)
    first = at_once(problem)
    if first.unplaced:
        return _named(instance, first)

    def watch(found: Solution, gone: float) -> bool:
        return progress(f"{equivalent_sheets(problem, found):.3f} sheets", gone)

    best = better(problem, budget, start=first, watch=watch)
    used = equivalent_sheets(problem, best)
    wood = sum(area(item.outline) for item in instance.items) / (width * height)
    figures = {
        "items": len(instance.items),
        "sheets": len(best.sheets),
        "equivalent_sheets": round(used, 4),
        "area_bound": round(wood, 4),
        "utilisation": round(wood / len(best.sheets), 4),
    }
    rows = [_row(instance, put, n) for n, laid in enumerate(best.sheets, start=1) for put in laid.puts]
    drawing = draw(instance, [(wanted.size, laid.puts) for laid in best.sheets])
    return figures, rows, drawing


def _strip(instance: Instance, wanted: Sheets, budget: float, progress: Progress) -> Answer | str:
    from fabrication.nesting.strip import Strip, density, pack_strip
    from treteau.layout_drawing import draw

    assert instance.strip_height is not None
    strip = Strip(instance.items, instance.strip_height, wanted.spacing, instance.free)
    packed = pack_strip(strip, budget, lambda length, gone: progress(f"length {length:.6g}", gone))
    if packed is None:
        return _too_high(instance, wanted)
    figures = {
        "items": len(instance.items),
        "strip_height": instance.strip_height,
        "length": round(packed.length, 4),
        "density": round(density(strip, packed), 5),
    }
    drawing = draw(instance, [((packed.length, instance.strip_height), packed.puts)])
    return figures, [_row(instance, put, 1) for put in packed.puts], drawing


def _row(instance: Instance, put: Put, sheet: int) -> dict[str, Any]:
    return {
        "id": instance.ids[put.item],
        "sheet": sheet,
        "x": round(put.x, 6),
        "y": round(put.y, 6),
        "rotation": round(put.turn, 6),
    }


def _named(instance: Instance, solution: Solution) -> str:
    """What can't be placed, each once, with its reason."""
    reasons = {instance.ids[item]: why for item, why in solution.unplaced}
    count = Counter(instance.ids[item] for item, _ in solution.unplaced)
    named = [f"item {i!r}{f' ({count[i]} times)' if count[i] > 1 else ''}: {why}" for i, why in reasons.items()]
    more = f"; and {len(named) - 5} more" if len(named) > 5 else ""
    return f"{len(solution.unplaced)} of {len(instance.items)} items can't be placed: {'; '.join(named[:5])}{more}"


def _too_high(instance: Instance, wanted: Sheets) -> str:
    """The items that are higher than the strip however they may be turned."""
    from fabrication.nesting.turned import turned_ring

    assert instance.strip_height is not None
    high: dict[int | str, float] = {}
    for item, identifier in zip(instance.items, instance.ids, strict=True):
        spans = [[y for _, y in turned_ring(item.outline, turn)] for turn in item.turns]
        least = min(max(ys) - min(ys) for ys in spans)
        if least > instance.strip_height:
            high[identifier] = least
    named = [f"item {i!r}: it is {v:.6g} high in every direction that is allowed" for i, v in high.items()]
    return f"a strip of {instance.strip_height:g} is too low: {'; '.join(named[:5])}"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _ready(folder: Path | None) -> Iterator[Callable[[], None]]:
    """The folder is there and can be written into before the work begins; if that fails, it was never there.

    Yields what to call once everything is written."""
    kept: list[bool] = []
    made: Sequence[Path] = ()
    if folder is not None:
        made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            import tempfile

            tempfile.TemporaryFile(dir=folder).close()
        yield lambda: kept.append(True)
    finally:
        if not kept:
            for path in made:
                with contextlib.suppress(OSError):  # somebody else put something into it
                    path.rmdir()


@contextmanager
def _progress(budget: float) -> Iterator[Progress]:
    """A bar on standard error if that is a terminal."""
    if not sys.stderr.isatty() or budget < 1:
        yield lambda text, gone: True
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description:<24}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("nesting", total=1.0)

        def show(text: str, gone: float) -> bool:
            bar.update(task, description=text, completed=gone)
            return True

        yield show


def _refused(code: int, error: object) -> int:
    print(f"treteau nest: {one_line(error)}", file=sys.stderr)
    return code
