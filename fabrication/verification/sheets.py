# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A sheet's drawing: whose contour is whose, distances, margins, clamps, grain, what stays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fabrication.verification.comparison import DEPTH, Line, grown
from fabrication.verification.drawings import CutDrawing
from fabrication.verification.expectation import Expected
from fabrication.verification.ground import edge_of, grain_along_x, strays
from fabrication.verification.manifest import Machine, Part, Placement, Sheet, Stock

if TYPE_CHECKING:
    from shapely import Polygon

#: Distances may be short by this (mm): chords of arcs, and figures in micrometres.
SLACK = 0.01
#: Pairs of outlines that overlap this much of the larger one are the same part in the same place.
SAME_PLACE = 0.6


@dataclass
class Copy:
    """A placement and the contours found for it, in the part's own frame, layers as of the part's own faces."""

    placement: Placement
    lines: list[Line] = field(default_factory=list)
    outline: Polygon | None = None  # as drawn on the sheet
    openings: list[Polygon] = field(default_factory=list)  # inside cuts, as drawn on the sheet
    overhangs: list[Polygon] = field(default_factory=list)  # what runs out over the outline, on the sheet

    @property
    def wood(self) -> Polygon | None:
        """What stays of it: other parts may lie in its openings."""
        if self.outline is None or not self.openings:
            return self.outline
        from shapely import union_all

        return self.outline.difference(union_all(self.openings))


def allot(
    drawing: CutDrawing, sheet: Sheet, expected: Mapping[str, Expected], kerf: float
) -> tuple[list[Copy], list[str]]:
    """Every contour to the placement whose part it lies in; what belongs to nobody is a fault."""
    from shapely import prepare

    copies = [Copy(p) for p in sheet.placements if p.part in expected]
    shapes = [placed(grown(expected[c.placement.part].outline, kerf / 2), c.placement) for c in copies]
    room = [shape.buffer(2 * SLACK) for shape in shapes]
    for shape in room:
        prepare(shape)
    faults: list[str] = []
    outsides = [line for line in drawing.lines if line.layer.kind == "OUTSIDE"]
    for line, index in _best_pairs(outsides, shapes):
        if index is None:
            faults.append(_stranger(line, expected))
        else:
            copies[index].outline = line.ring.polygon.buffer(0)
            copies[index].lines.append(_back(line, copies[index].placement, expected))
    order = sorted(range(len(shapes)), key=lambda i: shapes[i].area)
    for line in drawing.lines:
        if line.layer.kind == "OUTSIDE":
            continue
        owner = _owner(line, order, shapes)
        if owner is None:
            left, low, right, high = line.ring.polygon.bounds
            middle = f"({(left + right) / 2:.2f}, {(low + high) / 2:.2f})"
            faults.append(f"a contour on {line.layer.name} near {middle} lies in no part")
        else:
            copies[owner].lines.append(_back(line, copies[owner].placement, expected))
            if line.layer.kind == "INSIDE":
                copies[owner].openings.append(line.ring.polygon.buffer(0))
            if not room[owner].covers(line.ring.polygon):
                copies[owner].overhangs.append(line.ring.polygon.buffer(0))
    return copies, faults


def placed(shape: Polygon, placement: Placement) -> Polygon:
    """A part's shape where it lies: mirrored x → -x, turned, moved."""
    from shapely.affinity import affine_transform

    cos, sin = math.cos(math.radians(placement.rotation_deg)), math.sin(math.radians(placement.rotation_deg))
    flip = -1.0 if placement.mirrored else 1.0
    return affine_transform(shape, [flip * cos, -sin, flip * sin, cos, placement.x_mm, placement.y_mm])


def _best_pairs(lines: Sequence[Line], shapes: Sequence[Any]) -> Iterator[tuple[Line, int | None]]:
    """Each outline with the placement that it covers best, one to one."""
    scores = []
    for i, line in enumerate(lines):
        drawn = line.ring.polygon.buffer(0)
        for j, shape in enumerate(shapes):
            if drawn.envelope.intersects(shape.envelope):
                common = drawn.intersection(shape).area
                scores.append((common / max(drawn.area, shape.area, 1e-9), i, j))
    chosen: dict[int, int] = {}
    for score, i, j in sorted(scores, reverse=True):
        if score >= SAME_PLACE and i not in chosen and j not in chosen.values():
            chosen[i] = j
    for i, line in enumerate(lines):
        yield line, chosen.get(i)


def _stranger(line: Line, expected: Mapping[str, Expected]) -> str:
    """Name the part that an outline without a placement is most like."""
    drawn = line.ring.polygon
    left, low, right, high = drawn.bounds
    alike = min(
        expected.values(),
        key=lambda e: (
            abs(e.outline.area - drawn.area) / e.outline.area + abs(e.outline.length - drawn.length) / e.outline.length
        ),
        default=None,
    )
    like = f", like {alike.code}," if alike else ""
    return (
        f"an outline{like} of {right - left:.1f} × {high - low:.1f} mm at ({left:.2f}, {low:.2f}) "
        "is drawn where the manifest places no part"
    )


