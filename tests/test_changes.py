# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two states of a design held against each other: what is found, and what that makes of the version."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from designs import catalogue
from designs.contour import Contour
from designs.design import Design
from designs.furniture import Furniture
from designs.panel import Panel
from designs.parameters import Constraint, Kind, Parameter
from designs.sheet import Sheet
from designs.sources import content_of
from fabrication.comparison import pairing
from fabrication.comparison.at_size import AtSize, build, compare_at, of_built
from fabrication.comparison.changes import Changes, State, compare
from fabrication.comparison.elsewhere import Elsewhere
from fabrication.comparison.overlay import overlay_svg
from fabrication.comparison.pairing import pair_parts
from fabrication.comparison.parameters import Acceptance, Effect, acceptance, parameter_changes
from fabrication.comparison.parts import Fate, PartFigures, part_changes
from fabrication.comparison.proposal import Step
from fabrication.comparison.reasons import proposal_of
from fabrication.comparison.shape import Alignment, PartShape
from fabrication.comparison.sizes import common_sizes
from fabrication.comparison.things import StepsChange
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.scripted.design import drawn
from tests.varied_designs import Bench, RenumberedBench, bench

SHEET = Sheet()
NOTHING_ELSE: dict[str, Any] = {
    "hardware": (), "steps": StepsChange(0, 0, (), (), False, False), "parameters": (), "acceptance": Acceptance(0, 0), "texts": (),
}  # fmt: skip


def at_base(old: Design, new: Design) -> AtSize:
    return compare_at(old, new, old.clean({}), new.clean({}), SHEET)


def fates(found: AtSize) -> dict[str, str]:
    return {change.code: str(change.fate) for change in found.parts}


def all_kept(found: Changes) -> bool:
    base = found.at_base
    return bool(base.old and base.new) and {one.fate for one in (*base.parts, *base.joints)} <= {Fate.KEPT}


def proposal(old: Design, new: Design) -> Changes:
    return compare(State(old), State(new))


# A comparison with itself, and with what only looks otherwise.


def test_a_design_is_like_itself_at_every_size() -> None:
    found = proposal(Bench(), Bench())
    assert all_kept(found) and not (found.elsewhere.parts or found.elsewhere.joints or found.elsewhere.refusals)
    assert found.proposal.step is Step.NONE and not found.proposal.reasons
    assert len(found.elsewhere.titles) >= 5
    assert json.loads(json.dumps(found.data())) == found.data(), "it is kept as JSON"


def test_a_part_that_is_numbered_and_named_anew_is_the_same_part() -> None:
    found = at_base(Bench(), RenumberedBench())
    assert {change.fate for change in found.parts} == {Fate.KEPT}
    leg = next(change for change in found.parts if change.new is not None and change.new.name == "jambe")
    assert (leg.old and leg.old.code, leg.new and leg.new.code) == ("P02", "P01")
    assert any("P02 avant" in clause for clause in leg.what)
    assert {joint.fate for joint in found.joints} == {Fate.KEPT}


def test_a_part_that_is_turned_over_on_the_drawing_board_is_the_same_part() -> None:
    flat = part([(0, 0), (300, 0), (300, 80), (120, 200), (0, 200)])
    for at in (Alignment(17, -3, 90), Alignment(0, 0, 180), Alignment(5, 5, 270, True)):
        moved = dataclasses.replace(
            flat, operations=tuple(dataclasses.replace(o, contour=at.contour(o.contour)) for o in flat.operations)
        )
        (change,) = part_changes([flat], [moved])
        assert change.fate is Fate.KEPT and change.is_cut_alike, at


# What changes is found, and weighs what it should.


def test_a_rounder_corner_changes_a_part_and_no_joint() -> None:
    found = at_base(Bench(), bench(leg_radius=30.0))
    assert fates(found) == {"P01": "kept", "P02": "changed"}
    assert {joint.fate for joint in found.joints} == {Fate.KEPT}
    weighed = proposal_of(found, Elsewhere(), **NOTHING_ELSE)
    assert weighed.step is Step.MINOR and "tous les assemblages restent" in weighed.french


