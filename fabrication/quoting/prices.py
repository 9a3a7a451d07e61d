# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a maker asks: euros without VAT. None is not known, and nothing takes its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True)
class Prices:
    """``sheet`` is for whole sheets of a stock that names no price; ``hardware`` the maker's own prices of one unit, by
    reference, before the table's; ``piece`` its own price for one piece in the model's base sizes, instead of what
    making it would come to; ``machine_min`` the machine's minutes where the maker knows better (a laser's)."""

    machine_hour: Decimal | None = None
    hand_hour: Decimal | None = None
    delivery_km: Decimal | None = None
    minimum: Decimal | None = None
    vat_rate: Decimal | None = None  # a share; 0: not liable
    sheet: Decimal | None = None
    piece: Decimal | None = None
    machine_min: Decimal | None = None
    hardware: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Way:
    """To the place of delivery. ``km`` one way by estimated road; None with the ``reason`` why (French)."""

    origin: str
    destination: str
    km: float | None
    reason: str = ""
    estimated: bool = True  # else somebody measured it
