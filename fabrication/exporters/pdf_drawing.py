# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet's contours on a page, in the sheet's own millimetres: the page's matrix alone has the scale in it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from reportlab.pdfgen.canvas import Canvas

from designs.contour import Contour
from fabrication.exporters import Job
from fabrication.exporters.drawing import Cut, part_cuts
from fabrication.exporters.ground import sheet_edge
from fabrication.exporters.pdf_text import INK
from fabrication.layer_table import LayerTable
from fabrication.layers import SHEET
from fabrication.plan import Face, SheetLayout, Work

#: Greys that a black and white printer keeps apart: part, opening and hole, pocket.
FILLS = {
    Work.CUT_OUTSIDE: 0.9,
    Work.CUT_INSIDE: 1.0,
    Work.DRILL: 1.0,
    Work.POCKET: 0.76,
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
    _paint(canvas, table.shown(SHEET).name, [sheet_edge(sheet)], None)
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
    if fill is not None:
        canvas.setFillGray(fill)
    # Not reportlab's path object: to set a figure without its last zeros takes it longer than all the rest.
    words = " ".join(word for contour in contours for word in _trace(contour))
    canvas._code.append(f"/{layer} BMC\nn {words} {'S' if fill is None else 'B*'}\nEMC")


def _trace(contour: Contour) -> Iterator[str]:
    """Arcs as Bézier curves of at most an eighth of a turn: 4 µm off on a metre of radius."""
    for number, segment in enumerate(contour.segments()):
        if number == 0:
            yield "{:.4f} {:.4f} m".format(*segment.start)
        if not segment.bulge:
            yield "{:.4f} {:.4f} l".format(*segment.end)
            continue
        (cx, cy), radius, turn = segment.centre, segment.radius, segment.angle
        count = math.ceil(abs(turn) / (math.pi / 4) - 1e-9)
        step = turn / count
        reach = 4 / 3 * math.tan(step / 4)
        angle = math.atan2(segment.start[1] - cy, segment.start[0] - cx)
        u, v = radius * math.cos(angle), radius * math.sin(angle)
        for piece in range(1, count + 1):
            s, t = radius * math.cos(angle + piece * step), radius * math.sin(angle + piece * step)
            x, y = segment.end if piece == count else (cx + s, cy + t)
            near = f"{cx + u - reach * v:.4f} {cy + v + reach * u:.4f}"
            far = f"{cx + s + reach * t:.4f} {cy + t - reach * s:.4f}"
            yield f"{near} {far} {x:.4f} {y:.4f} c"
            u, v = s, t
    yield "h"
