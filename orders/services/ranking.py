# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshops for a whole order: each of its lines ranked, those that make all of them first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from fablabs.geography import Roads
from fabrication.demand import Demand
from fabrication.matching.measuring import Piece
from fabrication.matching.ranking import Ranked
from fabrication.matching.services import OrderRanking, rank_order
from orders.models import Order, OrderLine
from orders.services.booking import committed_units, history_of


@dataclass(frozen=True)
class LineRanking:
    """A line of the order and its ranking."""

    line: OrderLine
    ranked: OrderRanking


@dataclass(frozen=True)
class RankedWorkshop:
    """A workshop over all lines. ``rank`` None: it can't make all of them, ``obstacles`` (French) say which and why.

    ``score``: mean of its lines' points by their quantity; ``price_eur``: of the whole order, None where a line has none;
    ``earlier``: orders of this buyer that it already had."""

    slug: str
    name: str
    maker: str
    kind: str
    commune: str
    is_demo: bool
    rank: int | None
    score: float | None
    km: float | None
    price_eur: Decimal | None
    obstacles: tuple[str, ...]
    earlier: int
    lines: tuple[tuple[OrderLine, Ranked], ...]

    def as_data(self) -> dict[str, Any]:
        """For the record of a choice."""
        return {
            "workshop": self.slug,
            "name": self.name,
            "rank": self.rank,
            "score": None if self.score is None else round(self.score, 2),
            "km": None if self.km is None else round(self.km, 1),
            "price_eur": None if self.price_eur is None else str(self.price_eur),
            "earlier": self.earlier,
            "obstacles": list(self.obstacles),
            "terms": {
                str(line.position): {term.name: [term.points, term.weight] for term in ranked.terms}
                for line, ranked in self.lines
                if ranked.rank is not None
            },
        }


@dataclass(frozen=True)
class WholeRanking:
    """``able`` best first, ``unable`` nearest first; ``pending``: slugs of workshops whose machines are still looked at."""

    able: tuple[RankedWorkshop, ...]
    unable: tuple[RankedWorkshop, ...]
    pending: tuple[str, ...]
    lines: tuple[LineRanking, ...]
    history: Mapping[str, int]
    today: date

    def of(self, slug: str) -> RankedWorkshop | None:
        return next((one for one in (*self.able, *self.unable) if one.slug == slug), None)


def rank_whole(order: Order, *, today: date, roads: Roads | None = None) -> WholeRanking:
    """Of the order's furniture; queries grow with its lines, not with the workshops. Raises UnknownCommuneError for an order
    without a delivery place, ValueError for one without furniture."""
    history, committed = history_of(order.organisation), committed_units()
    lines = tuple(
        LineRanking(
            line,
            rank_order(
                Piece(line.revision.drawing(), line.parameters),
                demand_of(order, line),
                today=today,
                history=history,
                committed=committed,
                roads=roads,
            ),
        )
        for line in order.lines.filter(lot=None).select_related("revision")
    )
    if not lines:
        raise ValueError(f"order {order.pk} has no furniture")
    pending = sorted({listed.candidate.id for one in lines for listed, _ in one.ranked.pending})
    by_line = [
        {found.candidate.id: found for found in (*one.ranked.ranking.able, *one.ranked.ranking.unable)} for one in lines
    ]
    whole = [
        _workshop(slug, lines, [found[slug] for found in by_line], history)
        for slug in by_line[0]
        if slug not in pending and all(slug in found for found in by_line)
    ]
    able = sorted(
        (one for one in whole if one.score is not None), key=lambda one: (-(one.score or 0), one.km or 0, one.slug)
    )
    unable = sorted(
        (one for one in whole if one.score is None), key=lambda one: (one.km is None, one.km or 0, one.slug)
    )
    return WholeRanking(
        tuple(replace(one, rank=number) for number, one in enumerate(able, start=1)),
        tuple(unable),
        tuple(pending),
        lines,
        history,
        today,
    )


def demand_of(order: Order, line: OrderLine) -> Demand:
    """The line as matching and assignment see it."""
    return Demand(
        id=f"{order.reference or order.public_id}/{line.position}",
        insee=order.insee,
        design=line.design,
        quantity=line.quantity,
        deadline=order.wanted_by,
        parameters=line.parameters,
        material=line.material,
        finish=line.finish,
        buyer=str(order.organisation_id),
    )


def _workshop(
    slug: str, lines: tuple[LineRanking, ...], found: list[Ranked], history: Mapping[str, int]
) -> RankedWorkshop:
    listed = lines[0].ranked.listed[slug]
    pieces = sum(one.line.quantity for one in lines)
    able = all(ranked.rank is not None for ranked in found)
    prices = [ranked.price.eur if ranked.price else None for ranked in found]
    several = len(lines) > 1
    return RankedWorkshop(
        slug=slug,
        name=listed.candidate.name,
        maker=listed.maker,
        kind=listed.kind,
        commune=listed.commune,
        is_demo=listed.is_demo,
        rank=None,
        score=sum((ranked.score or 0) * one.line.quantity for one, ranked in zip(lines, found, strict=True)) / pieces
        if able
        else None,
        km=found[0].km,
        price_eur=sum((price for price in prices if price is not None), Decimal(0)) if None not in prices else None,
        obstacles=tuple(
            f"{one.line.design}\N{NO-BREAK SPACE}: {obstacle.french}" if several else obstacle.french
            for one, ranked in zip(lines, found, strict=True)
            for obstacle in ranked.obstacles
        ),
        earlier=history.get(slug, 0),
        lines=tuple((one.line, ranked) for one, ranked in zip(lines, found, strict=True)),
    )
