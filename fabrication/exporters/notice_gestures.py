# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The three gestures that the steps ask for again and again, each drawn once with a line of words."""

from __future__ import annotations

from designs.furniture import Furniture
from fabrication.exporters.notice_page import MARGIN, ROOM, Book
from fabrication.exporters.notice_sketches import Sketch, sketch
from fabrication.exporters.pdf_text import BOLD, write

_CELL = ROOM / 3


def draw_gestures(book: Book, furniture: Furniture, y: float) -> None:
    """In a row whose upper edge is at y (mm); those that this piece wants."""
    shown = []
    if any(item.reference.startswith("Écrou noix") for item in furniture.hardware):
        shown.append((_barrel_nut(), "L’écrou noix se couche dans l’encoche ronde, son trou vers la vis. On l’aligne au tournevis, par sa fente ; "
                      "la vis entre par l’autre planche."))  # fmt: skip
    if any(part.name == "clavette" for part in furniture.parts):
        shown.append((_wedge(), "La clavette entre dans la fente du tenon par son petit bout, le bord droit contre la planche. Deux coups de maillet ; "
                      "un coup par-dessous la ressort."))  # fmt: skip
    if screw := next((item.reference for item in furniture.hardware if item.reference.startswith("DIN 7997 5")), None):
        shown.append((_screw(screw), "La vis à bois traverse le trou d’une planche et mord dans le chant de l’autre : "
                      "percez ce chant à 3 mm à travers le trou, sans forcer."))  # fmt: skip
    if shown:
        write(book.canvas, MARGIN, y, "Les gestes", 13, BOLD)
        y -= 6
    for k, (drawn, words) in enumerate(shown):
        x = MARGIN + k * _CELL
        wide, high = (side * drawn.ratio for side in drawn.size)
        drawn.draw(book.canvas, x, y - 32, min((_CELL - 8) / wide, 31 / high))
        book.paragraph(x, y - 37, words, _CELL - 6, 8.5)


def _barrel_nut() -> Sketch:
    """Seen from the face of the board that holds the nut, the other one from its edge; at 1:2."""
    made = Sketch(2.0).box(18, 0, 82, 60, 0.96)
    made.box(18, 25.5, 26, 9, 1.0).circle(48, 30, 7.2, 1.0)
    made.box(0, -2, 18, 64, 0.82).line((0, 25.5), (18, 25.5)).line((0, 34.5), (18, 34.5))
    made.circle(48, 30, 7.0, 0.7).line((48, 24), (48, 36))
    made.box(-36, 26, 60, 8, 1.0).thread(-14, 36, 4, 30).box(-40, 21.5, 4, 17, 0.6)
    return _pointing(made, (60, 48), (51, 38))


def _wedge() -> Sketch:
    """A tenon through a board, from its face; the wedge on its way down; at 1:2."""
    made = Sketch(2.0).box(40, -4, 60, 46, 0.96).box(-24, 8, 64, 22, 0.96).box(40, -4, 18, 46, 0.82)
    made.box(14, 8, 26, 22, 1.0)
    made.line((40, 24), (40, 66), (13, 66), (17, 24), closed=True, fill=0.7)
    return _pointing(made, (5, 68), (5, 44))


def _screw(reference: str) -> Sketch:
    """Through the face of one board into the edge of another, cut open; at 1:2."""
    made = Sketch(2.0).box(18, 0, 70, 18, 0.96).box(0, -20, 18, 58, 0.82).box(0, 6, 18, 6, 1.0)
    screw = sketch(reference)
    for shape in screw.shapes if screw else ():
        made.line(*((x - 16, y + 9) for x, y in shape.points), closed=shape.closed, fill=shape.fill)
    return _pointing(made, (-40, 9), (-22, 9))


def _pointing(made: Sketch, start: tuple[float, float], tip: tuple[float, float]) -> Sketch:
    (x0, y0), (x1, y1) = start, tip
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    made.line((x0, y0), (x1 - 6 * ux, y1 - 6 * uy))
    return made.line((x1, y1), (x1 - 8 * ux - 3.5 * uy, y1 - 8 * uy + 3.5 * ux), (x1 - 8 * ux + 3.5 * uy, y1 - 8 * uy - 3.5 * ux),
                     closed=True, fill=0.0)  # fmt: skip
