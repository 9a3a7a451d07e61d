# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Joints: the tab is in its slot with the stated play, and nothing shares volume."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.contour import Contour
from designs.errors import GeometryError
from designs.furniture import Furniture
from designs.joinery import barrel_nut, bolted, cross_lap, dado, finger, screwed, through_tenon, wedged_tenon
from designs.panel import Corner, Panel
from designs.piece import Piece
from designs.placing import facing_front, facing_right, lying
from designs.sheet import Sheet
from tests.pieces import clashes

thicknesses = st.floats(12, 22).map(lambda v: round(v, 2))
clearances = st.floats(0, 0.6).map(lambda v: round(v, 2))


def piece_of(t: float, c: float) -> Piece:
    return Piece("test", {}, Sheet(t, 18.0, c))


def upright_on_base(t: float, c: float, width: float = 300.0) -> tuple[Piece, Panel, Panel]:
    """A board that stands along X in the middle of a lying one."""
    piece = piece_of(t, c)
    base = piece.board("fond", width + 100, 200, lying(-50, -100, -t))
    wall = piece.board("paroi", width, 150, facing_front(0, t / 2, 0))
    return piece, wall, base


def slot_play(furniture: Furniture, code: str, length: float, width: float) -> bool:
    """Whether a part has a through rectangle of that size (by the faces of its solid)."""
    solid = furniture.part(code).solid
    walls = [f for f in solid.Faces() if f.geomType() == "PLANE" and abs(f.normalAt().z) < 0.5]
    spans = [round(f.Area() / furniture.sheet.thickness, 3) for f in walls]
    return spans.count(round(length, 3)) >= 2 and spans.count(round(width, 3)) >= 2


@settings(max_examples=15, deadline=None)
@given(thicknesses, clearances)
def test_through_tenon_is_flush_and_has_its_play(t, c):
    piece, wall, base = upright_on_base(t, c)
    piece.join(through_tenon(wall, "bottom", base, count=2, width=50, clearance=c))
    built = piece.furniture()
    box = built.part("P02").solid.moved(built.part("P02").placements[0]).BoundingBox()
    assert box.zmin == pytest.approx(-t)
    assert slot_play(built, "P01", 50 + c, t + c)
    assert clashes(built) == []


@settings(max_examples=8, deadline=None)
@given(thicknesses, clearances)
def test_wedged_tenon_holds_a_wedge_that_touches_the_far_face(t, c):
    piece, wall, base = upright_on_base(t, c)
    wedge = piece.wedge()
    piece.join(*wedged_tenon(wall, "bottom", base, wedge, width=60, at=[80, 220], clearance=c))
    built = piece.furniture()
    assert clashes(built) == []
    part = built.part(wedge.code)
    assert part.quantity == 2
    for place in part.placements:
        box = part.solid.moved(place).BoundingBox()
        assert box.zmax == pytest.approx(-t, abs=1e-6)  # lies on the base's underside
        assert box.xlen == pytest.approx(t)  # stands across the tenon


@settings(max_examples=8, deadline=None)
@given(thicknesses, clearances, st.integers(1, 5))
def test_finger_joint_closes_a_corner(t, c, count):
    piece = piece_of(t, c)
    front = piece.board("devant", 300 - t, 120, facing_front(t, t, 0))
    side = piece.board("côté", 200, 120, facing_right(0, 0, 0))
    piece.join(finger(front, "left", side, "left", count=count, clearance=c))
    built = piece.furniture()
    assert clashes(built) == []
    assert built.part("P01").solid.BoundingBox().xmin == pytest.approx(-t)  # flush with the side's outer face


@settings(max_examples=8, deadline=None)
@given(thicknesses, clearances)
def test_cross_lap_halves_meet(t, c):
    piece = piece_of(t, c)
    long = piece.board("longue", 300, 80, facing_front(-150, t / 2, 0))
    short = piece.board("courte", 200, 80, facing_right(-t / 2 + 30, -100, 0))
    piece.join(cross_lap(long, "top", short, "bottom", clearance=c))
    built = piece.furniture()
    assert clashes(built) == []
    removed = (t + c) * (80 + c) / 2
    assert built.part("P01").solid.Volume() == pytest.approx((300 * 80 - removed) * t)
    assert built.part("P02").solid.Volume() == pytest.approx((200 * 80 - removed) * t)


def test_dado_is_stopped_and_from_above():
    piece, wall, base = upright_on_base(18, 0.2)
    piece.join(dado(wall, "bottom", base, depth=6, shoulder=20, clearance=0.2))
    built = piece.furniture()
    assert clashes(built) == []
    grooved = built.part("P01").solid
    assert 400 * 200 * 18 - grooved.Volume() == pytest.approx(260.2 * 18.2 * 6.5)


def test_dado_from_below_is_refused():
    piece = piece_of(18, 0.2)
    lid = piece.board("dessus", 400, 200, lying(-50, -100, 150))
    wall = piece.board("paroi", 300, 150, facing_front(0, 9, 0))
    with pytest.raises(GeometryError, match="turn it over"):
        piece.join(dado(wall, "top", lid, depth=6, shoulder=20, clearance=0.2))


