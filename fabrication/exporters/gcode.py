# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The machine's own file, one a sheet: G-code, or a ShopBot's part file; none if anything about the machine is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fablabs.machine import HoldDown, Zero
from fabrication.exporters import Job
from fabrication.exporters.paths import gcode_path, sheet_path
from fabrication.exporters.pdf_missing import concerns
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
    yield f"Treteau: {job.identity}, feuille {sheet.index} sur {len(job.plan.sheets)}, mm"
    yield f"dessin {drawing}, SHA-256 {written[drawing][:16]}"
    yield f"matiere : {stock.material}, {sheet.width:g} x {sheet.height:g} x {stock.measured_thickness_mm:g} mm"
    top = machine.zero is Zero.SHEET_TOP
    yield "X0 Y0 : coin inferieur gauche de la feuille"
    yield "Z0 : dessus de la feuille" if top else "Z0 : dessus du martyr, sous la feuille"
    for tool in dict.fromkeys(run.tool for run in program.runs):
        yield f"T{number_of(tool, machine)}: {tool_words(tool)}"
    yield _holding(job, program)
    yield f"duree : environ {max(1, round(program.seconds / 60))} min, sans les changements d'outil"
    for line in job.unprogrammed:
        if concerns(line, sheet):
            yield f"pas dans ce fichier : {line.french}"


def _holding(job: Job, program: SheetProgram) -> str:
    machine = job.machine_file.machine
    if machine.hold_down is HoldDown.TABS:
        return f"tenue : {len(program.tabs)} attaches de {machine.tab_width_mm:g} x {machine.tab_height_mm:g} mm"
    if machine.hold_down is HoldDown.ONION_SKIN:
        return f"tenue : une peau de {machine.onion_skin_mm:g} mm sous les contours et les grandes ouvertures"
    return "tenue : par le vide, les pieces sont coupees libres"
