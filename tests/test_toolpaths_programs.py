# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole sheet's program: tabs that hold, order, clamps, what is missing or left out, time."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon

from designs.contour import Contour
from fablabs.machine import Tool
from fabrication.plan import CutPlan, Face, Operation, Placement, SheetLayout, Work
from fabrication.program import Move, Pace, Run, SheetProgram, Unprogrammed
from fabrication.toolpaths.cut import Cut
from fabrication.toolpaths.duration import SPIN_UP, seconds
from fabrication.toolpaths.programs import _low_stretches, programs
from fabrication.toolpaths.sequence import in_order
from tests.toolpath_pieces import DRILL, MILL, V_BIT, T, hole, opening, part, plan, polygon, router, swept, traced

BOX = Contour.rectangle(0, 0, 120, 80)


def only(done: tuple[SheetProgram, ...]) -> SheetProgram:
    (program,) = done
    return program


def notes(program: SheetProgram) -> list[str]:
    return [name for run in program.runs for _, name in run.notes]


def test_neighbours_in_one_lane_lift_at_the_same_place_so_that_no_tab_is_milled_away() -> None:
    """Spacing 8, cutter 6: each part's pass sweeps most of the lane that the other's tabs stand in."""
    spots = [(x, y) for y in (12.0, 100.0, 188.0) for x in (12.0, 140.0, 268.0, 396.0)]
    program = only(programs(plan((part("P01", BOX), spots)), router().machine)[0])

    low = swept(program.runs[-1], above=-T + 3.0 - 0.01)
    for tab in program.tabs:
        assert low.intersection(Point(tab.x, tab.y).buffer(tab.width / 2 - 0.05)).area < 0.01, tab
    by_copy = [[t for t in program.tabs if t.copy == copy] for copy in range(1, 13)]
    assert all(len(tabs) >= 2 for tabs in by_copy)
    bridges = sum(
        1 for a in program.tabs for b in program.tabs if a.copy < b.copy and math.dist((a.x, a.y), (b.x, b.y)) < 3
    )
    assert bridges >= 8


def test_every_part_of_a_dense_block_hangs_on_the_sheet_by_way_of_its_neighbours() -> None:
    spots = [(x, y) for y in (12.0, 100.0, 188.0, 276.0) for x in (12.0, 140.0, 268.0, 396.0)]
    machine = router(tab_height_mm=3.0).machine
    program = only(programs(plan((part("P01", BOX), spots)), machine)[0])

    wood = Polygon([(0, 0), (1000, 0), (1000, 600), (0, 600)]).difference(
        swept(program.runs[-1], above=-T + 2.9).buffer(1e-4)
    )
    pieces = sorted(wood.geoms if hasattr(wood, "geoms") else [wood], key=lambda p: -p.area)
    assert pieces[0].area > 0.95 * wood.area  # all in one piece, but for slivers between slots
    assert all(pieces[0].intersects(polygon(BOX.moved(x, y)).centroid) for x, y in spots)


def test_no_row_of_parts_hangs_on_a_single_tab() -> None:
    """A column of small parts between two large ones, whose short sides take no tab."""
    tall, key = part("P01", Contour.rectangle(0, 0, 200, 500)), part("P02", Contour.rectangle(0, 0, 70, 20))
    keys = [(220.0, 40.0 + 28 * k) for k in range(9)]
    program = only(programs(plan((tall, [(12, 12), (298, 12)]), (key, keys)), router().machine)[0])

    low = swept(program.runs[-1], above=-T + 2.9).buffer(1e-4)
    wood = Polygon([(0, 0), (1000, 0), (1000, 600), (0, 600)]).difference(low)
    for tab in program.tabs:
        rest = wood.difference(Point(tab.x, tab.y).buffer(4.5))
        held = max(getattr(rest, "geoms", [rest]), key=lambda piece: piece.area)
        assert all(held.intersects(Point(x + 35, y + 10)) for x, y in keys), tab


