# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which workshop can make an order, why not, and in which order the others come."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabs.geography import commune, straight_km
from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate, Offered
from fabrication.matching.estimate import estimate, machine_seconds
from fabrication.matching.feasible import Judge, capacity_by, earliest, feasible, open_days
from fabrication.matching.measuring import Pieces
from fabrication.matching.nearby import Places
from fabrication.matching.needs import PieceNeeds
from fabrication.matching.obstacle import Code
from fabrication.matching.ranking import Judged, Ranking, Rules, rank, reasons
from fabrication.matching.scoring import TERMS, Figures, Weights, score, shares, terms
from fabrication.matching.splitting import split
from fabrication.matching.words import weights_sentence, why
from tests.matching_cases import (
    AJACCIO,
    ARLES,
    BIG,
    NIMES,
    PARIS,
    PIECE,
    SAINT_DENIS,
    SMALL,
    TODAY,
    candidate,
    demand,
)


def codes(workshop: Candidate, order: Demand, km: float | None = 0.0) -> list[Code]:
    return [o.code for o in feasible(PIECE, workshop, order, km=km, today=TODAY).obstacles]


def ranked(order: Demand, *workshops: tuple[Candidate, float], rules: Rules | None = None) -> Ranking:
    judge = Judge(TODAY)
    judged = [Judged(one, judge.feasible(PIECE, one, order, km), km) for one, km in workshops]
    return rank(order, judged, rules or Rules())


@pytest.mark.parametrize(
    ("workshop", "order", "km", "expected"),
    [
        (candidate(), demand(), 0.0, []),
        (candidate(is_open=False), demand(), 0.0, [Code.CLOSED]),
        (candidate(radius_km=50), demand(), 50.0, []),
        (candidate(radius_km=50), demand(), 50.1, [Code.TERRITORY]),
        (candidate(departments=frozenset({"13"})), demand(), 0.0, [Code.TERRITORY]),
        (candidate(departments=frozenset({"13", "30"})), demand(), 0.0, []),
        (candidate(insee=AJACCIO), demand(), None, [Code.SEA]),
        (candidate(insee=SAINT_DENIS), demand(), None, [Code.SEA]),
        (candidate(insee=SAINT_DENIS), demand(insee="97416"), 40.0, []),
        (candidate(stations=()), demand(), 0.0, [Code.EQUIPMENT]),
        (candidate(stations=(SMALL,)), demand(), 0.0, [Code.BED]),
        (candidate(stations=(SMALL, BIG)), demand(), 0.0, []),
        (candidate(offers={}), demand(), 0.0, [Code.OFFER]),
        (candidate(offers={"equerre": Offered(2, 6)}), demand(1), 0.0, [Code.OFFER]),
        (candidate(offers={"equerre": Offered(2, 6)}), demand(6), 0.0, []),
        (candidate(offers={"equerre": Offered(2, 6)}), demand(7), 0.0, [Code.OFFER]),
        (candidate(), demand(finish="huile"), 0.0, [Code.FINISH]),
        (candidate(finishes=frozenset({"Huile"})), demand(finish="huile"), 0.0, []),
        (candidate(), demand(500), 0.0, []),  # without a deadline, time is no matter
        (candidate(units_per_week=Decimal(0)), demand(), 0.0, [Code.CAPACITY]),
        (candidate(), demand(10, deadline=TODAY + timedelta(14)), 0.0, []),
        (candidate(), demand(11, deadline=TODAY + timedelta(14)), 0.0, [Code.CAPACITY]),
        (candidate(), demand(10, deadline=TODAY + timedelta(13)), 0.0, [Code.CAPACITY]),
        (candidate(), demand(1, deadline=TODAY + timedelta(9)), 0.0, [Code.LEAD]),
        (candidate(lead_days=None, units_per_week=None), demand(99, deadline=TODAY + timedelta(1)), 0.0, []),
        (candidate(), demand(1, deadline=TODAY - timedelta(1)), 0.0, [Code.LEAD]),
        (candidate(committed_units=Decimal(8)), demand(2, deadline=TODAY + timedelta(14)), 0.0, []),
        (candidate(committed_units=Decimal(8)), demand(3, deadline=TODAY + timedelta(14)), 0.0, [Code.CAPACITY]),
        (
            candidate(closed_weeks=frozenset({TODAY + timedelta(7)})),
            demand(10, deadline=TODAY + timedelta(14)),
            0.0,
            [Code.CAPACITY],
        ),
        (candidate(stations=(SMALL,), radius_km=5), demand(), 6.0, [Code.TERRITORY, Code.BED]),  # all of them are told
    ],
)
def test_hard_conditions(workshop: Candidate, order: Demand, km: float | None, expected: list[Code]) -> None:
    assert codes(workshop, order, km) == expected


