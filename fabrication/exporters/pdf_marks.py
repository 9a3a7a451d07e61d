# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands on a sheet's drawing for people: codes, clamps, tabs, the remnant, zero, axes, grain, sizes.

None of it is in marked content: a reader of the contours passes over it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import shapely
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from shapely.geometry import Polygon

from designs.typography import french_number
from fablabs.machine import MachineFile, Zero
from fablabs.stock import SheetGrain
from fabrication.coupon import Spot
from fabrication.exporters import Job
from fabrication.exporters.labels import label_spot, moved_point
from fabrication.exporters.pdf_text import BOLD, INK, QUIET, REGULAR, plain, width_of, write, write_right
from fabrication.exporters.pdf_tools import sheet_tabs
from fabrication.plan import FlatPart, Placement, Ring, SheetLayout, Work

#: Millimetres of paper between the lines of a hatch; half the width of a tab's mark.
_HATCH, _TAB = 1.2, 0.8
#: Points of a code, the largest first.
_CODE_SIZES = (9.0, 8.0, 7.0, 6.2, 5.5, 5.0, 4.5)


def draw_marks(canvas: Canvas, job: Job, sheet: SheetLayout, unit: float) -> None:
    """In the sheet's millimetres; ``unit`` is the points of paper of one of them."""
    parts = {part.code: part for part in job.cut_parts}
    clamps = job.machine_file.machine.keep_out_mm
    whole = shapely.box(0, 0, sheet.width, sheet.height)
    for ring in keep_outs(job, sheet):
        # What clamps a larger sheet may lie off this one.
        for zone in shapely.get_parts(Polygon(ring).intersection(whole)):
            if zone.geom_type == "Polygon" and not zone.is_empty:
                _hatched(canvas, zone, unit)
                _named(canvas, zone, "bride" if ring in clamps else "défaut", unit)
    spot = job.coupon.spot if job.coupon else None
    coupon = coupon_ring(job.coupon.size, spot) if job.coupon and spot and spot.sheet == sheet.index else None
    if coupon:
        _ringed(canvas, coupon, "éprouvette ici", unit)
    if sheet.remnant:
        _ringed(canvas, sheet.remnant, remnant_words(sheet.remnant), unit, Polygon(coupon))
    for placement in sheet.placements:
        _code(canvas, parts[placement.part], placement, unit)
    canvas.setFillGray(0)
    reach = _TAB * mm / unit
    for tab in sheet_tabs(job, sheet):
        path = canvas.beginPath()
        path.moveTo(tab.x - reach, tab.y)
        for x, y in ((tab.x, tab.y + reach), (tab.x + reach, tab.y), (tab.x, tab.y - reach)):
            path.lineTo(x, y)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)


def keep_outs(job: Job, sheet: SheetLayout) -> list[Ring]:
    """Clamps of the machine and defects of the sheet, each once."""
    rings = [tuple((x, y) for x, y in ring) for ring in job.machine_file.machine.keep_out_mm]
    return list(dict.fromkeys([*rings, *sheet.keep_out]))


def remnant_words(ring: Ring) -> str:
    """``chute réutilisable 640 × 1200 mm``; of what is no rectangle, its bounds."""
    left, low, right, high = Polygon(ring).bounds
    whole = Polygon(ring).area > 0.99 * (right - left) * (high - low)
    size = f"{french_number(right - left, 0)} × {french_number(high - low, 0)} mm".replace(" ", "\N{NO-BREAK SPACE}")
    return f"chute réutilisable {size}" + ("" if whole else " hors tout")


def coupon_takes(job: Job, sheet: SheetLayout) -> bool:
    """Does the coupon's place lie in what stays of the sheet?"""
    spot = job.coupon.spot if job.coupon else None
    if job.coupon is None or spot is None or spot.sheet != sheet.index or not sheet.remnant:
        return False
    return bool(Polygon(coupon_ring(job.coupon.size, spot)).intersection(Polygon(sheet.remnant)).area > 1)


