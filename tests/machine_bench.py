# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A package whose machine files can be changed line by line and simulated again, quickly."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fablabs.machine import parse_machine
from fabrication.pipeline import make_package
from fabrication.verification.machine_files import missing_faults, read_program, sheet_faults
from fabrication.verification.manifest import Manifest, parse_manifest
from fabrication.verification.package import Package
from fabrication.verification.report import Ledger
from tests.broken_packages import ROUTER, Stool, Unpacked
from tests.plain_gcode import PlainWriter

Change = Callable[[dict[str, Any]], None]


class Bench:
    """One sheet's file as it was written (``lines``), its manifest, and what the simulator finds in another one."""

    def __init__(self, folder: Path, data: dict[str, Any]) -> None:
        self.data = data
        self.package = Package.opened(folder, _parsed(data), Ledger(), None, None)
        self.package._parts()
        self.sheet = data["sheets"][0]
        self.lines = (folder / self.sheet["gcode"]).read_text().splitlines()
        self.demands: dict[Any, Any] = {}

    def faults(self, lines: Sequence[str] | None = None, change: Change | None = None) -> list[str]:
        """Of these lines, with a manifest that ``change`` edits."""
        data = copy.deepcopy(self.data)
        if change is not None:
            change(data)
        self.package.manifest = manifest = _parsed(data)
        text = "\n".join(self.lines if lines is None else lines) + "\n"
        program = read_program(text.encode(), manifest)
        return [*missing_faults(manifest), *sheet_faults(self.package, manifest.sheets[0], program, self.demands)]

    def find(self, text: str, after: str = "", nth: int = 0) -> int:
        """The index of the nth line with this text, after the first one with another."""
        start = next(i for i, line in enumerate(self.lines) if after in line)
        return [i for i, line in enumerate(self.lines) if i >= start and text in line][nth]

    def changed(self, index: int, line: str | None) -> list[str]:
        """The lines with one replaced, or left out."""
        return self.lines[:index] + ([] if line is None else [line]) + self.lines[index + 1 :]


#: The stool's archive is made once for all.
_MADE: list[Path] = []


def plain_bench(folder: Path, zero: str = "sheet-top") -> Bench:
    """The stool with room between its parts, cut by the tests' plain writer."""
    if not _MADE:
        text = ROUTER.format(relief="dogbone", version="R2010")
        text = text.replace("spacing_mm = 8", "spacing_mm = 16").replace("640, 480", "700, 500")
        _MADE.append(make_package(Stool(), {}, parse_machine(text), folder=folder).path)
    package = Unpacked(_MADE[0], folder / "unpacked")
    PlainWriter(package, zero).write()
    bench = Bench(package.folder, package.manifest)
    bench.sheet["machine_time_s"] = stated_time(bench)
    return bench


def stated_time(bench: Bench) -> float:
    """What the simulator says that it expects."""
    (fault,) = [fault for fault in bench.faults() if "machine time" in fault]
    return float(fault.split("stated, ")[1].split()[0])


def _parsed(data: dict[str, Any]) -> Manifest:
    manifest, faults = parse_manifest(json.dumps(data).encode())
    assert manifest is not None, faults
    return manifest