def test_every_reason_is_told_in_both_languages_and_says_what_is_lacking() -> None:
    late = feasible(PIECE, candidate(), demand(30, deadline=TODAY + timedelta(14)), km=0, today=TODAY)
    (obstacle,) = late.obstacles
    assert obstacle.english == "has room for 10 until 2026-12-07, 30 asked for"
    assert obstacle.french == "peut en fabriquer 10 d’ici au 07/12/2026, il en faut 30"
    assert obstacle.lacking == "une livraison au 04/01/2027 au plus tôt, ou un partage de la commande"
    later = demand(30, deadline=date(2027, 1, 4))
    assert feasible(PIECE, candidate(), later, km=0, today=TODAY).ok
    assert not feasible(PIECE, candidate(), demand(30, deadline=date(2027, 1, 3)), km=0, today=TODAY).ok


@given(
    units=st.decimals(Decimal("0.25"), 40, places=2),
    lead=st.integers(0, 90),
    quantity=st.integers(1, 200),
    booked=st.decimals(0, 60, places=1),
    closed=st.sets(st.integers(0, 30), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_the_earliest_day_is_the_first_that_is_not_refused(
    units: Decimal, lead: int, quantity: int, booked: Decimal, closed: set[int]
) -> None:
    workshop = candidate(
        units_per_week=units,
        lead_days=lead,
        committed_units=booked,
        closed_weeks=frozenset(TODAY + timedelta(7 * week) for week in closed),
    )
    when = earliest(workshop, quantity, TODAY)
    if when is None:
        assert (quantity + booked) * 7 / units > 3650
        return
    assert codes(workshop, demand(quantity, deadline=when)) == []
    assert codes(workshop, demand(quantity, deadline=when - timedelta(1))) != []
    free = capacity_by(workshop, when, TODAY)
    assert free is not None and free >= quantity


def test_days_of_closed_weeks_are_no_days() -> None:
    workshop = candidate(closed_weeks=frozenset({TODAY, TODAY + timedelta(7)}))
    # Today's Monday is over when the counting begins on Tuesday.
    assert open_days(workshop, TODAY + timedelta(20), TODAY) == 20 - 6 - 7
    assert open_days(workshop, TODAY, TODAY) == 0


def test_what_is_not_known_is_told_and_not_guessed() -> None:
    found = feasible(
        PIECE, candidate(units_per_week=None, lead_days=None), demand(9, deadline=TODAY + timedelta(3)), today=TODAY
    )
    assert found.ok
    assert {"its weekly capacity is not known", "its lead time is not known", "its cutters are not known"} == {
        english for english, _ in found.unknown
    }


def test_the_nearest_comes_first_where_all_else_is_equal() -> None:
    ranking = ranked(demand(), (candidate("c"), 80.0), (candidate("a"), 5.0), (candidate("b"), 30.0))
    assert [line.candidate.id for line in ranking.able] == ["a", "b", "c"]
    assert [line.rank for line in ranking.able] == [1, 2, 3]


def test_ties_go_by_identifier_whatever_the_order_given() -> None:
    workshops = [(candidate(name), 12.0) for name in "dbca"]
    for _ in range(4):
        random.Random(3).shuffle(workshops)
        assert [line.candidate.id for line in ranked(demand(), *workshops).able] == list("abcd")


def test_distance_weighs_more_than_everything_else_together() -> None:
    """A workshop at the door that is bad in all else, against a perfect one far away."""
    weights = Weights()
    assert weights.distance > sum(weights.data().values()) - weights.distance
    near = candidate("near", lead_days=300, machine_hour_eur=Decimal(400), committed_units=Decimal(20))
    far = candidate("far", lead_days=0, criteria=dict.fromkeys(("technical", "social", "economic"), 1))
    ranking = ranked(demand(), (near, 0.0), (far, 400.0), rules=Rules(history={"near": 3}))
    assert ranking.able[0].candidate.id == "near"


def test_a_maker_that_had_all_of_a_buyer_s_orders_comes_after_an_equal_one() -> None:
    pair = ((candidate("a"), 10.0), (candidate("b"), 10.0))
    ranking = ranked(demand(), *pair, rules=Rules(history={"a": 4}))
    assert [line.candidate.id for line in ranking.able] == ["b", "a"]
    assert "déjà choisi par cet acheteur" in why(ranking.able[1], ranking)
    term = next(t for t in ranking.able[1].terms if t.name == "history")
    assert (term.share, term.points) == (0, 0)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"lead_days": 5}, {"lead_days": 40}),
        ({"machine_hour_eur": Decimal(30)}, {"machine_hour_eur": Decimal(90)}),
        ({}, {"committed_units": Decimal(15)}),
        ({"criteria": {"social": 1, "technical": 2}}, {"criteria": {"social": 5}}),
    ],
)
def test_each_term_decides_between_two_that_are_equal_in_the_others(
    better: dict[str, Any], worse: dict[str, Any]
) -> None:
    ranking = ranked(demand(), (candidate("a", **worse), 20.0), (candidate("b", **better), 20.0))
    assert [line.candidate.id for line in ranking.able] == ["b", "a"]


