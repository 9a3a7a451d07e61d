# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From orders and workshops to a problem: who can make what, how much in the period, and the words for it. The checker
finds whatever is changed in a sound answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fablabs.geography import commune
from fablabs.machine import Process
from fabrication.assignment.campaign import RuleError, Terms, capacity, prepare
from fabrication.assignment.checking import Claims, Line, faults
from fabrication.assignment.engine import Budget
from fabrication.assignment.result import Result, reach_of, solve
from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate, Offered, Station
from fabrication.matching.measuring import Pieces

TODAY = date(2026, 11, 22)  # a Sunday
ROUTER = Station(Process.ROUTER, (2500.0, 1250.0), 20.0, ("contreplaqué bouleau",))
SMALL = replace(ROUTER, bed_mm=(600.0, 400.0))
LASER = Station(Process.LASER, (1300.0, 900.0), 6.0, ("contreplaqué",))


def maker(name: str = "nimes", insee: str = "30189", units: str | None = "2", **fields: Any) -> Candidate:
    place = commune(insee)
    values = {"stations": (ROUTER,), "units_per_week": None if units is None else Decimal(units)} | fields
    return Candidate(id=name, name=name, insee=insee, latitude=place.latitude, longitude=place.longitude, **values)


def order(name: str = "a", insee: str = "30189", quantity: int = 2, **fields: Any) -> Demand:
    return Demand(name, insee, "chariot", quantity, **fields)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Pieces:
    return Pieces(tmp_path_factory.getbasetemp() / "campaign-needs")


Solve = Callable[..., Result]


@pytest.fixture
def solved(pieces: Pieces) -> Solve:
    def solve_it(demands: list[Demand], makers: list[Candidate], **terms: Any) -> Result:
        return solve(prepare(demands, makers, Terms(TODAY, **terms), pieces=pieces), Budget(5), pieces)

    return solve_it


def only(result: Result) -> tuple[str, str]:
    assert len(result.rows) == 1
    return result.rows[0].maker, result.rows[0].reason.english


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"stations": (SMALL,)}, "needs a bed at least"),
        ({"stations": (LASER,)}, "is drawn for sheets of|thinnest usual sheet|cuts at most"),
        ({"stations": ()}, "no machine with a known process"),
        ({"lead_days": 30}, "delivers after 30 days, 18 are left"),
        ({"is_open": False}, "is not open to orders"),
        ({"departments": frozenset({"34"})}, "serves the départements 34 only"),
        ({"offers": {}}, "does not offer the model chariot"),
        ({"offers": {"chariot": Offered(3)}}, "from 3 on"),
        ({"offers": {"chariot": Offered(1, 1)}}, "at most 1 of this model"),
        ({"insee": "34172", "radius_km": 50}, "serves 50 km around, and this is 62 km away"),
        ({"finishes": frozenset({"huile"})}, "does not list the finish 'vernis'"),
    ],
)
def test_who_can_not_make_it_is_no_way_and_the_reason_says_why(
    solved: Solve, changed: dict[str, Any], words: str
) -> None:
    asked = order(deadline=date(2026, 12, 10), finish="vernis" if "finishes" in changed else "")
    found, reason = only(solved([asked], [maker(**changed)]))
    assert found == ""
    assert any(word in reason for word in words.split("|")), reason
    assert reason.startswith("the only maker within 100 km can't make it (")


def test_what_is_allowed_is_a_way(solved: Solve) -> None:
    able = maker(
        lead_days=18,
        departments=frozenset({"30"}),
        offers={"chariot": Offered(2, 2)},
        radius_km=10,
        finishes=frozenset({"Vernis"}),
        stations=(LASER, SMALL, ROUTER),
    )
    asked = order(deadline=date(2026, 12, 10), finish="vernis")
    assert only(solved([asked], [able])) == ("nimes", "the only maker that can make it")


def test_conditions_of_makers_that_no_order_is_near_to_change_nothing(solved: Solve) -> None:
    away = maker("brest", "29019", departments=frozenset({"29"}), offers={"chariot": Offered()})
    assert only(solved([order()], [away, maker()]))[0] == "nimes"


