# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for whom is read from the table of actions, and the order's page says the same."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from cms.views.orders.places import ACTION_PLACES, QUIET, offered
from cms.views.orders.words import standing
from fabrication.quoting.services import issue, withdraw
from orders.life import ACTIONS, Party
from orders.models import ENDED, Order, State
from orders.services.answers import is_answered
from orders.services.waiting import CONDITIONS, TURNS, next_action, turn_of, waits_for, with_facts
from tests.choosing import make_case
from tests.orders import make_buyer, make_campaign, make_order
from tests.people import signed_in
from tests.workshops import make_workshop

#: Actions that lead nowhere by themselves: ways out and back, notes, parts of another form.
_NOBODY_WAITS = {
    "submit_self_funded", "send_back", "refuse_funding", "reconsider", "withdraw_request", "note_answer", "change_maker",
    "maker_refuse", "move_revision", "keep_revision", "ship_part", "claim", "release_grant", "withdraw", "cancel", "void",
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


@pytest.mark.django_db
def test_while_workshops_may_answer_it_is_their_turn_and_who_issued_one_quote_is_led_to_the_other() -> None:
    case = make_case(1, 2)

    def next_of(party: Party) -> str:
        found = next_action(with_facts(Order.objects.filter(pk=case.order.pk)).get(), party)
        return found.name if found else ""

    assert next_of(Party.BUYER) == "ask_quote"
    case.ask("copeaux")
    assert next_of(Party.BUYER) == "" and standing(case.order).turn is None
    assert "En attente des ateliers interrogés depuis" in _plain(signed_in(case.buyer).get("/espace/"))
    maker = signed_in(case.makers["copeaux"])
    assert "Un devis vous est demandé" in _plain(maker.get("/espace/"))
    first, second = case.quotes("copeaux")
    issue(first, actor=case.makers["copeaux"])
    html = maker.get(f"/devis/{first.public_id}/").content.decode()
    assert "Il en reste 1 à émettre" in html and f'href="/devis/{second.public_id}/"' in html
    assert "Il en reste" not in signed_in(case.buyer).get(f"/devis/{first.public_id}/").content.decode()
    assert next_of(Party.BUYER) == ""
    issue(second, actor=case.makers["copeaux"])
    assert next_of(Party.BUYER) == "choose_maker" and is_answered(case.order)
    assert "Un devis vous est demandé" not in _plain(maker.get("/espace/"))
    # Taken back, it is the buyer's turn to ask somebody else.
    withdraw(second, actor=case.makers["copeaux"], reason="Une erreur de prix.")
    assert next_of(Party.BUYER) == "ask_quote" and not is_answered(case.order)


def _plain(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&nbsp;", " "))
