# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the verification expects of a drawing, told from solids; and drawings made by hand against it."""

from __future__ import annotations

import math
from typing import Any

import cadquery as cq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrication.verification.comparison import Line, compare
from fabrication.verification.corners import Cutter
from fabrication.verification.expectation import expectation
from fabrication.verification.layers import parse_layer
from fabrication.verification.rings import Ring
from fabrication.verification.slabs import NotFlatSolidError, slabs

ROUTER = Cutter(6.0, "dogbone", 0.0)


def plate(width: float = 200, depth: float = 100, thickness: float = 18) -> cq.Workplane:
    """Its lower left corner at the origin."""
    return cq.Workplane("XY").rect(width, depth, centered=False).extrude(thickness)


def cut(body: cq.Workplane, tool: cq.Workplane, bottom: float = -1, height: float = 30) -> cq.Workplane:
    return body.cut(tool.extrude(height).translate((0, 0, bottom)))


def solid(body: cq.Workplane) -> Any:
    (only,) = body.val().Solids()
    return only


def box(x: float, y: float, width: float, depth: float) -> cq.Workplane:
    return cq.Workplane("XY").center(x, y).rect(width, depth, centered=False)


def filled(body: Any) -> float:
    return sum(slab.section.area * (slab.top - slab.bottom) for slab in slabs(body))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-20, 190), st.integers(-20, 90), st.integers(5, 60), st.integers(5, 60),
            st.sampled_from([-1.0, 3.0, 9.0, 17.5]), st.booleans(), st.booleans(),
        ),
        max_size=5,
    )
)  # fmt: skip
def test_slabs_fill_what_the_kernel_says_is_filled(cuts: list[tuple[int, int, int, int, float, bool, bool]]) -> None:
    body = plate()
    for x, y, width, depth, level, from_below, is_round in cuts:
        tool = cq.Workplane("XY").center(x, y).circle(width / 2) if is_round else box(x, y, width, depth)
        bottom, height = (-1.0, max(level, 1.0) + 1) if from_below else (level, 30.0)
        body = cut(body, tool, bottom, height)
    solids = body.val().Solids()
    if len(solids) != 1:
        return

    assert filled(solids[0]) == pytest.approx(solids[0].Volume(), rel=3e-5)


def test_a_notched_hole_and_free_curves_are_cut_by_the_kernel() -> None:
    body = cut(plate(), cq.Workplane("XY").center(60, 50).circle(20))
    body = cut(body, box(60, 45, 40, 10), bottom=9)
    spline = (
        cq.Workplane("XY").moveTo(120, 30).spline([(150, 45), (170, 30)], includeCurrent=True).lineTo(150, 80).close()
    )
    body = cut(body, spline, bottom=5)

    assert filled(solid(body)) == pytest.approx(solid(body).Volume(), rel=3e-5)


def test_holes_pockets_and_sides_are_told_apart() -> None:
    body = cut(plate(), cq.Workplane("XY").center(20, 20).circle(4))
    body = cut(body, box(50, 50, 40, 20), bottom=9)
    body = cut(body, box(120, 50, 40, 20), bottom=-1, height=6)

    found = expectation("P01", solid(body))

    assert found.thickness == pytest.approx(18)
    assert found.outline.bounds == pytest.approx((0, 0, 200, 100))
    (hole,) = found.holes
    assert hole.bounds == pytest.approx((16, 16, 24, 24), abs=0.005)
    assert [(r.side, pytest.approx(r.depth)) for r in found.recesses] == [("TOP", 9), ("BOTTOM", 5)]
    assert found.recesses[0].floor.bounds == pytest.approx((50, 50, 90, 70))


