# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far the State pays: plain arithmetic, euros as Decimal to the cent, without VAT."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """To the cent, halves up, as invoices round."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Subsidy:
    """Of an expense without VAT: the part that counts, what the State pays of it, what remains to the buyer."""

    expense_eur: Decimal
    basis_eur: Decimal
    granted_eur: Decimal

    @property
    def remaining_eur(self) -> Decimal:
        """Without VAT."""
        return self.expense_eur - self.granted_eur


def subsidy(expense: Decimal, rate: Decimal, cap: Decimal | None, used: Decimal = Decimal(0)) -> Subsidy:
    """``rate`` of the expense, of at most ``cap`` less what other orders used of it (domain.md: 80 % of at most 40 000 € HT).
    Rounded down: never a cent more than the rate. Raises ValueError for a negative amount or a rate above one."""
    if expense < 0 or used < 0 or (cap is not None and cap < 0) or not 0 <= rate <= 1:
        raise ValueError("amounts are not negative, the rate is a share")
    basis = cents(expense)
    if cap is not None:
        basis = min(basis, max(Decimal(0), cap - used))
    return Subsidy(cents(expense), basis, (basis * rate).quantize(CENT, ROUND_DOWN))
