# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Solids of known figures, made by hand, become the flat parts that they are."""

from __future__ import annotations

import math

import cadquery as cq
import pytest

from designs.contour import Contour
from designs.furniture import Finish, Grain, Part
from fabrication.flatten import flatten, flatten_part
from fabrication.plan import Face, FlatPart, Operation, Work


def plate(length: float = 300, width: float = 200, thickness: float = 18) -> cq.Workplane:
    return cq.Workplane("XY").box(length, width, thickness, centered=False)


def tool(x: float, y: float, z: float, dx: float, dy: float, dz: float) -> cq.Workplane:
    return cq.Workplane("XY").box(dx, dy, dz, centered=False).translate((x, y, z))


def rod(x: float, y: float, z: float, radius: float, height: float) -> cq.Workplane:
    return cq.Workplane("XY").cylinder(height, radius, centered=(True, True, False)).translate((x, y, z))


def only(part: FlatPart, work: Work) -> Operation:
    (operation,) = part.of(work)
    return operation


def test_a_plain_plate_is_its_outline() -> None:
    part = flatten(plate().val(), "P07", "joue")
    assert (part.code, part.name, part.thickness) == ("P07", "joue", 18.0)
    assert part.operations == (Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, Contour.rectangle(0, 0, 300, 200)),)


def test_the_frame_keeps_x_and_y_and_drops_z() -> None:
    part = flatten(plate().translate((-40, 25, 900)).val())
    assert part.outline == Contour.rectangle(-40, 25, 300, 200)


def test_a_slot_is_cut_inside_and_a_large_hole_too() -> None:
    part = flatten(plate().cut(tool(50, 60, 0, 80, 18.2, 18)).cut(rod(220, 100, 0, 30, 18)).val())
    slot, hole = part.of(Work.CUT_INSIDE)
    assert slot.contour == Contour.rectangle(50, 60, 80, 18.2)
    assert hole.contour == Contour.circle(220, 100, 30)
    assert {slot.depth, hole.depth} == {18.0}
    assert part.area == pytest.approx(300 * 200 - 80 * 18.2 - math.pi * 900, abs=1e-6)
    assert part.perimeter == pytest.approx(1000 + 2 * 98.2 + 60 * math.pi, abs=1e-6)


@pytest.mark.parametrize(("diameter", "work"), [(3, Work.DRILL), (16, Work.DRILL), (16.1, Work.CUT_INSIDE)])
def test_a_full_circle_up_to_16_mm_is_drilled(diameter: float, work: Work) -> None:
    part = flatten(plate().cut(rod(100, 80, 0, diameter / 2, 18)).val())
    assert only(part, work) == Operation(work, Face.TOP, 18.0, Contour.circle(100, 80, diameter / 2))


def test_a_blind_hole_tells_its_depth_and_its_face() -> None:
    part = flatten(plate().cut(rod(100, 80, 6, 5, 12)).cut(rod(200, 80, 0, 4, 7)).val())
    above, below = part.of(Work.DRILL)
    assert above == Operation(Work.DRILL, Face.TOP, 12.0, Contour.circle(100, 80, 5))
    assert below == Operation(Work.DRILL, Face.BOTTOM, 7.0, Contour.circle(200, 80, 4))


def test_a_pocket_with_an_island_leaves_the_island() -> None:
    part = flatten(plate().cut(tool(50, 50, 9, 100, 80, 9).cut(tool(80, 70, 9, 20, 20, 9))).val())
    pocket = only(part, Work.POCKET)
    assert pocket == Operation(
        Work.POCKET, Face.TOP, 9.0, Contour.rectangle(50, 50, 100, 80), (Contour.rectangle(80, 70, 20, 20),)
    )


def test_a_low_island_is_a_pocket_of_its_own_inside_the_pocket() -> None:
    part = flatten(plate().cut(tool(50, 50, 6, 100, 80, 12)).union(tool(80, 70, 0, 20, 20, 12)).val())
    shallow, deep = part.of(Work.POCKET)
    assert (shallow.depth, shallow.contour, shallow.islands) == (6.0, Contour.rectangle(80, 70, 20, 20), ())
    assert (deep.depth, deep.islands) == (12.0, (Contour.rectangle(80, 70, 20, 20),))