def test_a_stepped_pocket_has_two_floors_and_the_upper_one_reaches_over_the_lower() -> None:
    body = cut(cut(plate(), box(50, 30, 60, 40), bottom=12), box(60, 40, 20, 20), bottom=6)

    shallow, deep = expectation("P01", solid(body)).recesses

    assert (shallow.depth, deep.depth) == (pytest.approx(6), pytest.approx(12))
    assert shallow.floor.area == pytest.approx(60 * 40 - 20 * 20)
    assert shallow.reach.area == pytest.approx(60 * 40)
    assert deep.floor.area == pytest.approx(20 * 20)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (plate().translate((0, 0, 2)), "bottom face is at z = 2"),
        (plate().rotate((0, 0, 0), (1, 0, 0), 10), "slanted"),
        (plate().faces(">Z").edges().chamfer(3), "slanted"),
        (plate().cut(cq.Workplane("XY").box(50, 20, 6).translate((100, 50, 9))), "undercut"),
        (plate().cut(cq.Workplane("YZ").center(50, 9).circle(4).extrude(60)), "upright"),
        (cq.Workplane("XY").sphere(20), "horizontal faces"),
    ],
    ids=["lifted", "turned", "chamfered", "hollow", "bored from the edge", "ball"],
)
def test_a_solid_that_is_no_flat_part_is_refused(body: cq.Workplane, words: str) -> None:
    with pytest.raises(NotFlatSolidError, match=words):
        expectation("P01", solid(body))


def line(layer: str, vertices: list[tuple[float, float, float]]) -> Line:
    parsed = parse_layer(layer)
    assert parsed is not None
    return Line(parsed, Ring(tuple(vertices)))


def rectangle(x: float, y: float, width: float, depth: float) -> list[tuple[float, float, float]]:
    return [(x, y, 0), (x + width, y, 0), (x + width, y + depth, 0), (x, y + depth, 0)]


def dogboned(x: float, y: float, width: float, depth: float, diameter: float) -> list[tuple[float, float, float]]:
    """A slot whose corners are opened by half circles through them: chord √2 × radius along each edge."""
    r = math.sqrt(2) * diameter / 2
    return [
        (x, y + r, 1), (x + r, y, 0), (x + width - r, y, 1), (x + width, y + r, 0),
        (x + width, y + depth - r, 1), (x + width - r, y + depth, 0), (x + r, y + depth, 1), (x, y + depth - r, 0),
    ]  # fmt: skip


def tboned(x: float, y: float, width: float, depth: float, diameter: float) -> list[tuple[float, float, float]]:
    """A slot with half circles beyond its long edges, at the corners."""
    d = diameter
    return [
        (x, y, 1), (x + d, y, 0), (x + width - d, y, 1), (x + width, y, 0),
        (x + width, y + depth, 1), (x + width - d, y + depth, 0), (x + d, y + depth, 1), (x, y + depth, 0),
    ]  # fmt: skip


OUTLINE = line("TOP-CUT-OUTSIDE-18.0MM", rectangle(0, 0, 200, 100))


@pytest.fixture(scope="module")
def slotted() -> Any:
    return expectation("P01", solid(cut(plate(), box(70, 40, 60, 18))))


def faults_of(expected: Any, cutter: Cutter, *lines: Line) -> str:
    return "\n".join(compare(expected, lines, cutter))


@pytest.mark.parametrize("slot", [dogboned(70, 40, 60, 18, 6.1), tboned(70, 40, 60, 18, 6.1)], ids=["dog", "t"])
@pytest.mark.parametrize("style", ["dogbone", "tbone"])
def test_reliefs_drawn_by_hand_are_reliefs(slot: list[tuple[float, float, float]], style: str, slotted: Any) -> None:
    drawn = line("TOP-CUT-INSIDE-18.0MM", slot)
    assert faults_of(slotted, Cutter(6.0, style, 0.0), OUTLINE, drawn) == ""


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        (rectangle(70, 40, 60, 18), "no relief"),
        (dogboned(70, 40, 60, 18, 5.0), "no relief"),
        (dogboned(70, 40, 60, 18, 8.0), "should not be"),
        (dogboned(70.05, 40, 60, 18, 6.1), "should not be"),
        (dogboned(70, 40, 60, 18.1, 6.1), "should not be"),
        (dogboned(70, 40, 59.9, 18, 6.1), "not cut where it should be"),
        ([*dogboned(70, 40, 60, 18, 6.1)[:2], (95, 40, 1), (101, 40, 0), *dogboned(70, 40, 60, 18, 6.1)[2:]], "should not be"),
    ],
    ids=["none", "for a smaller tool", "for a larger tool", "shifted", "wider", "shorter", "one in an edge"],
)  # fmt: skip
def test_other_differences_are_no_reliefs(slot: list[tuple[float, float, float]], words: str, slotted: Any) -> None:
    found = faults_of(slotted, ROUTER, OUTLINE, line("TOP-CUT-INSIDE-18.0MM", slot))
    assert words in found, found
    assert "inside cut at (100.00, 49.00)" in found


