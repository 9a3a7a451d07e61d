# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet's page: the layout at a round scale, what to set on the machine, which file it is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from designs.contour import Contour
from fablabs.machine import Process
from fablabs.stock import SheetGrain
from fabrication.exporters import Job
from fabrication.exporters.drawing import Cut, part_cuts
from fabrication.exporters.labels import label_spot, moved_point
from fabrication.exporters.paths import sheet_path
from fabrication.exporters.pdf_text import (
    BOLD,
    FIXED,
    HAIR,
    INK,
    QUIET,
    REGULAR,
    french,
    parameter_words,
    rule,
    shortened,
    width_of,
    wrapped,
    write,
    write_right,
)
from fabrication.layers import CUTTING_ORDER, DONOTCUT, LABEL, SCALE, SHEET, Layer, faces_worked
from fabrication.plan import Face, FlatPart, SheetLayout, Work

#: Page margin, header, and the block of text under the drawing (mm).
MARGIN, HEADER, BLOCK = 12.0, 13.0, 54.0
_SIZES = (
    (landscape(A4), (1, 2, 5, 10)),
    (landscape(A3), (10,)),
    (landscape(A4), (20,)),
    (landscape(A3), (20, 50, 100)),
)
#: Greys that a black and white printer keeps apart: part, opening and hole, pocket.
_PART, _OPEN, _POCKET, _ENGRAVED = 0.955, 1.0, 0.84, 0.6
_FILLS = {
    Work.CUT_OUTSIDE: _PART,
    Work.CUT_INSIDE: _OPEN,
    Work.DRILL: _OPEN,
    Work.POCKET: _POCKET,
    Work.ENGRAVE: _ENGRAVED,
}
#: Seen from above: the outline first, then what lies in it.
_PAINTING_ORDER = (Work.CUT_OUTSIDE, Work.POCKET, Work.ENGRAVE, Work.CUT_INSIDE, Work.DRILL)
_WEIGHTS = {Work.CUT_OUTSIDE: 0.7, Work.CUT_INSIDE: 0.7, Work.POCKET: 0.4, Work.DRILL: 0.5, Work.ENGRAVE: 0.25}
_WORDS = {
    Work.CUT_OUTSIDE: "contour, outil à l’extérieur",
    Work.CUT_INSIDE: "découpe intérieure, outil à l’intérieur",
    Work.POCKET: "poche",
    Work.DRILL: "perçage",
    Work.ENGRAVE: "gravure, fraise en V ou fine",
}


def page_and_scale(sheet: SheetLayout) -> tuple[tuple[float, float], int]:
    """The smallest page (points, A4 before A3) and the largest round scale (10 for 1:10) that fit."""
    for size, scales in _SIZES:
        room = (size[0] / mm - 2 * MARGIN - 12, size[1] / mm - MARGIN - HEADER - BLOCK)
        for scale in scales:
            if sheet.width / scale <= room[0] and sheet.height / scale <= room[1]:
                return size, scale
    return landscape(A3), 200


def draw_sheet(
    canvas: Canvas, job: Job, sheet: SheetLayout, size: tuple[float, float], scale: int, written: Mapping[str, str]
) -> None:
    width, height = size[0] / mm, size[1] / mm
    _header(canvas, job, sheet, width, height)
    x = (width - sheet.width / scale) / 2
    room = height - MARGIN - HEADER - BLOCK
    y = BLOCK + room - sheet.height / scale - max(0.0, room - sheet.height / scale) / 2
    _layout(canvas, job, sheet, x, y, scale)
    _around(canvas, job, sheet, x, y, scale)
    bottom = BLOCK - 8
    _setup(canvas, job, MARGIN, bottom)
    _layers(canvas, job, sheet, MARGIN + 72, bottom)
    _parts(canvas, job, sheet, MARGIN + 172, width - MARGIN, bottom)
    _footer(canvas, job, sheet, width, scale, written)


