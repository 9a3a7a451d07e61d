# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Each check of fitness finds its bad design, and leaves a good one alone."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest

from designs.furniture import Furniture, Step
from designs.piece import Piece
from designs.placing import lying, oriented
from designs.sheet import Sheet
from designs.use import Knees, Lift, Load, Push, Support, Use
from fablabs.machine import Tool
from fabrication.fitness import bending, insertion, joints, stability
from fabrication.fitness.assessment import check_piece
from fabrication.fitness.bodies import bodies, shared
from fabrication.fitness.clash import clashes
from fabrication.fitness.verdict import Colour, Verdict
from tests import bad_designs

CASES = [(check, make) for check, makers in bad_designs.BAD.items() for make in makers]
#: What else is wrong with some of them, of necessity.
ALSO = {"clash": {"insertion"}, "thin_finger": {"corners"}, "unknown_use": set()}


def reds(furniture: Furniture) -> set[str]:
    return {verdict.check for verdict in check_piece(furniture) if verdict.verdict is Colour.RED}


def of(furniture: Furniture, check: str) -> list[Verdict]:
    return [verdict for verdict in check_piece(furniture) if verdict.check == check]


def test_nothing_is_red_in_a_stool_that_is_right():
    verdicts = check_piece(bad_designs.good())
    assert [v for v in verdicts if v.verdict is not Colour.GREEN] == []
    assert {v.check for v in verdicts} >= bad_designs.BAD.keys() - {"knees", "folded size"}
    assert all(v.source and v.detail for v in verdicts)


@pytest.mark.parametrize(("check", "make"), CASES, ids=[f"{c}-{m.__name__}" for c, m in CASES])
def test_a_bad_design_trips_its_check_and_no_other(check: str, make: Callable[[], Furniture]):
    assert reds(make()) - ALSO.get(make.__name__, set()) == {check}


def test_a_red_verdict_names_the_part_and_the_place():
    assert "P03-1 ‘traverse’ and P04-1 ‘étagère’" in of(bad_designs.clash(), "clash")[0].detail
    assert "0.20 mm of play" in of(bad_designs.loose_joint(), "joints")[0].detail
    assert "P02-1 ‘assise’ is never put in place" in of(bad_designs.forgotten(), "insertion")[0].detail
    assert "P03-1 ‘traverse’ runs into P01-" in of(bad_designs.locked_out(), "insertion")[0].detail
    assert "P04-1 ‘planche’" in of(bad_designs.floating(), "floating")[0].detail
    assert "P02-1 ‘assise’ at 500, 0" in of(bad_designs.sharp(), "corners")[0].detail


@pytest.mark.parametrize("clearance", [0.0, 0.1, 0.2, 0.5])
def test_play_is_measured_on_the_solids(clearance: float):
    piece = bad_designs.half_lap(clearance)
    found = joints.meetings(bodies(piece), piece.joints)
    assert [met.fault for met in found] == [""]
    stated = [dataclasses.replace(joint, clearance=clearance + 0.1) for joint in piece.joints]
    (met,) = joints.meetings(bodies(piece), stated)
    assert met.off == pytest.approx(-0.1, abs=0.005)


@pytest.mark.parametrize(("width", "figure"), [(30.0, 3.0), (25.0, 8.0), (20.0, 13.0)])
def test_a_web_is_measured(width: float, figure: float):
    piece = bad_designs.drawn()
    for x in (230.0, 263.0):
        piece.panels[1].hole(x, 60, width)
    (verdict,) = of(piece.furniture(), "web")
    assert verdict.figure == pytest.approx(figure, abs=0.1)
    assert (verdict.verdict is Colour.GREEN) == (figure >= 8 - 0.01)


def test_a_wider_tool_asks_for_wider_webs():
    piece = bad_designs.drawn()
    for x in (230.0, 258.3):
        piece.panels[1].hole(x, 60, 20)
    furniture = piece.furniture()
    found = {v.check: v for v in check_piece(furniture, [Tool(name="large", diameter_mm=8.6)])}
    assert found["web"].limit == 8.6 and found["web"].verdict is Colour.RED
    assert of(furniture, "web")[0].verdict is Colour.GREEN


def test_the_tipping_angle_is_that_of_the_textbook():
    """A weight at half its base's width, twice as high: atan(1 / 4) of the base."""
    use = Use(floor=((0, 0, 0), (100, 0, 0), (100, 60, 0), (0, 60, 0)))
    centre = np.array([50.0, 30.0, 120.0])
    assert stability.tip_angle(use, 10, centre) == pytest.approx(math.degrees(math.atan2(30, 120)))
    # As much again at the edge, at the same height, moves the middle half-way there.
    push = Push("bord", (50, 0, 120), 10)
    assert stability.tip_angle(use, 10, centre, push) == pytest.approx(math.degrees(math.atan2(15, 120)))
    assert stability.tip_angle(dataclasses.replace(use, swivel=10), 10, centre) == pytest.approx(
        math.degrees(math.atan2(20, 120))
    )
    beyond = Push("porte-à-faux", (50, -200, 120), 10)
    assert stability.tip_angle(use, 10, centre, beyond) < 0


