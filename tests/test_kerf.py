# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A laser cuts only through, and its beam has a width."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from designs.contour import Contour, Segment
from fabrication.corners import direction
from fabrication.errors import NotMakeableError
from fabrication.kerf import compensate, for_laser
from fabrication.plan import Face, FlatPart, Operation, Work

QUARTER = math.tan(math.pi / 8)


def part_of(*cuts: Operation, outline: Contour | None = None) -> FlatPart:
    outline = outline or Contour.rectangle(0, 0, 400, 300)
    return FlatPart("P05", "dos", 5, (*cuts, Operation(Work.CUT_OUTSIDE, Face.TOP, 5, outline)))


def cut(contour: Contour) -> Operation:
    return Operation(Work.CUT_INSIDE, Face.TOP, 5, contour)


def compensated_outline(outline: Contour, kerf: float) -> Contour:
    return compensate(part_of(outline=outline), kerf).outline


def compensated_cut(contour: Contour, kerf: float) -> Contour:
    return next(compensate(part_of(cut(contour)), kerf).of(Work.CUT_INSIDE)).contour


def refusal(part: FlatPart, kerf: float) -> str:
    with pytest.raises(NotMakeableError) as caught:
        compensate(part, kerf)
    assert caught.value.french.startswith("P05 «\u00a0dos\u00a0»\u00a0: ")
    return str(caught.value)


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            Operation(Work.POCKET, Face.TOP, 2, Contour.rectangle(10, 10, 20, 20)),
            "the pocket at (20.0, 20.0), 2 mm deep",
        ),
        (Operation(Work.DRILL, Face.TOP, 3, Contour.circle(30, 40, 2)), "the blind hole at (30.0, 40.0), 3 mm deep"),
        (
            Operation(Work.ENGRAVE, Face.BOTTOM, 0.5, Contour.rectangle(10, 10, 20, 2)),
            "the engraving at (20.0, 11.0) is on the bottom face",
        ),
    ],
)
def test_what_a_laser_cannot_do_is_refused_by_name(operation: Operation, words: str) -> None:
    with pytest.raises(NotMakeableError) as caught:
        for_laser(part_of(operation))
    assert str(caught.value).startswith(f"P05 'dos': {words}")
    assert "laser" in str(caught.value) and "laser" in caught.value.french


def test_a_drilled_through_hole_is_cut_and_an_engraving_above_stays() -> None:
    hole = Operation(Work.DRILL, Face.TOP, 5, Contour.circle(30, 40, 2))
    engraving = Operation(Work.ENGRAVE, Face.TOP, 0.5, Contour.rectangle(10, 10, 20, 2))
    part = for_laser(part_of(hole, engraving))
    assert next(part.of(Work.CUT_INSIDE)) == cut(hole.contour)
    assert next(part.of(Work.ENGRAVE)) == engraving
    assert next(compensate(part, 0.2).of(Work.ENGRAVE)) == engraving
    assert not list(part.of(Work.DRILL))


def test_rectangles_grow_and_shrink_and_stay_sharp() -> None:
    assert compensated_outline(Contour.rectangle(0, 0, 400, 300), 0.2) == Contour.of(
        [(-0.1, -0.1), (400.1, -0.1), (400.1, 300.1), (-0.1, 300.1)]
    )
    assert compensated_cut(Contour.rectangle(50, 60, 80, 18), 0.2) == Contour.of(
        [(50.1, 60.1), (129.9, 60.1), (129.9, 77.9), (50.1, 77.9)]
    )


def test_circles_stay_circles() -> None:
    assert compensated_outline(Contour.circle(10, 20, 50), 0.3) == Contour.circle(10, 20, 50.15)
    assert compensated_cut(Contour.circle(10, 20, 50), 0.3) == Contour.circle(10, 20, 49.85)


def test_tangent_neighbours_stay_tangent() -> None:
    rounded = Contour.of(
        [
            (20, 0),
            (380, 0, QUARTER),
            (400, 20),
            (400, 280, QUARTER),
            (380, 300),
            (20, 300, QUARTER),
            (0, 280),
            (0, 20, QUARTER),
        ]
    )
    grown = list(compensated_outline(rounded, 0.2).segments())
    assert [s.radius for s in grown if s.bulge] == pytest.approx([20.1] * 4)
    for a, b in zip(grown, grown[1:] + grown[:1], strict=True):
        assert direction(a, True) == pytest.approx(direction(b, False), abs=1e-9)


def test_a_concave_arc_of_the_outline_gets_smaller() -> None:
    bite = Contour.of([(0, 0), (100, 0), (100, 60), (70, 60, -1), (30, 60), (0, 60)])
    (arc,) = [s for s in compensated_outline(bite, 0.2).segments() if s.bulge]
    assert arc.radius == pytest.approx(19.9)
    assert arc.centre == pytest.approx((50, 60))


