# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The line of a tool's centre: at its distance from every wall, exactly, arcs as arcs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, union_all
from shapely.geometry.base import BaseGeometry

from designs.contour import Contour, Vertex
from fablabs.machine import Relief
from fabrication.loops import Loop, as_contour
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.relief import relieve
from fabrication.toolpaths.parallel import NoPathError, parallels, reaching, walls_of


def run_over(loops: list[Loop], radius: float) -> BaseGeometry:
    lines = [LineString([*as_contour(loop).points(0.0005), loop[0].start]) for loop in loops]
    return union_all([line.buffer(radius, quad_segs=64) for line in lines])


def check(
    contour: Contour, radius: float, outside: bool, islands: tuple[Contour, ...] = (), uncut: float = 0.02
) -> None:
    """Nothing of the part is cut away, and its edge is reached all along."""
    loops = reaching(walls_of(contour, islands, outside=outside), radius)
    tool = run_over(loops, radius)
    shape = Polygon(contour.points(0.0005), [i.points(0.0005) for i in islands])
    gouged = tool.intersection(shape) if outside else tool.difference(shape)
    assert gouged.area < 0.002 * shape.length
    assert shape.boundary.difference(tool.buffer(0.01)).length < uncut


def relieved(contour: Contour, work: Work, tool: float, style: Relief = Relief.DOGBONE) -> Contour:
    outline = Contour.rectangle(-500, -500, 2000, 2000)
    operations = (Operation(work, Face.TOP, 18.0, contour),)
    if work is not Work.CUT_OUTSIDE:
        operations += (Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, outline),)
    return relieve(FlatPart("P01", "essai", 18.0, operations), tool, style).operations[0].contour


COMB = Contour.of([(0, 0), (200, 0), (200, 60), (150, 60), (150, 42), (100, 42), (100, 60), (60, 60), (60, 24), (42, 24), (42, 60), (0, 60)])  # fmt: skip


@pytest.mark.parametrize("style", [Relief.DOGBONE, Relief.TBONE])
@pytest.mark.parametrize("tool", [3.175, 6.0, 8.0])
def test_the_tool_goes_round_a_comb_with_reliefs_and_cuts_all_of_its_edge(tool: float, style: Relief) -> None:
    check(relieved(COMB, Work.CUT_OUTSIDE, tool, style), tool / 2, outside=True)


@pytest.mark.parametrize("style", [Relief.DOGBONE, Relief.TBONE])
def test_the_tool_goes_round_an_opening_with_reliefs(style: Relief) -> None:
    check(relieved(Contour.rectangle(0, 0, 44.2, 17.8), Work.CUT_INSIDE, 6.0, style), 3.0, outside=False)


def test_a_dog_bone_of_exactly_the_tool_s_diameter_leaves_no_edge_uncut() -> None:
    """An offset that drops what shrinks to a point leaves the whole side beside such a relief."""
    wide = relieved(COMB, Work.CUT_OUTSIDE, 5.9)  # reliefs of 6.0 mm
    assert any(abs(s.radius - 3.0) < 1e-6 for s in wide.segments() if s.bulge)
    check(wide, 3.0, outside=True)


@pytest.mark.parametrize("width", [6.0, 6.0 - 1e-7, 6.0 + 1e-7, 5.999, 5.992, 6.001, 6.05])
def test_a_slot_as_wide_as_the_tool_is_cut_to_its_end(width: float) -> None:
    half = width / 2
    slotted = Contour.of(
        [
            (0, 0),
            (100, 0),
            (100, 60),
            (50 + half, 60),
            Vertex(50 + half, 20, -1.0),
            (50 - half, 20),
            (50 - half, 60),
            (0, 60),
        ]
    )
    loops = reaching(walls_of(slotted, outside=True), 3.0)
    tool = run_over(loops, 3.0)
    assert tool.buffer(0.01).covers(LineString([(50, 62), (50, 20)]).buffer(half - 0.02))


def test_a_slot_narrower_than_the_tool_has_no_path() -> None:
    with pytest.raises(NoPathError):
        reaching(walls_of(Contour.rectangle(0, 0, 40, 5.9)), 3.0)
    assert parallels(walls_of(Contour.rectangle(0, 0, 40, 5.9)), 3.0) == []


def test_arcs_stay_arcs_about_the_same_centre() -> None:
    rounded = Contour.of(
        [
            Vertex(10, 0),
            Vertex(90, 0, math.tan(math.pi / 8)),
            Vertex(100, 10),
            Vertex(100, 50),
            Vertex(0, 50),
            Vertex(0, 10, math.tan(math.pi / 8)),
        ]
    )
    (loop,) = parallels(walls_of(rounded, outside=True), 3.0)
    arcs = {(round(s.centre[0], 6), round(s.centre[1], 6), round(s.radius, 6)) for s in loop if s.bulge}
    assert arcs == {(90, 10, 13), (10, 10, 13), (100, 50, 3), (0, 50, 3)}
    assert sum(1 for s in loop if not s.bulge) == 4


def test_the_wood_is_on_the_right_around_a_part_and_within_an_opening() -> None:
    box = Contour.rectangle(0, 0, 50, 30)
    (around,) = parallels(walls_of(box, outside=True), 3.0)
    (within,) = parallels(walls_of(box), 3.0)
    assert as_contour(around).signed_area < 0 < as_contour(within).signed_area


def test_an_island_is_gone_round_where_the_tool_passes_and_left_alone_where_it_does_not() -> None:
    pocket, island = Contour.rectangle(0, 0, 100, 60), Contour.rectangle(40, 20, 20, 20)
    assert len(parallels(walls_of(pocket, (island,)), 3.0)) == 2
    # Too narrow all around: what is left are the four corners' loops, or nothing.
    assert parallels(walls_of(pocket, (Contour.rectangle(5, 5, 90, 50),)), 3.0) == []
    check(pocket, 3.0, outside=False, islands=(Contour.circle(50, 30, 8),), uncut=8 * 3.0)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.tuples(st.floats(9, 60), st.floats(5, 40)), min_size=2, max_size=7),
    tool=st.sampled_from([3.0, 6.0, 8.0]),
)
def test_any_comb_is_cut_along_its_edge_and_nowhere_else(steps: list[tuple[float, float]], tool: float) -> None:
    x, corners = 0.0, [(0.0, 0.0)]
    for index, (width, height) in enumerate(steps):
        top = 50.0 + (height if index % 2 else 0.0)
        corners += [(x, top), (x + width, top)]
        x += width
    corners.append((x, 0.0))
    comb = Contour.of(corners).counter_clockwise()
    shape = Polygon(comb.points())
    loops = reaching(walls_of(comb, outside=True), tool / 2)
    swept = run_over(loops, tool / 2)
    # shapely's own offset of the part is the judge: the tool's far side, away from the part.
    ideal = shape.buffer(tool / 2, quad_segs=64).exterior.buffer(tool / 2, quad_segs=64)
    assert swept.symmetric_difference(ideal).area < 0.01 * shape.length
    assert swept.intersection(shape).area < 0.002 * shape.length
