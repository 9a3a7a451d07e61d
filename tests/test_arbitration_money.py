# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Decisions over orders: who may, what they promise, and that an envelope and a cap are never used twice."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from orders.life import NotAllowedError, OvertakenError, RefusedError, advance
from orders.models import Campaign, Envelope, GrantEntry, Order, State
from orders.services.arbitrating import Wanted, decide, decide_many, decisions_for
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture
from tests.people import make_coordinator, make_person
from tests.two_at_once import at_once

pytestmark = pytest.mark.django_db


def _waiting(campaign: Campaign, number: int = 1, **fields: Any) -> Order:
    buyer = make_buyer(f"mairie{number}@example.org", number=number)
    return make_order(buyer, State.UNDER_REVIEW, campaign=campaign, **fields)


def _envelope_adds_up() -> None:
    for envelope in Envelope.objects.all():
        assert envelope.reserved_eur == sum(entry.amount_eur for entry in envelope.entries.all())
        assert 0 <= envelope.reserved_eur <= envelope.amount_eur


def test_funding_reserves_eighty_percent_of_the_estimate_and_of_no_more_than_the_cap() -> None:
    campaign = make_campaign()
    envelope, agent = make_envelope(campaign, 100_000), make_prefecture()
    order = advance(_waiting(campaign), "fund", actor=agent)
    assert (order.state, order.basis_eur, order.granted_eur) == ("funded", Decimal(1_200), Decimal(960))
    assert order.decided_by == agent and order.decided_at is not None
    dear = advance(_waiting(campaign, 2, high_eur=Decimal(90_000)), "fund", actor=agent)
    assert (dear.basis_eur, dear.granted_eur) == (Decimal(40_000), Decimal(32_000))
    event = dear.events.get()
    assert event.data["expense_eur"] == "90000.00" and event.grant_entry.amount_eur == Decimal(32_000)
    envelope.refresh_from_db()
    assert envelope.left_eur == Decimal(100_000 - 960 - 32_000)
    _envelope_adds_up()


def test_the_prefecture_may_retain_another_expense() -> None:
    campaign = make_campaign()
    make_envelope(campaign)
    order = advance(
        _waiting(campaign, high_eur=None), "fund", actor=make_prefecture(), given={"basis_eur": Decimal("1000.01")}
    )
    assert (order.basis_eur, order.granted_eur) == (Decimal("1000.01"), Decimal("800.00"))


@pytest.mark.parametrize("expense", [Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("1e12"), "1000"])
def test_no_such_expense_is_retained(expense: object) -> None:
    campaign = make_campaign()
    make_envelope(campaign)
    with pytest.raises(RefusedError) as refusal:
        advance(_waiting(campaign), "fund", actor=make_prefecture(), given={"basis_eur": expense})
    assert refusal.value.field == "basis_eur" and not GrantEntry.objects.exists()


def test_without_an_estimate_or_an_envelope_nothing_is_funded_and_it_says_why() -> None:
    campaign, agent = make_campaign(), make_prefecture()
    order = _waiting(campaign, high_eur=None)
    with pytest.raises(RefusedError, match="no estimate") as refusal:
        advance(order, "fund", actor=agent)
    assert refusal.value.field == "basis_eur"
    with pytest.raises(RefusedError, match="no envelope") as refusal:
        advance(order, "fund", actor=agent, given={"basis_eur": Decimal(10)})
    assert "demandez-la à la coordination" in refusal.value.french


def test_an_envelope_that_is_too_small_says_how_much_is_missing() -> None:
    campaign = make_campaign()
    make_envelope(campaign, 900)
    order = _waiting(campaign)
    with pytest.raises(RefusedError) as refusal:
        advance(order, "fund", actor=make_prefecture())
    french = refusal.value.french.replace("\u00a0", " ").replace("\u202f", " ")
    assert "Il manque 60,00 €" in french and "960,00 €" in french and "(Gard)" in french
    order.refresh_from_db()
    assert order.state == State.UNDER_REVIEW and order.version == 0
    _envelope_adds_up()


def test_one_judged_not_eligible_is_funded_only_with_a_reason() -> None:
    campaign = make_campaign()
    make_envelope(campaign)
    order, agent = _waiting(campaign, verdict="no"), make_prefecture()
    with pytest.raises(RefusedError) as refusal:
        advance(order, "fund", actor=agent)
    assert refusal.value.field == "note"
    assert advance(order, "fund", actor=agent, note="Le hameau est en QPV.").decision_reason == "Le hameau est en QPV."


