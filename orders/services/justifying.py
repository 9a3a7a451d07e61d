# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which points a choice has to answer: below the threshold of a tender a buyer still takes a pertinent offer, makes good use of
public money and does not always go to the same operator (code de la commande publique, R. 2122-8)."""

from __future__ import annotations

from collections.abc import Container, Sequence

from designs.typography import SPACE
from fabrication.matching.words import kilometres
from fabrication.quoting.words import euros
from orders.services.answers import Answer
from orders.services.ranking import RankedWorkshop, WholeRanking

#: Kilometres that make no difference: distances are estimates.
_SAME_KM = 5


def points_to_answer(
    chosen: Answer, answers: Sequence[Answer], whole: WholeRanking | None, gone: Container[str] = ()
) -> list[str]:
    """French sentences; none for the first of the ranking that is also the cheapest and the nearest of those that answered,
    and has not had most of this buyer's orders. ``gone``: slugs of workshops that said no, and count for nobody's rank."""
    others = [one for one in answers if one.may_be_chosen and one.request.pk != chosen.request.pk]
    points = []
    if not others:
        points.append(
            "C’est la seule offre en main. Dites pourquoi vous n’en attendez pas d’autre, ou qui d’autre vous avez consulté."
        )
    mine = whole.of(chosen.request.workshop.slug) if whole else None
    if whole is None:
        points.append("Cette commande ne peut pas être classée. Dites d’après quoi vous comparez.")
    elif mine is None:
        points.append(
            f"Son rang n’est pas encore connu{SPACE}: ses machines sont à l’étude. Revenez dans une minute, ou dites pourquoi "
            "vous n’attendez pas."
        )
    else:
        points += _of_rank(mine, whole, gone)
    points += _of_price(chosen, others)
    if whole and mine:
        points += _of_distance(mine, others, whole)
        points += _of_history(mine, whole)
    return points


def _of_rank(mine: RankedWorkshop, whole: WholeRanking, gone: Container[str]) -> list[str]:
    if mine.rank is None:
        reasons = f"{SPACE}; ".join(mine.obstacles)
        return [f"Le classement l’écarte{SPACE}: {reasons}. Dites pourquoi ce n’est pas un obstacle."]
    ahead = [one for one in whole.able[: mine.rank - 1] if one.slug not in gone]
    if not ahead:
        return []
    return [
        f"Il est {mine.rank}e sur {len(whole.able)} au classement, derrière {ahead[0].name}. "
        "Dites ce qui compte davantage pour vous."
    ]


def _of_price(chosen: Answer, others: Sequence[Answer]) -> list[str]:
    priced = [(one.net_eur, one) for one in others if one.net_eur is not None]
    if chosen.net_eur is None or not priced:
        return []
    net, cheapest = min(priced, key=lambda pair: (pair[0], pair[1].request.pk))
    if net >= chosen.net_eur:
        return []
    return [
        f"{cheapest.request.workshop.name} demande {euros(chosen.net_eur - net)} HT de moins. "
        "Dites ce que cette différence paie."
    ]


def _of_distance(mine: RankedWorkshop, others: Sequence[Answer], whole: WholeRanking) -> list[str]:
    known = [found for one in others if (found := whole.of(one.request.workshop.slug)) and found.km is not None]
    nearest = min(known, key=lambda one: (one.km or 0, one.slug), default=None)
    if nearest is None or nearest.km is None or mine.km is None or mine.km - nearest.km < _SAME_KM:
        return []
    return [
        f"{nearest.name} est plus proche ({kilometres(nearest.km)} au lieu de {kilometres(mine.km)}). "
        "Le programme choisit en principe le plus proche."
    ]


def _of_history(mine: RankedWorkshop, whole: WholeRanking) -> list[str]:
    every = sum(whole.history.values())
    if every < 2 or 2 * mine.earlier <= every:
        return []
    return [
        f"Il a déjà eu {mine.earlier} de vos {every} commandes. On ne s’adresse pas toujours au même opérateur"
        f"{SPACE}: dites pourquoi encore lui."
    ]
