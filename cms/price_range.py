# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a model may cost near a commune, and who makes it there: from what workshops said, or nothing at all.

Nothing is kept, and nothing is invented. Machines that were never held against the piece are looked at by workers, and
count from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cms.roads import site_roads
from designs.errors import DesignError
from designs.models import DesignRevision
from fablabs.geography import Commune, UnknownCommuneError
from fabrication.demand import Demand
from fabrication.matching.measuring import Piece
from fabrication.matching.services import OrderRanking, rank_order
from orders.models import OrderLine
from orders.services.booking import committed_units
from orders.services.estimating import IN_REACH, line_estimate

#: Workshops that a page shows; the ranking has all of them.
SHOWN = 12


@dataclass(frozen=True)
class PriceRange:
    """Euros without VAT for one piece, delivery apart. ``workshops``: how many in reach said a price themselves;
    ``source``: French, from what ("d’après 5 estimations d’ateliers et 1 devis"); ``left_out``: French, what estimates do
    not hold."""

    low: Decimal
    high: Decimal
    workshops: int
    source: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class NearbyMaker:
    """A workshop that can make it. ``km``: by road, as far as it is known; ``price``: of one with delivery, None: by quote."""

    slug: str
    name: str
    maker: str
    commune: str
    km: float | None
    price: Decimal | None
    is_demo: bool


@dataclass(frozen=True)
class Nearby:
    """``makers``: the nearest of those that can make it; ``able``: how many there are; ``pending``: how many are looked at
    just now."""

    place: Commune
    price: PriceRange | None
    makers: tuple[NearbyMaker, ...]
    able: int
    pending: int


def near(revision: DesignRevision, values: Mapping[str, Any], commune: Commune, quantity: int = 1) -> PriceRange | None:
    """None where nobody knows. ``values``: cleaned, every one of them."""
    found = nearby(revision, values, commune, quantity)
    return found.price if found else None


def nearby(revision: DesignRevision, values: Mapping[str, Any], commune: Commune, quantity: int = 1) -> Nearby | None:
    """None for a revision that is not drawn any more."""
    today = timezone.localdate()
    try:
        piece = Piece(revision.drawing(), dict(values))
        demand = Demand(
            id="prix", insee=commune.insee, design=revision.design, quantity=quantity, parameters=dict(values)
        )
        ranked = rank_order(piece, demand, today=today, committed=committed_units(), roads=site_roads())
    except (DesignError, UnknownCommuneError):
        return None
    line = OrderLine(design=revision.design, revision=revision, parameters=dict(values), quantity=quantity)
    estimate = line_estimate(line, ranked, today)
    price = None
    if estimate.low is not None and estimate.high is not None:
        telling = [one.price for one in ranked.ranking.able[:IN_REACH] if one.price is not None]
        left_out = tuple(sorted({french for one in telling for _, french in one.left_out}))
        # Prices that makers show, and quotes, come from anywhere.
        source = estimate.source if telling else f"{estimate.source}, dans toute la France"
        price = PriceRange(estimate.low, estimate.high, len(telling), source, left_out)
    return Nearby(commune, price, _makers(ranked), len(ranked.ranking.able), len(ranked.pending))


def _makers(ranked: OrderRanking) -> tuple[NearbyMaker, ...]:
    by_way = sorted(
        ranked.ranking.able, key=lambda one: (one.km is None, one.km or 0.0, one.rank or 0, one.candidate.id)
    )
    found = []
    for one in by_way[:SHOWN]:
        listed = ranked.listed[one.candidate.id]
        price = one.price.eur if one.price else None
        found.append(
            NearbyMaker(
                one.candidate.id, one.candidate.name, listed.maker, listed.commune, one.km, price, listed.is_demo
            )
        )
    return tuple(found)
