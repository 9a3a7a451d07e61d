# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a machine and its stock decides whether parts fit: two workshops alike in that are looked at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from fablabs.machine import MachineFile
from fabrication.canonical import canonical_key
from fabrication.matching.candidate import Station

#: Of the [machine] table: neither names nor what only the machine's own program and a price read.
_OF_MACHINE = (
    "process", "bed_mm", "max_thickness_mm", "spacing_mm", "margin_mm", "kerf_mm", "corner_relief", "keep_out_mm",
    "layers",
)  # fmt: skip
_OF_STOCK = ("material", "nominal_thickness_mm", "measured_thickness_mm", "sheet_mm", "grain", "clearance_mm")


@dataclass(frozen=True)
class Profiled:
    """A machine with a stock on it, and the SHA-256 of what decides."""

    station: Station
    profile: str


@lru_cache(maxsize=20_000)
def profiled(machine: str, stock: str, origin: str) -> Profiled | None:
    """From the two tables of a machine file as JSON texts; kept in this process by these texts, so that a machine that
    was changed is another one at once. None where they are no machine file together."""
    try:
        file = MachineFile.model_validate({"machine": json.loads(machine), "stock": json.loads(stock)})
    except (ValidationError, ValueError):
        return None
    station = Station(
        file.machine.process,
        file.machine.bed_mm,
        file.machine.max_thickness_mm,
        (file.stock.material,),
        file,
        origin,
    )
    return Profiled(station, profile_of(file))


def profile_of(file: MachineFile) -> str:
    """SHA-256 of all that decides whether and how often a piece's parts are cut from this stock on this machine."""
    machine = file.machine.model_dump(mode="json")
    stock = file.stock.model_dump(mode="json")
    decides: dict[str, Any] = {
        "machine": {name: machine[name] for name in _OF_MACHINE},
        "mills": sorted({tool.diameter_mm for tool in file.machine.usable_tools}),
        "stock": {name: stock[name] for name in _OF_STOCK},
        # Where sheets of several kinds lie there, their prices say which are opened first.
        "sheets": [stock["sheets"], stock["price_eur"]] if stock["sheets"] or stock["offcuts"] else [],
        "offcuts": stock["offcuts"],
    }
    return canonical_key(decides)