def test_no_tab_stands_on_a_tenon_its_shoulder_or_in_a_notch() -> None:
    outline = Contour.of(
        [(0, 0), (300, 0), (300, 150), (260, 150), (260, 168), (200, 168), (200, 150), (100, 150), (100, 100), (82, 100), (82, 150), (40, 150), (40, 168), (0, 168)]
    )  # fmt: skip
    program = only(programs(plan((part("P01", outline), [(100, 100)])), router().machine)[0])
    assert len(program.tabs) >= 3
    for tab in program.tabs:
        assert tab.y < 200 or tab.x > 400 or tab.x < 100, tab


def test_large_waste_is_held_and_a_slot_s_is_not() -> None:
    outline = Contour.rectangle(0, 0, 400, 300)
    work = (opening(Contour.rectangle(50, 50, 150, 120)), opening(Contour.rectangle(250, 50, 44, 18)))
    program = only(programs(plan((part("P01", outline, *work), [(100, 100)])), router().machine)[0])
    inside = [t for t in program.tabs if 150 < t.x < 300 and 150 < t.y < 270]
    assert len(inside) == 2
    assert not [t for t in program.tabs if 340 < t.x < 400 and 140 < t.y < 180]


def test_inside_work_comes_before_outlines_and_small_parts_before_large_ones() -> None:
    small = part("P01", Contour.rectangle(0, 0, 60, 40), hole(30, 20, 9), quantity=3)
    large = part("P02", Contour.rectangle(0, 0, 400, 300), opening(Contour.rectangle(40, 40, 100, 100)))
    laid = plan((small, [(20, 20), (20, 100), (20, 180)]), (large, [(200, 50)]))
    order = notes(only(programs(laid, router().machine)[0]))

    assert order[:3] == ["P01-1 hole 9 mm", "P01-2 hole 9 mm", "P01-3 hole 9 mm"]
    assert order[3] == "P02-1 inside" and order[7] == "P02-1 outside"
    assert sorted(order[4:7]) == ["P01-1 outside", "P01-2 outside", "P01-3 outside"]


def test_a_part_in_another_s_opening_is_done_before_that_opening() -> None:
    frame = part("P01", Contour.rectangle(0, 0, 400, 300), opening(Contour.rectangle(50, 50, 300, 200)))
    inner = part("P02", BOX, hole(60, 40, 9))
    order = notes(only(programs(plan((frame, [(100, 100)]), (inner, [(200, 200)])), router().machine)[0]))
    assert order == ["P02-1 hole 9 mm", "P02-1 outside", "P01-1 inside", "P01-1 outside"]


def test_each_tool_comes_once_and_the_one_that_frees_the_parts_last() -> None:
    signs = Operation(Work.ENGRAVE, Face.TOP, 0.8, Contour.rectangle(20, 60, 40, 4))
    parts = plan((part("P01", BOX, hole(30, 30, 5), hole(60, 30, 9), signs), [(20, 20), (160, 20)]))
    program = only(programs(parts, router(MILL, DRILL, V_BIT).machine)[0])
    assert [run.tool.name for run in program.runs] == ["fraise en V", "foret 5 mm", "fraise 6 mm"]
    assert [name.split(" ", 1)[1] for _, name in program.runs[2].notes] == ["hole 9 mm"] * 2 + ["outside"] * 2


def test_travel_is_at_its_height_and_haste_never_goes_down_into_wood() -> None:
    parts = plan((part("P01", BOX, hole(30, 30, 9), opening(Contour.rectangle(50, 20, 44, 18))), [(20, 20), (160, 20)]))
    for run in only(programs(parts, router().machine)[0]).runs:
        assert run.moves[0].z == run.moves[-1].z == 15.0
        for move, (x, y, z), _ in traced(run.moves):
            if move.pace is Pace.RAPID:
                assert (z == move.z == 15.0) or ((x, y) == (move.x, move.y) and (move.z > z or move.z >= 1.0))


def missing(**changes: Any) -> Unprogrammed:
    done, (line,) = programs(plan((part("P01", BOX), [(20, 20)])), router(**changes).machine)
    assert done == ()
    return line


