# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two runs side by side: which orders go elsewhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from fabrication.models import AssignmentRun

#: Maker's name ("" for pieces left out), pieces, metres.
Part = tuple[str, int, int | None]


@dataclass(frozen=True)
class Changed:
    """An order with what each run does with it; an empty tuple: the run has no such order."""

    demand: str
    place: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]

    @property
    def metres(self) -> int | None:
        """Piece-metres more than before; None where pieces are left out, or the order is not in both."""
        sums = []
        for parts in (self.before, self.after):
            if not parts or any(metres is None for _, _, metres in parts):
                return None
            sums.append(sum(quantity * (metres or 0) for _, quantity, metres in parts))
        return sums[1] - sums[0]


def changes(before: AssignmentRun, after: AssignmentRun) -> list[Changed]:
    """The orders that go elsewhere, in the order of the lists. Two queries."""
    places: dict[str, str] = {}
    found: list[dict[str, list[Part]]] = []
    for run in (after, before):
        parts: dict[str, list[Part]] = defaultdict(list)
        for demand, place, name, quantity, metres in run.rows.values_list(
            "demand", "place", "maker_name", "quantity", "metres"
        ):
            parts[demand].append((name, quantity, metres))
            places.setdefault(demand, place)
        found.append(parts)
    new, old = found
    return [
        Changed(demand, place, tuple(old.get(demand, ())), tuple(new.get(demand, ())))
        for demand, place in places.items()
        if sorted(old.get(demand, ()), key=str) != sorted(new.get(demand, ()), key=str)
    ]
