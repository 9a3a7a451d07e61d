# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbered papers: made from the order as rows (number and facts, in the transaction that wants them), printed afterwards by
the worker or by the first who asks; and who gets which file of an order."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from orders.life.table import Party
from orders.models import Choice, Delivery, Document, Invoice, Order, StoredFile
from orders.papers.printing import print_paper
from orders.services.numbering import next_number
from orders.services.paper_facts import (
    acceptance_facts,
    agreement_facts,
    commitment_facts,
    delivery_facts,
    payment_facts,
)
from orders.services.storage import store_made

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

Kind = Document.Kind
_TWO = frozenset({Party.BUYER, Party.PREFECTURE, Party.COORDINATOR})
_ALL = _TWO | {Party.MAKER}
#: Who gets a paper and its scans. The agreement and the money between the State and the buyer are not the maker's; whatever
#: is about the furniture is everybody's who has a part in it. A maker that was replaced is no party any more.
READERS: Mapping[str, frozenset[Party]] = {
    Kind.AGREEMENT: _TWO,
    Kind.COMMITMENT: _ALL,
    Kind.DELIVERY_NOTE: _ALL,
    Kind.ACCEPTANCE: _ALL,
    Kind.PAYMENT_REQUEST: _TWO,
}
#: One of them stands at a time; another one replaces it.
_ALONE = (Kind.AGREEMENT, Kind.COMMITMENT, Kind.ACCEPTANCE)
#: What a signature is given to: if that changes, the paper is made again. Names and addresses may change under it.
_ESSENCE = {
    Kind.AGREEMENT: ("lines", "basis_eur", "granted_eur", "rate"),
    Kind.COMMITMENT: ("lines", "net_eur", "vat_eur", "engagement_number", "service_code"),
}
_PRINTED_AT_ONCE = 20


def make_agreement(order: Order, actor: User | None) -> Document:
    """The agreement of a funded order; the standing one where it says the same."""
    return _make(order, Kind.AGREEMENT, agreement_facts(order, granted_rate(order)), actor)


def make_commitment(order: Order, actor: User | None) -> Document:
    """Of an order with a maker, at the prices of its choice; the standing one where it says the same."""
    return _make(order, Kind.COMMITMENT, commitment_facts(order, standing_choice(order)), actor)


def make_delivery_note(delivery: Delivery, actor: User | None) -> Document:
    """Of pieces that leave together; ``delivery.note`` is it."""
    with transaction.atomic():
        note = _make(delivery.order, Kind.DELIVERY_NOTE, delivery_facts(delivery), actor)
        delivery.note = note
        delivery.save(update_fields=["note"])
        return note


def make_acceptance(order: Order, reserves: str, actor: User | None) -> Document:
    """What was found when the order was received: ``reserves`` as they were written, "" for none."""
    return _make(order, Kind.ACCEPTANCE, acceptance_facts(order, reserves, timezone.localdate()), actor)


def make_payment_request(
    order: Order, amounts: dict[str, Decimal], spent: dict[str, Any], actor: User | None
) -> Document:
    agreement = standing(order, Kind.AGREEMENT)
    facts = payment_facts(order, amounts, spent, agreement.reference if agreement else "")
    return _make(order, Kind.PAYMENT_REQUEST, facts, actor)


def standing(order: Order, kind: str) -> Document | None:
    return order.documents.filter(kind=kind, replaced_at=None).order_by("-id").first()


def standing_choice(order: Order) -> Choice | None:
    return order.choices.filter(ended="").select_related("request").first()


def granted_rate(order: Order) -> Decimal:
    """At which the préfecture decided: a campaign's rate may change afterwards."""
    decided = order.events.filter(action="fund").order_by("-sequence").first()
    known = decided.data.get("rate") if decided is not None else None
    if known is not None:
        return Decimal(known)
    return order.campaign.rate if order.campaign is not None else Decimal(0)


def still_says(document: Document, order: Order) -> bool:
    """Does an agreement or a commitment still say what the order is? Asked before a signature is taken for it."""
    if document.kind == Kind.AGREEMENT:
        facts = agreement_facts(order, granted_rate(order))
        return _essence(document.kind, facts) == _essence(document.kind, document.facts)
    facts = commitment_facts(order, standing_choice(order))
    same_maker = facts["maker"]["workshop"] == document.facts["maker"]["workshop"]
    return same_maker and _essence(document.kind, facts) == _essence(document.kind, document.facts)