def test_a_stepped_pocket_has_no_wall_between_its_steps() -> None:
    solid = plate().cut(tool(50, 50, 12, 100, 80, 6)).cut(tool(70, 60, 5, 40, 40, 13)).cut(rod(90, 80, 0, 4, 18)).val()
    part = flatten(solid)
    shallow, deep = part.of(Work.POCKET)
    assert (shallow.depth, shallow.contour, shallow.islands) == (6.0, Contour.rectangle(50, 50, 100, 80), ())
    assert (deep.depth, deep.contour, deep.islands) == (13.0, Contour.rectangle(70, 60, 40, 40), ())
    assert only(part, Work.DRILL).contour == Contour.circle(90, 80, 4)


def test_a_counterbored_hole_is_a_pocket_and_a_drill() -> None:
    part = flatten(plate().cut(rod(90, 80, 13, 10, 5)).cut(rod(90, 80, 0, 4, 18)).val())
    assert only(part, Work.POCKET) == Operation(Work.POCKET, Face.TOP, 5.0, Contour.circle(90, 80, 10))
    assert only(part, Work.DRILL) == Operation(Work.DRILL, Face.TOP, 18.0, Contour.circle(90, 80, 4))


def test_a_rebate_and_a_groove_run_out_at_the_edge() -> None:
    part = flatten(plate().cut(tool(0, 0, 10, 300, 12, 8)).cut(tool(140, 0, 6, 18, 200, 12)).val())
    assert part.outline == Contour.rectangle(0, 0, 300, 200)
    figures = sorted((o.depth, round(o.contour.area, 6)) for o in part.of(Work.POCKET))
    assert figures == [(8.0, 140.0 * 12), (8.0, 142.0 * 12), (12.0, 18.0 * 200)]


def test_rebates_on_both_faces_leave_the_outline_whole() -> None:
    """No single face covers the part: the outline is what all upper faces bound together."""
    solid = plate().cut(tool(0, 0, 10, 300, 20, 8)).cut(tool(0, 150, 0, 120, 50, 7)).cut(rod(250, 100, 0, 30, 18)).val()
    part = flatten(solid)
    assert part.outline == Contour.rectangle(0, 0, 300, 200)
    assert only(part, Work.CUT_INSIDE).contour == Contour.circle(250, 100, 30)
    above, below = part.of(Work.POCKET)
    assert above == Operation(Work.POCKET, Face.TOP, 8.0, Contour.rectangle(0, 0, 300, 20))
    assert below == Operation(Work.POCKET, Face.BOTTOM, 7.0, Contour.rectangle(0, 150, 120, 50))


def test_pockets_may_lie_above_each_other() -> None:
    part = flatten(plate().cut(tool(50, 50, 12, 60, 60, 6)).cut(tool(70, 70, 0, 60, 60, 6)).val())
    assert [(o.face, o.depth) for o in part.of(Work.POCKET)] == [(Face.TOP, 6.0), (Face.BOTTOM, 6.0)]


def test_a_shallow_recess_is_an_engraving_even_if_round() -> None:
    part = flatten(plate().cut(tool(20, 20, 17.2, 40, 3, 0.8)).cut(rod(100, 100, 17, 2, 1)).val())
    assert [(o.depth, o.face) for o in part.of(Work.ENGRAVE)] == [(0.8, Face.TOP), (1.0, Face.TOP)]
    assert not list(part.of(Work.DRILL, Work.POCKET))


def test_split_edges_come_out_as_one_line_and_split_circles_as_one_circle() -> None:
    outline = cq.Workplane("XY").polyline([(0, 0), (30, 0), (100, 0), (100, 50), (60, 50), (0, 50), (0, 25)]).close()
    halves = (
        cq.Workplane("XY").moveTo(60, 25).threePointArc((50, 35), (40, 25)).threePointArc((50, 15), (60, 25)).close()
    )
    thirds = (
        cq.Workplane("XY")
        .moveTo(90, 25)
        .threePointArc((85 + 5 / math.sqrt(2), 25 + 5 / math.sqrt(2)), (85, 30))
        .threePointArc((85 - 5 / math.sqrt(2), 25 + 5 / math.sqrt(2)), (80, 25))
        .threePointArc((85, 20), (90, 25))
        .close()
    )
    solid = outline.extrude(12).cut(halves.extrude(12)).cut(thirds.extrude(12)).val()
    part = flatten(solid)
    assert part.outline == Contour.rectangle(0, 0, 100, 50)
    assert only(part, Work.CUT_INSIDE).contour == Contour.circle(50, 25, 10)
    assert only(part, Work.DRILL).contour == Contour.circle(85, 25, 5)


