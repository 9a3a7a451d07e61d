# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows that were planned in memory → the database, in the order in which they need each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from fabrication.models import Quote, QuoteEvent, QuoteLine
from orders.models import (
    Buyer,
    Choice,
    Claim,
    Delivery,
    Document,
    Envelope,
    Event,
    GrantEntry,
    Invoice,
    Order,
    OrderLine,
    OutboxMessage,
    Piece,
    Production,
    QuoteRequest,
    RequestedQuote,
    SubsidyPayment,
)
from orders.seeding.people import BATCH
from orders.seeding.scan import store_scan
from orders.seeding.world import Rows, World, letter
from orders.services import paper_facts
from orders.services.eligibility import facts_of, judge_many
from orders.services.payments import spent_facts

_DATED = (
    Order, Quote, QuoteEvent, QuoteRequest, Choice, GrantEntry, Document, Production, Claim, Invoice, SubsidyPayment,
    OutboxMessage,
)  # fmt: skip


@contextmanager
def own_dates() -> Iterator[None]:
    """Rows keep the dates that they were planned with, instead of the moment in which they are saved. In a command alone, which
    is a process of its own: the models are everybody's."""
    changed = []
    for model in _DATED:
        for column in model._meta.fields:
            if isinstance(column, models.DateTimeField) and (column.auto_now or column.auto_now_add):
                changed.append((column, column.auto_now, column.auto_now_add))
                column.auto_now = column.auto_now_add = False
    try:
        yield
    finally:
        for column, now, added in changed:
            column.auto_now, column.auto_now_add = now, added


def save(world: World) -> dict[str, int]:
    rows = world.rows
    _number(world)
    _judge(rows)
    world.numbers.save()
    _bulk(Order, rows.orders)
    _bulk(OrderLine, rows.lines)
    _bulk(Event, rows.events)
    _bulk(Quote, rows.quotes)
    _bulk(QuoteLine, rows.quote_lines)
    _bulk(QuoteEvent, rows.quote_events)
    _bulk(QuoteRequest, rows.requests)
    _bulk(RequestedQuote, rows.requested)
    _bulk(Choice, rows.choices)
    _envelopes(rows)
    _bulk(GrantEntry, rows.entries)
    _count_rows()
    # As in life: what is signed says what was known then, before the first file for a machine.
    papers: dict[str, list[Document]] = defaultdict(list)
    for paper in rows.documents:
        papers[paper.kind].append(paper)
    _promises(rows, papers)
    _bulk(Production, rows.productions)
    _bulk(Piece, rows.pieces)
    _deliveries(rows, papers)
    _bulk(Claim, rows.claims)
    _bulk(Invoice, rows.invoices)
    _bulk(SubsidyPayment, rows.payments)
    _payments(rows)
    letters = [letter(*one, settings.TRETEAU_MAIL_DOMAIN) for one in rows.letters]
    _bulk(OutboxMessage, letters)
    return {
        "orders": len(rows.orders), "events": len(rows.events), "quotes": len(rows.quotes),
        "papers": len(rows.documents), "pieces": len(rows.pieces), "messages": len(letters),
        "buyers": len(world.cast.buyers), "makers": len(world.cast.machines),
    }  # fmt: skip


def _bulk(model: Any, rows: Iterable[Any]) -> None:
    model.objects.bulk_create(rows, BATCH)


def _number(world: World) -> None:
    """In the order in which they were submitted."""
    for order in sorted(
        (one for one in world.rows.orders if one.submitted_at), key=lambda one: (one.submitted_at, one.form_key)
    ):
        order.year = timezone.localdate(order.submitted_at).year
        order.number = world.numbers.next("order", order.year)


def _judge(rows: Rows) -> None:
    """By the zonings of the day on which each was submitted."""
    buyers = {
        one.organisation_id: one
        for one in Buyer.objects.filter(organisation__is_demo=True).select_related("organisation")
    }
    by_day: dict[date, list[Order]] = defaultdict(list)
    for order in rows.orders:
        if order.submitted_at:
            by_day[timezone.localdate(order.submitted_at)].append(order)
    for day, orders in by_day.items():
        known = [buyers[order.organisation_id] for order in orders]
        facts = [facts_of(buyer.organisation, buyer.level, buyer.territory) for buyer in known]
        for order, judgement in zip(orders, judge_many(facts, day), strict=True):
            order.verdict, order.judgement = judgement.verdict.value, judgement.as_data()
    for event in rows.events:
        if event.sequence == 1:
            event.data = {"verdict": event.order.verdict} | event.data


