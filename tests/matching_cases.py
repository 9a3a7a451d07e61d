# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workshops and orders as plain data, for the tests of matching."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from fablabs.geography import commune
from fablabs.machine import Process
from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate, Station
from fabrication.matching.measuring import Piece
from tests.cutting import Bracket

TODAY = date(2026, 11, 23)  # a Monday
NIMES, ARLES, PARIS, AJACCIO, SAINT_DENIS = "30189", "13004", "75056", "2A004", "97411"
BIG = Station(Process.ROUTER, (2500.0, 1250.0), 25.0, ("contreplaqué bouleau",))
SMALL = Station(Process.ROUTER, (300.0, 300.0), 25.0, ("contreplaqué bouleau",))
PIECE = Piece(Bracket(), {})


def candidate(identifier: str = "a", insee: str = NIMES, **fields: Any) -> Candidate:
    """A workshop at Nîmes with a large router that makes five a week, the first one in ten days."""
    place = commune(insee)
    values: dict[str, Any] = {
        "stations": (BIG,),
        "units_per_week": Decimal(5),
        "lead_days": 10,
        "machine_hour_eur": Decimal(40),
    }
    return Candidate(
        identifier, f"Atelier {identifier}", place.insee, place.latitude, place.longitude, **(values | fields)
    )


def demand(quantity: int = 1, **fields: Any) -> Demand:
    return Demand(**({"id": "D1", "insee": NIMES, "design": "equerre", "quantity": quantity} | fields))
