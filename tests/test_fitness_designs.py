# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published designs are fit for use in any of their sizes, and `treteau check` says so."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from designs import balance, catalogue, chariot_balance, maisonnette_balance, porte_balance
from designs.catalogue import design, identifiers
from designs.errors import ParameterError
from designs.porte_sizes import Sizes
from fabrication.fitness import size, stability
from fabrication.fitness.assessment import assess
from fabrication.fitness.bodies import bodies, bought
from fabrication.fitness.samples import samples
from fabrication.fitness.verdict import Colour
from treteau.cli import main

EVERY = {
    "clash", "joints", "floating", "insertion", "mass", "tip-over", "deflection", "corners", "slot", "web", "neck",
    "folded size", "hands",
}  # fmt: skip


@pytest.mark.parametrize("identifier", identifiers())
def test_random_sizes_are_fit_for_use(identifier: str):
    """``treteau check DESIGN --samples 200`` is the long form of this."""
    for values in islice(samples(design(identifier), seed=11), 3):
        found = assess(identifier, values, fold=False)
        assert [(v.check, v.detail) for v in found.of(Colour.RED)] == [], dict(values)


@pytest.mark.parametrize("identifier", identifiers())
def test_every_check_looks_at_every_design(identifier: str):
    found = assess(identifier, {})
    assert found.publishable
    assert {v.check for v in found.verdicts} - {"knees"} == EVERY
    assert any(v.check == "knees" for v in found.verdicts) == (identifier != "chariot")


def test_samples_are_the_same_for_the_same_seed_and_keep_what_is_fixed():
    chariot = design("chariot")
    first, again, other = (list(islice(samples(chariot, seed, {"trays": 1}), 3)) for seed in (4, 4, 5))
    assert first == again != other
    assert all(values["trays"] == 1 and chariot.clean(values) == values for values in first + other)


@pytest.mark.parametrize("identifier", identifiers())
def test_the_constraint_and_the_solids_agree_on_when_a_piece_falls(identifier: str):
    """The list of weights of a constraint is within its margin, and a rounding, of the solids."""
    furniture = design(identifier).build()
    values = furniture.parameters
    masses = {
        "chariot": lambda: chariot_balance.masses(values),
        "porte": lambda: porte_balance.masses(values, Sizes(values, 18.0)),
        "maisonnette": lambda: maisonnette_balance.masses(values, values["state"]),
    }[identifier]()
    use = furniture.use
    assert use is not None
    kg, centre = stability.weighed(furniture, bodies(furniture))
    for push in (None, *use.pushes):
        rough = [*masses, *([balance.Mass(push.kg, *push.at)] if push else [])]
        assert balance.tips_at(use.floor, rough, use.swivel) == pytest.approx(
            stability.tip_angle(use, kg, centre, push), abs=0.7
        ), push


@pytest.mark.parametrize(
    ("identifier", "given"),
    [
        ("chariot", {"depth": 400, "height": 1060, "trays": 0}),
        ("porte", {"depth": 360, "height": 1100, "leaf": "low", "boot_length": 1500}),
        ("maisonnette", {"depth": 700, "height": 2000, "wall_length": 600}),
    ],
)
def test_a_size_that_would_fall_over_is_refused_in_words(identifier: str, given: dict[str, object]):
    with pytest.raises(ParameterError, match="slope of 10°") as caught:
        design(identifier).clean(given)
    assert "basculer" in caught.value.messages["depth"] and caught.value.messages["depth"].endswith(".")


@pytest.mark.parametrize(
    ("identifier", "given", "label"),
    [
        ("maisonnette", {"state": "closed"}, "Encombrement, fermée"),
        ("porte", {"state": "folded"}, "Encombrement plié"),
        ("chariot", {"extension": "folded"}, "Encombrement"),
    ],
)
def test_the_stated_size_is_that_of_the_solids(identifier: str, given: dict[str, str], label: str):
    furniture = design(identifier).build(given)
    said = next(m.value for m in furniture.measures if m.label == label)
    wood = bodies(furniture)
    measured = size.outer([*wood, *bought(furniture)])
    if identifier == "chariot":  # a caster that points outwards reaches 20 mm beyond it, for as long as it does
        measured = (*size.outer(wood)[:2], measured[2])
    assert sorted(map(float, said.split(" × "))) == pytest.approx(sorted(measured), abs=0.6)


def test_check_prints_each_check_and_its_source(capfd: pytest.CaptureFixture[str]):
    assert main(["check", "chariot", "--set", "trays=1"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    for check in EVERY:
        assert any(line.split()[:1] == check.split()[:1] for line in out.splitlines()), check
    assert "EN 1995-1-1" in out and "NF X35-109" in out


@pytest.fixture
def wobbly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue._DESIGNS, "wobbly", ("tests.bad_designs", "Wobbly"))


def test_check_of_a_bad_design_is_1_and_says_why(wobbly: None, capfd: pytest.CaptureFixture[str]):
    assert main(["check", "wobbly", "--json"]) == 0
    good = json.loads(capfd.readouterr().out)
    assert good["publishable"] and good["parameters"] == {"spread": 300.0, "text": ""}
    assert main(["check", "wobbly", "--set", "spread=60", "--json"]) == 1
    bad = json.loads(capfd.readouterr().out)
    assert not bad["publishable"]
    red = [v for v in bad["verdicts"] if v["verdict"] == "red"]
    assert {v["check"] for v in red} == {"tip-over"} and all(v["figure"] < v["limit"] == 10 for v in red)


def test_samples_find_the_sizes_that_are_bad(wobbly: None, capfd: pytest.CaptureFixture[str]):
    assert main(["check", "wobbly", "--samples", "8", "--seed", "3", "--json"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert found["samples"] == 8 and found["checks"]["clash"] == found["checks"]["clash"] | {"green": 8, "red": 0}
    wrong = {row["parameters"]["spread"] for row in found["red"]}
    drawn = {values["spread"] for values in islice(samples(design("wobbly"), 3), 8)}
    assert wrong < drawn and max(wrong) < min(drawn - wrong)
    assert main(["check", "wobbly", "--samples", "2", "--set", "spread=320"]) == 0
    assert "2 sets of parameters (seed 1), 0 refused for this sheet, 0 red" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "commode"], "no design 'commode'"),
        (["check", "porte", "--set", "width=1"], "width is between"),
        (["check", "porte", "--machine", "nowhere.toml"], "nowhere.toml"),
        (["check", "porte", "--samples", "2", "--set", "wide=1"], "wide is no parameter"),
    ],
)
def test_bad_input_is_2_and_one_line(arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == "" and said in err and err.count("\n") == 1


@pytest.mark.parametrize("count", ["0", "-1", "many", "1.5", "99999"])
def test_samples_are_a_sensible_number(count: str, capfd: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        main(["check", "porte", f"--samples={count}"])
    assert caught.value.code == 2 and "--samples" in capfd.readouterr().err
