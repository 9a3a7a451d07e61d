# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a piece is used, as the checks of fitness need to know it: loads, floor, knees, hands (mm, kg)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from designs.furniture import Vector


class Support(StrEnum):
    """How a board that bends is held."""

    BOTH_ENDS = "both-ends"
    ONE_END = "one-end"  # cantilever


@dataclass(frozen=True)
class Load:
    """What a board carries in use, over its free ``span`` (mm); spread evenly, or at the worst place."""

    part: str  # code
    kg: float
    span: float
    width: float  # of the board that bends, across the span
    support: Support = Support.BOTH_ENDS
    spread: bool = True
    lasting: bool = False  # stands there for months: creep counts


@dataclass(frozen=True)
class Push:
    """A load that could tip the piece: so many kg straight down at a point of its edge."""

    name: str  # French: "bord de la rallonge"
    at: Vector
    kg: float


@dataclass(frozen=True)
class Knees:
    """Free space where one sits, seen from the front: it begins at ``at`` (front edge, floor, middle)."""

    at: Vector
    into: Vector  # unit vector, horizontal, from the sitter into the piece


@dataclass(frozen=True)
class Use:
    """``floor`` are the points that the piece stands on; ``lifted`` the groups of parts that are carried apart."""

    floor: tuple[Vector, ...]
    loads: tuple[Load, ...] = ()
    pushes: tuple[Push, ...] = ()
    knees: tuple[Knees, ...] = ()
    hands: int = 1  # people that setting it up needs
