# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The money of an order: price, invoice, subsidy; and the pages where each is written down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from cms.security import FILES
from cms.views.orders.acting import take_step
from cms.views.orders.paper_forms import InvoiceForm, PaymentForm, RefusalForm, RequestForm, SettleForm
from cms.views.orders.paper_pages import order_for, page
from designs.typography import french_number
from orders.invoices.cii import write_cii
from orders.life import ACTIONS, Party, RefusedError
from orders.models import Invoice, Order, State
from orders.services.invoicing import chorus_data
from orders.services.papers import is_by
from orders.services.payments import Balance, balance_of, open_request, standing_invoice

_BOTH = frozenset({Party.BUYER, Party.PREFECTURE, Party.COORDINATOR})
_BILL = frozenset({Party.BUYER, Party.MAKER, Party.COORDINATOR})
#: Chorus Pro takes no longer number.
_CHORUS_NUMBER = 20


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    """The maker's part is its price and its invoice; the subsidy is the State's and the buyer's."""
    if not parties:
        return None
    invoice = _invoice_for(order, parties)
    balance = balance_of(order) if parties & _BOTH else None
    price = order.net_eur if order.workshop_id else None
    if invoice is None and balance is None and price is None:
        return None
    return {
        "net": price,
        "vat": order.vat_eur,
        "gross": price + order.vat_eur if price is not None and order.vat_eur is not None else None,
        "settled": order.net_eur if order.workshop_id is None else None,
        "invoice": invoice,
        "scan_url": reverse("order-file", args=[order.public_id, invoice.scan.public_id])
        if invoice and invoice.scan
        else "",
        "may_export": bool(parties & _BILL),
        "may_correct": Party.MAKER in parties and order.state in ACTIONS["invoice"].sources,
        "earlier": order.invoices.filter(replaced_at__isnull=False).count() if invoice else 0,
        "balance": balance,
        "payments": list(order.payments.all()) if balance else [],
        "open": open_request(order) if balance else None,
        "needs_invoice": invoice is None and order.state in (State.DELIVERED, State.ACCEPTED),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def invoice_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The maker's: recorded, or corrected by another one."""
    order, _ = order_for(request, public_id, frozenset({Party.MAKER}))
    former = standing_invoice(order)
    form = InvoiceForm(initial=_proposed(order, former))
    if request.method == "POST":
        form = InvoiceForm(request.POST, request.FILES)
        if form.is_valid():
            said = dict(form.cleaned_data)
            note = said.pop("note")
            done = "La facture est enregistrée. L’acheteur est prévenu."
            answer = take_step(request, order, "invoice", form=form, given=said, note=note, done=done, anchor="money")
            if answer is not None:
                return answer
    elif State(order.state) not in ACTIONS["invoice"].sources:
        raise Http404("Cette commande n’attend pas de facture.")
    return page(request, order, "Votre facture", "invoice", {"form": form, "former": former}, form)


@require_safe
def invoice_xml(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The standing invoice as XML that Chorus Pro reads, for the maker to deposit."""
    order, parties = order_for(request, public_id, _BILL)
    invoice = _invoice_for(order, parties)
    if invoice is None:
        raise Http404("Aucune facture n’est enregistrée.")
    try:
        content = write_cii(chorus_data(order, invoice))
    except RefusedError as error:
        messages.error(request, error.french)
        return redirect(reverse("order", args=[order.public_id]) + "#money")
    response = HttpResponse(content, content_type="application/xml")
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in invoice.number)
    response["Content-Disposition"] = content_disposition_header(True, f"facture-{name}-chorus-pro.xml") or "attachment"
    response["Content-Security-Policy"] = FILES
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def subsidy_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The buyer asks for what is due; the préfecture notes what it paid, or why not."""
    order, parties = order_for(request, public_id, _BOTH)
    balance = balance_of(order)
    if balance is None:
        raise Http404("Cette commande n’a pas de subvention.")
    standing = open_request(order)
    asking: forms.Form = RequestForm(initial={"amount_eur": _words(balance.left)})
    paying: forms.Form = PaymentForm(
        initial={"paid_eur": _words(standing.requested_eur) if standing else "", "paid_on": timezone.localdate()},
        prefix="versement",
    )
    refusing: forms.Form = RefusalForm(prefix="refus")
    form: forms.Form = asking
    if request.method == "POST":
        gesture = request.POST.get("geste", "")
        action = "request_payment" if gesture == "demander" else "record_payment"
        if gesture not in ("demander", "verser", "refuser") or not ACTIONS[action].parties & parties:
            raise Http404("Cette commande n’est pas à vous.")
        if gesture == "demander":
            form = asking = RequestForm(request.POST)
        elif gesture == "verser":
            form = paying = PaymentForm(request.POST, prefix="versement")
        else:
            form = refusing = RefusalForm(request.POST, prefix="refus")
        if form.is_valid():
            said = {"refused": True} if gesture == "refuser" else dict(form.cleaned_data)
            note = form.cleaned_data["note"] if gesture == "refuser" else ""
            done = _DONE[gesture]
            answer = take_step(request, order, action, form=form, given=said, note=note, done=done, anchor="money")
            if answer is not None:
                return answer
    context = {
        "balance": balance,
        "open": standing,
        "asking": asking if Party.BUYER in parties and _may_ask(order, balance) else None,
        "paying": paying if Party.PREFECTURE in parties and standing else None,
        "refusing": refusing,
        "is_closed": order.state == State.CLOSED,
        "invoice": standing_invoice(order),
        "payments": list(order.payments.all()),
        "may_close": order.state == State.ACCEPTED,
    }
    return page(request, order, "La subvention", "subsidy", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
def settle_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Of devices alone: what was paid, to whom."""
    order, _ = order_for(request, public_id, frozenset({Party.BUYER}))
    form = SettleForm()
    if request.method == "POST":
        form = SettleForm(request.POST, request.FILES)
        if form.is_valid():
            said = dict(form.cleaned_data)
            note = said.pop("note")
            done = "Le matériel reçu est noté, la commande est close."
            if order.granted_eur is not None:
                done += " Demandez maintenant la subvention."
            answer = take_step(
                request, order, "settle_equipment", form=form, given=said, note=note, done=done, anchor="money"
            )
            if answer is not None:
                return answer
    elif State(order.state) not in ACTIONS["settle_equipment"].sources or order.lines.filter(lot=None).exists():
        raise Http404("Cette commande n’est pas de matériel seul.")
    return page(request, order, "Le matériel reçu", "settle", {"form": form}, form)


_DONE = {
    "demander": "La subvention est demandée. La préfecture est prévenue.",
    "verser": "Le versement est noté. L’acheteur est prévenu.",
    "refuser": "Le refus est noté. L’acheteur est prévenu.",
}


def _invoice_for(order: Order, parties: frozenset[Party]) -> Invoice | None:
    found = order.invoices.filter(replaced_at=None).select_related("scan").first()
    if found is None or (parties == {Party.MAKER} and not is_by(found, order)):
        return None
    found.is_long = len(found.number) > _CHORUS_NUMBER  # type: ignore[attr-defined]
    return found


def _may_ask(order: Order, balance: Balance) -> bool:
    return State(order.state) in ACTIONS["request_payment"].sources and balance.left > 0 and not balance.open


def _proposed(order: Order, former: Invoice | None) -> dict[str, Any]:
    """What was recorded before; the agreed price for a first one."""
    if former is not None:
        return {
            "number": former.number,
            "issued_on": former.issued_on,
            "net_eur": _words(former.net_eur),
            "vat_eur": _words(former.vat_eur),
            "gross_eur": _words(former.gross_eur),
        }
    found: dict[str, Any] = {"issued_on": timezone.localdate()}
    if order.net_eur is not None and order.vat_eur is not None:
        found |= {
            "net_eur": _words(order.net_eur),
            "vat_eur": _words(order.vat_eur),
            "gross_eur": _words(order.net_eur + order.vat_eur),
        }
    return found


def _words(amount: Any) -> str:
    return french_number(amount, zeros=True)
