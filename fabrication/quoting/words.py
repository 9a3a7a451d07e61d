# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Money and figures as French readers write them, and the one way in which money is rounded."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from designs.typography import SPACE, THIN, french_number


def cents(amount: Decimal) -> Decimal:
    """To the cent, halves up: the rounding of every line of a quote, and of its VAT."""
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def at_least(value: float, places: int) -> Decimal:
    """Rounded up to so many decimals, so that more work never reads as less; what a float's dust adds is left out."""
    step = Decimal(1).scaleb(-places)
    return Decimal(str(round(value, places + 6))).quantize(step, rounding=ROUND_CEILING)


def euros(amount: Decimal) -> str:
    """1234.5 → "1 234,50 €"."""
    return french_number(amount, thousands=THIN, zeros=True).replace("-", "−") + f"{SPACE}€"


def figure(value: Decimal | float, places: int = 2) -> str:
    """1234.50 → "1 234,5"; zeros at the end are left out."""
    return french_number(value, places, thousands=THIN).replace("-", "−")


def counted(value: Decimal | int, one: str, many: str) -> str:
    """ "1 panneau", "1,33 panneau", "3 panneaux": French counts from two."""
    return f"{figure(value, 3)}{SPACE}{one if -2 < value < 2 else many}"


def percent(rate: Decimal) -> str:
    """0.055 → "5,5 %"."""
    return f"{figure(rate * 100, 2)}{THIN}%"
