# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of quotes: a person's own, and the dear ones that wait for the coordination's word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.http import HttpRequest

from accounts.models import is_coordinator
from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
from fabrication.models import Quote

_WITHOUT_TOTAL = (Quote.State.REFUSED, Quote.State.COMPUTING)
_STATES: dict[str, tuple[str, Q]] = {state.value: (str(state.label), Q(state=state)) for state in Quote.State}
_STATES["incomplets"] = ("sans total", Q(net_eur=None) & ~Q(state__in=_WITHOUT_TOTAL))


class QuoteFilters(ListFilters):
    recherche = words_filter(
        "Modèle, atelier, commune, acheteur", "design", "workshop__name", "commune", "organisation__name"
    )
    etat = choice_filter("État", _STATES, "tous")


def _title(quote: Quote) -> str:
    return str(quote.job.revision.texts.get("title", quote.design))


def _is_hidden(quote: Quote) -> bool:
    """From whoever asked for the file; the query says whose it is."""
    return quote.hidden_at is not None and not quote.is_seen_whole  # type: ignore[attr-defined]


_COLUMNS = (
    Column("modele", "Commande", (Lower("design"), "quantity"), _title, words="modèle"),
    Column("quantite", "Quantité", ("quantity",), lambda quote: quote.quantity, is_shown=False),
    Column("commune", "Commune", (Lower("commune"),), lambda quote: quote.commune, words="livraison à", is_shown=False),
    Column("atelier", "Atelier", (Lower("workshop__name"),), lambda quote: quote.workshop.name, words="atelier"),
    Column("demande", "Demandé", ("asked_at",), lambda quote: quote.asked_at, words="demandé le", largest_first=True),
    Column(
        "etat", "État", ("state",), words="état",
        cell=lambda quote: "retiré par la coordination" if _is_hidden(quote) else quote.get_state_display(),
    ),
    Column("numero", "Numéro", (), lambda quote: quote.reference or "", words="numéro", is_shown=False),
    Column("validite", "Valable jusqu’au", ("valid_until",), lambda quote: quote.valid_until, is_shown=False),
    Column("total", "Total HT", ("shown_eur",), lambda quote: quote.shown_eur, words="total HT (€)", largest_first=True, is_number=True),
)  # fmt: skip


def quotes_table(request: HttpRequest) -> Table:
    """Those that this person asked for, or is to make; all of them for a coordinator."""
    coordinates = is_coordinator(request.user)
    made = Quote.objects.made_by(request.user).filter(pk=OuterRef("pk"))
    found: QuerySet[Any] = Quote.objects.visible_to(request.user).with_names()
    found = found.annotate(is_seen_whole=Value(True) if coordinates else Exists(made))
    # What is hidden has no price here, not even by its place in the list.
    has_total = ~Q(state__in=_WITHOUT_TOTAL)
    if not coordinates:
        has_total &= Q(hidden_at=None) | Q(is_seen_whole=True)
    found = found.annotate(shown_eur=Case(When(has_total, then=F("net_eur")), default=None))
    found = found.defer("figures", "terms", "comparison", "parties")
    return Table(request, _COLUMNS, found, usual="-demande", name="devis", filters=QuoteFilters)


class FlaggedFilters(ListFilters):
    recherche = words_filter("Modèle ou atelier", "design", "workshop__name", "workshop__commune")


_FLAGGED = (
    Column("modele", "Devis", (Lower("design"), "quantity"), _title, words="modèle"),
    Column("quantite", "Quantité", ("quantity",), lambda quote: quote.quantity, is_shown=False),
    Column("atelier", "Atelier", (Lower("workshop__name"),), lambda quote: quote.workshop.name),
    Column(
        "signale", "Signalé", ("flagged_at",), lambda quote: quote.flagged_at, words="signalé le", largest_first=True
    ),
    Column(
        "prix", "L’exemplaire HT", ("piece_eur",), lambda quote: quote.piece_eur, largest_first=True, is_number=True
    ),
    Column("mediane", "Médiane", (), lambda quote: _median(quote), is_number=True),
)


def _median(quote: Quote) -> Decimal | None:
    value = (quote.comparison or {}).get("median_eur")
    return None if value is None else Decimal(str(value))


def flagged_table(request: HttpRequest) -> Table:
    found: QuerySet[Any] = Quote.objects.to_watch().with_names().defer("figures", "terms", "parties")
    return Table(request, _FLAGGED, found, usual="-signale", name="prix-a-examiner", filters=FlaggedFilters)
