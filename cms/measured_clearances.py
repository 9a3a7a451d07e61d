# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measured clearances of joints, as designers read them beside the parts that have such joints."""

from __future__ import annotations

from dataclasses import dataclass

from designs.typography import french_number, typeset
from fablabs.machine import Process
from fabrication.clearances.services import measured_clearances
from orders.disclosure import LEAST

_MACHINES = {Process.ROUTER: "Fraiseuse", Process.LASER: "Laser"}


@dataclass(frozen=True)
class ClearanceRow:
    machine: str
    material: str
    median: str
    spread: str
    workshops: int


def clearances_shown() -> list[ClearanceRow]:
    """Groups of fewer workshops than published figures show (orders/disclosure.py) are left out."""
    return [
        ClearanceRow(
            _MACHINES[one.process],
            one.material,
            typeset(f"{french_number(one.median_mm, 3)} mm"),
            typeset(f"de {french_number(one.low_mm, 3)} à {french_number(one.high_mm, 3)} mm"),
            one.workshops,
        )
        for one in measured_clearances(LEAST)
    ]
