# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The chariot, as furniture."""

from __future__ import annotations

import pytest

from designs.catalogue import design
from designs.chariot import extension_stays_up
from designs.errors import ParameterError
from designs.furniture import Furniture
from tests.pieces import changed_parts, clashes

CHARIOT = design("chariot")

#: One changed value → the parts that change. What stands between the cheeks moves with them.
CHANGES = {
    "hooks": (False, {"dos"}),
    "text": ("ATELIER", {"traverse"}),
    "door": (900, set()),
    "extension": ("folded", {"rallonge", "équerre"}),
    "extension_length": (230, {"rallonge", "équerre"}),
    "laptops": (5, {"râtelier", "socle"}),
    "dividers": (3, {"cloison longue", "cloison courte"}),
    "caster": (
        "75",
        {"joue", "socle", "dos", "clavette", "râtelier", "platine"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_parameter_changes_just_these_solids(name):
    value, expected = CHANGES[name]
    assert changed_parts(CHARIOT.build(), CHARIOT.build({name: value})) == expected


def test_width_leaves_what_is_drawn_across_alone():
    changed = changed_parts(CHARIOT.build(), CHARIOT.build({"width": 1000}))
    assert {
        "plateau",
        "socle",
        "dos",
        "traverse",
        "râtelier",
        "plateau coulissant",
        "rive",
        "cloison longue",
    } <= changed
    before, after = CHARIOT.build(), CHARIOT.build({"width": 1000})
    for name in ("joue", "coulisseau", "équerre", "rallonge"):
        old, new = (next(p for p in f.parts if p.name == name) for f in (before, after))
        assert old.solid.Volume() == pytest.approx(new.solid.Volume()), name


def test_trays_and_pitch_change_the_cheeks_slots():
    for given in ({"trays": 1}, {"tray_pitch": 110}):
        assert "joue" in changed_parts(CHARIOT.build(), CHARIOT.build(given))
    assert "plateau coulissant" not in {p.name for p in CHARIOT.build({"trays": 0}).parts}


def test_it_passes_a_door_or_says_why():
    with pytest.raises(ParameterError) as caught:
        CHARIOT.build({"depth": 695, "door": 700})
    assert "porte" in caught.value.messages["depth"]


def test_worktop_stands_at_the_height_asked_for():
    piece = CHARIOT.build({"height": 900})
    worktop = next(p for p in piece.parts if p.name == "plateau")
    assert worktop.solid.moved(worktop.placements[0]).BoundingBox().zmax == pytest.approx(900)


@pytest.mark.parametrize("state", ["none", "folded", "open"])
@pytest.mark.parametrize("trays", [0, 3])
def test_no_state_clashes(state, trays):
    assert clashes(CHARIOT.build({"extension": state, "trays": trays, "height": 950})) == []


def _tips(piece: Furniture, width: float, length: float) -> bool:
    """Moments about the outer casters from the solids themselves, 30 kg at the leaf's edge."""
    axle = width - 60 - 35
    moment = sum(
        part.solid.moved(place).Center().x * part.solid.Volume() * 680e-9 - axle * part.solid.Volume() * 680e-9
        for part in piece.parts
        for place in part.placements
    )
    return moment + 30 * (width + length - axle) > 0


def test_the_tipping_rule_is_no_laxer_than_the_solids():
    """At the longest extension that the rule accepts, the built piece stays up without its casters' weight."""
    for width, depth, trays in ((900.0, 500.0, 2), (700.0, 600.0, 0), (1200.0, 400.0, 3)):
        values = CHARIOT.clean({"extension": "none", "width": width, "depth": depth, "trays": trays, "height": 950})
        lengths = [
            x for x in range(160, 281, 5) if extension_stays_up({**values, "extension": "open", "extension_length": x})
        ]
        if lengths:
            given = {**values, "extension": "open", "extension_length": lengths[-1]}
            assert not _tips(CHARIOT.build(given), width, lengths[-1])


def test_text_too_long_for_the_apron_is_refused_beside_its_field():
    with pytest.raises(ParameterError) as caught:
        CHARIOT.build({"text": "MÉDIATHÈQUE MUNICIPALE W", "width": 660, "extension": "none"})
    assert set(caught.value.messages) == {"text", "width"}


def test_letters_that_can_not_be_engraved_are_named():
    with pytest.raises(ParameterError, match="text can't be engraved"):
        CHARIOT.build({"text": "漢字"})
