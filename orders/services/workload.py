# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the orders go, for whoever coordinates: what waits, for how long and for whom; money, makers, defects, messages that failed.
A constant number of queries; of long lists the first rows, with how many there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, Sum
from django.utils import timezone

from fablabs.models import Workshop
from orders.models import BOOKED, ENDED, Claim, Envelope, Event, Order, OrderLine, OutboxMessage, State, SubsidyPayment

#: Days in a state after which an order is looked at: nobody promised them, they are what a coordinator asks about.
PATIENCE_DAYS: dict[State, int] = {
    State.SUBMITTED: 45,
    State.UNDER_REVIEW: 30,
    State.FUNDED: 30,
    State.NOT_FUNDED: 60,
    State.SELF_FUNDED: 45,
    State.AGREEMENT_SIGNED: 45,
    State.MAKER_CHOSEN: 21,
    State.COMMITTED: 21,
    State.IN_PRODUCTION: 60,
    State.SHIPPED: 14,
    State.DELIVERED: 21,
    State.ACCEPTED: 60,
}
MOST = 20


@dataclass(frozen=True)
class StateRow:
    """``since``: when the one that waits longest came there."""

    state: State
    orders: int
    since: datetime | None
    late: int
    patience_days: int | None


@dataclass(frozen=True)
class Load:
    """``weeks``: of work at the pace that the workshop says; None where it says none."""

    workshop: Workshop
    orders: int
    pieces: int
    weeks: float | None


@dataclass(frozen=True)
class Workload:
    states: list[StateRow]
    stuck: list[tuple[Order, datetime, int]]  # since, days
    stuck_count: int
    envelopes: list[dict[str, Any]]  # campaign, amount, reserved, left, paid
    loads: list[Load]
    claims: list[Claim]
    claim_count: int
    failed: list[OutboxMessage]
    failed_count: int
    waiting_count: int
    waiting_since: datetime | None


def workload(departments: Collection[str] | None) -> Workload:
    """Of these départements' orders; None: of all. Messages and makers' loads are those of these orders too."""
    where = Q() if departments is None else Q(department__in=departments)
    now = timezone.now()
    by_state = _states(departments, now)
    stuck = _late(departments, now)
    rows = list(stuck.select_related("order__organisation", "order__workshop", "order__campaign").order_by("at")[:MOST])
    open_claims = Claim.objects.filter(_of("order__", departments), resolved_at=None)
    messages = OutboxMessage.objects.filter(_of("event__order__", departments))
    failed = messages.filter(state=OutboxMessage.State.FAILED)
    waiting = messages.filter(
        state__in=[OutboxMessage.State.WAITING, OutboxMessage.State.SENDING], due_at__lte=now
    ).aggregate(count=Count("pk"), since=Min("due_at"))
    return Workload(
        states=by_state,
        stuck=[(one.order, one.at, (now - one.at).days) for one in rows],
        stuck_count=sum(row.late for row in by_state),
        envelopes=_envelopes(where),
        loads=_loads(departments),
        claims=list(open_claims.select_related("order__organisation", "piece").order_by("opened_at")[:MOST]),
        claim_count=open_claims.count(),
        failed=list(failed.select_related("event__order", "recipient").order_by("-pk")[:MOST]),
        failed_count=failed.count(),
        waiting_count=waiting["count"],
        waiting_since=waiting["since"],
    )


def _of(path: str, departments: Collection[str] | None) -> Q:
    return Q() if departments is None else Q(**{f"{path}department__in": departments})


def _last_events(departments: Collection[str] | None) -> Any:
    """The event that brought each order where it is: its version counts its events."""
    return Event.objects.filter(_of("order__", departments), sequence=F("order__version"))


def late_in(now: datetime) -> Q:
    late = Q()
    for state, days in PATIENCE_DAYS.items():
        late |= Q(order__state=state, at__lt=now - timedelta(days=days))
    return late


def _late(departments: Collection[str] | None, now: datetime) -> Any:
    return _last_events(departments).filter(late_in(now))


def _states(departments: Collection[str] | None, now: datetime) -> list[StateRow]:
    found = {
        state: (orders, since, late)
        for state, orders, since, late in _last_events(departments)
        .order_by()
        .values_list("order__state")
        .annotate(orders=Count("pk"), since=Min("at"), late=Count("pk", filter=late_in(now)))
    }
    drafts = Order.objects.filter(_of("", departments), state=State.DRAFT, archived_at=None).aggregate(
        count=Count("pk"), since=Min("created_at")
    )
    found[State.DRAFT] = (drafts["count"], drafts["since"], 0)
    rows = []
    for state in State:
        orders, since, late = found.get(state.value, (0, None, 0))
        rows.append(StateRow(state, orders, None if state in ENDED else since, late, PATIENCE_DAYS.get(state)))
    return rows


def _envelopes(where: Q) -> list[dict[str, Any]]:
    """By campaign, newest first."""
    rows = (
        Envelope.objects.filter(where)
        .order_by("-campaign__opens_on", "campaign")
        .values("campaign", "campaign__name", "campaign__public_id")
        .annotate(amount=Sum("amount_eur"), reserved=Sum("reserved_eur"), places=Count("pk"))
    )
    places = [] if not where else [(f"order__{name}", value) for name, value in where.children]
    paid = dict(
        SubsidyPayment.objects.filter(Q(*places), order__campaign__isnull=False)
        .order_by()
        .values_list("order__campaign")
        .annotate(sum=Sum("paid_eur"))
    )
    return [
        row | {"left": row["amount"] - row["reserved"], "paid": paid.get(row["campaign"]) or Decimal(0)}
        for row in rows[:MOST]
    ]


def _loads(departments: Collection[str] | None) -> list[Load]:
    """Workshops with the most pieces of orders that are not delivered."""
    rows = list(
        OrderLine.objects.filter(_of("order__", departments), lot=None, order__state__in=BOOKED)
        .order_by()
        .values_list("order__workshop")
        .annotate(pieces=Sum("quantity"), orders=Count("order", distinct=True))
        .order_by("-pieces", "order__workshop")[:MOST]
    )
    known = Workshop.objects.select_related("maker__organisation").in_bulk([key for key, _, _ in rows])
    found = []
    for key, pieces, orders in rows:
        workshop = known[key]
        pace = workshop.units_per_week
        found.append(Load(workshop, orders, pieces, float(pieces / pace) if pace else None))
    return found
