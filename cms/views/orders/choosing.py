# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The choice of the workshop on an order's page: for the buyer what was asked and came, for whoever decides and watches the
record of the choice, for an asked workshop what it is to answer, for the chosen one its price."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from cms.views.choosing.record import READERS
from cms.views.choosing.words import told
from orders.life import ACTIONS, Party
from orders.models import TO_CHOOSE, WITH_MAKER, Order, State
from orders.services.answers import Answer, Standing, answer_of, answers_of
from orders.services.choosing import asked_of


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    """None before a workshop may be chosen."""
    reads = bool(parties & READERS)
    may_choose = order.state in TO_CHOOSE
    choices = list(order.choices.select_related("workshop__maker__organisation").order_by("-pk")) if reads else []
    mine = [] if parties & {Party.BUYER} else _asked_answers(request, order)
    chosen_me = Party.MAKER in parties and order.state in WITH_MAKER
    buyer = Party.BUYER in parties
    asked = answers_of(order, timezone.localdate()) if reads and (may_choose or choices) else []
    if not (choices or mine or chosen_me or asked or (buyer and may_choose and _has_furniture(order))):
        return None
    return {
        "is_buyer": buyer,
        "may_choose": may_choose and buyer,
        "asked": [told(answer) for answer in asked] if may_choose else [],
        "answered": sum(answer.may_be_chosen for answer in asked),
        "choices": choices,
        "mine": [] if chosen_me else [_mine(order, answer) for answer in mine],
        "chosen_me": chosen_me,
        "may_refuse": _may(order, parties, "maker_refuse"),
        "may_change": _may(order, parties, "change_maker"),
    }


def _has_furniture(order: Order) -> bool:
    return order.lines.filter(lot=None).exists()


def _asked_answers(request: HttpRequest, order: Order) -> list[Answer]:
    """The questions to this person's own workshops; nobody else's."""
    asked = (
        asked_of(request.user)
        .filter(order=order)
        .select_related("workshop__maker__organisation")
        .prefetch_related("quotes__quote", "quotes__line__revision")
    )
    return [answer_of(one, timezone.localdate()) for one in asked]


def _mine(order: Order, answer: Answer) -> dict[str, Any]:
    return {
        "told": told(answer),
        "is_open": order.state in TO_CHOOSE,
        "to_answer": order.state in TO_CHOOSE and answer.standing in (Standing.WAITING, Standing.OVERDUE),
        "is_overdue": answer.standing is Standing.OVERDUE,
    }


def _may(order: Order, parties: frozenset[Party], name: str) -> bool:
    return bool(ACTIONS[name].parties & parties) and State(order.state) in ACTIONS[name].sources
