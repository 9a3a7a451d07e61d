# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two at the same moment, each with a connection of its own: one wins, the other is told what happened."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from orders.life import OvertakenError, advance
from orders.models import Event, Order, OutboxMessage, State
from orders.services import sending
from orders.services.drafting import start_draft
from orders.services.post_office import PostOffice
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture, organisation_of
from tests.two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _step(order: Order, action: str, actor: Any, **options: Any) -> Callable[[], object]:
    def act() -> object:
        with transaction.atomic():
            version = advance(order, action, actor=actor, **options).version
            time.sleep(0.15)  # long enough for the other one to read whatever no lock keeps from it
        return version

    return act


def test_of_two_clerks_one_wins_and_the_other_is_told_who_did_what(shared: Callable[[], None]) -> None:
    campaign = make_campaign()
    make_envelope(campaign)
    order = make_order(make_buyer(), State.UNDER_REVIEW, campaign=campaign)
    first, second = make_prefecture(), make_prefecture("b@example.org")
    shared()
    found = at_once(
        _step(order, "fund", first, seen=0), _step(order, "refuse_funding", second, seen=0, note="Trop loin.")
    )
    (told,) = [one for one in found if isinstance(one, OvertakenError)]
    assert sorted(str(one) for one in found if one is not told) == ["1"]
    assert "Dominique F. a décidé de" in told.french and "Cette commande est maintenant" in told.french
    assert at_once(lambda: list(Event.objects.values_list("sequence", flat=True))) == [[1]]


def test_one_form_sent_twice_at_the_same_moment_takes_one_step(shared: Callable[[], None]) -> None:
    order = make_order(make_buyer(), State.SUBMITTED, campaign=make_campaign())
    agent, key = make_prefecture(), uuid.uuid4()
    shared()
    acts = [_step(order, "review", agent, form_key=key, seen=0) for _ in range(3)]
    assert at_once(*acts) == [1, 1, 1]
    assert at_once(Event.objects.count) == [1]


def test_one_key_for_two_orders_at_the_same_moment_is_one_step_and_no_fault(shared: Callable[[], None]) -> None:
    campaign, buyer = make_campaign(), make_buyer()
    orders = [make_order(buyer, State.SUBMITTED, campaign=campaign) for _ in range(2)]
    agent, key = make_prefecture(), uuid.uuid4()
    shared()
    found = at_once(*(_step(order, "review", agent, form_key=key) for order in orders))
    assert sorted(type(one).__name__ for one in found) == ["OvertakenError", "int"], found
    assert at_once(lambda: [o.version for o in Order.objects.order_by("-version")]) == [[1, 0]]


def test_a_first_form_sent_twice_at_the_same_moment_makes_one_order(shared: Callable[[], None]) -> None:
    buyer, campaign = make_buyer(), make_campaign()
    town, key = organisation_of(buyer), uuid.uuid4()
    shared()
    found = at_once(*[lambda: start_draft(buyer, town, campaign, key).pk] * 4)
    assert len(set(found)) == 1 and isinstance(found[0], int), found
    assert at_once(Order.objects.count) == [1]


def test_two_orders_submitted_at_the_same_moment_get_two_numbers_in_a_row(shared: Callable[[], None]) -> None:
    campaign, buyer = make_campaign(), make_buyer()
    orders = [make_order(buyer, campaign=campaign) for _ in range(3)]
    shared()
    found = at_once(*(_step(order, "submit", buyer) for order in orders))
    assert found == [1, 1, 1]
    assert at_once(lambda: sorted(Order.objects.values_list("number", flat=True))) == [[1, 2, 3]]


def test_of_many_workers_that_see_a_message_one_sends_it(shared: Callable[[], None]) -> None:
    rows = OutboxMessage.objects.bulk_create(
        OutboxMessage(
            key=f"k{n}",
            message_id=f"<{n}@localhost>",
            template="quote_withdrawn",
            recipient=make_buyer(f"m{n}@example.org", number=n + 1),
            data={"name": "Les Copeaux"},
            due_at=timezone.now(),
        )
        for n in range(3)
    )
    shared()
    mail.outbox = []

    def work() -> int:
        with PostOffice() as post:
            return sum(sending.send(row.pk, post) for row in rows)

    assert sum(at_once(*[work] * 4)) == 3  # type: ignore[arg-type]
    assert len(mail.outbox) == 3
    assert at_once(lambda: set(OutboxMessage.objects.values_list("state", "attempts"))) == [{("sent", 1)}]
