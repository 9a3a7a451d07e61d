# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A buyer's orders: what waits for its hand first, then the rest."""

from __future__ import annotations

import re
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Prefetch, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import is_coordinator
from cms.views.orders.words import standing
from orders.models import ENDED, Campaign, Order, OrderLine, State
from orders.services.buyers import buying_organisations
from orders.services.waiting import with_facts

_A_PAGE = 30
_LONGEST_TEXT = 80
_REFERENCE = re.compile(r"(?:c-?)?(?P<year>20[0-9]{2})-(?P<number>[0-9]{1,9})", re.ASCII | re.IGNORECASE)
#: Something waits for the buyer.
_MINE = ~Q(next_buyer="")
#: What the list may be narrowed to: the address's word, the label, the orders.
_FILTERS: dict[str, tuple[str, Q]] = {
    "a-faire": ("À faire de notre côté", _MINE),
    "en-cours": ("En cours", ~Q(state__in=[*ENDED, State.DRAFT])),
    "brouillons": ("Brouillons", Q(state=State.DRAFT)),
    "terminees": ("Terminées", Q(state__in=ENDED)),
} | {state.value: (state.label.capitalize(), Q(state=state)) for state in State if state != State.DRAFT}
_SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Ce qui vous attend d’abord", ("waits", "-updated_at", "-pk")),
    "recentes": ("Les plus récentes d’abord", ("-created_at", "-pk")),
    "anciennes": ("Les plus anciennes d’abord", ("created_at", "pk")),
    "date": ("La date souhaitée d’abord", ("wanted_first", "wanted_by", "-pk")),
    "prix": ("Les plus chères d’abord", ("price_first", "-high_eur", "-pk")),
}


@require_safe
def orders_page(request: HttpRequest) -> HttpResponse:
    """All of the filter is in the address. For a coordinator: everybody's, but drafts."""
    own = buying_organisations(request.user).exists()
    everybody = not own and is_coordinator(request.user)
    rows = (
        Order.objects.visible_to(request.user).exclude(state=State.DRAFT)
        if everybody
        else Order.objects.bought_by(request.user)
    )
    rows = with_facts(rows.exclude(state=State.DRAFT, archived_at__isnull=False))
    asked = {name: _asked(request, name) for name in ("etat", "campagne", "texte", "tri")}
    found = _narrowed(rows, asked)
    order_by = _SORTS.get(asked["tri"], _SORTS[""])[1]
    found = (
        found.annotate(
            waits=Case(When(_MINE, then=Value(0)), When(state__in=ENDED, then=Value(2)), default=Value(1),
                       output_field=IntegerField()),
            wanted_first=Case(When(wanted_by=None, then=Value(1)), default=Value(0), output_field=IntegerField()),
            price_first=Case(When(high_eur=None, then=Value(1)), default=Value(0), output_field=IntegerField()),
        )
        .with_names()
        .defer("judgement", "reasons")
        .prefetch_related(Prefetch("lines", OrderLine.objects.select_related("revision", "lot").order_by("position")))
        .order_by(*order_by)
    )  # fmt: skip
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page", "")[:9])
    context: dict[str, Any] = {
        "title": "Les commandes" if everybody else "Mes commandes",
        "section": "orders",
        "rows": [_row(order) for order in page],
        "page": page,
        "asked": asked,
        "is_narrowed": any(asked[name] for name in ("etat", "campagne", "texte")),
        "states": [(name, label) for name, (label, _) in _FILTERS.items()],
        "sorts": [(name, label) for name, (label, _) in _SORTS.items()],
        "campaigns": list(Campaign.objects.visible_to(request.user).values_list("slug", "name")),
        "buys": own,
        "everybody": everybody,
    }
    response = render(request, "cms/orders/orders.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(request: HttpRequest, name: str) -> str:
    typed = request.GET.get(name, "")[:_LONGEST_TEXT]
    return "".join(c for c in typed if c.isprintable()).strip()


def _narrowed(rows: Any, asked: dict[str, str]) -> Any:
    """What the address says that nobody knows narrows to nothing: no list pretends to be another."""
    if asked["etat"]:
        rows = rows.filter(_FILTERS[asked["etat"]][1]) if asked["etat"] in _FILTERS else rows.none()
    if asked["campagne"] == "aucune":
        rows = rows.filter(campaign=None)
    elif asked["campagne"]:
        rows = rows.filter(campaign__slug=asked["campagne"])
    text = asked["texte"]
    if reference := _REFERENCE.fullmatch(text):
        rows = rows.filter(year=int(reference["year"]), number=int(reference["number"]))
    elif text:
        rows = rows.filter(
            Q(commune__icontains=text)
            | Q(organisation__name__icontains=text)
            | Q(receiver_name__icontains=text)
            | Q(workshop__name__icontains=text)
        )
    return rows


def _row(order: Order) -> dict[str, Any]:
    words = [
        f"{line.quantity}\u00a0×\u00a0{line.revision.texts.get('title', line.design) if line.revision else line.lot}"
        for line in order.lines.all()
    ]
    now = standing(order)
    return {
        "order": order,
        "what": words[:3],
        "more": max(0, len(words) - 3),
        "standing": now,
        "mine": bool(order.next_buyer),  # type: ignore[attr-defined]
    }
