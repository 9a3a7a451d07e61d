# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What if: which of the listed intentions an amount would pay, in the order of their points. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.maker_forms.fields import NumberField, RecordForm
from cms.views.arbitration.deciding import SHOWN
from cms.views.arbitration.desk import desk_or_404
from cms.views.arbitration.listing import Listing, listing_of
from orders.arbitration.criteria import most_points
from orders.arbitration.what_if import Outcome, Result, Why, what_if
from orders.services.envelopes import MOST_EUR
from orders.services.intentions import Row, by_points, candidates_of

_WHY = {
    Why.BELOW: "moins de points que le seuil",
    Why.NO_ESTIMATE: "prix inconnu",
    Why.CAP_USED: "plafond de l’acheteur déjà utilisé",
    Why.SHORT: "ne tient plus dans l’enveloppe",
    Why.AFTER: "après la première qui dépasse",
}


class WhatIfForm(RecordForm):
    enveloppe = NumberField(
        label="Montant à répartir",
        unit="€",
        maximum=str(MOST_EUR),
        places=2,
        example="50 000",
        required=False,
        help_text="Vide : ce qui reste dans l’enveloppe.",
    )
    seuil = NumberField(
        label="Points, au moins",
        maximum="600",
        places=1,
        example="40",
        required=False,
        help_text="Vide : pas de seuil.",
    )
    arret = forms.BooleanField(label="S’arrêter à la première qui dépasse", required=False)


@dataclass(frozen=True)
class Line:
    row: Row
    outcome: Outcome
    why: str


@require_safe
def what_if_page(request: HttpRequest) -> HttpResponse:
    return _page(request, "cms/arbitration/what_if.html")


@require_safe
def what_if_result(request: HttpRequest) -> HttpResponse:
    """Only the result, for the script."""
    return _page(request, "cms/arbitration/_what_if.html")


def _page(request: HttpRequest, template: str) -> HttpResponse:
    desk = desk_or_404(request)
    address = _waiting_only(request.GET)
    listing = listing_of(desk, address)
    form = WhatIfForm(request.GET)
    form.is_valid()
    context: dict[str, Any] = {
        "title": "Et si\u202f?",
        "section": "arbitration",
        "desk": desk,
        "listing": listing,
        "form": form,
        "trail": [{"url": f"{reverse('arbitration')}?{_query(address)}", "title": "Arbitrage"}],
    }
    if listing is not None:
        context |= _context(listing, form)
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-store"
    return response


def _context(listing: Listing, form: WhatIfForm) -> dict[str, Any]:
    given = form.cleaned_data
    amount = given.get("enveloppe")
    context: dict[str, Any] = {
        "campaign": listing.campaign,
        "filters": listing.filters,
        "money": listing.money,
        "department": listing.department,
        "query": listing.query,
        "most_points": most_points(listing.filters.weights),
        "kept": [
            (name, value)
            for name, value in listing.filters.data.items()
            if value and not name.startswith("poids_") and name not in ("enveloppe", "seuil", "arret", "page", "tri")
        ],
    }
    if not listing.department:
        return context | {"needs_department": True}
    rows = by_points(row for row in listing.rows if row.is_open)
    result = what_if(
        candidates_of(rows),
        listing.terms,
        listing.money.left_eur if amount is None else amount,
        used=listing.grants.used,
        least_points=float(given.get("seuil") or 0),
        stops=bool(given.get("arret")),
    )
    return context | _shown(rows, result) | {"amount_eur": listing.money.left_eur if amount is None else amount}


def _shown(rows: list[Row], result: Result) -> dict[str, Any]:
    by_key = {row.pk: row for row in rows}
    lines = [Line(by_key[one.candidate.key], one, _WHY.get(one.why, "")) for one in result.outcomes]
    funded = [line for line in lines if line.outcome.why is Why.FUNDED]
    others = [line for line in lines if line.outcome.why is not Why.FUNDED]
    return {
        "result": result,
        "funded": funded[:SHOWN],
        "funded_count": len(funded),
        "more_funded": max(0, len(funded) - SHOWN),
        "others": others[:SHOWN],
        "others_count": len(others),
        "more_others": max(0, len(others) - SHOWN),
        "population": sum({line.row.insee: line.row.facts.population or 0 for line in funded}.values()),
        "funded_ticked": _ticked(funded),
        "others_ticked": _ticked(others),
        "others_eur": sum((line.outcome.granted_eur for line in others), Decimal(0)),
    }


def _ticked(lines: list[Line]) -> str:
    return " ".join(f"{line.row.pk}.{line.row.version}" for line in lines)


def _waiting_only(address: QueryDict) -> QueryDict:
    """The list's address, but its state: what is decided already is no question any more."""
    kept = address.copy()
    if kept.get("etat") not in ("deposees", "examen"):
        kept.pop("etat", None)
    kept["tri"] = "-points"
    return kept


def _query(address: QueryDict) -> str:
    kept = address.copy()
    for name in ("enveloppe", "seuil", "arret", "page"):
        kept.pop(name, None)
    return kept.urlencode()
