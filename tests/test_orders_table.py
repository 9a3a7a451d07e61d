# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every state × action × role of an order: who may do what, and what the others are told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from fablabs.models import Workshop
from orders.life import ACTIONS, NotAllowedError, OrderError, OvertakenError, Party, RefusedError, advance
from orders.life.table import actions_from
from orders.models import ENDED, WITH_MAKER, Event, Order, OutboxMessage, State
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture
from tests.people import make_coordinator, make_person
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User | None]:
    """One of each party of the order, and of each role for somebody else's orders."""
    make_workshop(slug="other")
    return {
        Party.BUYER: make_buyer(),
        Party.PREFECTURE: make_prefecture(),
        Party.COORDINATOR: make_coordinator(),
        Party.MAKER: make_maker_person(make_workshop()),
        Party.SYSTEM: None,
        "another buyer": make_buyer("autre@example.org", "48095", 2),
        "another préfecture": make_prefecture("lozere@example.org", "48"),
        "another maker": make_maker_person(Workshop.objects.get(slug="other"), "autre-atelier@example.org"),
        "nobody": make_person("personne@example.org"),
    }


@pytest.fixture
def orders(people: dict[str, User | None]) -> dict[State, Order]:
    campaign = make_campaign()
    make_envelope(campaign)
    buyer = people[Party.BUYER]
    assert buyer
    workshop = Workshop.objects.get(slug="w")
    return {state: make_order(buyer, state, campaign=campaign, workshop=workshop) for state in State}


class _UndoneError(Exception):
    """Takes back what one combination did, before the next one."""


def _outcomes(
    orders: dict[State, Order], people: dict[str, User | None]
) -> Iterator[tuple[State, str, str, OrderError | LookupError | None]]:
    for state, order in orders.items():
        for action in ACTIONS:
            for who, actor in people.items():
                outcome: Any = None
                try:
                    with transaction.atomic():
                        try:
                            advance(order, action, actor=actor, note="Une raison.")
                        except (
                            OrderError,
                            LookupError,
                        ) as error:  # a form's field that is not given: a rule was reached
                            outcome = error
                        raise _UndoneError
                except _UndoneError:
                    yield state, action, who, outcome


def _may(state: State, action: str, who: str) -> bool:
    """Is this person a party of an order in that state, of those that the table names?"""
    if who not in ACTIONS[action].parties:
        return False
    if who == Party.MAKER:
        return (state in WITH_MAKER and state != State.CLOSED) or state == State.CLOSED
    return who != Party.PREFECTURE or state != State.DRAFT


def test_the_table_alone_says_who_may_do_what_in_which_state(
    orders: dict[State, Order], people: dict[str, User | None]
) -> None:
    tried = 0
    for state, action, who, outcome in _outcomes(orders, people):
        told = f"{who} does {action} to an order that is {state}: {outcome!r}"
        if not _may(state, action, who):
            assert isinstance(outcome, NotAllowedError), told
        elif state not in ACTIONS[action].sources:
            assert isinstance(outcome, OvertakenError), told
            assert orders[state].get_state_display() in outcome.french
        else:
            assert not isinstance(outcome, NotAllowedError | OvertakenError), told
        tried += 1
    assert tried == len(State) * len(ACTIONS) * len(people)
    assert not Event.objects.exists()


def test_every_state_but_the_ends_leads_on_and_is_reached() -> None:
    for state in State:
        ways = [action for action in actions_from(state) if action.targets and state not in action.targets]
        assert bool(ways) == (state not in ENDED), state
    reached = {target for action in ACTIONS.values() for target in action.targets}
    assert reached == set(State) - {State.DRAFT}


def test_a_step_is_one_event_one_version_and_its_messages(
    orders: dict[State, Order], people: dict[str, User | None]
) -> None:
    order = advance(orders[State.SUBMITTED], "review", actor=people[Party.PREFECTURE], note=" Vu.\x00 ")
    event = order.events.get()
    assert (order.state, order.version) == (State.UNDER_REVIEW, 1)
    assert (event.sequence, event.from_state, event.to_state, event.party) == (
        1,
        "submitted",
        "under_review",
        "prefecture",
    )
    assert (event.actor, event.note) == (people[Party.PREFECTURE], "Vu.")
    order = advance(order, "refuse_funding", actor=people[Party.PREFECTURE], note="L’enveloppe est épuisée.")
    assert [row.recipient for row in OutboxMessage.objects.all()] == [people[Party.BUYER]]


def test_a_form_sent_twice_takes_one_step(orders: dict[State, Order], people: dict[str, User | None]) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        order = advance(orders[State.SUBMITTED], "review", actor=people[Party.PREFECTURE], form_key=key)
    assert order.state == State.UNDER_REVIEW
    assert order.events.count() == 1


def test_the_second_of_two_clerks_is_told_what_the_first_one_did(
    orders: dict[State, Order], people: dict[str, User | None]
) -> None:
    shown = orders[State.UNDER_REVIEW].version
    advance(orders[State.UNDER_REVIEW], "refuse_funding", actor=people[Party.PREFECTURE], note="Plus d’argent.")
    with pytest.raises(OvertakenError) as told:
        advance(orders[State.UNDER_REVIEW], "refuse_funding", actor=people[Party.PREFECTURE], note="Non.", seen=shown)
    assert "Dominique F. a décidé de ne pas financer" in told.value.french
    assert "prefecture@example.org" not in told.value.french


def test_a_page_that_is_out_of_date_decides_nothing(orders: dict[State, Order], people: dict[str, User | None]) -> None:
    order = orders[State.SUBMITTED]
    advance(order, "send_back", actor=people[Party.PREFECTURE], note="Pour quel lieu\N{NO-BREAK SPACE}?")
    with pytest.raises(OvertakenError, match="version 1"):
        advance(order, "review", actor=people[Party.PREFECTURE], seen=0)
    assert Order.objects.get(pk=order.pk).state == State.SUBMITTED


@pytest.mark.parametrize("note", ["", "  \n ", "\x00\x07"])
def test_a_step_that_needs_a_reason_says_so_beside_its_field(
    orders: dict[State, Order], people: dict[str, User | None], note: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        advance(orders[State.UNDER_REVIEW], "refuse_funding", actor=people[Party.PREFECTURE], note=note)
    assert refused.value.field == "note"
