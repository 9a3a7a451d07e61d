# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where each action of an order is done: "#section" of the order's page, or the name of an address that takes the order's
public_id. ``ONE_WORD`` are those that need nothing but a reason: one page does them all ("order-act").

An action without a place is not offered: it is part of another form. A part of the site adds its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from orders.life import Action, Party
from orders.life.table import actions_from
from orders.models import Order, State
from orders.services.answers import is_answered
from orders.services.drafting import may_amend
from orders.services.papers import is_ready, standing
from orders.services.payments import may_release, may_request, open_request, standing_invoice
from orders.services.pieces import has_pieces

ONE_WORD = "order-act"

ACTION_PLACES: dict[str, str] = {
    # The intention.
    "submit": "order-draft",
    "amend": "order-amend",
    # The arbitration.
    "review": "#arbitration",
    "fund": "#arbitration",
    "refuse_funding": "#arbitration",
    "send_back": "#arbitration",
    "reconsider": "#arbitration",
    "self_fund": ONE_WORD,
    "withdraw": ONE_WORD,
    # What is signed.
    "prepare_agreement": "order-agreement",
    "send_agreement": "order-agreement",
    "sign_agreement": "order-agreement",
    "prepare_commitment": "order-commitment",
    "commit": "order-commitment",
    # The workshop.
    "ask_quote": "order-choice",
    "choose_maker": "order-choice",
    "change_maker": "order-change-maker",
    "maker_refuse": "order-maker-refuse",
    # The making, the deliveries, the defects.
    "start": "making",
    "prepare": "making",
    "progress": "making",
    "ship": "making-ship",
    "ship_remake": "making-ship",
    "receive_part": "order-receive",
    "deliver": "order-receive",
    "receive_remake": "order-receive",
    "accept": "order-accept",
    "claim": "claim-new",
    "answer_claim": "#deliveries",
    "resolve_claim": "#deliveries",
    # The money.
    "invoice": "order-invoice",
    "request_payment": "order-subsidy",
    "record_payment": "order-subsidy",
    "settle_equipment": "order-settle",
    "close": ONE_WORD,
    "release_grant": ONE_WORD,
    # The ways out.
    "cancel": ONE_WORD,
    "void": ONE_WORD,
}

#: Where the state alone does not say that an action is of any use: asked with the order before it is offered.
ACTION_CONDITIONS: dict[str, Callable[[Order], bool]] = {
    "amend": may_amend,
    "settle_equipment": lambda order: not order.lines.filter(lot=None).exists(),
    "ask_quote": lambda order: order.lines.filter(lot=None).exists() and not is_answered(order),
    "choose_maker": lambda order: order.lines.filter(lot=None).exists() and is_answered(order),
    "prepare_agreement": lambda order: not is_ready(order, "agreement"),
    "send_agreement": lambda order: is_ready(order, "agreement"),
    "sign_agreement": lambda order: is_ready(order, "agreement"),
    "prepare_commitment": lambda order: not is_ready(order, "commitment"),
    "commit": lambda order: is_ready(order, "commitment"),
    "invoice": lambda order: standing_invoice(order) is None,
    "request_payment": may_request,
    "record_payment": lambda order: open_request(order) is not None,
    # Without an invoice too: the step says to whom.
    "close": lambda order: open_request(order) is None,
    "release_grant": may_release,
    "prepare": lambda order: has_pieces(order, "to_cut"),
    # One way to the same page is enough.
    "progress": lambda order: (
        any(has_pieces(order, stage) for stage in ("cut", "assembled")) and not has_pieces(order, "to_cut")
    ),
    "ship": lambda order: has_pieces(order, "finished"),
    "ship_remake": lambda order: has_pieces(order, "finished"),
    "receive_part": lambda order: order.state == State.IN_PRODUCTION and has_pieces(order, "shipped"),
    "receive_remake": lambda order: has_pieces(order, "shipped"),
    "answer_claim": lambda order: order.claims.filter(resolved_at=None, remedy="").exists(),
    "resolve_claim": lambda order: order.claims.filter(resolved_at=None).exclude(remedy="").exists(),
}

#: What nobody looks for first: a link, not a button.
QUIET = frozenset(
    {
        "release_grant",
        "withdraw",
        "cancel",
        "void",
        "reconsider",
        "change_maker",
        "maker_refuse",
        "send_back",
        "amend",
        "claim",
    }
)


@dataclass(frozen=True)
class Offered:
    """An action that this person may do now. ``quiet``: a way out, or a way back."""

    name: str
    label: str
    url: str
    quiet: bool


def offered(order: Order, parties: Iterable[Party]) -> list[Offered]:
    """In the order of the table of actions, those that have a place. A préfecture's decision is one form: one button leads to it,
    and takes the intention into review on the way."""
    held = frozenset(parties)
    found = []
    for action in actions_from(State(order.state)):
        if action.parties & held and (url := place_of(order, action)) and _is_useful(order, action):
            label, quiet = action.label, action.name in QUIET
            if action.name in _DECIDING and Party.PREFECTURE in held:
                if any(one.name in _DECIDING for one in found):
                    continue
                label = "Décider"
            if action.name == "send_agreement" and is_sent(order):
                label, quiet = "Envoyer une autre version signée", True
            if action.name == "accept" and Party.BUYER not in held:
                label, quiet = "Réceptionner pour l’acheteur", True
            found.append(Offered(action.name, label, url, quiet))
    return found


_DECIDING = frozenset({"review", "fund", "refuse_funding"})


def is_sent(order: Order) -> bool:
    """Has the buyer sent the agreement that stands, signed?"""
    paper = standing(order, "agreement")
    return paper is not None and paper.buyer_signed_id is not None


def _is_useful(order: Order, action: Action) -> bool:
    condition = ACTION_CONDITIONS.get(action.name)
    return condition is None or condition(order)


def place_of(order: Order, action: Action) -> str:
    """ "#section" of the order's page, or an address; "" for none."""
    place = ACTION_PLACES.get(action.name, "")
    if not place:
        return ""
    if place.startswith("#"):
        return place
    args = [order.public_id, action.name] if place == ONE_WORD else [order.public_id]
    try:
        return reverse(place, args=args)
    except NoReverseMatch:
        return ""  # that part of the site is not there yet
