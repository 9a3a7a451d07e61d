# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passes, ramps, tabs, pockets, holes and engravings of single cuts."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from shapely import LineString, Point, union_all

from designs.contour import Contour
from designs.lettering import outlines
from fablabs.machine import MachineFile
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.program import Move, Pace, Run, SheetProgram
from fabrication.toolpaths.parallel import NoPathError
from fabrication.toolpaths.programs import programs
from fabrication.toolpaths.run_out import opened
from fabrication.toolpaths.tooling import tool_for_hole
from tests.toolpath_pieces import DRILL, MILL, V_BIT, T, hole, opening, part, plan, polygon, router, swept, traced

BOX = Contour.rectangle(0, 0, 300, 200)


def program(*operations: Operation, machine: MachineFile | None = None, outline: Contour = BOX) -> SheetProgram:
    """One part in the middle of a sheet, at (300, 200)."""
    used = (machine or router()).machine
    (done,), lines = programs(plan((part("P01", outline, *operations), [(300, 200)])), used)
    assert lines == ()
    return done


def cut_of(done: SheetProgram, what: str) -> Run:
    """The moves of one cut as a run of its own, from the travel height to it."""
    for run in done.runs:
        for number, (first, name) in enumerate(run.notes):
            if name.endswith(what):
                last = run.notes[number + 1][0] if number + 1 < len(run.notes) else len(run.moves)
                return Run(run.tool, run.moves[first:last])
    raise AssertionError(what)


def levels(run: Run) -> list[float]:
    """Depths at which the tool moves level, from above."""
    found = {round(z, 4) for m, (_, _, z), _ in traced(run.moves) if m.z == z and m.pace is not Pace.RAPID}
    return sorted(found, reverse=True)


def test_an_outline_goes_down_in_equal_passes_no_deeper_than_the_tool_s() -> None:
    run = cut_of(program(machine=router(hold_down="vacuum")), "outside")
    assert levels(run) == [0.0, -4.575, -9.15, -13.725, -18.3]


def test_a_mill_is_never_pushed_straight_into_the_wood_but_led_down_on_a_ramp() -> None:
    done = program(opening(Contour.rectangle(100, 60, 100, 80)), opening(Contour.rectangle(30, 30, 44, 18)))
    ramps = 0
    for run in done.runs:
        for move, (x, y, z), way in traced(run.moves):
            if move.z < z - 1e-9 and move.z < 0:
                assert math.dist((x, y), (move.x, move.y)) > 0.1 or move.centre, move
                assert (z - move.z) <= 0.2501 * max(LineString(way).length, 1e-9)
                ramps += 1
    assert ramps > 10


@pytest.mark.parametrize("direction", ["climb", "conventional"])
def test_the_wood_is_on_the_right_when_climbing_and_on_the_left_else(direction: str) -> None:
    run = cut_of(program(machine=router(hold_down="vacuum", cut_direction=direction)), "outside")
    middle = Point(450, 300)
    for move, _, way in traced(run.moves):
        if move.z == -18.3 and LineString(way).length > 50:
            (x0, y0), (x1, y1) = way[0], way[-1]
            side = (x1 - x0) * (middle.y - y0) - (y1 - y0) * (middle.x - x0)
            assert (side < 0) == (direction == "climb")


def test_tabs_stay_as_wide_and_high_as_they_are_asked_and_nothing_else_of_the_edge_does() -> None:
    machine = router(tab_width_mm=8.0, tab_height_mm=4.0)
    done = program(machine=machine)
    assert len(done.tabs) == 3
    deep = swept(done.runs[0], above=-T + 4.0 - 0.01)
    edge = polygon(BOX.moved(300, 200)).exterior
    left = edge.difference(swept(done.runs[0], above=-T + 0.001).buffer(0.01))
    assert 3 * 8 - 1 < left.length < 3 * (8 + 6)
    for tab in done.tabs:
        assert (tab.width, tab.height) == (8.0, 4.0)
        assert edge.distance(Point(tab.x, tab.y)) == pytest.approx(3.0, abs=1e-6)
        along = LineString([(tab.x - 20, tab.y), (tab.x + 20, tab.y)])
        across = LineString([(tab.x, tab.y - 20), (tab.x, tab.y + 20)])
        kept = min(
            (line.difference(deep).intersection(Point(tab.x, tab.y).buffer(7)).length for line in (along, across)),
            key=lambda length: abs(length - 8),
        )
        assert kept == pytest.approx(8.0, abs=0.05)


def test_an_onion_skin_is_left_under_the_outline_and_under_large_waste_only() -> None:
    done = program(
        opening(Contour.rectangle(100, 60, 100, 80)),
        opening(Contour.rectangle(30, 30, 44, 18)),
        machine=router(hold_down="onion-skin", onion_skin_mm=0.5),
    )
    lowest = {name: min(m.z for m in run.moves[first:]) for run in done.runs for first, name in run.notes[-1:]}
    assert lowest == {"P01-1 outside": pytest.approx(-T + 0.5)}
    found = sorted(round(min(m.z for m in cut.moves), 3) for cut in _cuts(done) if cut.tool)
    assert found == [-18.3, -17.5, -17.5]
    assert done.tabs == ()