def coupon_ring(size: tuple[float, float], spot: Spot) -> Ring:
    width, height = size if spot.rotation_deg % 180 == 0 else size[::-1]
    # Turned to the left about its corner, it lies to the left of it.
    left = spot.x if spot.rotation_deg % 180 == 0 else spot.x - width
    return (
        (left, spot.y),
        (left + width, spot.y),
        (left + width, spot.y + height),
        (left, spot.y + height),
    )


def _hatched(canvas: Canvas, polygon: Polygon, unit: float) -> None:
    left, low, right, high = polygon.bounds
    step = _HATCH * mm / unit * math.sqrt(2)
    count = math.ceil((right - left + high - low) / step)
    strokes = shapely.MultiLineString(
        [((left + i * step, low), (left + i * step - (high - low), high)) for i in range(1, count + 1)]
    )
    canvas.setStrokeGray(0.35)
    canvas.setLineWidth(0.35 / unit)
    for line in getattr(strokes.intersection(polygon), "geoms", ()):
        if line.geom_type == "LineString":
            (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
            canvas.line(x0, y0, x1, y1)
    canvas.setLineWidth(0.6 / unit)
    _outline(canvas, tuple(polygon.exterior.coords)[:-1])


def _outline(canvas: Canvas, ring: Ring) -> None:
    path = canvas.beginPath()
    path.moveTo(*ring[0])
    for point in ring[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=1, fill=0)


def _named(canvas: Canvas, polygon: Polygon, text: str, unit: float) -> None:
    """A word on white in the middle of a hatch, if the hatch is large enough for it."""
    x, y, radius = _widest(polygon, unit)
    wide = width_of(text, 6) * mm / unit
    if wide > 1.2 * radius:
        return
    tall = 2.4 * mm / unit
    canvas.setFillGray(1)
    canvas.rect(x - 0.56 * wide, y - tall / 2, 1.12 * wide, tall, stroke=0, fill=1)
    _centred(canvas, x, y, text, 6, unit, REGULAR)


def _ringed(canvas: Canvas, ring: Ring, words: str, unit: float, taken: Polygon | None = None) -> None:
    """A dash-dotted line with words in it, outside of what is ``taken``: in one line, in two, or upright, as there
    is room."""
    canvas.setStrokeGray(QUIET)
    canvas.setLineWidth(0.7 / unit)
    canvas.setDash((4 / unit, 1.5 / unit, 0.8 / unit, 1.5 / unit), 0)
    _outline(canvas, ring)
    canvas.setDash()
    free = Polygon(ring).difference(taken or Polygon())
    pieces = [piece for piece in shapely.get_parts(free) if piece.geom_type == "Polygon"]
    if not pieces:
        return
    polygon = max(pieces, key=lambda piece: piece.area)
    x, y, _ = _widest(polygon, unit)
    left, right = _span(polygon, (x, y), (1.0, 0.0))
    low, high = _span(polygon, (x, y), (0.0, 1.0))
    # To the middle of the room in the direction of reading only: both at once may lead into the crook of an L.
    across, up = x + (left + right) / 2, y + (low + high) / 2
    middle = words.find(" ", len(words) // 3)
    two = words[:middle], words[middle + 1 :]
    wide, narrow, pitch = (v * mm / unit for v in (width_of(words, 7), max(width_of(t, 6) for t in two), 1.3))
    if polygon.contains(_box(across, y, wide, 2 * pitch)):
        _centred(canvas, across, y, words, 7, unit, REGULAR)
    elif polygon.contains(_box(across, y, narrow, 4 * pitch)):
        for text, rise in zip(two, (pitch, -pitch), strict=True):
            _centred(canvas, across, y + rise, text, 6, unit, REGULAR)
    elif polygon.contains(_box(x, up, 2 * pitch, wide * 6 / 7)):
        canvas.saveState()
        canvas.translate(x, up)
        canvas.rotate(90)
        _centred(canvas, 0, 0, words, 6, unit, REGULAR)
        canvas.restoreState()


def _box(x: float, y: float, width: float, height: float) -> Polygon:
    return shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _span(polygon: Polygon, at: tuple[float, float], along: tuple[float, float]) -> tuple[float, float]:
    """How far the polygon goes on from a point of it, backwards and forwards in a direction."""
    (x, y), (u, v) = at, along
    reach = polygon.length
    cut = shapely.LineString([(x - reach * u, y - reach * v), (x + reach * u, y + reach * v)]).intersection(polygon)
    here = min(shapely.get_parts(cut), key=lambda piece: piece.distance(shapely.Point(x, y)))
    ends = [(px - x) * u + (py - y) * v for px, py in here.coords]
    return min(ends), max(ends)


def _widest(polygon: Polygon, unit: float) -> tuple[float, float, float]:
    line = shapely.maximum_inscribed_circle(polygon, tolerance=0.5 * mm / unit)
    (x, y), end = line.coords[0], line.coords[-1]
    return x, y, math.dist((x, y), end)


def _code(canvas: Canvas, part: FlatPart, placement: Placement, unit: float) -> None:
    """The part's code and copy as large as they go, its name below where there is room."""
    text = f"{part.code}-{placement.copy}"
    spot = label_spot(part)
    x, y = moved_point(spot.x, spot.y, placement.x, placement.y, placement.rotation_deg, placement.mirrored)
    half = math.sqrt(max(0.0, (spot.radius * unit / mm) ** 2 - 4.5**2))
    if width_of(part.name, 6.5) < 2 * half:
        _centred(canvas, x, y - 2.6 * mm / unit, part.name, 6.5, unit, REGULAR)
        _centred(canvas, x, y + 1.0 * mm / unit, text, 10.0, unit, BOLD)
        return
    place = code_place(part, len(text), placement.rotation_deg % 180, unit)
    x, y = moved_point(place.x, place.y, placement.x, placement.y, placement.rotation_deg, placement.mirrored)
    canvas.saveState()
    canvas.translate(x, y)
    if place.upright:
        canvas.rotate(90)
    _centred(canvas, 0, 0, text, place.points, unit, BOLD)
    canvas.restoreState()


class Place(NamedTuple):
    """Where a code stands in its part's own frame, how large (points), and whether it reads upwards."""

    x: float
    y: float
    points: float
    upright: bool


@lru_cache(maxsize=128)  # copies of a part often lie the same way
def code_place(part: FlatPart, letters: int, turned_deg: float, unit: float) -> Place:
    """Where so many letters are largest without a cut through them; over the cuts if they fit nowhere."""
    free = Polygon(part.outline.points(0.5))
    others = [Polygon(o.contour.points(0.5)) for o in part.operations if o.work is not Work.CUT_OUTSIDE]
    if others:
        free = free.difference(shapely.union_all(others))
    shapely.prepare(free)
    spot = label_spot(part)
    left, low, right, high = free.bounds
    spots = [(spot.x, spot.y)]
    spots += [(left + i * (right - left) / 16, low + j * (high - low) / 8) for j in range(1, 8) for i in range(1, 16)]
    for points in _CODE_SIZES:
        wide = 1.04 * width_of("P" + "0" * (letters - 1), points, BOLD) * mm / unit
        tall = 0.4 * points * mm / unit
        for upright in (False, True):
            turn = math.radians((90 if upright else 0) - turned_deg)
            c, s = math.cos(turn), math.sin(turn)
            corners = [
                (u * wide / 2 * c - v * tall / 2 * s, u * wide / 2 * s + v * tall / 2 * c)
                for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
            ]
            boxes = shapely.polygons([[(x + dx, y + dy) for dx, dy in corners] for x, y in spots])
            found = shapely.contains_properly(free, boxes)
            if found.any():
                return Place(*spots[int(found.argmax())], points, upright)
    return Place(spot.x, spot.y, _CODE_SIZES[-1], False)


def _centred(canvas: Canvas, x: float, y: float, text: str, points: float, unit: float, font: str) -> None:
    canvas.setFillGray(INK)
    canvas.setFont(font, points / unit)
    canvas.drawCentredString(x, y - 0.36 * points / unit, plain(text))


def draw_around(canvas: Canvas, job: Job, sheet: SheetLayout, x: float, y: float, scale: int) -> None:
    """Sizes, zero with its axes, grain; in millimetres of paper, the sheet's lower left corner at (x, y)."""
    w, h = sheet.width / scale, sheet.height / scale
    write(canvas, x + w / 2 - 8, y - 4.2, f"{french_number(sheet.width)} mm", 8, BOLD)
    canvas.saveState()
    canvas.translate((x - 1.8) * mm, (y + h / 2 - 8) * mm)
    canvas.rotate(90)
    write(canvas, 0, 0, f"{french_number(sheet.height)} mm", 8, BOLD)
    canvas.restoreState()
    _zero(canvas, job.machine_file, x, y)
    grain = grain_along_x(job, sheet)
    if grain is None:
        return
    right = x + w
    if grain:
        write_right(canvas, right - 17.5, y - 4.2, "sens du fil", 8)
        _arrow(canvas, right - 8, y - 3.2, right, y - 3.2)
        _arrow(canvas, right - 8, y - 3.2, right - 16, y - 3.2)
    else:
        canvas.saveState()
        canvas.translate((right + 4.2) * mm, (y + 17.5) * mm)
        canvas.rotate(90)
        write(canvas, 0, 0, "sens du fil", 8)
        canvas.restoreState()
        _arrow(canvas, right + 3.2, y + 8, right + 3.2, y + 16)
        _arrow(canvas, right + 3.2, y + 8, right + 3.2, y)


def grain_along_x(job: Job, sheet: SheetLayout) -> bool | None:
    """Does this sheet's face grain run along X (or along Y)? None: it has none. An offcut's is as its outline."""
    grain = job.machine_file.stock.grain
    if grain is SheetGrain.NONE:
        return None
    if sheet.source:
        return grain is SheetGrain.LONG
    return (sheet.width >= sheet.height) == (grain is SheetGrain.LONG)


def zero_words(machine_file: MachineFile) -> str:
    """Where Z = 0 lies."""
    return {
        None: "à choisir",
        Zero.SHEET_TOP: "dessus de la feuille",
        Zero.SPOILBOARD: "dessus du martyr",
    }[machine_file.machine.zero]


def _zero(canvas: Canvas, machine_file: MachineFile, x: float, y: float) -> None:
    """A quartered target on the corner, as probes and drawings have it; X and Y beside it."""
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(0.7)
    canvas.setFillGray(1)
    canvas.circle(x * mm, y * mm, 1.5 * mm, stroke=1, fill=1)
    canvas.setFillGray(INK)
    for start in (0, 180):
        canvas.wedge((x - 1.5) * mm, (y - 1.5) * mm, (x + 1.5) * mm, (y + 1.5) * mm, start, 90, stroke=0, fill=1)
    _arrow(canvas, x + 1.5, y - 2.6, x + 10, y - 2.6)
    _arrow(canvas, x - 2.6, y + 1.5, x - 2.6, y + 10)
    write(canvas, x + 10.6, y - 3.5, "X", 8, BOLD)
    write(canvas, x - 3.5, y + 10.8, "Y", 8, BOLD)
    write(canvas, x - 7, y - 5.6, "X0 Y0", 8, BOLD)
    if machine_file.machine.controller or machine_file.machine.zero:
        write(canvas, x + 15, y - 3.6, f"Z0\N{NO-BREAK SPACE}: {zero_words(machine_file)}", 7, grey=QUIET)


def _arrow(canvas: Canvas, x0: float, y0: float, x1: float, y1: float) -> None:
    canvas.setStrokeGray(INK)
    canvas.setLineWidth(0.7)
    canvas.line(x0 * mm, y0 * mm, x1 * mm, y1 * mm)
    angle = math.atan2(y1 - y0, x1 - x0)
    for side in (2.7, -2.7):
        canvas.line(
            x1 * mm, y1 * mm, (x1 + 1.6 * math.cos(angle + side)) * mm, (y1 + 1.6 * math.sin(angle + side)) * mm
        )
