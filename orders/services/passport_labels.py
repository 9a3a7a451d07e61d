# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Labels on A4: one a piece, on sheets of 24 as every stationer sells them (70 × 37 mm, e.g. Avery 3474)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designs.typography import SPACE
from orders.services.passport_marks import dark_squares

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

COLUMNS, ROWS = 3, 8
WIDTH_MM, HEIGHT_MM = 70.0, 37.0
_PAGE_HEIGHT_MM = 297.0
#: Printers leave some millimetres blank at the page's edge, and labels lie up to it.
_EDGE_MM = 5.5
_CODE_MM = 24.0


@dataclass(frozen=True)
class Label:
    """``url`` is what the code says, ``address`` the same for those who type."""

    url: str
    serial: str
    model: str
    maker: str
    address: str


def labels_pdf(labels: Sequence[Label], title: str, first: int = 1) -> bytes:
    """``first``: the place of the first label on its sheet, 1 to 24, where a sheet was begun. Raises ValueError."""
    from fabrication.exporters.pdf_text import document

    if not 1 <= first <= COLUMNS * ROWS:
        raise ValueError(f"a sheet has {COLUMNS * ROWS} labels, not a place {first}")
    out = io.BytesIO()
    canvas = document(out, title, "Étiquettes de 70 × 37 mm")
    mm = _millimetre()
    canvas.setPageSize((210 * mm, _PAGE_HEIGHT_MM * mm))
    for number, label in enumerate(labels, first - 1):
        place = number % (COLUMNS * ROWS)
        if place == 0 and number > first - 1:
            canvas.showPage()
            canvas.setPageSize((210 * mm, _PAGE_HEIGHT_MM * mm))
        column, row = place % COLUMNS, place // COLUMNS
        top = (_PAGE_HEIGHT_MM - ROWS * HEIGHT_MM) / 2
        _draw(canvas, label, column * WIDTH_MM, _PAGE_HEIGHT_MM - top - (row + 1) * HEIGHT_MM)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, label: Label, x: float, y: float) -> None:
    from fabrication.exporters.pdf_text import BOLD, QUIET, REGULAR, shortened, write

    mm = _millimetre()
    below = y + (HEIGHT_MM - _CODE_MM) / 2
    canvas.setFillGray(0)
    for sx, sy, width, height in dark_squares(label.url, x + _EDGE_MM, below, _CODE_MM):
        canvas.rect(sx * mm, sy * mm, width * mm, height * mm, stroke=0, fill=1)
    # The quiet zone of the code: 4 modules of less than a millimetre.
    left = x + _EDGE_MM + _CODE_MM + 4
    room = WIDTH_MM - (_EDGE_MM + _CODE_MM + 4) - 3.5
    write(canvas, left, y + 27, label.serial, 11, BOLD)
    write(canvas, left, y + 21.5, shortened(label.model, room, 8.5), 8.5)
    write(canvas, left, y + 17.5, shortened(label.maker, room, 7.5), 7.5, REGULAR, QUIET)
    write(canvas, left, y + 11.5, "Entretien, pièces, notice" + f"{SPACE}:", 6.5, REGULAR, QUIET)
    head, _, code = label.address.rpartition("/")
    for line, (words, font) in enumerate(((f"{head}/", REGULAR), (code, BOLD))):
        write(canvas, left, y + 8.5 - 3 * line, _fitting(words, room, font), 6.5, font)


def _fitting(words: str, room: float, font: str) -> str:
    from fabrication.exporters.pdf_text import shortened

    return shortened(words, room, 6.5, font)


def _millimetre() -> float:
    from reportlab.lib.units import mm

    return float(mm)
