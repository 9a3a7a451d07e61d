# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A ranking as a record that a public buyer keeps: who, when, from what, by which rule, and every workshop with every
term or every reason. The same record as CSV, as PDF and on the page; its fingerprint holds them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fabrication.canonical import canonical_key
from fabrication.matching.ranking import Ranked, Ranking
from fabrication.matching.words import day, ready

#: Said on every record: a buyer's duties below the threshold of a tender do not end with a ranking.
DUTY = (
    "En achat de gré à gré, l’acheteur choisit une offre pertinente, fait bon usage des deniers publics et ne contracte "
    "pas systématiquement avec le même opérateur. Ce classement éclaire le choix, il ne le fait pas."
)


@dataclass(frozen=True)
class Named:
    """How people know a workshop."""

    name: str
    maker: str
    kind: str
    commune: str
    is_demo: bool = False


@dataclass(frozen=True)
class Record:
    """``made_at`` is the moment in the buyer's time zone; ``who`` asked, as the site knows them. ``sizes``: label and value
    of each parameter, in French; ``pending``: workshops that were not looked at yet, with the way (km) where there is one."""

    ranking: Ranking
    named: Mapping[str, Named]
    title: str  # of the design
    revision: int
    sizes: Sequence[tuple[str, str]]
    place: str
    who: str
    made_at: datetime
    pending: Sequence[tuple[str, float | None]] = ()

    def data(self) -> dict[str, Any]:
        """All that the ranking rests on and says, as JSON holds it; neither who asked nor when."""
        demand = self.ranking.demand
        return {
            "demand": {
                "design": demand.design,
                "revision": self.revision,
                "parameters": {name: demand.parameters[name] for name in sorted(demand.parameters)},
                "quantity": demand.quantity,
                "insee": demand.insee,
                "deadline": demand.deadline.isoformat() if demand.deadline else None,
                "counted_from": self.made_at.date().isoformat(),
            },
            "weights": self.ranking.weights.data(),
            "able": [self._line(line) for line in self.ranking.able],
            "unable": [self._line(line) for line in self.ranking.unable],
            "pending": [slug for slug, _ in self.pending],
        }

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON of ``data``: two records with the same one say the same."""
        return canonical_key(self.data())

    def _line(self, line: Ranked) -> dict[str, Any]:
        when = ready(line, self.ranking.demand.quantity, self.made_at.date())
        return {
            "workshop": line.candidate.id,
            "rank": line.rank,
            "score": line.score,
            "km": None if line.km is None else round(line.km, 1),
            "lead_days": line.candidate.lead_days,
            "ready": day(when) if when else None,
            "price_eur": str(line.price.eur) if line.price else None,
            "terms": {term.name: [round(term.share, 4), term.weight, term.points] for term in line.terms}
            if line.rank
            else {},
            "obstacles": [str(obstacle.code) for obstacle in line.obstacles],
            "reasons": [obstacle.french for obstacle in line.obstacles],
        }
