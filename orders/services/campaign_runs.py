# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign's own orders, spread over the workshops: those that may choose a maker now, as the demands of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from designs.typography import SPACE
from fabrication.assignment.services import RunError, Settings, request_run
from fabrication.demand import Demand
from fabrication.models import AssignmentRun
from orders.models import TO_CHOOSE, Campaign, OrderLine
from orders.services.booking import committed_units
from orders.services.ranking import demand_of

if TYPE_CHECKING:
    from accounts.models import User

_WAITING = {"order__state__in": [str(state) for state in TO_CHOOSE], "order__archived_at": None, "lot": None}


def demands_of(campaign: Campaign) -> list[Demand]:
    """One a line of furniture, in the order of the orders' numbers; one query."""
    lines = (
        OrderLine.objects.filter(order__campaign=campaign, **_WAITING)
        .select_related("order", "revision")
        .defer("revision__content")
        .order_by("order__year", "order__number", "position")
    )
    return [demand_of(line.order, line) for line in lines]


def campaigns_to_spread() -> dict[Campaign, int]:
    """Campaigns with orders that may choose, and how many orders; two queries."""
    counted: dict[int, set[int]] = {}
    rows = OrderLine.objects.filter(order__campaign__isnull=False, **_WAITING)
    for campaign, order in rows.values_list("order__campaign", "order").distinct():
        counted.setdefault(campaign, set()).add(order)
    return {
        campaign: len(counted[campaign.pk])
        for campaign in Campaign.objects.filter(pk__in=counted).order_by("-opens_on", "-pk")
    }


def request_campaign_run(actor: User, campaign: Campaign, settings: Settings) -> AssignmentRun:
    """A run over this campaign's orders and the site's open workshops, under the campaign's identifier: its proposals stand
    until another one's are put in their place. Raises NotAllowedError (fabrication.assignment), RunError."""
    demands = demands_of(campaign)
    if not demands:
        raise RunError(
            "no order of the campaign may choose a maker",
            f"Aucune commande de cette campagne n’attend un atelier{SPACE}: il n’y a rien à répartir.",
        )
    return request_run(actor, demands, replace(settings, campaign=campaign.slug), committed=committed_units())
