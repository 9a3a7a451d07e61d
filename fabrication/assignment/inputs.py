# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Orders and makers as bytes that are kept with a run, and back: a run can be made again when the makers have changed.

A kind of station that several makers have is written once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from fablabs.machine import MachineFile, Process
from fabrication.canonical import canonical_json
from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate, Offered, Station

_DECIMALS = (
    "units_per_week", "machine_hour_eur", "hand_hour_eur", "delivery_km_eur", "minimum_eur", "vat_rate",
    "committed_units",
)  # fmt: skip
_PLAIN = ("id", "name", "insee", "latitude", "longitude", "lead_days", "radius_km", "is_open")


def pack(demands: Sequence[Demand], candidates: Sequence[Candidate]) -> bytes:
    """The same lists, the same bytes."""
    stations: dict[str, int] = {}
    makers = [_candidate_data(candidate, stations) for candidate in candidates]
    data = {
        "demands": [_demand_data(demand) for demand in demands],
        "stations": [json.loads(text) for text in stations],
        "candidates": makers,
    }
    return zlib.compress(canonical_json(data).encode(), 6)


def unpack(packed: bytes) -> tuple[tuple[Demand, ...], tuple[Candidate, ...]]:
    """What ``pack`` was given. Raises ValueError for other bytes."""
    try:
        data = json.loads(zlib.decompress(packed))
        stations = [_station(station) for station in data["stations"]]
        demands = tuple(_demand(row) for row in data["demands"])
        return demands, tuple(_candidate(row, stations) for row in data["candidates"])
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError("these are no inputs of an assignment") from error


def _demand_data(demand: Demand) -> dict[str, Any]:
    return {
        "id": demand.id,
        "insee": demand.insee,
        "design": demand.design,
        "quantity": demand.quantity,
        "deadline": demand.deadline.isoformat() if demand.deadline else None,
        "parameters": dict(demand.parameters),
        "material": demand.material,
        "finish": demand.finish,
        "buyer": demand.buyer,
        **({"drawing": demand.drawing} if demand.drawing else {}),
    }


def _demand(row: dict[str, Any]) -> Demand:
    deadline = date.fromisoformat(row["deadline"]) if row["deadline"] else None
    return Demand(**{**row, "deadline": deadline})


def _candidate_data(candidate: Candidate, stations: dict[str, int]) -> dict[str, Any]:
    found = {name: getattr(candidate, name) for name in _PLAIN}
    for name in _DECIMALS:
        value = getattr(candidate, name)
        found[name] = None if value is None else str(value)
    texts = [canonical_json(_station_data(station)) for station in candidate.stations]
    offers = candidate.offers
    return found | {
        "stations": [stations.setdefault(text, len(stations)) for text in texts],
        "departments": sorted(candidate.departments),
        "finishes": sorted(candidate.finishes),
        "closed_weeks": [day.isoformat() for day in sorted(candidate.closed_weeks)],
        "criteria": dict(candidate.criteria),
        "offers": None
        if offers is None
        else {
            design: [o.smallest, o.largest, None if o.price_eur is None else str(o.price_eur)]
            for design, o in offers.items()
        },
    }


def _candidate(row: dict[str, Any], stations: Sequence[Station]) -> Candidate:
    values = {name: row[name] for name in _PLAIN}
    values |= {name: None if row[name] is None else Decimal(row[name]) for name in _DECIMALS}
    offers = row["offers"]
    return Candidate(
        **values,
        stations=tuple(stations[index] for index in row["stations"]),
        departments=frozenset(row["departments"]),
        finishes=frozenset(row["finishes"]),
        closed_weeks=frozenset(date.fromisoformat(day) for day in row["closed_weeks"]),
        criteria=row["criteria"],
        offers=None
        if offers is None
        else {
            design: Offered(smallest, largest, None if price is None else Decimal(price))
            for design, (smallest, largest, price) in offers.items()
        },
    )


def _station_data(station: Station) -> dict[str, Any]:
    file = station.file
    return {
        "process": str(station.process),
        "bed_mm": list(station.bed_mm),
        "max_thickness_mm": station.max_thickness_mm,
        "materials": list(station.materials),
        "file": None if file is None else file.model_dump(mode="json", exclude_unset=True),
        "origin": station.origin,
    }


def _station(row: dict[str, Any]) -> Station:
    return Station(
        process=Process(row["process"]),
        bed_mm=(row["bed_mm"][0], row["bed_mm"][1]),
        max_thickness_mm=row["max_thickness_mm"],
        materials=tuple(row["materials"]),
        file=None if row["file"] is None else MachineFile.model_validate(row["file"]),
        origin=row["origin"],
    )