def test_barrel_nut_lies_behind_the_bolt():
    piece, wall, base = upright_on_base(18, 0.2)
    piece.join(barrel_nut(wall, "bottom", base, at=[150], clearance=0.2))
    built = piece.furniture()
    neck = 36 - math.sqrt(7.2**2 - 4.5**2)
    segment = 7.2**2 * (math.pi - math.asin(4.5 / 7.2)) + 4.5 * math.sqrt(7.2**2 - 4.5**2)
    assert 300 * 150 - built.part("P02").solid.Volume() / 18 == pytest.approx(9 * neck + segment)
    assert 400 * 200 - built.part("P01").solid.Volume() / 18 == pytest.approx(math.pi * 4.5**2)


@settings(max_examples=40, deadline=None)
@given(st.floats(14.4, 21.6))
def test_bought_lengths_fit_any_sheet(t):
    """A bolt's tip stands past the nut's middle and inside the nut's hole, the nut inside its board."""
    piece, wall, base = upright_on_base(t, 0.2)
    piece.join(barrel_nut(wall, "bottom", base, at=[60, 150], clearance=0.2), screwed(wall, "bottom", base, at=[230]))
    pad = piece.board("platine", 100, 80, lying(0, -40, -2 * t))
    piece.join(bolted(pad, base, at=[(20, 20), (80, 60)], head="ISO 4017", between=4, washers=2))
    length = {item.reference.split(" M8")[0]: item for item in piece.hardware}
    bolt, nut, screw = (
        next(h for h in piece.hardware if h.reference.startswith(name))
        for name in ("ISO 7380-2", "Écrou noix", "DIN 7997")
    )
    assert (bolt.quantity, nut.quantity, screw.quantity) == (2, 2, 1)
    # The keyhole's end, seen in the drawn outline, is the far side of the nut's hole.
    end = max(y for x, y in wall.outline().points(0.01) if 40 < x < 80 and y < 100)
    past_middle = float(bolt.reference.split("× ")[1]) - t - (end - 7.2)
    assert 5 <= past_middle <= 7.2
    assert float(nut.reference.split("× ")[1]) <= t
    assert 12 <= float(screw.reference.split("× ")[1]) - t <= 18
    through = float(length["ISO 4017"].reference.split("× ")[1])
    assert 0 <= through - (2 * t + 4 + 2 * 1.6 + 6.5 + 1.25) < 5
    assert (length["ISO 4017"].quantity, length["ISO 10511"].quantity, length["ISO 7089"].quantity) == (2, 2, 4)


def test_every_copy_is_screwed():
    """Two trays of one part, each with two rims of one part: what is cut once is bought four times."""
    piece = piece_of(18, 0.2)
    levels = (0.0, 120.0)
    tray = piece.board("plateau", 400, 300, *(lying(0, 0, z) for z in levels))
    rim = piece.board("rive", 300, 45, *(facing_front(50, y, z + 18) for z in levels for y in (40, 280)))
    joint = screwed(rim, "bottom", tray, at=[100, 200])
    assert len(tray.openings) == 4 and len(joint.contacts) == 8
    assert joint.hardware[0].quantity == 8


def test_laps_of_copies_one_above_the_other_are_apart():
    piece = piece_of(18, 0.2)
    levels = (0.0, 120.0)
    long = piece.board("longue", 300, 40, *(facing_front(-150, 9, z) for z in levels))
    short = piece.board("courte", 200, 40, *(facing_right(-9, -100, z) for z in reversed(levels)))
    joint = cross_lap(long, "top", short, "bottom", clearance=0.2)
    assert sorted(z for _, _, z in joint.contacts) == pytest.approx([20, 140])
    piece.join(joint)
    built = piece.furniture()
    assert clashes(built) == []
    assert built.part("P01").solid.Volume() == pytest.approx((300 * 40 - 18.2 * 20.1) * 18)


@pytest.mark.parametrize("again", [
    lambda p: p.pocket(Contour.rectangle(20, 20, 40, 30), 8),
    lambda p: p.ring(150, 50, 80, 60, 10, 8, 20),
    lambda p: p.ring(150, 50, 80, 60, 12, 7, 20),
])  # fmt: skip
def test_a_recess_is_cut_once_and_at_one_depth(again):
    board = panel([Corner(0, 0), Corner(200, 0), Corner(200, 100), Corner(0, 100)])
    for _ in range(2):
        board.pocket(Contour.rectangle(20, 20, 40, 30), 7)
        board.ring(150, 50, 80, 60, 10, 7, 20)
    assert len(board.recesses) == 2
    with pytest.raises(GeometryError, match="P01 'essai': two recesses of one outline differ"):
        again(board)