@pytest.mark.parametrize(
    ("key", "french"),
    [
        ("controller", "la commande numérique"),
        ("zero", "le zéro de Z"),
        ("travel_height_mm", "la hauteur de déplacement"),
    ],
)
def test_a_machine_of_which_something_is_unknown_gets_no_program_and_the_key_s_name(key: str, french: str) -> None:
    line = missing(**{key: None})
    assert line.english == f"no machine file: machine.{key} is not said"
    assert (line.french, line.unsaid, line.tool) == (french, True, "")


@pytest.mark.parametrize("key", ["number", "feed_mm_min", "plunge_mm_min", "spindle_rpm", "pass_depth_mm"])
def test_a_tool_of_which_something_is_unknown_is_named_with_the_key(key: str) -> None:
    lying = plan((part("P01", BOX), [(20, 20)]))
    done, lines = programs(lying, router({**MILL, key: None}).machine)
    assert (done, [line.english for line in lines]) == (
        (),
        [f"no machine file: machine.tools 'fraise 6 mm': {key} is not said"],
    )
    assert (lines[0].unsaid, lines[0].tool) == (True, "fraise 6 mm")
    # A tool that nothing needs may say nothing.
    spare = {"name": "autre", "diameter_mm": 3.0}
    assert only(programs(lying, router(MILL, spare).machine)[0])


def test_grbl_asks_for_no_tool_number_and_a_drill_for_no_feed() -> None:
    drill = {**DRILL, "feed_mm_min": None, "number": None}
    lying = plan((part("P01", BOX, hole(30, 30, 5)), [(20, 20)]))
    machine = router({**MILL, "number": None}, drill, controller="grbl").machine
    assert programs(lying, machine)[1] == ()


def test_everything_that_is_missing_is_said_at_once() -> None:
    silent = router({"name": "f", "diameter_mm": 6.0}, controller=None, zero=None, travel_height_mm=None).machine
    _, lines = programs(plan((part("P01", BOX), [(20, 20)])), silent)
    assert len(lines) == 3 + 5


def test_a_margin_narrower_than_the_cutter_is_refused() -> None:
    line = missing(margin_mm=5.0)
    assert "machine.margin_mm of 5" in line.english
    assert line.french == "avec une marge de 5 mm, la fraise de 6 mm déborderait de la feuille"


def test_a_hole_without_a_tool_is_left_out_and_named() -> None:
    done, lines = programs(plan((part("P01", BOX, hole(30, 30, 4.5)), [(20, 20)])), router().machine)
    (line,) = lines
    assert line.english.startswith("P01: hole Ø4.5:")
    assert line.french == "P01 : trous Ø 4.5, à percer à la main sur 18.0 mm"
    assert (line.part, line.work, line.diameter) == ("P01", Work.DRILL, "4.5")
    assert notes(only(done)) == ["P01-1 outside"]


def test_work_on_the_face_that_lies_down_is_left_out_and_its_parts_named() -> None:
    recess = Operation(Work.POCKET, Face.BOTTOM, 6.0, Contour.rectangle(20, 20, 40, 20))
    both = part("P01", BOX, recess)
    done, lines = programs(plan((both, [(20, 20)])), router().machine)
    (line,) = lines
    assert line.english == "sheet 1: bottom: to be turned over for work on that face: P01-1"
    assert (line.french, line.sheet) == ("la face de dessous de P01-1", 1)
    assert notes(only(done)) == ["P01-1 outside"]

    over = CutPlan((both,), (SheetLayout(1, 1000, 600, (Placement("P01", 1, 300, 100, 0, mirrored=True),)),), 0.0, 6.0)
    done, lines = programs(over, router().machine)
    assert lines == ()
    floor = swept(only(done).runs[0], above=-5.999, below=-6.001)
    assert floor.difference(polygon(recess.contour.moved(300, 100, 0, True)).buffer(2)).is_empty and floor.area > 700


