# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stored assignments: made by a worker from frozen lists, changed and made again, compared, proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organisation, User
from fablabs.geography import commune
from fablabs.machine import Process
from fablabs.models import ClosedWeek, Maker, Offer, Workshop
from fabrication.assignment.inputs import pack, unpack
from fabrication.assignment.services import (
    NotAllowedError,
    Rule,
    RunError,
    Settings,
    again,
    changes,
    open_workshops,
    propose,
    request_run,
    sweep,
    work,
)
from fabrication.demand import Demand
from fabrication.leases import MAX_ATTEMPTS, Lease, LeaseLostError, claim
from fabrication.matching.candidate import Candidate, Offered, Station
from fabrication.models import AssignmentRule, AssignmentRun, Proposal
from tests.people import make_coordinator, make_member, make_organisation, make_person
from tests.workshops import make_workshop

MACHINE = (Path(__file__).resolve().parents[1] / "examples/machines/router-2500.toml").read_text(encoding="utf-8")
TODAY = date(2026, 11, 22)
PIN, FORBID = AssignmentRule.Kind.PIN, AssignmentRule.Kind.FORBID
ROUTER = Station(Process.ROUTER, (2500.0, 1250.0), 20.0, ("contreplaqué bouleau",))
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    # Pieces that were measured once serve every test of the session.
    settings.TRETEAU_ARTEFACTS = tmp_path_factory.getbasetemp() / "assignments" / "artefacts"


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


def candidate(name: str, insee: str, units: str) -> Candidate:
    place = commune(insee)
    return Candidate(
        name, f"Atelier {name}", insee, place.latitude, place.longitude, (ROUTER,), units_per_week=Decimal(units)
    )


MAKERS = [candidate("nimes", "30189", "1.2"), candidate("montpellier", "34172", "2")]
DEMANDS = [
    Demand("a", "30189", "chariot", 3),
    Demand("b", "34172", "chariot", 4, buyer="ville"),
    Demand("c", "30007", "chariot", 4),
    Demand("d", "97411", "chariot", 1),
]
TERMS = Settings("Printemps", TODAY, steps=5)


def done(run: AssignmentRun) -> AssignmentRun:
    work(run.pk)
    run.refresh_from_db()
    assert run.state == AssignmentRun.State.DONE, run.fault
    return run


def test_a_run_keeps_its_answer_beside_the_bound_and_what_nobody_plans(coordinator: User) -> None:
    run = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    assert (run.served, run.unserved, run.unserved_orders, run.capacity) == (11, 1, 1, 12)
    assert (run.orders_count, run.makers_count) == (4, 2)
    assert run.bound_m is not None
    assert run.objective_m is not None
    assert run.bound_m <= run.objective_m <= (run.nearest_objective_m or 0)
    assert run.objective_m == (run.metres or 0) + 1_000_000
    rows = list(run.rows.values_list("demand", "maker", "quantity", "why"))
    assert [row[0] for row in rows] == ["a", "b", "c", "d"]
    assert rows[3] == ("d", "", 1, "none-near")
    assert "sans traverser la mer" in run.rows.get(demand="d").reason
    assert run.rows.get(demand="a").place == "Nîmes (Gard)"
    assert run.progress == 100


def test_inputs_are_frozen_and_read_back_as_they_were() -> None:
    maker = replace(
        MAKERS[0],
        offers={"chariot": Offered(1, 4, Decimal("199.50"))},
        departments=frozenset({"30"}),
        closed_weeks=frozenset({date(2026, 11, 30)}),
        finishes=frozenset({"huile"}),
        lead_days=7,
    )
    demand = replace(DEMANDS[0], deadline=date(2027, 1, 4), parameters={"width": 900}, material="mdf")
    packed = pack([demand, DEMANDS[1]], [maker, MAKERS[1]])
    assert unpack(packed) == ((demand, DEMANDS[1]), (maker, MAKERS[1]))
    assert pack(*unpack(packed)) == packed
    with pytest.raises(ValueError, match="no inputs"):
        unpack(b"something else")


