# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What bought items cost, where a maker has no price of its own: a small dated table, all of it supposed.

Retail prices in small quantities, without VAT, rounded; nobody's catalogue. A reference takes the price of the longest
beginning that it has, so that one row serves all lengths of a bolt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class HardwarePrice:
    """Of one ``unit`` of what is called ``beginning``…, in euros without VAT."""

    beginning: str
    unit: str
    eur: Decimal


@dataclass(frozen=True)
class HardwareTable:
    since: date
    source: str  # French
    rows: tuple[HardwarePrice, ...]

    def price_of(self, reference: str, unit: str) -> Decimal | None:
        """None for what the table has not, or has by another unit."""
        found = [
            row for row in self.rows if row.unit == unit and reference.casefold().startswith(row.beginning.casefold())
        ]
        return max(found, key=lambda row: len(row.beginning)).eur if found else None


def _rows(text: str) -> tuple[HardwarePrice, ...]:
    cells = (line.split("|") for line in text.strip().splitlines())
    return tuple(HardwarePrice(name.strip(), unit.strip(), Decimal(eur.strip())) for name, unit, eur in cells)


#: Oldest first.
HARDWARE_TABLES: tuple[HardwareTable, ...] = (
    HardwareTable(
        date(2026, 11, 1),
        "prix indicatif du 1er novembre 2026, hypothèse",
        _rows(
            """
            JCBC M8                    | pièce | 0.60
            JCBC M6                    | pièce | 0.40
            ISO 7380-2 M8              | pièce | 0.55
            ISO 7380-2 M6              | pièce | 0.35
            ISO 4762 M8                | pièce | 0.45
            ISO 4017 M8                | pièce | 0.40
            ISO 10511 M8               | pièce | 0.15
            ISO 10511 M6               | pièce | 0.10
            ISO 7089 M8                | pièce | 0.06
            ISO 7089 M6                | pièce | 0.05
            ISO 7045 M4                | pièce | 0.10
            ISO 7093-1 M4              | pièce | 0.06
            Écrou noix M8              | pièce | 0.70
            Écrou noix M6              | pièce | 0.60
            DIN 7997 5 ×               | pièce | 0.12
            DIN 7997 3,5 ×             | pièce | 0.05
            DIN 7996 4 ×               | pièce | 0.06
            Passe-câble Ø 60           | pièce | 1.80
            Loqueteau magnétique       | pièce | 1.50
            Charnière piano 32 mm      | m     | 9.00
            Charnière 60 × 40          | pièce | 1.40
            Charnière dégondable       | pièce | 3.20
            Roulette pivotante à frein Ø 100 | pièce | 11.50
            Roulette pivotante à frein Ø 75  | pièce | 8.50
            Roue caoutchouc Ø 160      | pièce | 9.50
            Serrure à came             | pièce | 6.50
            Serrure batteuse           | pièce | 6.50
            Verrou à ressort           | pièce | 3.50
            Patin feutre Ø 30          | pièce | 0.35
            Sangle 25 mm               | pièce | 4.50
            Jonc fibre de verre Ø 8    | m     | 3.20
            Jonc fibre de verre Ø 10   | m     | 4.20
            Manchon inox Ø 8           | pièce | 2.40
            EN 754-7 tube Ø 12         | pièce | 1.60
            DIN 3016-1 D1 Ø 12         | pièce | 0.60
            Toile polyester 220 g/m²   | m²    | 16.00
            ISO 683 barre Ø 12         | m     | 5.50
            DIN 705 Ø 12               | pièce | 1.60
            NF C 61-314                | pièce | 22.00
            Feutre de laine 4 mm       | m²    | 38.00
            Jonc de caoutchouc Ø 6     | m     | 1.20
            """
        ),
    ),
)


def hardware_table_on(day: date) -> HardwareTable:
    """The table in force on a day; of a day before all of them, the first."""
    return next((table for table in reversed(HARDWARE_TABLES) if table.since <= day), HARDWARE_TABLES[0])