def test_a_cap_of_all_expenses_counts_the_buyers_other_grants_of_the_campaign() -> None:
    campaign = make_campaign(cap_basis=Campaign.CapBasis.EXPENSE)
    make_envelope(campaign)
    buyer, agent = make_buyer(), make_prefecture()
    first, second, third = (
        make_order(buyer, State.UNDER_REVIEW, campaign=campaign, high_eur=Decimal(25_000)) for _ in range(3)
    )
    make_order(buyer, State.FUNDED, campaign=make_campaign(slug="autre"), basis_eur=Decimal(39_000))
    assert advance(first, "fund", actor=agent).granted_eur == Decimal(20_000)
    second = advance(second, "fund", actor=agent)
    assert (second.basis_eur, second.granted_eur) == (Decimal(15_000), Decimal(12_000))
    with pytest.raises(RefusedError, match="nothing is left of the cap"):
        advance(third, "fund", actor=agent)
    # What is given back is there again for the next one.
    advance(first, "reconsider", actor=agent, note="Doublon.")
    assert advance(third, "fund", actor=agent).granted_eur == Decimal(20_000)
    _envelope_adds_up()


def test_reconsidering_and_voiding_give_all_of_it_back() -> None:
    campaign = make_campaign()
    envelope, agent = make_envelope(campaign), make_prefecture()
    order = advance(_waiting(campaign), "fund", actor=agent)
    order = advance(order, "reconsider", actor=agent, note="Le devis a changé.")
    assert (order.state, order.basis_eur, order.granted_eur, order.decided_at) == ("under_review", None, None, None)
    assert order.events.last().data["granted_eur"] == "960.00"
    order = advance(order, "fund", actor=agent)
    order = advance(order, "void", actor=agent, note="La commune y renonce.")
    envelope.refresh_from_db()
    assert order.state == State.CANCELLED and envelope.reserved_eur == 0
    assert [entry.amount_eur for entry in envelope.entries.all()] == [960, -960, 960, -960]


def test_not_funding_wants_a_reason_and_may_be_reconsidered() -> None:
    campaign, agent = make_campaign(), make_prefecture()
    order = _waiting(campaign)
    with pytest.raises(RefusedError) as refusal:
        advance(order, "refuse_funding", actor=agent, note="  \x00 ")
    assert refusal.value.field == "note"
    order = advance(order, "refuse_funding", actor=agent, note="Trop loin de tout atelier.")
    assert (order.state, order.decision_reason) == ("not_funded", "Trop loin de tout atelier.")
    order = advance(order, "reconsider", actor=agent, note="Un atelier a ouvert.")
    assert (order.state, order.decision_reason, order.decided_by) == ("under_review", "", None)


def test_sending_back_leaves_the_intention_to_the_buyer() -> None:
    campaign = make_campaign()
    order = advance(_waiting(campaign), "send_back", actor=make_coordinator(), note="Pour quel lieu ?")
    assert order.state == State.SUBMITTED and order.sent_back_at is not None


def test_nobody_decides_elsewhere_than_in_the_own_departement() -> None:
    campaign = make_campaign()
    make_envelope(campaign)
    order = _waiting(campaign)
    lozere = make_prefecture("lozere@example.org", "48")
    for stranger in (lozere, make_buyer("b@example.org", number=9), make_person("x@example.org"), None):
        for action in ("fund", "refuse_funding", "send_back", "review"):
            with pytest.raises(NotAllowedError):
                advance(order, action, actor=stranger, note="Non")
    with pytest.raises(NotAllowedError):
        advance(order, "fund", actor=make_coordinator())
    report = decide_many([Wanted(order.pk)], "fund", actor=lozere, form_key=uuid.uuid4())
    assert (report.unknown, report.done, report.refused) == (1, [], [])


def test_an_order_of_no_campaign_is_not_arbitrated() -> None:
    order = make_order(make_buyer(), State.UNDER_REVIEW)
    with pytest.raises(RefusedError, match="no campaign"):
        advance(order, "fund", actor=make_prefecture())


def test_a_decision_takes_a_submitted_intention_into_review_or_does_neither() -> None:
    campaign = make_campaign()
    make_envelope(campaign, 1_000)
    agent = make_prefecture()
    first, second = (
        make_order(make_buyer(f"m{n}@example.org", number=n), State.SUBMITTED, campaign=campaign) for n in (1, 2)
    )
    key = uuid.uuid4()
    after = decide(first, "fund", actor=agent, seen=0, form_key=key)
    assert [event.action for event in after.events.all()] == ["review", "fund"]
    assert decide(first, "fund", actor=agent, seen=0, form_key=key).version == 2  # the same form again
    with pytest.raises(OvertakenError):
        decide(first, "fund", actor=agent, seen=0, form_key=uuid.uuid4())
    with pytest.raises(RefusedError, match="left in envelope"):
        decide(second, "fund", actor=agent)
    second.refresh_from_db()
    assert second.state == State.SUBMITTED and not second.events.exists()


