# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for whom is read from the table of actions, and the order's page says the same."""

from __future__ import annotations

import pytest

from cms.views.orders.places import ACTION_PLACES, QUIET, offered
from cms.views.orders.words import standing
from orders.life import ACTIONS
from orders.models import ENDED, Order, State
from orders.services.waiting import CONDITIONS, TURNS, next_action, turn_of, waits_for, with_facts
from tests.orders import make_buyer, make_campaign, make_order
from tests.workshops import make_workshop

#: Actions that lead nowhere by themselves: ways out and back, notes, parts of another form.
_NOBODY_WAITS = {
    "submit_self_funded", "send_back", "refuse_funding", "reconsider", "withdraw_request", "note_answer", "change_maker",
    "maker_refuse", "ship_part", "claim", "release_grant", "withdraw", "cancel", "void",
}  # fmt: skip


def test_every_action_waits_for_somebody_or_is_named_as_one_that_does_not() -> None:
    assert set(CONDITIONS) | _NOBODY_WAITS == set(ACTIONS) and not set(CONDITIONS) & _NOBODY_WAITS
    for name in CONDITIONS:
        party = waits_for(ACTIONS[name])
        assert party in TURNS and party in ACTIONS[name].parties, name
        assert name in ACTION_PLACES and (name not in QUIET or name == "amend"), name


@pytest.mark.django_db
def test_of_every_state_the_page_and_the_list_say_whose_turn_it_is_and_offer_the_way_on() -> None:
    buyer, campaign, workshop = make_buyer(), make_campaign(), make_workshop()
    for state in State:
        make_order(buyer, state, campaign=campaign, workshop=workshop)
    orders = {order.state: order for order in with_facts(Order.objects.all())}
    for state, order in orders.items():
        turn = turn_of(order)
        assert (turn is None) == (state in ENDED), state
        assert standing(order).turn == turn == standing(Order.objects.get(pk=order.pk)).turn, state
        for party in TURNS:
            action = next_action(order, party)
            # Rows without pieces: the page has nothing to note of them.
            if action is not None and state != State.IN_PRODUCTION:
                first = next((one for one in offered(order, [party]) if not one.quiet), None)
                assert first is not None, (state, party, action.name)


@pytest.mark.django_db
def test_orders_wait_for_the_ones_that_the_rules_name() -> None:
    buyer, campaign, workshop = make_buyer(), make_campaign(), make_workshop()

    def waiting(state: State, **fields: object) -> dict[str, str]:
        order = make_order(buyer, state, campaign=campaign, workshop=workshop, **fields)
        found = with_facts(Order.objects.filter(pk=order.pk)).get()
        return {party.value: action.name for party in TURNS if (action := next_action(found, party)) is not None}

    assert waiting(State.DRAFT) == {"buyer": "submit"}
    assert waiting(State.SUBMITTED) == {"prefecture": "review"}
    assert waiting(State.SUBMITTED, sent_back_at=campaign.published_at) == {"buyer": "amend"}
    assert waiting(State.UNDER_REVIEW) == {"prefecture": "fund"}
    assert waiting(State.FUNDED) == {"buyer": "prepare_agreement"}
    assert waiting(State.AGREEMENT_SIGNED) == {"buyer": "ask_quote"}
    assert waiting(State.COMMITTED) == {"maker": "start"}
    assert waiting(State.SHIPPED) == {"buyer": "deliver"}
    assert waiting(State.DELIVERED) == {"buyer": "accept", "maker": "invoice"}
    assert waiting(State.ACCEPTED) == {"maker": "invoice"}
    assert waiting(State.CLOSED) == {}
