# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Points and the "what if" of an arbitration: plain data."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabs.geography import commune, straight_km
from fablabs.geography.communes import all_communes
from orders.arbitration.classes import classes_of
from orders.arbitration.criteria import CRITERIA, FAR_KM, Facts, is_weight, parts_of, points_of, weights_of
from orders.arbitration.nearest import Nearest
from orders.arbitration.what_if import Candidate, Terms, Why, what_if
from orders.money import subsidy

_facts = st.builds(
    Facts,
    verdict=st.sampled_from(["yes", "no", "partly", "unknown"]),
    classes=st.sampled_from(["", "frr+", "qpv", "frr+ qpv"]),
    population=st.none() | st.integers(0, 2_200_000),
    is_first=st.booleans(),
    nearest_km=st.none() | st.floats(0, FAR_KM),
)
_weights = st.fixed_dictionaries({criterion.name: st.integers(0, 100) for criterion in CRITERIA})


@settings(max_examples=150, deadline=None)
@given(facts=_facts, weights=_weights)
def test_points_are_what_their_explanation_adds_up_to(facts: Facts, weights: dict[str, int]) -> None:
    parts = parts_of(facts, weights)
    assert points_of(facts, weights) == pytest.approx(sum(part.points for part in parts), abs=1e-9)
    assert all(0 <= part.points <= part.weight and part.words for part in parts)


def test_the_best_intention_has_all_points_and_the_worst_none() -> None:
    weights = weights_of({})
    assert points_of(Facts("yes", "frr+ qpv", 300, True, 4.0), weights) == sum(weights.values()) == 100
    assert points_of(Facts("no", "", 90_000, False, None), weights) == 0


def test_fewer_people_and_a_nearer_workshop_never_cost_points() -> None:
    weights = weights_of({})
    points = [
        points_of(Facts("yes", "", people, True, 30.0), weights) for people in (500, 1_000, 5_000, 19_999, 20_000)
    ]
    assert points == sorted(points, reverse=True) and points[0] == points[1] > points[2] > points[3] >= points[4]
    near = [points_of(Facts("yes", "", 800, True, km), weights) for km in (0.0, 20.0, 80.0, 149.0, None)]
    assert near == sorted(near, reverse=True) and near[1] > near[2] > near[3]


def test_weights_that_are_none_give_way_to_the_usual_ones() -> None:
    assert weights_of({"eligibility": 55, "qpv": "12", "frr_plus": 101, "near_maker": True, "other": 4}) == {
        "eligibility": 55, "frr_plus": 20, "qpv": 15, "small_commune": 15, "first_order": 10, "near_maker": 10,
    }  # fmt: skip
    assert is_weight(0) and is_weight(100) and not any(is_weight(value) for value in (-1, 101, 2.0, "3", None, True))


def test_classes_are_read_from_a_judgement_and_from_nothing_else() -> None:
    frr = {"kind": "frr", "status": "full", "label": "FRR+"}
    qpv = {"kind": "qpv", "status": "full", "label": "Pissevin"}
    assert classes_of({"zonings": [frr, qpv]}) == "frr+ qpv"
    assert classes_of({"zonings": [frr | {"label": "FRR socle"}, qpv | {"status": "none"}]}) == ""
    for nothing in (None, {}, {"zonings": None}, {"zonings": "frr"}, {"zonings": [None, 3, {}]}):
        assert classes_of(nothing) == ""


def test_the_nearest_workshop_is_the_one_that_trying_all_finds() -> None:
    places = ["30189", "23008", "97416", "75056", "2A004", "69123", "34172", "31555"]
    nearest = Nearest([*places, "00000"])
    for origin in all_communes()[::701]:
        near = [km for place in places if (km := _km(origin.insee, place)) is not None and km <= FAR_KM]
        assert nearest.km(origin.insee) == (pytest.approx(min(near)) if near else None), origin
    assert nearest.km("30189") == 0 and nearest.km("99999") is None and Nearest([]).km("30189") is None


def _km(one: str, other: str) -> float | None:
    try:
        return straight_km(commune(one), commune(other))
    except ValueError:
        return None


TERMS = Terms(Decimal("0.8"), Decimal(40_000), is_per_buyer=False)


def _candidate(key: int, expense: int | None, points: float = 50, buyer: int | None = None) -> Candidate:
    return Candidate(key, points, None if expense is None else Decimal(expense), buyer or key, f"c{key % 3}")


def test_money_goes_down_the_list_and_smaller_ones_follow_unless_it_stops() -> None:
    wanted = [_candidate(1, 10_000), _candidate(2, 20_000), _candidate(3, 2_000), _candidate(4, None)]
    found = what_if(wanted, TERMS, Decimal(10_000))
    assert [one.why for one in found.outcomes] == [Why.FUNDED, Why.SHORT, Why.FUNDED, Why.NO_ESTIMATE]
    assert (found.spent_eur, found.left_eur, found.communes) == (Decimal(9_600), Decimal(400), 2)
    assert found.outcomes[1].granted_eur == Decimal(16_000)
    strict = what_if(wanted, TERMS, Decimal(10_000), stops=True)
    assert [one.why for one in strict.outcomes] == [Why.FUNDED, Why.SHORT, Why.AFTER, Why.NO_ESTIMATE]


def test_too_few_points_are_not_funded() -> None:
    found = what_if([_candidate(1, 100, 40), _candidate(2, 100, 39.9)], TERMS, None, least_points=40)
    assert [one.why for one in found.outcomes] == [Why.FUNDED, Why.BELOW]


def test_a_cap_of_all_expenses_is_used_once_by_a_buyer() -> None:
    terms = Terms(Decimal("0.8"), Decimal(40_000), is_per_buyer=True)
    wanted = [_candidate(1, 25_000, buyer=7), _candidate(2, 25_000, buyer=7), _candidate(3, 9_000, buyer=7)]
    found = what_if(wanted, terms, None, used={7: Decimal(5_000)})
    assert [one.granted_eur for one in found.outcomes] == [Decimal(20_000), Decimal(8_000), Decimal(0)]
    assert [one.why for one in found.outcomes] == [Why.FUNDED, Why.FUNDED, Why.CAP_USED]


@settings(max_examples=100, deadline=None)
@given(
    wanted=st.lists(st.tuples(st.none() | st.integers(0, 60_000), st.integers(0, 100), st.integers(1, 4)), max_size=30),
    amount=st.integers(0, 200_000),
    is_per_buyer=st.booleans(),
    stops=st.booleans(),
)
def test_a_simulation_never_spends_more_than_there_is(
    wanted: list[tuple[int | None, int, int]], amount: int, is_per_buyer: bool, stops: bool
) -> None:
    terms = Terms(Decimal("0.8"), Decimal(40_000), is_per_buyer)
    rows = [_candidate(key, expense, points, buyer) for key, (expense, points, buyer) in enumerate(wanted)]
    found = what_if(rows, terms, Decimal(amount), least_points=20, stops=stops)
    assert len(found.outcomes) == len(rows)
    assert found.spent_eur + found.left_eur == amount and found.left_eur >= 0
    assert found.spent_eur == sum(one.granted_eur for one in found.funded)
    if is_per_buyer:
        for buyer in range(1, 5):
            theirs = sum(one.granted_eur for one in found.funded if one.candidate.buyer == buyer)
            assert theirs <= subsidy(Decimal(40_000), terms.rate, None).granted_eur