@pytest.mark.parametrize("changed", [{"tab": 70.0}, {"inset": 140.0}])
def test_another_tenon_or_another_place_for_it_is_a_major_version(changed: dict[str, float]) -> None:
    found = at_base(Bench(), bench(**changed))
    (joint,) = found.joints
    assert joint.fate is Fate.CHANGED and joint.breaks and joint.what
    weighed = proposal_of(found, Elsewhere(), **NOTHING_ELSE)
    assert weighed.step is Step.MAJOR and "ne va plus forcément" in weighed.french
    assert "P02–P01" in weighed.reasons[0].french


def test_a_cable_hole_that_moves_breaks_no_joint_though_a_rod_stands_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    porte = catalogue.shipped("porte")
    before, drill = build(porte, {}, SHEET), Panel.hole
    moved = lambda panel, x, y, wide: drill(panel, *((x + 10, y - 10) if wide == 60 else (x, y)), wide)  # noqa: E731
    monkeypatch.setattr(Panel, "hole", moved)
    found = of_built(before, build(porte, {}, SHEET))
    assert [change.code for change in found.parts if change.fate is not Fate.KEPT] == ["P02"]
    assert {joint.fate for joint in found.joints} == {Fate.KEPT}
    assert all(joint.new and joint.new.seats[joint.new.a] and joint.new.seats[joint.new.b] for joint in found.joints)


def test_a_change_of_clearance_is_a_change_of_the_joint() -> None:
    class Loose(Bench):
        def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
            return super().draw(values, dataclasses.replace(sheet, clearance=sheet.clearance + 0.3))

    (joint,) = at_base(Bench(), Loose()).joints
    assert any("jeu" in clause and "0,2" in clause and "0,5" in clause for clause in joint.what)


def test_a_new_part_is_told_and_its_joint_with_it() -> None:
    parameters = tuple(dataclasses.replace(p, default=True) if p.name == "shelf" else p for p in Bench.parameters)
    shelved = bench(parameters=parameters)
    forth = compare_at(Bench(), shelved, Bench().clean({}), shelved.clean({}), SHEET)
    back = compare_at(shelved, Bench(), shelved.clean({}), Bench().clean({}), SHEET)
    assert fates(forth) == {"P01": "kept", "P02": "changed", "P03": "added"}
    assert fates(back) == {"P01": "kept", "P02": "changed", "P03": "removed"}
    assert [str(j.fate) for j in forth.joints] == ["kept", "added"]
    assert [str(j.fate) for j in back.joints] == ["kept", "removed"]


def test_a_change_that_the_base_hides_is_found_where_it_shows() -> None:
    class Wide(Bench):
        """Stiffer tenons once it is long."""

        def boards(self, piece: Any, values: Mapping[str, Any], sheet: Sheet) -> None:
            type(self).tab = 90.0 if values["width"] > 1200 else Bench.tab
            super().boards(piece, values, sheet)

    found = proposal(Bench(), Wide())
    assert all_kept(found)
    assert {hidden.change.fate for hidden in found.elsewhere.joints} == {Fate.CHANGED}
    assert any("1400" in at.replace("\u202f", "") for at in found.elsewhere.joints[0].at)
    assert not any("600" in at and "Longueur" in at for at in found.elsewhere.joints[0].at)
    assert found.proposal.step is Step.MAJOR and "seulement à" in found.proposal.reasons[0].french


def test_words_alone_are_a_patch() -> None:
    texts = {"title": "Banc d’entrée", "changes": "le nom"}
    found = compare(State(Bench(), {"title": "Banc"}), State(Bench(), texts))
    assert [(c.name, c.old, c.new) for c in found.texts] == [("title", "Banc", "Banc d’entrée")]
    assert found.proposal.step is Step.PATCH


def test_nothing_published_yet_makes_every_part_new() -> None:
    found = compare(None, State(Bench()))
    assert {change.fate for change in found.at_base.parts} == {Fate.ADDED}
    assert found.proposal.step is Step.FIRST and found.data()["is_first"] and not found.data()["old_figures"]


def test_figures_come_from_the_same_workshop_for_both() -> None:
    data = proposal(Bench(), bench(hole=60.0)).data()
    rows = {row["name"]: row for row in data["figures"]}
    assert rows["sheets"]["difference"] == "=" and rows["edge_m"]["changed"]
    assert data["new_figures"]["cut_m"] > data["old_figures"]["cut_m"]
    assert data["new_figures"]["edge_m"] == pytest.approx(data["old_figures"]["edge_m"] + 0.1885, abs=0.011)


