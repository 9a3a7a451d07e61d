# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was sent and what arrived, which pieces are still missing, and the defects that were told."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cms.views.making.access import pieces_of
from orders.life import ACTIONS, Party
from orders.models import Order, State
from orders.services.delivering import whereabouts


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    """From the first delivery on, for the order's parties."""
    if not parties:
        return None
    deliveries = list(
        order.deliveries.select_related("note__pdf").prefetch_related("pieces__line__revision").order_by("pk")
    )
    claims = list(order.claims.select_related("piece__line__revision").order_by("-pk"))
    if not deliveries and not claims:
        return None
    there = whereabouts(pieces_of(order))
    state = State(order.state)
    return {
        "deliveries": deliveries,
        "there": there,
        "claims": claims,
        "may_receive": bool(there.on_the_way) and _may(parties, state, "receive_part", "receive_remake"),
        "may_accept": _may(parties, state, "accept"),
        "may_claim": _may(parties, state, "claim"),
        "may_read_claims": bool(parties & {Party.BUYER, Party.MAKER, Party.COORDINATOR}),
    }


def _may(parties: frozenset[Party], state: State, *actions: str) -> bool:
    return any(ACTIONS[name].parties & parties and state in ACTIONS[name].sources for name in actions)
