# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is no flat part is refused: the message names the part, the face and the reason."""

from __future__ import annotations

from typing import Any

import cadquery as cq
import pytest

from fabrication.errors import NotFlatError
from fabrication.flatten import flatten
from tests.test_flatten import plate, rod, tool


def refusal(shape: Any) -> str:
    with pytest.raises(NotFlatError) as caught:
        flatten(shape, "P07", "joue gauche")
    assert str(caught.value).startswith("P07 'joue gauche': ")
    assert caught.value.french.startswith("P07 «\u00a0joue gauche\u00a0»\u00a0: ")
    return str(caught.value).removeprefix("P07 'joue gauche': ")


def face_number(solid: Any, selector: str) -> int:
    wanted = cq.Workplane(solid).faces(selector).val()
    return 1 + next(i for i, f in enumerate(solid.Faces()) if f.isSame(wanted))


def test_a_slanted_edge_tells_its_face_and_its_angle() -> None:
    import math

    lean = 18 * math.tan(math.radians(3.2))
    solid = cq.Workplane("XZ").polyline([(0, 0), (300, 0), (300 + lean, 18), (0, 18)]).close().extrude(200).val()
    assert refusal(solid) == f"face {face_number(solid, '>X')} is slanted by 3.2°"


def test_faces_that_are_not_parallel() -> None:
    solid = cq.Workplane("XZ").polyline([(0, 0), (300, 0), (300, 20), (0, 18)]).close().extrude(200).val()
    assert "is slanted by 0.4°" in refusal(solid)


def test_a_chamfer() -> None:
    assert "is slanted by 45.0°" in refusal(plate().faces(">Z").edges(">X").chamfer(3).val())


def test_a_countersink() -> None:
    assert "is conical" in refusal(plate().faces(">Z").workplane(origin=(100, 100, 18)).cskHole(5, 10, 90).val())


def test_a_hole_bored_from_the_side() -> None:
    bored = plate().cut(rod(0, 0, 0, 4, 40).rotate((0, 0, 0), (0, 1, 0), 90).translate((0, 100, 9)))
    assert refusal(bored.val()).endswith("is a hole bored from the side (Ø 8 mm)")


def test_a_slanted_hole() -> None:
    bored = plate().cut(rod(0, 0, -50, 4, 100).rotate((0, 0, 0), (0, 1, 0), 10).translate((100, 100, 9)))
    assert "is a slanted hole (Ø 8 mm, 10.0° from upright)" in refusal(bored.val())


def test_a_rounded_edge() -> None:
    assert "is a rounded edge (radius 4 mm)" in refusal(plate().faces(">Z").edges(">X").fillet(4).val())


def test_a_ball_nosed_recess() -> None:
    solid = plate().cut(cq.Workplane("XY").sphere(6).translate((100, 100, 18))).val()
    assert "is rounded (a sphere or a torus)" in refusal(solid)


def test_a_spline_edge() -> None:
    wave = cq.Workplane("XY").moveTo(0, 0).lineTo(300, 0).spline([(290, 80), (310, 200)], includeCurrent=True)
    assert "neither a straight line nor an arc of a circle" in refusal(wave.lineTo(0, 200).close().extrude(18).val())


def test_an_elliptic_hole() -> None:
    hole = cq.Workplane("XY").center(100, 100).ellipse(30, 20).extrude(18)
    assert "neither a straight line nor an arc of a circle" in refusal(plate().cut(hole).val())


def test_an_undercut_slot() -> None:
    solid = plate().cut(tool(50, 0, 4, 40, 200, 6)).cut(tool(60, 0, 4, 20, 200, 14)).val()
    floor = next(i for i, f in enumerate(solid.Faces(), 1) if abs(f.Center().z - 4) < 1e-6 and f.normalAt().z > 0.5)
    lips = [i for i, f in enumerate(solid.Faces(), 1) if abs(f.Center().z - 10) < 1e-6 and f.normalAt().z < -0.5]
    message = refusal(solid)
    assert message.endswith("lies under other material: an undercut or a closed cavity")
    assert int(message.split()[1]) in (floor, *lips)


def test_a_closed_cavity() -> None:
    assert "an undercut or a closed cavity" in refusal(plate().cut(tool(50, 50, 4, 40, 40, 6)).val())


def test_cuts_that_touch_in_a_line_only() -> None:
    solid = plate().cut(tool(50, 50, 0, 40, 40, 18)).cut(tool(90, 90, 0, 40, 40, 18))
    solid = solid.cut(tool(0, 0, 10, 300, 12, 8)).cut(tool(0, 188, 0, 300, 12, 8)).val()
    assert refusal(solid) == "some of its walls touch in a line only"


def test_two_solids() -> None:
    two = cq.Compound.makeCompound([plate().val(), plate().translate((0, 300, 0)).val()])
    assert refusal(two) == "it is 2 solids, not one"


def test_a_face_an_edge_and_nothing() -> None:
    assert refusal(plate().val().Faces()[0]) == "it is a face, not a solid"
    assert refusal(plate().val().Edges()[0]) == "it is an edge, not a solid"
    assert refusal(None) == "there is no shape in it"
    assert refusal("a text") == "there is no shape in it"


def test_a_solid_with_a_missing_face() -> None:
    from OCP.BRep import BRep_Builder
    from OCP.TopoDS import TopoDS_Shell, TopoDS_Solid

    builder, shell, solid = BRep_Builder(), TopoDS_Shell(), TopoDS_Solid()
    builder.MakeShell(shell)
    for face in plate().val().Faces()[1:]:
        builder.Add(shell, face.wrapped)
    builder.MakeSolid(solid)
    builder.Add(solid, shell)
    assert refusal(solid) == "its faces do not close: it is no solid"


def test_loose_faces_with_a_gap() -> None:
    faces = plate().val().Faces()
    assert refusal(cq.Compound.makeCompound(faces[1:])) == "it is a compound, not a solid"


def test_a_ball() -> None:
    assert refusal(cq.Workplane("XY").sphere(20).val()) == "it has no plane face"


def test_a_face_a_hair_below_its_neighbours_is_neither_flat_nor_a_recess() -> None:
    plate = cq.Workplane("XY").box(100, 80, 18, centered=False)
    stepped = plate.cut(cq.Workplane("XY").box(20, 20, 1, centered=False).translate((30, 30, 18 - 0.00005)))
    with pytest.raises(NotFlatError, match=r"P07 'joue': face \d+ lies 5e-05 mm below its neighbours"):
        flatten(stepped.val(), "P07", "joue")
