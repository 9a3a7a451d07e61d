# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last pages of the PDF: cut list, hardware, the sizes that were chosen."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from designs.typography import french_number, typeset
from fabrication.exporters import Job
from fabrication.exporters.cutlist import MILLS_HEADING, PART_HEADINGS, hardware_rows, mills_cell, part_row
from fabrication.exporters.pdf_coupon import coupon_words
from fabrication.exporters.pdf_text import (
    BOLD,
    INK,
    QUIET,
    lines_of,
    parameter_words,
    rule,
    shortened,
    wrapped,
    write,
    write_right,
)
from fabrication.plan import mills_named

_SIZE = landscape(A4)
_WIDTH, _HEIGHT = _SIZE[0] / mm, _SIZE[1] / mm
_MARGIN, _PITCH, _LOWEST = 16.0, 5.6, 18.0
#: Between a frame and its text (mm).
_INSET = 4.0


class _Pages:
    """A pen that goes down the page and takes a new one when it is full."""

    def __init__(self, canvas: Canvas, job: Job) -> None:
        self.canvas, self.job = canvas, job
        self.number = 0
        self.y = 0.0

    def turn(self) -> None:
        if self.number:
            self.canvas.showPage()
        self.number += 1
        self.canvas.setPageSize(_SIZE)
        top = _HEIGHT - 16
        used = write(self.canvas, _MARGIN, top, self.job.design.title, 15, BOLD)
        stock = self.job.machine_file.stock
        pieces = f"{self.job.quantity} exemplaire" + ("s" if self.job.quantity > 1 else "")
        sheet = f"{stock.material}, {french_number(stock.measured_thickness_mm)} mm mesurés"
        line = f"révision {self.job.design.revision} · {pieces} · {sheet}"
        write(self.canvas, _MARGIN + used + 4, top, line, 9, grey=QUIET)
        rule(self.canvas, _MARGIN, _WIDTH - _MARGIN, top - 3.2, INK, 0.6)
        self.y = top - 13

    def room(self, rows: float) -> None:
        if not self.number or self.y - rows * _PITCH < _LOWEST:
            self.turn()

    def table(
        self,
        title: str,
        headings: Sequence[str],
        widths: Sequence[float],
        rows: Sequence[Sequence[str]],
        right: set[int],
    ) -> None:
        """Columns in ``right`` are set flush right. A table goes on over pages, headings repeated."""
        self.room(4)
        self._headings(title, headings, widths, right)
        for row in rows:
            if self.y - _PITCH < _LOWEST:
                self.turn()
                self._headings(f"{title} (suite)", headings, widths, right)
            self._row(row, widths, right, 8.5, INK)
            rule(self.canvas, _MARGIN, _MARGIN + sum(widths), self.y + _PITCH - 1.9, 0.88, 0.3)
        self.y -= 2 * _PITCH

    def _headings(self, title: str, headings: Sequence[str], widths: Sequence[float], right: set[int]) -> None:
        write(self.canvas, _MARGIN, self.y, title, 11, BOLD)
        self.y -= 1.4 * _PITCH
        self._row(headings, widths, right, 7, QUIET)
        rule(self.canvas, _MARGIN, _MARGIN + sum(widths), self.y + _PITCH - 1.9, INK, 0.5)

    def _row(self, row: Sequence[str], widths: Sequence[float], right: set[int], size: float, grey: float) -> None:
        x = _MARGIN
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            text = shortened(cell, width - 3, size)
            if column in right:
                write_right(self.canvas, x + width - 4, self.y, text, size, grey=grey)
            else:
                write(self.canvas, x, self.y, text, size, grey=grey)
            x += width
        self.y -= _PITCH

    def paragraph(self, title: str, lines: Sequence[str]) -> None:
        self.room(len(lines) + 2)
        write(self.canvas, _MARGIN, self.y, title, 11, BOLD)
        self.y -= 1.2 * _PITCH
        for line in lines:
            write(self.canvas, _MARGIN, self.y, line, 8.5)
            self.y -= 0.85 * _PITCH
        self.y -= _PITCH

    def box(self, title: str, lines: Sequence[str]) -> None:
        """A paragraph in a frame, not broken over pages."""
        self.room(0.85 * len(lines) + 3.2)
        top = self.y + _PITCH
        self.y -= 0.2 * _PITCH
        write(self.canvas, _MARGIN + _INSET, self.y, title, 11, BOLD)
        self.y -= 1.2 * _PITCH
        for line in lines:
            write(self.canvas, _MARGIN + _INSET, self.y, line, 8.5)
            self.y -= 0.85 * _PITCH
        self.canvas.setStrokeGray(INK)
        self.canvas.setLineWidth(0.8)
        low = self.y + 0.2 * _PITCH
        self.canvas.rect(_MARGIN * mm, low * mm, (_WIDTH - 2 * _MARGIN) * mm, (top - low) * mm, stroke=1, fill=0)
        self.y -= 1.4 * _PITCH


def draw_lists(canvas: Canvas, job: Job) -> None:
    """Ends with the last page open: the canvas's save closes it."""
    pages = _Pages(canvas, job)
    several = bool(mills_named(job.plan.parts))
    pages.table(
        "Liste de débit",
        (*PART_HEADINGS[:8], "Feuilles", *([MILLS_HEADING] if several else [])),
        (18, 54, 20, 30, 30, 30, 22, 20, 17, 24) if several else (18, 78, 20, 30, 30, 30, 22, 20, 17),
        [
            (*part_row(part), _sheets_of(job, part.code), *([mills_cell(job, part)] if several else []))
            for part in job.plan.parts
        ],
        {2, 3, 4, 5},
    )
    pages.table(
        "Fournitures",
        ("Référence", "Désignation", "Quantité", "Unité"),
        (95, 105, 25, 40),
        [row[:4] for row in hardware_rows(job)],
        {2},
    )
    if job.left_out:
        lines = [typeset(f"{', '.join(left.parts)} : {left.what} ({left.french})") for left in job.left_out]
        broken = [line for text in lines for line in lines_of(text, _WIDTH - 2 * _MARGIN, 8.5)]
        pages.paragraph("Laissé de côté dans la maquette", broken)
    if job.coupon:
        room = _WIDTH - 2 * _MARGIN - 2 * _INSET
        pages.box("Éprouvette", [line for text in coupon_words(job, job.coupon) for line in lines_of(text, room, 8.5)])
    pages.paragraph("Dimensions et options choisies", wrapped(parameter_words(job), _WIDTH - 2 * _MARGIN, 8.5))
    if job.furniture.measures:
        words = [f"{m.label}\N{NO-BREAK SPACE}: {m.value} {m.unit}".rstrip() for m in job.furniture.measures]
        pages.paragraph("Le meuble", wrapped(words, _WIDTH - 2 * _MARGIN, 8.5))


def _sheets_of(job: Job, code: str) -> str:
    """``1, 3``: the pages that show the part."""
    return ", ".join(str(s.index) for s in job.plan.sheets if any(p.part == code for p in s.placements))
