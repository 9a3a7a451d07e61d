# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshops for a whole order: each of its lines ranked, those that make all of them first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from designs.typography import SPACE
from fablabs.geography import Roads
from fabrication.demand import Demand
from fabrication.matching.feasible import earliest, time_obstacles
from fabrication.matching.measuring import Piece
from fabrication.matching.obstacle import Code, Obstacle
from fabrication.matching.ranking import Ranked
from fabrication.matching.scoring import Term
from fabrication.matching.services import OrderRanking, rank_order
from orders.models import Order, OrderLine
from orders.services.booking import committed_units, history_of


@dataclass(frozen=True)
class LineRanking:
    """A line of the order and its ranking."""

    line: OrderLine
    ranked: OrderRanking


#: What a word with the workshop may take away: it lies within its machines and its time, not within its terms.
BY_AGREEMENT = frozenset({Code.TERRITORY, Code.OFFER})
_DELIVERY = "livraison"


@dataclass(frozen=True)
class Missing:
    """What is in the way of a workshop, in French: of which lines ("" of all), and what would take it away ("" nothing)."""

    code: Code
    lines: str
    reason: str
    lacking: str

    @property
    def french(self) -> str:
        return f"{self.lines}{SPACE}: {self.reason}" if self.lines else self.reason


@dataclass(frozen=True)
class RankedWorkshop:
    """A workshop over all lines. ``rank`` None: it can't make all of them, ``missing`` says why, and ``remedies`` (French)
    in which sizes it could.

    ``score``: mean of its lines' points by their quantity; ``price_eur``: of the whole order with one delivery, None where
    a line has none; ``ready``: first day by which all of it can be there, as far as it is known; ``earlier``: orders of
    this buyer that it already had."""

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
    ready: date | None
    missing: tuple[Missing, ...]
    remedies: tuple[str, ...]
    earlier: int
    lines: tuple[tuple[OrderLine, Ranked], ...]

    @property
    def obstacles(self) -> tuple[str, ...]:
        return tuple(one.french for one in self.missing)

    @property
    def lacks_only_an_agreement(self) -> bool:
        """Its machines would make all of it: nothing but its own terms is in the way."""
        return bool(self.missing) and all(one.code in BY_AGREEMENT for one in self.missing)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Each criterion's share over all lines, by their quantity; none for one that can't make them."""
        if self.score is None:
            return ()
        pieces = sum(line.quantity for line, _ in self.lines)
        return tuple(
            Term(
                own[0].name,
                sum(term.share * line.quantity for term, (line, _) in zip(own, self.lines, strict=True)) / pieces,
                own[0].weight,
                all(term.known for term in own),
            )
            for own in zip(*(ranked.terms for _, ranked in self.lines), strict=True)
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """French: what the estimate does not hold."""
        return tuple(dict.fromkeys(french for _, one in self.lines if one.price for _, french in one.price.left_out))

    @property
    def unknown(self) -> tuple[str, ...]:
        """French: what nobody knows of it, and should be asked."""
        return tuple(dict.fromkeys(french for _, one in self.lines for _, french in one.judgement.unknown))

    def as_data(self) -> dict[str, Any]:
        """For the record of a choice."""
        return {
            "workshop": self.slug,
            "name": self.name,
            "maker": self.maker,
            "commune": self.commune,
            "rank": self.rank,
            "score": None if self.score is None else round(self.score, 2),
            "km": None if self.km is None else round(self.km, 1),
            "price_eur": None if self.price_eur is None else str(self.price_eur),
            "ready": self.ready.isoformat() if self.ready else None,
            "earlier": self.earlier,
            "obstacles": list(self.obstacles),
            "terms": {term.name: [term.points, term.weight] for term in self.terms},
        }


@dataclass(frozen=True)
class WholeRanking:
    """``able`` best first; ``unable``: those that lack only an agreement first, then nearest first; ``pending``: slugs of
    workshops whose machines are still looked at, of all ``listed``. ``failed``: that look came to nothing."""

    able: tuple[RankedWorkshop, ...]
    unable: tuple[RankedWorkshop, ...]
    pending: tuple[str, ...]
    lines: tuple[LineRanking, ...]
    history: Mapping[str, int]
    today: date

    @property
    def listed(self) -> int:
        return len(self.lines[0].ranked.listed)

    @property
    def failed(self) -> bool:
        return any(one.ranked.failed for one in self.lines)

    def of(self, slug: str) -> RankedWorkshop | None:
        return next((one for one in (*self.able, *self.unable) if one.slug == slug), None)


def rank_whole(order: Order, *, today: date, roads: Roads | None = None) -> WholeRanking:
    """Of the order's furniture; queries grow with its lines, not with the workshops. Raises UnknownCommuneError for an order
    without a delivery place, DesignError for a model that is not drawn any more, ValueError for one without furniture."""
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
        _workshop(slug, order, lines, [found[slug] for found in by_line], history, today)
        for slug in by_line[0]
        if slug not in pending and all(slug in found for found in by_line)
    ]
    able = sorted(
        (one for one in whole if one.score is not None), key=lambda one: (-(one.score or 0), one.km or 0, one.slug)
    )
    unable = sorted(
        (one for one in whole if one.score is None),
        key=lambda one: (not one.lacks_only_an_agreement, one.km is None, one.km or 0, one.slug),
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
        drawing=line.revision.reference if line.revision else "",
    )


def _workshop(
    slug: str,
    order: Order,
    lines: tuple[LineRanking, ...],
    found: list[Ranked],
    history: Mapping[str, int],
    today: date,
) -> RankedWorkshop:
    listed = lines[0].ranked.listed[slug]
    pieces = sum(one.line.quantity for one in lines)
    missing = _missing(order, lines, found, pieces, today)
    return RankedWorkshop(
        slug=slug,
        name=listed.candidate.name,
        maker=listed.maker,
        kind=listed.kind,
        commune=listed.commune,
        is_demo=listed.is_demo,
        rank=None,
        score=None
        if missing
        else sum((ranked.score or 0) * one.line.quantity for one, ranked in zip(lines, found, strict=True)) / pieces,
        km=found[0].km,
        price_eur=_price(found),
        ready=earliest(found[0].candidate, pieces, today),
        missing=missing,
        remedies=tuple(dict.fromkeys(remedy for ranked in found for remedy in ranked.remedies)),
        earlier=history.get(slug, 0),
        lines=tuple((one.line, ranked) for one, ranked in zip(lines, found, strict=True)),
    )


def _missing(
    order: Order, lines: tuple[LineRanking, ...], found: list[Ranked], pieces: int, today: date
) -> tuple[Missing, ...]:
    """Each reason once: those of every line without a name, those of some with their models'. Lines that each fit before
    the day that is asked for may be too much together."""
    if len(lines) == 1:
        return tuple(Missing(one.code, "", one.french, one.lacking) for one in found[0].obstacles)
    of_lines: dict[Obstacle, list[str]] = {}
    for one, ranked in zip(lines, found, strict=True):
        for obstacle in ranked.obstacles:
            of_lines.setdefault(obstacle, []).append(_title(one.line))
    missing = [
        Missing(
            one.code, "" if len(titles) == len(lines) else ", ".join(dict.fromkeys(titles)), one.french, one.lacking
        )
        for one, titles in of_lines.items()
    ]
    if not missing:
        whole = replace(demand_of(order, lines[0].line), quantity=pieces)
        missing = [
            Missing(one.code, "", one.french, one.lacking) for one in time_obstacles(found[0].candidate, whole, today)
        ]
    return tuple(missing)


def _title(line: OrderLine) -> str:
    return str(line.revision.texts.get("title", line.design)) if line.revision else str(line.lot)


def _price(found: list[Ranked]) -> Decimal | None:
    """All lines, and the dearest of their deliveries once: one journey brings them."""
    if any(ranked.price is None for ranked in found):
        return None
    parts = [part for ranked in found if ranked.price for part in ranked.price.lines]
    journeys = [eur for label, eur in parts if label.startswith(_DELIVERY)]
    made = sum((eur for label, eur in parts if not label.startswith(_DELIVERY)), Decimal(0))
    return made + max(journeys, default=Decimal(0))