@given(
    km=st.floats(0, 2000),
    lead=st.none() | st.integers(0, 700),
    price=st.none() | st.decimals(1, 90000, places=2),
    load=st.none() | st.floats(0, 1),
    criteria=st.integers(0, 4),
    had=st.integers(0, 9),
    more=st.integers(0, 9),
)
def test_shares_lie_between_nothing_and_all_and_points_add_up(
    km: float, lead: int | None, price: Decimal | None, load: float | None, criteria: int, had: int, more: int
) -> None:
    cheapest = price / 2 if price is not None else None
    figures = Figures(km, lead, price, cheapest, load, criteria, criteria > 2, (had, had + more))
    weights = Weights()
    found = terms(figures, weights)
    assert [term.name for term in found] == list(TERMS)
    assert all(0 <= term.share <= 1 for term in found)
    points = score(shares(figures), tuple(weights.data().values()))
    assert points == round(sum(term.points for term in found), 2) <= 100
    nearer = Figures(km / 2, lead, price, cheapest, load, criteria, criteria > 2, (had, had + more))
    assert score(shares(nearer), tuple(weights.data().values())) >= points


def test_an_unknown_figure_gets_half_of_its_term() -> None:
    found = {t.name: t for t in terms(Figures(None, None, None, None, None, 0, False), Weights())}
    for name in ("distance", "lead", "price", "load"):
        assert (found[name].share, found[name].known) == (0.5, False)


def test_weights_are_checked() -> None:
    assert Weights.of({"price": 30}).price == 30
    for wrong in ({"prize": 3}, {"price": -1}, {"price": float("nan")}, {"price": True}, {"price": "12"}):
        with pytest.raises(ValueError, match=r"price|prize"):
            Weights.of(wrong)  # type: ignore[arg-type]
    assert "60 points sur 100" in weights_sentence(Weights())


def test_reasons_name_every_term_or_every_obstacle() -> None:
    ranking = ranked(demand(), (candidate("a"), 10.0), (candidate("b", stations=(SMALL,), is_open=False), 10.0))
    told = reasons(ranking.able[0])
    assert all(name in told for name in TERMS)
    assert "its cutters are not known" in told
    refused = reasons(ranking.unable[0])
    assert refused.startswith("is not open to orders; needs a bed at least")


def test_a_price_is_the_maker_s_own_for_a_model_before_any_estimate() -> None:
    offered = candidate(offers={"equerre": Offered(price_eur=Decimal("150"))}, delivery_km_eur=Decimal("0.50"))
    found = ranked(demand(4), (offered, 20.0)).able[0].price
    assert found is not None and found.eur == Decimal("620.00")
    small = candidate(offers={"equerre": Offered(price_eur=Decimal("10"))}, minimum_eur=Decimal(90))
    cheap = ranked(demand(), (small, 0.0)).able[0].price
    assert cheap is not None and cheap.eur == Decimal("90.00") and sum(a for _, a in cheap.lines) == Decimal("90.00")
    # As in a quote: the minimum is for the work, the way is paid besides.
    brought = replace(small, delivery_km_eur=Decimal("0.50"))
    there = ranked(demand(), (brought, 200.0)).able[0].price
    assert there is not None and there.eur == Decimal("290.00") and sum(a for _, a in there.lines) == there.eur


