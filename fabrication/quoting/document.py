# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A quote on paper (A4, French): what is written on it as plain data, and the PDF. The same data give the same bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fabrication.exporters.pdf_text import BOLD, QUIET, REGULAR, plain, rule, width_of, write, write_right

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_WIDTH, _HEIGHT, _LEFT, _RIGHT = 210.0, 297.0, 18.0, 192.0
_BOTTOM = 24.0  # below it stand the foot's lines
#: Right edges of quantity, unit price and amount (mm).
_QUANTITY, _PRICE, _AMOUNT = 138.0, 164.0, _RIGHT
_LABEL_WIDTH = 84.0


@dataclass(frozen=True)
class Row:
    label: str
    quantity: str
    unit_price: str
    amount: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    subtotal: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Document:
    """All texts are French. ``stamp`` is written large where this is no quote that binds; ``sign``: with a place to
    accept it."""

    title: str
    date: str
    maker: tuple[str, ...]  # the name first
    buyer: tuple[str, ...]
    subject: tuple[str, ...]
    groups: tuple[Group, ...]
    totals: tuple[tuple[str, str], ...]  # the last one stands out
    notes: tuple[str, ...]
    foot: str
    stamp: str = ""
    sign: bool = False
    warnings: tuple[str, ...] = field(default=())


def write_document(document: Document) -> bytes:
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    # Twice: the first time tells how many pages there are.
    pages = 1
    for _ in range(2):
        stream = io.BytesIO()
        canvas = Canvas(stream, pagesize=(_WIDTH * mm, _HEIGHT * mm), invariant=1)
        canvas.setTitle(plain(document.title))
        canvas.setAuthor(plain(document.maker[0]))
        sheet = _Sheet(canvas, document, pages)
        sheet.write()
        pages = sheet.page
        canvas.save()
    return stream.getvalue()