def test_deflections_are_those_of_the_textbook():
    sheet = Sheet(18.0, 18.0, 0.2, "contreplaqué bouleau")
    inertia, newtons = 400 * 18**3 / 12, 20 * 9.81
    ei = sheet.stiffness_n_mm2 * inertia
    for support, spread, expected in (
        (Support.BOTH_ENDS, True, 5 * newtons * 700**3 / (384 * ei)),
        (Support.BOTH_ENDS, False, newtons * 700**3 / (48 * ei)),
        (Support.ONE_END, True, newtons * 700**3 / (8 * ei)),
        (Support.ONE_END, False, newtons * 700**3 / (3 * ei)),
    ):
        load = Load("P01", 20, 700, 400, support, spread)
        assert bending.deflection(load, sheet) == pytest.approx(expected)
        assert bending.deflection(dataclasses.replace(load, lasting=True), sheet) == pytest.approx(1.8 * expected)


def test_knees_are_green_for_a_wheelchair_amber_for_a_chair_and_red_for_nobody():
    def table(high: float, apart: float, promised: bool = False) -> Verdict:
        piece = Piece("table", {}, bad_designs.SHEET)
        piece.board("plateau", 900, 400, lying(0, 0, high))
        for x in (450 - apart / 2 - 18, 450 + apart / 2):
            piece.board("pied", 400, high, oriented((x, 0, 0), (0, 1, 0), (1, 0, 0)))
        piece.use = Use(floor=((0, 0, 0),), knees=(Knees((450, 0, 0), (0, 1, 0), promised),))
        return of(piece.furniture(), "knees")[0]

    assert table(720, 620).verdict is Colour.GREEN and table(720, 620).figure == pytest.approx(720, abs=1)
    assert table(690, 620).verdict is Colour.AMBER and table(690, 620).figure == pytest.approx(690, abs=1)
    assert table(720, 560).verdict is Colour.AMBER
    assert table(690, 620, promised=True).verdict is Colour.RED
    assert table(590, 620).verdict is Colour.RED


def test_two_people_are_amber_and_too_few_are_red():
    piece = bad_designs.drawn()
    for hands, colour in ((1, Colour.RED), (2, Colour.AMBER)):
        piece.use = dataclasses.replace(bad_designs.USE, lifts=(Lift("lesté", ("P02",), 24.0, hands),))
        assert of(piece.furniture(), "hands")[0].verdict is colour


def test_steps_that_contradict_themselves_are_named():
    piece = bad_designs.drawn()
    first, rail, second, seat = bad_designs.STEPS

    def said(*steps: Step) -> str:
        return "; ".join(insertion.blocked(dataclasses.replace(piece.furniture(), steps=steps)))

    assert said(first, rail, second, seat) == ""
    assert "put in place twice" in said(first, rail, second, seat, seat)
    assert "no part P09-1" in said(first, rail, second, seat, Step("?", "", (("P09", 1),), bad_designs.DOWN))
    assert "comes from no direction" in said(first, dataclasses.replace(rail, direction=None), second, seat)
    assert "is 2 long" in said(first, rail, second, dataclasses.replace(seat, direction=(0.0, 0.0, -2.0)))
    apart = dataclasses.replace(seat, group="établi")
    assert "the group 'établi' never joins the piece" in said(first, rail, second, apart)
    joined = Step("Posez l’assise", "", (), bad_designs.DOWN, joins=("établi",))
    assert said(first, rail, second, apart, joined) == ""
    assert "shorter than what comes in" in said(first, rail, second, dataclasses.replace(seat, travel=10.0))


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.6, 0, 0.8), (0.36, 0.48, 0.8)])
def test_a_swept_solid_holds_every_place_on_the_way_and_nothing_far_from_it(direction):
    way = np.array(direction, float) * 120
    for body in bodies(bad_designs.good()):
        solid = insertion.swept(body, way)
        for share in (0.0, 0.13, 0.5, 0.9, 1.0):
            there = body.solid.translate(way * share)
            assert shared(solid, there) == pytest.approx(there.volume(), rel=1e-6)
        # A prism's sweep grows by its shadow along the way.
        assert solid.volume() <= body.solid.volume() + 1.001 * 120 * body.solid.surface_area() / 2


def test_opencascade_agrees_on_what_two_parts_share():
    furniture = bad_designs.clash()
    (found,) = clashes(bodies(furniture))
    placed = {p.name: p.solid.moved(p.placements[0]) for p in furniture.parts}
    assert found[2] == pytest.approx(placed["étagère"].intersect(placed["traverse"]).Volume(), rel=1e-3)
