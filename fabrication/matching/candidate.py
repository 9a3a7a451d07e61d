# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A workshop as matching sees it: plain data, from the site's rows or from a table of the shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from fablabs.machine import MachineFile, Process


@dataclass(frozen=True)
class Station:
    """A machine with a stock on it, as far as they are known. ``materials`` empty: unknown. ``file`` has everything."""

    process: Process
    bed_mm: tuple[float, float]
    max_thickness_mm: float
    materials: tuple[str, ...] = ()
    file: MachineFile | None = None
    origin: str = "new"  # of the stock: new, recycled, reclaimed


@dataclass(frozen=True)
class Offered:
    """A model on a maker's own list: pieces an order, its price for one (€ without VAT; None: by quote)."""

    smallest: int = 1
    largest: int | None = None
    price_eur: Decimal | None = None


@dataclass(frozen=True)
class Candidate:
    """None: not known, which stays unknown. ``offers`` None: every model, by quote. Coordinates: WGS84 degrees."""

    id: str
    name: str
    insee: str
    latitude: float
    longitude: float
    stations: tuple[Station, ...]
    units_per_week: Decimal | None = None
    lead_days: int | None = None
    machine_hour_eur: Decimal | None = None
    hand_hour_eur: Decimal | None = None
    delivery_km_eur: Decimal | None = None
    minimum_eur: Decimal | None = None
    vat_rate: Decimal | None = None
    radius_km: float | None = None  # served, by estimated road; None: no limit
    departments: frozenset[str] = frozenset()  # served; empty: all
    offers: Mapping[str, Offered] | None = None
    finishes: frozenset[str] = frozenset()
    closed_weeks: frozenset[date] = frozenset()  # their Mondays
    criteria: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))  # facts in force a criterion
    is_open: bool = True
    committed_units: Decimal = Decimal(0)  # of orders not yet made
