# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The porte, as furniture: it stands, it folds, it goes into the boot."""

from __future__ import annotations

import random
import re

import pytest

from designs.catalogue import design
from designs.errors import GeometryError, ParameterError
from designs.furniture import Furniture
from designs.placing import to_local
from designs.porte_sizes import KNEES, Sizes
from designs.sheet import Sheet
from fablabs.machine import Relief
from fabrication.flatten import flatten_part
from fabrication.plan import Work
from fabrication.relief import relieve
from tests.pieces import changed_parts, clashes, random_values

PORTE = design("porte")
ALL = {
    "côté", "comptoir", "fond", "plancher", "façade", "séparateur", "étagère", "porte", "repose", "tablette", "pied",
    "clavette", "entretoise", "enseigne",
}  # fmt: skip
LOOSE = {"tablette", "pied", "clavette", "entretoise", "enseigne"}

#: One changed value → the parts whose solid or place changes.
CHANGES = {
    "width": (600, ALL),
    # The rods keep their distance to the front edge: the sign does too.
    "depth": (460, ALL - {"façade", "séparateur", "enseigne"}),
    # The low bay, its base and its shelf's lengths stay; the shelf's level follows the bay.
    "height": (970, ALL - {"fond", "repose"}),
    "leaf_drop": (
        220,
        {"côté", "façade", "plancher", "séparateur", "étagère", "porte", "tablette", "pied", "clavette"},
    ),
    "leaf": ("low", set()),
    "shelves": (2, {"côté", "étagère", "porte"}),
    "door": (False, {"côté", "porte"}),
    "leaflets": (False, {"façade", "plancher", "séparateur"}),
    "arch": (False, {"comptoir", "tablette", "façade", "entretoise", "enseigne"}),
    "arch_rise": (900, {"entretoise", "enseigne"}),
    "rod": ("10", {"comptoir", "tablette", "entretoise", "enseigne"}),
    "text": ("MAIRIE", {"enseigne"}),
    "wheel": ("125", {"côté", "fond", "façade", "étagère", "porte", "repose"}),
    "boot_length": (1100, set()),
    "boot_width": (800, set()),
    "boot_height": (700, set()),
    "state": ("folded", LOOSE),
}


def by_name(piece: Furniture, name: str):
    return next(p for p in piece.parts if p.name == name)


def box(piece: Furniture, *, fittings: bool = True):
    """Of everything that is placed."""
    solids = [p.solid.moved(at) for p in piece.parts for at in p.placements]
    if fittings:
        solids += [f.solid.moved(at) for f in piece.fittings for at in f.placements]
    boxes = [s.BoundingBox() for s in solids]
    return tuple(max(getattr(b, f"{c}max") for b in boxes) - min(getattr(b, f"{c}min") for b in boxes) for c in "xyz")


def test_the_table_of_changes_names_every_parameter():
    assert set(CHANGES) == {p.name for p in PORTE.parameters}


@pytest.mark.parametrize("name", CHANGES)
def test_a_parameter_changes_just_these_solids(name):
    value, expected = CHANGES[name]
    assert changed_parts(PORTE.build(), PORTE.build({name: value})) == expected


@pytest.mark.parametrize("given", [
    {}, {"width": 700, "wheel": "125"}, {"depth": 540, "wheel": "200"}, {"height": 900, "leaf": "low", "rod": "9"},
    {"arch": False, "shelves": 0}, {"depth": 430, "height": 860, "leaf": "low"},
])  # fmt: skip
@pytest.mark.parametrize("thickness", [15.0, 17.6, 18.0, 21.0])
def test_the_folded_size_is_that_of_the_placed_solids(given, thickness):
    roomy = {"boot_length": 1500, "boot_width": 1000, "boot_height": 1000}
    piece = PORTE.build({**given, **roomy, "state": "folded"}, Sheet(thickness=thickness))
    computed = Sizes(piece.parameters, thickness).folded(piece.parameters)
    assert box(piece) == pytest.approx(computed, abs=0.01)
    # The constraint takes the thickest sheet: it may not be more hopeful than what is built.
    believed = Sizes(piece.parameters).folded(piece.parameters)
    assert all(real <= limit + 0.01 for real, limit in zip(computed, believed, strict=True))


def test_the_boot_that_just_takes_it_is_accepted_and_a_smaller_one_refused():
    wide, deep, high = box(PORTE.build({"state": "folded"}))
    PORTE.build({"boot_length": high + 10.1, "boot_width": wide + 10.1, "boot_height": deep + 10.1})
    for name, size in (("boot_length", high), ("boot_width", wide), ("boot_height", deep)):
        tight = {"boot_length": high + 10.1, "boot_width": wide + 10.1, "boot_height": deep + 10.1, name: size + 9.9}
        with pytest.raises(ParameterError, match="does not go into a boot") as caught:
            PORTE.build(tight)
        assert "il n’entre pas" in caught.value.messages[name]