def _cuts(done: SheetProgram) -> list[Run]:
    result = []
    for run in done.runs:
        bounds = [*(first for first, _ in run.notes), len(run.moves)]
        result += [Run(run.tool, run.moves[a:b]) for a, b in itertools.pairwise(bounds)]
    return result


@pytest.mark.parametrize(
    "contour, islands",
    [
        (Contour.rectangle(50, 50, 120, 70), ()),
        (Contour.rectangle(50, 50, 200, 100), (Contour.circle(150, 100, 20), Contour.rectangle(80, 80, 30, 30))),
        (Contour.circle(150, 100, 40), ()),
        (Contour.of([(50, 50), (250, 50), (60, 120)]), ()),
        (Contour.rectangle(50, 50, 200, 7), ()),
        (Contour.of([(50, 50), (140, 50), (140, 90), (146.5, 90), (146.5, 50), (240, 50), (240, 150), (50, 150)]), ()),
    ],
)
def test_a_pocket_is_cleared_all_over_to_its_depth_and_its_islands_stay(
    contour: Contour, islands: tuple[Contour, ...]
) -> None:
    recess = Operation(Work.POCKET, Face.TOP, 8.0, contour, islands)
    relieved = next(part("P01", BOX, recess).of(Work.POCKET))
    run = cut_of(program(recess), "pocket")
    shape = polygon(relieved.contour.moved(300, 200))
    for island in relieved.islands:
        shape = shape.difference(polygon(island.moved(300, 200)))
    assert min(m.z for m in run.moves) == -8.0
    floor = swept(run, above=-7.999)
    assert floor.difference(shape.buffer(0.003)).area < 0.01
    # A drawn relief is wider than the tool by 0.1 mm and its middle is passed: what stays are the acute corner's tips.
    assert shape.difference(floor.buffer(0.006)).area < (1.5 if len(contour.vertices) == 3 else 0.05)
    assert {round(m.z, 3) for m in run.moves} >= {-4.0, -8.0}
    assert swept(run, above=-0.001).difference(shape.buffer(0.003)).area < 0.01


def test_a_groove_that_is_open_at_both_ends_runs_out_there_and_not_into_its_walls() -> None:
    groove = Operation(Work.POCKET, Face.TOP, 6.0, Contour.rectangle(140, 0, 18, 200))
    run = cut_of(program(groove), "pocket")
    floor = swept(run, above=-5.999)
    shape = polygon(Contour.rectangle(440, 200, 18, 200))
    assert shape.difference(floor.buffer(0.005)).area < 0.02
    assert floor.bounds[0] == pytest.approx(440, abs=0.002) and floor.bounds[2] == pytest.approx(458, abs=0.002)
    # Half a tool and a little over the edge: a neighbour at a tool's diameter is not touched.
    assert 196 < floor.bounds[1] < 197 and 403 < floor.bounds[3] < 404


def test_a_groove_that_ends_in_wood_beyond_an_open_edge_is_no_path() -> None:
    wedge = opening(Contour.of([(100, 96), (108, 96), (108, 104.5), (106.5, 104.5)]))
    groove = Operation(Work.POCKET, Face.TOP, 6.0, Contour.rectangle(108, 96, 60, 8))
    outline = Operation(Work.CUT_OUTSIDE, Face.TOP, T, BOX)
    with pytest.raises(NoPathError, match="wood beyond"):
        opened(FlatPart("P01", "", T, (groove, wedge, outline)), groove, 3.0)
    free = opening(Contour.rectangle(90, 90, 18, 20))
    moved = opened(FlatPart("P01", "", T, (groove, free, outline)), groove, 3.0)
    assert moved.bounds == pytest.approx((104.8, 96, 168, 104))


@pytest.mark.parametrize(
    "diameter, tools, name",
    [
        (5.0, (MILL, DRILL), "foret 5 mm"),
        (9.0, (MILL, DRILL), "fraise 6 mm"),
        (6.0, (MILL, DRILL), "fraise 6 mm"),
        (6.6, (MILL,), "fraise 6 mm"),
        (4.0, (MILL, {**MILL, "name": "fraise 3 mm", "diameter_mm": 3.0, "number": 7}), "fraise 3 mm"),
    ],
)
def test_a_hole_is_made_by_the_drill_of_its_size_or_a_mill_that_fits(
    diameter: float, tools: tuple[dict[str, Any], ...], name: str
) -> None:
    done = program(hole(100, 100, diameter), machine=router(*tools))
    run = next(r for r in _cuts(done) if min(m.z for m in r.moves) < -18 and r.moves[0].x < 420 and r.moves[0].x > 380)
    assert run.tool.name == name
    bore = union_all(
        [
            LineString([*way, way[0]]).buffer(run.tool.diameter_mm / 2, quad_segs=64)
            for m, _, way in traced(run.moves)
            if m.z < 0
        ]
    )
    assert bore.symmetric_difference(Point(400, 300).buffer(diameter / 2, quad_segs=64)).area < 0.05
    deepest = 0.0
    for move, (_, _, z), _way in traced(run.moves):
        if move.z < min(z, deepest) - 1e-9:
            assert deepest - move.z <= 6.0 + 1e-6
            deepest = move.z
        assert not (move.pace is Pace.RAPID and move.z < 0.5)
    assert deepest == pytest.approx(-18.3)


