# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""About how much: a quick estimate for comparing workshops, from what a piece needs and what a workshop charges.

It is no quote (fabrication/quoting works one out line by line from a real cut plan). Figures marked (d) are usual ones
where a machine file says nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from fablabs.machine import MachineFile, Process
from fabrication.matching.candidate import Candidate, Station
from fabrication.matching.needs import PieceNeeds

#: A router's feed (mm/min) and pass (mm) where its tools say none (d); a laser's feed through furniture plywood (d).
FEED_MM_MIN, PASS_MM, LASER_FEED_MM_MIN = 3000.0, 6.0, 600.0
#: What clears a pocket is this wide (mm): a mill of 6 mm that overlaps by 40 % (d).
CLEARED_MM = 3.6
#: Seconds: a hole; a part's travel, entry and tabs (d).
HOLE_S, PART_S = 4.0, 20.0
#: Minutes of hand: a part taken out, deburred and sanded; one person's step of the assembly (d).
PART_HAND_MIN, STEP_HAND_MIN = 5.0, 4.0
#: Share of a sheet that becomes parts (d).
USED = 0.7


@dataclass(frozen=True)
class Estimate:
    """``eur`` without VAT for the whole order, in whole cents.

    ``lines``: what it is made of, French label and euros. ``left_out``: English and French of what it does not hold.
    """

    eur: Decimal
    lines: tuple[tuple[str, Decimal], ...]
    left_out: tuple[tuple[str, str], ...] = ()


def machine_seconds(needs: PieceNeeds, station: Station | None) -> float:
    """One piece's time on the machine."""
    process = station.process if station else Process.ROUTER
    if process is Process.LASER:
        return needs.cut_length_m * 1000 / LASER_FEED_MM_MIN * 60 + PART_S * needs.part_count
    feed, deep = _pace(station.file if station else None)
    passes = math.ceil(needs.sheet.thickness / deep - 1e-9)
    cut = needs.cut_length_m * 1000 * passes
    cleared = needs.pocket_area_mm2 / CLEARED_MM * 2  # pockets are about half the sheet deep
    travel = cut + cleared + needs.engraved_m * 1000
    return travel / feed * 60 + HOLE_S * needs.holes + PART_S * needs.part_count


def _pace(file: MachineFile | None) -> tuple[float, float]:
    """Feed and pass of the widest usable mill that says both."""
    tools = file.machine.usable_tools if file else ()
    known = [t for t in tools if t.feed_mm_min is not None and t.pass_depth_mm is not None]
    if not known:
        return FEED_MM_MIN, PASS_MM
    tool = max(known, key=lambda t: (t.diameter_mm, t.name))
    assert tool.feed_mm_min is not None and tool.pass_depth_mm is not None
    return tool.feed_mm_min, tool.pass_depth_mm


def estimate(
    needs: PieceNeeds, station: Station | None, candidate: Candidate, quantity: int, km: float | None, design: str
) -> Estimate | None:
    """Of ``quantity`` pieces; None where a price is missing without which the sum would only look low.

    A station without a machine file (the shell's tables) is charged by the machine's hours alone, and says so."""
    machine_h = machine_seconds(needs, station) * quantity / 3600
    hand_min = PART_HAND_MIN * needs.part_count + STEP_HAND_MIN * needs.hands
    hand_h = hand_min * quantity / 60
    lines: list[tuple[str, Decimal]] = []
    left_out: list[tuple[str, str]] = []
    offer = candidate.offers.get(design) if candidate.offers is not None else None
    if offer is not None and offer.price_eur is not None:
        lines.append((f"{quantity} × son prix pour ce modèle", _cents(offer.price_eur * quantity)))
    elif candidate.machine_hour_eur is None:
        return None
    elif station is None or station.file is None:
        lines.append(("machine", _cents(Decimal(machine_h) * candidate.machine_hour_eur)))
        left_out.append(("machine hours alone", "heures de machine seules"))
    else:
        stock = station.file.stock
        if candidate.hand_hour_eur is None or stock.price_eur is None:
            return None
        width, height = stock.sheet_mm
        sheets = math.ceil(needs.area_mm2 * quantity / (width * height * USED))
        lines = [
            ("machine", _cents(Decimal(machine_h) * candidate.machine_hour_eur)),
            ("main-d’œuvre", _cents(Decimal(hand_h) * candidate.hand_hour_eur)),
            ("panneaux", _cents(stock.price_eur * sheets)),
        ]
        left_out.append(("hardware", "quincaillerie"))
    made = sum((amount for _, amount in lines), Decimal(0))
    # Delivery apart, as in a quote.
    if candidate.minimum_eur is not None and made < candidate.minimum_eur:
        lines.append(("complément au minimum de commande", candidate.minimum_eur - made))
    if candidate.delivery_km_eur is not None and km is not None:
        lines.append(("livraison, aller et retour", _cents(candidate.delivery_km_eur * Decimal(2 * km))))
    else:
        left_out.append(("delivery", "livraison"))
    total = sum((amount for _, amount in lines), Decimal(0))
    return Estimate(_cents(total), tuple(lines), tuple(left_out))


def lowest(estimates: Sequence[Estimate | None]) -> Decimal | None:
    known = [e.eur for e in estimates if e is not None and e.eur > 0]
    return min(known, default=None)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