def test_bolts_go_through_both_boards():
    piece = piece_of(18, 0.2)
    base = piece.board("fond", 400, 200, lying(0, 0, 0))
    pad = piece.board("platine", 100, 80, lying(20, 20, -18), lying(280, 100, -18))
    piece.join(bolted(pad, base, at=[(20, 20), (80, 60)]))
    built = piece.furniture()
    hole = math.pi * 4.5**2 * 18
    assert built.part("P01").solid.Volume() == pytest.approx(400 * 200 * 18 - 4 * hole)
    assert built.part("P02").solid.Volume() == pytest.approx(100 * 80 * 18 - 2 * hole)


def test_a_tenon_that_reaches_nothing_names_both_parts():
    _, wall, base = upright_on_base(18, 0.2)
    wall.at = (facing_front(0, 9, 40),)
    with pytest.raises(GeometryError, match=r"P02 'paroi'.*P01 'fond'"):
        through_tenon(wall, "bottom", base, count=1, width=50, clearance=0.2)


def test_two_copies_share_their_slots():
    """A part used twice is cut once for each joint, wherever its copies stand."""
    piece = piece_of(18, 0.2)
    side = piece.board("joue", 300, 400, facing_right(0, 0, 0), facing_right(482, 0, 0))
    shelf = piece.board("tablette", 464, 300, lying(18, 0, 200))
    for edge in ("left", "right"):
        piece.join(through_tenon(shelf, edge, side, count=2, width=60, clearance=0.2))
    assert len(side.openings) == 2
    assert clashes(piece.furniture()) == []


def panel(corners: list[Corner]) -> Panel:
    return Panel("P01", "essai", 18, corners, [f"e{i}" for i in range(len(corners))], (lying(0, 0, 0),))


def test_rounded_corners_keep_their_radius():
    square = panel([Corner(0, 0, 10), Corner(100, 0, 10), Corner(100, 100, 10), Corner(0, 100, 10)])
    assert square.outline().area == pytest.approx(100 * 100 - (4 - math.pi) * 100)
    hollow = panel([Corner(0, 0), Corner(100, 0), Corner(100, 100), Corner(50, 100), Corner(50, 50, 10), Corner(0, 50)])
    assert hollow.outline().area == pytest.approx(7500 + (4 - math.pi) / 4 * 100)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda p: p.tab("e0", 5, 20, 18), "no room on edge 'e0'"),
        (lambda p: p.hole(99, 50, 10), "leaves the part"),
        (lambda p: (p.hole(50, 50, 10), p.hole(58, 50, 10)), "two cuts meet"),
        (lambda p: p.notch("e0", 50, 20, 120), "crosses itself"),
        (lambda p: p.tab("top", 50, 20, 18), "no edge 'top'"),
    ],
)
def test_a_panel_that_can_not_be_says_why(spoil, words):
    square = panel([Corner(0, 0, 10), Corner(100, 0, 10), Corner(100, 100, 10), Corner(0, 100, 10)])
    with pytest.raises(GeometryError, match=words):
        spoil(square)
        square.solid()


def test_engraving_is_a_shallow_recess_of_straight_strokes():
    board = panel([Corner(0, 0), Corner(400, 0), Corner(400, 100), Corner(0, 100)])
    board.engrave("Mâcon & Bœuf 2026", 200, 50, 18)
    solid = board.solid()
    assert solid.isValid()
    assert {e.geomType() for e in solid.Edges()} == {"LINE"}
    levels = {round(f.Center().z, 6) for f in solid.Faces() if f.geomType() == "PLANE" and abs(f.normalAt().z) > 0.5}
    assert levels == {0.0, 17.2, 18.0}


def test_recesses_leave_the_solid_that_a_boolean_cut_would():
    import cadquery as cq

    board = panel([Corner(0, 0, 20), Corner(400, 0), Corner(400, 200), Corner(0, 200)])
    board.hole(40, 40, 9)
    board.groove(200, 40, 120, 18.2, 6.5, 30)
    board.pocket(Contour.circle(330, 60, 25), 4)
    board.engrave("BÂTIR & OSER", 200, 140, 24)
    plain = panel([Corner(0, 0, 20), Corner(400, 0), Corner(400, 200), Corner(0, 200)])
    plain.hole(40, 40, 9)
    tools = []
    for recess in board.recesses:
        wires = [
            cq.Wire.makePolygon([cq.Vector(v.x, v.y, 18 - recess.depth) for v in c.vertices], close=True)
            if not c.as_circle()
            else cq.Wire.makeCircle(
                c.as_circle()[2], cq.Vector(*c.as_circle()[:2], 18 - recess.depth), cq.Vector(0, 0, 1)
            )
            for c in (recess.contour, *recess.islands)
        ]
        tools.append(cq.Solid.extrudeLinear(wires[0], wires[1:], cq.Vector(0, 0, recess.depth)))
    cut = plain.solid().cut(cq.Compound.makeCompound(tools))
    built = board.solid()
    assert built.isValid()
    assert built.Volume() == pytest.approx(cut.Volume())
    assert built.Area() == pytest.approx(cut.Area())
    assert len(built.Faces()) == len(cut.Faces())
    assert built.cut(cut).Volume() + cut.cut(built).Volume() == pytest.approx(0, abs=1e-3)
