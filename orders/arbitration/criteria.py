# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a préfecture weighs, and how many points an intention has by it.

A criterion gives a share from 0 to 1 of an intention's facts, and says why; its weight makes points of the share. Weights
are the campaign's, or what somebody tries on the page; they are a help to sort by, never a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any, TypeGuard

from designs.typography import SPACE, THIN, french_number
from orders.arbitration.classes import FRR_PLUS, QPV

#: The most that one criterion may weigh.
MOST_WEIGHT = 100
#: Inhabitants: the whole share up to the first, none from the second on, by the logarithm between.
_SMALL, _LARGE = 1_000, 20_000
#: Kilometres as the crow flies: the whole share up to the first, none from the second on.
_NEAR_KM, FAR_KM = 20.0, 150.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one intention. ``classes``: orders.arbitration.classes; ``population`` of the commune where the furniture goes;
    ``nearest_km``: to the nearest workshop that takes orders, as the crow flies, None beyond FAR_KM or across the sea."""

    verdict: str
    classes: str
    population: int | None
    is_first: bool
    nearest_km: float | None


@dataclass(frozen=True)
class Criterion:
    name: str
    label: str
    rule: str
    weight: int  # where neither the campaign nor the page says another
    share: Callable[[Facts], float]
    words: Callable[[Facts], str]


@dataclass(frozen=True)
class Part:
    """What one criterion gives: ``points`` of at most ``weight``, and why."""

    criterion: Criterion
    weight: float
    points: float
    words: str


_VERDICTS = {
    "yes": (1.0, "éligible"),
    "partly": (0.5, "éligible en partie"),
    "unknown": (0.25, "éligibilité inconnue"),
    "no": (0.0, "non éligible"),
}


def _small(facts: Facts) -> float:
    if facts.population is None or facts.population >= _LARGE:
        return 0.0
    if facts.population <= _SMALL:
        return 1.0
    return log(_LARGE / facts.population) / log(_LARGE / _SMALL)


def _near(facts: Facts) -> float:
    if facts.nearest_km is None:
        return 0.0
    return min(1.0, max(0.0, (FAR_KM - facts.nearest_km) / (FAR_KM - _NEAR_KM)))


def _inhabitants(facts: Facts) -> str:
    if facts.population is None:
        return "commune inconnue"
    return f"{french_number(facts.population, 0, thousands=THIN)}{SPACE}habitant{'s' if facts.population > 1 else ''}"


def _distance(facts: Facts) -> str:
    if facts.nearest_km is None:
        return f"aucun atelier ouvert à moins de {FAR_KM:.0f}{SPACE}km"
    if facts.nearest_km < 0.5:
        return "un atelier ouvert dans la commune"
    return f"un atelier ouvert à {facts.nearest_km:.0f}{SPACE}km à vol d’oiseau"


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "eligibility",
        "Éligibilité",
        "Tout si elle est certaine, la moitié en partie, un quart si elle est inconnue.",
        30,
        lambda facts: _VERDICTS.get(facts.verdict, (0.0, ""))[0],
        lambda facts: _VERDICTS.get(facts.verdict, (0.0, facts.verdict))[1],
    ),
    Criterion(
        "frr_plus",
        "FRR+",
        "Tout si la commune est classée en FRR+ au jour du dépôt.",
        20,
        lambda facts: float(FRR_PLUS in facts.classes.split()),
        lambda facts: "commune en FRR+" if FRR_PLUS in facts.classes.split() else "pas en FRR+",
    ),
    Criterion(
        "qpv",
        "Quartier prioritaire",
        "Tout si le territoire a un quartier prioritaire (QPV) au jour du dépôt.",
        15,
        lambda facts: float(QPV in facts.classes.split()),
        lambda facts: "un quartier prioritaire" if QPV in facts.classes.split() else "pas de quartier prioritaire",
    ),
    Criterion(
        "small_commune",
        "Petite commune",
        f"Tout jusqu’à 1{THIN}000{SPACE}habitants, puis de moins en moins, rien à partir de 20{THIN}000.",
        15,
        _small,
        _inhabitants,
    ),
    Criterion(
        "first_order",
        "Première aide",
        "Tout si aucune autre commande de cet acheteur n’est aidée.",
        10,
        lambda facts: float(facts.is_first),
        lambda facts: "aucune autre commande aidée" if facts.is_first else "une autre commande déjà aidée",
    ),
    Criterion(
        "near_maker",
        "Atelier proche",
        f"Tout si un atelier ouvert est à moins de {_NEAR_KM:.0f}{SPACE}km, rien au-delà de {FAR_KM:.0f}{SPACE}km.",
        10,
        _near,
        _distance,
    ),
)
NAMES = tuple(criterion.name for criterion in CRITERIA)


def weights_of(stored: Mapping[str, Any]) -> dict[str, int]:
    """A campaign's weights, every criterion named: what is missing or no weight is the criterion's own."""
    return {
        criterion.name: value if is_weight(value := stored.get(criterion.name)) else criterion.weight
        for criterion in CRITERIA
    }


def is_weight(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_WEIGHT


def points_of(facts: Facts, weights: Mapping[str, int]) -> float:
    """To a tenth; the sum of ``parts_of``."""
    return round(sum(round(criterion.share(facts) * weights[criterion.name], 1) for criterion in CRITERIA), 1)


def parts_of(facts: Facts, weights: Mapping[str, int]) -> list[Part]:
    """What the points are made of, criterion by criterion."""
    return [
        Part(one, weights[one.name], round(one.share(facts) * weights[one.name], 1), one.words(facts))
        for one in CRITERIA
    ]


def most_points(weights: Mapping[str, int], names: Iterable[str] = NAMES) -> int:
    return sum(weights[name] for name in names)
