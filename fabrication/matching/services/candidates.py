# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site's workshops as matching sees them, in a constant number of queries and without a model's instance each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, TextField
from django.db.models.functions import Cast

from fablabs.geography import UnknownCommuneError, commune
from fablabs.models import ClosedWeek, CuttingMachine, Evidence, Maker, Offer, StockItem, Workshop
from fabrication.matching.candidate import Candidate, Offered
from fabrication.matching.profiles import Profiled, profiled

#: Read as text and kept: the database's own conversion of a decimal takes longer than all else of a row.
_DECIMALS = ("units_per_week", "machine_hour_eur", "hand_hour_eur", "delivery_km_eur", "minimum_eur", "maker__vat_rate")
_NAMES = (
    "id", "slug", "maker_id", "name", "insee", "commune", "state", "radius_km", "lead_days", "is_demo", "maker__kind",
    "maker__organisation__name", "served", "finished", *(f"{name}_text" for name in _DECIMALS),
)  # fmt: skip
_KINDS = dict(Maker.Kind.choices)


@dataclass(frozen=True)
class Listed:
    """A workshop that is listed: its candidate (the id is the slug), what stands there, how people know it."""

    candidate: Candidate
    pairs: tuple[Profiled, ...]  # one for each of the candidate's stations
    maker: str
    kind: str
    commune: str
    is_demo: bool


#: Slug → what a workshop was made from the last time, and the workshop: nearly all are the same from page to page.
_made: dict[str, tuple[tuple[Any, ...], Listed]] = {}


def candidates(design: str, today: date, committed: Mapping[str, Decimal] | None = None) -> list[Listed]:
    """Every workshop that is open or paused, by its slug; six queries. ``committed``: pieces of orders not yet made, by
    slug. A workshop whose commune nobody knows is left out: there is no distance to it."""
    global _made
    rows = list(
        Workshop.objects.filter(
            state__in=[Workshop.State.OPEN, Workshop.State.PAUSED],
            maker__archived_at=None,
            maker__organisation__archived_at=None,
        )
        .order_by("slug")
        .annotate(
            served=Cast("departments", TextField()),
            finished=Cast("finishes", TextField()),
            **{f"{name}_text": Cast(name, TextField()) for name in _DECIMALS},
        )
        .values_list(*_NAMES)
    )
    equipment, offers, criteria, closed = _equipment(), _offers(design), _criteria(today), _closed(today)
    booked = committed or {}
    found = []
    kept: dict[str, tuple[tuple[Any, ...], Listed]] = {}
    for row in rows:
        number, slug, maker = row[:3]
        facts = (
            row,
            equipment.get(number, ()),
            offers.get(maker),
            criteria.get(maker, {}),
            closed.get(number, frozenset()),
            booked.get(slug, Decimal(0)),
        )
        before = _made.get(slug)
        listed = before[1] if before is not None and before[0] == facts else _listed(*facts)
        if listed is not None:
            kept[slug] = facts, listed
            found.append(listed)
    _made = kept
    return found


def _listed(
    values: tuple[Any, ...],
    pairs: tuple[Profiled, ...],
    offers: dict[str, Offered] | None,
    criteria: dict[str, int],
    closed: frozenset[date],
    booked: Decimal,
) -> Listed | None:
    row = dict(zip(_NAMES, values, strict=True))
    place = _place(row)
    if place is None:
        return None
    insee, latitude, longitude = place
    candidate = Candidate(
        id=row["slug"],
        name=row["name"],
        insee=insee,
        latitude=latitude,
        longitude=longitude,
        stations=tuple(pair.station for pair in pairs),
        units_per_week=_decimal(row["units_per_week_text"]),
        lead_days=row["lead_days"],
        machine_hour_eur=_decimal(row["machine_hour_eur_text"]),
        hand_hour_eur=_decimal(row["hand_hour_eur_text"]),
        delivery_km_eur=_decimal(row["delivery_km_eur_text"]),
        minimum_eur=_decimal(row["minimum_eur_text"]),
        vat_rate=_decimal(row["maker__vat_rate_text"]),
        radius_km=row["radius_km"],
        departments=_texts(row["served"]),
        offers=offers,
        finishes=_texts(row["finished"]),
        closed_weeks=closed,
        criteria=criteria,
        is_open=row["state"] == Workshop.State.OPEN,
        committed_units=booked,
    )
    kind = _KINDS.get(row["maker__kind"], "")
    return Listed(candidate, pairs, row["maker__organisation__name"], kind, row["commune"], row["is_demo"])


