# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau design check``: the script runs in the jail, then every check that publication asks for."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from designs.folder import Folder
from treteau.designing_drawing import design_of, told_faults
from treteau.designing_folders import read
from treteau.designing_jail import warm_jail
from treteau.exits import DONE, FAULTY
from treteau.oneline import one_line
from treteau.output import console, only_ours, print_json

if TYPE_CHECKING:
    from designs.design import Design
    from fabrication.comparison.checking import Checked


@dataclass(frozen=True)
class Asked:
    """At which sizes, on which machine."""

    given: Mapping[str, str]
    machine: Path | None = None
    samples: int | None = None
    seed: int = 1
    quick: bool = False

    @property
    def is_everything(self) -> bool:
        return not (self.given or self.machine or self.samples or self.quick)


def check(path: Path, asked: Asked, *, here: bool, as_json: bool) -> int:
    """Print the verdicts; 0 if nothing is red, 1 for a fault of the design or of its script.

    Raises FolderError, OSError, JailError, ParameterError (a size that was given), MachineFileError; NotMakeableError, SheetError
    if the machine can't."""
    folder = read(path)
    from fabrication.scripted.errors import ScriptError

    try:
        design = design_of(folder, here=here)
        with contextlib.nullcontext() if here else warm_jail():
            return _checked(folder, design, asked, as_json)
    except ScriptError as error:
        return told_faults(path, folder, error, as_json)


def _checked(folder: Folder, design: Design, asked: Asked, as_json: bool) -> int:
    if not asked.is_everything:
        from treteau.fitness import check_drawn  # with its tables

        return check_drawn(design, asked.given, asked.machine, samples=asked.samples, seed=asked.seed, as_json=as_json)
    with only_ours():
        from fabrication.comparison.checking import check_design
        from fabrication.usual_sheet import usual_sheet

        begun = time.perf_counter()
        design.build({}, usual_sheet(design))  # a fault of the script's own is said with its line
        if said := getattr(design, "said", ""):  # print() in the jail
            print(said, end="" if said.endswith("\n") else "\n", file=sys.stderr)
        checked = check_design(design, _progress)
    _tell(folder, checked, time.perf_counter() - begun, as_json)
    return DONE if checked.is_green else FAULTY


def _progress(stage: str, done: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{100 * done:3.0f} %", end="" if done < 1 else "\r", file=sys.stderr, flush=True)


def _tell(folder: Folder, checked: Checked, seconds: float, as_json: bool) -> None:
    if as_json:
        print_json(
            {"design": folder.slug, "digest": folder.content.digest, "seconds": round(seconds, 2), **checked.data()}
        )
        return
    from rich.table import Table

    out = console()
    table = Table("check", "state", box=None)
    table.add_column("what it says", overflow="fold")
    for row in checked.checks:
        # The measurement, as `treteau check` says it; besides, what to do about it.
        said = [row.detail, row.french if row.state != "ok" or not row.detail else ""]
        table.add_row(row.name, row.state, "\n".join(one_line(text) for text in said if text))
    out.print(table)
    counts = checked.data()["counts"]
    out.print(
        f"{folder.slug}: {counts['fault']} faults, {counts['warning']} warnings; {checked.held} of {checked.asked} random sets hold; {seconds:.0f} s",
        soft_wrap=True,
    )