@pytest.mark.parametrize(
    ("changed", "weeks", "pieces_made"),
    [
        ({}, 4, 8),
        ({"units": "1.2"}, 4, 4),
        ({"units": "0.3"}, 3, 0),
        ({"units": None}, 4, 0),
        ({"closed_weeks": frozenset({date(2026, 11, 30)})}, 4, 6),
        ({"closed_weeks": frozenset({date(2027, 11, 29)})}, 4, 8),
        ({"committed_units": Decimal("2.5")}, 4, 5),
        ({"committed_units": Decimal(99)}, 4, 0),
    ],
)
def test_a_makers_capacity_is_its_weeks_units_without_what_is_taken(
    changed: dict[str, Any], weeks: int, pieces_made: int
) -> None:
    assert capacity(maker(**changed), Terms(TODAY, weeks=weeks)) == pieces_made


def test_the_sea_is_not_crossed(solved: Solve) -> None:
    ajaccio, nice = order("corse", "2A004"), maker("nice", "06088")
    found, reason = only(solved([ajaccio], [nice], radius_km=400))
    assert (found, reason) == ("", "no maker within 400 km, nor anywhere without crossing the sea")


def test_a_ruled_out_pair_leaves_its_own_reason(solved: Solve) -> None:
    result = solved([order()], [maker()], forbidden=(("a", "nimes"),))
    assert only(result) == ("", "the coordination has forbidden all makers within 100 km that can make it")
    assert result.rows[0].reason.french == "la coordination a écarté tous les ateliers possibles à 100 km à la ronde"


def test_a_pinned_order_has_its_room_before_all_others(solved: Solve) -> None:
    demands = [order("first", quantity=6), order("second", quantity=4)]
    result = solved(demands, [maker()], pins=(("second", "nimes"),))
    assert [(r.demand, r.maker, r.reason.why) for r in result.rows] == [
        ("first", "", "full"),
        ("second", "nimes", "pinned"),
    ]
    assert result.bound_m <= result.worth.objective_m
    for pins, words in (
        ((("second", "nobody"),), "is not in the lists"),
        ((("first", "nimes"), ("second", "nimes")), "more is pinned to nimes"),
        ((("first", "nimes"), ("first", "nimes")), "pinned twice"),
    ):
        with pytest.raises(RuleError, match=words):
            solved(demands, [maker()], pins=pins)


def test_terms_that_make_no_sense_are_refused() -> None:
    for terms in ({"radius_km": -1.0}, {"radius_km": float("nan")}, {"weeks": 0}, {"weeks": 1000}):
        with pytest.raises(ValueError, match="from"):
            Terms(TODAY, **terms)


def test_the_checker_finds_whatever_is_changed_in_a_sound_answer(pieces: Pieces) -> None:
    demands = [order("a", quantity=3), order("b", "34172", 4), order("c", "30007", 5), order("large", quantity=11)]
    makers = [maker(), maker("montpellier", "34172", "1.5"), maker("ales", "30007", "1")]
    campaign = prepare(demands, makers, Terms(TODAY), pieces=pieces)
    result = solve(campaign, Budget(5), pieces)
    lines = [Line(r.demand, r.maker, r.quantity, r.metres) for r in result.rows]
    worth = result.worth
    claims = Claims(worth.served, worth.unserved, worth.metres, worth.objective_m)

    def look(changed: list[Line], said: Claims = claims, **rules: Any) -> list[str]:
        return faults(
            orders={d.id: d.quantity for d in demands},
            capacities={m.id: capacity(m, campaign.terms) for m in makers},
            reach=reach_of(campaign),
            lines=changed,
            claims=said,
            unserved_m=1_000_000,
            **rules,
        )

    assert look(lines) == []
    served = next(k for k, line in enumerate(lines) if line.maker and line.demand != "large")
    one = lines[served]
    rest = lines[:served] + lines[served + 1 :]
    assert look(rest)
    assert look([*lines, one])
    assert look([*rest, replace(one, quantity=one.quantity + 1)])
    assert look([*rest, replace(one, metres=(one.metres or 0) + 1)])
    assert look([*rest, replace(one, maker="nobody")])
    assert look([*rest, replace(one, demand="nobody")])
    assert look([*rest, replace(one, quantity=1), replace(one, maker="", quantity=one.quantity - 1, metres=None)])
    assert look(lines, replace(claims, metres=claims.metres - 1))
    assert look(lines, replace(claims, objective_m=claims.objective_m - 1))
    assert any("pinned" in fault for fault in look(lines, pins=[(one.demand, "nobody")]))
    assert any("forbidden" in fault for fault in look(lines, forbidden=[(one.demand, one.maker)]))
    crowded = [
        replace(line, maker="nimes", metres=reach_of(campaign)(line.demand)["nimes"]) for line in lines if line.maker
    ]
    assert any("its capacity is" in fault for fault in look(crowded))