@lru_cache(maxsize=20_000)
def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@lru_cache(maxsize=5_000)
def _texts(data: str) -> frozenset[str]:
    """A list of texts as JSON: nearly all workshops have one of a few."""
    return frozenset(map(str, json.loads(data)))


def profiles_in_use() -> dict[str, Profiled]:
    """Every kind of machine with a stock in the workshops that are open or paused, by profile; two queries."""
    return {pair.profile: pair for pairs in _equipment().values() for pair in pairs}


def _place(row: Mapping[str, Any]) -> tuple[str, float, float] | None:
    try:
        known = commune(row["insee"])
    except UnknownCommuneError:
        return None
    return known.insee, known.latitude, known.longitude


def _equipment() -> dict[int, tuple[Profiled, ...]]:
    """By workshop: each machine in use with each stock in use, those that go together, first ones first."""
    of_open = Q(is_active=True, workshop__state__in=[Workshop.State.OPEN, Workshop.State.PAUSED])
    text = Cast("settings", TextField())
    machines: dict[int, list[str]] = defaultdict(list)
    for workshop, settings in CuttingMachine.objects.filter(of_open).order_by("id").values_list("workshop_id", text):
        machines[workshop].append(settings)
    stock: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for workshop, settings, origin in (
        StockItem.objects.filter(of_open).order_by("id").values_list("workshop_id", text, "origin")
    ):
        stock[workshop].append((settings, origin))
    return {workshop: tuple(_pairs(settings, stock.get(workshop, ()))) for workshop, settings in machines.items()}


def _pairs(machines: Iterable[str], stock: Iterable[tuple[str, str]]) -> Iterable[Profiled]:
    items = list(stock)
    for machine in machines:
        for item, origin in items:
            found = profiled(machine, item, origin)
            if found is not None:
                yield found


def _offers(design: str) -> dict[int, dict[str, Offered]]:
    """By maker. A maker that lists models and not this one has an empty list: it does not offer it."""
    found: dict[int, dict[str, Offered]] = defaultdict(dict)
    rows = Offer.objects.values_list("maker_id", "design", "smallest_quantity", "largest_quantity", "price_eur")
    for maker, offered, smallest, largest, price in rows:
        of_maker = found[maker]
        if offered == design:
            of_maker[offered] = Offered(smallest, largest, price)
    return found


def _criteria(today: date) -> dict[int, dict[str, int]]:
    """By maker: how many facts in force it shows for each criterion."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        Evidence.objects.filter(Q(valid_until=None) | Q(valid_until__gte=today), dated__lte=today)
        .order_by()
        .values_list("maker_id", "criterion")
        .annotate(count=Count("id"))
    )
    for maker, criterion, count in rows:
        found[maker][criterion] = count
    return found


def _closed(today: date) -> dict[int, frozenset[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    rows = ClosedWeek.objects.filter(monday__gt=_week_before(today)).order_by().values_list("workshop_id", "monday")
    for workshop, monday in rows:
        found[workshop].add(monday)
    return {workshop: frozenset(mondays) for workshop, mondays in found.items()}


def _week_before(today: date) -> date:
    """A week that began later than this has a day to come, or is today's."""
    from datetime import timedelta

    return today - timedelta(days=7)