def test_any_side_of_the_boot_may_be_the_long_one():
    assert PORTE.build({"boot_length": 750, "boot_width": 1100, "boot_height": 600})


@pytest.mark.parametrize("thickness", [15.0, 17.6, 18.0, 21.0])
def test_deployed_it_is_as_large_as_it_says(thickness):
    piece = PORTE.build({}, Sheet(thickness=thickness))
    said = next(m.value for m in piece.measures if m.label == "Encombrement déplié")
    assert [float(n) for n in re.findall(r"\d+", said)] == pytest.approx(box(piece), abs=0.6)


@pytest.mark.parametrize("state", ["deployed", "folded"])
@pytest.mark.parametrize("given", [
    {}, {"arch": False, "door": False, "leaflets": False, "shelves": 0}, {"wheel": "200", "shelves": 2, "rod": "10", "depth": 560},
])  # fmt: skip
@pytest.mark.parametrize(("thickness", "clearance"), [(15.0, 0.0), (17.6, 0.2), (21.0, 0.5)])
def test_no_state_clashes(state, given, thickness, clearance):
    assert clashes(PORTE.build({**given, "state": state}, Sheet(thickness=thickness, clearance=clearance))) == []


def test_bought_parts_run_through_no_wood():
    """Rods, tubes, wheels and axle have their holes and wells, in both states."""
    for state in ("deployed", "folded"):
        piece = PORTE.build({"state": state, "shelves": 2})
        for fitting in piece.fittings:
            for at in fitting.placements:
                there = fitting.solid.moved(at)
                for part in piece.parts:
                    for place in part.placements:
                        shared = there.intersect(part.solid.moved(place)).Volume()
                        assert shared < 1, f"{fitting.name} runs through {part.name} {state}"


def test_random_pieces_build_without_a_clash_or_say_why():
    dice = random.Random(20)
    built = refused = 0
    for _ in range(24):
        values = random_values(PORTE, dice)
        sheet = Sheet(thickness=dice.choice([15, 17.6, 18, 21]), clearance=dice.choice([0, 0.2, 0.5]))
        try:
            piece = PORTE.build(values, sheet)
        except (ParameterError, GeometryError):
            refused += 1
            continue
        built += 1
        assert all(p.solid.isValid() for p in piece.parts)
        assert clashes(piece) == [], values
    assert built >= 12, (built, refused)


def test_more_than_half_of_all_draws_meet_the_constraints():
    dice = random.Random(3)
    good = 0
    for _ in range(1000):
        try:
            PORTE.clean(random_values(PORTE, dice))
            good += 1
        except ParameterError:
            pass
    assert good > 500


@pytest.mark.parametrize(("tool", "style"), [(6.0, Relief.DOGBONE), (8.0, Relief.TBONE)])
@pytest.mark.parametrize("thickness", [15.0, 18.0, 21.0])
def test_every_part_is_flat_and_cut_from_one_side_with_these_tools(tool, style, thickness):
    for given in ({}, {"arch": False, "shelves": 2, "wheel": "200", "depth": 500}):
        for part in PORTE.build(given, Sheet(thickness=thickness)).parts:
            flat = flatten_part(part)
            assert {o.work for o in flat.operations} <= {Work.CUT_OUTSIDE, Work.CUT_INSIDE, Work.DRILL, Work.ENGRAVE}
            relieve(flat, tool, style)
            b = part.solid.BoundingBox()
            assert max(b.xlen, b.ylen) <= 1280


@pytest.mark.parametrize("state", ["deployed", "folded"])
def test_joints_meet_both_of_their_parts(state):
    """Every declared contact lies on or in both parts' sheets, within their boxes and 3 mm."""
    piece = PORTE.build({"state": state})
    for joint in piece.joints:
        assert joint.contacts
        for code in (joint.a, joint.b) if joint.kind != "rod" else ():
            part = piece.part(code)
            b = part.solid.BoundingBox()
            for contact in joint.contacts:
                seen = [to_local(at, contact) for at in part.placements]
                assert any(
                    b.xmin - 3 <= x <= b.xmax + 3 and b.ymin - 3 <= y <= b.ymax + 3 and -3 <= z <= b.zmax + 3
                    for x, y, z in seen
                ), (joint.kind, part.name, contact)


