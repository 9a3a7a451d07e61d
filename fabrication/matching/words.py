# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ranking in French words: why a workshop stands where it stands, what is known and what is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from designs.typography import SPACE, THIN, french_number, listed, typeset
from fabrication.matching.feasible import earliest
from fabrication.matching.ranking import Ranked, Ranking
from fabrication.matching.scoring import CRITERIA, HALF_DAYS, HALF_KM, LOAD_WEEKS, TERMS, Term, Weights

#: Losing fewer points than this against the best is no reason to name.
_WORTH_NAMING = 0.5
#: What losing a term's points means, as part of a sentence.
_LOST = {
    "distance": "plus loin",
    # As the workshop announces it: the day of an order counts its weeks of work too (feasible.earliest).
    "lead": "délai annoncé plus long",
    "price": "plus cher",
    "load": "plus chargé",
    "criteria": "moins de critères justifiés",
    "stock": "panneau neuf",
    "history": "déjà choisi par cet acheteur",
}
_WON = {
    "distance": "plus près",
    "lead": "délai annoncé plus court",
    "price": "moins cher",
    "load": "moins chargé",
    "criteria": "plus de critères justifiés",
    "stock": "panneau recyclé ou de réemploi",
    "history": "moins souvent choisi par cet acheteur",
}


def figure(value: float, places: int = 1) -> str:
    """1234.5 → ``1 234,5``; zeros at the end are left out."""
    return french_number(value, places, thousands=THIN)


def euros(value: Decimal, places: int = 2) -> str:
    """``1 920,00 €``"""
    return f"{french_number(value, places, thousands=THIN, zeros=True)}{SPACE}€"


def day(value: date) -> str:
    return value.strftime("%d/%m/%Y")


def kilometres(km: float | None) -> str:
    """By road, as it is estimated."""
    if km is None:
        return "aucune route"
    return f"<{SPACE}1{SPACE}km" if km < 1 else f"{figure(km, 0)}{SPACE}km"


def value_of(term: Term, line: Ranked) -> str:
    """What a term was worked out from: ``42 km (estimation)``, ``inconnu``."""
    figures = line.figures
    if not term.known:
        return "inconnu"
    if term.name == "distance":
        return f"{kilometres(figures.km)} (estimation)"
    if term.name == "lead":
        return plural(figures.lead_days or 0, "jour", "jours")
    if term.name == "price":
        return f"environ {euros(figures.price_eur or Decimal(0), 0)} HT"
    if term.name == "load":
        return f"{figure(100 * (figures.load or 0.0), 0)}{SPACE}% des {LOAD_WEEKS} semaines à venir déjà pris"
    if term.name == "criteria":
        return f"{figures.criteria} sur {CRITERIA} avec un justificatif en cours"
    if term.name == "stock":
        return "recyclé ou de réemploi" if figures.recovered else "neuf"
    had, every = figures.earlier
    return f"{had} sur {every}" if every else "aucune commande connue"


def rule_of(name: str) -> str:
    """How a term's share of its weight is found, one French sentence."""
    return typeset(
        {
            "distance": f"tous les points sur place, la moitié à {HALF_KM:g}{SPACE}km, le tiers à {2 * HALF_KM:g}{SPACE}km",
            "lead": f"tous les points pour le jour même, la moitié à {HALF_DAYS:g}{SPACE}jours",
            "price": "tous les points au moins cher des ateliers capables, la moitié à deux fois son prix",
            "load": f"la part des {LOAD_WEEKS} semaines à venir qui reste libre",
            "criteria": "un quart des points par critère (technique, environnemental, social, économique) justifié",
            "stock": "tous les points si le panneau est recyclé ou de réemploi",
            "history": "la part des commandes de cet acheteur allées à d’autres ateliers",
        }[name]
    )


def weights_sentence(weights: Weights) -> str:
    """How the points are shared out."""
    data = weights.data()
    whole = sum(data.values())
    rest = whole - data["distance"]
    return typeset(
        f"La proximité passe d’abord : elle compte pour {figure(data['distance'])} points sur {figure(whole)}, tous les "
        f"autres critères réunis pour {figure(rest)}. Ce qui n’est pas connu reçoit la moitié de ses points."
    )


def why(line: Ranked, ranking: Ranking) -> str:
    """Why this rank, against the first: a French sentence."""
    first = ranking.able[0]
    if line is first:
        if len(ranking.able) == 1:
            return typeset("Le seul atelier qui remplit toutes les conditions.")
        second = ranking.able[1]
        won = _differences(first, second)
        if not won:
            return typeset("À égalité avec le suivant.")
        return typeset(f"Premier : {listed([_WON[name] for name in won])} que le suivant.")
    lost = _differences(first, line)
    won = _differences(line, first)
    if not lost:
        return typeset("À égalité avec le premier.")
    sentence = f"Par rapport au premier : {listed([_LOST[name] for name in lost])}"
    if won:
        sentence += f" ; en revanche {listed([_WON[name] for name in won])}"
    return typeset(f"{sentence}.")


def _differences(better: Ranked, worse: Ranked) -> list[str]:
    """Terms in which the first has clearly more points, most first; at most three."""
    gaps = [(one.points - other.points, one.name) for one, other in zip(better.terms, worse.terms, strict=True)]
    order = list(TERMS)
    found = sorted((g for g in gaps if g[0] >= _WORTH_NAMING), key=lambda g: (-g[0], order.index(g[1])))
    return [name for _, name in found[:3]]


def ready(line: Ranked, quantity: int, today: date) -> date | None:
    """The first day by which the whole order can be there, as far as it is known."""
    return earliest(line.candidate, quantity, today)


def plural(count: int, one: str, many: str) -> str:
    return f"{figure(count, 0)}{SPACE}{one if count < 2 else many}"
