# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order that is too large for anyone, shared among several workshops: as few as can be, then as near as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import comb

from designs.typography import typeset
from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate
from fabrication.matching.feasible import capacity_by
from fabrication.matching.obstacle import Code
from fabrication.matching.ranking import Ranked, Ranking
from fabrication.matching.words import day, figure, kilometres

#: Of that many nearest every set is tried, as long as there are not more sets than this.
_NEAREST, _MOST_SETS = 30, 30_000


@dataclass(frozen=True)
class Share:
    """``quantity`` pieces of the order; ``most`` is what this workshop could take."""

    candidate: Candidate
    km: float
    quantity: int
    most: int
    english: str
    french: str


@dataclass(frozen=True)
class Split:
    """Shares, nearest first; they add up to the order. ``english`` and ``french`` say why these."""

    shares: tuple[Share, ...]
    english: str
    french: str


@dataclass(frozen=True)
class _Able:
    line: Ranked
    km: float
    least: int
    most: int


def split(ranking: Ranking, today: date) -> Split | None:
    """How the order could be shared; None where somebody makes all of it, or where all together can't.

    Only workshops whose one reason against the whole order is its size take part."""
    demand = ranking.demand
    if ranking.able or demand.quantity < 2:
        return None
    able = [found for line in ranking.unable if (found := _able(line, demand, today)) is not None]
    if sum(one.most for one in able) < demand.quantity:
        return None
    chosen = _fewest_nearest(able, demand.quantity)
    if chosen is None:
        return None
    quantities = _quantities(chosen, demand.quantity)
    shares = tuple(_share(one, quantity, demand) for one, quantity in zip(chosen, quantities, strict=True))
    count = len(shares)
    return Split(
        shares,
        f"nobody makes all {demand.quantity}: shared by {count}, the fewest that can, and the nearest of those",
        typeset(
            f"Aucun atelier ne peut faire les {figure(demand.quantity, 0)} à lui seul. À {count}, c’est possible : "
            "le plus petit nombre d’ateliers qui suffit, et les plus proches."
        ),
    )


def _able(line: Ranked, demand: Demand, today: date) -> _Able | None:
    room = takes(line, demand, today)
    return None if room is None or line.km is None else _Able(line, line.km, *room)


def takes(line: Ranked, demand: Demand, today: date) -> tuple[int, int] | None:
    """The least and the most pieces of the order that a workshop takes whose one reason against all of it is its size;
    None for any other, and where it takes none."""
    codes = {obstacle.code for obstacle in line.obstacles}
    if line.km is None or not codes <= {Code.OFFER, Code.CAPACITY}:
        return None
    most = demand.quantity
    if demand.deadline is not None:
        free = capacity_by(line.candidate, demand.deadline, today)
        most = most if free is None else min(most, free)
    suited = line.judgement.suited
    if suited is not None and suited.most is not None:
        most = min(most, suited.most)
    offers = line.candidate.offers
    least = 1
    if offers is not None:
        offer = offers.get(demand.design)
        if offer is None:
            return None
        least = offer.smallest
        most = most if offer.largest is None else min(most, offer.largest)
    if line.candidate.units_per_week is not None and line.candidate.units_per_week <= 0:
        return None
    return (least, most) if 1 <= least <= most else None


def _fewest_nearest(able: Sequence[_Able], quantity: int) -> list[_Able] | None:
    """The smallest number of workshops that suffices, and of such sets the one with the least Σ pieces × km."""
    by_size = sorted(able, key=lambda one: (-one.most, one.km, one.line.candidate.id))
    count, room = 0, 0
    while room < quantity:
        room += by_size[count].most
        count += 1
    near = sorted(able, key=lambda one: (one.km, one.line.candidate.id))
    for pool in (near[:_NEAREST], near):
        sets = _sets(pool, count, quantity)
        if sets is not None:
            return sets
    chosen = sorted(by_size[:count], key=lambda one: (one.km, one.line.candidate.id))
    return chosen if sum(one.least for one in chosen) <= quantity else None


def _sets(pool: Sequence[_Able], count: int, quantity: int) -> list[_Able] | None:
    if len(pool) < count or comb(len(pool), count) > _MOST_SETS:
        return None
    best: tuple[float, list[_Able]] | None = None
    for found in combinations(pool, count):
        if sum(one.most for one in found) < quantity or sum(one.least for one in found) > quantity:
            continue
        chosen = list(found)
        way = sum(q * one.km for q, one in zip(_quantities(chosen, quantity), chosen, strict=True))
        if best is None or way < best[0] - 1e-9:
            best = (way, chosen)
    return best[1] if best else None


def _quantities(chosen: Sequence[_Able], quantity: int) -> list[int]:
    """Nearest first as many as each takes, but for what the others need to take part."""
    left = quantity
    result = []
    for index, one in enumerate(chosen):
        kept = sum(other.least for other in chosen[index + 1 :])
        share = max(one.least, min(one.most, left - kept))
        result.append(share)
        left -= share
    return result


def _share(one: _Able, quantity: int, demand: Demand) -> Share:
    until = f" until {demand.deadline.isoformat()}" if demand.deadline else ""
    avant = f" avant le {day(demand.deadline)}" if demand.deadline else ""
    return Share(
        one.line.candidate,
        one.km,
        quantity,
        one.most,
        f"{quantity} of {demand.quantity}: {one.km:.0f} km away, can make {one.most}{until}",
        typeset(
            f"{quantity} exemplaire{'s' if quantity > 1 else ''} sur {figure(demand.quantity, 0)} : à {kilometres(one.km)}, "
            f"il peut en faire {one.most}{avant}"
        ),
    )