def test_what_is_looked_at_for_clamps_is_the_way_below_the_travel_height_and_whole_circles() -> None:
    fast, cut = Pace.RAPID, Pace.CUT
    moves = (
        Move(fast, 0, 0, 15),
        Move(fast, 100, 0, 15),  # over whatever stands between
        Move(fast, 100, 0, 1),
        Move(cut, 110, 0, -3),
        Move(fast, 110, 0, 15),
        Move(fast, 200, 0, 15),
        Move(fast, 300, 0, 15),
        Move(fast, 300, 0, 1),
        Move(cut, 300, 0, -3, (280, 0), True),  # all the way round
        Move(fast, 300, 0, 15),
    )
    low = [LineString(points) for _, points in _low_stretches(moves, ((0, "P01-1 inside"),), 15.0)]
    assert [tuple(round(v) for v in line.bounds) for line in low] == [(100, 0, 110, 0), (260, -20, 300, 20)]


@given(st.floats(0.1, 500), st.floats(-3, 3), st.floats(0.001, 2 * math.pi - 0.001), st.booleans())
def test_an_arc_of_a_program_turns_as_it_was_drawn(radius: float, began: float, angle: float, ccw: bool) -> None:
    turn = angle if ccw else -angle
    start, end = ((radius * math.cos(a), radius * math.sin(a)) for a in (began, began + turn))
    move = Move(Pace.CUT, *end, 0.0, (0.0, 0.0), ccw)
    assert move.turn(start) == pytest.approx(turn, abs=1e-6)
    points = move.points(start, 0.2)
    assert math.dist(points[0], start) < 1e-6 and math.dist(points[-1], end) < 1e-4
    assert len(points) == math.ceil(abs(move.turn(start)) / 0.2) + 1
    assert LineString(points).length == pytest.approx(radius * angle, rel=0.002)
    assert Move(Pace.CUT, *start, 0.0, (0.0, 0.0), ccw).turn(start) == pytest.approx(
        2 * math.pi if ccw else -2 * math.pi
    )
    assert Move(Pace.CUT, *end, 0.0).turn(start) == 0 and Move(Pace.CUT, *end, 0.0).points(start, 0.2) == [start, end]


def test_a_clamp_in_the_tool_s_way_is_found_before_it_is_hit() -> None:
    lying = plan((part("P01", BOX), [(20, 20)]))
    clamp = ((145.0, 40.0), (170.0, 40.0), (170.0, 60.0), (145.0, 60.0))
    done, lines = programs(lying, router(keep_out_mm=(clamp,)).machine)
    assert done == () and "P01-1 outside would run into the place kept free at (158, 50)" in lines[0].english
    assert lines[0].french == "sur la feuille 1, l’outil toucherait la bride ou le défaut en X 158 Y 50"
    beyond = tuple((x + 5, y) for x, y in clamp)
    assert only(programs(lying, router(keep_out_mm=(beyond,)).machine)[0])


def test_a_turned_copy_is_cut_where_it_lies() -> None:
    p = part("P01", Contour.of([(0, 0), (120, 0), (120, 40), (60, 80), (0, 80)]))
    for rotation in (0.0, 90.0, 33.0):
        laid = CutPlan((p,), (SheetLayout(1, 1000, 600, (Placement("P01", 1, 400, 300, rotation),)),), 0.0, 6.0)
        program = only(programs(laid, router(hold_down="vacuum").machine)[0])
        tool = swept(program.runs[0], above=-T + 0.01)
        shape = polygon(p.outline.moved(400, 300, rotation))
        assert tool.intersection(shape).area < 0.5
        assert shape.exterior.difference(tool.buffer(0.01)).length < 0.01


def run(*points: tuple[float, float, float], pace: Pace = Pace.CUT) -> Run:
    return Run(Tool.model_validate(MILL), tuple(Move(pace, *p) for p in points))


def test_the_time_of_a_straight_way_is_that_of_a_trapezoid() -> None:
    machine = router(accel_mm_s2=500.0, rapid_mm_min=6000.0).machine
    # 50 mm/s is reached in 0.1 s over 2.5 mm, twice.
    assert seconds([run((0, 0, 0), (105, 0, 0))], machine) == pytest.approx(SPIN_UP + 0.2 + 100 / 50)
    # Too short to reach it: 2 * sqrt(s / a).
    assert seconds([run((0, 0, 0), (2, 0, 0))], machine) == pytest.approx(SPIN_UP + 2 * math.sqrt(2 / 500))
    assert seconds([run((0, 0, 0), (40, 0, 0), (105, 0, 0))], machine) == pytest.approx(SPIN_UP + 2.2)


