# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the State owes on an order: never more than it granted, than it promised out of its envelope, or than the rate of what
was really spent, without VAT."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.models import Document, Invoice, Order, State, SubsidyPayment
from orders.money import subsidy
from orders.services.envelopes import promised
from orders.services.paper_facts import maker_facts
from orders.services.papers import granted_rate, standing

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """Euros without VAT. ``spent`` None: nothing is invoiced yet. ``open``: asked for, and not answered."""

    granted: Decimal
    basis: Decimal
    rate: Decimal
    spent: Decimal | None
    payable: Decimal
    paid: Decimal
    open: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be asked for; never negative."""
        return max(_ZERO, self.payable - self.paid - self.open)


def balance_of(order: Order) -> Balance | None:
    """None for an order without a grant."""
    if order.granted_eur is None:
        return None
    spent = spent_of(order)
    rows = list(order.payments.all())
    return Balance(
        order.granted_eur,
        order.basis_eur or _ZERO,
        rate_of(order),
        spent,
        payable_of(order, spent) if spent is not None else _ZERO,
        sum((row.paid_eur or _ZERO for row in rows), _ZERO),
        sum((row.requested_eur for row in rows if row.closed_at is None), _ZERO),
    )


def may_request(order: Order) -> bool:
    """Is there a subsidy to ask for now?"""
    balance = balance_of(order)
    return balance is not None and balance.left > 0 and not balance.open


def may_release(order: Order) -> bool:
    """Does a closed order still have promised what nobody asks for?"""
    if order.state != State.CLOSED or open_request(order) is not None:
        return False
    balance = balance_of(order)
    return balance is not None and promised(order) > balance.paid


def payable_of(order: Order, spent: Decimal) -> Decimal:
    """In all, for an expense of so much without VAT."""
    if order.granted_eur is None:
        return _ZERO
    share = subsidy(spent, rate_of(order), order.basis_eur).granted_eur
    # An order that was never promised anything out of an envelope has its grant alone to be held against.
    most = promised(order) if order.grant_entries.exists() else order.granted_eur
    return max(_ZERO, min(order.granted_eur, share, most))


def rate_of(order: Order) -> Decimal:
    """The agreement's, or the decision's: a campaign's may change afterwards."""
    agreement = standing(order, Document.Kind.AGREEMENT)
    return Decimal(agreement.facts["rate"]) if agreement is not None else granted_rate(order)


def spent_of(order: Order) -> Decimal | None:
    """What was invoiced without VAT; of devices alone, what the buyer says that it paid."""
    invoice = standing_invoice(order)
    if invoice is not None:
        return invoice.net_eur
    return order.net_eur if is_settled_equipment(order) else None


def is_settled_equipment(order: Order) -> bool:
    """Closed without a workshop: its subsidy is asked for after its end."""
    return order.state == State.CLOSED and order.workshop_id is None and order.net_eur is not None


def standing_invoice(order: Order) -> Invoice | None:
    return order.invoices.filter(replaced_at=None).first()


def open_request(order: Order) -> SubsidyPayment | None:
    return order.payments.filter(closed_at=None).first()


def spent_facts(order: Order) -> dict[str, Any]:
    """What the payment request says of the expense."""
    invoice = standing_invoice(order)
    if invoice is None:
        settled = order.events.filter(action="settle_equipment").order_by("-sequence").first()
        return {
            "label": "Matériel reconditionné",
            "seller": " ".join(settled.note.split())[:300] if settled else "",
            "on": settled.at.date().isoformat() if settled else None,
            "net_eur": f"{order.net_eur:.2f}",
            "vat_eur": None,
            "gross_eur": None,
        }
    maker = maker_facts(order) if order.workshop else {"name": ""}
    return {
        "label": f"Facture {invoice.number}",
        "seller": maker["name"],
        "on": invoice.issued_on.isoformat(),
        "net_eur": f"{invoice.net_eur:.2f}",
        "vat_eur": f"{invoice.vat_eur:.2f}",
        "gross_eur": f"{invoice.gross_eur:.2f}",
    }