def test_what_is_offered_is_what_the_table_allows() -> None:
    campaign = make_campaign()
    order = make_order(make_buyer(), State.SUBMITTED, campaign=campaign)
    assert decisions_for(order, as_prefecture=True) == ["review", "fund", "refuse_funding", "send_back"]
    assert decisions_for(order, as_prefecture=False) == ["review", "send_back"]
    order.state = State.FUNDED
    assert decisions_for(order, as_prefecture=True) == ["reconsider"]
    order.state = State.SHIPPED
    assert decisions_for(order, as_prefecture=True) == []


def test_many_at_once_each_its_own_and_the_report_says_what_was_refused_and_why() -> None:
    campaign = make_campaign()
    make_envelope(campaign, 2_000)
    agent, key = make_prefecture(), uuid.uuid4()
    orders = [_waiting(campaign, number) for number in range(1, 5)]
    elsewhere = make_order(make_buyer("l@example.org", "48095", number=8), State.SUBMITTED, campaign=campaign)
    advance(orders[0], "refuse_funding", actor=agent, note="Déjà équipée.")
    wanted = [Wanted(order.pk, 0) for order in (*orders, elsewhere)] + [Wanted(10**12)]
    report = decide_many(wanted, "fund", actor=agent, form_key=key)
    assert [order.pk for order in report.done] == [orders[1].pk, orders[2].pk]
    assert [refusal.order.pk for refusal in report.refused] == [orders[0].pk, orders[3].pk]
    assert "non financée" in report.refused[0].french and "Il manque" in report.refused[1].french
    assert (report.unknown, report.left, report.granted_eur) == (2, [], Decimal(1_920))
    again = decide_many(wanted, "fund", actor=agent, form_key=key)
    assert [order.pk for order in again.done] == [order.pk for order in report.done]
    assert GrantEntry.objects.count() == 2
    _envelope_adds_up()


def test_a_request_that_takes_too_long_leaves_the_rest_and_says_so() -> None:
    campaign, agent = make_campaign(), make_prefecture()
    orders = [_waiting(campaign, number) for number in (1, 2)]
    report = decide_many(
        [Wanted(order.pk) for order in orders],
        "send_back",
        actor=agent,
        note="Où ?",
        form_key=uuid.uuid4(),
        patience_s=-1,
    )
    assert [one.pk for one in report.left] == [order.pk for order in orders] and not report.done
    with pytest.raises(RefusedError):
        decide_many([Wanted(orders[0].pk)], "send_back", actor=agent, note=" ", form_key=uuid.uuid4())
    with pytest.raises(KeyError):
        decide_many([], "void", actor=agent, form_key=uuid.uuid4())


def _fund(order: Order, agent: Any) -> Callable[[], object]:
    def act() -> object:
        with transaction.atomic():
            granted = advance(order, "fund", actor=agent).granted_eur
            time.sleep(0.2)  # long enough for the other one to read whatever no lock keeps from it
        return granted

    return act


def _reserved() -> Decimal:
    _envelope_adds_up()
    return Envelope.objects.get().reserved_eur


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_once_never_promise_more_than_the_envelope_has(shared: Callable[[], None]) -> None:
    campaign = make_campaign()
    make_envelope(campaign, 1_500)  # one grant of 960, not two
    agents = [make_prefecture(), make_prefecture("b@example.org")]
    orders = [_waiting(campaign, number) for number in (1, 2)]
    shared()
    found = at_once(*map(_fund, orders, agents))
    assert sorted(type(one).__name__ for one in found) == ["Decimal", "RefusedError"], found
    assert at_once(_reserved) == [Decimal(960)]


@pytest.mark.django_db(transaction=True)
def test_two_orders_of_a_buyer_at_once_never_use_its_cap_twice(shared: Callable[[], None]) -> None:
    campaign = make_campaign(cap_basis=Campaign.CapBasis.EXPENSE)
    make_envelope(campaign)
    buyer = make_buyer()
    orders = [make_order(buyer, State.UNDER_REVIEW, campaign=campaign, high_eur=Decimal(30_000)) for _ in range(2)]
    agents = [make_prefecture(), make_prefecture("b@example.org")]
    shared()
    found = at_once(*map(_fund, orders, agents))
    assert all(isinstance(one, Decimal) for one in found), found
    assert sorted(found) == [Decimal(8_000), Decimal(24_000)]  # type: ignore[type-var]
    assert at_once(_reserved) == [Decimal(32_000)]


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_once_on_one_order_decide_once(shared: Callable[[], None]) -> None:
    campaign = make_campaign()
    make_envelope(campaign)
    order = _waiting(campaign)
    agents = [make_prefecture(), make_prefecture("b@example.org")]
    shared()
    found = at_once(*map(_fund, [order, order], agents))
    assert sorted(type(one).__name__ for one in found) == ["Decimal", "OvertakenError"], found
    told = next(one for one in found if isinstance(one, OvertakenError))
    assert "a décidé de financer" in told.french
    assert at_once(GrantEntry.objects.count) == [1]