def test_a_sharp_corner_costs_a_stop_and_a_tangent_arc_costs_none() -> None:
    machine = router(accel_mm_s2=500.0).machine
    straight = seconds([run((0, 0, 0), (100, 0, 0), (200, 0, 0))], machine)
    corner = seconds([run((0, 0, 0), (100, 0, 0), (100, 100, 0))], machine)
    back = seconds([run((0, 0, 0), (100, 0, 0), (0, 0, 0))], machine)
    assert straight < corner < back
    assert back == pytest.approx(straight + 0.1, abs=0.002)
    tool = Tool.model_validate(MILL)
    arc = Run(tool, (Move(Pace.CUT, 0, 0, 0), Move(Pace.CUT, 100, 0, 0), Move(Pace.CUT, 120, 20, 0, (100, 20), True), Move(Pace.CUT, 120, 120, 0)))  # fmt: skip
    assert seconds([arc], machine) == pytest.approx(SPIN_UP + 0.1 + (200 + 10 * math.pi) / 50, rel=0.001)


def test_a_machine_that_is_silent_is_taken_for_a_slow_one() -> None:
    way = [run((0, 0, 15), (1000, 0, 15), pace=Pace.RAPID)]
    assert seconds(way, router().machine) > seconds(way, router(accel_mm_s2=2000.0, rapid_mm_min=20000.0).machine)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 600), st.integers(0, 2)), min_size=1, max_size=30))
def test_an_order_keeps_ranks_and_travels_no_farther_than_the_nearest_neighbour_s(
    spots: list[tuple[int, int, int]],
) -> None:
    tool = Tool(name="f", diameter_mm=6.0)
    cuts = [Cut(tool, Work.DRILL, (), (x, y), (x, y), float(rank)) for x, y, rank in spots]
    ordered = in_order(cuts, lambda c: c.area)
    assert sorted(map(id, ordered)) == sorted(map(id, cuts))
    assert [c.area for c in ordered] == sorted(c.area for c in cuts)
    if len({rank for _, _, rank in spots}) == 1:
        rest, here, greedy = list(cuts), (0.0, 0.0), 0.0
        while rest:
            following = min(rest, key=lambda c: math.dist(c.start, here))
            greedy += math.dist(following.start, here)
            here = following.start
            rest.remove(following)
        way = sum(
            math.dist(a, b)
            for a, b in zip([(0.0, 0.0), *(c.start for c in ordered)], (c.start for c in ordered), strict=False)
        )
        assert way <= greedy + 1e-6


@settings(max_examples=12, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.floats(30, 180), st.floats(30, 120)), min_size=2, max_size=9),
    gap=st.floats(6.0, 30.0),
    hold_down=st.sampled_from(["tabs", "onion-skin", "vacuum"]),
    direction=st.sampled_from(["climb", "conventional"]),
)
def test_whatever_lies_beside_no_part_is_cut_into(
    sizes: list[tuple[float, float]], gap: float, hold_down: str, direction: str
) -> None:
    x = 12.0
    laid = []
    for number, (width, height) in enumerate(sizes, 1):
        if x + width > 985:
            break
        laid.append((part(f"P{number:02}", Contour.rectangle(0, 0, width, height)), [(x, 12.0)]))
        x += width + gap
    machine = router(spacing_mm=6.0, hold_down=hold_down, cut_direction=direction).machine
    done, _ = programs(plan(*laid), machine)
    tool = swept(only(done).runs[0], above=-0.01)
    for p, [(left, low)] in laid:
        shape = polygon(p.outline.moved(left, low))
        assert tool.intersection(shape).area < 0.01
        assert shape.exterior.difference(tool.buffer(0.01)).length < 0.01
    assert Polygon([(0, 0), (1000, 0), (1000, 600), (0, 600)]).covers(tool)