def _header(canvas: Canvas, job: Job, sheet: SheetLayout, width: float, height: float) -> None:
    y = height - MARGIN - 2
    title = write(canvas, MARGIN, y, job.design.title, 15, BOLD)
    pieces = f"{job.quantity} exemplaire" + ("s" if job.quantity > 1 else "")
    write(canvas, MARGIN + title + 4, y, f"révision {job.design.revision} · {pieces}", 9, grey=QUIET)
    number = f"Feuille {sheet.index} / {len(job.plan.sheets)}"
    write_right(canvas, width - MARGIN, y, number, 12, BOLD)
    used = f"{french(100 * job.plan.utilisation(sheet), 1)}\N{NO-BREAK SPACE}% du panneau"
    write_right(canvas, width - MARGIN - width_of(number, 12, BOLD) - 4, y, used, 9, grey=QUIET)
    rule(canvas, MARGIN, width - MARGIN, y - 3.2, INK, 0.6)


def _layout(canvas: Canvas, job: Job, sheet: SheetLayout, x: float, y: float, scale: int) -> None:
    """Parts in the sheet's own millimetres: the page's matrix alone has the scale in it."""
    unit = mm / scale
    canvas.saveState()
    canvas.translate(x * mm, y * mm)
    canvas.scale(unit, unit)
    canvas.setLineWidth(0.4 / unit)
    canvas.setStrokeGray(0.5)
    _paint(canvas, "SHEET", [Contour.rectangle(0, 0, sheet.width, sheet.height)], None)
    parts = {part.code: part for part in job.cut_parts}
    for placement in sheet.placements:
        cuts = list(part_cuts(parts[placement.part], placement))
        for work in _PAINTING_ORDER:
            for group in _with_islands([c for c in cuts if c.work is work]):
                canvas.setStrokeGray(INK)
                canvas.setLineWidth(_WEIGHTS[work] / unit)
                hidden = group[0].face is Face.BOTTOM
                canvas.setDash(*(((1.6 / unit, 1.2 / unit), 0) if hidden else ((), 0)))
                _paint(canvas, group[0].layer.name, [c.contour for c in group], None if hidden else _FILLS[work])
    canvas.setDash()
    for placement in sheet.placements:
        _code(canvas, parts[placement.part], placement.copy, placement, unit)
    canvas.restoreState()


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


def _code(canvas: Canvas, part: FlatPart, copy: int, placement: object, unit: float) -> None:
    spot = label_spot(part)
    p = placement
    x, y = moved_point(spot.x, spot.y, p.x, p.y, p.rotation_deg, p.mirrored)  # type: ignore[attr-defined]
    text = f"{part.code}-{copy}"
    room = 2 * spot.radius * unit / mm * 0.8
    points = min(9.0, max(4.0, 9.0 * room / math.hypot(width_of(text, 9.0, BOLD), 3.2)))
    canvas.setFillGray(INK)
    canvas.setFont(BOLD, points / unit)
    canvas.drawCentredString(x, y - 0.36 * points / unit, text)


