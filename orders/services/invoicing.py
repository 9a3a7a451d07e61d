# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's invoice as the maker wrote it: what may be recorded, what takes its place, and the same as data for Chorus Pro."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format

from accounts.registration import is_siret
from designs.typography import SPACE
from fabrication.quoting.words import euros
from orders.invoices.data import InvoiceData, InvoiceLine, Party, vat_rate_of
from orders.life.errors import RefusedError
from orders.models import Invoice, Order
from orders.services.paper_facts import maker_facts, quotes_of
from orders.services.papers import standing_choice
from orders.services.payments import balance_of, payable_of, standing_invoice
from orders.services.references import clean_reference

if TYPE_CHECKING:
    from accounts.models import User
    from orders.models import StoredFile

_ZERO = Decimal(0)
_CENT = Decimal("0.01")
#: The dearest French rate; a rounding of each of a few lines may add some cents.
_MOST_VAT, _VAT_DUST = Decimal("0.2"), Decimal("0.10")
MOST_EUR = Decimal(10_000_000)


@dataclass(frozen=True)
class Said:
    """What the form says, looked at. Euros."""

    number: str
    issued_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal


def check_invoice(order: Order, given: Mapping[str, Any], note: str) -> Said:
    """Raises RefusedError with a field of the form: number, issued_on, net_eur, vat_eur, gross_eur, note."""
    number = clean_reference(given.get("number"), 50, "number")
    if not number:
        raise RefusedError("no number", "Écrivez le numéro de votre facture.", "number")
    issued_on = _day(order, given.get("issued_on"))
    net, vat, gross = (_amount(given.get(name), name) for name in ("net_eur", "vat_eur", "gross_eur"))
    if net <= 0:
        raise RefusedError("nothing is invoiced", "Le montant HT est plus grand que zéro.", "net_eur")
    if net + vat != gross:
        raise RefusedError(
            f"{net} + {vat} is not {gross}",
            f"{euros(net)} HT et {euros(vat)} de TVA font {euros(net + vat)} TTC, pas {euros(gross)}.",
            "gross_eur",
        )
    if vat > net * _MOST_VAT + _VAT_DUST:
        raise RefusedError("more VAT than 20 %", f"La TVA dépasse 20{SPACE}% du montant HT.", "vat_eur")
    _not_twice(order, number)
    assert order.net_eur is not None
    if net > order.net_eur and not note:
        raise RefusedError(
            f"{net} € is above the agreed {order.net_eur} €",
            f"C’est plus que le prix convenu ({euros(order.net_eur)} HT){SPACE}: écrivez pourquoi, l’acheteur le lira.",
            "note",
        )
    _not_below_what_was_paid(order, net)
    return Said(number, issued_on, net, vat, gross)


def record_invoice(order: Order, said: Said, scan: StoredFile | None, actor: User | None, at: Any) -> Invoice:
    """In the step's transaction: the one that stood is kept, and stands no more. A correction without a scan keeps none:
    the former scan is of the former invoice."""
    order.invoices.filter(replaced_at=None).update(replaced_at=at)
    return Invoice.objects.create(
        order=order,
        number=said.number,
        issued_on=said.issued_on,
        net_eur=said.net,
        vat_eur=said.vat,
        gross_eur=said.gross,
        service_code=order.service_code,
        engagement_number=order.engagement_number,
        seller_siret=maker_facts(order)["siret"],
        buyer_siret=order.organisation.siret,
        scan=scan,
        recorded_by=actor,
    )


