# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Before a demonstration begins anew."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Notice
from fabrication.models import Quote, QuoteNumber
from orders.models import (
    Campaign,
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
    OrderNumber,
    OutboxMessage,
    Photo,
    Piece,
    Production,
    QuoteRequest,
    RequestedQuote,
    StoredFile,
    SubsidyPayment,
)


def forget_orders() -> None:
    """All orders of the site, the quotes that they stand on, and the demonstration's campaigns: before its workshops and models
    go. In the order in which rows hold on to each other."""
    with transaction.atomic():
        OutboxMessage.objects.exclude(event=None).delete()
        Notice.objects.filter(kind__in=[Notice.Kind.ORDER, Notice.Kind.QUOTE]).delete()
        Delivery.objects.all().delete()
        for model in (Photo, Claim, SubsidyPayment, Invoice, Document, StoredFile, GrantEntry):
            model.objects.all().delete()
        Piece.objects.filter(replaces__isnull=False).update(replaces=None)
        for model in (Piece, Production, Choice, RequestedQuote, QuoteRequest, Event, OrderLine, Order, Quote):
            model.objects.all().delete()
        Envelope.objects.filter(campaign__is_demo=True).delete()
        Campaign.objects.filter(is_demo=True).delete()
        # Nothing has a number any more: the series begin again.
        OrderNumber.objects.all().delete()
        QuoteNumber.objects.all().delete()
