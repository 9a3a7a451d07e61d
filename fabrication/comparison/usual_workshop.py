# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshop for which two states are priced: a usual router, whole sheets, and supposed tariffs. Nobody's: what counts is that
both states meet the same one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

from fablabs.machine import Machine, MachineFile, Process, Tool
from fablabs.stock import Stock
from fabrication.matching.estimate import FEED_MM_MIN, PASS_MM
from fabrication.quoting.prices import Prices
from fabrication.sheets_needed import MARGIN_MM, SHEET_MM, SPACING_MM

#: Euros without VAT, supposed: within what the workshops of the demonstration ask (30 to 66 an hour of machine, 28 to 48 of hand).
PRICES = Prices(
    machine_hour=Decimal("50.00"), hand_hour=Decimal("40.00"), sheet=Decimal("85.00"), vat_rate=Decimal("0.20")
)
#: The day whose rules and table of hardware count, so that the same two states always compare alike.
PRICED_ON = date(2026, 11, 1)
SOURCE = (
    "atelier de comparaison, supposé : fraiseuse à 50\N{NO-BREAK SPACE}€ l’heure, main-d’œuvre à 40\N{NO-BREAK SPACE}€ l’heure, panneau de 2\N{NARROW NO-BREAK SPACE}500 × 1\N{NARROW NO-BREAK SPACE}250 mm à 85\N{NO-BREAK SPACE}€, "
    "fournitures aux prix indicatifs du 1er novembre 2026"
)


@cache
def machine_file(thickness_mm: float = 18.0) -> MachineFile:
    """With a mill of 6 mm, and panels that measure what they are sold as."""
    tool = Tool(name="fraise 6 mm", diameter_mm=6.0, feed_mm_min=FEED_MM_MIN, pass_depth_mm=PASS_MM)
    machine = Machine(
        name="Fraiseuse de comparaison",
        process=Process.ROUTER,
        bed_mm=SHEET_MM,
        max_thickness_mm=30.0,
        spacing_mm=SPACING_MM,
        margin_mm=MARGIN_MM,
        tools=(tool,),
    )
    stock = Stock(
        material="contreplaqué bouleau",
        nominal_thickness_mm=thickness_mm,
        measured_thickness_mm=thickness_mm,
        sheet_mm=SHEET_MM,
        clearance_mm=0.2,
    )
    return MachineFile(machine=machine, stock=stock)
