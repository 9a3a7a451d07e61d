# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every G-code file of the three designs passes LinuxCNC's own interpreter; its canonical moves, swept on their own,
take away the wood that our simulator says, in the time that the manifest states."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from fablabs.machine import Controller, MachineFile, read_machine
from fabrication.exporters import Job, exporter
from fabrication.pipeline import plan_job
from fabrication.verification.gcode import read_gcode
from fabrication.verification.machine_time import ACCELERATION, RAPID
from fabrication.verification.machine_time import seconds as own_seconds
from tests.rs274 import Canon, interpret, needs_rs274, seconds
from tests.test_rs274 import assert_same_moves, assert_same_wood

pytestmark = needs_rs274
ROOT = Path(__file__).resolve().parent.parent
MACHINES = {path.stem: read_machine(path) for path in sorted((ROOT / "examples/machines").glob("router-*.toml"))}
#: The routers whose controller reads G-code.
GCODE = [name for name, file in MACHINES.items() if file.machine.controller not in (None, Controller.SHOPBOT)]
DESIGNS = ["chariot", "maisonnette", "porte"]


@cache
def made(design: str, machine: str) -> tuple[Job, dict[str, bytes]]:
    """The job, and its machine files by path."""
    job = plan_job(design, {}, MACHINES[machine], 1)
    drawn = {path: "0" * 64 for path, _ in exporter("dxf").export(job, {})}
    return job, dict(exporter("gcode").export(job, drawn))


def tools(file: MachineFile) -> dict[int, float]:
    return {tool.number or place: tool.diameter_mm for place, tool in enumerate(file.machine.tools, start=1)}


def run(design: str, machine: str, path: str, folder: Path) -> list[Canon]:
    target = folder / Path(path).name
    target.write_bytes(made(design, machine)[1][path])
    return interpret(target, tools(MACHINES[machine]), folder)


def test_some_router_reads_gcode() -> None:
    assert len(GCODE) >= 2


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("machine", GCODE)
def test_every_file_passes_and_is_read_alike(design: str, machine: str, tmp_path: Path) -> None:
    job, files = made(design, machine)
    assert sorted(files) == [f"sheets/sheet-{sheet.index:02d}.nc" for sheet in job.plan.sheets]
    smallest = min(files, key=lambda path: len(files[path]))
    its = MACHINES[machine].machine
    for path, data in files.items():
        theirs = run(design, machine, path, tmp_path)
        ours = read_gcode(data, its.controller or "", tools(MACHINES[machine]))
        assert ours.faults == [], path
        assert_same_moves(ours.motions, theirs)
        (program,) = [p for p in job.programs if path.endswith(f"-{p.sheet:02d}.nc")]
        accel, rapid = its.accel_mm_s2 or ACCELERATION, its.rapid_mm_min or RAPID
        measured = seconds(theirs, accel, rapid) + ours.pauses
        assert own_seconds(ours.motions, accel, rapid) + ours.pauses == pytest.approx(measured, rel=0.05), path
        assert program.seconds == pytest.approx(measured, rel=0.10), path
        if path == smallest:
            radii = {number: diameter / 2 for number, diameter in tools(MACHINES[machine]).items()}
            top = MACHINES[machine].stock.measured_thickness_mm if its.zero == "spoilboard" else 0.0
            underside = top - MACHINES[machine].stock.measured_thickness_mm
            assert_same_wood(ours.motions, theirs, radii, [underside - its.through_mm + 0.01])
