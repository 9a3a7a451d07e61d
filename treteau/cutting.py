# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau cut``: make the package, show how far it is, and sum it up."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from designs.catalogue import shipped as find_design
from fablabs.machine import read_machine
from fabrication.fit import check_fit
from fabrication.leftovers import Leftover, leftovers
from treteau.laying import Wishes
from treteau.output import console, only_ours, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from fabrication.pipeline import Package

_STAGES = {
    "search": "looking for a better layout",
    "build": "building the solids",
    "flatten": "flattening",
    "nest": "nesting",
    "program": "toolpaths",
    "export": "writing files",
    "verify": "verifying",
    "pack": "packing",
}


def cut_package(
    identifier: str,
    given: Mapping[str, str],
    machine: Path,
    *,
    quantity: int,
    folder: Path,
    as_json: bool,
    scale: int = 1,
    wishes: Wishes = Wishes(),  # noqa: B008  # frozen
) -> int:
    """Write the archive of ``quantity`` pieces, or of so many copies of some parts, into ``folder`` and return 0.

    Raises UnknownDesignError, ParameterError, GeometryError, MachineFileError, ChoiceError, OSError for
    bad input; NotMakeableError, SheetError if the machine can't; VerificationError if what was made
    does not pass. Whatever is raised, nothing new is left in ``folder``, nor the folder itself.
    """
    # What can be refused at once is refused before CadQuery's seconds.
    design = find_design(identifier)
    values = design.clean(given)
    machine_file = read_machine(machine)
    check_fit(design, machine_file, values, scale)
    choices = replace(wishes.choices(), scale=scale)
    _try_folder(folder)

    with _no_trace(folder), only_ours(), _progress() as progress:
        with _interruptions_wait():
            import cadquery  # noqa: F401

            from fabrication.pipeline import make_package
            from fabrication.search import search_layout

        if wishes.seconds is not None:
            found = search_layout(
                design,
                given,
                machine_file,
                quantity,
                choices=choices,
                seconds=wishes.seconds,
                watch=lambda sheets, gone: progress("search", gone) if progress else None,
            )
            choices = replace(choices, layout=found)
        package = make_package(
            design, given, machine_file, quantity=quantity, choices=choices, folder=folder, progress=progress
        )
    left = tuple(leftovers(package.manifest, package.path.stem))
    if as_json:
        print_json(
            {"archive": os.fspath(package.path), "sha256": package.sha256}
            | _figures(package.manifest)
            | {"leftovers": [_row(piece) for piece in left]}
            | {"manifest": package.manifest}
        )
    else:
        _print_summary(package, left)
    return 0


@contextmanager
def _interruptions_wait() -> Iterator[None]:
    """Ctrl-C is heard afterwards: in the middle of a compiled module's import it would come out as
    somebody else's traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


def _try_folder(folder: Path) -> None:
    """Raise OSError if the folder can't be made or written into: better now than after the work."""
    missing = _missing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    finally:
        _remove(missing)


@contextmanager
def _no_trace(folder: Path) -> Iterator[None]:
    """If the work fails or is interrupted, the folders that it made disappear again."""
    missing = _missing(folder)
    try:
        yield
    except BaseException:
        _remove(missing)
        raise


def _missing(folder: Path) -> list[Path]:
    """What has to be made for the folder to be there, the deepest first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _remove(folders: list[Path]) -> None:
    for path in folders:
        with suppress(OSError):  # somebody else put something into it
            path.rmdir()


@contextmanager
def _progress() -> Iterator[Callable[[str, float], None] | None]:
    """A bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting CadQuery", total=1.0)

        def show(stage: str, fraction: float) -> None:
            bar.update(task, description=_STAGES.get(stage, stage), completed=fraction, refresh=True)

        yield show


def _figures(manifest: Mapping[str, Any]) -> dict[str, Any]:
    sheets, parts = manifest["sheets"], manifest["parts"]
    areas = [_area(sheet) for sheet in sheets]
    used = sum(sheet["utilisation"] * area for sheet, area in zip(sheets, areas, strict=True))
    unpriced = any(sheet["price_eur"] is None for sheet in sheets if not sheet["source"])
    cost = sum((Decimal(sheet["price_eur"] or 0) for sheet in sheets), Decimal())
    return {
        "sheets": len(sheets),
        "utilisation": round(used / sum(areas), 4) if sheets else 0.0,
        "cost_eur": None if unpriced else f"{cost:.2f}",
        "parts": sum(p["quantity"] for p in parts),
        "cut_m": round(sum(p["perimeter_mm"] * p["quantity"] for p in parts) / 1000, 2),
    }


def _row(piece: Leftover) -> dict[str, Any]:
    return {"sheet": piece.sheet, "size_mm": piece.size, "coupon": piece.coupon, "toml": piece.toml}


def _area(sheet: Mapping[str, Any]) -> float:
    """mm² of a sheet or of an offcut's polygon."""
    w, h = sheet["width_mm"], sheet["height_mm"]
    corners = sheet["outline_mm"] or [(0, 0), (w, 0), (w, h), (0, h)]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))
    return float(abs(twice)) / 2


def _print_summary(package: Package, left: Sequence[Leftover]) -> None:
    out = console()
    figures = _figures(package.manifest)
    table = Table("sheet", "size (mm)", box=None)
    for column in ("utilisation", "parts", "cut (m)"):
        table.add_column(column, justify="right")
    perimeters = {p["code"]: p["perimeter_mm"] for p in package.manifest["parts"]}
    for sheet in package.manifest["sheets"]:
        table.add_row(
            str(sheet["index"]),
            f"{sheet['width_mm']:g} × {sheet['height_mm']:g}" + (f" ({sheet['source']})" if sheet["source"] else ""),
            f"{sheet['utilisation']:.1%}",
            str(len(sheet["placements"])),
            f"{sum(perimeters[p['part']] for p in sheet['placements']) / 1000:.2f}",
        )
    table.add_section()
    table.add_row(
        f"{figures['sheets']} in all",
        "",
        f"{figures['utilisation']:.1%}",
        str(figures["parts"]),
        f"{figures['cut_m']:.2f}",
    )
    out.print(table)
    if figures["cost_eur"]:
        out.print(f"sheets: {figures['cost_eur']} € without VAT")
    for gone in package.manifest["left_out"]:
        out.print(f"left out: {gone['what']} ({', '.join(gone['parts'])}): {gone['reason']}", soft_wrap=True)
    for piece in left:
        size = " × ".join(f"{side:g}" for side in piece.size)
        shape = "" if len(piece.outline) == 4 else f", {len(piece.outline)} corners"
        coupon = ", less the coupon if it is cut there" if piece.coupon else ""
        out.print(f"stays of sheet {piece.sheet}: {size} mm{shape}{coupon} (--json has it for the machine file)")
    out.print(os.fspath(package.path), soft_wrap=True)
