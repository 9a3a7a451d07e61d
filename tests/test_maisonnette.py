# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The maisonnette: what its parameters change, that nothing overlaps, that it can be made and stays up."""

from __future__ import annotations

import math
import random
import re
from itertools import combinations
from typing import Any

import pytest

from designs.catalogue import design
from designs.errors import ParameterError, SheetError
from designs.furniture import Furniture
from designs.parameters import Kind
from designs.sheet import Sheet
from fablabs.machine import Relief
from fabrication.flatten import flatten_part
from fabrication.plan import Face, Work
from fabrication.relief import relieve
from tests.pieces import random_values

MAISONNETTE = design("maisonnette")
CORE = {"joue", "socle", "dos", "tablette clavier", "tablette", "plateau d’imprimante", "coulisseau"}
REAR = {"tasseau", "trappe", "clavette"}
ROOF = {"plafond", "fronton", "pignon", "faîtière", "versant"}
WALLS = {"mur", "façade gauche", "façade droite", "pied", "équerre"}
#: Near the rule's limit for birch of 18 mm: a lighter sheet does not hold it.
SLIGHT = {"width": 640.0, "depth": 880.0, "height": 1630.0, "wall_length": 640.0}
ALL = CORE | REAR | ROOF | WALLS | {"montant", "platine"}

#: parameter → another value, the parts whose solid or whose place it changes.
CHANGES: dict[str, tuple[Any, set[str]]] = {
    "width": (800, ALL),
    "depth": (840, ALL - WALLS - {"fronton"}),
    "height": (1800, {"joue", "dos", "montant"} | ROOF | (WALLS - {"pied"})),
    "pitch": (35, {"joue", "dos", "montant"} | ROOF | (WALLS - {"pied"})),
    "wall_length": (560, {"montant", "platine"} | WALLS),
    "state": ("closed", {"platine"} | WALLS),
    "side": ("left", {"façade gauche", "façade droite"}),
    "shelves": (2, {"joue", "tablette"}),
    "printer": (False, {"joue", "tablette", "coulisseau", "plateau d’imprimante"}),
    "screen": ("75", {"dos"}),
    "felt": (False, {"mur", "façade gauche", "façade droite"}),
    "caster": ("100", ALL - ROOF - {"tablette clavier", "équerre"}),
    "text": ("MAIRIE", {"fronton"}),
}


