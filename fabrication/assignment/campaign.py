# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Orders and makers → an assignment problem: who lies within the radius, who can make what, how much in the period.

What a piece asks of a kind of workshop is looked at once for each kind of piece and of workshop, place and time for all
pairs at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fablabs.geography import DETOUR_FACTOR, commune, pairs_within
from fablabs.geography.territory import department_of
from fabrication.assignment.problem import Problem, Weights, hold, make_problem
from fabrication.demand import Demand
from fabrication.errors import FabricationError
from fabrication.matching.candidate import Candidate
from fabrication.matching.feasible import Judge, capacity_by
from fabrication.matching.measuring import Piece, Pieces

if TYPE_CHECKING:
    from fabrication.assignment.problem import Flags, Ints

#: More weeks are no period of a campaign.
MAX_WEEKS: Final = 104
MAX_RADIUS_KM: Final = 20_038.0  # half the way round the earth
#: No maker's capacity counts for more (pieces).
_MOST: Final = 10_000_000

Pair = tuple[str, str]


class RuleError(FabricationError, ValueError):
    """A pinned or forbidden pair that can't be kept. ``french`` says why, for pages."""


@dataclass(frozen=True)
class Terms:
    """``today``: the day that deadlines and closed weeks are counted from. ``pins`` and ``forbidden``: pairs (order,
    maker) that must be, that must not be. Raises ValueError."""

    today: date
    radius_km: float = 100.0
    weeks: int = 4
    weights: Weights = field(default_factory=Weights)
    pins: tuple[Pair, ...] = ()
    forbidden: tuple[Pair, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.radius_km <= MAX_RADIUS_KM:
            raise ValueError(f"a radius is from 0 to {MAX_RADIUS_KM:g} km, not {self.radius_km}")
        if not 1 <= self.weeks <= MAX_WEEKS:
            raise ValueError(f"weeks are from 1 to {MAX_WEEKS}, not {self.weeks}")


@dataclass(frozen=True, eq=False)
class Campaign:
    """``problem`` has orders and makers in the order of ``demands`` and ``candidates``; ``rest`` is the same without what
    is pinned, ``pinned`` the pieces of each arc that are. ``near``: makers within the radius, by order."""

    demands: tuple[Demand, ...]
    candidates: tuple[Candidate, ...]
    terms: Terms
    problem: Problem
    rest: Problem
    pinned: Ints
    near_first: Ints
    near: Ints

    def near_makers(self, order: int) -> Ints:
        """Makers within the radius, able or not."""
        return self.near[self.near_first[order] : self.near_first[order + 1]]


def capacity(candidate: Candidate, terms: Terms) -> int:
    """Whole pieces in the period: a week's units × weeks, closed weeks and committed pieces taken off, rounded down. What
    is not known can't be promised: 0."""
    found = capacity_by(candidate, terms.today + timedelta(days=7 * terms.weeks), terms.today)
    return 0 if found is None else min(found, _MOST)


def prepare(
    demands: Sequence[Demand],
    candidates: Sequence[Candidate],
    terms: Terms,
    *,
    pieces: Pieces,
    progress: Callable[[float], object] = lambda done: None,
) -> Campaign:
    """Raises UnknownCommuneError, UnknownDesignError, ParameterError; RuleError for a pair that can't be kept."""
    pairs = pairs_within([commune(d.insee) for d in demands], [commune(c.insee) for c in candidates], terms.radius_km)
    order, maker = pairs.origin.astype(np.int64), pairs.destination.astype(np.int64)
    able = _able(demands, candidates, order, maker, pairs.km, terms, pieces, progress)
    near_first = np.concatenate([[0], np.cumsum(np.bincount(order, minlength=len(demands)))]).astype(np.int64)
    allowed = able & ~_listed(terms.forbidden, demands, candidates, order, maker)
    metres = np.rint(pairs.km * 1000).astype(np.int64)
    problem = make_problem(
        np.array([d.quantity for d in demands], np.int64),
        np.array([capacity(c, terms) for c in candidates], np.int64),
        order[allowed],
        maker[allowed],
        metres[allowed],
        terms.weights,
    )
    rest, pinned = _pinned(problem, demands, candidates, terms)
    return Campaign(tuple(demands), tuple(candidates), terms, problem, rest, pinned, near_first, maker)


def _able(
    demands: Sequence[Demand],
    candidates: Sequence[Candidate],
    order: Ints,
    maker: Ints,
    km: Any,
    terms: Terms,
    pieces: Pieces,
    progress: Callable[[float], object],
) -> Flags:
    """Of each pair: can this workshop make this order, its capacity aside?"""
    quantity = np.array([d.quantity for d in demands], np.int64)[order]
    able = _by_machine(demands, candidates, order, maker, quantity, terms, pieces, progress)
    able &= np.array([c.is_open for c in candidates], bool)[maker]
    served = np.array([np.inf if c.radius_km is None else c.radius_km for c in candidates])[maker]
    able &= km * DETOUR_FACTOR <= served
    able &= _in_time(demands, candidates, order, maker, terms.today)
    for index, candidate in enumerate(candidates):
        if candidate.departments or candidate.offers is not None:
            here = np.flatnonzero(maker == index)
            able[here] &= np.array([_serves(candidate, demands[o]) for o in order[here].tolist()], bool)
    for finish in {d.finish for d in demands if d.finish}:
        offered = np.array([finish.casefold() in {f.casefold() for f in c.finishes} for c in candidates], bool)
        asked = np.array([d.finish == finish for d in demands], bool)
        able &= ~asked[order] | offered[maker]
    return able


def _serves(candidate: Candidate, demand: Demand) -> bool:
    if candidate.departments and department_of(demand.insee) not in candidate.departments:
        return False
    if candidate.offers is None:
        return True
    offer = candidate.offers.get(demand.design)
    if offer is None or demand.quantity < offer.smallest:
        return False
    return offer.largest is None or demand.quantity <= offer.largest


def _in_time(
    demands: Sequence[Demand], candidates: Sequence[Candidate], order: Ints, maker: Ints, today: date
) -> Flags:
    """Lead times count against a deadline only; an unknown lead time does not."""
    never = 1_000_000
    left = np.array([never if d.deadline is None else (d.deadline - today).days for d in demands], np.int64)[order]
    lead = np.array([c.lead_days or 0 for c in candidates], np.int64)[maker]
    in_time: Flags = (left >= 0) & (lead <= left)
    return in_time


def _by_machine(
    demands: Sequence[Demand],
    candidates: Sequence[Candidate],
    order: Ints,
    maker: Ints,
    quantity: Ints,
    terms: Terms,
    pieces: Pieces,
    progress: Callable[[float], object],
) -> Flags:
    """Each kind of piece is judged on each kind of workshop that it meets, once."""
    judge = Judge(terms.today)
    kinds: dict[tuple[str, str], int] = {}
    asked: list[tuple[Piece, str]] = []
    kind_of = np.empty(len(demands), np.int64)
    for index, demand in enumerate(demands):
        piece = pieces.of(demand.drawn_by, demand.parameters)
        kind_of[index] = kinds.setdefault((piece.key, demand.material), len(kinds))
        if kind_of[index] == len(asked):
            asked.append((piece, demand.material))
    shops: dict[Any, int] = {}
    shop_of = np.array([shops.setdefault(c.stations, len(shops)) for c in candidates], np.int64)
    example = {shop: index for index, shop in reversed(list(enumerate(shop_of.tolist())))}
    meetings = kind_of[order] * max(1, len(shops)) + shop_of[maker]
    most = np.zeros(len(kinds) * max(1, len(shops)), np.int64)
    met = np.unique(meetings).tolist()
    for done, meeting in enumerate(met):
        progress(done / len(met))
        kind, shop = divmod(meeting, len(shops))
        _, found = judge.station(asked[kind][0], candidates[example[shop]], asked[kind][1])
        if found is not None and found.ok:
            most[meeting] = _MOST if found.most is None else found.most
    able: Flags = quantity <= most[meetings]
    return able


def _listed(
    pairs: Sequence[Pair], demands: Sequence[Demand], candidates: Sequence[Candidate], order: Ints, maker: Ints
) -> Flags:
    """Of each pair of indices: is it one of these?"""
    if not pairs:
        return np.zeros(len(order), bool)
    orders = {d.id: i for i, d in enumerate(demands)}
    makers = {c.id: i for i, c in enumerate(candidates)}
    codes = [
        orders[demand] * len(candidates) + makers[maker_id]
        for demand, maker_id in pairs
        if demand in orders and maker_id in makers
    ]
    listed: Flags = np.isin(order * len(candidates) + maker, codes)
    return listed


def _pinned(
    problem: Problem, demands: Sequence[Demand], candidates: Sequence[Candidate], terms: Terms
) -> tuple[Problem, Ints]:
    if not terms.pins:
        return problem, np.zeros(problem.arcs, np.int64)
    orders = {d.id: i for i, d in enumerate(demands)}
    makers = {c.id: i for i, c in enumerate(candidates)}
    arcs: dict[int, int] = {}
    for demand, maker in terms.pins:
        if demand not in orders or maker not in makers:
            raise RuleError(
                f"the pair {demand} – {maker} is pinned, and one of both is not in the lists",
                f"La paire imposée {demand} – {maker} porte sur une commande ou un atelier absent des listes.",
            )
        if orders[demand] in arcs:
            raise RuleError(f"the order {demand} is pinned twice", f"La commande {demand} est imposée à deux ateliers.")
        begin, end = problem.first[orders[demand]], problem.first[orders[demand] + 1]
        found = begin + np.flatnonzero(problem.maker[begin:end] == makers[maker])
        if not len(found):
            raise RuleError(
                f"{maker} is pinned to {demand}, but can't make it or lies beyond {terms.radius_km:g} km",
                f"{candidates[makers[maker]].name or maker} est imposé à la commande {demand}, mais ne peut pas la "
                f"fabriquer ou se trouve à plus de {terms.radius_km:g} km.",
            )
        arcs[orders[demand]] = int(found[0])
    try:
        return hold(problem, np.array(list(arcs.values()), np.int64))
    except ValueError as error:
        full = candidates[error.args[1]]
        raise RuleError(
            f"more is pinned to {full.id} than it can make in the period",
            f"Les commandes imposées à {full.name or full.id} dépassent sa capacité sur la période.",
        ) from error
