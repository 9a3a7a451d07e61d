# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the designs say they go together: nothing forgotten, nothing in the way, in French that can be followed."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from designs.catalogue import design
from designs.errors import GeometryError, ParameterError, SheetError
from designs.furniture import Furniture
from designs.piece_steps import steps_of_model
from designs.sheet import Sheet
from fabrication.fitness.insertion import blocked
from tests.pieces import random_values

#: Every part and option that comes or goes.
VARIANTS = {
    "chariot": [
        {},
        {"trays": 0},
        {"trays": 1, "dividers": 0, "laptops": 0},
        {"trays": 3, "dividers": 4, "height": 1000, "extension": "folded"},
        {"extension": "none", "hooks": False, "text": ""},
    ],
    "porte": [
        {},
        {"state": "folded"},
        {"arch": False, "shelves": 0, "door": False, "leaflets": False},
        {"arch": False, "state": "folded", "shelves": 2},
    ],
    "maisonnette": [
        {},
        {"state": "closed", "felt": False, "screen": "none", "shelves": 0},
        {"state": "half", "side": "left", "printer": False, "shelves": 3, "text": ""},
    ],
}
CASES = [(name, index) for name, variants in VARIANTS.items() for index in range(len(variants))]


@cache
def built(name: str, index: int) -> Furniture:
    return design(name).build(VARIANTS[name][index])


def copies(piece: Furniture) -> Counter[tuple[str, int]]:
    return Counter((part.code, i) for part in piece.parts for i in range(1, part.quantity + 1))


def used(piece: Furniture) -> dict[str, float]:
    found: Counter[str] = Counter()
    for step in piece.steps:
        for reference, amount in step.hardware:
            assert amount > 0
            found[reference] += amount  # type: ignore[assignment]
    return dict(found)


@pytest.mark.parametrize(("name", "index"), CASES)
def test_every_copy_of_every_part_is_put_in_place_once(name, index):
    piece = built(name, index)
    assert Counter(copy for step in piece.steps for copy in step.parts) == copies(piece)


@pytest.mark.parametrize(("name", "index"), CASES)
def test_all_hardware_is_used_and_none_that_is_not_bought(name, index):
    piece = built(name, index)
    assert used(piece) == pytest.approx({item.reference: item.quantity for item in piece.hardware}, abs=1e-6)


@pytest.mark.parametrize(("name", "index"), CASES)
def test_every_part_goes_straight_to_its_place(name, index):
    assert blocked(built(name, index)) == []


@pytest.mark.parametrize(("name", "index"), CASES)
def test_a_group_is_made_before_it_is_joined_and_all_end_in_the_piece(name, index):
    made: set[str] = set()
    for step in built(name, index).steps:
        assert set(step.joins) <= made
        made = (made - set(step.joins)) | {step.group}
    assert made == {""}


@pytest.mark.parametrize(("name", "index"), CASES)
def test_directions_are_unit_vectors(name, index):
    for step in built(name, index).steps:
        for vector in (step.direction, step.up):
            assert vector is None or math.hypot(*vector) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("name", "index"), CASES)
def test_words_are_french_short_and_set_as_french_is(name, index):
    for step in built(name, index).steps:
        for text in (step.title, step.text, step.warning, *step.tools):
            assert "'" not in text, text
            assert not re.search(r" [:;!?»]|« |\d (?:mm|cm|kg)\b", text), text
            assert "  " not in text and text == text.strip()
        assert 3 < len(step.title) < 60
        assert step.text.endswith(".") and len(step.text) < 330, step.text
        assert step.title.split()[0].removesuffix("-la").endswith("ez"), step.title


@pytest.mark.parametrize("name", VARIANTS)
def test_a_wedge_goes_in_with_its_narrow_end_first(name):
    """Its longer end stays outside: along the way it widens."""
    piece = built(name, 0)
    wedge = next(part for part in piece.parts if part.name == "clavette")
    corners = [vertex.toTuple() for vertex in wedge.solid.Vertices()]
    ends = {high: max(x for x, y, _ in corners if (y > 0) == high) for high in (False, True)}
    narrow_first = -1.0 if ends[False] < ends[True] else 1.0
    for step in piece.steps:
        for code, copy in step.parts:
            if code != wedge.code or step.direction is None or piece.parameters.get("state") == "folded":
                continue
            t = wedge.placements[copy - 1].wrapped.Transformation()
            along_y = sum(t.Value(row + 1, 2) * step.direction[row] for row in range(3))
            assert along_y == pytest.approx(narrow_first, abs=1e-6)


@pytest.mark.parametrize("name", VARIANTS)
def test_any_parameters_give_steps_that_hold(name):
    dice, model, done = random.Random(f"steps {name}"), design(name), 0
    for _ in range(400):
        try:
            piece = model.build(random_values(model, dice), Sheet(18, round(dice.uniform(15, 21), 1)))
        except (ParameterError, SheetError, GeometryError):
            continue
        assert Counter(copy for step in piece.steps for copy in step.parts) == copies(piece)
        assert used(piece) == pytest.approx({item.reference: item.quantity for item in piece.hardware}, abs=1e-6)
        assert blocked(piece) == []
        done += 1
        if done == 2:
            return
    pytest.fail(f"only {done} sets of parameters could be built")


@pytest.mark.parametrize("name", ["chariot", "maisonnette"])
def test_a_model_s_steps_have_its_parts_and_no_hardware(name):
    piece = built(name, 0)
    codes = {part.code for part in piece.parts if part.name not in ("platine", "clavette")}
    told = steps_of_model(piece.steps, codes)
    assert {copy for step in told for copy in step.parts} == {copy for copy in copies(piece) if copy[0] in codes}
    assert not any(step.hardware or step.tools or step.fittings or step.warning for step in told)
    assert not any(re.search(r"\b(vis|écrou|roulette|clavette)", step.title + step.text) for step in told)
    assert blocked(replace(piece, parts=tuple(p for p in piece.parts if p.code in codes), steps=told)) == []
