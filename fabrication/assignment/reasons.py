# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why an order goes where it goes, or nowhere: a sentence for the shell and one for pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from designs.typography import french_number, typeset
from fablabs.geography import DETOUR_FACTOR, UnknownCommuneError, commune, straight_km
from fablabs.geography.errors import NotConnectedError
from fabrication.assignment.campaign import Campaign
from fabrication.matching.feasible import Judge, judged
from fabrication.matching.measuring import Pieces
from fabrication.matching.obstacle import Code

if TYPE_CHECKING:
    from fabrication.assignment.problem import Ints
    from fabrication.matching.obstacle import Obstacle


class Why(StrEnum):
    """What kind of reason; a list can be narrowed to one."""

    PLACED = "placed"
    PINNED = "pinned"
    SPLIT = "split"
    NONE_NEAR = "none-near"
    NONE_ABLE = "none-able"
    FORBIDDEN = "forbidden"
    NO_CAPACITY = "no-capacity"
    FULL = "full"
    TOO_DEAR = "too-dear"


@dataclass(frozen=True)
class Reason:
    why: Why
    english: str
    french: str

    @classmethod
    def of(cls, why: Why, english: str, french: str) -> Reason:
        return cls(why, english, typeset(french))


class Reasons:
    """Finds the words for one campaign's answer. ``load``: the pieces that each maker has."""

    def __init__(self, campaign: Campaign, load: Ints, pieces: Pieces) -> None:
        self._campaign, self._pieces = campaign, pieces
        self._room = campaign.problem.capacities - load
        self._judge = Judge(campaign.terms.today)

    def placed(self, arc: int, *, pinned: bool) -> Reason:
        """A whole order at a maker."""
        problem = self._campaign.problem
        if pinned:
            return Reason.of(Why.PINNED, "pinned by the coordination", "imposé par la coordination")
        order = int(problem.order[arc])
        begin, end = int(problem.first[order]), int(problem.first[order + 1])
        rank, of = arc - begin + 1, end - begin
        if of == 1:
            return Reason.of(Why.PLACED, "the only maker that can make it", "seul atelier possible")
        if rank == 1:
            return Reason.of(
                Why.PLACED, f"nearest of {of} makers that can make it", f"le plus proche des {of} ateliers possibles"
            )
        return Reason.of(
            Why.PLACED,
            f"{_ordinal(rank)} nearest of {of} makers that can make it",
            f"{rank}ᵉ plus proche des {of} ateliers possibles",
        )

    def split(self, order: int) -> Reason:
        problem = self._campaign.problem
        makers = problem.maker[problem.first[order] : problem.first[order + 1]]
        quantity, most, of = int(problem.quantities[order]), int(problem.capacities[makers].max()), len(makers)
        if of == 1:
            return Reason.of(
                Why.SPLIT,
                f"in part: {quantity} exceed the capacity of the only maker that can make it ({most})",
                f"en partie : {quantity} exemplaires dépassent la capacité du seul atelier possible ({most})",
            )
        return Reason.of(
            Why.SPLIT,
            f"split: {quantity} exceed the capacity of each of the {of} makers that can make it (largest {most})",
            f"partagée : {quantity} exemplaires dépassent la capacité de chacun des {of} ateliers possibles "
            f"({most} au plus)",
        )

    def left_out(self, order: int, quantity: int) -> Reason:
        """Nobody makes ``quantity`` pieces of it."""
        campaign = self._campaign
        problem, km = campaign.problem, f"{campaign.terms.radius_km:g} km"
        kilometres = f"{french_number(campaign.terms.radius_km)} km"
        near = campaign.near_makers(order)
        if not len(near):
            return self._none_near(order, km, kilometres)
        makers = problem.maker[problem.first[order] : problem.first[order + 1]]
        if not len(makers):
            return self._none_able(order, km, kilometres)
        most, of = int(problem.capacities[makers].max()), len(makers)
        who, qui = f"{of} makers that can make it", f"{of} ateliers possibles"
        if of == 1:
            who, qui = "only maker that can make it", "seul atelier possible"
        if most == 0:
            return Reason.of(
                Why.NO_CAPACITY,
                f"the {who} within {km} has no capacity in the period"
                if of == 1
                else f"none of the {who} within {km} has any capacity in the period",
                f"à {kilometres} à la ronde, le {qui} n’a pas de capacité sur la période"
                if of == 1
                else f"à {kilometres} à la ronde, aucun des {qui} n’a de capacité sur la période",
            )
        room = int(self._room[makers].max())
        if room >= (1 if problem.divisible[order] else quantity):
            return Reason.of(
                Why.TOO_DEAR,
                "left out: to make it would cost other orders more",
                "laissée de côté : la servir coûterait davantage aux autres commandes",
            )
        if of == 1:
            return Reason.of(
                Why.FULL,
                f"capacity used up: the {who} within {km} has room for {room or 'no'} more",
                f"capacité épuisée : le {qui} à {kilometres} à la ronde "
                + (f"n’a plus de place que pour {room}" if room else "est complet"),
            )
        return Reason.of(
            Why.FULL,
            f"capacity used up: of the {who} within {km} none has room for {f'more than {room}' if room else 'any'}",
            f"capacité épuisée : aucun des {qui} à {kilometres} à la ronde n’a de place"
            + (f" pour plus de {room}" if room else ""),
        )

    def _none_near(self, order: int, km: str, kilometres: str) -> Reason:
        """With the distance of the nearest one, for whoever thinks of widening the radius."""
        campaign = self._campaign
        here = commune(campaign.demands[order].insee)
        distances = []
        for candidate in campaign.candidates:
            try:
                distances.append(straight_km(here, commune(candidate.insee)))
            except (NotConnectedError, UnknownCommuneError):
                continue
        if not distances:
            return Reason.of(
                Why.NONE_NEAR,
                f"no maker within {km}, nor anywhere without crossing the sea",
                f"aucun atelier à {kilometres} à la ronde, ni ailleurs sans traverser la mer",
            )
        nearest = min(distances)
        return Reason.of(
            Why.NONE_NEAR,
            f"no maker within {km}; the nearest is {nearest:.1f} km away",
            f"aucun atelier à {kilometres} à la ronde ; le plus proche est à {french_number(nearest, 1)} km",
        )

    def _none_able(self, order: int, km: str, kilometres: str) -> Reason:
        """What is in the way, most frequent first."""
        campaign = self._campaign
        demand = campaign.demands[order]
        near = campaign.near_makers(order).tolist()
        examples: dict[Code, Obstacle] = {}
        counts: Counter[Code] = Counter()
        here = commune(demand.insee)
        piece = self._pieces.of(demand.drawn_by, demand.parameters)
        for index in near:
            candidate = campaign.candidates[index]
            station, found = self._judge.station(piece, candidate, demand.material)
            by_road = straight_km(here, commune(candidate.insee)) * DETOUR_FACTOR
            result = judged(candidate, demand, station, found, km=by_road, today=campaign.terms.today)
            # The period's capacity is counted by the assignment itself.
            ours = [o for o in result.obstacles if o.code is not Code.CAPACITY]
            ours = ours or list(result.obstacles)
            for obstacle in ours[:1]:
                counts[obstacle.code] += 1
                examples.setdefault(obstacle.code, obstacle)
        if not counts:
            return Reason.of(
                Why.FORBIDDEN,
                f"the coordination has forbidden all makers within {km} that can make it",
                f"la coordination a écarté tous les ateliers possibles à {kilometres} à la ronde",
            )
        top = counts.most_common(3)
        some = len(near)
        english = "; ".join(f"{count}: {examples[code].english}" for code, count in top)
        french = " ; ".join(f"{count} : {examples[code].french}" for code, count in top)
        if len(counts) == 1:
            english, french = examples[top[0][0]].english, examples[top[0][0]].french
        return Reason.of(
            Why.NONE_ABLE,
            f"the only maker within {km} can't make it ({english})"
            if some == 1
            else f"none of the {some} makers within {km} can make it ({english})",
            f"le seul atelier à {kilometres} à la ronde ne peut pas la fabriquer ({french})"
            if some == 1
            else f"aucun des {some} ateliers à {kilometres} à la ronde ne peut la fabriquer ({french})",
        )


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
