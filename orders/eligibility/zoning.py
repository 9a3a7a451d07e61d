# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A zoning as data: which list says what of which commune, and from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """The official lists that decide."""

    FRR = "frr"
    ZRR = "zrr"
    QPV = "qpv"
    FRANCE_SERVICES = "france-services"


#: One of each group must be in force for an answer of no: the countryside's, and the cities'.
RURAL, URBAN = (Kind.FRR, Kind.ZRR), (Kind.QPV,)


class Status(StrEnum):
    """What a list says of a commune. SILENT: the list doesn't name it, and doesn't claim to name all."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    SILENT = "silent"


@dataclass(frozen=True)
class ListInForce:
    """One imported list. ``is_complete``: a commune that it doesn't name has no such zoning."""

    kind: Kind
    vintage: str
    source: str
    valid_from: date
    valid_to: date | None = None
    is_complete: bool = False
    is_demo: bool = False


@dataclass(frozen=True)
class ZoningLine:
    """What a list says of one commune (INSEE code, of today) between two days, both included. ``label``: the class, the
    district's or the space's name; ``code``: the district's or the space's number in its list."""

    insee: str
    status: Status
    label: str
    valid_from: date
    valid_to: date | None = None
    code: str = ""
    siret: str = ""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def best_of(lists: list[ListInForce], day: date) -> dict[Kind, ListInForce]:
    """For each kind the list that is in force that day: an official one before the demonstration's, then the one that
    began last, then the newest vintage."""
    found: dict[Kind, ListInForce] = {}
    for one in sorted(lists, key=lambda each: (not each.is_demo, each.valid_from, each.vintage)):
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
            found[one.kind] = one
    return found
