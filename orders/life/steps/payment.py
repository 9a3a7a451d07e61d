# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The maker's invoice and the State's part of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone

from designs.typography import SPACE
from fabrication.quoting.words import euros
from orders.life.step import Step, rule
from orders.models import Event, State, SubsidyPayment
from orders.services.envelopes import release
from orders.services.invoicing import check_invoice, record_invoice
from orders.services.papers import make_payment_request
from orders.services.payments import Balance, balance_of, is_settled_equipment, open_request, spent_facts
from orders.services.storage import keep

_CENT = Decimal("0.01")


@rule("invoice")
def invoice(step: Step) -> None:
    """``given``: number, issued_on, net_eur, vat_eur, gross_eur; scan (orders.services.uploads.Judged) or None. The note
    says why it is more than was agreed. Another one replaces it."""
    order = step.order
    said = check_invoice(order, step.given, step.note)
    sent = step.given.get("scan")
    scan = keep(order, sent, step.actor) if sent is not None else None
    record_invoice(order, said, scan, step.actor, step.now)
    step.data.update(number=said.number, net_eur=str(said.net), gross_eur=str(said.gross))


@rule("request_payment")
def request_payment(step: Step) -> None:
    """``given``: amount_eur, or None for all that is left."""
    order = step.order
    balance = _balance(step)
    step.refuse_unless(
        order.state != State.CLOSED or is_settled_equipment(order),
        "the order is closed",
        f"Cette commande est close{SPACE}: ce qui n’a pas été demandé est retourné dans l’enveloppe.",
    )
    step.refuse_unless(
        balance.spent is not None,
        "no invoice is recorded",
        f"L’atelier n’a pas encore enregistré sa facture{SPACE}: la subvention se calcule sur elle.",
    )
    step.refuse_unless(
        open_request(order) is None,
        "a payment request is open",
        "Une demande attend déjà la réponse de la préfecture.",
    )
    step.refuse_unless(
        balance.left > 0, "nothing is left", "Toute la subvention de cette dépense est déjà versée.", "amount_eur"
    )
    amount = step.given.get("amount_eur")
    asked = balance.left if amount is None else _amount(step, amount, "amount_eur")
    step.refuse_unless(
        asked <= balance.left,
        f"{asked} is above {balance.left}",
        f"Il reste {euros(balance.left)} à demander.",
        "amount_eur",
    )
    step.data["requested_eur"] = str(asked)
    amounts = {
        "rate": balance.rate,
        "payable_eur": balance.payable,
        "paid_eur": balance.paid,
        "requested_eur": asked,
    }

    def ask(event: Event) -> None:
        SubsidyPayment.objects.create(order=order, requested_eur=asked, requested_by=step.actor)
        paper = make_payment_request(order, amounts, spent_facts(order), step.actor)
        event.data["document"] = paper.reference
        event.save(update_fields=["data"])

    step.then(ask)


@rule("record_payment")
def record_payment(step: Step) -> None:
    """``given``: paid_eur and paid_on; or refused, with the note as its reason. final: of a closed order, what is left after
    it goes back into the envelope."""
    order = step.order
    request = open_request(order)
    step.refuse_unless(request, "no payment request is open", "Aucune demande de paiement n’attend de réponse.")
    assert request is not None
    request.closed_at = step.now
    if step.given.get("refused"):
        step.refuse_unless(
            step.note,
            "a refusal says why",
            f"Écrivez la raison du refus{SPACE}: l’acheteur la lira.",
            "note",
        )
        request.refused_reason = step.note
        step.data["refused"] = True
    else:
        _pay(step, request)
    request.save()
    if order.state == State.CLOSED and step.given.get("final"):
        balance = _balance(step)
        step.data["final"] = True
        step.then(lambda event: release(order, event, keep=balance.paid) and None)


def _pay(step: Step, request: SubsidyPayment) -> None:
    paid = _amount(step, step.given.get("paid_eur"), "paid_eur")
    step.refuse_unless(
        paid <= request.requested_eur,
        f"{paid} is above what was asked for",
        f"La demande est de {euros(request.requested_eur)}{SPACE}: un versement ne la dépasse pas.",
        "paid_eur",
    )
    balance = _balance(step)
    step.refuse_unless(
        balance.paid + paid <= balance.payable,
        f"{balance.paid} + {paid} is above {balance.payable}",
        f"Avec ce qui est déjà versé, ce serait plus que la subvention due ({euros(balance.payable)}).",
        "paid_eur",
    )
    day = step.given.get("paid_on")
    step.refuse_unless(isinstance(day, date), "no date", "Écrivez la date du versement.", "paid_on")
    assert isinstance(day, date)
    asked_on = timezone.localdate(request.requested_at)
    step.refuse_unless(
        asked_on <= day <= timezone.localdate(step.now),
        f"{day} is before {asked_on} or after today",
        "Une date entre la demande et aujourd’hui.",
        "paid_on",
    )
    request.paid_eur, request.paid_on = paid, day
    step.data["paid_eur"] = str(paid)


def _balance(step: Step) -> Balance:
    balance = balance_of(step.order)
    step.refuse_unless(balance, "no grant", "Cette commande n’a pas de subvention.")
    assert balance is not None
    return balance


def _amount(step: Step, value: object, field: str) -> Decimal:
    ok = isinstance(value, Decimal) and value.is_finite() and value > 0 and value == value.quantize(_CENT)
    step.refuse_unless(
        ok, f"{field} is no amount", f"Écrivez un montant plus grand que zéro, au centime{SPACE}: 880,00.", field
    )
    assert isinstance(value, Decimal)
    return value.quantize(_CENT)