def test_pins_and_forbidden_pairs_are_held_and_the_new_run_names_its_parent(coordinator: User) -> None:
    first = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    assert first.rows.get(demand="b").maker == "montpellier"
    rules = [Rule(PIN, "b", "nimes"), Rule(FORBID, "a", "montpellier")]
    second = done(again(coordinator, first, TERMS, rules))
    assert second.parent == first
    assert second.inputs_sha256 == first.inputs_sha256
    assert (second.rows.get(demand="b").maker, second.rows.get(demand="b").why) == ("nimes", "pinned")
    assert second.rows.get(demand="a").maker == ""  # Nîmes is full, Montpellier is ruled out
    assert (second.objective_m or 0) > (first.objective_m or 0)
    changed = {change.demand: change for change in changes(first, second)}
    assert set(changed) >= {"a", "b"}
    assert "d" not in changed
    assert changed["b"].before[0][0] == "Atelier montpellier"
    assert (changed["b"].metres or 0) > 0
    assert changed["a"].metres is None


def test_a_rule_that_can_not_be_kept_is_refused_with_its_reason(coordinator: User) -> None:
    first = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    both = again(coordinator, first, TERMS, [Rule(PIN, "a", "nimes"), Rule(PIN, "c", "nimes")])
    work(both.pk)
    both.refresh_from_db()
    assert both.state == AssignmentRun.State.REFUSED
    assert both.reason == "Les commandes imposées à Atelier nimes dépassent sa capacité sur la période."
    far = again(coordinator, first, TERMS, [Rule(PIN, "d", "nimes")])
    work(far.pk)
    far.refresh_from_db()
    assert far.state == AssignmentRun.State.REFUSED
    assert "ne peut pas la fabriquer ou se trouve à plus de 100 km" in far.reason
    assert not far.rows.exists()


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([Rule(PIN, "nobody", "nimes")], "Aucune commande"),
        ([Rule(FORBID, "a", "nowhere")], "Aucun atelier"),
        ([Rule(PIN, "a", "nimes"), Rule(FORBID, "a", "nimes")], "Deux règles"),
        ([Rule(PIN, "a", "nimes"), Rule(PIN, "a", "montpellier")], "imposée deux fois"),
        ([Rule(FORBID, "a", "nimes")] * 101, "Au plus 100 règles"),
    ],
)
def test_rules_that_make_no_sense_are_refused_before_a_run_is_kept(
    coordinator: User, rules: list[Rule], words: str
) -> None:
    with pytest.raises(RunError) as refused:
        request_run(coordinator, DEMANDS, TERMS, makers=MAKERS, rules=rules)
    assert words in refused.value.french
    assert not AssignmentRun.objects.exists()


def test_only_coordinators_ask_and_propose(coordinator: User) -> None:
    run = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    third = make_person("tiers@example.org")
    make_member(third, make_organisation(Organisation.Kind.PREFECTURE))
    for act in (
        lambda: request_run(third, DEMANDS, TERMS, makers=MAKERS),
        lambda: again(third, run, TERMS, []),
        lambda: propose(third, run),
    ):
        with pytest.raises(NotAllowedError):
            act()


def site_makers() -> None:
    for slug, name, insee, units in (("nimes", "Nîmes", "30189", "1.2"), ("montpellier", "Montpellier", "34172", "2")):
        make_workshop(MACHINE, slug=slug, name=name, insee=insee, units_per_week=Decimal(units))
    make_workshop(MACHINE, slug="ferme", name="Fermé", state="draft", units_per_week=Decimal(9))
    make_workshop("", slug="nu", name="Sans machine", units_per_week=Decimal(9))


def test_the_sites_open_workshops_are_candidates_with_their_offers_and_closed_weeks() -> None:
    site_makers()
    nimes = Maker.objects.get(workshops__slug="nimes")
    Offer.objects.create(maker=nimes, design="chariot", largest_quantity=2)
    ClosedWeek.objects.create(workshop=nimes.workshops.get(), monday=TODAY + timedelta(days=8))
    found = {c.id: c for c in open_workshops(["chariot", "porte"], TODAY)}
    assert set(found) == {"nimes", "montpellier"}
    assert found["montpellier"].offers is None
    offers = found["nimes"].offers
    assert offers is not None
    assert set(offers) == {"chariot"}
    assert offers["chariot"].largest == 2
    assert found["nimes"].closed_weeks == {TODAY + timedelta(days=8)}


