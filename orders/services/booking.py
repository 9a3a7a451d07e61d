# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What orders say to a ranking: how much each workshop still has to make, and whom this buyer chose before."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from orders.models import BOOKED, WITH_MAKER, Order, OrderLine

if TYPE_CHECKING:
    from accounts.models import Organisation


def committed_units() -> dict[str, Decimal]:
    """Pieces of orders not yet delivered, by workshop's slug; one query."""
    rows = (
        OrderLine.objects.filter(lot=None, order__state__in=BOOKED)
        .order_by()
        .values_list("order__workshop__slug")
        .annotate(pieces=Sum("quantity"))
    )
    return {slug: Decimal(pieces) for slug, pieces in rows}


def history_of(organisation: Organisation) -> Mapping[str, int]:
    """Orders of this buyer that a workshop was chosen for and that were not given up, by workshop's slug; one query."""
    rows = (
        Order.objects.filter(organisation=organisation, state__in=WITH_MAKER, workshop__isnull=False)
        .order_by()
        .values_list("workshop__slug")
        .annotate(orders=Count("pk"))
    )
    return dict(rows)