def _around(canvas: Canvas, job: Job, sheet: SheetLayout, x: float, y: float, scale: int) -> None:
    """Sizes, origin, grain."""
    w, h = sheet.width / scale, sheet.height / scale
    write(canvas, x + w / 2 - 8, y - 4.2, f"{french(sheet.width)} mm", 7, grey=QUIET)
    canvas.saveState()
    canvas.translate((x - 2.2) * mm, (y + h / 2 - 8) * mm)
    canvas.rotate(90)
    write(canvas, 0, 0, f"{french(sheet.height)} mm", 7, grey=QUIET)
    canvas.restoreState()
    # Origin: a ring on the corner, X and Y beside it.
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(0.7)
    canvas.circle(x * mm, y * mm, 1.1 * mm, stroke=1, fill=0)
    _arrow(canvas, x, y - 2.6, x + 9, y - 2.6)
    _arrow(canvas, x - 2.6, y, x - 2.6, y + 9)
    write(canvas, x + 10, y - 3.4, "X", 7, BOLD)
    write(canvas, x - 3.4, y + 10, "Y", 7, BOLD)
    write(canvas, x - 5.2, y - 5.2, "0,0", 6.5, grey=QUIET)
    stock = job.machine_file.stock
    if stock.grain is SheetGrain.NONE:
        return
    along_x = (sheet.width >= sheet.height) == (stock.grain is SheetGrain.LONG)
    right = x + w
    write_right(canvas, right - 20, y - 4.2, "sens du fil", 7, grey=QUIET)
    if along_x:
        _arrow(canvas, right - 9, y - 3.2, right, y - 3.2)
        _arrow(canvas, right - 9, y - 3.2, right - 18, y - 3.2)
    else:
        _arrow(canvas, right - 9, y - 5, right - 9, y - 1)
        _arrow(canvas, right - 9, y - 5, right - 9, y - 7.5)


