# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One drawing of a part, in the part's own frame, against its solid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fabrication.verification.corners import (
    Cutter,
    Divergence,
    compare_voids,
    relief_room,
    uncut,
    without_reliefs,
)
from fabrication.verification.expectation import Expected, Recess, circle_of, polygons_of
from fabrication.verification.layers import Layer
from fabrication.verification.rings import Ring

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

#: A full circle up to this diameter is drilled by a router; a recess up to this depth is engraved (mm).
DRILL_MAX_DIAMETER = 16.0
ENGRAVE_MAX_DEPTH = 1.0
#: A hole's centre, a circle's diameter, a depth written in a layer's name (mm).
POSITION, DIAMETER, DEPTH = 0.01, 0.02, 0.05
#: Areas and perimeters, relative.
FIGURES = 1e-4


@dataclass(frozen=True)
class Line:
    """A contour on its layer, in the part's frame."""

    layer: Layer
    ring: Ring


def compare(expected: Expected, lines: Sequence[Line], cutter: Cutter) -> Iterator[str]:
    """Every difference between a drawing and the solid, as a line without its subject."""
    outsides = [line for line in lines if line.layer.kind == "OUTSIDE"]
    if len(outsides) != 1:
        yield f"{len(outsides)} outlines drawn, 1 expected"
    yield from _depths(expected, lines)
    if outsides:
        yield from _outline(expected, outsides[0].ring.polygon, cutter)
    yield from _holes(expected, lines, cutter)
    yield from _blind(expected, lines, cutter)
    if outsides:
        yield from _figures(expected, outsides[0], lines, cutter)


def _at(found: Divergence, what: str) -> str:
    return f"{what} {found.text}, near ({found.x:.2f}, {found.y:.2f})"


