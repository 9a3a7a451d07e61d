# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every published design keeps, whatever its drawing is."""

from __future__ import annotations

import random

import pytest

from designs.catalogue import design, identifiers
from designs.errors import ParameterError, SheetError, UnknownDesignError
from designs.parameters import Kind
from designs.sheet import Sheet
from tests.nearness import Copies
from tests.pieces import clashes, random_values, unjoined

DESIGNS = identifiers()


@pytest.fixture(scope="module", params=DESIGNS)
def model(request):
    return design(request.param)


def test_three_designs_are_published():
    assert set(DESIGNS) == {"porte", "maisonnette", "chariot"}


@pytest.mark.django_db  # a design that is not in code may be in a database
def test_unknown_design_is_named():
    with pytest.raises(UnknownDesignError, match="'table'"):
        design("table")


def test_parameters_are_complete(model):
    assert len(model.parameters) >= 8
    assert {"width", "depth", "height"} <= {p.name for p in model.parameters}
    for p in model.parameters:
        assert p.label and p.help.endswith("."), p.name
        if p.kind in (Kind.LENGTH, Kind.ANGLE, Kind.COUNT):
            assert None not in (p.minimum, p.maximum, p.step), p.name
            assert p.minimum <= p.default <= p.maximum, p.name
        assert p.clean(p.default) == p.default


def test_sizes_span_a_quarter_around_their_default(model):
    for p in model.parameters:
        if p.name in ("width", "depth", "height"):
            assert p.minimum <= 0.75 * p.default and p.maximum >= 1.25 * p.default, p.name


def test_default_piece_has_8_to_25_valid_parts_joined_to_each_other(model):
    piece = model.build()
    assert 8 <= len(piece.parts) <= 25
    assert [p.code for p in piece.parts] == [f"P{i:02d}" for i in range(1, len(piece.parts) + 1)]
    assert len({p.name for p in piece.parts}) == len(piece.parts)
    assert all(p.solid.isValid() and p.solid.Volume() > 0 for p in piece.parts)
    assert all(p.quantity >= 1 for p in piece.parts)
    assert unjoined(piece) == set()
    assert piece.hardware and piece.measures


#: How far two joined parts may be from each other (mm), beside the joint's own play. What is cut touches.
APART = {
    "hinge": 7.0,  # a knuckle's room, diagonally once the maisonnette's walls stand open
    "slide": 2.0,
    "stow": 1.0,
}
CUT = {"through-tenon", "wedge", "finger", "cross-lap", "dado", "barrel-nut", "bolted", "screwed"}


@pytest.mark.parametrize(
    ("identifier", "given"),
    [
        ("chariot", {}),
        ("chariot", {"extension": "folded"}),
        ("porte", {}),
        ("porte", {"state": "folded"}),
        ("maisonnette", {}),
        ("maisonnette", {"state": "closed"}),
    ],
)
def test_joined_parts_touch_where_the_joint_says(identifier, given):
    """At each declared contact, the copies of both parts that are there lie within the joint's play."""
    piece, copies = design(identifier).build(given), Copies()
    for joint in piece.joints:
        assert joint.contacts, joint
        if joint.kind == "rod":
            continue
        assert joint.kind in CUT | APART.keys(), joint.kind
        touching = set()
        ends = (joint.contacts[0], joint.contacts[-1])  # whole copies are measured there
        for contact in joint.contacts:
            (from_a, a), (from_b, b) = (copies.nearest(piece.part(code), contact) for code in (joint.a, joint.b))
            limit = APART.get(joint.kind, 0.0) + joint.clearance + 0.01
            where = (joint.kind, piece.part(joint.a).name, piece.part(joint.b).name, contact)
            if contact in ends and (a, b) not in touching:
                assert a.within(limit, b), where
                touching.add((a, b))
            # The contact itself is in the hole that one of them has for the other, or on their faces.
            assert min(from_a, from_b) <= 7.5, (where, from_a, from_b)


def test_a_rod_passes_through_both_parts_that_it_joins():
    """Each contact of it lies on a bought rod, and in the bore or the seat of one of the parts."""
    import cadquery as cq

    piece, copies = design("porte").build(), Copies()
    rods = [f.solid.moved(place) for f in piece.fittings if f.name == "jonc" for place in f.placements]
    joints = [joint for joint in piece.joints if joint.kind == "rod"]
    assert len(joints) == 2
    for joint in joints:
        for contact in joint.contacts:
            assert min(rod.distance(cq.Vertex.makeVertex(*contact)) for rod in rods) <= 10
            assert min(copies.nearest(piece.part(code), contact)[0] for code in (joint.a, joint.b)) <= 6.0
        for code in (joint.a, joint.b):
            assert sum(copies.nearest(piece.part(code), contact)[0] <= 6.0 for contact in joint.contacts) >= 2, code


@pytest.mark.parametrize(("thickness", "clearance"), [(15.0, 0.0), (17.6, 0.2), (21.0, 0.5)])
def test_no_two_parts_share_volume_whatever_the_sheet(model, thickness, clearance):
    assert clashes(model.build({}, Sheet(thickness, 18.0, clearance))) == []


def test_more_than_half_of_all_random_draws_keep_the_constraints(model):
    dice = random.Random(20260721)
    kept, draws = 0, 600
    for _ in range(draws):
        try:
            model.clean(random_values(model, dice))
        except ParameterError as error:
            assert error.messages and all(m.endswith(".") for m in error.messages.values())
        else:
            kept += 1
    assert kept > draws / 2


def test_what_keeps_the_constraints_builds_without_a_clash(model):
    """No GeometryError either: a constraint should say it in French first."""
    dice = random.Random(7)
    built = 0
    while built < 12:
        try:
            values = model.clean(random_values(model, dice))
        except ParameterError:
            continue
        piece = model.build(values)
        built += 1
        if built % 3 == 0:
            assert clashes(piece) == []
            assert unjoined(piece) == set()


def test_a_sheet_too_thin_is_refused(model):
    with pytest.raises(SheetError, match="5 mm"):
        model.build({}, Sheet(5.0, 5.0))


def test_the_same_parameters_give_the_same_solids(model):
    first, second = model.build(), model.build()
    assert [(p.solid.Volume(), p.solid.Area()) for p in first.parts] == [
        (p.solid.Volume(), p.solid.Area()) for p in second.parts
    ]


def test_mass_counts_wood_and_hardware(model):
    piece = model.build()
    wood = sum(p.solid.Volume() * p.quantity for p in piece.parts) * 680e-6
    assert piece.mass_g == pytest.approx(wood + sum(h.mass_g * h.quantity for h in piece.hardware))
    assert 10_000 < piece.mass_g < 200_000