def chorus_data(order: Order, invoice: Invoice) -> InvoiceData:
    """The standing invoice as data. Raises RefusedError that says what is missing of it."""
    maker = maker_facts(order)
    for siret, whose in ((invoice.seller_siret, "l’atelier"), (invoice.buyer_siret, "l’acheteur")):
        if not is_siret(siret):
            raise RefusedError(
                f"no SIRET of {whose}",
                f"Le SIRET de {whose} manque{SPACE}: complétez son organisation, puis la facture.",
            )
    rate = vat_rate_of(invoice.net_eur, invoice.vat_eur)
    if rate is None:
        raise RefusedError(
            f"{invoice.vat_eur} of {invoice.net_eur} is no French rate",
            "La TVA de cette facture ne correspond à aucun taux français unique"
            f"{SPACE}: déposez la facture elle-même, en PDF.",
        )
    workshop = order.workshop
    assert workshop is not None
    return InvoiceData(
        number=invoice.number,
        issued_on=invoice.issued_on,
        order=order.reference,
        service_code=invoice.service_code,
        engagement_number=invoice.engagement_number,
        seller=Party(maker["name"], invoice.seller_siret, workshop.address, workshop.postcode, _city(workshop.commune)),
        buyer=Party(order.organisation.name, invoice.buyer_siret, "", "", ""),
        delivered_on=timezone.localdate(order.delivered_at) if order.delivered_at else None,
        lines=_lines(order, invoice),
        net_eur=invoice.net_eur,
        vat_rate=rate,
        vat_eur=invoice.vat_eur,
        gross_eur=invoice.gross_eur,
    )


def _lines(order: Order, invoice: Invoice) -> tuple[InvoiceLine, ...]:
    """As the quotes have them, where they make the invoice's sum; else one line for the whole order."""
    quotes = quotes_of(standing_choice(order))
    found = []
    for line in order.lines.filter(lot=None).select_related("revision").order_by("position"):
        quote = quotes.get(line.pk)
        if quote is None or quote.net_eur is None or line.revision is None:
            break
        title = line.revision.texts.get("title", line.design)
        words = f"{title}, révision {line.revision.number}, devis {quote.reference}"
        found.append(InvoiceLine(words, line.quantity, quote.net_eur))
    if found and sum((line.net_eur for line in found), _ZERO) == invoice.net_eur:
        return tuple(found)
    return (InvoiceLine(f"Mobilier de la commande {order.reference}", 1, invoice.net_eur),)


def _city(commune: str) -> str:
    """ "Nîmes (Gard)" → "Nîmes"."""
    return commune.partition(" (")[0]


def _day(order: Order, value: Any) -> date:
    if not isinstance(value, date):
        raise RefusedError("no date", "Écrivez la date de votre facture.", "issued_on")
    today = timezone.localdate()
    first = timezone.localdate(order.committed_at) if order.committed_at else today
    if value > today:
        raise RefusedError(
            "in the future", f"Cette date est à venir{SPACE}: une facture est datée du jour au plus.", "issued_on"
        )
    if value < first:
        words = date_format(first, "j F Y")
        raise RefusedError(
            "before the commitment",
            f"Une facture ne vient pas avant le bon d’engagement, signé le {words}.",
            "issued_on",
        )
    return value


def _amount(value: Any, field: str) -> Decimal:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise RefusedError(f"{field} is no amount", "Écrivez un montant en euros.", field)
    if not 0 <= value <= MOST_EUR or value != value.quantize(_CENT):
        raise RefusedError(f"{field} is out of bounds", f"Un montant de 0 à {euros(MOST_EUR)}, au centime.", field)
    return value.quantize(_CENT)


def _not_twice(order: Order, number: str) -> None:
    seller = maker_facts(order)["siret"]
    others = Invoice.objects.filter(replaced_at=None, seller_siret=seller, number__iexact=number)
    if not seller:
        others = others.filter(order__workshop=order.workshop)
    if (other := others.exclude(order=order).select_related("order").first()) is not None:
        raise RefusedError(
            f"number {number} is taken by order {other.order_id}",
            f"Vous avez déjà donné ce numéro à la facture de la commande {other.order.reference}.",
            "number",
        )


def _not_below_what_was_paid(order: Order, net: Decimal) -> None:
    """A correction may not take away the expense that the State has paid its part of, or is asked to."""
    balance = balance_of(order)
    if balance is None or standing_invoice(order) is None:
        return
    taken = balance.paid + balance.open
    if payable_of(order, net) < taken:
        raise RefusedError(
            f"{taken} € are paid or asked for on a higher invoice",
            f"{euros(taken)} de subvention sont déjà versés ou demandés sur la facture précédente"
            f"{SPACE}: voyez d’abord avec l’acheteur et la préfecture.",
            "net_eur",
        )
