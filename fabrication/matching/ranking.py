# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One order's ranking: the workshops that can make it by their score, and the others with what is in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate, Station
from fabrication.matching.estimate import Estimate, estimate, lowest
from fabrication.matching.feasible import Judgement
from fabrication.matching.obstacle import Obstacle
from fabrication.matching.scoring import (
    NO_FIGURES,
    Figures,
    Term,
    Weights,
    criteria_of,
    is_recovered,
    load_of,
    score,
    shares,
    terms,
)

if TYPE_CHECKING:
    from fabrication.matching.remedies import Remedy


@dataclass(frozen=True)
class Judged:
    """A workshop looked at for an order. ``km``: None where there is no way."""

    candidate: Candidate
    judgement: Judgement
    km: float | None


@dataclass(frozen=True)
class Ranked:
    """A line of a ranking. ``rank`` from 1; None: it can't make the order, and ``obstacles`` say why."""

    candidate: Candidate
    judgement: Judgement
    km: float | None
    rank: int | None
    score: float | None
    price: Estimate | None
    figures: Figures
    weights: Weights

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        return self.judgement.obstacles

    @property
    def remedies(self) -> tuple[str, ...]:
        """French: sizes with which this workshop would make the piece."""
        return tuple(remedy.french for remedy in self.sizes)

    @property
    def sizes(self) -> tuple[Remedy, ...]:
        """The same as values, each by itself."""
        return self.judgement.suited.remedies if self.judgement.suited else ()

    @property
    def station(self) -> Station | None:
        return self.judgement.station

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        return terms(self.figures, self.weights)


@dataclass(frozen=True)
class Ranking:
    """``able`` best first, ``unable`` nearest first. The same inputs give the same order: ties go by id."""

    demand: Demand
    weights: Weights
    able: tuple[Ranked, ...]
    unable: tuple[Ranked, ...]


#: Maker's id → how many of this buyer's orders it already had.
History = Mapping[str, int]


@dataclass(frozen=True)
class Rules:
    """How a ranking is made: weights, and the buyer's earlier orders by maker (those of other makers count too)."""

    weights: Weights = field(default_factory=Weights)
    history: History = field(default_factory=lambda: MappingProxyType({}))


def rank(demand: Demand, judged: Iterable[Judged], rules: Rules) -> Ranking:
    """Scores compare the workshops that can make the order: the cheapest of them sets the price's term."""
    seen = list(judged)
    able = [one for one in seen if one.judgement.ok]
    prices = [_price(one, demand) for one in able]
    cheapest = lowest(prices)
    weights = tuple(rules.weights.data().values())
    earlier = sum(rules.history.values())
    scored = []
    for one, price in zip(able, prices, strict=True):
        figures = _figures(one, price, cheapest, rules.history, earlier)
        scored.append((score(shares(figures), weights), one, price, figures))
    scored.sort(key=lambda row: (-row[0], row[1].km if row[1].km is not None else 0.0, row[1].candidate.id))
    ranked = tuple(
        Ranked(one.candidate, one.judgement, one.km, number, points, price, figures, rules.weights)
        for number, (points, one, price, figures) in enumerate(scored, start=1)
    )
    unable = [one for one in seen if not one.judgement.ok]
    unable.sort(key=lambda one: (one.km is None, one.km or 0.0, one.candidate.id))
    return Ranking(
        demand,
        rules.weights,
        ranked,
        tuple(
            Ranked(one.candidate, one.judgement, one.km, None, None, None, NO_FIGURES, rules.weights) for one in unable
        ),
    )


def _price(one: Judged, demand: Demand) -> Estimate | None:
    found = one.judgement.suited
    if found is None or found.needs is None:
        return None
    return estimate(found.needs, one.judgement.station, one.candidate, demand.quantity, one.km, demand.design)


def _figures(one: Judged, price: Estimate | None, cheapest: Decimal | None, history: History, earlier: int) -> Figures:
    candidate = one.candidate
    return Figures(
        km=one.km,
        lead_days=candidate.lead_days,
        price_eur=price.eur if price else None,
        cheapest_eur=cheapest,
        load=load_of(candidate),
        criteria=criteria_of(candidate),
        recovered=is_recovered(one.judgement.station),
        earlier=(history.get(candidate.id, 0), earlier),
    )


def reasons(line: Ranked, apart: str = "; ") -> str:
    """English, for the shell: what is in the way, or what the score rests on and what is not known."""
    if line.obstacles:
        return apart.join(obstacle.english for obstacle in line.obstacles)
    told = [
        f"{term.name} {term.points:g} of {term.weight:g}{'' if term.known else ' (unknown)'}" for term in line.terms
    ]
    told += [english for english, _ in line.judgement.unknown]
    if line.price is not None:
        told += [f"price without {english}" if english != "machine hours alone" else "price of machine hours alone"
                 for english, _ in line.price.left_out]  # fmt: skip
    return apart.join(told)
