# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What must be true of all orders together, whatever crashed: looked at from the rows alone, without the code that wrote
them. Each check reads its tables once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Membership, Role
from orders.life.table import ACTIONS, Party
from orders.models import (
    WITH_MAKER,
    Choice,
    Delivery,
    Document,
    Envelope,
    Event,
    GrantEntry,
    Order,
    OrderLine,
    OrderNumber,
    OutboxMessage,
    Piece,
    State,
    SubsidyPayment,
)
from orders.services.payments import balance_of

_ZERO = Decimal(0)
#: The grant is promised, and nothing was given back yet.
_PROMISED = (State.FUNDED, State.AGREEMENT_SIGNED, *(state for state in WITH_MAKER if state != State.CLOSED))
#: A worker that is alive has taken a message up long before.
_LATE = timedelta(hours=1)
#: Whose people are known for an order without asking what it was then; the maker's are looked for by its workshop.
_ROLES = {Party.BUYER: Role.BUYER, Party.PREFECTURE: Role.PREFECTURE, Party.COORDINATOR: Role.COORDINATOR}


@dataclass(frozen=True)
class Fault:
    """``about``: an order's reference, an envelope, a series of numbers, an outbox key. English, for whoever repairs."""

    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.about}: {self.what}"


def audit(*, settled: bool = False) -> list[Fault]:
    """All that is wrong. ``settled``: nothing may wait in the outbox any more, not even what is due later."""
    names = {order.pk: str(order) for order in Order.objects.only("pk", "public_id", "year", "number")}
    found: list[Fault] = []
    for check in (_events, _promises, _payments, _pieces, _deliveries, _makers, _messages):
        found += [Fault(names.get(pk, f"order {pk}"), what) for pk, what in check()]
    found += [*_envelopes(), *_numbers(), *_doubles(), *_outbox(settled)]
    return found


# Of an order


def _events() -> Iterator[tuple[int, str]]:
    """Its state is what its last event says, and no event is missing on the way there."""
    told: dict[int, list[tuple[int, str, str, str]]] = defaultdict(list)
    for order, *event in Event.objects.order_by("order", "sequence").values_list(
        "order", "sequence", "action", "from_state", "to_state"
    ):
        told[order].append(tuple(event))
    for pk, state, version in Order.objects.values_list("pk", "state", "version"):
        events = told.get(pk, [])
        if [event[0] for event in events] != list(range(1, version + 1)):
            yield pk, f"version {version}, events {[event[0] for event in events]}"
        last = events[-1][3] if events else State.DRAFT
        if last != state:
            yield pk, f"is {state}, its last event says {last}"
        if events and events[0][2] != State.DRAFT:
            yield pk, f"its first event starts from {events[0][2]}"
        for before, after in pairwise(events):
            if before[3] != after[2]:
                yield pk, f"{before[1]} ended in {before[3]}, {after[1]} began in {after[2]}"
        for _, name, source, target in events:
            action = ACTIONS.get(name)
            if action is None or source not in action.sources or target not in (action.targets or (source,)):
                yield pk, f"no action {name} leads from {source} to {target}"


def _promises() -> Iterator[tuple[int, str]]:
    """What is reserved for it is what was granted, until it ends."""
    reserved: dict[int, Decimal] = defaultdict(Decimal)
    for order, amount in GrantEntry.objects.values_list("order", "amount_eur"):
        reserved[order] += amount
    paid = _paid()
    for pk, state, granted, basis in Order.objects.values_list("pk", "state", "granted_eur", "basis_eur"):
        promised, grant = reserved.get(pk, _ZERO), granted or _ZERO
        if granted is not None and (basis is None or not 0 < granted <= basis):
            yield pk, f"{granted} € granted on {basis} €"
        if granted is None or state in (State.WITHDRAWN, State.CANCELLED):
            wanted = _ZERO
        elif state in _PROMISED:
            wanted = grant
        else:  # closed: what is left is given back then, or after a last payment
            if not paid.get(pk, _ZERO) <= promised <= grant:
                yield pk, f"{paid.get(pk)} € paid, {promised} € promised, {grant} € granted"
            continue
        if promised != wanted:
            yield pk, f"{promised} € are reserved, {wanted} € should be ({state}, {granted} € granted)"