def test_a_laser_has_no_reliefs_and_half_a_kerf(slotted: Any) -> None:
    laser = Cutter(None, "none", 0.3)
    outline = line("TOP-CUT-OUTSIDE-18.0MM", rectangle(-0.15, -0.15, 200.3, 100.3))
    slot = line("TOP-CUT-INSIDE-18.0MM", rectangle(70.15, 40.15, 59.7, 17.7))

    assert faults_of(slotted, laser, outline, slot) == ""
    assert "the outline is cut where it should not be" in faults_of(slotted, laser, OUTLINE, slot)
    reliefs = line("TOP-CUT-INSIDE-18.0MM", dogboned(70.15, 40.15, 59.7, 17.7, 6.1))
    assert "should not be" in faults_of(slotted, laser, outline, reliefs)


def test_a_slot_narrower_than_the_tool_is_a_fault() -> None:
    narrow = expectation("P01", solid(cut(plate(), box(70, 40, 60, 5))))
    drawn = line("TOP-CUT-INSIDE-18.0MM", rectangle(70, 40, 60, 5))
    assert "too narrow" in faults_of(narrow, ROUTER, OUTLINE, drawn)


def test_an_inside_corner_of_the_outline_needs_its_relief_and_an_outside_one_does_not() -> None:
    notched = expectation("P01", solid(cut(plate(), box(80, 90, 40, 20))))
    plain = [(0, 0, 0), (200, 0, 0), (200, 100, 0), (120, 100, 0), (120, 90, 0), (80, 90, 0), (80, 100, 0), (0, 100, 0)]
    r = math.sqrt(2) * 3.05
    relieved = [*plain[:4], (120, 90 + r, -1), (120 - r, 90, 0), (80 + r, 90, -1), (80, 90 + r, 0), *plain[6:]]

    found = faults_of(notched, ROUTER, line("TOP-CUT-OUTSIDE-18.0MM", plain))
    assert "the outline has no relief" in found
    assert faults_of(notched, ROUTER, line("TOP-CUT-OUTSIDE-18.0MM", relieved)) == ""


def test_a_pocket_with_an_island_is_one_contour_in_another() -> None:
    ring = box(50, 20, 80, 60).extrude(20).cut(cq.Workplane("XY").center(90, 50).circle(15).extrude(20))
    expected = expectation("P01", solid(plate().cut(ring.translate((0, 0, 9)))))
    pocket = line("TOP-POCKET-9.0MM", dogboned(50, 20, 80, 60, 6.1))
    island = Line(pocket.layer, Ring.circle(90, 50, 15))
    left, low, right, high = expected.recesses[0].floor.bounds
    assert (left, low, right, high) == pytest.approx((50, 20, 130, 80))

    assert faults_of(expected, ROUTER, OUTLINE, pocket, island) == ""
    assert "cut where it should not be" in faults_of(expected, ROUTER, OUTLINE, pocket)


def test_a_stepped_pocket_may_be_drawn_over_its_lower_step_or_around_it() -> None:
    body = cut(cut(plate(), box(50, 30, 60, 40), bottom=12), box(60, 40, 30, 20), bottom=6)
    expected = expectation("P01", solid(body))
    deep = line("TOP-POCKET-12.0MM", dogboned(60, 40, 30, 20, 6.1))
    over = line("TOP-POCKET-6.0MM", dogboned(50, 30, 60, 40, 6.1))

    assert faults_of(expected, ROUTER, OUTLINE, over, deep) == ""
    assert "12.00 mm deep is not drawn" in faults_of(expected, ROUTER, OUTLINE, over)
    assert "6.00 mm deep is not drawn" in faults_of(expected, ROUTER, OUTLINE, deep)


