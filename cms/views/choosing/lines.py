# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ranking of a whole order as its page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from cms.views.choosing.words import earlier_words
from designs.typography import SPACE
from fabrication.matching.scoring import CRITERIA, TERMS, Term
from fabrication.matching.words import euros, figure, value_of, why
from fabrication.models import Proposal
from orders.models import Order
from orders.services.answers import Answer, Standing
from orders.services.ranking import RankedWorkshop, WholeRanking, demand_of

#: Workshops shown at once, and folded below; the others are counted.
SHOWN, MOST_SHOWN, MOST_EXCLUDED = 6, 30, 40


@dataclass(frozen=True)
class TermRow:
    label: str
    value: str
    points: str
    weight: str


@dataclass(frozen=True)
class Line:
    """``proposed``: French, by the coordination, "" by nobody; ``no``: French, that it declined or
    refused; ``answer``: where it was asked; ``may_ask``: a place is
    left, and it is not asked already."""

    workshop: RankedWorkshop
    why: str
    price: str
    points: str
    earlier: str
    proposed: str
    no: str
    answer: Answer | None
    may_ask: bool
    terms: tuple[TermRow, ...]


def lines_of(
    whole: WholeRanking, answers: Mapping[str, Answer], proposed: Mapping[str, str], no: Mapping[str, str], places: int
) -> list[Line]:
    """Those that can make it: the proposed and the first ones; ``answers`` and ``proposed`` by slug."""
    every = sum(whole.history.values())
    found = []
    for one in whole.able[:MOST_SHOWN]:
        answer = answers.get(one.slug)
        free = answer is None or answer.standing not in (Standing.WAITING, Standing.ANSWERED, Standing.HIDDEN)
        found.append(
            Line(
                one,
                # The whole order's ranking has the same first, points and terms as one line's.
                why(cast(Any, one), cast(Any, whole)),
                "" if one.price_eur is None else euros(one.price_eur, 0),
                figure(one.score or 0.0),
                earlier_words(one.earlier, every),
                proposed.get(one.slug, ""),
                no.get(one.slug, ""),
                answer,
                free and places > 0,
                tuple(
                    TermRow(TERMS[term.name][1], _value(term, one, every), figure(term.points, 2), figure(term.weight))
                    for term in one.terms
                ),
            )
        )
    return found


def proposals_of(order: Order) -> dict[str, str]:
    """Slug → "proposé par la coordination", of a run whose proposals stand; for how many lines where not for all. One
    query."""
    lines = [line for line in order.lines.all() if line.is_furniture]
    ids = [demand_of(order, line).id for line in lines]
    rows = Proposal.objects.filter(demand__in=ids, replaced_at=None).values_list("workshop__slug", "demand").distinct()
    counted = Counter(slug for slug, _ in rows)
    words = "proposé par la coordination"
    return {
        slug: words
        if count == len(lines)
        else f"{words} pour {count}{SPACE}ligne{'s' if count > 1 else ''} sur {len(lines)}"
        for slug, count in counted.items()
    }


def _value(term: Term, one: RankedWorkshop, every: int) -> str:
    """What the points rest on: the whole order's price and history, what all lines share of the rest."""
    if term.name == "price" and one.price_eur is not None and len(one.lines) > 1:
        return "prix de chaque modèle, comparé au moins cher"
    if term.name == "history":
        return earlier_words(one.earlier, every) or "votre première commande"
    return value_of(term, one.lines[0][1])


def criteria_words(one: RankedWorkshop) -> str:
    """ "3 sur 4 justifiés"."""
    shown = one.lines[0][1].figures.criteria
    return f"{shown} sur {CRITERIA} justifié{'s' if shown > 1 else ''}"
