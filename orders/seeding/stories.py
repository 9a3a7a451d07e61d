# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may have happened to an order, as the actions of its life one after the other. Plain data: a test holds each story to the
table of actions."""

from __future__ import annotations

from dataclasses import dataclass

from orders.models.state import State


@dataclass(frozen=True)
class Story:
    """``actions`` lead from a draft to ``state``; ``weight``: how many of a hundred orders of a stage live it."""

    state: State
    weight: int
    actions: tuple[str, ...]


_DECIDED = ("submit", "review", "fund")
_SIGNED = (*_DECIDED, "prepare_agreement", "send_agreement", "sign_agreement")
_ASKED = ("ask_quote", "ask_quote", "note_answer")
_CHOSEN = (*_SIGNED, *_ASKED, "note_answer", "choose_maker")
_COMMITTED = (*_CHOSEN, "prepare_commitment", "commit")
_STARTED = (*_COMMITTED, "start", "prepare", "progress")
_SHIPPED = (*_STARTED, "ship")
_DELIVERED = (*_SHIPPED, "deliver")
_ACCEPTED = (*_DELIVERED, "accept", "invoice")
_CLOSED = (*_ACCEPTED, "request_payment", "record_payment", "close")
_AGAIN = (*_CHOSEN, "maker_refuse", "ask_quote", "note_answer", "choose_maker")
_OWN = (
    "submit_self_funded",
    *_ASKED,
    "choose_maker",
    "prepare_commitment",
    "commit",
    "start",
    "prepare",
    "progress",
    "ship",
    "deliver",
)

COLLECTING = (
    Story(State.DRAFT, 30, ()),
    Story(State.SUBMITTED, 60, ("submit",)),
    Story(State.WITHDRAWN, 5, ("submit", "withdraw")),
    Story(State.SELF_FUNDED, 5, ("submit_self_funded",)),
)
ARBITRATING = (
    Story(State.SUBMITTED, 45, ("submit",)),
    Story(State.SUBMITTED, 5, ("submit", "review", "send_back")),
    Story(State.UNDER_REVIEW, 20, ("submit", "review")),
    Story(State.FUNDED, 18, _DECIDED),
    Story(State.NOT_FUNDED, 10, ("submit", "review", "refuse_funding")),
    Story(State.CANCELLED, 2, ("submit", "review", "fund", "void")),
)
MAKING = (
    Story(State.FUNDED, 8, (*_DECIDED, "prepare_agreement")),
    Story(State.FUNDED, 2, (*_DECIDED, "reconsider", "fund")),
    Story(State.NOT_FUNDED, 7, ("submit", "review", "refuse_funding")),
    Story(State.SELF_FUNDED, 4, ("submit", "review", "refuse_funding", "self_fund")),
    Story(State.AGREEMENT_SIGNED, 8, _SIGNED),
    Story(State.AGREEMENT_SIGNED, 8, (*_SIGNED, *_ASKED)),
    Story(State.MAKER_CHOSEN, 8, _CHOSEN),
    Story(State.MAKER_CHOSEN, 3, _AGAIN),
    Story(State.COMMITTED, 9, _COMMITTED),
    Story(State.IN_PRODUCTION, 10, _STARTED),
    Story(State.SHIPPED, 6, _SHIPPED),
    Story(State.DELIVERED, 6, _DELIVERED),
    Story(State.DELIVERED, 3, (*_DELIVERED, "claim")),
    Story(State.DELIVERED, 3, _OWN),
    Story(State.ACCEPTED, 6, _ACCEPTED),
    Story(State.ACCEPTED, 3, (*_ACCEPTED, "claim", "answer_claim", "resolve_claim", "request_payment")),
    Story(State.WITHDRAWN, 3, (*_SIGNED, "withdraw")),
    Story(State.CANCELLED, 3, (*_COMMITTED, "cancel")),
)
ENDED = (
    Story(State.CLOSED, 70, _CLOSED),
    Story(State.NOT_FUNDED, 15, ("submit", "review", "refuse_funding")),
    Story(State.WITHDRAWN, 8, (*_DECIDED, "withdraw")),
    Story(State.CANCELLED, 7, (*_STARTED, "cancel")),
)


@dataclass(frozen=True)
class Stage:
    """A campaign at a moment of its life: ``opened`` and ``closed`` are days from today (before: negative), ``share`` of all
    orders, in percent."""

    name: str
    opened: int
    closed: int
    share: int
    stories: tuple[Story, ...]


#: One campaign that holds all of it.
WHOLE = (Stage("Campagne d’essai", -240, -150, 100, (*COLLECTING[:1], *ARBITRATING, *MAKING, *ENDED)),)
STAGES = (
    Stage("Campagne d’essai à venir", 30, 90, 0, ()),
    Stage("Campagne d’essai ouverte", -40, 20, 20, COLLECTING),
    Stage("Campagne d’essai en arbitrage", -120, -30, 30, ARBITRATING),
    Stage("Campagne d’essai en fabrication", -300, -220, 35, MAKING),
    Stage("Campagne d’essai terminée", -600, -520, 15, ENDED),
)