def test_a_wheelchair_rolls_under_the_leaf():
    """No solid stands in the knee space, measured in the built piece."""
    import cadquery as cq

    piece = PORTE.build()
    wide, deep, high = KNEES["wheelchair"]
    side = by_name(piece, "côté")
    left = max(side.solid.moved(at).BoundingBox().xmax for at in side.placements[1:])
    # The peg is a foot rest's height from the floor; the rule's space begins at the side beyond it.
    peg = by_name(piece, "repose").solid.moved(by_name(piece, "repose").placements[0]).BoundingBox().xmax
    room = cq.Solid.makeBox(wide, deep, high, cq.Vector(max(left, peg) + 1, 0, 0))
    for part in piece.parts:
        for at in part.placements:
            assert room.intersect(part.solid.moved(at)).Volume() < 1, part.name


def test_too_low_for_a_wheelchair_is_refused_and_for_children_accepted():
    with pytest.raises(ParameterError) as caught:
        PORTE.build({"height": 900})
    assert "700\N{NO-BREAK SPACE}mm de haut" in caught.value.messages["height"]
    assert PORTE.build({"height": 900, "leaf": "low"})


def test_a_rod_bent_tighter_than_a_hundred_times_its_radius_is_refused():
    small = {"height": 740, "leaf": "low", "width": 430, "shelves": 0, "wheel": "125", "leaf_drop": 160}
    with pytest.raises(ParameterError, match="hundred times") as caught:
        PORTE.build({**small, "rod": "10"})
    assert "casserait" in caught.value.messages["rod"]
    piece = PORTE.build({**small, "rod": "8"})
    arc = next(f for f in piece.fittings if f.name == "jonc" and f.solid.BoundingBox().xlen > 100)
    assert (arc.solid.BoundingBox().xlen - 8) / 2 >= 400


def test_the_arch_stays_under_its_limit():
    with pytest.raises(ParameterError) as caught:
        PORTE.build({"height": 1050, "arch_rise": 1070, "boot_length": 1200})
    assert "2 100" in caught.value.messages["arch_rise"].replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("material", ["contreplaqué bouleau", "contreplaqué peuplier"])
def test_no_part_nor_the_bare_case_weighs_more_than_one_person_lifts(material):
    piece = PORTE.build({}, Sheet(material=material))
    heaviest = next(m for m in piece.measures if m.unit == "kg")
    case = {"côté", "comptoir", "fond", "plancher", "façade", "séparateur", "étagère", "repose"}
    density = piece.sheet.density_kg_m3 * 1e-9
    wood = sum(p.solid.Volume() * p.quantity * density for p in piece.parts if p.name in case)
    said = float(heaviest.value.replace(",", "."))
    assert wood < said < wood + 3 <= 25.5
    assert said <= 25
    assert all(p.solid.Volume() * density < 25 for p in piece.parts)


def test_a_case_too_heavy_for_one_says_so():
    piece = PORTE.build({"width": 720, "depth": 560, "boot_width": 800}, Sheet(thickness=21))
    assert next(m for m in piece.measures if m.unit == "kg").value.endswith("à porter à deux")


def test_an_arch_just_high_enough_has_no_straight_cloth():
    """The rods' straight ends shrink to nothing on the counter's side."""
    wide = {"width": 650, "boot_width": 800, "height": 1000, "boot_length": 1100}
    radius = Sizes(PORTE.clean(wide), 18).radius
    piece = PORTE.build({**wide, "arch_rise": radius + 20})
    straight = [f for f in piece.fittings if f.name == "toile" and f.solid.BoundingBox().xlen < 2]
    assert len(straight) == 1


def test_a_panel_knows_its_solids_volume():
    from designs.contour import Contour
    from designs.piece import Piece
    from designs.placing import lying

    panel = Piece("porte", {}, Sheet()).board("essai", 400, 200, lying(0, 0, 0), radius=20)
    panel.tab("top", 200, 50, 18)
    panel.rounded_slot(100, 100, 130, 36)
    panel.engrave("AOÉ", 280, 60, 40)
    panel.pocket(Contour.rectangle(250, 120, 80, 40), 9)
    assert panel.volume == pytest.approx(panel.solid().Volume(), rel=1e-9)


def test_counter_and_leaf_stand_where_asked():
    piece = PORTE.build({"height": 1000, "leaf_drop": 240, "boot_length": 1100})
    for name, level in (("comptoir", 1000), ("tablette", 760)):
        part = by_name(piece, name)
        assert part.solid.moved(part.placements[0]).BoundingBox().zmax == pytest.approx(level)