def test_a_dogbone_notch_keeps_its_arcs() -> None:
    """Corners between a line and an arc that is not tangent to it."""
    notch = Contour.of(
        [(0, 0), (100, 0), (100, 60), (60, 60), (60, 44, -1), (56, 40), (44, 40, -1), (40, 44), (40, 60), (0, 60)]
    )
    grown = compensated_outline(notch, 0.2)
    arcs = [s for s in grown.segments() if s.bulge]
    assert [a.radius for a in arcs] == pytest.approx([math.sqrt(8) - 0.1] * 2)
    expected = Polygon(notch.points(1e-4)).buffer(0.1, join_style="mitre", mitre_limit=10).area
    assert grown.area == pytest.approx(expected, abs=0.01)


def test_no_kerf_changes_nothing() -> None:
    part = part_of(cut(Contour.circle(50, 50, 10)))
    assert compensate(part, 0.0) is part


def test_a_slot_narrower_than_the_kerf_is_refused_by_name() -> None:
    expected = "is 0.15 mm wide, narrower than the kerf of 0.2 mm"
    message = refusal(part_of(cut(Contour.rectangle(50, 60, 80, 0.15))), 0.2)
    assert message.startswith("P05 'dos': the slot at (") and message.endswith(expected)
    notched = Contour.of([(0, 0), (400, 0), (400, 300), (200.15, 300), (200.15, 280), (200, 280), (200, 300), (0, 300)])
    assert refusal(part_of(outline=notched), 0.2) == f"P05 'dos': the slot at (200.1, 280.0) {expected}"


def test_an_arc_that_vanishes_is_refused_by_name() -> None:
    assert refusal(part_of(cut(Contour.circle(50, 60, 0.1))), 0.3) == (
        "P05 'dos': the arc of radius 0.1 mm at (50.0, 59.9) vanishes in the kerf of 0.3 mm"
    )
    rounded = Contour.of([(50, 50), (90, 50), (90, 80), (50.1, 80, QUARTER), (50, 79.9)])
    assert "the arc of radius 0.1 mm at (50.0, 80.0) vanishes in the kerf of 0.3 mm" in refusal(
        part_of(cut(rounded)), 0.3
    )


def test_a_neck_that_closes_elsewhere_is_refused_by_name() -> None:
    """No edge vanishes, but the two sides of a waist cross."""
    waist = Contour.of([(0, 0), (50, 19.95), (100, 0), (100, 40), (50, 20.05), (0, 40)])
    assert "is narrower than the kerf of 0.3 mm" in refusal(part_of(cut(waist)), 0.3)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.floats(20, 60), st.floats(0.7, 1.0), st.floats(-0.3, 0.6)), min_size=3, max_size=9),
    st.floats(0.05, 0.5),
)
def test_what_is_left_after_the_beam_is_the_nominal_part(
    corners: list[tuple[float, float, float]], kerf: float
) -> None:
    total, angle, vertices = sum(share for _, share, _ in corners), 0.0, []
    for radius, share, bulge in corners:
        vertices.append((radius * math.cos(angle), radius * math.sin(angle), bulge if abs(bulge) > 0.05 else 0.0))
        angle += 2 * math.pi * share / total
    nominal = Contour.of(vertices)
    shape = Polygon(nominal.points(1e-4))
    if not shape.is_valid or shape.buffer(-1).buffer(1.01).area < 0.9 * shape.area:
        return  # crosses itself or has needles
    try:
        grown = compensated_outline(nominal, kerf)
    except NotMakeableError as error:
        assert "kerf" in str(error)
        return
    _check_parallel(nominal, grown, kerf / 2)
    # An inside cut of the grown contour is moved back to where it was.
    back = compensated_cut(grown, kerf)
    assert back.area == pytest.approx(nominal.area, abs=1e-5)
    assert back.length == pytest.approx(nominal.length, abs=1e-5)


def _check_parallel(nominal: Contour, grown: Contour, half: float) -> None:
    before, after = list(nominal.segments()), list(grown.segments())
    assert sum(1 for s in after if s.bulge) == sum(1 for s in before if s.bulge)
    for segment in after:
        assert any(_parallel(segment, other, half) for other in before)
    # Nothing of the part is cut away: the beam's middle keeps half a kerf from it everywhere.
    assert Polygon(nominal.points(1e-4)).exterior.distance(Polygon(grown.points(1e-4)).exterior) >= half - 1e-3


def _parallel(a: Segment, b: Segment, half: float) -> bool:
    if bool(a.bulge) != bool(b.bulge):
        return False
    if a.bulge:
        radius = b.radius + math.copysign(half, b.bulge)
        return math.dist(a.centre, b.centre) < 1e-4 and abs(a.radius - radius) < 1e-4
    (ux, uy), (vx, vy) = direction(a, False), direction(b, False)
    (x, y), (x0, y0) = a.start, b.start
    return abs(ux * vy - uy * vx) < 1e-6 and abs((x - x0) * vy - (y - y0) * vx - half) < 1e-5


def test_a_generous_blob_is_compensated() -> None:
    """Keeps the property above from passing by refusing everything."""
    blob = Contour.of([(0, 0, 0.2), (80, 0), (100, 50, -0.2), (60, 90, 0.5), (0, 70)])
    grown = compensated_outline(blob, 0.2)
    _check_parallel(blob, grown, 0.1)
    assert grown.area > blob.area
