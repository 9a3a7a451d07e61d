# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workshops that can't make an order as it is asked for, and would with one thing changed: a size, the day, the number of
pieces, or their own agreement. Every change that is proposed was judged like the order itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from fabrication.demand import Demand
from fabrication.matching.feasible import earliest, order_obstacles, time_obstacles
from fabrication.matching.obstacle import Code
from fabrication.matching.ranking import Ranked, Ranking
from fabrication.matching.splitting import takes
from fabrication.matching.words import day, figure, plural

#: A change beyond these is another order: so many days later, and the number of pieces by so much.
_MOST_LATER, _MOST_TIMES = timedelta(days=366), 2


class Kind(StrEnum):
    """What the change is of."""

    SIZE = "size"
    DAY = "day"
    QUANTITY = "quantity"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class Change:
    """``demand`` as it would have to be asked for; None where the workshop's agreement is all that is lacking.
    ``french``: what to ask for ("« Largeur » à 640 mm au plus, au lieu de 900 mm")."""

    french: str
    demand: Demand | None


@dataclass(frozen=True)
class NearMiss:
    """One workshop, and the changes of which each by itself would do."""

    line: Ranked
    kind: Kind
    changes: tuple[Change, ...]


def near_misses(ranking: Ranking, today: date) -> tuple[NearMiss, ...]:
    """The nearest workshop of each kind, nearest first; only those that a road leads to."""
    found: dict[Kind, NearMiss] = {}
    for line in ranking.unable:  # nearest first
        if line.km is None:
            continue
        for miss in _of(line, ranking.demand, today):
            found.setdefault(miss.kind, miss)
    return tuple(sorted(found.values(), key=lambda miss: (miss.line.km or 0.0, miss.kind)))


def _of(line: Ranked, demand: Demand, today: date) -> Iterator[NearMiss]:
    if changes := tuple(_smaller(line, demand)):
        yield NearMiss(line, Kind.SIZE, changes)
    if (later := _later(line, demand, today)) is not None:
        yield NearMiss(line, Kind.DAY, (later,))
    if (other := _quantity(line, demand, today)) is not None:
        yield NearMiss(line, Kind.QUANTITY, (other,))
    if len(line.obstacles) == 1 and _asks_for_agreement(line, demand):
        yield NearMiss(line, Kind.AGREEMENT, (Change(line.obstacles[0].lacking, None),))


def _smaller(line: Ranked, demand: Demand) -> Iterator[Change]:
    if {obstacle.code for obstacle in line.obstacles} == {Code.BED}:
        for size in line.sizes:
            parameters = {**demand.parameters, size.parameter: size.value}
            yield Change(size.french, replace(demand, parameters=parameters))


def _later(line: Ranked, demand: Demand, today: date) -> Change | None:
    """The first day on which time is in nobody's way any more."""
    when = earliest(line.candidate, demand.quantity, today)
    if demand.deadline is None or when is None or not demand.deadline < when <= demand.deadline + _MOST_LATER:
        return None
    later = replace(demand, deadline=when)
    if set(line.obstacles) - set(time_obstacles(line.candidate, demand, today)):
        return None
    if any(time_obstacles(line.candidate, later, today)):
        return None
    return Change(f"une livraison le {day(when)}, au lieu du {day(demand.deadline)}", later)


def _quantity(line: Ranked, demand: Demand, today: date) -> Change | None:
    """As many as it takes, nearest to what is asked for."""
    offer = (line.candidate.offers or {}).get(demand.design)
    if offer is not None and demand.quantity < offer.smallest:
        number = offer.smallest
    elif (room := takes(line, demand, today)) is not None:
        number = room[1]
    else:
        return None
    other = replace(demand, quantity=number)
    fewer, more = sorted((other.quantity, demand.quantity))
    if fewer == more or more > _MOST_TIMES * fewer:
        return None
    if any(order_obstacles(line.candidate, other, km=line.km, today=today)) or not _is_made(line, number):
        return None
    words = "au moins" if other.quantity > demand.quantity else "au plus"
    return Change(
        f"{plural(other.quantity, 'exemplaire', 'exemplaires')} {words}, au lieu de {figure(demand.quantity, 0)}", other
    )


def _is_made(line: Ranked, number: int) -> bool:
    """Do its machines make the piece, and its counted panels suffice for so many?"""
    suited = line.judgement.suited
    return suited is not None and suited.ok and (suited.most is None or number <= suited.most)


def _asks_for_agreement(line: Ranked, demand: Demand) -> bool:
    """May the workshop itself say yes: to a way that is longer, to a model that it doesn't list, to a finish?"""
    offers = line.candidate.offers
    code = line.obstacles[0].code
    return code in (Code.TERRITORY, Code.FINISH) or (
        code is Code.OFFER and offers is not None and demand.design not in offers
    )
