# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cut the recognised operations from a board again: it is the same solid, however pockets cross each other."""

from __future__ import annotations

import cadquery as cq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.contour import Contour
from fabrication.errors import NotFlatError
from fabrication.flatten import flatten
from fabrication.plan import Face, FlatPart, Work

LENGTH, WIDTH, THICKNESS = 200, 120, 18


def prism(contour: Contour, low: float, high: float) -> cq.Workplane:
    circle = contour.as_circle()
    if circle:
        flat = cq.Workplane("XY").workplane(offset=low).center(circle[0], circle[1]).circle(circle[2])
        return flat.extrude(high - low)
    start = contour.vertices[0]
    flat = cq.Workplane("XY").workplane(offset=low).moveTo(start.x, start.y)
    for segment in contour.segments():
        flat = flat.threePointArc(segment.middle, segment.end) if segment.bulge else flat.lineTo(*segment.end)
    return flat.close().extrude(high - low)


def rebuild(part: FlatPart) -> cq.Shape:
    solid = prism(part.outline, 0, part.thickness)
    for operation in part.operations:
        if operation.work is Work.CUT_OUTSIDE:
            continue
        low = part.thickness - operation.depth if operation.face is Face.TOP else 0.0
        cutter = prism(operation.contour, low, low + operation.depth)
        for island in operation.islands:
            cutter = cutter.cut(prism(island, low, low + operation.depth))
        solid = solid.cut(cutter)
    return solid.val()


def steps(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low // 5, high // 5).map(lambda n: 5 * n)


#: x, y, dx, dy, depth (18 is through), from above
CUT = st.tuples(
    steps(-10, 190), steps(-10, 110), steps(5, 120), steps(5, 80), st.sampled_from([4, 6, 8, 18]), st.booleans()
)


@settings(max_examples=40, deadline=None)
@given(st.lists(CUT, min_size=1, max_size=5))
def test_crossing_grooves_rebates_and_slots_rebuild_the_solid(cuts: list[tuple[int, int, int, int, int, bool]]) -> None:
    """Coordinates on a coarse grid, so that edges meet, coincide and run out at the board's edge all the time."""
    board = cq.Workplane("XY").box(LENGTH, WIDTH, THICKNESS, centered=False)
    for x, y, dx, dy, depth, above in cuts:
        low = THICKNESS - depth if above else 0
        board = board.cut(cq.Workplane("XY").box(dx, dy, depth, centered=False).translate((x, y, low)))
    solids = board.solids().vals()
    if len(solids) != 1 or not solids[0].isValid():
        return
    solid = solids[0]
    try:
        part = flatten(solid)
    except NotFlatError as error:
        # Only what touches along a single line, which no wood survives, or what has no full thickness left.
        assert "touch in a line" in str(error), error
        assert _touches_in_a_line(solid)
        return
    box = solid.BoundingBox()
    if part.thickness != pytest.approx(box.zlen) or abs(box.zmin) > 1e-6:
        pytest.fail("the thickness is not the board's")
    again = rebuild(part).translate((0, 0, box.zmin))
    assert again.Volume() == pytest.approx(solid.Volume(), rel=1e-9)
    assert solid.cut(again).Volume() == pytest.approx(0, abs=1e-3)


def _touches_in_a_line(solid: cq.Shape) -> bool:
    """Whether some edge or vertical line of the solid is shared by more than two of its faces."""
    corners: dict[tuple[float, float], int] = {}
    for edge in solid.Edges():
        start, end = edge.startPoint(), edge.endPoint()
        if abs(start.x - end.x) < 1e-6 and abs(start.y - end.y) < 1e-6:
            key = (round(start.x, 3), round(start.y, 3))
            corners[key] = corners.get(key, 0) + 1
    return any(count > 1 for count in corners.values())