def buildable(dice: random.Random, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < count:
        values = random_values(MAISONNETTE, dice)
        try:
            found.append(MAISONNETTE.clean(values))
        except ParameterError:
            continue
    return found


def shapes(furniture: Furniture) -> dict[str, tuple[Any, ...]]:
    """By the part's name: its solid's measures, where its copies stand."""
    result = {}
    for part in furniture.parts:
        box, centre = part.solid.BoundingBox(), part.solid.Center()
        edges = sum(e.Length() * (1 + e.Center().x ** 2 + e.Center().y ** 2) for e in part.solid.Edges())
        measures = (part.solid.Volume(), edges, box.xlen, box.ylen, centre.x, centre.y, centre.z)
        places = sorted(tuple(round(x, 3) for pair in at.toTuple() for x in pair) for at in part.placements)
        result[part.name] = (tuple(round(m, 3) for m in measures), tuple(places))
    return result


def overlaps(furniture: Furniture) -> list[str]:
    placed = [(p.name, p.solid.moved(at)) for p in furniture.parts for at in p.placements]
    boxes = [s.BoundingBox() for _, s in placed]
    found = []
    for i, j in combinations(range(len(placed)), 2):
        a, b = boxes[i], boxes[j]
        if (
            max(a.xmin, b.xmin) < min(a.xmax, b.xmax)
            and max(a.ymin, b.ymin) < min(a.ymax, b.ymax)
            and max(a.zmin, b.zmin) < min(a.zmax, b.zmax)
            and placed[i][1].intersect(placed[j][1]).Volume() > 1
        ):
            found.append(f"{placed[i][0]} / {placed[j][0]}")
    return found


@pytest.fixture(scope="module")
def default() -> Furniture:
    return MAISONNETTE.build()


def test_has_8_to_25_parts_that_fit_a_bed_of_1300_and_one_person_lifts(default: Furniture) -> None:
    assert 8 <= len(default.parts) <= 25
    for part in default.parts:
        box = part.solid.BoundingBox()
        assert part.solid.isValid(), part.name
        assert max(box.xlen, box.ylen) <= 1280, part.name
        assert part.solid.Volume() * default.sheet.density_kg_m3 * 1e-9 < 25, part.name
        assert box.zmin == pytest.approx(0, abs=1e-6) and box.zmax == pytest.approx(18, abs=1e-6)


def test_every_part_is_in_a_declared_joint_whose_contacts_lie_in_wood(default: Furniture) -> None:
    import cadquery as cq

    joined = {code for joint in default.joints for code in (joint.a, joint.b)}
    assert joined == {part.code for part in default.parts}
    placed = {p.code: [p.solid.moved(at) for at in p.placements] for p in default.parts}
    for joint in default.joints:
        if joint.kind not in ("through-tenon", "wedge", "finger"):
            continue
        for contact in joint.contacts:
            assert any(solid.isInside(cq.Vector(*contact), 1e-3) for solid in placed[joint.a]), (
                joint.kind,
                joint.a,
                joint.b,
            )


def test_sizes_span_a_quarter_each_way() -> None:
    for p in MAISONNETTE.parameters:
        if p.kind in (Kind.LENGTH, Kind.ANGLE):
            assert p.minimum is not None and p.maximum is not None
            assert p.minimum <= 0.75 * p.default and p.maximum >= 1.25 * p.default, p.name


@pytest.mark.parametrize("name", [p.name for p in MAISONNETTE.parameters])
def test_each_parameter_changes_the_parts_that_it_says(name: str, default: Furniture) -> None:
    value, expected = CHANGES[name]
    before, after = shapes(default), shapes(MAISONNETTE.build({name: value}))
    assert {part for part in before.keys() | after.keys() if before.get(part) != after.get(part)} == expected


@pytest.mark.parametrize(
    ("state", "side"), [("closed", "right"), ("half", "left"), ("half", "right"), ("open", "left")]
)
def test_no_two_parts_overlap_whatever_stands_open(state: str, side: str) -> None:
    assert overlaps(MAISONNETTE.build({"state": state, "side": side})) == []


@pytest.mark.parametrize(("thickness", "clearance"), [(15, 0.0), (17.6, 0.2), (18, 0.5), (21, 0.1)])
def test_no_two_parts_overlap_in_any_sheet(thickness: float, clearance: float) -> None:
    sheet = Sheet(thickness=thickness, nominal_thickness=thickness, clearance=clearance)
    for values in buildable(random.Random(int(thickness * 10)), 2):
        assert overlaps(MAISONNETTE.draw(values, sheet)) == [], values


def test_more_than_half_of_random_sizes_build_and_the_rest_is_refused_in_both_languages() -> None:
    dice, built, count = random.Random(7), 0, 400
    for _ in range(count):
        try:
            MAISONNETTE.clean(random_values(MAISONNETTE, dice))
            built += 1
        except ParameterError as error:
            assert str(error).isascii() or "°" in str(error)
            assert error.messages and all(message.endswith(".") for message in error.messages.values())
    assert built / count > 0.5


def test_what_the_constraints_accept_can_be_drawn() -> None:
    dice = random.Random(11)
    for values in buildable(dice, 25):
        # Thinner sheets may be too light for it, which has its own tests.
        sheet = Sheet(thickness=dice.choice((18.0, 19.2, 21.0)), clearance=dice.uniform(0, 0.5))
        assert len(MAISONNETTE.draw(values, sheet).parts) >= 8


@pytest.mark.parametrize("felt", [True, False])
def test_parts_are_worked_from_above_and_two_cutters_pass(felt: bool) -> None:
    works = set()
    for part in MAISONNETTE.build({"felt": felt}).parts:
        flat = flatten_part(part)
        assert all(operation.face is Face.TOP for operation in flat.operations), part.name
        works |= {operation.work for operation in flat.operations}
        relieve(flat, 6.0, Relief.DOGBONE)
        relieve(flat, 8.0, Relief.TBONE)
    assert (Work.POCKET in works) is felt


def test_no_joint_leaves_a_web_thinner_than_the_sheet_nor_any_cut_one_under_8_mm() -> None:
    from shapely import LineString, Polygon

    for values in [{}, *buildable(random.Random(5), 3)]:
        furniture = MAISONNETTE.build(values)
        for part in furniture.parts:
            operations = [o for o in flatten_part(part).operations if o.work is not Work.ENGRAVE]
            edge = next(o for o in operations if o.work is Work.CUT_OUTSIDE).contour.points(0.02)
            border = LineString([*edge, edge[0]])
            cuts = [(o, Polygon(o.contour.points(0.02))) for o in operations if o.work is not Work.CUT_OUTSIDE]
            for i, (operation, cut) in enumerate(cuts):
                is_slot = operation.work is Work.CUT_INSIDE and not any(s.bulge for s in operation.contour.segments())
                least = furniture.sheet.thickness - 0.3 if is_slot else 8.0
                assert cut.distance(border) >= least, (part.name, cut.centroid.coords[0], values)
                assert all(cut.distance(other) >= 8 for _, other in cuts[i + 1 :]), (part.name, values)


def masses(furniture: Furniture) -> list[tuple[float, float, float]]:
    """kg, y, z of each sheet part where it stands."""
    kilos = furniture.sheet.density_kg_m3 * 1e-9
    return [
        (p.solid.Volume() * kilos, centre.y, centre.z)
        for p in furniture.parts
        for at in p.placements
        for centre in [p.solid.moved(at).Center()]
    ]


@pytest.mark.parametrize("state", ["half", "open"])
def test_stays_up_with_somebody_leaning_on_the_leaf(state: str) -> None:
    """By the solids' own masses, without hardware: what the constraint estimates from areas."""
    for values in [{}, *buildable(random.Random(3), 8)]:
        furniture = MAISONNETTE.build({**values, "state": state})
        plates = [f for f in furniture.fittings if f.name == "platine de roulette"]
        # The foremost casters that stand on each side of the middle; the weaker side decides.
        middle = furniture.parameters["width"] / 2
        spots = [at.toTuple()[0] for plate in plates for at in plate.placements]
        front = max(min(y for x, y, _ in spots if (x < middle) is left) for left in (True, False))
        holding = sum(mass * (y - front) for mass, y, _ in masses(furniture))
        assert holding > 30 * (front - 28), values


def _stays_up(furniture: Furniture, load_kg: float, slope_deg: float) -> bool:
    """By the solids' own masses, about the foremost casters of the weaker side."""
    plates = [f for f in furniture.fittings if f.name == "platine de roulette"]
    middle = furniture.parameters["width"] / 2
    spots = [at.toTuple()[0] for plate in plates for at in plate.placements]
    front = max(min(y for x, y, _ in spots if (x < middle) is left) for left in (True, False))
    fall = math.tan(math.radians(slope_deg))
    holding = sum(mass * (y - front - z * fall) for mass, y, z in masses(furniture))
    return holding > load_kg * (front - 28 + 745 * fall)


@pytest.mark.parametrize("thickness", [15.0, 18.0, 21.0])
@pytest.mark.parametrize("material", ["contreplaqué bouleau", "contreplaqué peuplier"])
def test_in_any_sheet_it_stays_up_or_is_refused_in_words(material: str, thickness: float) -> None:
    built = 0
    sheet = Sheet(thickness, thickness, 0.2, material)
    for values in [MAISONNETTE.clean(SLIGHT), *buildable(random.Random(3), 4)]:
        try:
            furniture = MAISONNETTE.draw(values, sheet)
        except SheetError as error:
            assert thickness < 18 or material.endswith("peuplier")
            assert "basculerait" in error.french and error.french.endswith(".")
            continue
        built += 1
        if values["state"] != "closed":
            assert _stays_up(furniture, 30, 0) and _stays_up(furniture, 5, 10), values
    assert built >= 2


def test_a_load_that_is_too_much_tips_it_over(default: Furniture) -> None:
    assert _stays_up(default, 30, 0) and not _stays_up(default, 150, 0)
    assert _stays_up(default, 5, 10) and not _stays_up(default, 60, 10)


def test_the_refusal_of_a_light_sheet_names_walls_that_hold() -> None:
    sheet, values = Sheet(14.7, 15, 0.2, "contreplaqué peuplier"), MAISONNETTE.clean(SLIGHT)
    with pytest.raises(SheetError, match="would tip over") as caught:
        MAISONNETTE.draw(values, sheet)
    found = re.search(r"(\d+)\smm au plus", caught.value.french)
    assert found and MAISONNETTE.draw({**values, "wall_length": float(found[1])}, sheet)


def test_walls_open_to_about_two_metres_and_close_to_the_given_size() -> None:
    import cadquery as cq

    def box(state: str, names: set[str]) -> Any:
        built = MAISONNETTE.build({"state": state})
        return cq.Compound.makeCompound(
            [p.solid.moved(at) for p in built.parts if p.name in names for at in p.placements]
        ).BoundingBox()

    closed, opened = box("closed", WALLS | CORE), box("open", ALL)
    assert (closed.xlen, closed.ylen) == pytest.approx((760, 820), abs=0.1)
    assert opened.xlen == pytest.approx(760 + 2 * 545 + 3, abs=0.1)
    assert opened.zmax == pytest.approx(1700, abs=0.01)
    assert 1850 <= opened.xlen <= 2100


def test_a_sign_that_is_empty_makes_both_gables_one_part() -> None:
    names = {p.name: p.quantity for p in MAISONNETTE.build({"text": ""}).parts}
    assert names["pignon"] == 2 and "fronton" not in names


def test_screws_fit_the_screen_and_knees_fit_below_the_leaf(default: Furniture) -> None:
    back = flatten_part(next(p for p in default.parts if p.name == "dos"))
    circles = [c for o in back.operations if (c := o.contour.as_circle()) and abs(c[2] - 3.25) < 1e-6]
    xs, ys = sorted({round(x, 3) for x, _, _ in circles}), sorted({round(y, 3) for _, y, _ in circles})
    assert len(circles) == 4 and xs[1] - xs[0] == pytest.approx(100) and ys[1] - ys[0] == pytest.approx(100)
    leaf = next(p for p in default.parts if p.name == "tablette clavier")
    box = leaf.solid.moved(leaf.placements[0]).BoundingBox()
    assert box.zmin >= 700 and 730 <= box.zmax <= 760
    for part in default.parts:
        for at in part.placements:
            other = part.solid.moved(at).BoundingBox()
            if part.name in CORE - {"tablette clavier"}:
                assert other.ymin >= box.ymin + 300 - 1e-6, part.name