def _owner(line: Line, order: Sequence[int], shapes: Sequence[Any]) -> int | None:
    drawn = line.ring.polygon.buffer(0)
    point = drawn.representative_point()
    through = line.layer.kind == "INSIDE"
    for index in order:
        # A part that lies in an opening is not what the opening is cut into.
        if shapes[index].contains(point) and not (through and drawn.covers(shapes[index])):
            return index
    near = [(shapes[i].distance(drawn), i) for i in order]
    distance, index = min(near, default=(math.inf, -1))
    return index if distance < 5 else None


def _back(line: Line, placement: Placement, expected: Mapping[str, Expected]) -> Line:
    """The contour in the part's own frame; a part that lies turned over shows its other face."""
    ring = line.ring.moved_back(placement.x_mm, placement.y_mm, placement.rotation_deg, placement.mirrored)
    layer = line.layer
    # What goes through is cut from above, however the part lies.
    through = layer.depth is not None and layer.depth > expected[placement.part].thickness - DEPTH
    if placement.mirrored and layer.kind in ("POCKET", "ENGRAVE", "DRILL") and not through:
        other = "BOTTOM" if layer.side == "TOP" else "TOP"
        layer = replace(layer, side=other)
    return Line(layer, ring)


def frame_faults(drawing: CutDrawing, sheet: Sheet) -> Iterator[str]:
    """The edge of the sheet or offcut, as drawn and as stated."""
    stated = (sheet.width_mm, sheet.height_mm)
    if len(drawing.frames) != 1:
        yield f"{len(drawing.frames)} contours on SHEET, 1 expected"
    for frame in drawing.frames:
        polygon = frame.ring.polygon
        bounds = polygon.bounds
        if max(abs(a - b) for a, b in zip(bounds, (0.0, 0.0, *stated), strict=True)) > SLACK:
            yield (
                f"the sheet is drawn from ({bounds[0]:g}, {bounds[1]:g}) to ({bounds[2]:g}, {bounds[3]:g}), "
                f"(0, 0) to ({stated[0]:g}, {stated[1]:g}) expected"
            )
        elif (away := strays(polygon, sheet)) > SLACK:
            yield f"the sheet is drawn with an edge that strays {away:.2f} mm from its own"


def layout_faults(copies: Sequence[Copy], sheet: Sheet, machine: Machine) -> Iterator[str]:
    """Margins, clamps and defects, and distances between contours as cut; the piece that is said to stay."""
    from shapely import Polygon, STRtree

    drawn = [(c.placement.name, c.outline) for c in copies if c.outline is not None]
    wood = [(c.placement.name, c.wood) for c in copies if c.wood is not None]
    edge = edge_of(sheet)
    for name, outline in drawn:
        gap = outline.distance(edge.exterior)
        if not edge.covers(outline):
            yield f"{name} lies over the sheet's edge, {machine.margin_mm:g} mm from the sheet's edge at least"
        elif gap < machine.margin_mm - SLACK:
            yield f"{name} is {gap:.2f} mm from the sheet's edge, {machine.margin_mm:g} mm at least"
    for zone in map(Polygon, sheet.keep_out_mm):
        for name, outline in wood:
            if (gap := outline.distance(zone)) < machine.spacing_mm - SLACK:
                yield f"{name} is {gap:.2f} mm from a clamp or defect, {machine.spacing_mm:g} mm at least"
    if sheet.remnant_mm is not None:
        yield from _remnant_faults(Polygon(sheet.remnant_mm), edge, drawn, machine)
    for copy in copies:
        for shape in copy.overhangs:
            for name, outline in wood:
                if name != copy.placement.name and shape.intersects(outline):
                    yield f"a contour of {copy.placement.name} reaches into {name}"
    outlines = [outline for _, outline in wood]
    if len(outlines) < 2:
        return
    tree = STRtree(outlines)
    for i, j in zip(*tree.query(outlines, predicate="dwithin", distance=machine.spacing_mm), strict=True):
        if i < j and (gap := outlines[i].distance(outlines[j])) < machine.spacing_mm - SLACK:
            yield f"{wood[i][0]} and {wood[j][0]} are {gap:.2f} mm apart, {machine.spacing_mm:g} mm at least"


def _remnant_faults(
    remnant: Polygon, edge: Polygon, drawn: Sequence[tuple[str, Polygon]], machine: Machine
) -> Iterator[str]:
    """What is offered as stock is a piece of the sheet that no part reaches into."""
    if not remnant.is_valid or not edge.buffer(SLACK).covers(remnant):
        yield "remnant_mm is no piece of the sheet"
        return
    for name, outline in drawn:
        if outline.distance(remnant) < machine.spacing_mm - SLACK:
            yield f"{name} is {outline.distance(remnant):.2f} mm from the remnant, {machine.spacing_mm:g} mm at least"


def grain_faults(sheet: Sheet, stock: Stock, parts: Mapping[str, Part]) -> Iterator[str]:
    """The grain runs along the part's X (along) or Y (across)."""
    along_x = grain_along_x(sheet, stock)
    if along_x is None:
        return
    for placement in sheet.placements:
        part = parts.get(placement.part)
        if part is None or part.grain == "free":
            continue
        turn = placement.rotation_deg % 180
        wanted = 0.0 if (part.grain == "along") == along_x else 90.0
        if min(abs(turn - wanted), 180 - abs(turn - wanted)) > 0.01:
            yield (
                f"{placement.name} is turned by {placement.rotation_deg:g}°, its grain runs {part.grain} "
                f"its X: {wanted:g}° or {wanted + 180:g}° expected"
            )