def _payments() -> Iterator[tuple[int, str]]:
    """Never more than promised, nor than what the invoice gives right to."""
    for pk, total in _paid().items():
        order = Order.objects.select_related("campaign").get(pk=pk)
        balance = balance_of(order)
        if balance is None or total > balance.payable:
            yield pk, f"{total} € paid, {balance.payable if balance else 0} € due"


def _paid() -> dict[int, Decimal]:
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for order, amount in SubsidyPayment.objects.filter(paid_eur__isnull=False).values_list("order", "paid_eur"):
        paid[order] += amount
    return paid


def _pieces() -> Iterator[tuple[int, str]]:
    """From the start on, as many as were ordered, each once."""
    standing: dict[int, list[int]] = defaultdict(list)
    for line, index in Piece.objects.exclude(stage=Piece.Stage.REPLACED).values_list("line", "index"):
        standing[line].append(index)
    lines = OrderLine.objects.filter(lot=None).values_list("pk", "quantity", "order", "order__started_at")
    for pk, quantity, order, started in lines:
        wanted = list(range(1, quantity + 1)) if started else []
        if sorted(standing.get(pk, [])) != wanted:
            yield order, f"line {pk} of {quantity} has the pieces {sorted(standing.get(pk, []))}"


def _deliveries() -> Iterator[tuple[int, str]]:
    """A piece that is away left by one delivery of its own order; one that arrived whole has nothing on its way."""
    left: dict[int, list[int]] = defaultdict(list)
    for piece, order in Delivery.pieces.through.objects.values_list("piece", "delivery__order"):
        left[piece].append(order)
    stage, away = Piece.Stage, (Piece.Stage.SHIPPED, Piece.Stage.DELIVERED)
    for pk, name, order, state, number, replaces in Piece.objects.values_list(
        "pk", "stage", "line__order", "line__order__state", "number", "replaces"
    ):
        ways = left.get(pk, [])
        if name != stage.REPLACED and ways != ([order] if name in away else []):
            yield order, f"piece {number} is {name}, and left by {len(ways)} deliveries of {ways}"
        first = replaces is None and name != stage.REPLACED
        if first and state == State.SHIPPED and name not in away:
            yield order, f"is shipped, its piece {number} is {name}"
        if first and state in (State.DELIVERED, State.ACCEPTED) and name != stage.DELIVERED:
            yield order, f"is {state}, its piece {number} is {name}"
    received = Delivery.objects.filter(received_at__isnull=False, pieces__stage=stage.SHIPPED)
    for order in received.values_list("order", flat=True).distinct():
        yield order, "a delivery is received, and one of its pieces is on its way"


def _makers() -> Iterator[tuple[int, str]]:
    """The workshop that makes it is the one that was chosen, once."""
    chosen = dict(Choice.objects.filter(ended="").values_list("order", "workshop"))
    for pk, state, workshop in Order.objects.values_list("pk", "state", "workshop"):
        if state in WITH_MAKER and workshop != chosen.get(pk):
            yield pk, f"is made by workshop {workshop}, chosen was {chosen.get(pk)}"
        if state not in WITH_MAKER and pk in chosen:
            yield pk, f"is {state}, and a choice stands"


def _messages() -> Iterator[tuple[int, str]]:
    """Every party that an event's action tells got its messages, if it had people then (of whom one did not act). People who
    came later, or have left, are not asked for."""
    people = _people()
    rows: dict[int, Counter[str]] = defaultdict(Counter)
    persons: dict[int, set[int]] = defaultdict(set)
    for event, data, person in OutboxMessage.objects.filter(event__isnull=False).values_list(
        "event", "data", "recipient"
    ):
        rows[event][str(data.get("party", ""))] += 1
        persons[event].add(person)
    events = Event.objects.values_list(
        "pk", "order", "action", "actor", "at", "order__organisation", "order__department", "order__workshop"
    )
    for pk, order, name, actor, at, organisation, department, workshop in events.iterator():
        action = ACTIONS.get(name)
        places = {Party.BUYER: organisation, Party.PREFECTURE: department, Party.COORDINATOR: "", Party.MAKER: workshop}
        for party in action.tells if action else ():
            if party is Party.MAKER and name not in _TELL_THE_MAKER_THERE:
                continue  # the former maker was told: who that was is not on the order any more
            there = {
                person for person, since in people.get((party, places[party]), ()) if since <= at and person != actor
            }
            if there and not rows[pk][party] and not there & persons[pk]:
                yield order, f"{name} told nobody of the {party}, {len(there)} should know"