def test_proposing_is_done_once_and_another_run_takes_the_place_of_the_first(coordinator: User) -> None:
    site_makers()
    first = done(request_run(coordinator, DEMANDS, TERMS))
    assert propose(coordinator, first) == 3
    assert propose(coordinator, first) == 3
    assert Proposal.objects.count() == 3
    other = done(request_run(coordinator, DEMANDS[:2], replace(TERMS, campaign="Automne")))
    assert propose(coordinator, other) == 2
    second = done(again(coordinator, first, TERMS, [Rule(FORBID, "c", "montpellier"), Rule(FORBID, "c", "nimes")]))
    assert propose(coordinator, second) == 2
    first.refresh_from_db()
    assert first.replaced_at is not None
    assert not first.is_proposed
    standing = Proposal.objects.filter(campaign="Printemps", replaced_at=None)
    assert {p.run_id for p in standing} == {second.pk}
    assert Proposal.objects.filter(run=first).exclude(replaced_at=None).count() == 3  # history
    assert Proposal.objects.filter(campaign="Automne", replaced_at=None).count() == 2
    assert propose(coordinator, first) == 3
    second.refresh_from_db()
    assert second.replaced_at is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(run=second).update(replaced_at=None)


def test_a_workshop_that_takes_no_orders_any_more_is_not_proposed(coordinator: User) -> None:
    site_makers()
    run = done(request_run(coordinator, DEMANDS, TERMS))
    Workshop.objects.filter(slug="nimes").update(state=Workshop.State.PAUSED)
    with pytest.raises(RunError, match="not open to orders any more: nimes"):
        propose(coordinator, run)
    assert not Proposal.objects.exists()
    Workshop.objects.filter(slug="nimes").update(state=Workshop.State.OPEN)
    assert propose(coordinator, run) == 3


def test_a_run_over_a_table_of_makers_or_without_an_answer_is_not_proposed(coordinator: User) -> None:
    table = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    with pytest.raises(RunError, match="table of makers"):
        propose(coordinator, table)
    site_makers()
    waiting = request_run(coordinator, DEMANDS, TERMS)
    with pytest.raises(RunError, match="finished"):
        propose(coordinator, waiting)


def test_of_two_workers_one_gets_the_run_and_a_late_one_changes_nothing(coordinator: User) -> None:
    run = request_run(coordinator, DEMANDS, TERMS, makers=MAKERS)
    mine = claim(AssignmentRun.objects, run.pk)
    assert mine is not None
    assert claim(AssignmentRun.objects, run.pk) is None
    AssignmentRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    other = claim(AssignmentRun.objects, run.pk)
    assert other is not None
    assert other.attempts == 2
    with pytest.raises(LeaseLostError):
        Lease(mine).progress("search", 0.5)
    AssignmentRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    done(run)
    work(run.pk)  # a doubled message
    assert run.rows.count() == 4


def test_a_run_whose_worker_dies_again_and_again_is_given_up(coordinator: User) -> None:
    run = request_run(coordinator, DEMANDS, TERMS, makers=MAKERS)
    for _ in range(MAX_ATTEMPTS):
        assert claim(AssignmentRun.objects, run.pk) is not None
        AssignmentRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(AssignmentRun.objects, run.pk) is None
    sweep()
    run.refresh_from_db()
    assert run.state == AssignmentRun.State.FAILED
    assert "trois fois" in run.reason


def test_the_sweeper_rings_for_what_waits(coordinator: User) -> None:
    run = request_run(coordinator, DEMANDS, TERMS, makers=MAKERS)
    AssignmentRun.objects.filter(pk=run.pk).update(rung_at=timezone.now() - timedelta(hours=1))
    assert sweep() == 1
    assert sweep() == 0  # rung a moment ago


def test_lists_that_hold_nothing_are_refused(coordinator: User) -> None:
    with pytest.raises(RunError, match="no orders"):
        request_run(coordinator, [], TERMS, makers=MAKERS)
    with pytest.raises(RunError, match="no makers"):
        request_run(coordinator, DEMANDS, TERMS)
