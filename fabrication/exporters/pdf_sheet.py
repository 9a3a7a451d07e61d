# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet's page: the layout at a round scale, what to do before the machine starts, which file it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from designs.typography import french_number
from fabrication.exporters import Job
from fabrication.exporters.paths import gcode_path, sheet_path
from fabrication.exporters.pdf_block import LARGE, SMALL, Block
from fabrication.exporters.pdf_drawing import draw_contours
from fabrication.exporters.pdf_marks import draw_around, draw_marks
from fabrication.exporters.pdf_mills import draw_mills
from fabrication.exporters.pdf_text import (
    BOLD,
    FIXED,
    HAIR,
    INK,
    QUIET,
    REGULAR,
    rule,
    width_of,
    write,
    write_right,
)
from fabrication.exporters.pdf_tools import duration, programs_of
from fabrication.plan import SheetLayout

#: Page margin; header; axes and sizes to the left of and under the sheet; what the columns of text need under
#: a sheet, and beside one; the line at the foot (mm).
MARGIN, HEADER, AXES, UNDER, BESIDE, FOOT = 10.0, 8.0, 8.0, 47.0, 118.0, 11.0
_SIZES = (
    (landscape(A4), (1, 2, 5, 10)),
    (landscape(A3), (10,)),
    (landscape(A4), (20,)),
    (landscape(A3), (20, 50, 100, 200)),
)


class Page(NamedTuple):
    """Size in points, 10 for 1:10, and whether the text stands beside the sheet (or under it)."""

    size: tuple[float, float]
    scale: int
    beside: bool


def page_for(sheet: SheetLayout) -> Page:
    """The smallest page (A4 before A3) and the largest round scale that fit; the text beside the sheet if it can."""
    for size, scales in _SIZES:
        width, height = size[0] / mm - 2 * MARGIN - 2 * AXES, size[1] / mm - MARGIN - HEADER - AXES - FOOT
        for scale in scales:
            w, h = sheet.width / scale, sheet.height / scale
            if w <= width - BESIDE and h <= height:
                return Page(size, scale, True)
            if w <= width and h <= height - UNDER:
                return Page(size, scale, False)
    return Page(landscape(A3), 500, False)


def draw_sheet(canvas: Canvas, job: Job, sheet: SheetLayout, page: Page, written: Mapping[str, str]) -> None:
    width, height = page.size[0] / mm, page.size[1] / mm
    scale = page.scale
    _header(canvas, job, sheet, width, height)
    top = height - MARGIN - HEADER
    w, h = sheet.width / scale, sheet.height / scale
    y = top - h
    x = MARGIN + AXES if page.beside else (width - w) / 2
    unit = mm / scale
    canvas.saveState()
    canvas.translate(x * mm, y * mm)
    canvas.scale(unit, unit)
    draw_contours(canvas, job, sheet, unit)
    draw_marks(canvas, job, sheet, unit)
    draw_mills(canvas, job, sheet, unit)
    canvas.restoreState()
    draw_around(canvas, job, sheet, x, y, scale)
    low = FOOT + 2
    if page.beside:
        left = x + w + AXES + 4
        block = Block(canvas, job, sheet, width - MARGIN - left, LARGE)
        line = block.checklist(left, top - 3, low + 80)
        line = block.layers(left, line - 9, low + 45)
        block.tools(left, line - 9, low + 10)
    else:
        start = min(y - AXES - 2.5, FOOT + UNDER + 24)
        size = LARGE if page.size[0] > A3[0] else SMALL
        third = (width - 2 * MARGIN - 10) / 100
        Block(canvas, job, sheet, 34 * third, size).checklist(MARGIN, start, low)
        Block(canvas, job, sheet, 37 * third, size).layers(MARGIN + 34 * third + 5, start, low)
        Block(canvas, job, sheet, 29 * third, size).tools(MARGIN + 71 * third + 10, start, low + 8)
    _footer(canvas, job, sheet, width, scale, written)


def _header(canvas: Canvas, job: Job, sheet: SheetLayout, width: float, height: float) -> None:
    y = height - MARGIN - 1
    title = write(canvas, MARGIN, y, job.design.title, 15, BOLD)
    used = title + 4
    if job.choices.scale != 1:
        used += write(canvas, MARGIN + used, y, f"maquette au 1:{job.choices.scale}", 12, BOLD) + 4
    pieces = f"{job.quantity} exemplaire" + ("s" if job.quantity > 1 else "")
    write(canvas, MARGIN + used, y, f"révision {job.design.revision} · {pieces}", 9, grey=QUIET)
    number = f"Feuille {sheet.index} / {len(job.plan.sheets)}"
    write_right(canvas, width - MARGIN, y, number, 13, BOLD)
    facts = [f"{french_number(100 * job.plan.utilisation(sheet), 1)}\N{NO-BREAK SPACE}% du panneau"]
    programs = programs_of(job, sheet)
    if programs:
        facts.insert(0, duration(sum(program.seconds for program in programs)))
    if sheet.source:
        facts.insert(0, f"chute «\N{NO-BREAK SPACE}{sheet.source}\N{NO-BREAK SPACE}»")
    write_right(canvas, width - MARGIN - width_of(number, 13, BOLD) - 4, y, " · ".join(facts), 9, grey=QUIET)
    rule(canvas, MARGIN, width - MARGIN, y - 3, INK, 0.6)


def _footer(canvas: Canvas, job: Job, sheet: SheetLayout, width: float, scale: int, written: Mapping[str, str]) -> None:
    path = sheet_path(job.plan, sheet, "dxf")
    rule(canvas, MARGIN, width - MARGIN, FOOT - 2, HAIR)
    digest = written.get(path, "")[:16]
    used = write(canvas, MARGIN, 5, f"{path}   SHA-256 {digest}", 7, FIXED)
    controller = job.machine_file.machine.controller
    if programs_of(job, sheet) and controller:
        write(canvas, MARGIN + used + 6, 5, gcode_path(job.plan, sheet, controller), 7, FIXED)
    # The bar is 50 mm on paper: a ruler tells at once if the printer has kept the scale.
    left, base = width - MARGIN - 50, FOOT + 1.5
    canvas.setLineWidth(0.8)
    canvas.setStrokeGray(INK)
    canvas.line(left * mm, base * mm, (left + 50) * mm, base * mm)
    for tick in (0, 25, 50):
        canvas.line((left + tick) * mm, base * mm, (left + tick) * mm, (base + 1.6) * mm)
    write(canvas, left, base + 2.4, "0", 6.5, REGULAR, QUIET)
    write_right(canvas, left + 50, base + 2.4, f"{french_number(50 * scale)} mm", 6.5, grey=QUIET)
    write_right(canvas, width - MARGIN, 5, f"Échelle 1:{scale} – imprimer à 100 %, la barre mesure 50 mm", 7.5, BOLD)
