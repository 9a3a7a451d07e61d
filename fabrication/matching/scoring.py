# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How well a workshop suits an order, in visible terms: a share from 0 to 1 each, times its weight.

Distance comes first, as the programme's rule has it: it weighs more than all other terms together, and half of its
points are lost at 50 km. What is not known gets half of its term, no more and no less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from fabrication.matching.candidate import Candidate, Station

#: Half of the distance's points are left here (km), half of the lead time's here (days).
HALF_KM, HALF_DAYS = 50.0, 30.0
#: The load is that of so many weeks.
LOAD_WEEKS = 4
#: The programme's four criteria: technical, environmental, social, economic.
CRITERIA = 4
UNKNOWN = 0.5


@dataclass(frozen=True)
class Weights:
    """Points of each term; their sum is the best score there is."""

    distance: float = 60.0
    lead: float = 12.0
    price: float = 12.0
    load: float = 4.0
    criteria: float = 4.0
    stock: float = 4.0
    history: float = 4.0

    @classmethod
    def of(cls, given: Mapping[str, float]) -> Weights:
        """The default ones but for those given. Raises ValueError for an unknown name, a negative or no number."""
        names = {field.name for field in fields(cls)}
        for name, value in given.items():
            if name not in names:
                raise ValueError(f"no term {name!r}; the terms are {', '.join(sorted(names))}")
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e6:
                raise ValueError(f"the weight of {name} is a number from 0 on, not {value!r}")
        return replace(cls(), **{name: float(value) for name, value in given.items()})

    def data(self) -> dict[str, float]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


#: English and French of each term, in the order in which they are told.
TERMS: dict[str, tuple[str, str]] = {
    "distance": ("distance", "distance"),
    "lead": ("lead time", "délai"),
    "price": ("price", "prix"),
    "load": ("load", "charge"),
    "criteria": ("criteria", "critères du programme"),
    "stock": ("recovered panels", "panneaux recyclés ou de réemploi"),
    "history": ("earlier orders", "commandes déjà confiées"),
}


@dataclass(frozen=True)
class Figures:
    """What a score is worked out from. None: not known. ``earlier``: this buyer's orders, those of them that this maker
    had and all; ``cheapest``: the lowest known price of the same ranking (€)."""

    km: float | None
    lead_days: int | None
    price_eur: Decimal | None
    cheapest_eur: Decimal | None
    load: float | None
    criteria: int
    recovered: bool
    earlier: tuple[int, int] = (0, 0)


#: Of a workshop that is not scored.
NO_FIGURES = Figures(None, None, None, None, None, 0, False)


@dataclass(frozen=True)
class Term:
    """One line of a score: ``share`` 0…1 of ``weight`` gives ``points``."""

    name: str
    share: float
    weight: float
    known: bool

    @property
    def points(self) -> float:
        return round(self.share * self.weight, 2)


def terms(figures: Figures, weights: Weights) -> tuple[Term, ...]:
    """Every term, in the order of TERMS."""
    found = shares(figures)
    known = {
        "distance": figures.km is not None,
        "lead": figures.lead_days is not None,
        "price": figures.price_eur is not None,
        "load": figures.load is not None,
    }
    return tuple(
        Term(name, share, getattr(weights, name), known.get(name, True))
        for name, share in zip(TERMS, found, strict=True)
    )


def shares(figures: Figures) -> tuple[float, float, float, float, float, float, float]:
    """Of each term, 0…1, in the order of TERMS."""
    price, cheapest = figures.price_eur, figures.cheapest_eur
    had, all_of_them = figures.earlier
    return (
        UNKNOWN if figures.km is None else 1 / (1 + figures.km / HALF_KM),
        UNKNOWN if figures.lead_days is None else 1 / (1 + figures.lead_days / HALF_DAYS),
        UNKNOWN if price is None else float(cheapest / price) if cheapest is not None and price > 0 else 1.0,
        UNKNOWN if figures.load is None else 1 - figures.load,
        min(figures.criteria, CRITERIA) / CRITERIA,
        1.0 if figures.recovered else 0.0,
        1 - had / all_of_them if all_of_them else 1.0,
    )


def score(found: tuple[float, ...], weights: tuple[float, ...]) -> float:
    """Points, to a hundredth, of shares and weights in the order of TERMS."""
    return round(sum(round(share * weight, 2) for share, weight in zip(found, weights, strict=True)), 2)


def load_of(candidate: Candidate) -> float | None:
    """Share of the coming weeks that is committed already, 0…1; None: its capacity is not known."""
    units = candidate.units_per_week
    if units is None or units <= 0:
        return None
    return min(1.0, float(candidate.committed_units / (units * LOAD_WEEKS)))


def criteria_of(candidate: Candidate) -> int:
    """Of the four, those for which a fact in force is shown."""
    return len([1 for count in candidate.criteria.values() if count > 0])


def is_recovered(station: Station | None) -> bool:
    return station is not None and station.origin in ("recycled", "reclaimed")