def test_sizes_of_an_order_are_compared_alone() -> None:
    found = compare(State(Bench()), State(bench(hole=60.0)), given=bench().clean({"width": 700, "shelf": True}))
    assert found.is_partial and not found.elsewhere.titles and found.data()["proposal"] == {}
    seat = next(change for change in found.at_base.parts if change.code == "P01")
    assert seat.fate is Fate.CHANGED and PartFigures.of(seat.new).length_mm == 700  # type: ignore[arg-type]


# Choices.


def changed_parameter(name: str, **fields: Any) -> Design:
    return bench(parameters=tuple(dataclasses.replace(p, **fields) if p.name == name else p for p in Bench.parameters))


@pytest.mark.parametrize(
    ("fields", "effect", "step"),
    [
        ({"maximum": 1500}, Effect.WIDENED, Step.PATCH),
        ({"maximum": 1200}, Effect.NARROWED, Step.MAJOR),
        ({"minimum": 700}, Effect.NARROWED, Step.MAJOR),
        ({"default": 950.0}, Effect.DEFAULT, Step.MINOR),
        ({"label": "Long"}, Effect.WORDS, Step.PATCH),
        ({"kind": Kind.COUNT}, Effect.SET, Step.MAJOR),
    ],
)
def test_each_change_of_a_parameter_weighs_what_it_does_to_orders(
    fields: dict[str, Any], effect: Effect, step: Step
) -> None:
    new = changed_parameter("width", **fields)
    (change,) = parameter_changes(Bench(), new)
    assert (change.name, change.effect) == ("width", effect) and change.french
    given_up = {"parameters": (change,), "acceptance": acceptance(Bench(), new, 20)}
    weighed = proposal_of(AtSize(None, None), Elsewhere(), **NOTHING_ELSE | given_up)
    assert weighed.step is step
    said = {
        Step.MAJOR: "ne sont plus acceptés",
        Step.MINOR: "valeurs d’origine changent",
        Step.PATCH: "Rien de ce qui se découpe",
    }
    assert said[step] in weighed.french


def test_a_parameter_that_came_or_went_is_a_major_version_and_the_other_keeps_its_default() -> None:
    more = bench(parameters=(*Bench.parameters, Parameter("paint", Kind.FLAG, False, "Peinture", "")))
    for old, new, words in ((Bench(), more, "n’existait pas avant"), (more, Bench(), "n’existe plus")):
        found = proposal(old, new)
        assert found.proposal.step is Step.MAJOR
        assert any("Peinture" in note and words in note for note in found.notes)
        assert all_kept(found)


def test_a_rule_that_refuses_ordered_sizes_is_found_by_asking_it() -> None:
    rule = Constraint(("width", "height"), lambda v: v["width"] >= 2 * v["height"], "Trop haut.", "too high")
    strict = bench(constraints=(rule,))
    found = acceptance(Bench(), strict)
    assert 0 < found.taken < found.asked and found.reason == "Trop haut." and found.example is not None
    assert acceptance(strict, Bench()).taken == acceptance(strict, Bench()).asked
    assert proposal(Bench(), strict).proposal.step is Step.MAJOR


def test_rules_that_stand_in_a_script_are_never_called_removed() -> None:
    shipped = catalogue.shipped("chariot")
    taken_up = drawn("chariot", 0, content_of(shipped), {})
    assert parameter_changes(shipped, taken_up) == () == parameter_changes(taken_up, shipped)
    assert acceptance(shipped, taken_up, 20).taken == 20


def test_rules_that_are_said_are_told_in_words_that_people_read() -> None:
    rule = Constraint(("width",), lambda v: True, "Trop long : {width:g} mm.", "too long")
    (change,) = parameter_changes(Bench(), bench(constraints=(rule,)))
    assert "(Longueur)" in change.french and "{" not in change.french and change.effect is Effect.WORDS


def test_sizes_are_the_same_every_time_and_taken_by_both() -> None:
    narrow = changed_parameter("width", minimum=800, maximum=1200)
    sizes = common_sizes(Bench(), narrow)
    assert sizes == common_sizes(Bench(), narrow)
    for size in sizes.sizes:
        assert 800 <= size.new["width"] <= 1200
        assert Bench().clean(size.old) == size.old and narrow.clean(size.new) == size.new
    assert {size.new["width"] for size in sizes.sizes} >= {800, 900, 1200}


