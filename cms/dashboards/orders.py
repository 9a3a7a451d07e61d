# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Orders of a dashboard: those that wait for this party, the longest wait first, and those that others have in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from cms.dashboards.parts import Elsewhere, Task, waited
from cms.views.orders.places import place_of
from cms.views.orders.words import prefecture_words, standing
from designs.typography import SPACE
from fabrication.models import Quote
from orders.life import ACTIONS, Party
from orders.models import ENDED, Order, OrderLine, RequestedQuote, State
from orders.models.order import OrderQuerySet
from orders.services.pieces import title_of
from orders.services.waiting import turn_of, with_facts

#: Rows that are shown; the others are counted.
MOST, MOST_ELSEWHERE = 8, 5
#: Actions whose word on the button is not the table's.
_LABELS = {
    "submit": "Continuer ce brouillon",
    "amend": "Répondre",
    "review": "Décider",
    "fund": "Décider",
    "prepare": "Préparer les fichiers",
    "ask_quote": "Choisir un atelier",
    "choose_maker": "Comparer les devis",
}
#: Until when the buyer may hand in, the préfecture decides, a quote holds, the maker has time.
_BY: dict[str, Any] = {
    "submit": lambda order: order.campaign and order.campaign.closes_on,
    "review": lambda order: order.campaign and order.campaign.decides_on,
    "fund": lambda order: order.campaign and order.campaign.decides_on,
    "choose_maker": lambda order: order.valid_until,
    **dict.fromkeys(("start", "prepare", "progress", "ship"), lambda order: order.wanted_by),
}


@dataclass(frozen=True)
class Waiting:
    """``counts``: by action, of all that waits for the party; ``oldest``: since when, by action."""

    tasks: list[Task]
    others: list[Elsewhere]
    counts: Counter[str]
    oldest: dict[str, datetime]
    elsewhere: int

    @property
    def count(self) -> int:
        return sum(self.counts.values())


def waiting(rows: OrderQuerySet, party: Party, *, apart: Iterable[str] = ()) -> Waiting:
    """Five queries. ``apart``: actions that the dashboard says in one line of its own; they are counted, not listed."""
    name = f"next_{party.value}"
    open_ones = with_facts(rows.exclude(state=State.DRAFT, archived_at__isnull=False)).filter(
        ~Q(state__in=ENDED) | ~Q(**{name: ""}) | Q(payment_asked=True)
    )
    mine: list[tuple[datetime, int]] = []
    elsewhere: list[tuple[datetime, int]] = []
    counts: Counter[str] = Counter()
    oldest: dict[str, datetime] = {}
    for pk, action, since in open_ones.order_by("since", "pk").values_list("pk", name, "since"):
        if not action:
            elsewhere.append((since, pk))
            continue
        counts[action] += 1
        oldest.setdefault(action, since)
        if action not in apart:
            mine.append((since, pk))
    shown = [pk for _, pk in mine[:MOST]]
    others = [pk for _, pk in elsewhere[:MOST_ELSEWHERE]]
    found = _read([*shown, *others])
    return Waiting(
        [_task(found[pk], party) for pk in shown if pk in found],
        [_elsewhere(found[pk], party) for pk in others if pk in found],
        counts,
        oldest,
        len(elsewhere),
    )


def _read(keys: list[int]) -> dict[int, Any]:
    lines = OrderLine.objects.select_related("revision", "lot").order_by("position")
    valid = RequestedQuote.objects.filter(
        request__order=OuterRef("pk"),
        request__withdrawn_at=None,
        quote__state=Quote.State.ISSUED,
        quote__hidden_at=None,
        quote__valid_until__gte=timezone.localdate(),
    ).order_by("quote__valid_until")
    rows = with_facts(Order.objects.filter(pk__in=keys)).with_names().defer("judgement", "reasons")
    rows = rows.annotate(valid_until=Subquery(valid.values("quote__valid_until")[:1]))
    return {order.pk: order for order in rows.prefetch_related(Prefetch("lines", lines))}


def _task(order: Any, party: Party) -> Task:
    action = ACTIONS[getattr(order, f"next_{party.value}")]
    by = _BY.get(action.name, lambda _: None)(order)
    url = place_of(order, action)
    if url.startswith("#"):
        url = reverse("order", args=[order.public_id]) + url
    now = standing(order)
    return Task(
        title=what(order) or "Commande sans meuble",
        action=_LABELS.get(action.name, action.label),
        url=url or reverse("order", args=[order.public_id]),
        detail=f"{_whose(order, party)}{now.sentence}",
        since=order.since,
        by=by if isinstance(by, date) else None,
        name=order.reference or "brouillon",
    )


def _elsewhere(order: Any, party: Party) -> Elsewhere:
    turn = turn_of(order)
    if turn is None:
        who = "des ateliers interrogés" if order.answer_waits else ""
    else:
        who = {
            Party.BUYER: "de l’acheteur",
            Party.PREFECTURE: f"de {prefecture_words(order)}",
            Party.MAKER: f"de l’atelier {order.workshop.name}" if order.workshop else "de l’atelier",
        }[turn]
    words = (
        f"En attente {who} {waited(order.since)}" if who else f"Depuis {waited(order.since).removeprefix('depuis ')}"
    )
    return Elsewhere(
        what(order) or "Commande",
        reverse("order", args=[order.public_id]),
        words.strip(),
        f"{_whose(order, party)}{standing(order).sentence}",
    )


def _whose(order: Any, party: Party) -> str:
    """The number, and for who is not the buyer the buyer: "C-2026-00042, Commune de Vézac. "."""
    who = [order.reference] if order.reference else []
    if party is not Party.BUYER:
        who.append(order.organisation.name)
    return f"{', '.join(who)}. " if who else ""


def what(order: Any) -> str:
    """ "3 × Chariot-établi, 1 × Maisonnette et 2 autres lignes"."""
    lines = list(order.lines.all())
    words = [f"{line.quantity}{SPACE}×{SPACE}{title_of(line) if line.is_furniture else line.lot}" for line in lines[:3]]
    more = len(lines) - len(words)
    return ", ".join(words) + (
        f" et {more} autre{'s' if more > 1 else ''} ligne{'s' if more > 1 else ''}" if more else ""
    )
