# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A reason why a workshop can't make an order, in words, with what would take it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from designs.typography import THIN, french_number, typeset


class Code(StrEnum):
    """What kind of reason; the order is that in which reasons are told."""

    CLOSED = "closed"
    TERRITORY = "territory"
    SEA = "sea"
    EQUIPMENT = "equipment"
    PROCESS = "process"
    BED = "bed"
    THICKNESS = "thickness"
    MATERIAL = "material"
    TOOL = "tool"
    SIZE = "size"
    OFFER = "offer"
    FINISH = "finish"
    LEAD = "lead"
    CAPACITY = "capacity"


@dataclass(frozen=True)
class Obstacle:
    """``english`` is for the shell, ``french`` for pages and documents; one sentence each, without a full stop.

    ``lacking`` is the French of what would take it away ("une table d’au moins 1 832 mm"); empty: nothing does."""

    code: Code
    english: str
    french: str
    lacking: str = ""

    @classmethod
    def of(cls, code: Code, english: str, french: str, lacking: str = "") -> Obstacle:
        """With French typography set."""
        return cls(code, english, typeset(french), typeset(lacking))

    def data(self) -> dict[str, str]:
        return {"code": str(self.code), "english": self.english, "french": self.french, "lacking": self.lacking}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Obstacle:
        return cls(Code(data["code"]), str(data["english"]), str(data["french"]), str(data["lacking"]))


def in_order(obstacles: list[Obstacle]) -> tuple[Obstacle, ...]:
    """Each once, in the order of the codes."""
    if len(obstacles) < 2:
        return tuple(obstacles)
    return tuple(sorted(dict.fromkeys(obstacles), key=lambda o: _ORDER[o.code]))


_ORDER = {code: number for number, code in enumerate(Code)}


def millimetres(value: float) -> str:
    """French: ``1 812``, ``17,6``, with narrow spaces between thousands."""
    return french_number(value, 1, thousands=THIN)