def test_rounded_corners_are_true_arcs() -> None:
    part = flatten(plate().edges("|Z").fillet(25).val())
    assert [v.bulge for v in part.outline.vertices].count(pytest.approx(math.tan(math.pi / 8))) == 4
    assert len(part.outline.vertices) == 8
    assert part.outline.area == pytest.approx(300 * 200 - (4 - math.pi) * 625, abs=1e-6)


def test_splines_that_are_lines_or_arcs_are_told_as_such() -> None:
    from OCP.BRepBuilderAPI import BRepBuilderAPI_NurbsConvert

    solid = plate().edges("|Z").fillet(25).cut(rod(100, 80, 0, 30, 18)).cut(rod(200, 80, 0, 4, 18)).val()
    splines = cq.Shape.cast(BRepBuilderAPI_NurbsConvert(solid.wrapped, True).Shape())
    assert {f.geomType() for f in splines.Faces()} == {"BSPLINE"}
    as_splines, as_is = flatten(splines), flatten(solid)
    assert len(as_splines.operations) == 3
    for a, b in zip(as_splines.operations, as_is.operations, strict=True):
        assert (a.work, a.depth) == (b.work, b.depth)
        for v, w in zip(a.contour.vertices, b.contour.vertices, strict=True):
            assert v == pytest.approx(w, abs=1e-5)


def test_a_solid_turned_inside_out_is_read_all_the_same() -> None:
    solid = plate().cut(tool(50, 50, 9, 100, 80, 9)).val()
    assert flatten(cq.Shape.cast(solid.wrapped.Reversed())) == flatten(solid)


def test_loose_faces_that_close_are_sewn_into_the_solid_that_they_bound() -> None:
    solid = plate().cut(tool(50, 50, 9, 100, 80, 9)).val()
    faces = [face.copy() for face in solid.Faces()]
    assert flatten(cq.Compound.makeCompound(faces)) == flatten(solid)


def test_a_narrow_batten_keeps_the_frame_that_its_design_gave_it() -> None:
    solid = plate(500, 10, 18).val()
    part = flatten_part(Part("P01", "tasseau", solid, (cq.Location(), cq.Location()), Grain.ACROSS, Finish.BOTH))
    assert (part.thickness, part.quantity, part.grain, part.finish) == (18.0, 2, Grain.ACROSS, Finish.BOTH)
    assert part.outline == Contour.rectangle(0, 0, 500, 10)


def test_a_foreign_plate_gets_its_longest_edge_along_x_and_its_worked_face_on_top() -> None:
    solid = plate().cut(tool(30, 20, 0, 60, 40, 9)).val().rotate((0, 0, 0), (1, 2, 3), 77).moved(cq.Location((9, 8, 7)))
    part = flatten(solid)
    assert part.thickness == pytest.approx(18)
    assert part.outline.bounds == pytest.approx((0, 0, 300, 200), abs=1e-6)
    assert only(part, Work.POCKET).face is Face.TOP


@pytest.mark.parametrize("degrees", [1e-9, 1e-5, 1e-4, 5e-4, 1e-3, 0.1])
def test_a_plate_that_lies_almost_flat_keeps_its_depths(degrees: float) -> None:
    solid = plate().cut(tool(30, 20, 9, 60, 40, 9)).val().rotate((0, 0, 0), (1, 2, 0), degrees)
    part = flatten(solid)
    assert (part.thickness, only(part, Work.POCKET).depth) == pytest.approx((18, 9), abs=1e-7)
    assert part.outline.bounds == pytest.approx((0, 0, 300, 200), abs=0.02)


def test_the_same_solid_gives_the_same_part_to_the_last_bit() -> None:
    def build() -> FlatPart:
        return flatten(plate().cut(tool(50, 50, 9, 100, 80, 9)).cut(rod(220, 100, 0, 30, 18)).val())

    assert repr(build()) == repr(build())
