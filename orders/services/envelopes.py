# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A campaign's money in a département: opened and changed by a coordinator, promised and given back under a lock, never more
than there is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from designs.typography import SPACE
from fablabs.geography import departments
from fablabs.services.permission import require_coordinator
from fablabs.services.refusals import RecordError
from fabrication.quoting.words import euros
from orders.life.errors import RefusedError
from orders.models import Campaign, Envelope, Event, GrantEntry, Order
from orders.money import cents

if TYPE_CHECKING:
    from accounts.models import User

#: Of one envelope, in euros: ten times what the whole programme had.
MOST_EUR = Decimal(100_000_000)


def set_envelope(campaign: Campaign, department: str, amount: Decimal, *, actor: User) -> Envelope:
    """Opens the envelope of a département, or changes its amount. Raises NotAllowedError; RecordError with the field
    ("department", "amount_eur") for a département that the campaign doesn't have, or less than is promised already."""
    require_coordinator(actor)
    if department not in departments():
        raise RecordError("no such département", {"department": "Aucun département n’a ce numéro."})
    if not campaign.covers(department):
        raise RecordError(
            f"campaign {campaign.pk} is not for {department}",
            {"department": "La campagne n’est pas ouverte à ce département\N{NO-BREAK SPACE}: ajoutez-le d’abord."},
        )
    if not amount.is_finite() or not 0 <= amount <= MOST_EUR or amount != round(amount, 2):
        raise RecordError("no amount of money", {"amount_eur": f"Un montant de 0 à {euros(MOST_EUR)}, au centime."})
    with transaction.atomic():
        Envelope.objects.get_or_create(campaign=campaign, department=department, defaults={"amount_eur": amount})
        envelope = Envelope.objects.select_for_update().get(campaign=campaign, department=department)
        if amount < envelope.reserved_eur:
            raise RecordError(
                f"{envelope.reserved_eur} € are promised out of envelope {envelope.pk}",
                {
                    "amount_eur": f"{euros(envelope.reserved_eur)} sont déjà engagés dans ce département{SPACE}: "
                    "l’enveloppe ne peut pas être inférieure."
                },
            )
        envelope.amount_eur = amount
        envelope.save(update_fields=["amount_eur"])
    return envelope


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
    """What is reserved for the order now, to the cent: SQLite adds decimals up as floats."""
    return cents(order.grant_entries.aggregate(sum=Sum("amount_eur"))["sum"] or Decimal(0))


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
