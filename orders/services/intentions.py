# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The intentions of a campaign as an arbitration's list reads them: plain rows, a constant number of queries, points and
subsidies worked out here, so that any column sorts and any weight counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import TextField
from django.db.models.functions import Cast

from fablabs.geography import UnknownCommuneError, commune
from fablabs.geography.search import fold
from fablabs.models import Workshop
from orders.arbitration.criteria import Facts, points_of
from orders.arbitration.nearest import Nearest
from orders.arbitration.what_if import Candidate, Terms, what_if
from orders.life.steps.arbitration import terms_of
from orders.models import TO_ARBITRATE, Campaign, Envelope, Order, State

if TYPE_CHECKING:
    from datetime import date

    from orders.models.order import OrderQuerySet

_NOTHING = Decimal(0)
_GIVEN_UP = (State.WITHDRAWN, State.CANCELLED)
#: Decimals are read as text and kept: the database's own conversion takes longer than all else of a row.
_EUROS = ("high_eur", "granted_eur")
_NAMES = (
    "pk", "version", "state", "year", "number", "verdict", "classes", "insee", "commune", "department",
    "organisation_id", "organisation__name", "wanted_by", "high_eur_text", "granted_eur_text",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """An intention. Euros without VAT; ``expected_eur`` is what was granted, or would be for its high estimate: None where
    no estimate is known, or nothing will be granted any more."""

    pk: int
    version: int
    state: str
    year: int
    number: int
    verdict: str
    classes: str
    insee: str
    commune: str
    department: str
    buyer: int
    buyer_name: str
    wanted_by: date | None
    high_eur: Decimal | None
    granted_eur: Decimal | None
    facts: Facts
    points: float = 0.0
    expected_eur: Decimal | None = None

    @property
    def is_open(self) -> bool:
        return self.state in TO_ARBITRATE

    @property
    def reference(self) -> str:
        return f"C-{self.year}-{self.number:05}"


@dataclass(frozen=True)
class Money:
    """Of the envelopes that are looked at; all nothing where none is open."""

    envelopes: int
    amount_eur: Decimal
    reserved_eur: Decimal

    @property
    def left_eur(self) -> Decimal:
        return self.amount_eur - self.reserved_eur


@dataclass(frozen=True)
class Grants:
    """Who holds grants already: ``orders`` buyer → orders; ``used`` buyer → expense of this campaign that counted."""

    orders: Mapping[int, frozenset[int]]
    used: Mapping[int, Decimal]


def rows_of(found: OrderQuerySet, campaign: Campaign, weights: Mapping[str, int], grants: Grants) -> list[Row]:
    """The intentions of a query over one campaign, by their number, with points and subsidies; two queries."""
    nearest, terms = _nearest(), terms_of(campaign)
    values = found.annotate(**{f"{name}_text": Cast(name, TextField()) for name in _EUROS}).order_by("year", "number")
    rows = []
    for given in values.values_list(*_NAMES):
        *plain, high, granted = given
        pk, verdict, classes, insee, buyer = given[0], given[5], given[6], given[7], given[10]
        others = grants.orders.get(buyer, frozenset())
        facts = Facts(verdict, classes, _population(insee), not others - {pk}, nearest.km(insee))
        row = Row(*plain, _decimal(high), _decimal(granted), facts)
        row.points = points_of(facts, weights)
        if row.state in _GIVEN_UP:
            row.granted_eur = None  # it went back into the envelope
        row.expected_eur = row.granted_eur
        if row.granted_eur is None and row.high_eur is not None and row.state not in _GIVEN_UP:
            row.expected_eur = terms.subsidy(row.high_eur, grants.used.get(buyer, _NOTHING)).granted_eur
        rows.append(row)
    return rows


def matching(rows: Iterable[Row], words: str) -> list[Row]:
    """Those of whose commune, buyer's name or number some word begins with each of these, with or without accents; a whole
    reference finds its own alone."""
    folded = fold(words)
    wanted = [f" {word}" for word in folded.split()]
    if not wanted:
        return list(rows)
    return [row for row in rows if all(word in _folded(row) for word in wanted) or folded == _fold(row.reference)]


def grants_of(campaign: Campaign, buyers: Any) -> Grants:
    """Of these buyers (a query of organisations' keys), in all campaigns; one query."""
    orders: dict[int, set[int]] = defaultdict(set)
    used: dict[int, Decimal] = defaultdict(Decimal)
    held = Order.objects.holding_a_grant().filter(organisation__in=buyers)
    for pk, buyer, where, basis in held.values_list("pk", "organisation_id", "campaign_id", "basis_eur").order_by("pk"):
        orders[buyer].add(pk)
        if where == campaign.pk:
            used[buyer] += basis or _NOTHING
    return Grants({buyer: frozenset(held) for buyer, held in orders.items()}, dict(used))


def money_of(campaign: Campaign, departments: Iterable[str] | None) -> Money:
    """None: of all départements."""
    found = Envelope.objects.filter(campaign=campaign)
    if departments is not None:
        found = found.filter(department__in=list(departments))
    envelopes = list(found)
    return Money(
        len(envelopes),
        sum((one.amount_eur for one in envelopes), _NOTHING),
        sum((one.reserved_eur for one in envelopes), _NOTHING),
    )


def candidates_of(rows: Iterable[Row]) -> list[Candidate]:
    """The intentions that wait for a decision, in the same order."""
    return [
        Candidate(row.pk, row.points, row.high_eur, row.buyer, row.insee or row.commune) for row in rows if row.is_open
    ]


def by_points(rows: Iterable[Row]) -> list[Row]:
    """Most points first; among equals who came first."""
    return sorted(rows, key=lambda row: (-row.points, row.year, row.number))


def cost_of(rows: Sequence[Row], terms: Terms, grants: Grants) -> Decimal:
    """What funding all that wait would take, the cap of each buyer used once."""
    return what_if(candidates_of(rows), terms, None, used=grants.used).spent_eur


def facts_of(order: Order) -> Facts:
    """Of one order, for its own page."""
    held = Order.objects.holding_a_grant().filter(organisation=order.organisation_id).exclude(pk=order.pk)
    return Facts(order.verdict, order.classes, _population(order.insee), not held.exists(), _nearest().km(order.insee))


def _nearest() -> Nearest:
    """Of the workshops that take orders now. What was worked out is kept as long as they are in the same communes."""
    places = Workshop.objects.open_to_orders().order_by().values_list("insee", flat=True).distinct()
    return _nearest_of(frozenset(places))


@lru_cache(maxsize=4)
def _nearest_of(places: frozenset[str]) -> Nearest:
    return Nearest(places)


@lru_cache(maxsize=40_000)
def _population(insee: str) -> int | None:
    try:
        return commune(insee).population
    except UnknownCommuneError:
        return None


@lru_cache(maxsize=20_000)
def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@lru_cache(maxsize=20_000)
def _fold(text: str) -> str:
    return fold(text)


def _folded(row: Row) -> str:
    return f" {_fold(row.commune)} {_fold(row.buyer_name)} {row.number} {row.number:05}"
