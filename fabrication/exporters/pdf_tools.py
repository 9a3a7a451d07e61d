# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What cuts a sheet, as its page says it: tools with feeds and passes, time, tabs."""

from __future__ import annotations

import math

from designs.typography import SPACE, french_number
from fablabs.machine import Process, Tool
from fabrication.exporters import Job
from fabrication.plan import SheetLayout, mills_named
from fabrication.program import SheetProgram, Tab

TOOL_HEADINGS = ("n°", "outil", "Ø", "tr/min", "avance", "plongée", "passes")


def programs_of(job: Job, sheet: SheetLayout | None) -> list[SheetProgram]:
    """The sheet's programs, upper face first; None: of all sheets."""
    return [program for program in job.programs if sheet is None or program.sheet == sheet.index]


def sheet_tools(job: Job, sheet: SheetLayout | None) -> list[Tool]:
    """In the order of use, each once; without a program, those that the sheet's reliefs were drawn for."""
    runs = [run.tool for program in programs_of(job, sheet) for run in program.runs]
    if runs:
        return list(dict.fromkeys(runs))
    machine = job.machine_file.machine
    if machine.process is Process.LASER:
        return []
    placed = {p.part for s in job.plan.sheets for p in s.placements if sheet is None or s.index == sheet.index}
    named = mills_named(part for part in job.plan.parts if part.code in placed)
    diameters = [*sorted(named), job.plan.tool_diameter]
    return [next(tool for tool in machine.usable_tools if tool.diameter_mm == diameter) for diameter in diameters]


def tool_row(job: Job, sheet: SheetLayout, tool: Tool) -> tuple[str, ...]:
    """Cells as TOOL_HEADINGS; a dash is for the maker to choose."""
    depth = _deepest(job, sheet, tool)
    passes = "–"
    if tool.pass_depth_mm:
        count = math.ceil(depth / tool.pass_depth_mm - 1e-9)
        passes = f"{count} de {french_number(min(depth, tool.pass_depth_mm))}"
    return (
        str(tool.number or "–"),
        tool.name,
        french_number(tool.diameter_mm, 3),
        *(
            french_number(v, 0, thousands=SPACE) if v else "–"
            for v in (tool.spindle_rpm, tool.feed_mm_min, tool.plunge_mm_min)
        ),
        passes,
    )


def _deepest(job: Job, sheet: SheetLayout, tool: Tool) -> float:
    """How far below the sheet's top the tool goes in its own work (mm); unknown, as deep as any may."""
    runs = [run for program in programs_of(job, sheet) for run in program.runs if run.tool == tool]
    deepest = -min((move.z for run in runs for move in run.moves), default=0.0)
    if deepest > 0:
        return deepest
    return job.machine_file.stock.measured_thickness_mm + job.machine_file.machine.through_mm


def sheet_tabs(job: Job, sheet: SheetLayout) -> list[Tab]:
    return [tab for program in programs_of(job, sheet) for tab in program.tabs]


def duration(seconds: float) -> str:
    """``42 min``, ``1 h 05``; what is shorter than a minute is one."""
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    return f"{hours}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{rest:02d}" if hours else f"{rest}\N{NO-BREAK SPACE}min"
