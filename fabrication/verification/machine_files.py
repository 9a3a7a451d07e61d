# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine's own files: there or not as the manifest says, readable, and cutting the sheet that they are for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fabrication.verification.demand import BAND, Demand, demand
from fabrication.verification.folder import guarded
from fabrication.verification.machine_time import seconds
from fabrication.verification.manifest import Manifest, Sheet
from fabrication.verification.mills import moved_faults
from fabrication.verification.travel import Table, move_faults, tools_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from fabrication.verification.machining import Work
    from fabrication.verification.moves import Program
    from fabrication.verification.package import Package

CHECK = "machine-files"
#: The stated time against the own estimate, relative and in seconds.
TIME, TIME_SLACK = 0.10, 2.0
#: Faults of one kind that one sheet needs.
_MOST = 12


def check_machine_files(package: Package) -> None:
    """Every sheet's file, simulated against the solids."""
    manifest, ledger = package.manifest, package.ledger
    ledger.ran(CHECK)
    ledger.faults(CHECK, missing_faults(manifest))
    looked_at, moves = 0, 0
    demands: dict[tuple[str, bool], Demand] = {}
    moved: set[int] = set()
    for sheet in manifest.sheets:
        if sheet.gcode is None:
            continue
        with guarded(ledger, CHECK, sheet.gcode), _uncollected():
            program = read_program((package.folder / sheet.gcode).read_bytes(), manifest)
            looked_at, moves = looked_at + 1, moves + len(program.motions)
            moved |= set(program.motions.tool[~program.motions.rapid].tolist())
            for fault in sheet_faults(package, sheet, program, demands):
                ledger.fault(CHECK, f"{sheet.gcode}: {fault}")
    if looked_at:
        ledger.faults(CHECK, moved_faults(manifest, moved))
    ledger.note(CHECK, f"{looked_at} files, {moves} moves" if looked_at else "none, as the manifest says why")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Tens of thousands of moves, and no cycle among them: looking for some takes a sixth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def missing_faults(manifest: Manifest) -> Iterator[str]:
    """A machine's file where there can be one, a reason where there is none, and never half a set."""
    machine = manifest.machine
    written = [sheet.index for sheet in manifest.sheets if sheet.gcode is not None]
    if not written:
        if machine.process == "cnc-router" and not manifest.unprogrammed:
            yield "no machine file, and no line that says why"
    elif machine.process != "cnc-router" or machine.controller is None:
        yield "machine files for a machine of which no controller is known"
    elif machine.zero is None or machine.travel_height_mm is None:
        yield "machine files, but zero or travel height are unknown"
    for sheet in manifest.sheets:
        name = sheet.file.rsplit(".", 1)[0] + (".sbp" if machine.controller == "shopbot" else ".nc")
        if sheet.gcode is None:
            if written:
                yield f"sheet {sheet.index} has no machine file, sheet {written[0]} has one"
            if sheet.tabs or sheet.machine_time_s is not None:
                yield f"sheet {sheet.index} has tabs or a machine time, but no machine file"
        elif sheet.gcode != name:
            yield f"{sheet.gcode} is not named {name}"
        elif sheet.machine_time_s is None:
            yield f"{sheet.gcode}: no machine time is stated"


def read_program(data: bytes, manifest: Manifest) -> Program:
    """By the machine's controller."""
    tools = tools_of(manifest.machine)
    if manifest.machine.controller == "shopbot":
        from fabrication.verification.sbp import read_sbp

        return read_sbp(data, tools)
    from fabrication.verification.gcode import read_gcode

    return read_gcode(data, manifest.machine.controller or "", tools)


def sheet_faults(
    package: Package, sheet: Sheet, program: Program, demands: dict[tuple[str, bool], Demand]
) -> Iterator[str]:
    """What one file does wrong. ``demands`` are kept from sheet to sheet."""
    from fabrication.verification.machining import Work, part_faults, v_bit_faults

    manifest = package.manifest
    yield from program.faults
    if not program.motions:
        yield "it moves nothing"
        return
    table = Table(manifest.machine, sheet, tools_of(manifest.machine), manifest.stock.measured_thickness_mm)
    yield from _some(move_faults(program, table))
    band = min([BAND, *(tool.diameter_mm / 2 for tool in table.tools.values() if tool.kind != "v-bit")])
    for placement in sheet.placements:
        key = placement.part, placement.mirrored
        if key not in demands and placement.part in package.expected:
            lines = package.part_lines.get(placement.part, ())
            demands[key] = demand(package.expected[placement.part], lines, package.cutter, placement.mirrored, band)
    work = Work(table, program.motions, manifest.unprogrammed)
    yield from _some(part_faults(work, demands))
    yield from _some(v_bit_faults(work, engravings(work, demands)))
    if sheet.machine_time_s is not None:
        own = seconds(program.motions, table.machine.accel_mm_s2, table.machine.rapid_mm_min) + program.pauses
        if abs(sheet.machine_time_s - own) > TIME * own + TIME_SLACK:
            yield f"a machine time of {sheet.machine_time_s:g} s is stated, {own:.1f} expected"


def engravings(work: Work, demands: dict[tuple[str, bool], Demand]) -> BaseGeometry | None:
    """All engraved ground of a sheet."""
    import shapely

    from fabrication.verification.sheets import placed

    shapes = [
        placed(floor.shape, placement)
        for placement in work.table.sheet.placements
        if (wanted := demands.get((placement.part, placement.mirrored)))
        for floor in wanted.floors
        if floor.engraved
    ]
    return shapely.union_all(shapes) if shapes else None


def _some(faults: Iterator[str]) -> Iterator[str]:
    for number, fault in enumerate(faults):
        if number == _MOST:
            yield "more faults of this kind"
            return
        yield fault
