# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""STEP and DXF files of flat parts become a model's parts; what can't be cut is refused with its place and its reason."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import cadquery as cq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.catalogue import design
from designs.content import Content
from designs.contour import Contour
from designs.jail import JailError
from designs.sheet import Sheet
from fablabs.machine import Process
from fabrication.exporters.step import furniture_step
from fabrication.fitness.assessment import assess
from fabrication.fitness.bodies import bodies
from fabrication.fitness.clash import clashes
from fabrication.flatten import flatten, located
from fabrication.matching.candidate import Station
from fabrication.matching.measuring import Piece
from fabrication.matching.obstacle import Code
from fabrication.matching.stations import suited
from fabrication.pipeline import flatten as flat_parts
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.previews import make_preview
from fabrication.scripted.alike import move_between
from fabrication.scripted.design import drawn
from fabrication.scripted.errors import UploadError
from fabrication.scripted.flat_data import parts_read
from fabrication.scripted.inside import dxf, step
from fabrication.scripted.uploads import flat_content
from fabrication.sheets_needed import count_sheets
from fabrication.usual_sheet import usual_sheet
from tests.drawn_elsewhere import dxf_of, read, rectangle, why


def step_of(*solids: cq.Solid, tmp: Path) -> bytes:
    """A file in which every solid is written for itself, as programs without products do."""
    cq.exporters.export(cq.Workplane(cq.Compound.makeCompound(list(solids))), str(tmp / "piece.step"))
    return (tmp / "piece.step").read_bytes()


@lru_cache(maxsize=1)
def porte() -> Any:
    return design("porte").build()


# STEP


def test_our_own_step_file_comes_back_part_for_part_and_place_for_place():
    built = porte()
    answer = read(step, furniture_step(built, 1))
    assert answer["ok"], answer
    content = Content.parse({"kind": "flat", "parts": answer["parts"], "specification": {}})
    came = drawn("kit", 1, content, {}).build({}, Sheet())
    assert [p.quantity for p in came.parts] == [p.quantity for p in built.parts]
    for one, other in zip(flat_parts(came), flat_parts(built), strict=True):
        assert move_between(one, other) is not None
    for one, other in zip(came.parts, built.parts, strict=True):
        centres = sorted(_centre(one.solid.moved(place)) for place in one.placements)
        assert centres == sorted(_centre(other.solid.moved(place)) for place in other.placements)


@lru_cache(maxsize=3)
def uploaded_again(name: str, thickness: float) -> Any:
    """A shipped design of that sheet, written as a STEP file and uploaded as a drawing from elsewhere."""
    answer = read(step, furniture_step(design(name).build({}, Sheet(thickness, 18.0)), 1))
    return drawn("kit", 1, Content.parse({"kind": "flat", "parts": answer["parts"], "specification": {}}), {})


@pytest.mark.parametrize("name", ["porte", "chariot", "maisonnette"])
def test_a_piece_whose_parts_do_not_run_through_each_other_comes_back_so_in_the_sheet_it_is_checked_in(name):
    """Of 17.8 mm: 18 mm would do for the slots, and be 0.2 mm too thick for every part that stands against another."""
    came = uploaded_again(name, 17.8)
    sheet = usual_sheet(came)
    assert (sheet.thickness, sheet.nominal_thickness) == (17.8, 18.0)
    assert clashes(bodies(came.build({}, sheet))) == []


def flat(thickness: float, **specification: Any) -> Any:
    """A model of one plate."""
    data = dxf_of(lambda space: rectangle(space, 0, 0, 400, 300))
    parts = read(dxf, data, thickness=thickness)["parts"]
    return drawn("k", 1, Content.parse({"kind": "flat", "parts": parts, "specification": specification}), {})


def test_a_model_of_any_thickness_is_shown_and_counted_in_the_one_that_it_was_drawn_in():
    _, facts = make_preview(flat(14.7), {}, lambda stage, done: None)
    assert json.loads(facts)["parts"][0]["thickness_mm"] == 14.7
    assert json.loads(count_sheets(flat(14.7), {}, lambda stage, done: None))["thickness_mm"] == 15
    assert usual_sheet(design("porte")) == Sheet()
    assert usual_sheet(flat(17.6), flat(17.4)).thickness == 17.4
    assert usual_sheet(flat(17.6, thickness_range=[17.9, 18.4])) == Sheet(18.0, 18.0)