# Drawings.


def part(corners: list[tuple[float, float]], *holes: Contour, name: str = "pièce", code: str = "P01") -> FlatPart:
    outline = Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, Contour.of(corners))
    inside = [Operation(Work.CUT_INSIDE, Face.TOP, 18.0, hole) for hole in holes]
    return FlatPart(code, name, 18.0, (outline, *inside))


boxes = st.tuples(st.integers(40, 400), st.integers(40, 400), st.booleans())


def board(size: tuple[int, int, bool]) -> FlatPart:
    width, height, has_hole = size
    holes = [Contour.circle(20, 20, 9)] if has_hole else []
    return part([(0, 0), (width, 0), (width, height), (0, height)], *holes)


@settings(max_examples=25, deadline=None)
@given(boxes, boxes)
def test_what_an_overlay_fills_is_the_symmetric_difference(
    one: tuple[int, int, bool], other: tuple[int, int, bool]
) -> None:
    old, new = PartShape(board(one)), PartShape(board(other))
    svg = overlay_svg(old, new)
    ElementTree.fromstring(svg)  # well-formed
    drawn = area_of(svg, "o-gone") + area_of(svg, "o-come")
    expected = old.wood.symmetric_difference(new.wood).area
    # Bands narrower than a fiftieth of a millimetre are none, and circles are drawn with chords.
    assert drawn == pytest.approx(expected, abs=0.05 * (old.wood.length + new.wood.length) + 1)
    assert (drawn == 0) == (one == other)


def area_of(svg: str, name: str) -> float:
    """Of the path of that class, holes taken out, by its own coordinates."""
    found = re.search(rf'<path d="([^"]*)"[^>]*class="{name}"', svg)
    if found is None:
        return 0.0
    region = Polygon()
    for ring in found[1].split("Z"):
        if ring:
            points = [tuple(map(float, pair.split())) for pair in ring[1:].split("L")]
            region = region.symmetric_difference(Polygon(points))
    return float(region.area)


@settings(max_examples=15, deadline=None)
@given(st.lists(boxes, min_size=0, max_size=5), st.lists(boxes, min_size=0, max_size=5))
def test_what_one_comparison_adds_the_reverse_removes(
    one: list[tuple[int, int, bool]], other: list[tuple[int, int, bool]]
) -> None:
    old = [dataclasses.replace(board(size), code=f"P{n:02}", name=f"a{n}") for n, size in enumerate(one, 1)]
    new = [dataclasses.replace(board(size), code=f"P{n:02}", name=f"b{n}") for n, size in enumerate(other, 1)]
    forth, back = pair_parts(old, new), pair_parts(new, old)
    assert len(forth.pairs) + len(forth.removed) == len(old) and len(forth.pairs) + len(forth.added) == len(new)
    assert len(back.added) == len(forth.removed) and len(back.removed) == len(forth.added)
    again = pair_parts(old, old)
    assert [(p.old.code, p.new.code) for p in again.pairs] == [(p.code, p.code) for p in old]
    assert all(change.fate is Fate.KEPT for change in part_changes(old, old))


def plain_board(number: int, length: float, width: float) -> FlatPart:
    outline = Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, Contour.rectangle(0, 0, length, width))
    return FlatPart(f"P{number:02d}", f"planche {number}", 18.0, (outline,))


def test_of_a_model_that_was_drawn_anew_only_boards_of_like_size_are_laid_over_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each way to lie is a cut of polygons, and there are a dozen: of every part over every other they would take minutes."""
    laid: list[tuple[str, str]] = []
    lay = pairing.best_alignment
    monkeypatch.setattr(pairing, "best_alignment", lambda o, n: laid.append((o.code, n.code)) or lay(o, n))
    old = [plain_board(n, 300.0 * 1.2**n, 90.0) for n in range(12)]
    new = [plain_board(n + 20, 310.0 * 1.2**n, 90.0) for n in range(12)]
    found = pair_parts(old, new)
    assert [(pair.old.code, pair.new.code) for pair in found.pairs] == [(f"P{n:02d}", f"P{n + 20}") for n in range(12)]
    assert len(laid) < 12 * 12 / 3
