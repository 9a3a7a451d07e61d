# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workshops that one change keeps from an order, as the ranking's page shows them: each with its next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from designs.typography import typeset
from fabrication.demand import Demand
from fabrication.matching.near_misses import Change, near_misses
from fabrication.matching.record import Record
from fabrication.matching.words import day, kilometres, plural


@dataclass(frozen=True)
class Step:
    """``change`` is what to ask for; ``words`` name the link to where it is asked."""

    change: str
    words: str
    url: str


@dataclass(frozen=True)
class NearLine:
    name: str
    commune: str
    km: str
    url: str
    lead: str
    steps: tuple[Step, ...]


def near_lines(record: Record, query: Mapping[str, str], latest: date) -> list[NearLine]:
    """Nearest first. ``query`` is what the ranking's own address says; a day after ``latest`` can't be asked for."""
    demand = record.ranking.demand
    found = []
    for miss in near_misses(record.ranking, record.made_at.date()):
        named, slug = record.named[miss.line.candidate.id], miss.line.candidate.id
        steps = tuple(_step(change, demand, query, slug) for change in miss.changes if _can_be_asked(change, latest))
        if steps:
            lead = "Il le ferait avec un seul changement" if miss.changes[0].demand else "Il manque seulement"
            url = reverse("workshop", args=[slug])
            found.append(NearLine(named.name, named.commune, kilometres(miss.line.km), url, lead, steps))
    return found


def _can_be_asked(change: Change, latest: date) -> bool:
    return change.demand is None or change.demand.deadline is None or change.demand.deadline <= latest


def _step(change: Change, demand: Demand, query: Mapping[str, str], slug: str) -> Step:
    if change.demand is None:
        return Step(change.french, "Voir sa fiche et lui demander", reverse("workshop", args=[slug]))
    other = change.demand
    asked, words = dict(query), "Classer les ateliers"
    for name, value in other.parameters.items():
        if value != demand.parameters.get(name):
            asked[name] = f"{value:g}" if isinstance(value, float) else str(value)
            words = "Classer les ateliers avec cette dimension"
    if other.deadline is not None and other.deadline != demand.deadline:
        asked["echeance"] = other.deadline.isoformat()
        words = f"Classer les ateliers pour le {day(other.deadline)}"
    if other.quantity != demand.quantity:
        asked["quantite"] = str(other.quantity)
        words = f"Classer les ateliers pour {plural(other.quantity, 'exemplaire', 'exemplaires')}"
    return Step(change.french, typeset(words), f"{reverse('ranking')}?{urlencode(asked)}#classement")
