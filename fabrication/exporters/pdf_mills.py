# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Beside each contour that another mill than the main one cuts: that mill's diameter, where no cut crosses it."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from designs.contour import Contour
from designs.typography import french_number
from fabrication.exporters import Job
from fabrication.exporters.labels import label_spot, moved_point
from fabrication.exporters.pdf_text import INK, REGULAR, plain, width_of
from fabrication.plan import FlatPart, Placement, SheetLayout, Work

#: Points of the text; millimetres of paper between it and its contour, and kept free for the part's code.
_SIZE, _GAP, _CODE = 5.5, 0.7, 5.0
_CHORD = 0.1


def draw_mills(canvas: Canvas, job: Job, sheet: SheetLayout, unit: float) -> None:
    """In the sheet's millimetres; ``unit`` is the points of paper of one of them."""
    if not job.plan.other_mills:
        return
    parts = {part.code: part for part in job.cut_parts}
    canvas.setFillGray(INK)
    canvas.setFont(REGULAR, _SIZE / unit)
    for placement in sheet.placements:
        part = parts[placement.part]
        taken: BaseGeometry = _code_room(part, placement, unit)
        for mill, contour in _contours(part, placement):
            text = mill_words(mill)
            wide, tall = width_of(text, _SIZE) * mm / unit, 0.36 * _SIZE * mm / unit
            box = _beside(contour, wide, tall, _GAP * mm / unit, _wood(part, placement).difference(taken))
            if box is None:
                continue  # the table of layers says it too
            left, low, right, _ = box.bounds
            canvas.drawCentredString((left + right) / 2, low + 0.02 * _SIZE / unit, plain(text))
            taken = taken.union(box)


def mill_words(diameter: float) -> str:
    """``Ø 3``"""
    return f"Ø\N{NO-BREAK SPACE}{french_number(diameter, 3)}"


def _contours(part: FlatPart, placement: Placement) -> Iterator[tuple[float, Polygon]]:
    for operation in part.operations:
        if operation.mill_diameter:
            yield operation.mill_diameter, _laid(operation.contour, placement)


def _laid(contour: Contour, placement: Placement) -> Polygon:
    moved = contour.moved(placement.x, placement.y, placement.rotation_deg, placement.mirrored)
    return Polygon(moved.points(_CHORD))


def _wood(part: FlatPart, placement: Placement) -> BaseGeometry:
    """The part where nothing is drawn in it."""
    drawn = [_laid(o.contour, placement) for o in part.operations if o.work is not Work.CUT_OUTSIDE]
    return _laid(part.outline, placement).difference(shapely.union_all(drawn))


def _code_room(part: FlatPart, placement: Placement, unit: float) -> BaseGeometry:
    spot = label_spot(part)
    x, y = moved_point(spot.x, spot.y, placement.x, placement.y, placement.rotation_deg, placement.mirrored)
    return shapely.Point(x, y).buffer(_CODE * mm / unit)


def _beside(contour: Polygon, wide: float, tall: float, gap: float, free: BaseGeometry) -> Polygon | None:
    """A box for the words to the right of a contour, left of it, above or below; None if it fits nowhere."""
    left, low, right, high = contour.bounds
    x, y = (left + right) / 2, (low + high) / 2
    across, up = gap + wide / 2, gap + tall / 2
    places = [(right + across, y), (left - across, y), (x, high + up), (x, low - up)]
    # Off the middle too, where something stands beside it.
    places += [(px, py) for px in (right + across, left - across) for py in (high - tall, low + tall)]
    shapely.prepare(free)
    boxes = [shapely.box(px - wide / 2, py - tall / 2, px + wide / 2, py + tall / 2) for px, py in places]
    return next((box for box in boxes if free.contains(box)), None)
