# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an order ends, well or not. Whatever was promised and will not be spent goes back into the envelope."""

from __future__ import annotations

from decimal import Decimal

from orders.life.step import Step, rule
from orders.models import Choice
from orders.services.envelopes import release


@rule("withdraw", "cancel", "void")
def give_up(step: Step) -> None:
    order = step.order
    order.ended_at = step.now
    order.choices.filter(ended="").update(ended=Choice.Ended.CHANGED, ended_at=step.now, ended_reason=step.note)
    order.quote_requests.filter(withdrawn_at=None).update(withdrawn_at=step.now)
    step.then(lambda event: release(order, event))


@rule("close")
def close(step: Step) -> None:
    """All is made, received, invoiced and paid; nobody waits for anything."""
    order = step.order
    step.refuse_unless(
        not order.claims.filter(resolved_at=None).exists(),
        "a claim is open",
        "Une réclamation est encore ouverte\N{NO-BREAK SPACE}: close-la d’abord.",
    )
    step.refuse_unless(
        order.invoices.filter(replaced_at=None).exists(),
        "no invoice is recorded",
        "L’atelier n’a pas encore enregistré sa facture.",
    )
    step.refuse_unless(
        not order.payments.filter(closed_at=None).exists(),
        "a payment request is open",
        "Une demande de paiement de la subvention attend encore la préfecture.",
    )
    order.ended_at = step.now
    paid = sum((payment.paid_eur or Decimal(0) for payment in order.payments.all()), Decimal(0))
    step.data["paid_eur"] = str(paid)
    step.then(lambda event: release(order, event, keep=paid))


@rule("settle_equipment")
def settle_equipment(step: Step) -> None:
    """Of devices alone: the note says from whom they came."""
    order = step.order
    step.refuse_unless(
        not order.lines.filter(lot=None).exists(),
        "the order has furniture",
        "Cette commande contient du mobilier\N{NO-BREAK SPACE}: choisissez un atelier.",
    )
    order.ended_at = step.now
    step.then(lambda event: release(order, event))
