# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can this workshop make this order? The hard conditions, each with its reason in words.

Distances come from the caller: by road where territory is judged (the site), straight where a table is (the shell).
What a workshop has not said is told as unknown: an unknown bed or thickness makes it no candidate, an unknown capacity,
lead time or material does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from designs.typography import SPACE
from fablabs.geography.communes import department_name
from fablabs.geography.territory import department_of, territory, territory_name
from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate, Station
from fabrication.matching.measuring import Piece
from fabrication.matching.obstacle import Code, Obstacle, in_order
from fabrication.matching.stations import Suited, suited

#: A day that is further away is no answer to "when then?".
_LATEST_DAYS = 3650

_NO_MACHINE = Obstacle.of(
    Code.EQUIPMENT,
    "no machine with a known process, bed and thickness",
    "aucune machine connue avec son procédé, sa table et son épaisseur",
    "la description de sa machine",
)


@dataclass(frozen=True)
class Judgement:
    """``station`` is the one that would make it, or that lacks least; None where no machine is known."""

    obstacles: tuple[Obstacle, ...]
    station: Station | None
    suited: Suited | None
    unknown: tuple[tuple[str, str], ...] = ()  # English, French: what the workshop has not said

    @property
    def ok(self) -> bool:
        return not self.obstacles


class Judge:
    """Judges pairs; what a piece asks of a kind of station is looked at once."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._known: dict[tuple[str, Station, str], Suited] = {}
        self._best: dict[tuple[str, tuple[Station, ...], str], tuple[Station | None, Suited | None]] = {}

    def suited(self, piece: Piece, station: Station, material: str = "") -> Suited:
        """See ``stations.suited``; the first look at a piece loads CadQuery."""
        key = (piece.key, station, material)
        if key not in self._known:
            self._known[key] = suited(piece, station, material)
        return self._known[key]

    def station(self, piece: Piece, candidate: Candidate, material: str = "") -> tuple[Station | None, Suited | None]:
        """The first of the candidate's stations that makes the piece, else the one that lacks least."""
        key = (piece.key, candidate.stations, material)
        if key not in self._best:
            self._best[key] = self._choose(piece, candidate, material)
        return self._best[key]

    def _choose(self, piece: Piece, candidate: Candidate, material: str) -> tuple[Station | None, Suited | None]:
        best: tuple[Station | None, Suited | None] = (None, None)
        for station in candidate.stations:
            found = self.suited(piece, station, material)
            if found.ok:
                return station, found
            if best[1] is None or len(found.obstacles) < len(best[1].obstacles):
                best = station, found
        return best

    def feasible(self, piece: Piece, candidate: Candidate, demand: Demand, km: float | None = None) -> Judgement:
        """``km``: from the workshop to the demand's commune, in the measure in which its radius is meant."""
        station, found = self.station(piece, candidate, demand.material)
        return judged(candidate, demand, station, found, km=km, today=self.today)


def feasible(piece: Piece, candidate: Candidate, demand: Demand, *, km: float | None = None, today: date) -> Judgement:
    """One pair. For many, a ``Judge`` looks at each kind of machine once."""
    return Judge(today).feasible(piece, candidate, demand, km)


def judged(
    candidate: Candidate,
    demand: Demand,
    station: Station | None,
    found: Suited | None,
    *,
    km: float | None,
    today: date,
) -> Judgement:
    """What a machine's own reasons and the order's come to together."""
    obstacles = list(order_obstacles(candidate, demand, km=km, today=today))
    obstacles += [_NO_MACHINE] if found is None else found.obstacles
    if found is not None and found.most is not None and demand.quantity > found.most:
        obstacles.append(
            Obstacle.of(
                Code.CAPACITY,
                f"its counted sheets and offcuts make {found.most}, {demand.quantity} are asked for",
                f"ses panneaux comptés et ses chutes suffisent pour {found.most}, il en faut {demand.quantity}",
                "d’autres panneaux, ou un partage de la commande",
            )
        )
    unknown = [*(found.unknown if found else ())]
    if candidate.units_per_week is None:
        unknown.append(("its weekly capacity is not known", "sa capacité par semaine n’est pas connue"))
    if candidate.lead_days is None:
        unknown.append(("its lead time is not known", "son délai n’est pas connu"))
    return Judgement(in_order(obstacles), station, found, tuple(unknown))


def order_obstacles(candidate: Candidate, demand: Demand, *, km: float | None, today: date) -> Iterator[Obstacle]:
    """Everything but the machines: open, place, offer, finish, time."""
    if not candidate.is_open:
        yield Obstacle.of(Code.CLOSED, "is not open to orders", "n’est pas ouvert aux commandes")
    yield from place_obstacles(candidate, demand.insee, km)
    yield from _offer_obstacles(candidate, demand)
    if demand.finish and demand.finish.casefold() not in {finish.casefold() for finish in candidate.finishes}:
        yield Obstacle.of(
            Code.FINISH,
            f"does not list the finish {demand.finish!r}",
            f"ne propose pas la finition « {demand.finish} »",
            f"la finition « {demand.finish} »",
        )
    yield from time_obstacles(candidate, demand, today)


def place_obstacles(candidate: Candidate, insee: str, km: float | None) -> Iterator[Obstacle]:
    """No road over the sea; then the radius and the départements that the workshop serves."""
    if (sea := over_the_sea(candidate.insee, insee)) is not None:
        yield sea
        return
    if candidate.radius_km is not None and km is not None and km > candidate.radius_km:
        yield _beyond(candidate.radius_km, round(km))
    if candidate.departments and department_of(insee) not in candidate.departments:
        yield _elsewhere(candidate.departments)


# Said to hundreds of workshops for one order: each sentence is set once.


