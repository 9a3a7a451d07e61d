# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A buyer's orders: what waits for its hand first, then the rest, or as the address sorts and narrows them."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import is_coordinator
from cms.tables import Column, ListFilters, Table, WordsField, choice_filter
from cms.views.orders.words import standing
from orders.models import ENDED, Campaign, Order, OrderLine, State
from orders.services.buyers import buying_organisations
from orders.services.waiting import with_facts

_REFERENCE = re.compile(r"(?:c-?)?(?P<year>20[0-9]{2})-(?P<number>[0-9]{1,9})", re.ASCII | re.IGNORECASE)
#: Something waits for the buyer.
_MINE = ~Q(next_buyer="")
#: What the list may be narrowed to: the address's word, the label, the orders.
_STATES: dict[str, tuple[str, Q]] = {
    "a-faire": ("À faire de notre côté", _MINE),
    "en-cours": ("En cours", ~Q(state__in=[*ENDED, State.DRAFT])),
    "brouillons": ("Brouillons", Q(state=State.DRAFT)),
    "terminees": ("Terminées", Q(state__in=ENDED)),
} | {state.value: (state.label.capitalize(), Q(state=state)) for state in State if state != State.DRAFT}


class _TextFilter(django_filters.CharFilter):  # type: ignore[misc]
    """A number finds its order; words find places, buyers and workshops."""

    field_class = WordsField

    def filter(self, rows: QuerySet[Order], text: str) -> QuerySet[Order]:
        if reference := _REFERENCE.fullmatch(text):
            return rows.filter(year=int(reference["year"]), number=int(reference["number"]))
        names = ("commune", "organisation__name", "receiver_name", "workshop__name")
        anywhere = Q()
        for name in names:
            anywhere |= Q(**{f"{name}__icontains": text})
        return rows.filter(anywhere) if text else rows


class _Filters(ListFilters):
    texte = _TextFilter(label="Numéro, commune, acheteur ou atelier")
    etat = choice_filter("État", _STATES, "tous")


def _filters(campaigns: list[tuple[str, str]]) -> type[ListFilters]:
    """With the campaigns that this person sees."""
    choices = {slug: (name, Q(campaign__slug=slug)) for slug, name in campaigns}
    choices["aucune"] = ("Sans campagne", Q(campaign=None))
    return type("_Filters", (_Filters,), {"campagne": choice_filter("Campagne", choices)})


def _lines(order: Order) -> list[str]:
    """ "3 × Chariot-établi" of each line."""
    return [
        f"{line.quantity}\u00a0×\u00a0{line.revision.texts.get('title', line.design) if line.revision else line.lot}"
        for line in order.lines.all()
    ]


_COLUMNS = (
    Column("numero", "Commande", ("year", "number", "created_at"), lambda row: row.reference or "brouillon", words="commande"),
    Column("objet", "Objet", (), lambda row: ", ".join(_lines(row)), words="objet", is_shown=False),
    Column("acheteur", "Acheteur", (Lower("organisation__name"),), lambda row: row.organisation.name, words="acheteur", is_shown=False),
    Column("livraison", "Livraison", (Lower("commune"),), lambda row: row.commune, words="commune de livraison"),
    Column("campagne", "Campagne", (Lower("campaign__name"),), lambda row: row.campaign.name if row.campaign else "", words="campagne", is_shown=False),
    Column("suite", "Où elle en est", ("waits", "-updated_at"), lambda row: State(row.state).label, words="état"),
    Column("creee", "Créée", ("created_at",), lambda row: row.created_at, words="créée le", largest_first=True, is_shown=False),
    Column("date", "Souhaitée", ("wanted_by",), lambda row: row.wanted_by, words="souhaitée avant le"),
    Column("atelier", "Atelier", (Lower("workshop__name"),), lambda row: row.workshop.name if row.workshop else "", words="atelier", is_shown=False),
    Column("bas", "Estimation", (), lambda row: row.low_eur, words="estimation HT, de", is_shown=False),
    Column("haut", "Estimation", (), lambda row: row.high_eur, words="estimation HT, à", is_shown=False),
    Column("prix", "Prix HT", (Coalesce("net_eur", "high_eur"),), lambda row: row.net_eur, words="prix HT", largest_first=True, is_number=True),
)  # fmt: skip


@require_safe
def orders_page(request: HttpRequest) -> HttpResponseBase:
    """All of it is in the address. For a coordinator: everybody's, but drafts."""
    own = buying_organisations(request.user).exists()
    everybody = not own and is_coordinator(request.user)
    rows = (
        Order.objects.visible_to(request.user).exclude(state=State.DRAFT)
        if everybody
        else Order.objects.bought_by(request.user)
    )
    found = _with_all(with_facts(rows.exclude(state=State.DRAFT, archived_at__isnull=False)))
    campaigns = list(Campaign.objects.visible_to(request.user).values_list("slug", "name"))
    table = Table(request, _COLUMNS, found, usual="suite", name="commandes", filters=_filters(campaigns))
    if (file := table.file()) is not None:
        return file
    context: dict[str, Any] = {
        "title": "Les commandes" if everybody else "Mes commandes",
        "section": "orders",
        "rows": [_row(order) for order in table.page],
        "table": table,
        "page": table.page,
        "buys": own,
        "everybody": everybody,
    }
    response = render(request, "cms/orders/orders.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _with_all(rows: Any) -> Any:
    """What the list says of each, and what is done sorted last."""
    waits = Case(
        When(_MINE, then=Value(0)), When(state__in=ENDED, then=Value(2)), default=Value(1), output_field=IntegerField()
    )
    lines = Prefetch("lines", OrderLine.objects.select_related("revision", "lot").order_by("position"))
    return rows.annotate(waits=waits).with_names().defer("judgement", "reasons").prefetch_related(lines)


def _row(order: Order) -> dict[str, Any]:
    words = _lines(order)
    return {
        "order": order,
        "what": words[:3],
        "more": max(0, len(words) - 3),
        "standing": standing(order),
        "mine": bool(order.next_buyer),  # type: ignore[attr-defined]
    }
