# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What happened to an order, by whom and when, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from cms.views.orders.words import PARTY_NAMES
from orders.life import ACTIONS, Party
from orders.models import Event, Order

#: The last ones; what came earlier is folded.
_SHOWN = 6


#: Between the State and the buyer: what one asks for and the other answers is not the maker's.
_OF_THE_SUBSIDY = frozenset({"request_payment", "record_payment", "release_grant"})


@dataclass(frozen=True)
class Happened:
    """``who``: a name without an address, "" for nobody's; ``party``: for whom."""

    at: datetime
    who: str
    party: str
    what: str
    note: str


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    """For those who have a part in it; a maker sees what came since it was chosen, but for the subsidy."""
    if not parties:
        return None
    events = list(order.events.select_related("actor").order_by("-sequence"))
    if parties == {Party.MAKER}:
        chosen = max((event.sequence for event in events if event.action == "choose_maker"), default=0)
        events = [event for event in events if event.sequence >= chosen and event.action not in _OF_THE_SUBSIDY]
    if not events:
        return None
    told = [happened(event) for event in events]
    return {"events": told[:_SHOWN], "older": told[_SHOWN:]}


def happened(event: Event) -> Happened:
    action = ACTIONS.get(event.action)
    return Happened(
        event.at,
        event.actor.short_name if event.actor else "",
        PARTY_NAMES[Party(event.party)],
        action.done if action else event.action,
        event.note,
    )