@pytest.mark.parametrize("thickness", [12.0, 14.7, 17.6])
def test_whether_a_workshop_can_make_it_is_asked_at_the_thickness_that_it_was_drawn_in(thickness):
    piece = Piece(flat(thickness), {})
    found = suited(piece, Station(Process.ROUTER, (2500.0, 1250.0), 25.0))
    assert found.ok and found.needs is not None and found.needs.sheet.thickness == thickness
    thin = suited(piece, Station(Process.ROUTER, (2500.0, 1250.0), 6.0))
    assert [obstacle.code for obstacle in thin.obstacles] == [Code.THICKNESS]
    assert assess(piece.design, {}).sheet.thickness == thickness


def test_copies_that_were_written_one_by_one_are_counted_together_and_stand_where_they_stood(tmp_path):
    built = porte()
    solids = [part.solid.moved(place).copy() for part in built.parts for place in part.placements]
    answer = read(step, step_of(*solids, tmp=tmp_path))
    assert sorted(part["quantity"] for part in answer["parts"]) == sorted(part.quantity for part in built.parts)
    came = drawn("kit", 1, Content.parse({"kind": "flat", "parts": answer["parts"], "specification": {}}), {}).build()
    standing = [part.solid.moved(place) for part in came.parts for place in part.placements]
    assert sorted(map(_centre, standing)) == sorted(map(_centre, solids))


def _centre(solid: cq.Shape) -> tuple[float, ...]:
    return tuple(round(v, 2) + 0.0 for v in solid.Center().toTuple())


def test_names_of_products_are_kept_as_far_as_they_are_names(tmp_path):
    assembly = cq.Assembly(name="table")
    assembly.add(cq.Workplane().box(300, 200, 18), name="plateau")
    assembly.add(cq.Workplane().box(100, 18, 200), name="../../x", loc=cq.Location(cq.Vector(0, 0, 300)))
    assembly.export(str(tmp_path / "a.step"))
    answer = read(step, (tmp_path / "a.step").read_bytes())
    assert answer["parts"][0]["name"] == "plateau"
    assert "/" not in answer["parts"][1]["name"] and ".." not in answer["parts"][1]["name"]
    parts_read(answer["parts"])


def test_what_is_not_flat_is_refused_solid_by_solid(tmp_path):
    box = cq.Workplane().box(100, 50, 18)
    rounded = box.edges("|X").fillet(3).val().moved(cq.Location(cq.Vector(0, 200, 0)))
    ball = cq.Solid.makeSphere(20).moved(cq.Location(cq.Vector(0, 400, 0)))
    said = why(read(step, step_of(box.val(), rounded, ball, tmp=tmp_path)))
    assert len(said) == 2 and "solide 2" in said[0] and "arrondie" in said[0] and "solide 3" in said[1]


def test_parts_of_two_thicknesses_are_refused(tmp_path):
    two = [cq.Workplane().box(100, 50, t).val().moved(cq.Location(cq.Vector(0, 0, 100 * t))) for t in (18, 18, 12)]
    assert "2 de 18 mm, 1 de 12 mm" in why(read(step, step_of(*two, tmp=tmp_path)))[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "pas un fichier STEP"),
        (b"solid ascii stl", "pas un fichier STEP"),
        (b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;", "aucun solide"),
        (b"ISO-10303-21;\nDATA;\n" + b"#1=ADVANCED_FACE('',(),#2,.T.);\n" * 1_000_000, "1 000 000 faces"),
        (b"ISO-10303-21;\nDATA;\n" + b"#1=CARTESIAN_POINT('',(0.,0.,0.));\n" * 700_000, "trop détaillé"),
    ],
)
@pytest.mark.usefixtures("never_hangs")
def test_a_file_that_is_no_step_file_of_ours_is_refused_before_the_kernel_reads_it(data, says):
    assert says in why(read(step, data))[0]


def test_a_solid_goes_from_its_flat_part_back_to_where_it_stood():
    plate = cq.Workplane().box(300, 200, 18).faces("<Z").workplane().center(60, 30).rect(80, 40).cutBlind(-6)
    for turn in ((0, 0, 0), (90, 0, 0), (180, 0, 30), (35, 20, 70)):
        solid = plate.val().moved(cq.Location(cq.Vector(10, 20, 30), cq.Vector(*[v or 1e-9 for v in turn]), sum(turn)))
        flat, place = located(solid)
        assert flat == flatten(solid)
        from fabrication.scripted.rebuilt import rebuilt

        back = rebuilt(flat, [100]).moved(cq.Location(place))
        assert back.intersect(solid).Volume() == pytest.approx(solid.Volume(), rel=1e-6)


