# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What fabrication knows of an order: where, what, how many, by when. Whoever keeps orders makes one of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True)
class Demand:
    """``quantity`` pieces of one design for one commune (current INSEE code).

    ``parameters`` are those that differ from the design's defaults, ``deadline`` the day of delivery. ``buyer`` is who
    asks, for the share of its orders that a maker already had; empty: unknown.
    """

    id: str
    insee: str
    design: str
    quantity: int
    deadline: date | None = None
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    material: str = ""  # asked for by name; empty: any that the design is made for
    finish: str = ""
    buyer: str = ""
    drawing: str = ""  # Design.reference of the revision that was ordered; empty: the shipped one of ``design``

    @property
    def drawn_by(self) -> str:
        """What designs.catalogue.design finds it by."""
        return self.drawing or self.design