def over_the_sea(one: str, other: str) -> Obstacle | None:
    """Two communes by their codes; None where a road leads from one to the other."""
    here, there = territory_of(one), territory_of(other)
    return None if here == there else _sea(here, there)


territory_of = lru_cache(maxsize=50_000)(territory)


@lru_cache(maxsize=400)
def _sea(one: str, other: str) -> Obstacle:
    return Obstacle.of(
        Code.SEA,
        f"no road leads from {territory_name(one)} to {territory_name(other)}",
        f"aucune route ne relie {territory_name(one)} et {territory_name(other)}",
    )


@lru_cache(maxsize=50_000)
def _beyond(radius_km: float, km: int) -> Obstacle:
    return Obstacle.of(
        Code.TERRITORY,
        f"serves {radius_km:g} km around, and this is {km} km away (estimate)",
        f"livre à {radius_km:g}{SPACE}km à la ronde ; il y a {km}{SPACE}km (estimation)",
        "son accord pour livrer plus loin",
    )


@lru_cache(maxsize=5_000)
def _elsewhere(departments: frozenset[str]) -> Obstacle:
    served = ", ".join(sorted(departments))
    named = ", ".join(f"{department_name(code)} ({code})" for code in sorted(departments))
    return Obstacle(
        Code.TERRITORY,
        f"serves the départements {served} only",
        f"ne livre que dans ces départements\u00a0: {named}",
        "son accord pour livrer ailleurs",
    )


def _offer_obstacles(candidate: Candidate, demand: Demand) -> Iterator[Obstacle]:
    if candidate.offers is None:
        return
    offer = candidate.offers.get(demand.design)
    if offer is None:
        yield Obstacle.of(
            Code.OFFER,
            f"does not offer the model {demand.design}",
            "ne propose pas ce modèle",
            "son accord pour ce modèle",
        )
        return
    if demand.quantity < offer.smallest:
        yield Obstacle.of(
            Code.OFFER,
            f"makes this model from {offer.smallest} on, {demand.quantity} asked for",
            f"fabrique ce modèle à partir de {offer.smallest} exemplaires",
            f"une commande d’au moins {offer.smallest} exemplaires, par exemple groupée",
        )
    if offer.largest is not None and demand.quantity > offer.largest:
        yield Obstacle.of(
            Code.OFFER,
            f"makes at most {offer.largest} of this model an order, {demand.quantity} asked for",
            f"fabrique au plus {offer.largest} exemplaires de ce modèle par commande",
            "un partage de la commande",
        )


def time_obstacles(candidate: Candidate, demand: Demand, today: date) -> Iterator[Obstacle]:
    """Lead time and capacity, both judged against a deadline only; a capacity of none is one always."""
    units = candidate.units_per_week
    if units is not None and units <= 0:
        yield Obstacle.of(Code.CAPACITY, "makes none a week", "n’en fabrique aucun par semaine en ce moment")
        return
    if demand.deadline is None:
        return
    days = (demand.deadline - today).days
    late = days < 0 or (candidate.lead_days is not None and candidate.lead_days > days)
    free = capacity_by(candidate, demand.deadline, today)
    if not late and (free is None or free >= demand.quantity):
        return
    when = earliest(candidate, demand.quantity, today)
    lacking = f"une livraison au {_day(when)} au plus tôt" if when and when > demand.deadline else ""
    if days < 0:
        yield Obstacle.of(
            Code.LEAD,
            f"the deadline of {demand.deadline.isoformat()} has passed",
            f"l’échéance du {_day(demand.deadline)} est passée",
            lacking,
        )
        return
    if candidate.lead_days is not None and candidate.lead_days > days:
        yield Obstacle.of(
            Code.LEAD,
            f"delivers after {candidate.lead_days} days, {days} are left",
            f"livre en {candidate.lead_days} jours, il en reste {days}",
            lacking,
        )
    if free is not None and free < demand.quantity:
        yield Obstacle.of(
            Code.CAPACITY,
            f"has room for {free} until {demand.deadline.isoformat()}, {demand.quantity} asked for",
            f"peut en fabriquer {free} d’ici au {_day(demand.deadline)}, il en faut {demand.quantity}",
            f"{lacking}, ou un partage de la commande" if lacking else "un partage de la commande",
        )


def capacity_by(candidate: Candidate, day: date, today: date) -> int | None:
    """Pieces made between ``today`` and ``day``: a week's units a week, days of closed weeks left out, what is committed
    taken off. None: not known."""
    if candidate.units_per_week is None:
        return None
    made = candidate.units_per_week * open_days(candidate, day, today) / 7 - candidate.committed_units
    return max(0, math.floor(made))


def open_days(candidate: Candidate, day: date, today: date) -> int:
    """Days after ``today`` up to ``day`` that lie in no closed week."""
    days = max(0, (day - today).days)
    for monday in candidate.closed_weeks:
        first, last = max(monday, today + timedelta(days=1)), min(monday + timedelta(days=6), day)
        days -= max(0, (last - first).days + 1)
    return days


def earliest(candidate: Candidate, quantity: int, today: date) -> date | None:
    """The first day by which so many can be there, as far as lead time and capacity are known; None: neither is known, or
    it is years away."""
    if candidate.lead_days is None and candidate.units_per_week is None:
        return None
    day = today + timedelta(days=candidate.lead_days or 0)
    units = candidate.units_per_week
    if units is None:
        return day
    if units <= 0:
        return None
    needed = math.ceil((Decimal(quantity) + candidate.committed_units) * 7 / units)
    if needed > _LATEST_DAYS:
        return None
    made = today + timedelta(days=needed)
    while (short := needed - open_days(candidate, made, today)) > 0:
        made += timedelta(days=short)
    return max(day, made)


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
