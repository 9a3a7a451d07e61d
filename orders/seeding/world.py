# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What all invented orders share, and the rows that they leave."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from accounts.models import User
from designs.models import DesignRevision
from fabrication.models import Job, Quote, QuoteEvent, QuoteLine
from orders.models import (
    Choice,
    Claim,
    Delivery,
    Document,
    EquipmentLot,
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
from orders.seeding.numbers import Numbers
from orders.seeding.people import Cast


@dataclass
class Rows:
    """All that is to be saved."""

    orders: list[Order] = field(default_factory=list)
    lines: list[OrderLine] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    quote_lines: list[QuoteLine] = field(default_factory=list)
    quote_events: list[QuoteEvent] = field(default_factory=list)
    requests: list[QuoteRequest] = field(default_factory=list)
    requested: list[RequestedQuote] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    entries: list[GrantEntry] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    productions: list[Production] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    deliveries: list[tuple[Delivery, list[Piece]]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[SubsidyPayment] = field(default_factory=list)
    #: Template, recipient, event: their keys want the order's.
    letters: list[tuple[str, User, Event, dict[str, Any]]] = field(default_factory=list)
    #: Payment requests, by their paper.
    asked: dict[int, tuple[Document, SubsidyPayment]] = field(default_factory=dict)


@dataclass
class World:
    """What all orders share."""

    cast: Cast
    rows: Rows
    numbers: Numbers
    revisions: dict[str, DesignRevision]
    parameters: dict[str, dict[str, Any]]
    quote_jobs: dict[tuple[str, int], Job]
    package_jobs: dict[tuple[str, int], Job]
    lots: dict[int, list[EquipmentLot]]  # of a campaign's key
    chance: random.Random


def letter(template: str, person: User, event: Event, data: dict[str, Any], domain: str) -> OutboxMessage:
    """A message that was sent when its event happened. The event is saved."""
    return OutboxMessage(
        event=event, template=template, recipient=person, data=data,
        key=f"{event.order_id}.{event.sequence}.{template}.{person.pk}", message_id=f"<{uuid.uuid4()}@{domain}>",
        state=OutboxMessage.State.SENT, attempts=1, due_at=event.at, sent_at=event.at + timedelta(seconds=5),
        created_at=event.at,
    )  # fmt: skip