def _envelopes(rows: Rows) -> None:
    """A fifth more than was promised at most, so that something is left to promise."""
    reserved: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    most: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for entry in rows.entries:
        place = (entry.order.campaign_id, entry.order.department)
        reserved[place] += entry.amount_eur
        most[place] += max(entry.amount_eur, Decimal(0))
    for order in rows.orders:
        if order.campaign_id:
            most[order.campaign_id, order.department] += 0
    envelopes = Envelope.objects.bulk_create(
        (
            Envelope(
                campaign_id=campaign, department=department, reserved_eur=reserved[campaign, department],
                amount_eur=(amount * Decimal("1.2") + 5_000).quantize(Decimal(1), ROUND_UP),
            )
            for (campaign, department), amount in sorted(most.items())
        ),
        BATCH,
    )  # fmt: skip
    by_place = {(one.campaign_id, one.department): one for one in envelopes}
    for entry in rows.entries:
        entry.envelope = by_place[entry.order.campaign_id, entry.order.department]


def _count_rows() -> None:
    """PostgreSQL plans by what it last counted; before it has, a lookup of one order's quotes read every table whole."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _promises(rows: Rows, papers: dict[str, list[Document]]) -> None:
    """Agreements and commitments, with one scan that both sides have signed."""
    kinds = Document.Kind
    standing = {choice.order_id: choice for choice in rows.choices if not choice.ended}
    last = {choice.order_id: choice for choice in rows.choices}
    for paper in papers[kinds.AGREEMENT]:
        assert paper.order.campaign is not None
        _fill(paper, paper_facts.agreement_facts(paper.order, paper.order.campaign.rate))
    for paper in papers[kinds.COMMITMENT]:
        choice = standing.get(paper.order.pk) or last[paper.order.pk]
        _fill(paper, paper_facts.commitment_facts(paper.order, choice))
    both = [*papers[kinds.AGREEMENT], *papers[kinds.COMMITMENT]]
    store_scan(both)
    _bulk(Document, both)


def _deliveries(rows: Rows, papers: dict[str, list[Document]]) -> None:
    notes = {id(delivery.note): delivery for delivery, _ in rows.deliveries}
    for delivery, _ in rows.deliveries:
        delivery.note = None
    _bulk(Delivery, [delivery for delivery, _ in rows.deliveries])
    through = Delivery.pieces.through
    _bulk(
        through,
        [
            through(delivery_id=delivery.pk, piece_id=piece.pk)
            for delivery, pieces in rows.deliveries
            for piece in pieces
        ],
    )
    for paper in papers[Document.Kind.DELIVERY_NOTE]:
        _fill(paper, paper_facts.delivery_facts(notes[id(paper)]))
    for paper in papers[Document.Kind.ACCEPTANCE]:
        _fill(paper, paper_facts.acceptance_facts(paper.order, "", timezone.localdate(paper.made_at)))
    _bulk(Document, [*papers[Document.Kind.DELIVERY_NOTE], *papers[Document.Kind.ACCEPTANCE]])
    for paper in papers[Document.Kind.DELIVERY_NOTE]:
        notes[id(paper)].note = paper
    Delivery.objects.bulk_update([delivery for delivery, _ in rows.deliveries], ["note"], BATCH)


def _payments(rows: Rows) -> None:
    agreements = {paper.order_id: paper for paper in rows.documents if paper.kind == Document.Kind.AGREEMENT}
    made = []
    for paper, payment in rows.asked.values():
        agreement = agreements[paper.order.pk]
        amounts = {
            "rate": Decimal(agreement.facts["rate"]), "payable_eur": payment.requested_eur, "paid_eur": Decimal(0),
            "requested_eur": payment.requested_eur,
        }  # fmt: skip
        _fill(paper, paper_facts.payment_facts(paper.order, amounts, spent_facts(paper.order), agreement.reference))
        made.append(paper)
    _bulk(Document, made)


def _fill(paper: Document, facts: dict[str, Any]) -> None:
    day = timezone.localdate(paper.made_at).isoformat()
    paper.facts = {**facts, "reference": paper.reference, "made_on": day}
