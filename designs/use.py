# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a piece is used, as the checks of fitness need to know it: loads, floor, knees, hands (mm, kg)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from designs.furniture import Vector


class Support(StrEnum):
    """How a board that bends is held."""

    BOTH_ENDS = "both-ends"
    ONE_END = "one-end"  # cantilever


@dataclass(frozen=True)
class Load:
    """What a board carries in use, over its free ``span`` (mm); spread evenly, or at the worst place.

    It may bend by ``span`` / ``limit``: 200 for a shelf, 300 for a worktop that one writes on; twice as far where it is
    held at one end only.
    """

    part: str  # code
    kg: float
    span: float
    width: float  # of the board that bends, across the span
    support: Support = Support.BOTH_ENDS
    spread: bool = True
    lasting: bool = False  # stands there for months: creep counts
    limit: float = 200.0


@dataclass(frozen=True)
class Push:
    """A load that could tip the piece: so many kg straight down at a point of its edge, on a floor (or a piece) that
    is tilted by ``tilt`` degrees in the worst direction."""

    name: str  # French: "bord de la rallonge"
    at: Vector
    kg: float
    tilt: float = 10.0


#: Somebody's arms, on a floor that slopes by 10°; and 100 N, on a level one.
ARMS_KG, HUNDRED_NEWTONS_KG = 5.0, 10.2


def leant_on(edges: Sequence[tuple[str, Vector]]) -> list[Push]:
    """The two loads that every edge within reach of a standing person's arms has to bear (docs/fitness.md)."""
    return [Push(name, at, kg, tilt) for name, at in edges for kg, tilt in ((ARMS_KG, 10.0), (HUNDRED_NEWTONS_KG, 0.0))]


@dataclass(frozen=True)
class Knees:
    """Free space where one sits, seen from the front: it begins at ``at`` (front edge, floor, middle).

    ``wheelchair``: these sizes promise a wheelchair's place; else a chair's is enough, and it is said.
    """

    at: Vector
    into: Vector  # unit vector, horizontal, along X or Y, from the sitter into the piece
    wheelchair: bool = False


@dataclass(frozen=True)
class Weight:
    """Something bought that is heavy enough, and far enough from the middle, to count in tipping over."""

    name: str
    at: Vector
    kg: float


@dataclass(frozen=True)
class Lift:
    """What is carried as one: parts by code, and kilograms of what is bolted to them; by so many people."""

    name: str  # French: "la caisse vide"
    parts: tuple[str, ...]
    kg: float = 0.0
    hands: int = 1


@dataclass(frozen=True)
class Folded:
    """The piece put away or on its way, with these parameters: its box goes into ``room`` (width, depth, height).

    ``any_side``: it may be turned, as in a car's boot; a door is passed upright.
    """

    name: str  # French: "dans le coffre"
    given: Mapping[str, Any]
    room: Vector
    any_side: bool = False


@dataclass(frozen=True)
class Use:
    """``floor`` are the points that the piece stands on; wheels stand up to ``swivel`` beside them, any way."""

    floor: tuple[Vector, ...]
    loads: tuple[Load, ...] = ()
    pushes: tuple[Push, ...] = ()
    knees: tuple[Knees, ...] = ()
    hands: int = 1  # people that setting it up needs
    swivel: float = 0.0
    weights: tuple[Weight, ...] = ()
    lifts: tuple[Lift, ...] = ()
    folded: tuple[Folded, ...] = field(default=())
    told: tuple[str, ...] = ()  # French sentences for who uses it: how it is folded, and put up again