class _Sheet:
    """Writes from the top down, and turns the page where the next thing has no room."""

    def __init__(self, canvas: Canvas, document: Document, pages: int) -> None:
        self.canvas, self.document, self.pages = canvas, document, pages
        self.page, self.y = 1, _HEIGHT - 22.0

    def write(self) -> None:
        self._head()
        self._columns()
        for group in self.document.groups:
            self._group(group)
        self._totals()
        self._notes()
        if self.document.sign:
            self._place_to_sign()
        self._foot()
        self.canvas.showPage()

    def _head(self) -> None:
        document, canvas = self.document, self.canvas
        write_right(canvas, _RIGHT, self.y, document.title, 17, BOLD)
        write_right(canvas, _RIGHT, self.y - 6.5, document.date, 9, grey=QUIET)
        y = self.y
        write(canvas, _LEFT, y, document.maker[0], 13, BOLD)
        for line in document.maker[1:]:
            y -= 4.6
            write(canvas, _LEFT, y, line, 9, grey=QUIET)
        y = min(y, self.y - 12) - 9
        if document.stamp:
            for line in folded(document.stamp, _RIGHT - _LEFT - 8, 9.5, BOLD):
                canvas.setFillGray(0.93)
                canvas.rect(
                    _LEFT * 72 / 25.4, (y - 1.8) * 72 / 25.4, (_RIGHT - _LEFT) * 72 / 25.4, 6.4 * 72 / 25.4, 0, 1
                )
                write(canvas, _LEFT + 4, y, line, 9.5, BOLD)
                y -= 6.4
            y -= 4
        write(canvas, _LEFT, y, "Pour", 8, grey=QUIET)
        write(canvas, 105, y, "Objet", 8, grey=QUIET)
        left = right = y - 5
        for number, line in enumerate(document.buyer):
            for part in folded(line, 80, 10 if not number else 9, BOLD if not number else REGULAR):
                write(canvas, _LEFT, left, part, 10 if not number else 9, BOLD if not number else REGULAR)
                left -= 4.8
        for number, line in enumerate(document.subject):
            for part in folded(line, _RIGHT - 105, 10 if not number else 9, BOLD if not number else REGULAR):
                write(canvas, 105, right, part, 10 if not number else 9, BOLD if not number else REGULAR)
                right -= 4.8
        self.y = min(left, right) - 7

    def _columns(self) -> None:
        for x, words in ((_QUANTITY, "Quantité"), (_PRICE, "Prix unitaire HT"), (_AMOUNT, "Montant HT")):
            write_right(self.canvas, x, self.y, words, 7.5, grey=QUIET)
        write(self.canvas, _LEFT, self.y, "Désignation", 7.5, grey=QUIET)
        rule(self.canvas, _LEFT, _RIGHT, self.y - 2, 0.3, 0.8)
        self.y -= 7

    def _group(self, group: Group) -> None:
        first = self._room_of(group.rows[0]) if group.rows else 0
        self._need(8 + first, columns=True)
        write(self.canvas, _LEFT, self.y, group.title, 9.5, BOLD)
        write_right(self.canvas, _AMOUNT, self.y, group.subtotal, 9.5, BOLD)
        self.y -= 5.5
        for row in group.rows:
            self._row(row)
        self.y -= 3

    def _room_of(self, row: Row) -> float:
        return 4.4 * len(folded(row.label, _LABEL_WIDTH, 9)) + 3.2 * len(self._note_lines(row)) + 1.4

    def _note_lines(self, row: Row) -> list[str]:
        return folded(row.note, _PRICE - _LEFT, 7) if row.note else []

    def _row(self, row: Row) -> None:
        self._need(self._room_of(row), columns=True)
        for x, text in ((_QUANTITY, row.quantity), (_PRICE, row.unit_price), (_AMOUNT, row.amount)):
            write_right(self.canvas, x, self.y, text, 9)
        for line in folded(row.label, _LABEL_WIDTH, 9):
            write(self.canvas, _LEFT, self.y, line, 9)
            self.y -= 4.4
        for line in self._note_lines(row):
            write(self.canvas, _LEFT, self.y + 0.6, line, 7, grey=QUIET)
            self.y -= 3.2
        self.y -= 1.4

    def _totals(self) -> None:
        totals = self.document.totals
        self._need(7.0 * len(totals) + 8)
        rule(self.canvas, _LEFT, _RIGHT, self.y + 3, 0.3, 0.8)
        self.y -= 3
        for number, (label, amount) in enumerate(totals):
            large = number == len(totals) - 1
            size, font = (12.0, BOLD) if large else (10.0, REGULAR)
            # Beside the amount, whatever its length.
            write_right(self.canvas, min(150.0, _RIGHT - width_of(amount, size, font) - 6), self.y, label, size, font)
            write_right(self.canvas, _AMOUNT, self.y, amount, size, font)
            self.y -= 6.4
        self.y -= 4

    def _notes(self) -> None:
        for note in (*self.document.warnings, *self.document.notes):
            strong = note in self.document.warnings
            lines = folded(note, _RIGHT - _LEFT, 8.5, BOLD if strong else REGULAR)
            self._need(4.2 * len(lines) + 1.6)
            for line in lines:
                write(self.canvas, _LEFT, self.y, line, 8.5, BOLD if strong else REGULAR)
                self.y -= 4.2
            self.y -= 1.6

    def _place_to_sign(self) -> None:
        self._need(34)
        x, y = 112.0, self.y - 31
        self.canvas.setStrokeGray(0.5)
        self.canvas.setLineWidth(0.6)
        self.canvas.rect(x * 72 / 25.4, y * 72 / 25.4, (_RIGHT - x) * 72 / 25.4, 30 * 72 / 25.4)
        write(self.canvas, x + 3, y + 25, "Bon pour accord", 9, BOLD)
        write(self.canvas, x + 3, y + 20, "Date, nom, qualité et signature", 7.5, grey=QUIET)
        self.y = y - 4

    def _need(self, height: float, columns: bool = False) -> None:
        """Turn the page unless so many mm are left."""
        if self.y - height >= _BOTTOM:
            return
        self._foot()
        self.canvas.showPage()
        self.page += 1
        self.y = _HEIGHT - 20.0
        write(self.canvas, _LEFT, self.y, f"{self.document.title}, suite", 9, grey=QUIET)
        self.y -= 9
        if columns:
            self._columns()

    def _foot(self) -> None:
        rule(self.canvas, _LEFT, _RIGHT, 17)
        lines = folded(self.document.foot, 158, 7)
        for number, line in enumerate(lines[:2]):
            write(self.canvas, _LEFT, 13 - 3.2 * number, line, 7, grey=QUIET)
        write_right(self.canvas, _RIGHT, 13, f"{self.page} / {self.pages}", 8, grey=QUIET)


def folded(text: str, width: float, size: float, font: str = REGULAR) -> list[str]:
    """Lines of at most ``width`` mm, broken at plain spaces; a word that is wider is cut where it must be."""
    lines: list[str] = []
    for word in text.split(" "):
        while width_of(word, size, font) > width:
            at = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or width_of(word[:n], size, font) <= width)
            lines.append(word[:at])
            word = word[at:]
        if lines and width_of(f"{lines[-1]} {word}", size, font) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