def is_ready(order: Order, kind: str) -> bool:
    """Is there an agreement or a commitment that may be signed as it is?"""
    document = standing(order, kind)
    return document is not None and still_says(document, order)


def printed(document: Document) -> StoredFile:
    """Its PDF, made now if nobody has made it yet."""
    if document.pdf is not None:
        return document.pdf
    content = print_paper(document.kind, document.facts)
    with transaction.atomic():
        fresh = Document.objects.select_for_update(of=("self",)).select_related("order").get(pk=document.pk)
        if fresh.pdf is None:
            fresh.pdf = store_made(fresh.order, content, f"{fresh.reference}.pdf", "application/pdf", None)
            fresh.save(update_fields=["pdf"])
    document.pdf = fresh.pdf
    return fresh.pdf


def print_waiting() -> int:
    """The worker's part: those without a PDF, oldest first; returns how many. One that fails is tried again. A demonstration's
    are printed when somebody reads them: there may be thousands."""
    done = 0
    for document in Document.objects.filter(pdf=None, order__is_demo=False).order_by("id")[:_PRINTED_AT_ONCE]:
        try:
            printed(document)
        except Exception:
            log.exception("document %s could not be printed", document.reference)
        else:
            done += 1
    return done


def papers_for(order: Order, parties: frozenset[Party]) -> list[Document]:
    """Those that these parties may read, oldest first; replaced ones too."""
    rows = order.documents.select_related("pdf", "signed", "buyer_signed", "made_by").order_by("id")
    return [row for row in rows if may_read(row, order, parties)]


def may_read(document: Document, order: Order, parties: frozenset[Party]) -> bool:
    readers = READERS[document.kind] & parties
    if readers != {Party.MAKER}:
        return bool(readers)
    # Of a maker alone: its own papers, not those of one before it.
    return bool(document.facts.get("maker", {}).get("workshop") == order.workshop_id)


def may_open(file: StoredFile, order: Order, parties: frozenset[Party], user: User) -> bool:
    """Any file of the order: as what uses it says. One that nothing uses is its sender's and the coordination's."""
    if not parties or file.order_id != order.pk:
        return False
    rows = list(order.documents.all())
    of_both = [row for row in rows if file.pk in (row.pdf_id, row.signed_id)]
    if of_both:
        return any(may_read(row, order, parties) for row in of_both)
    if (
        any(file.pk == row.buyer_signed_id for row in rows)
        or order.events.filter(data__scan=str(file.public_id)).exists()
    ):
        return bool(parties & _TWO)
    if bills := list(order.invoices.filter(scan=file)):
        return parties != {Party.MAKER} or any(is_by(bill, order) for bill in bills)
    if order.photos.filter(file=file).exists():
        return True
    return Party.COORDINATOR in parties or file.uploaded_by_id == user.pk


def is_by(invoice: Invoice, order: Order) -> bool:
    """Is this the invoice of the order's maker of today, not of one before it? Not every maker has a SIRET."""
    workshop = order.workshop
    if workshop is None or order.chosen_at is None or invoice.recorded_at < order.chosen_at:
        return False
    return invoice.seller_siret == (workshop.siret or workshop.maker.organisation.siret)


def _make(order: Order, kind: Document.Kind, facts: dict[str, Any], actor: User | None) -> Document:
    with transaction.atomic():
        before = standing(order, kind) if kind in _ALONE else None
        if before is not None and _comparable(before.facts) == _comparable(facts):
            return before
        if before is not None:
            order.documents.filter(kind=kind, replaced_at=None).update(replaced_at=timezone.now())
        today = timezone.localdate()
        document = Document(order=order, kind=kind, year=today.year, number=next_number(kind, today.year))
        document.facts = {**facts, "reference": document.reference, "made_on": today.isoformat()}
        document.made_by = actor
        document.save()
        return document


def _comparable(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in ("reference", "made_on")}


def _essence(kind: str, facts: Mapping[str, Any]) -> list[Any]:
    return [facts["buyer"]["siret"], *(facts[name] for name in _ESSENCE[Kind(kind)])]
