# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All orders of a maker, of every state, as a list that sorts, narrows and goes into a file."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
from cms.views.making.access import private
from cms.views.making.board import sites_of, what_of
from fablabs.models import Workshop
from orders.models import WITH_MAKER, Order, Piece, State

_STATES = {
    "a-faire": ("à faire", Q(state__in=[State.MAKER_CHOSEN, State.COMMITTED, State.IN_PRODUCTION])),
    "en-route": ("en route", Q(state=State.SHIPPED)),
    "livrees": ("livrées", Q(state__in=[State.DELIVERED, State.ACCEPTED, State.CLOSED])),
} | {state.value: (state.label, Q(state=state)) for state in State if state in WITH_MAKER}


def _filters(sites: list[Workshop]) -> type[ListFilters]:
    """With this maker's sites, where there are several."""
    found: dict[str, Any] = {
        "recherche": words_filter("Acheteur ou commune", "organisation__name", "commune"),
        "etat": choice_filter("État", _STATES),
    }
    if len(sites) > 1:
        found["atelier"] = choice_filter(
            "Atelier", {site.slug: (site.name, Q(workshop=site)) for site in sites}, "tous"
        )
    return type("_Filters", (ListFilters,), found)


_COLUMNS = (
    Column("numero", "Commande", ("year", "number"), lambda row: row.reference, words="commande", largest_first=True),
    Column("objet", "Objet", (), lambda row: what_of(row), words="objet", is_shown=False),
    Column("acheteur", "Acheteur", (Lower("organisation__name"),), lambda row: row.organisation.name, words="acheteur"),
    Column("commune", "Livraison", (Lower("commune"),), lambda row: row.commune, words="livraison à", is_shown=False),
    Column("atelier", "Atelier", (Lower("workshop__name"),), lambda row: row.workshop.name, words="atelier", is_shown=False),
    Column("etat", "État", ("state",), lambda row: State(row.state).label, words="état"),
    Column("exemplaires", "Exemplaires", ("pieces_all",), lambda row: row.pieces_all, words="exemplaires", is_number=True, largest_first=True),
    Column("finis", "Finis", ("pieces_finished",), lambda row: row.pieces_finished, words="finis", is_shown=False, is_number=True),
    Column("date", "Souhaitée", ("wanted_by",), lambda row: row.wanted_by, words="souhaitée avant le"),
    Column("livree", "Livrée", ("delivered_at",), lambda row: row.delivered_at, words="livrée le", largest_first=True),
)  # fmt: skip


@require_safe
def orders(request: HttpRequest) -> HttpResponseBase:
    sites, _ = sites_of(request)
    table = Table(request, _COLUMNS, _orders(sites), usual="-numero", name="fabrication", filters=_filters(sites))
    if (file := table.file()) is not None:
        return file
    context = {
        "title": "Toutes nos commandes",
        "section": "board",
        "table": table,
        "page": table.page,
        "rows": [(order, what_of(order)) for order in table.page],
        "sites": sites if len(sites) > 1 else [],
        "trail": [{"url": reverse("board"), "title": "Mon tableau"}],
    }
    return private(render(request, "cms/making/orders.html", context))


def _orders(sites: list[Workshop]) -> QuerySet[Order]:
    """Those that one of the sites was chosen for, with their pieces counted."""
    found = Order.objects.filter(workshop__in=[site.pk for site in sites], state__in=WITH_MAKER)
    standing = Piece.objects.filter(line__order=OuterRef("pk")).exclude(stage=Piece.Stage.REPLACED)
    finished = standing.filter(stage__in=[Piece.Stage.FINISHED, Piece.Stage.SHIPPED, Piece.Stage.DELIVERED])
    return (
        found.annotate(pieces_all=_count(standing), pieces_finished=_count(finished))
        .select_related("organisation", "workshop")
        .prefetch_related("lines__revision", "lines__lot")
        .defer("judgement", "reasons")
    )


def _count(pieces: QuerySet[Piece]) -> Any:
    counted = pieces.order_by().values("line__order").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)
