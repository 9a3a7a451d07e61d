# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet's contours on a page, in the sheet's own millimetres: the page's matrix alone has the scale in it."""

from __future__ import annotations

import math

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from designs.contour import Contour
from fabrication.exporters import Job
from fabrication.exporters.drawing import Cut, part_cuts
from fabrication.exporters.pdf_text import INK
from fabrication.layer_table import LayerTable
from fabrication.layers import SHEET
from fabrication.plan import Face, SheetLayout, Work

#: Greys that a black and white printer keeps apart: part, opening and hole, pocket.
FILLS = {
    Work.CUT_OUTSIDE: 0.955,
    Work.CUT_INSIDE: 1.0,
    Work.DRILL: 1.0,
    Work.POCKET: 0.84,
    Work.ENGRAVE: 0.6,
}
#: Line widths in points of paper.
WEIGHTS = {Work.CUT_OUTSIDE: 0.9, Work.CUT_INSIDE: 0.6, Work.POCKET: 0.4, Work.DRILL: 0.5, Work.ENGRAVE: 0.25}
#: Seen from above: the outline first, then what lies in it.
_PAINTING_ORDER = (Work.CUT_OUTSIDE, Work.POCKET, Work.ENGRAVE, Work.CUT_INSIDE, Work.DRILL)
#: Points of paper: what is on the bottom face.
HIDDEN_DASH = (1.6, 1.2)


def draw_contours(canvas: Canvas, job: Job, sheet: SheetLayout, unit: float) -> None:
    """The sheet's edge and its parts; ``unit`` is the points of paper of a millimetre of sheet."""
    table = LayerTable.of(job.machine_file.machine)
    canvas.setLineWidth(0.4 / unit)
    canvas.setStrokeGray(0.5)
    edge = Contour.of(sheet.outline) if sheet.outline else Contour.rectangle(0, 0, sheet.width, sheet.height)
    _paint(canvas, table.shown(SHEET).name, [edge], None)
    parts = {part.code: part for part in job.cut_parts}
    # A part that lies in another's opening is painted after it.
    for placement in sorted(sheet.placements, key=lambda p: -parts[p.part].outline.area):
        cuts = list(part_cuts(parts[placement.part], placement))
        for work in _PAINTING_ORDER:
            for group in _with_islands([c for c in cuts if c.work is work]):
                canvas.setStrokeGray(INK)
                canvas.setLineWidth(WEIGHTS[work] / unit)
                hidden = group[0].face is Face.BOTTOM
                canvas.setDash(*((tuple(v / unit for v in HIDDEN_DASH), 0) if hidden else ((), 0)))
                name = table.shown(group[0].layer).name
                _paint(canvas, name, [c.contour for c in group], None if hidden else FILLS[work])
    canvas.setDash()


def _with_islands(cuts: list[Cut]) -> list[list[Cut]]:
    """A contour and the islands (clockwise) that follow it."""
    groups: list[list[Cut]] = []
    for cut in cuts:
        if groups and cut.contour.signed_area < 0:
            groups[-1].append(cut)
        else:
            groups.append([cut])
    return groups


def _paint(canvas: Canvas, layer: str, contours: list[Contour], fill: float | None) -> None:
    """One path in marked content that is named as the layer, so that a reader can tell what it is."""
    path = canvas.beginPath()
    for contour in contours:
        _trace(path, contour)
    if fill is not None:
        canvas.setFillGray(fill)
    canvas._code.append(f"/{layer} BMC")
    canvas.drawPath(path, stroke=1, fill=int(fill is not None), fillMode=0)
    canvas._code.append("EMC")


def _trace(path: PDFPathObject, contour: Contour) -> None:
    """Arcs as Bézier curves of at most an eighth of a turn: 4 µm off on a metre of radius."""
    for number, segment in enumerate(contour.segments()):
        if number == 0:
            path.moveTo(*segment.start)
        if not segment.bulge:
            path.lineTo(*segment.end)
            continue
        cx, cy = segment.centre
        count = math.ceil(abs(segment.angle) / (math.pi / 4) - 1e-9)
        step = segment.angle / count
        reach = 4 / 3 * math.tan(step / 4) * segment.radius
        angle = math.atan2(segment.start[1] - cy, segment.start[0] - cx)
        for piece in range(count):
            a, b = angle + piece * step, angle + (piece + 1) * step
            xa, ya = cx + segment.radius * math.cos(a), cy + segment.radius * math.sin(a)
            xb, yb = cx + segment.radius * math.cos(b), cy + segment.radius * math.sin(b)
            if piece == count - 1:
                xb, yb = segment.end
            path.curveTo(
                xa - reach * math.sin(a),
                ya + reach * math.cos(a),
                xb + reach * math.sin(b),
                yb - reach * math.cos(b),
                xb,
                yb,
            )
    path.close()