def _arrow(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(0.7)
    canvas.line(x0 * mm, y0 * mm, x1 * mm, y1 * mm)
    angle = math.atan2(y1 - y0, x1 - x0)
    for side in (2.7, -2.7):
        canvas.line(
            x1 * mm, y1 * mm, (x1 + 1.6 * math.cos(angle + side)) * mm, (y1 + 1.6 * math.sin(angle + side)) * mm
        )


def _setup(canvas: Canvas, job: Job, x: float, y: float) -> None:
    machine, stock = job.machine_file.machine, job.machine_file.stock
    write(canvas, x, y, "Réglage", 8, BOLD)
    if machine.process is Process.LASER:
        tool = ("Trait", f"{french(job.plan.kerf)} mm, déjà compensé : couper sur le trait")
    else:
        diameter = job.plan.tool_diameter or 0.0
        name = next((t.name for t in machine.tools if t.diameter_mm == diameter), "")
        tool = ("Outil", f"{name} (Ø {french(diameter)} mm)" if name else f"Ø {french(diameter)} mm")
    rows = [
        ("Machine", machine.name),
        tool,
        ("Matière", stock.material),
        (
            "Épaisseur",
            f"{french(stock.measured_thickness_mm)} mm mesurés (nominal {french(stock.nominal_thickness_mm)})",
        ),
        ("Jeu", f"{french(stock.clearance_mm)} mm par assemblage"),
        ("Écart, marge", f"{french(machine.spacing_mm)} mm entre pièces, {french(machine.margin_mm)} mm au bord"),
    ]
    for number, (label, value) in enumerate(rows, start=1):
        line = y - 3.9 * number
        write(canvas, x, line, label, 7, grey=QUIET)
        write(canvas, x + 19, line, shortened(value, 50, 7), 7)


def _layers(canvas: Canvas, job: Job, sheet: SheetLayout, x: float, y: float) -> None:
    write(canvas, x, y, "Calques, dans l’ordre de coupe", 8, BOLD)
    parts = {part.code: part for part in job.cut_parts}
    used: Counter[tuple[Layer, Work, Face]] = Counter()
    narrow = math.pi * (job.plan.tool_diameter or 0.0) ** 2 / 4 * 1.0001
    too_narrow: set[Layer] = set()
    engraved = {o.depth for p in sheet.placements for o in parts[p.part].of(Work.ENGRAVE)}
    for placement in sheet.placements:
        for cut in part_cuts(parts[placement.part], placement):
            if cut.contour.signed_area > 0:
                used[cut.layer, cut.work, cut.face] += 1
                if cut.work is Work.DRILL and cut.contour.area < narrow:
                    too_narrow.add(cut.layer)
    rows = sorted(used, key=lambda k: (CUTTING_ORDER.index(k[1]), k[0].name))
    pitch = min(3.9, 27.3 / (len(rows) + 1))
    for number, key in enumerate(rows, start=1):
        layer, work, face = key
        line = y - pitch * number - (3.9 - pitch)
        canvas.setLineWidth(max(0.5, _WEIGHTS[work]))
        canvas.setStrokeGray(INK)
        canvas.setFillGray(_FILLS[work])
        canvas.setDash(*((1.6, 1.2) if face is Face.BOTTOM else ()))
        canvas.rect(x * mm, (line - 0.3) * mm, 5 * mm, 2.2 * mm, stroke=1, fill=1)
        canvas.setDash()
        write(canvas, x + 7, line, layer.named_for(job.machine_file.machine.dxf_version), 6.5, FIXED)
        under = " – face de dessous" if face is Face.BOTTOM else ""
        deep = f", {french(max(engraved))} mm" if work is Work.ENGRAVE else ""
        if work is Work.DRILL:
            deep = " au foret" if layer in too_narrow else ", foret ou interpolation"
        write(canvas, x + 48, line, f"{used[key]} × {_WORDS[work]}{deep}{under}", 6.5, grey=QUIET)
    others = ", ".join(layer.name for layer in (SHEET, LABEL, SCALE, DONOTCUT))
    line = y - pitch * (len(rows) + 1) - (3.9 - pitch)
    write(canvas, x + 7, line, others, 6.5, FIXED)
    write(canvas, x + 48, line, "à ne pas usiner", 6.5, grey=QUIET)


def _parts(canvas: Canvas, job: Job, sheet: SheetLayout, x: float, right: float, y: float) -> None:
    write(canvas, x, y, "Pièces de cette feuille", 8, BOLD)
    counts = Counter(p.part for p in sheet.placements)
    parts = {part.code: part for part in job.cut_parts}
    columns = 2 if len(counts) > 8 else 1
    per_column = math.ceil(len(counts) / columns)
    pitch = min(3.9, 27.3 / max(1, per_column))
    step = (right - x) / columns
    for number, code in enumerate(sorted(counts)):
        column, row = divmod(number, per_column)
        left, line = x + column * step, y - 3.9 - pitch * row
        write(canvas, left, line, code, 6.8, BOLD)
        mark = " – 2 faces" if len(faces_worked(parts[code])) > 1 else ""
        text = f"{counts[code]} × {parts[code].name}{mark}"
        write(canvas, left + 8, line, shortened(text, step - 10, 6.8), 6.8)


def _footer(canvas: Canvas, job: Job, sheet: SheetLayout, width: float, scale: int, written: Mapping[str, str]) -> None:
    words = wrapped(parameter_words(job), width - 2 * MARGIN - 95, 6)
    for row, line in enumerate(words[:3]):
        write(canvas, MARGIN, 16.2 - 2.5 * row, line, 6, grey=QUIET)
    path = sheet_path(job.plan, sheet, "dxf")
    rule(canvas, MARGIN, width - MARGIN, 9.2, HAIR)
    digest = written.get(path, "")[:16]
    write(canvas, MARGIN, 5.6, f"{path}   SHA-256 {digest}", 6.5, FIXED)
    # The bar is 50 mm on paper: a ruler tells at once if the printer has kept the scale.
    left = width - MARGIN - 50
    canvas.setLineWidth(0.8)
    canvas.setStrokeGray(INK)
    canvas.line(left * mm, 13 * mm, (left + 50) * mm, 13 * mm)
    for tick in (0, 25, 50):
        canvas.line((left + tick) * mm, 13 * mm, (left + tick) * mm, 14.6 * mm)
    write(canvas, left, 15.6, "0", 6.5, REGULAR, QUIET)
    write_right(canvas, left + 50, 15.6, f"{french(50 * scale)} mm", 6.5, grey=QUIET)
    write_right(canvas, width - MARGIN, 5.6, f"Échelle 1:{scale} – imprimer à 100 %, la barre mesure 50 mm", 7, BOLD)