def test_a_half_lap_that_opens_at_the_edge_needs_no_relief_there() -> None:
    expected = expectation("P01", solid(cut(plate(), box(90, 60, 18, 60), bottom=9)))
    r = math.sqrt(2) * 3.05
    lap = [(90, 60 + r, 1), (90 + r, 60, 0), (108 - r, 60, 1), (108, 60 + r, 0), (108, 100, 0), (90, 100, 0)]

    assert faults_of(expected, ROUTER, OUTLINE, line("TOP-POCKET-9.0MM", lap)) == ""
    beyond = [*lap[:4], (108, 104, 0), (90, 104, 0)]
    assert faults_of(expected, ROUTER, OUTLINE, line("TOP-POCKET-9.0MM", beyond)) == ""
    assert "no relief" in faults_of(expected, ROUTER, OUTLINE, line("TOP-POCKET-9.0MM", rectangle(90, 60, 18, 40)))
    assert "BOTTOM" in faults_of(expected, ROUTER, OUTLINE, line("BOTTOM-POCKET-9.0MM", lap))


def test_a_round_hole_is_drilled_up_to_sixteen_millimetres_and_cut_beyond() -> None:
    body = cut(plate(), cq.Workplane("XY").center(40, 50).circle(8))
    expected = expectation("P01", solid(cut(body, cq.Workplane("XY").center(140, 50).circle(8.1))))
    drill = Line(parse_layer("TOP-DRILL-16.0MM-18.0MM"), Ring.circle(40, 50, 8))  # type: ignore[arg-type]
    large = Line(parse_layer("TOP-CUT-INSIDE-18.0MM"), Ring.circle(140, 50, 8.1))  # type: ignore[arg-type]

    assert faults_of(expected, ROUTER, OUTLINE, drill, large) == ""
    swapped = Line(large.layer, drill.ring)
    assert "hole Ø16.00" in faults_of(expected, ROUTER, OUTLINE, swapped, large)


def test_a_blind_hole_is_drilled_at_its_place_and_depth() -> None:
    expected = expectation("P01", solid(cut(plate(), cq.Workplane("XY").center(40, 50).circle(5), bottom=6)))
    layer = parse_layer("TOP-DRILL-10.0MM-12.0MM")
    assert layer is not None

    assert faults_of(expected, ROUTER, OUTLINE, Line(layer, Ring.circle(40, 50, 5))) == ""
    assert "0.015 mm off" in faults_of(expected, ROUTER, OUTLINE, Line(layer, Ring.circle(40.015, 50, 5)))
    pocket = parse_layer("TOP-POCKET-12.0MM")
    assert pocket is not None
    assert "not drilled" in faults_of(expected, ROUTER, OUTLINE, Line(pocket, Ring.circle(40, 50, 5)))


def test_a_relief_beside_an_arc_stands_on_the_bisector_of_its_tangent() -> None:
    """A slot's straight wall meets a rounded one: the corner is that of line and tangent."""
    # A half disc of radius 30, flat side down at y = 40: corners of 90° between the line and the arc.
    half = cq.Workplane("XY").moveTo(70, 40).lineTo(130, 40).threePointArc((100, 70), (70, 40)).close()
    expected = expectation("P01", solid(cut(plate(), half)))
    rho, big = 3.05, 30.0
    # Centre on the bisector of (1, 0) and (0, 1) at (70, 40): half circle that meets both lines again.
    cx, cy = 70 + rho / math.sqrt(2), 40 + rho / math.sqrt(2)
    # Second meeting with the arc: the corner mirrored in the line of the two centres (c and (100, 40)).
    ax, ay = 100 - cx, 40 - cy
    k = 2 * ((70 - cx) * ax + (40 - cy) * ay) / (ax * ax + ay * ay)
    px, py = cx + k * ax - (70 - cx), cy + k * ay - (40 - cy)
    q = 70 + math.sqrt(2) * rho
    assert math.hypot(px - 100, py - 40) == pytest.approx(big)
    start, end = math.atan2(py - cy, px - cx), math.atan2(40 - cy, q - cx)
    bulge = math.tan(((end - start) % math.tau) / 4)
    arc = math.pi - 2 * math.atan2(py - 40, 100 - px)
    drawn = [(px, py, bulge), (q, 40, 0), (200 - q, 40, bulge), (200 - px, py, math.tan(arc / 4))]

    assert faults_of(expected, ROUTER, OUTLINE, line("TOP-CUT-INSIDE-18.0MM", drawn)) == ""