def _depths(expected: Expected, lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        layer = line.layer
        if layer.kind in ("OUTSIDE", "INSIDE"):
            if layer.side != "TOP":
                yield f"a through cut is on {layer.name}, TOP expected"
            if layer.depth is not None and abs(layer.depth - expected.thickness) > DEPTH:
                yield f"layer {layer.name} says {layer.depth:g} mm, the solid is {expected.thickness:.2f} mm thick"
        elif layer.kind == "DRILL":
            circle = line.ring.full_circle
            if circle is None:
                yield f"{_middle(line.ring)} on {layer.name} is no circle"
            elif layer.side != "TOP" and _is_through(line, expected):
                yield f"{_middle(line.ring)} goes through and is on {layer.name}, TOP expected"
            elif layer.diameter is not None and abs(2 * circle[2] - layer.diameter) > DEPTH:
                yield f"a circle of Ø{2 * circle[2]:.2f} mm is on {layer.name}"


def _middle(ring: Ring) -> str:
    left, low, right, high = ring.polygon.bounds
    return f"the contour at ({(left + right) / 2:.2f}, {(low + high) / 2:.2f})"


def outline_voids(expected: Expected, drawn: Polygon, cutter: Cutter) -> tuple[BaseGeometry, BaseGeometry]:
    """What lies around the part, as the solid asks and as drawn, in one frame."""
    from shapely import Polygon, box

    nominal = grown(expected.outline, cutter.kerf / 2)
    left, low, right, high = nominal.union(drawn.envelope).bounds
    frame = box(left - 60, low - 60, right + 60, high + 60)
    drawn_void = Polygon(frame.exterior, [drawn.exterior])
    return frame.difference(nominal), drawn_void if drawn_void.is_valid else frame.difference(drawn.buffer(0))


def _outline(expected: Expected, drawn: Polygon, cutter: Cutter) -> Iterator[str]:
    from shapely import box

    void, drawn_void = outline_voids(expected, drawn, cutter)
    left, low, right, high = (a + b for a, b in zip(void.bounds, (40, 40, -40, -40), strict=True))
    for found in compare_voids(drawn_void, void, void, relief_room(void, drawn_void, cutter)):
        yield _at(found, "the outline")
    for found in uncut(drawn_void, void.intersection(box(left, low, right, high)), cutter):
        yield _at(found, "the outline")


def grown(shape: Polygon, by: float) -> Polygon:
    """Offset outwards (mm) with mitred corners."""
    return shape.buffer(by, join_style="mitre", mitre_limit=10) if by else shape


def is_drilled(hole: Any, cutter: Cutter) -> tuple[float, float, float] | None:
    """(x, y, radius) of a hole that a router drills."""
    circle = circle_of(hole) if cutter.tool is not None else None
    return circle if circle and 2 * circle[2] <= DRILL_MAX_DIAMETER + 1e-3 else None


def _holes(expected: Expected, lines: Sequence[Line], cutter: Cutter) -> Iterator[str]:
    """Through holes, each against the drawn contour that is nearest to it."""
    inside = [line for line in lines if line.layer.kind == "INSIDE"]
    drills = [line for line in lines if line.layer.kind == "DRILL" and _is_through(line, expected)]
    bored = [(hole, circle) for hole in expected.holes if (circle := is_drilled(hole, cutter))]
    drilled = _paired([h for h, _ in bored], drills, [c for _, c in bored])
    for (_, (x, y, radius)), line in drilled:
        if line is None:
            yield f"the hole Ø{2 * radius:.2f} at ({x:.2f}, {y:.2f}) is not drawn"
        elif found := line.ring.full_circle:
            off = math.dist((x, y), found[:2])
            if off > POSITION:
                yield (
                    f"the hole Ø{2 * radius:.2f} is at ({found[0]:.3f}, {found[1]:.3f}), "
                    f"expected at ({x:.3f}, {y:.3f}): {off:.3f} mm off"
                )
            if abs(found[2] - radius) * 2 > DIAMETER:
                yield f"the hole at ({x:.2f}, {y:.2f}) is Ø{2 * found[2]:.3f} mm, Ø{2 * radius:.3f} expected"
    for line in drills:
        if not any(line is used for _, used in drilled):
            yield f"{_middle(line.ring)} on {line.layer.name} is no hole of the part"
    pairs = hole_pairs(expected, lines, cutter)
    for hole, line in pairs:
        x, y = hole.centroid.x, hole.centroid.y
        if line is None:
            yield f"the inside cut at ({x:.2f}, {y:.2f}) is not drawn"
            continue
        nominal = grown(hole, -cutter.kerf / 2)
        drawn = line.ring.polygon.buffer(0)
        own = cutter.on(line.layer.mill)
        room = relief_room(nominal, drawn, own)
        found_faults = [*compare_voids(drawn, nominal, nominal, room), *uncut(drawn, nominal, own)]
        for fault in found_faults:
            yield _at(fault, f"the inside cut at ({x:.2f}, {y:.2f})")
        circle = circle_of(hole)
        found = line.ring.full_circle
        if circle and found and not found_faults and math.dist(circle[:2], found[:2]) > POSITION:
            yield f"the round cut at ({circle[0]:.3f}, {circle[1]:.3f}) is at ({found[0]:.3f}, {found[1]:.3f})"
    used = [line for _, line in pairs]
    for line in inside:
        if not any(line is other for other in used):
            yield f"{_middle(line.ring)} on {line.layer.name} is no cut-out of the part"


def hole_pairs(expected: Expected, lines: Sequence[Line], cutter: Cutter) -> list[tuple[Polygon, Line | None]]:
    """Through holes that aren't drilled, each with the inside cut drawn for it."""
    inside = [line for line in lines if line.layer.kind == "INSIDE"]
    sawn = [hole for hole in expected.holes if not is_drilled(hole, cutter)]
    return [(hole, line) for (hole, _), line in _paired(sawn, inside, [None] * len(sawn))]


def _is_through(line: Line, expected: Expected) -> bool:
    return line.layer.depth is not None and line.layer.depth > expected.thickness - DEPTH


def _paired(
    shapes: Sequence[Any], lines: Sequence[Line], extras: Sequence[Any]
) -> list[tuple[tuple[Any, Any], Line | None]]:
    """Each shape with the unused line whose box is nearest to its own; the nearest pairs first."""
    boxes, drawn = [shape.bounds for shape in shapes], [line.ring.bounds for line in lines]
    distances = sorted(
        (max(abs(a - b) for a, b in zip(box, other, strict=True)), i, j)
        for i, box in enumerate(boxes)
        for j, other in enumerate(drawn)
    )
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for distance, i, j in distances:
        left, low, right, high = boxes[i]
        if i not in chosen and j not in taken and distance < max(5.0, right - left, high - low):
            chosen[i] = j
            taken.add(j)
    return [
        ((shape, extra), lines[chosen[i]] if i in chosen else None)
        for i, (shape, extra) in enumerate(zip(shapes, extras, strict=True))
    ]


def _blind(expected: Expected, lines: Sequence[Line], cutter: Cutter) -> Iterator[str]:
    """Pockets, blind holes and engravings: the drawn ones must leave the solid's depths."""
    blind = _blind_lines(lines, expected)
    claimed: set[int] = set()
    for side in ("TOP", "BOTTOM"):
        engraved = [r for r in expected.recesses if r.side == side and r.depth <= ENGRAVE_MAX_DEPTH + 1e-6]
        mine = [line for line in blind if line.layer.side == side and line.layer.kind == "ENGRAVE"]
        claimed |= {id(line) for line in mine}
        yield from _recess(expected, engraved, mine, f"the engraving of the {side} face", cutter)
        for recess in expected.recesses:
            if recess.side != side or recess in engraved:
                continue
            same_depth = recess_lines(recess, lines, expected)
            claimed |= {id(line) for line in same_depth}
            what = f"the {side} recess {recess.depth:.2f} mm deep"
            yield from _recess(expected, [recess], same_depth, what, cutter)
            yield from _drills(recess, same_depth, cutter)
    for line in blind:
        if id(line) not in claimed:
            known = ", ".join(f"{r.side} {r.depth:.2f} mm" for r in expected.recesses) or "no blind work at all"
            yield f"{_middle(line.ring)} on {line.layer.name} has no recess like it: the solid has {known}"


def _blind_lines(lines: Sequence[Line], expected: Expected) -> list[Line]:
    return [
        line
        for line in lines
        if line.layer.kind in ("POCKET", "ENGRAVE") or (line.layer.kind == "DRILL" and not _is_through(line, expected))
    ]


def recess_lines(recess: Recess, lines: Sequence[Line], expected: Expected) -> list[Line]:
    """What is drawn for a recess: its side and depth."""
    return [
        line
        for line in _blind_lines(lines, expected)
        if line.layer.side == recess.side
        and line.layer.depth is not None
        and abs(line.layer.depth - recess.depth) <= DEPTH
    ]


def recess_room(
    expected: Expected, recesses: Sequence[Recess], lines: Sequence[Line], cutter: Cutter
) -> BaseGeometry | None:
    """Where the reliefs of a recess may be."""
    import shapely

    reach = shapely.union_all([recess.reach for recess in recesses])
    # A pocket that opens at the part's edge may run out over it.
    edge = grown(expected.outline, cutter.kerf / 2)
    rooms = [
        room
        for own, mine in _by_mill(lines, cutter)
        if (room := relief_room(reach, even_odd([line.ring for line in mine]).intersection(edge), own))
    ]
    return shapely.union_all(rooms) if len(rooms) > 1 else next(iter(rooms), None)


def _by_mill(lines: Sequence[Line], cutter: Cutter) -> list[tuple[Cutter, list[Line]]]:
    """Lines that one mill cuts, each mill's apart."""
    mills = sorted({line.layer.mill or 0.0 for line in lines})
    return [(cutter.on(mill or None), [o for o in lines if (o.layer.mill or 0.0) == mill]) for mill in mills]


def _recess(
    expected: Expected, recesses: Sequence[Recess], lines: Sequence[Line], what: str, cutter: Cutter
) -> Iterator[str]:
    import shapely

    if not recesses:
        for line in lines:
            yield f"{_middle(line.ring)} on {line.layer.name} is not in the solid"
        return
    floor = shapely.union_all([recess.floor for recess in recesses])
    reach = shapely.union_all([recess.reach for recess in recesses])
    if not lines:
        x, y = floor.representative_point().coords[0]
        yield f"{what} is not drawn, near ({x:.2f}, {y:.2f})"
        return
    drawn = even_odd([line.ring for line in lines])
    within = drawn.intersection(grown(expected.outline, cutter.kerf / 2))
    engraved = lines[0].layer.kind == "ENGRAVE"
    room = None if engraved else recess_room(expected, recesses, lines, cutter)
    for fault in compare_voids(within, floor, reach, room):
        yield _at(fault, what)
    if engraved:
        return
    bored = [line.ring.polygon for line in lines if line.layer.kind == "DRILL"]
    milled = floor.difference(shapely.union_all(bored).buffer(0.05)) if bored else floor
    # The tool runs out over the part's edge, and over what is deeper or cut through.
    left, low, right, high = expected.outline.bounds
    outside = shapely.box(left - 20, low - 20, right + 20, high + 20).difference(expected.outline)
    open_ground = shapely.union_all([drawn, outside, reach.difference(floor)])
    groups = _by_mill(lines, cutter)
    for own, mine in groups:
        asked = milled.intersection(even_odd([line.ring for line in mine])) if len(groups) > 1 else milled
        for fault in uncut(open_ground, asked, own):
            yield _at(fault, what)


def even_odd(rings: Sequence[Ring]) -> BaseGeometry:
    """The area of contours and the islands in them."""
    import shapely

    area: BaseGeometry = shapely.Polygon()
    for ring in sorted(rings, key=lambda r: -abs(r.signed_area)):
        area = area.symmetric_difference(ring.polygon.buffer(0))
    return area


def _drills(recess: Recess, lines: Sequence[Line], cutter: Cutter) -> Iterator[str]:
    """A blind round hole is drilled, anything else is not; its centre counts more than its edge."""
    drills = [line for line in lines if line.layer.kind == "DRILL"]
    rounds = [(p, c) for p in polygons_of(recess.floor) if (c := is_drilled(p, cutter))]
    for (_, (x, y, radius)), line in _paired([p for p, _ in rounds], drills, [c for _, c in rounds]):
        if line is None:
            yield f"the blind hole Ø{2 * radius:.2f} at ({x:.2f}, {y:.2f}) is not drilled"
        elif (found := line.ring.full_circle) and math.dist(found[:2], (x, y)) > POSITION:
            off = math.dist(found[:2], (x, y))
            yield (
                f"the blind hole Ø{2 * radius:.2f} is at ({found[0]:.3f}, {found[1]:.3f}), "
                f"expected at ({x:.3f}, {y:.3f}): {off:.3f} mm off"
            )


def _figures(expected: Expected, outside: Line, lines: Sequence[Line], cutter: Cutter) -> Iterator[str]:
    """Area and perimeter of outline and inside cuts, planned reliefs and kerf taken away."""
    nominal = grown(expected.outline, cutter.kerf / 2)
    wanted_area, wanted_length = nominal.area, nominal.length
    if cutter.tool is None or cutter.relief == "none":
        # Nothing to take away: the exact figures of the drawn segments.
        area, length = abs(outside.ring.signed_area), outside.ring.length
    else:
        drawn = outside.ring.polygon.buffer(0)
        room = relief_room(*outline_voids(expected, outside.ring.polygon, cutter), cutter)
        area, length = without_reliefs(drawn, nominal, room)
    for hole, line in hole_pairs(expected, lines, cutter):
        cut = grown(hole, -cutter.kerf / 2)
        wanted_area, wanted_length = wanted_area - cut.area, wanted_length + cut.length
        if line is not None:
            polygon = line.ring.polygon.buffer(0)
            room = relief_room(cut, polygon, cutter.on(line.layer.mill))
            bare, edge = without_reliefs(polygon, cut, room)
            area, length = area - bare, length + edge
    if abs(area - wanted_area) > FIGURES * wanted_area:
        yield f"its area is {area:.1f} mm², {wanted_area:.1f} expected"
    if abs(length - wanted_length) > FIGURES * wanted_length:
        yield f"its perimeter is {length:.2f} mm, {wanted_length:.2f} expected"
