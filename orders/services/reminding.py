# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days are counted for the makers, and nobody has to count them: a reminder before they are over, and a word to the buyer
once they are. Each is one row of the outbox with a key of its own, so that it is never written twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from fabrication.models import Quote
from orders.life.parties import people_of
from orders.life.steps.choice import people_of_workshop
from orders.life.table import Party
from orders.life.telling import outbox_row, put
from orders.models import TO_CHOOSE, OutboxMessage, QuoteRequest

#: Days before the last one on which a workshop is reminded.
DAYS_BEFORE = 2
#: A buyer that was not told within these days knows it by now.
_STALE_DAYS = 30
#: Requests of one call, so that a worker is not kept from other work.
_AT_ONCE = 200


def remind() -> int:
    """For the worker, as often as it likes; returns how many messages were written."""
    today = timezone.localdate()
    return _remind_workshops(today) + _tell_buyers(today)


def _remind_workshops(today: date) -> int:
    """Two days before the last one, and not on the day of the question itself."""
    due = _waiting().filter(
        answer_by__gte=today, answer_by__lte=today + timedelta(days=DAYS_BEFORE), asked_at__date__lt=today
    )
    return _write(due, "reminder", "quote_reminder", lambda request: people_of_workshop(request.workshop))


def _tell_buyers(today: date) -> int:
    """The day after the last one."""
    over = _waiting().filter(answer_by__lt=today, answer_by__gte=today - timedelta(days=_STALE_DAYS))
    return _write(over, "overdue", "quote_overdue", lambda request: list(people_of(Party.BUYER, request.order)))


def _waiting() -> QuerySet[QuoteRequest]:
    """Without an answer: neither issued, nor declined, nor withdrawn, nor impossible; of orders that still choose."""
    gone = Q(quotes__quote__state__in=[Quote.State.REFUSED, Quote.State.WITHDRAWN])
    return (
        QuoteRequest.objects.filter(
            answered_at=None, declined_at=None, withdrawn_at=None, order__state__in=[str(state) for state in TO_CHOOSE]
        )
        .exclude(pk__in=QuoteRequest.objects.filter(gone).values("pk"))
        .select_related("order__organisation", "workshop__maker__organisation")
        .order_by("answer_by", "pk")
    )


def _write(
    requests: QuerySet[QuoteRequest], what: str, template: str, people: Callable[[QuoteRequest], list[User]]
) -> int:
    """To each person of those requests of which nothing was written yet: the first one's key stands for the request."""
    key = Concat(Value("request."), Cast(OuterRef("pk"), CharField()), Value(f".{what}"), output_field=CharField())
    new = requests.exclude(Exists(OutboxMessage.objects.filter(key=key)))
    rows = []
    for request in new[:_AT_ONCE]:
        for place, person in enumerate(people(request)):
            first = f"request.{request.pk}.{what}"
            rows.append(_row(request, f"{first}.{person.pk}" if place else first, template, person))
    # Two workers at once write the same keys: one of each comes through.
    put(rows, may_be_there=True)
    return len(rows)


def _row(request: QuoteRequest, key: str, template: str, person: User) -> OutboxMessage:
    order = request.order
    facts = {
        "buyer": order.organisation.name,
        "reference": order.reference,
        "public_id": str(order.public_id),
        "workshop": request.workshop.name,
        "answer_by": date_format(request.answer_by, "j F Y"),
    }
    row = outbox_row(None, template, key, facts, timezone.now())
    row.recipient = person
    return row
