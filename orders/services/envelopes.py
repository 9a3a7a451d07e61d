# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign's money in a département: promised and given back under a lock, never more than there is."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from orders.life.errors import RefusedError
from orders.models import Envelope, Event, GrantEntry, Order


def locked_envelope(order: Order) -> Envelope:
    """The envelope that pays this order, ours until the end of the transaction. Raises RefusedError without one."""
    found = Envelope.objects.select_for_update().filter(campaign=order.campaign_id, department=order.department).first()
    if found is None:
        raise RefusedError(
            f"no envelope of campaign {order.campaign_id} for {order.department}",
            "Aucune enveloppe n’est ouverte pour ce département dans cette campagne\N{NO-BREAK SPACE}: "
            "demandez-la à la coordination.",
        )
    return found


def promised(order: Order) -> Decimal:
    """What is reserved for the order now."""
    return order.grant_entries.aggregate(sum=Sum("amount_eur"))["sum"] or Decimal(0)


def reserve(envelope: Envelope, order: Order, amount: Decimal, event: Event) -> None:
    """The caller holds the envelope's lock and has looked that enough is left; the row's constraint looks again."""
    _write(envelope, order, GrantEntry.Kind.RESERVE, amount, event)


def release(order: Order, event: Event, keep: Decimal = Decimal(0)) -> Decimal:
    """Give back what is promised beyond ``keep``; returns how much. Nothing where nothing is promised."""
    if not order.grant_entries.exists():
        return Decimal(0)
    envelope = Envelope.objects.select_for_update().get(entries=order.grant_entries.earliest("id"))
    back = promised(order) - keep
    if back > 0:
        _write(envelope, order, GrantEntry.Kind.RELEASE, -back, event)
    return back


def _write(envelope: Envelope, order: Order, kind: GrantEntry.Kind, amount: Decimal, event: Event) -> None:
    GrantEntry.objects.create(envelope=envelope, order=order, event=event, kind=kind, amount_eur=amount)
    envelope.reserved_eur += amount
    envelope.save(update_fields=["reserved_eur"])
