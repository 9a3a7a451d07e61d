# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calibration coupon, measured on its drawing: each slot against its key, and the clearance between them
against the number engraved beside it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fabrication.verification.comparison import Line
from fabrication.verification.drawings import CutDrawing
from fabrication.verification.folder import guarded
from fabrication.verification.manifest import Coupon, CouponPart, Machine, Sheet, Stock
from fabrication.verification.nominal import nominal_faults
from fabrication.verification.pictures import compare_pictures, layers_of

if TYPE_CHECKING:
    from shapely import Polygon

    from fabrication.verification.package import Package
    from fabrication.verification.rings import Ring

#: A clearance may be off by this (mm): figures in micrometres, two of them.
NEAR = 0.01
#: Shorter edges (mm) than drawings may have are none.
_SHORT = 0.04
#: How far an SVG's line may stray (mm).
SVG_NEAR = 0.01


def check_coupon(package: Package, drawing: CutDrawing) -> None:
    """Into the check "coupon": what is drawn, where, and how it fits."""
    coupon, manifest = package.manifest.coupon, package.manifest
    if coupon is None:
        return
    package.ledger.faults("coupon", (f"{coupon.file}: {fault}" for fault in coupon_faults(coupon, drawing, package)))
    package.ledger.note("coupon", f"{len(coupon.parts)} parts, {len(coupon.clearances_mm)} clearances")
    package.ledger.faults("coupon", _spot_faults(coupon, package.sheets, manifest.machine))
    path = f"{coupon.file.rsplit('.', 1)[0]}.svg"
    with guarded(package.ledger, "coupon", path):
        from fabrication.verification.svg import read_svg

        picture = read_svg((package.folder / path).read_bytes(), coupon.size_mm[1], package.table.colour)
        picture.contours.pop(package.table.name_of("SHEET"), None)
        found = list(nominal_faults([picture.remark], manifest, "its description"))
        found += [f for f, _ in compare_pictures(picture.contours, layers_of(drawing.lines), SVG_NEAR)]
        package.ledger.faults("coupon", (f"{path}: {fault}" for fault in found))


def coupon_faults(coupon: Coupon, drawing: CutDrawing, package: Package) -> Iterator[str]:
    machine, stock = package.manifest.machine, package.manifest.stock
    plays = coupon.clearances_mm
    if plays != sorted(set(plays)):
        yield f"clearances {plays}: growing figures expected"
    if not any(abs(play - stock.clearance_mm) < 1e-6 for play in plays):
        yield f"none of its clearances is the machine file's {stock.clearance_mm:g} mm"
    outlines = [line for line in drawing.lines if line.layer.kind == "OUTSIDE"]
    if len(outlines) != len(coupon.parts):
        yield f"{len(outlines)} outlines, {len(coupon.parts)} parts"
        return
    yield from _distances(outlines, coupon, machine.spacing_mm)
    owned = _owned(coupon.parts, outlines, drawing.lines)
    keys: dict[str, Line] = {}
    for part in coupon.parts:
        if part.code not in owned:
            yield f"{part.code} {part.name}: no outline is drawn at its place"
            return
        if part.role == "key":
            keys[part.joint] = owned[part.code][0]
    for part in coupon.parts:
        if part.role == "slots":
            if part.joint not in keys:
                yield f"{part.code} has no key"
                continue
            widths = _slot_widths(part, owned[part.code], machine)
            yield from _fits(part, widths, _key_width(part.joint, keys[part.joint], machine, stock), plays)
            if part.joint == "through-tenon":
                yield from _long_enough(part, owned[part.code], keys[part.joint], plays, machine)
            numbers = sum(line.layer.kind == "ENGRAVE" for line in owned[part.code])
            if numbers < len(plays):
                yield f"{part.code} has {numbers} engraved figures, {len(plays)} slots"


def _distances(outlines: Sequence[Line], coupon: Coupon, spacing: float) -> Iterator[str]:
    from shapely import box

    room = box(0, 0, *coupon.size_mm).buffer(NEAR)
    shapes = [line.ring.polygon for line in outlines]
    for shape in shapes:
        if not room.covers(shape):
            yield f"a part leaves its {coupon.size_mm[0]:g} × {coupon.size_mm[1]:g} mm"
    for one, other in itertools.combinations(shapes, 2):
        if (gap := one.distance(other)) < spacing - NEAR:
            yield f"two parts are {gap:.2f} mm apart, {spacing:g} mm at least"


def _owned(parts: Sequence[CouponPart], outlines: Sequence[Line], lines: Sequence[Line]) -> dict[str, list[Line]]:
    """By code: the part's outline, then all that lies in it. A part's origin is its outline's corner or edge."""
    from shapely import Point

    found: dict[str, list[Line]] = {}
    for part in parts:
        near = min(outlines, key=lambda line: line.ring.polygon.distance(Point(part.x_mm, part.y_mm)))
        if near.ring.polygon.distance(Point(part.x_mm, part.y_mm)) > 5 or any(near is o[0] for o in found.values()):
            continue
        body = near.ring.polygon.buffer(NEAR)
        found[part.code] = [near, *(line for line in lines if line is not near and body.covers(line.ring.polygon))]
    return found


