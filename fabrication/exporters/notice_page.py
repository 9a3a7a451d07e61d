# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every page of the notice has: margins, a foot with its number, paragraphs, signs."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from designs.typography import typeset
from fabrication.exporters import Job
from fabrication.exporters.pdf_text import BOLD, INK, QUIET, REGULAR, plain, rule, width_of, write, write_right

WIDTH, HEIGHT = A4[0] / mm, A4[1] / mm
MARGIN = 16.0
ROOM = WIDTH - 2 * MARGIN
TOP, LOWEST = HEIGHT - 18.0, 20.0


class Book:
    """Pages one after the other; ``turn`` closes one and opens the next."""

    def __init__(self, canvas: Canvas, job: Job) -> None:
        self.canvas, self.job = canvas, job
        self.number = 0

    def turn(self, title: str = "") -> None:
        if self.number:
            self.canvas.showPage()
        self.number += 1
        self.canvas.setPageSize(A4)
        self._foot()
        if title:
            write(self.canvas, MARGIN, TOP - 4, title, 18, BOLD)
            rule(self.canvas, MARGIN, WIDTH - MARGIN, TOP - 8, INK, 0.8)

    def _foot(self) -> None:
        design = self.job.design
        rule(self.canvas, MARGIN, WIDTH - MARGIN, 14.5)
        write(
            self.canvas,
            MARGIN,
            10.5,
            f"{design.title} – notice de montage – révision {design.revision}",
            7.5,
            grey=QUIET,
        )
        write_right(self.canvas, WIDTH - MARGIN, 10.5, str(self.number), 8.5, BOLD)

    def paragraph(
        self, x: float, y: float, text: str, width: float, size: float = 10.0, font: str = REGULAR, grey: float = INK
    ) -> float:
        """Written down from y (mm, the first line's base); where the next line would stand."""
        licence = self.job.design.licence  # its version has a point, not a comma
        for line in broken(typeset(text).replace(typeset(licence), licence), width, size, font):
            write(self.canvas, x, y, line, size, font, grey)
            y -= 0.48 * size
        return y

    def points(self, x: float, y: float, texts: list[str], width: float, size: float = 10.0) -> float:
        """A list with squares to tick."""
        for text in texts:
            self.canvas.setStrokeGray(0.2)
            self.canvas.setLineWidth(0.7)
            self.canvas.rect(x * mm, (y - 0.4) * mm, 3.0 * mm, 3.0 * mm)
            y = self.paragraph(x + 5.5, y, text, width - 5.5, size) - 1.6
        return y


def broken(text: str, width: float, size: float, font: str = REGULAR) -> list[str]:
    """Lines of at most ``width`` mm, broken at plain spaces."""
    lines: list[str] = []
    for word in plain(text).split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size, font) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def warning_sign(canvas: Canvas, x: float, y: float, high: float = 6.0) -> None:
    """A triangle with an exclamation mark, its lower left corner at (x, y) mm."""
    canvas.saveState()
    canvas.setStrokeGray(0.0)
    canvas.setFillGray(1.0)
    canvas.setLineWidth(1.3)
    canvas.setLineJoin(1)
    wide = high * 1.12
    path = canvas.beginPath()
    path.moveTo(x * mm, y * mm)
    path.lineTo((x + wide) * mm, y * mm)
    path.lineTo((x + wide / 2) * mm, (y + high) * mm)
    path.close()
    canvas.drawPath(path, stroke=1, fill=1)
    canvas.setFillGray(0.0)
    canvas.rect((x + wide / 2 - 0.45) * mm, (y + 0.36 * high) * mm, 0.9 * mm, 0.34 * high * mm, stroke=0, fill=1)
    canvas.circle((x + wide / 2) * mm, (y + 0.2 * high) * mm, 0.55 * mm, stroke=0, fill=1)
    canvas.restoreState()


def people(canvas: Canvas, x: float, y: float, count: int, high: float = 8.0) -> float:
    """So many people, their feet at y, from x to the right (mm); how wide they are."""
    canvas.saveState()
    canvas.setFillGray(0.0)
    step = 0.55 * high
    for i in range(count):
        middle = x + step / 2 + i * step
        canvas.circle(middle * mm, (y + 0.85 * high) * mm, 0.13 * high * mm, stroke=0, fill=1)
        canvas.roundRect(
            (middle - 0.19 * high) * mm, y * mm, 0.38 * high * mm, 0.66 * high * mm, 0.15 * high * mm, stroke=0, fill=1
        )
    canvas.restoreState()
    return step * count
