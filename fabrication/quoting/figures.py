# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a cut plan says that costs money: plain figures, kept as JSON, from which every quote's lines come.

They hold no price of work: the same figures serve whatever a maker charges. Prices of sheets are in them, since the
layout was chosen by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import TypeAdapter


class TimeSource(StrEnum):
    """Where the machine's seconds come from."""

    PROGRAM = "program"  # the machine's own file, move by move
    LENGTH = "length"  # length of cut × passes ÷ feed
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SheetFigures:
    """One sheet or offcut of the plan (mm, mm²). ``remnant_area`` is what stays useful of it."""

    width: float
    height: float
    source: str  # the offcut's name; empty for a whole sheet
    area: float
    remnant_area: float
    price_eur: Decimal | None


@dataclass(frozen=True)
class HardwareFigures:
    """Of all pieces together."""

    reference: str
    name: str  # French
    unit: str  # "pièce", "m", "m²"
    quantity: float


@dataclass(frozen=True)
class CutFigures:
    """The plan of ``quantity`` pieces of a design on one machine and stock. Lengths in mm, times in seconds.

    ``cut_length`` is the way of the tool in the wood, all passes: of the program, or estimated. ``seconds`` is the
    machine's time; None if ``unknown`` names what is missing for it (French). ``plan_key`` is the key of the package
    that would be cut.
    """

    design: str
    revision: int
    quantity: int
    process: str
    material: str
    nominal_thickness: float
    thickness: float
    plan_key: str
    sheets: tuple[SheetFigures, ...]
    parts: int  # copies, over all pieces
    edge_length: float  # of outlines and openings, once round
    passes: int | None  # for a through cut with the main tool; a laser cuts in one
    cut_length: float
    seconds: float | None
    time_source: TimeSource
    unknown: tuple[str, ...]
    tool_changes: int
    steps: int  # of the assembly of one piece
    person_steps: int  # each counted for everybody who holds
    fixings: int  # screws, nuts, casters… mounted on one piece
    mass_g: float  # of all pieces
    hardware: tuple[HardwareFigures, ...]


@cache
def _adapter() -> TypeAdapter[CutFigures]:
    return TypeAdapter(CutFigures)


def figures_as_data(figures: CutFigures) -> dict[str, Any]:
    """As JSON holds it."""
    data: dict[str, Any] = _adapter().dump_python(figures, mode="json")
    return data


def figures_from(data: Mapping[str, Any]) -> CutFigures:
    """Raises pydantic's ValidationError (a ValueError) for anything else."""
    return _adapter().validate_python(dict(data))