# Copies


def plate(*cuts: Operation, outline: Contour | None = None) -> FlatPart:
    whole = outline or Contour.of([(0, 0), (400, 0), (400, 300), (100, 300), (0, 200)])
    return FlatPart("P01", "plaque", 18.0, (*cuts, Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, whole)))


def moved(part: FlatPart, dx: float, dy: float, rotation: float, over: bool) -> FlatPart:
    """As another program would write it: turned over, turned, shifted."""
    faces = {Face.TOP: Face.BOTTOM, Face.BOTTOM: Face.TOP}
    cuts = [
        Operation(
            cut.work,
            faces[cut.face] if over and cut.depth < 18 else cut.face,
            cut.depth,
            cut.contour.moved(dx, dy, rotation, over),
        )
        for cut in part.operations
    ]
    return FlatPart("P02", "autre", 18.0, tuple(cuts[::-1]))


POCKET = Operation(Work.POCKET, Face.TOP, 6.0, Contour.rectangle(50, 40, 80, 30))
HOLE = Operation(Work.DRILL, Face.TOP, 18.0, Contour.circle(300, 50, 4))


@given(st.floats(-900, 900), st.floats(-900, 900), st.floats(0, 360), st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_part_is_known_again_however_it_lies(dx, dy, rotation, over, disc):
    one = plate(POCKET, HOLE, outline=Contour.circle(150, 120, 250) if disc else None)
    other = moved(one, dx, dy, rotation, over)
    move = move_between(one, other)
    assert move is not None
    if not disc:
        assert move.over == over
    rows = move.rows(18.0)
    for (x, y, _), z in ((one.outline.vertices[0], 0.0), (HOLE.contour.vertices[0], 0.0)):
        there = [rows[4 * i] * x + rows[4 * i + 1] * y + rows[4 * i + 2] * z + rows[4 * i + 3] for i in range(3)]
        corners = [(v.x, v.y) for cut in other.operations for v in cut.contour.vertices]
        circles = [c for cut in other.operations if (c := cut.contour.as_circle())]
        near = [math.dist(there[:2], corner) for corner in corners]
        near += [abs(math.dist(there[:2], circle[:2]) - circle[2]) for circle in circles]
        assert min(near) < 0.1 and there[2] == pytest.approx(18.0 if move.over else 0.0)


@pytest.mark.parametrize(
    "other",
    [
        plate(HOLE), plate(POCKET), plate(POCKET, Operation(Work.DRILL, Face.TOP, 18.0, Contour.circle(300, 51, 4))),
        plate(Operation(Work.POCKET, Face.TOP, 5.0, POCKET.contour), HOLE), plate(Operation(Work.POCKET, Face.BOTTOM, 6.0, POCKET.contour), HOLE),
        plate(POCKET, HOLE, outline=Contour.of([(0, 0), (400, 0), (400, 300), (100.5, 300), (0, 200)])),
    ],
)  # fmt: skip
def test_a_part_that_differs_is_another_one(other):
    assert move_between(plate(POCKET, HOLE), other) is None


# Through the jail


@pytest.mark.usefixtures("jailer")
def test_a_file_becomes_a_content_in_the_jail(tmp_path):
    found = flat_content("../../porte.STEP", furniture_step(porte(), 1))
    content = Content.parse(found.content)
    assert len(content.parts) == len(porte().parts) and found.notes == ()
    found = flat_content("planche.dxf", dxf_of(lambda space: rectangle(space, 0, 0, 100, 200), units=0), thickness=18.0)
    assert len(found.content["parts"]) == 1 and len(found.notes) == 1
    assert drawn("planche", 1, Content.parse(found.content), {}).build().parts[0].name == "pièce 1"


@pytest.mark.usefixtures("jailer")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.exe", b"MZ"), ("x", b"ISO-10303-21;"), ("x.step", b""), ("x.step", b"ISO-10303-21;" + b"#" * 20_000_000), ("x.step", b"hello"), ("x.dxf", b"hello"),
        ("\0.dxf", b"hello"), ("x.stp", b"ISO-10303-21;\nDATA;\n" + b"#1=ADVANCED_FACE('',(),#2,.T.);\n" * 500_000),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_french_under_its_name(name, data):
    with pytest.raises((UploadError, JailError)) as refused:
        flat_content(name, data, thickness=18.0)
    assert refused.value.french
