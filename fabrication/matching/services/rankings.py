# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One order's ranking over the site's workshops, from feasibilities that are known: nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from fablabs.geography import Commune, DetourFactor, NotConnectedError, Roads, commune
from fabrication.demand import Demand
from fabrication.matching.candidate import Station
from fabrication.matching.feasible import judged, over_the_sea
from fabrication.matching.measuring import Piece
from fabrication.matching.nearby import Places
from fabrication.matching.ranking import History, Judged, Ranking, Rules, rank
from fabrication.matching.scoring import Weights
from fabrication.matching.services.candidates import Listed, candidates
from fabrication.matching.services.studies import ask_again, known_feasibilities, study_of
from fabrication.matching.stations import Suited, with_material
from fabrication.models import Study


@dataclass(frozen=True)
class OrderRanking:
    """``listed``: every workshop by its slug; ``pending``: those whose machines are still looked at, nearest first.
    ``failed``: that work came to nothing, so nobody can say."""

    ranking: Ranking
    place: Commune
    listed: Mapping[str, Listed]
    pending: tuple[tuple[Listed, float | None], ...]
    failed: bool
    today: date
    rules: Rules


def weights() -> Weights:
    """The defaults, but for those in TRETEAU_MATCHING_WEIGHTS. Raises ValueError for a wrong one."""
    return Weights.of(getattr(settings, "TRETEAU_MATCHING_WEIGHTS", {}))


def rank_order(
    piece: Piece,
    demand: Demand,
    *,
    today: date,
    history: History | None = None,
    committed: Mapping[str, Decimal] | None = None,
    roads: Roads | None = None,
) -> OrderRanking:
    """``history`` and ``committed`` are by workshop's slug; ``roads`` tells distances (default: the estimate).

    A machine that was never held against this piece is asked for, and its workshop is pending until then.
    Raises UnknownCommuneError."""
    place = commune(demand.insee)
    listed = candidates(demand.design, today, committed)
    study = study_of(piece)
    known = known_feasibilities(study)
    ready: list[Judged] = []
    pending: list[tuple[Listed, float | None]] = []
    for one, km in zip(listed, _ways(roads or DetourFactor(), listed, place), strict=True):
        chosen = _best(one, known, demand.material)
        if chosen is None:
            pending.append((one, km))
            continue
        station, found = chosen
        ready.append(Judged(one.candidate, judged(one.candidate, demand, station, found, km=km, today=today), km))
    if pending:
        ask_again(study)
    pending.sort(key=lambda row: (row[1] is None, row[1] or 0.0, row[0].candidate.id))
    rules = Rules(weights(), history or {})
    return OrderRanking(
        rank(demand, ready, rules),
        place,
        {one.candidate.id: one for one in listed},
        tuple(pending),
        study.state == Study.State.FAILED,
        today,
        rules,
    )


def _ways(roads: Roads, listed: Sequence[Listed], place: Commune) -> list[float | None]:
    """From each workshop to the order; None over the sea. Estimates are worked out at once, a router is asked each."""
    if isinstance(roads, DetourFactor):
        places = Places([(one.candidate.latitude, one.candidate.longitude) for one in listed])
        straight = (places.km((place.latitude, place.longitude)) * roads.factor).tolist()
        return [
            None if over_the_sea(one.candidate.insee, place.insee) else km
            for one, km in zip(listed, straight, strict=True)
        ]
    return [_way(roads, one, place) for one in listed]


def _way(roads: Roads, one: Listed, place: Commune) -> float | None:
    try:
        return roads.km(commune(one.candidate.insee), place)
    except NotConnectedError:
        return None


def _best(one: Listed, known: Mapping[str, Suited], material: str) -> tuple[Station | None, Suited | None] | None:
    """The first station that makes it, else the one that lacks least; None while one that might is not looked at."""
    best: tuple[Station | None, Suited | None] = (None, None)
    unseen = False
    for pair in one.pairs:
        found = known.get(pair.profile)
        if found is None:
            unseen = True
            continue
        found = with_material(found, pair.station, material)
        if found.ok:
            return pair.station, found
        if best[1] is None or len(found.obstacles) < len(best[1].obstacles):
            best = pair.station, found
    return None if unseen else best