def _uprights(ring: Ring) -> list[tuple[float, float, float]]:
    """(x, lowest y, highest y) of every straight vertical edge, short ones between two reliefs too."""
    found = []
    count = len(ring.vertices)
    for k, (x0, y0, bulge) in enumerate(ring.vertices):
        x1, y1, _ = ring.vertices[(k + 1) % count]
        if not bulge and abs(x1 - x0) < 1e-4 and abs(y1 - y0) > _SHORT:
            found.append((x0, min(y0, y1), max(y0, y1)))
    return sorted(found)


def _slot_widths(part: CouponPart, lines: Sequence[Line], machine: Machine) -> list[float]:
    """Nominal widths (mm) along the plate, from the left: of openings, or of notches in its edge. A router's reliefs
    reach beyond a slot's walls by arcs, so that its straight edges alone are measured."""
    kerf = machine.kerf_mm if machine.process == "laser" else 0.0
    if part.joint in ("through-tenon", "wedge"):
        slots = []
        for line in lines:
            if line.layer.kind == "INSIDE" and (walls := [x for x, _, _ in _uprights(line.ring)]):
                slots.append((min(walls), max(walls) - min(walls) + kerf))
        return [width for _, width in sorted(slots)]
    left, _, right, _ = lines[0].ring.bounds
    inner = [x for x, _, _ in _uprights(lines[0].ring) if left + 0.5 < x < right - 0.5]
    walls = _merged(inner)
    return [b - a + kerf for a, b in zip(walls[::2], walls[1::2], strict=False)]


def _merged(xs: Sequence[float]) -> list[float]:
    """Edges of one wall stand one above the other."""
    return [x for k, x in enumerate(xs) if k == 0 or x - xs[k - 1] > 1e-3]


def _key_width(joint: str, outline: Line, machine: Machine, stock: Stock) -> float:
    """What goes into the slot, nominal: a tab's width for fingers, else the sheet's thickness."""
    if joint != "finger":
        return stock.measured_thickness_mm
    left, _, right, _ = outline.ring.bounds
    walls = _merged([x for x, _, _ in _uprights(outline.ring) if left + 0.5 < x < right - 0.5])
    kerf = machine.kerf_mm if machine.process == "laser" else 0.0
    return max(walls, default=math.nan) - min(walls, default=math.nan) - kerf


def _fits(part: CouponPart, widths: Sequence[float], key: float, plays: Sequence[float]) -> Iterator[str]:
    if len(widths) != len(plays):
        yield f"{part.code} {part.name}: {len(widths)} slots, {len(plays)} clearances"
        return
    for number, (width, play) in enumerate(zip(widths, plays, strict=True), start=1):
        if not abs(width - key - play) <= NEAR:
            yield (
                f"{part.code} {part.name}: slot {number} is {width:.3f} mm for {key:.3f}, "
                f"a clearance of {width - key:.3f}, {play:g} expected"
            )


def _long_enough(
    part: CouponPart, lines: Sequence[Line], key: Line, plays: Sequence[float], machine: Machine
) -> Iterator[str]:
    """A tenon has its play along its width too."""
    kerf = machine.kerf_mm if machine.process == "laser" else 0.0
    left, _, right, _ = key.ring.bounds
    walls = [x for x, _, _ in _uprights(key.ring) if left + 0.5 < x < right - 0.5]
    tab = max(walls, default=math.nan) - min(walls, default=math.nan) - kerf
    slots = sorted((line.ring for line in lines if line.layer.kind == "INSIDE"), key=lambda ring: ring.bounds[0])
    for number, (ring, play) in enumerate(zip(slots, plays, strict=False), start=1):
        floors = [x for x, _, _ in _uprights(_turned(ring))]
        length = max(floors, default=math.nan) - min(floors, default=math.nan) + kerf
        if not abs(length - tab - play) <= NEAR:
            yield f"{part.code} {part.name}: slot {number} is {length:.3f} mm long for a tab of {tab:.3f}"


def _turned(ring: Ring) -> Ring:
    """Level edges become uprights."""
    return type(ring)(tuple((y, x, -bulge) for x, y, bulge in ring.vertices))


def _spot_faults(coupon: Coupon, sheets: Sequence[tuple[Sheet, CutDrawing]], machine: Machine) -> Iterator[str]:
    """Is there room where the maker is told to cut it?"""
    from shapely import box
    from shapely.geometry import Polygon

    if coupon.spot is None:
        return
    sheet, drawing = next(((s, d) for s, d in sheets if s.index == coupon.spot.sheet), (None, None))
    if sheet is None or drawing is None:
        yield f"{coupon.file} is said to fit on sheet {coupon.spot.sheet}, which is not there"
        return
    x, y, (w, h) = coupon.spot.x_mm, coupon.spot.y_mm, coupon.size_mm
    place: Polygon = box(x - h, y, x, y + w) if coupon.spot.rotation_deg else box(x, y, x + w, y + h)
    where = f"{coupon.file} does not fit at ({x:g}, {y:g}) of sheet {sheet.index}"
    edge = Polygon(sheet.outline_mm) if sheet.outline_mm else box(0, 0, sheet.width_mm, sheet.height_mm)
    if not edge.buffer(NEAR - machine.margin_mm, join_style="mitre").covers(place):
        yield f"{where}: it leaves the margin"
    core = place.buffer(-NEAR)
    if any(line.layer.kind == "OUTSIDE" and core.intersects(line.ring.polygon) for line in drawing.lines):
        yield f"{where}: a part lies there"
    if any(core.intersects(Polygon(ring)) for ring in (*sheet.keep_out_mm, *machine.keep_out_mm)):
        yield f"{where}: it is kept free there"
