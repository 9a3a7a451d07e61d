# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the orders go: the coordinators' page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.views.coordination import coordinators_only
from cms.views.figures.territories import asked_scope, choices, codes_of, name_of
from cms.views.orders.words import PARTY_NAMES, standing
from orders.models import Order
from orders.services.waiting import with_facts
from orders.services.workload import MOST, workload


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """All of France, or a région or a département (``?territoire=``)."""
    coordinators_only(request)
    scope = asked_scope(request)
    found = workload(codes_of(scope))
    now = timezone.now()
    stuck = [order.pk for order, _, _ in found.stuck]
    orders = with_facts(Order.objects.filter(pk__in=stuck)).with_names().defer("judgement", "reasons").in_bulk()
    turns = {pk: standing(order) for pk, order in orders.items()}
    context: dict[str, Any] = {
        "title": "Tableau de bord",
        "section": "workplace",
        "trail": [],
        "scope": scope,
        "place": name_of(scope),
        "choices": choices(),
        "found": found,
        "states": [(row, (now - row.since).days if row.since else None) for row in found.states],
        "stuck": [
            (orders[order.pk], days, turns[order.pk], PARTY_NAMES[turn] if (turn := turns[order.pk].turn) else "")
            for order, _, days in found.stuck
        ],
        "waiting_minutes": int((now - found.waiting_since).total_seconds() // 60) if found.waiting_since else None,
        "most": MOST,
    }
    response = render(request, "cms/figures/dashboard.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
