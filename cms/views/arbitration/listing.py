# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of intentions: the page, and the part of it that is fetched again as one types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.catalogue import titles
from cms.views.arbitration.desk import Desk, campaigns_of, desk_or_404, usual_campaign
from cms.views.arbitration.filters import STATES, ListFilters
from orders.arbitration.criteria import Part, most_points, parts_of
from orders.arbitration.what_if import Terms
from orders.life import ACTIONS
from orders.life.steps.arbitration import terms_of
from orders.models import Campaign, Order
from orders.services.arbitrating import OF_MANY
from orders.services.intentions import Grants, Money, Row, cost_of, grants_of, matching, money_of, rows_of

A_PAGE = 50
_USUAL_SORT = "-points"
_VERDICT_RANK = {"yes": 0, "partly": 1, "unknown": 2, "no": 3}
#: Address → heading of the column, and what it is sorted by (None comes last, both ways).
SORTS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "numero": ("Intention", lambda row: (row.year, row.number)),
    "eligibilite": ("Éligibilité", lambda row: _VERDICT_RANK.get(row.verdict, 9)),
    "souhaitee": ("Souhaitée", lambda row: row.wanted_by),
    "estimation": ("Estimation HT", lambda row: row.high_eur),
    "subvention": ("Subvention", lambda row: row.expected_eur),
    "points": ("Points", lambda row: row.points),
    "etat": ("État", lambda row: row.state),
    "acheteur": ("Acheteur", lambda row: row.buyer_name.casefold()),
    "commune": ("Commune", lambda row: row.commune.casefold()),
}


@dataclass
class Listing:
    """The intentions that an address asks for, sorted, with what stands above them."""

    desk: Desk
    filters: ListFilters
    campaign: Campaign
    terms: Terms
    grants: Grants
    rows: list[Row]
    money: Money
    sort: str

    @property
    def query(self) -> str:
        """The address's own words, without the page."""
        kept = {name: value for name, value in self.filters.data.items() if value and name != "page"}
        return urlencode(kept)

    @property
    def department(self) -> str:
        """The one département that is looked at; "" where there are several."""
        own = self.desk.departments if not self.desk.is_coordinator else ()
        return str(self.filters.asked("departement") or (own[0] if len(own) == 1 else ""))


@dataclass(frozen=True)
class Line:
    """One row of the page."""

    row: Row
    order: Order
    parts: list[Part]


def listing_of(desk: Desk, address: QueryDict) -> Listing | None:
    """None where there is no campaign yet."""
    campaigns = campaigns_of(desk)
    campaign = next((one for one in campaigns if one.slug == address.get("campagne")), None) or usual_campaign(
        campaigns
    )
    if campaign is None:
        return None
    filters = ListFilters(address, desk, campaigns, campaign, list(titles().items()))
    found = filters.narrow(Order.objects.arbitrated_by(desk.user))
    grants = grants_of(campaign, found.order_by().values("organisation"))
    rows = matching(rows_of(found, campaign, filters.weights, grants), filters.asked("recherche") or "")
    sort = address.get("tri", _USUAL_SORT)
    if sort.removeprefix("-") not in SORTS:
        sort = _USUAL_SORT
    money = money_of(campaign, _departments(desk, filters))
    return Listing(desk, filters, campaign, terms_of(campaign), grants, _sorted(rows, sort), money, sort)


@require_safe
def arbitration(request: HttpRequest) -> HttpResponse:
    desk = desk_or_404(request)
    return _page(request, desk, "cms/arbitration/list.html")


@require_safe
def arbitration_list(request: HttpRequest) -> HttpResponse:
    """Only the list, for the script that puts it in the place of the one that stands there."""
    return _page(request, desk_or_404(request), "cms/arbitration/_list.html")


def _page(request: HttpRequest, desk: Desk, template: str) -> HttpResponse:
    listing = listing_of(desk, request.GET)
    context: dict[str, Any] = {"title": "Arbitrage", "section": "arbitration", "desk": desk, "listing": listing}
    if listing is not None:
        context |= _context(listing, request)
    response = render(request, template, context)
    response["Cache-Control"] = "private, no-store"
    return response


def _context(listing: Listing, request: HttpRequest) -> dict[str, Any]:
    page = Paginator(listing.rows, A_PAGE).get_page(request.GET.get("page"))
    waiting = [row for row in listing.rows if row.is_open]
    cost = cost_of(listing.rows, listing.terms, listing.grants)
    return {
        "filters": listing.filters,
        "campaign": listing.campaign,
        "page": page,
        "lines": lines_of(page, listing.filters.weights),
        "models": titles(),
        "columns": columns(listing.sort),
        "state_label": STATES[listing.filters.asked("etat") or ""][0],
        "money": listing.money,
        "cost_eur": cost,
        "missing_eur": cost - listing.money.left_eur,
        "waiting": len(waiting),
        "most_points": most_points(listing.filters.weights),
        "actions": actions_of(listing.desk),
        "query": listing.query,
        "sort": listing.sort,
        "department": listing.department,
    }


def lines_of(page: Page[Row] | list[Row], weights: dict[str, int]) -> list[Line]:
    """What a page shows of each row, in two queries."""
    rows = list(page)
    orders = (
        Order.objects.with_names()
        .prefetch_related("lines__lot")
        .defer("judgement", "reasons", "campaign__presentation")
        .in_bulk([row.pk for row in rows])
    )
    return [Line(row, orders[row.pk], parts_of(row.facts, weights)) for row in rows if row.pk in orders]


def actions_of(desk: Desk) -> list[tuple[str, str]]:
    """What may be done with several intentions at once: name and label."""
    return [
        (name, ACTIONS[name].label) for name in OF_MANY if desk.departments or "coordinator" in ACTIONS[name].parties
    ]


def columns(sort: str) -> list[dict[str, str]]:
    """Headings with the sort that a click asks for: numbers begin with the largest."""
    found = []
    for name, (label, _) in SORTS.items():
        here = sort.removeprefix("-") == name
        falling = sort.startswith("-")
        largest_first = name in ("points", "estimation", "subvention")
        follows = name if (here and falling) or (not here and not largest_first) else f"-{name}"
        state = ("descending" if falling else "ascending") if here else ""
        found.append({"name": name, "label": label, "follows": follows, "state": state})
    return found


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    key = SORTS[sort.removeprefix("-")][1]
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + unknown


def _departments(desk: Desk, filters: ListFilters) -> list[str] | None:
    if department := filters.asked("departement"):
        return [department]
    return None if desk.is_coordinator else list(desk.departments)