def test_no_hour_s_price_is_no_price() -> None:
    line = ranked(demand(), (candidate(machine_hour_eur=None), 3.0)).able[0]
    assert line.price is None
    assert next(t for t in line.terms if t.name == "price").known is False


def test_an_estimate_grows_with_quantity_and_with_the_hour_s_price() -> None:
    needs = Judge(TODAY).suited(PIECE, BIG).needs
    assert isinstance(needs, PieceNeeds)
    one = estimate(needs, BIG, candidate(), 1, 0.0, "equerre")
    ten = estimate(needs, BIG, candidate(), 10, 0.0, "equerre")
    assert one and ten
    assert ten.eur == pytest.approx(10 * one.eur, abs=Decimal("0.1"))
    assert float(one.eur) == pytest.approx(machine_seconds(needs, BIG) / 3600 * 40, abs=0.01)


def test_distances_of_many_are_those_of_one() -> None:
    codes_of = [ARLES, PARIS, AJACCIO, NIMES, SAINT_DENIS]
    places = Places([(commune(c).latitude, commune(c).longitude) for c in codes_of])
    origin = Places.of_commune(NIMES)
    found = dict(places.within(origin, 20_000))
    for index in (0, 1, 3):
        assert found[index] == pytest.approx(straight_km(commune(NIMES), commune(codes_of[index])), abs=1e-6)
    assert [index for index, _ in places.within(origin, 100)] == [0, 3]
    assert Places([]).within(origin, 100) == []


# An order that is too large for anyone.


def test_an_order_that_nobody_makes_alone_is_shared_by_the_fewest_then_the_nearest() -> None:
    order = demand(18, deadline=TODAY + timedelta(14))
    workshops = [
        (candidate("a", units_per_week=Decimal(3)), 5.0),
        (candidate("b", units_per_week=Decimal(5)), 60.0),
        (candidate("c", units_per_week=Decimal(5)), 20.0),
        (candidate("d", units_per_week=Decimal(6)), 200.0),
        (candidate("e", stations=(SMALL,)), 1.0),  # its bed is too small: it takes no part
    ]
    shared = split(ranked(order, *workshops), TODAY)
    assert shared is not None
    # a and d would do too (6 + 12): two as well, but further.
    assert [(share.candidate.id, share.quantity) for share in shared.shares] == [("c", 10), ("b", 8)]
    assert "À 2, c’est possible" in shared.french
    assert "18" in shared.english


def test_whoever_makes_it_all_leaves_nothing_to_share() -> None:
    order = demand(10, deadline=TODAY + timedelta(14))
    assert split(ranked(order, (candidate("a"), 5.0), (candidate("b"), 6.0)), TODAY) is None
    assert split(ranked(demand(50, deadline=TODAY + timedelta(14)), (candidate("a"), 5.0)), TODAY) is None


@given(
    capacities=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 300)), min_size=2, max_size=7),
    quantity=st.integers(2, 60),
)
@settings(max_examples=80, deadline=None)
def test_shares_add_up_within_what_each_can_make_and_no_fewer_would_do(
    capacities: list[tuple[int, int]], quantity: int
) -> None:
    order = demand(quantity, deadline=TODAY + timedelta(14))
    workshops = [
        (candidate(f"m{n}", units_per_week=Decimal(units)), float(km)) for n, (units, km) in enumerate(capacities)
    ]
    ranking = ranked(order, *workshops)
    shared = split(ranking, TODAY)
    most = sorted((2 * units for units, _ in capacities), reverse=True)
    if ranking.able or sum(most) < quantity:
        assert shared is None
        return
    assert shared is not None
    assert sum(share.quantity for share in shared.shares) == quantity
    assert all(1 <= share.quantity <= share.most for share in shared.shares)
    assert sum(most[: len(shared.shares) - 1]) < quantity


def test_smallest_quantities_are_kept_when_an_order_is_shared() -> None:
    offers = {"equerre": Offered(smallest=6, largest=8)}
    order = demand(12)
    pair = [(candidate(name, offers=offers), km) for name, km in (("a", 5.0), ("b", 50.0))]
    shared = split(ranked(order, *pair), TODAY)
    assert shared is not None and [share.quantity for share in shared.shares] == [6, 6]


def test_pieces_with_the_same_sizes_are_looked_at_once() -> None:
    pieces = Pieces()
    assert pieces.of("chariot", {}) is pieces.of("chariot", {})
    assert pieces.of("chariot", {"width": 850}) is not pieces.of("chariot", {})