@pytest.mark.parametrize("measured, fits", [(5.94, False), (5.95, True), (5.96, True), (6.01, True), (6.03, False)])
def test_a_measured_drill_makes_a_hole_of_its_size_but_none_that_it_would_widen(measured: float, fits: bool) -> None:
    wide = {**MILL, "diameter_mm": 8.0}
    drill = {**DRILL, "diameter_mm": measured}
    machine = router(wide, drill).machine
    assert tool_for_hole(6.0, machine, machine.tools[:1]) == (machine.tools[1] if fits else None)
    lying = plan((part("P01", Contour.rectangle(0, 0, 200, 100), hole(30, 30, 6.0), tool=8.0), [(20, 20)]), tool=8.0)
    done, lines = programs(lying, machine)
    assert ("hole 6 mm" in " ".join(note for run in done[0].runs for _, note in run.notes)) == fits
    assert any(line.english.startswith("P01: hole Ø6") for line in lines) != fits


@pytest.mark.parametrize("measured, fits", [(5.96, True), (6.01, True), (6.03, False)])
def test_a_measured_mill_plunges_into_a_hole_of_its_size_but_not_into_a_narrower_one(
    measured: float, fits: bool
) -> None:
    machine = router({**MILL, "diameter_mm": measured}).machine
    assert tool_for_hole(6.0, machine, machine.tools[:1]) == (machine.tools[0] if fits else None)


def test_a_blind_hole_keeps_its_depth() -> None:
    run = cut_of(program(hole(100, 100, 14.0, depth=7.0)), "hole 14 mm")
    assert min(m.z for m in run.moves) == -7.0
    assert swept(run, above=-6.999).symmetric_difference(Point(400, 300).buffer(7, quad_segs=64)).area < 0.1


def letters(height: float, stroke: float) -> list[Operation]:
    return [
        Operation(Work.ENGRAVE, Face.TOP, 0.8, c.moved(60, 80), tuple(i.moved(60, 80) for i in islands))
        for c, islands in outlines("ABO", height, stroke)
    ]


def test_a_v_bit_follows_the_letters_edges_at_the_distance_of_its_depth() -> None:
    signs = letters(30, 2.5)
    done = program(*signs, machine=router(MILL, V_BIT))
    run = done.runs[0]
    assert run.tool.name == "fraise en V"
    drawn = [polygon(o.contour.moved(300, 200)) for o in signs]
    for o, shape in zip(signs, list(drawn), strict=True):
        for island in o.islands:
            drawn[signs.index(o)] = shape = shape.difference(polygon(island.moved(300, 200)))
    for move, (_, _, z), way in traced(run.moves):
        depth = -min(z, move.z)
        if depth > 0:
            assert depth <= 0.8 + 1e-9
            line = LineString(way) if len(set(way)) > 1 else Point(way[0])
            assert any(shape.buffer(0.003).covers(line.buffer(depth - 0.002)) for shape in drawn)


def test_wide_letters_are_cleared_by_a_mill_without_a_v_bit_and_narrow_ones_are_left_out_by_name() -> None:
    done = program(*letters(80, 8.0))
    assert [name for _, name in done.runs[0].notes].count("P01-1 engraving") == 3
    lying = plan((part("P01", BOX, *letters(30, 2.5)), [(300, 200)]))
    (left,), lines = programs(lying, router().machine)
    (line,) = lines
    assert line.english == "P01: engraving: neither a v-bit nor an end mill as narrow as its strokes"
    assert (line.french, line.part) == ("P01 : gravure, faute de fraise en V ou assez fine", "P01")
    assert not any("engraving" in name for run in left.runs for _, name in run.notes)


def test_moves_are_plain() -> None:
    """No arc over half a turn, and its two radii agree."""
    done = program(opening(Contour.circle(150, 100, 40)), hole(30, 30, 14))
    arcs = 0
    for run in done.runs:
        for move, (x, y, _), _way in traced(run.moves):
            if move.centre:
                assert abs(math.dist(move.centre, (x, y)) - math.dist(move.centre, (move.x, move.y))) < 1e-6
                turn = math.atan2(move.y - move.centre[1], move.x - move.centre[0]) - math.atan2(
                    y - move.centre[1], x - move.centre[0]
                )
                assert (turn if move.ccw else -turn) % (2 * math.pi) <= math.pi + 1e-6
                arcs += 1
    assert arcs > 20
    assert Move(Pace.CUT, 0, 0, 0).centre is None
