# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Random slots, notches and pockets, any tool: the relieved void holds the nominal one and the tool gets to its corners."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LinearRing, Point, Polygon, box

from designs.contour import Contour
from fablabs.machine import Relief, Tool
from fabrication.corners import sharp_corners
from fabrication.errors import NotMakeableError
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.relief import choose_tool, relieve, void_on_left

STYLES = st.sampled_from([Relief.DOGBONE, Relief.TBONE])
TOOLS = st.sampled_from([3.0, 3.175, 4.0, 5.0, 6.0, 6.35, 8.0])
EVERY = settings(max_examples=150, deadline=None)


def sizes(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(round(low * 100), round(high * 100)).map(lambda n: n / 100)


def part_of(work: Work, contour: Contour) -> FlatPart:
    board = Contour.rectangle(-500, -500, 1000, 1000)
    if work is Work.CUT_OUTSIDE:
        return FlatPart("P01", "", 18, (Operation(work, Face.TOP, 18, contour),))
    depth = 18 if work is Work.CUT_INSIDE else 9
    operations = (Operation(work, Face.TOP, depth, contour), Operation(Work.CUT_OUTSIDE, Face.TOP, 18, board))
    return FlatPart("P01", "", 18, operations)


def check(work: Work, nominal: Contour, tool: float, style: Relief) -> None:
    part = part_of(work, nominal)
    relieved = next(relieve(part, tool, style).of(work)).contour
    assert relieved.signed_area > 0
    assert LinearRing(relieved.points()).is_simple
    fine = 0.0005
    before, after = Polygon(nominal.points(fine)), Polygon(relieved.points(fine))
    if work is Work.CUT_OUTSIDE:
        around = box(*before.bounds).buffer(20)
        before, after = around.difference(before), around.difference(after)
    assert before.difference(after.buffer(2 * fine)).is_empty, "wood was added"
    radius = tool / 2
    reached = after.buffer(-radius + 1e-3, quad_segs=64).buffer(radius, quad_segs=64)
    for corner in sharp_corners(void_on_left(nominal, work is not Work.CUT_OUTSIDE), radius):
        assert reached.distance(Point(corner.at)) <= 0.02
    assert before.difference(reached.buffer(0.02)).area < 1e-4, "the tool leaves something"


def makeable(work: Work, contour: Contour, tool: float, style: Relief) -> bool:
    try:
        choose_tool([part_of(work, contour)], [Tool(name="t", diameter_mm=tool)], style)
    except NotMakeableError as error:
        assert str(error).startswith("P01: ")
        return False
    return True


@EVERY
@given(sizes(2, 60), sizes(2, 60), TOOLS, STYLES, st.floats(0, 360), st.sampled_from([Work.CUT_INSIDE, Work.POCKET]))
def test_rectangles(width: float, height: float, tool: float, style: Relief, turn: float, work: Work) -> None:
    slot = Contour.rectangle(-width / 2, -height / 2, width, height).moved(3, 4, turn)
    if min(width, height) < tool - 0.005:
        assert not makeable(work, slot, tool, style)
        return
    short, long = sorted((width, height))
    rho = tool / 2 + 0.05
    if long < 4 * rho + 0.1 and short < 2 * math.sqrt(2) * rho + 0.1 and not makeable(work, slot, tool, style):
        return  # a hole hardly larger than the tool, without room for four reliefs
    check(work, slot, tool, style)
    assert makeable(work, slot, tool, style)


@EVERY
@given(st.lists(st.tuples(sizes(20, 120), st.floats(0.6, 1.0)), min_size=3, max_size=7), TOOLS, STYLES)
def test_polygons_of_any_angle(corners: list[tuple[float, float]], tool: float, style: Relief) -> None:
    total = sum(share for _, share in corners)
    angle, points = 0.0, []
    for radius, share in corners:
        points.append((radius * math.cos(angle), radius * math.sin(angle)))
        angle += 2 * math.pi * share / total
    hole = Contour.of(points)
    if makeable(Work.CUT_INSIDE, hole, tool, style):
        check(Work.CUT_INSIDE, hole, tool, style)


@EVERY
@given(sizes(3, 60), sizes(3, 60), sizes(-8, 8), TOOLS, STYLES)
def test_notches_of_an_outline(width: float, depth: float, lean: float, tool: float, style: Relief) -> None:
    notch = [(150 + width + lean, 200), (150 + width, 200 - depth), (150, 200 - depth), (150 - lean, 200)]
    outline = Contour.of([(0, 0), (400, 0), (400, 200), *notch, (0, 200)])
    if width < tool - 0.01:
        assert not makeable(Work.CUT_OUTSIDE, outline, tool, style) or lean > 0
        return
    if makeable(Work.CUT_OUTSIDE, outline, tool, style):
        check(Work.CUT_OUTSIDE, outline, tool, style)
    else:
        assert depth < 2 * tool + 0.2 or width < 2 * tool + 0.2 or lean < 0


@EVERY
@given(sizes(20, 60), st.floats(0.2, 1.0), st.booleans(), TOOLS, STYLES)
def test_corners_between_a_line_and_an_arc(
    width: float, bulge: float, outwards: bool, tool: float, style: Relief
) -> None:
    hole = Contour.of([(0, 0), (width, 0, 0), (width, 40, bulge if outwards else -bulge / 3), (0, 40)])
    if makeable(Work.CUT_INSIDE, hole, tool, style):
        check(Work.CUT_INSIDE, hole, tool, style)


@pytest.mark.parametrize("style", [Relief.DOGBONE, Relief.TBONE])
def test_a_generous_line_and_arc_corner_is_makeable(style: Relief) -> None:
    """Keeps the property above from passing by refusing everything."""
    hole = Contour.of([(0, 0), (40, 0, 0), (40, 40, 0.5), (0, 40)])
    assert makeable(Work.CUT_INSIDE, hole, 6, style)
    triangle = Contour.of([(0, 0), (80, 0), (30, 70)])
    assert makeable(Work.CUT_INSIDE, triangle, 6, style)
