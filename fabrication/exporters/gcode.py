# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine's own file, one a sheet: G-code, or a ShopBot's part file; none if anything about the machine is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fablabs.machine import HoldDown, Zero
from fabrication.exporters import Job
from fabrication.exporters.paths import gcode_path, sheet_path
from fabrication.plan import Face, SheetLayout
from fabrication.program import SheetProgram
from fabrication.toolpaths.posts import Setting, post
from fabrication.toolpaths.posts.gcode import tool_words
from fabrication.toolpaths.tooling import number_of


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    machine, stock = job.machine_file.machine, job.machine_file.stock
    if machine.controller is None:
        return
    sheets = {sheet.index: sheet for sheet in job.plan.sheets}
    for program in job.programs:
        if program.face is not Face.TOP:
            continue
        sheet = sheets[program.sheet]
        above = stock.measured_thickness_mm if machine.zero is Zero.SPOILBOARD else 0.0
        setting = Setting(machine, above, tuple(_head(job, sheet, program, written)))
        lines = post(machine.controller).write(program, setting)
        yield gcode_path(job.plan, sheet, machine.controller), ("\n".join(lines) + "\n").encode("ascii")


def _head(job: Job, sheet: SheetLayout, program: SheetProgram, written: Mapping[str, str]) -> Iterator[str]:
    machine, stock = job.machine_file.machine, job.machine_file.stock
    drawing = sheet_path(job.plan, sheet, "dxf")
    yield f"Treteau: {job.identity}, sheet {sheet.index} of {len(job.plan.sheets)}, mm"
    yield f"drawing {drawing}, SHA-256 {written[drawing][:16]}"
    yield f"stock: {stock.material}, {sheet.width:g} x {sheet.height:g} x {stock.measured_thickness_mm:g} mm"
    top = machine.zero is Zero.SHEET_TOP
    yield "X0 Y0: lower left corner of the sheet"
    yield "Z0: top of the sheet" if top else "Z0: top of the spoilboard, under the sheet"
    for run in program.runs:
        yield f"T{number_of(run.tool, machine)}: {tool_words(run.tool)}"
    yield _holding(job, program)
    yield f"about {max(1, round(program.seconds / 60))} min without tool changes"
    for line in job.unprogrammed:
        yield f"not in this file: {line}"


def _holding(job: Job, program: SheetProgram) -> str:
    machine = job.machine_file.machine
    if machine.hold_down is HoldDown.TABS:
        return f"held by {len(program.tabs)} tabs of {machine.tab_width_mm:g} x {machine.tab_height_mm:g} mm"
    if machine.hold_down is HoldDown.ONION_SKIN:
        return f"held by a skin of {machine.onion_skin_mm:g} mm"
    return "held by vacuum: parts are cut free"
