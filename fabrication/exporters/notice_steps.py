# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The step pages: two steps a page, each a number, what to do, a large picture, what it takes."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm

from designs.furniture import Furniture
from designs.typography import french_number, typeset
from fabrication.exporters.notice_page import LOWEST, MARGIN, ROOM, TOP, WIDTH, Book, broken, people, warning_sign
from fabrication.exporters.notice_picture import Rectangle, draw_apart, draw_stage
from fabrication.exporters.notice_sketches import sketch
from fabrication.exporters.notice_story import Stage
from fabrication.exporters.pdf_text import BOLD, QUIET, plain, rule, shortened, width_of, write
from fabrication.linework.views import Eye

_BLOCK = (TOP + 6 - LOWEST) / 2
_LINE = 4.75


def step_pages(book: Book, stages: Sequence[Stage]) -> None:
    furniture = book.job.furniture
    before: tuple[str, Eye] | None = None
    for i, stage in enumerate(stages):
        if i % 2 == 0:
            book.turn()
        top = TOP + 6 - (i % 2) * _BLOCK
        if i % 2:
            rule(book.canvas, MARGIN, WIDTH - MARGIN, top + 1.5, 0.6, 0.6)
        group = f"{stage.step.group} {stage.up}"
        eye = _block(
            book, furniture, stage, top - (3 if i % 2 else 0), before[1] if before and before[0] == group else None
        )
        before = (group, eye)


def _block(book: Book, furniture: Furniture, stage: Stage, top: float, before: Eye | None) -> Eye:
    canvas = book.canvas
    mark = f"step-{stage.number}"
    canvas.bookmarkPage(mark)
    canvas.addOutlineEntry(plain(f"{stage.number}. {typeset(stage.title)}"), mark)
    write(canvas, MARGIN, top - 9.5, str(stage.number), 30, BOLD)
    x = MARGIN + 17
    used = write(canvas, x, top - 5.5, typeset(stage.title), 13, BOLD)
    if stage.times > 1:
        _badge(book, x + used + 4, top - 6.5, f"{stage.times} fois")
    if stage.step.hands > 1:
        people(canvas, WIDTH - MARGIN - 10, top - 9, stage.step.hands)
    lines = [line for text in stage.texts for line in broken(typeset(text), ROOM - 31, 10)]
    y = top - 11.3
    for line in lines:
        write(canvas, x, y, line, 10)
        y -= _LINE
    if stage.times > 1:
        where = "une fois" if stage.times == 2 else f"{stage.times - 1} fois"
        write(canvas, x, y, typeset(f"Recommencez {where} : il en faut {stage.times}."), 10, BOLD)
        y -= _LINE
    low = top - _BLOCK + 7
    low = _needs(book, furniture, stage, low)
    if stage.step.warning:
        words = broken(typeset(stage.step.warning), ROOM - 31, 9.5, BOLD)
        warning_sign(canvas, x, low + 0.5 + (len(words) - 1) * 2.2)
        for k, line in enumerate(words):
            write(canvas, x + 9.5, low + 2.2 + (len(words) - 1 - k) * 4.4, line, 9.5, BOLD)
        low += 4.4 * len(words) + 4.5
    eye = draw_stage(canvas, stage, Rectangle(MARGIN, low, ROOM, y + 2.5 - low), before)
    if stage.up[2] > 0.9 and abs(eye.azimuth) > 90:  # left is on the right there
        for k, line in enumerate(("vu de", "l’arrière")):
            write(canvas, MARGIN, top - 14 - 3.1 * k, line, 7.5, BOLD, QUIET)
    return eye


def exploded_page(book: Book) -> None:
    """For a piece that does not say how it goes together: its parts apart, each by its name."""
    book.turn("Vue éclatée")
    draw_apart(book.canvas, book.job.furniture, book.job.flat_parts, Rectangle(MARGIN, LOWEST, ROOM, TOP - 14 - LOWEST))


def _badge(book: Book, x: float, y: float, text: str) -> None:
    wide = width_of(text, 10, BOLD) + 5
    book.canvas.setFillGray(0.0)
    book.canvas.roundRect(x * mm, (y - 1.0) * mm, wide * mm, 6.2 * mm, 3.1 * mm, stroke=0, fill=1)
    write(book.canvas, x + 2.5, y + 1.0, text, 10, BOLD, 1.0)


def _needs(book: Book, furniture: Furniture, stage: Stage, low: float) -> float:
    """Hardware and tools of the step, along its foot; where the picture may begin."""
    canvas = book.canvas
    items = {item.reference: item for item in furniture.hardware}
    cells = [(items[reference], amount) for reference, amount in stage.hardware if reference in items]
    if stage.tools:
        write(canvas, MARGIN + 17, low, typeset("Outils : " + ", ".join(stage.tools)), 8.5, grey=QUIET)
        low += 5.0
    if not cells:
        return low
    columns = 4 if len(cells) > 3 else max(3, len(cells))
    rows = -(-len(cells) // columns)
    wide, high = (ROOM - 17) / columns, 13.5
    for k, (item, amount) in enumerate(cells):
        x = MARGIN + 17 + (k % columns) * wide
        y = low + (rows - 1 - k // columns) * (high + 1.5)
        canvas.setStrokeGray(0.55)
        canvas.setLineWidth(0.5)
        canvas.roundRect(x * mm, y * mm, (wide - 2) * mm, high * mm, 1.5 * mm)
        drawn = sketch(item.reference)
        pad = 2.0
        if drawn is not None:
            across, tall = (side * drawn.ratio for side in drawn.size)
            scale = min(14.0 / across, 9.5 / tall, 1.0)
            drawn.draw(canvas, x + 1.5 + (14 - across * scale) / 2, y + (high - tall * scale) / 2, scale)
            pad = 17.0
        unit = "" if item.unit == "pièce" else f" {item.unit}"
        write(
            canvas,
            x + pad,
            y + 8.6,
            f"{french_number(amount)}{unit} ×" if not unit else f"{french_number(amount)}{unit}",
            10.5,
            BOLD,
        )
        for row, line in enumerate(broken(typeset(item.name), wide - pad - 3, 6.6)[:3]):
            write(canvas, x + pad, y + 5.7 - 2.45 * row, shortened(line, wide - pad - 3, 6.6), 6.6)
    return low + rows * (high + 1.5) + 1.0