#: The order's workshop is still the one that the event was about.
_TELL_THE_MAKER_THERE = frozenset(
    {"start", "receive_part", "deliver", "accept", "claim", "resolve_claim", "receive_remake", "close"}
)


def _people() -> dict[tuple[Party, object], list[tuple[int, object]]]:
    """Party and place → people and since when; active ones."""
    found: dict[tuple[Party, object], list[tuple[int, object]]] = defaultdict(list)
    active = Membership.objects.filter(is_active=True, user__is_active=True, organisation__archived_at=None)
    for person, role, organisation, department, since in active.values_list(
        "user", "role", "organisation", "organisation__department", "created_at"
    ):
        for party, wanted in _ROLES.items():
            if role == wanted:
                place = {Party.BUYER: organisation, Party.PREFECTURE: department, Party.COORDINATOR: ""}[party]
                found[party, place].append((person, since))
    makers = active.filter(role=Role.MAKER, organisation__maker__workshops__isnull=False)
    for person, workshop, since in makers.values_list("user", "organisation__maker__workshops", "created_at"):
        found[Party.MAKER, workshop].append((person, since))
    return found


# Of all together


def _envelopes() -> Iterator[Fault]:
    entries: dict[int, Decimal] = defaultdict(Decimal)
    for envelope, amount in GrantEntry.objects.values_list("envelope", "amount_eur"):
        entries[envelope] += amount
    for envelope in Envelope.objects.select_related("campaign"):
        total = entries.get(envelope.pk, _ZERO)
        if envelope.reserved_eur != total or not 0 <= total <= envelope.amount_eur:
            yield Fault(
                str(envelope), f"{envelope.reserved_eur} € reserved of {envelope.amount_eur} €, entries: {total} €"
            )


def _numbers() -> Iterator[Fault]:
    """Of each series and year, every number up to the last one, once."""
    given: dict[tuple[str, int], list[int]] = defaultdict(list)
    for year, number in Order.objects.filter(number__isnull=False).values_list("year", "number"):
        given["order", year].append(number)
    for kind, year, number in Document.objects.values_list("kind", "year", "number"):
        given[kind, year].append(number)
    for year, number in Piece.objects.values_list("year", "number"):
        given["piece", year].append(number)
    last = {(row.series, row.year): row.last for row in OrderNumber.objects.all()}
    for key in sorted({*given, *last}):
        numbers, most = sorted(given.get(key, [])), last.get(key, 0)
        if numbers != list(range(1, most + 1)):
            missing = sorted({*range(1, most + 1)} - {*numbers})[:5]
            twice = [number for number, times in Counter(numbers).items() if times > 1][:5]
            yield Fault(
                f"{key[0]} {key[1]}", f"{len(numbers)} numbers, the last is {most}; missing {missing}, twice {twice}"
            )


def _doubles() -> Iterator[Fault]:
    for field in ("key", "message_id"):
        twice = OutboxMessage.objects.values(field).annotate(rows=Count("pk")).filter(rows__gt=1).order_by()
        yield from (Fault(row[field], f"{row['rows']} messages of this {field}") for row in twice)


def _outbox(settled: bool) -> Iterator[Fault]:
    """What no worker takes up. A message that failed waits for a coordinator, and is not lost."""
    now, states = timezone.now(), OutboxMessage.State
    open_ones = Q(state__in=[states.WAITING, states.SENDING])
    if not settled:
        late = now - _LATE
        open_ones = Q(state=states.WAITING, due_at__lt=late) | Q(state=states.SENDING, lease_until__lt=late)
    for row in OutboxMessage.objects.filter(open_ones)[:100]:
        yield Fault(row.key, f"is {row.state}, due {row.due_at:%Y-%m-%d %H:%M}, {row.attempts} attempts: {row.fault}")
