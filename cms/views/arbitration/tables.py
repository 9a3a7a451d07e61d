# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The listed intentions as CSV, which streams, and XLSX, for those who go on in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.catalogue import titles
from cms.table_files import Cell, table_response
from cms.views.arbitration.desk import desk_or_404
from cms.views.arbitration.listing import Listing, listing_of
from orders.arbitration.criteria import CRITERIA, parts_of
from orders.models import Order, State
from orders.services.intentions import Row

_HEAD = (
    "intention", "état", "acheteur", "SIRET", "commune de livraison", "code de la commune", "département", "habitants",
    "éligibilité", "classements", "demande", "professionnel", "mis à disposition de", "raisons", "déposée le",
    "souhaitée avant le", "estimation HT, de", "estimation HT, à", "dépense retenue HT", "subvention calculée",
    "subvention accordée", "raison de la décision", "points", *(f"points : {one.label}" for one in CRITERIA),
)  # fmt: skip
_VERDICTS = {"yes": "oui", "partly": "en partie", "unknown": "inconnue", "no": "non"}
#: Orders read at once while a file is written.
_BATCH = 500


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponseBase:
    """``form``: csv (semicolons, decimal comma, as French spreadsheets read it) or xlsx."""
    listing = listing_of(desk_or_404(request), request.GET)
    if listing is None:
        raise Http404("Il n’y a pas encore de campagne.")
    return table_response(form, f"intentions-{listing.campaign.slug}", _HEAD, _cells(listing), places=1)


def _cells(listing: Listing) -> Iterator[list[Cell]]:
    """A row each, in the list's order."""
    models = titles()
    weights = listing.filters.weights
    for start in range(0, len(listing.rows), _BATCH):
        part = listing.rows[start : start + _BATCH]
        orders = (
            Order.objects.select_related("organisation")
            .prefetch_related("lines__lot")
            .defer("judgement")
            .in_bulk([row.pk for row in part])
        )
        for row in part:
            if (order := orders.get(row.pk)) is not None:
                yield _row(row, order, models, weights)


def _row(row: Row, order: Order, models: dict[str, str], weights: dict[str, int]) -> list[Cell]:
    receiver = f"{order.get_receiver_kind_display()} {order.receiver_name}".strip() if order.receiver_kind else ""
    who = f"{order.get_professional_display()} {order.professional_detail}".strip() if order.professional else ""
    return [
        row.reference,
        State(row.state).label,
        row.buyer_name,
        order.organisation.siret,
        row.commune,
        row.insee,
        row.department,
        row.facts.population,
        _VERDICTS.get(row.verdict, row.verdict),
        row.classes.upper(),
        asked_words(order, models),
        who,
        receiver,
        order.reasons,
        timezone.localdate(order.submitted_at) if order.submitted_at else None,
        row.wanted_by,
        order.low_eur,
        row.high_eur,
        order.basis_eur,
        row.expected_eur,
        row.granted_eur,
        order.decision_reason,
        row.points,
        *(part.points for part in parts_of(row.facts, weights)),
    ]


def asked_words(order: Order, models: dict[str, str]) -> str:
    """ "4 × Chariot-établi, 2 × tablettes"."""
    return ", ".join(
        f"{line.quantity} × {models.get(line.design, line.design) if line.is_furniture else line.lot}"
        for line in order.lines.all()
    )
