# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Times and rules that are not a maker's own, as data with dates: a quote keeps the ones of its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from designs.typography import SPACE, french_number


@dataclass(frozen=True)
class Rules:
    """In force from ``since``. Minutes are of one person; ``source`` is said on every quote (French)."""

    since: date
    source: str
    step_source: str
    preparation_min: Decimal  # of the job: files, first tool, zero, a dry run
    tool_change_min: Decimal
    sheet_min: Decimal  # bring, hold down, take off, clean
    part_min: Decimal  # take out, cut its tabs, number it
    edge_min_per_m: Decimal  # break and sand both arrises
    step_min: Decimal  # a step of the assembly, for each person that it takes
    fixing_min: Decimal  # a screw, a nut, a caster, put in place
    payload_kg: Decimal  # of one trip
    valid_days: int
    excess_share: Decimal  # above the median by this factor, a price is looked at
    comparable_least: int  # other quotes without which nobody is compared
    comparable_days: int
    thickness_classes_mm: tuple[Decimal, ...]  # upper bounds
    quantity_bands: tuple[int, ...]  # lower bounds

    def thickness_class(self, nominal_mm: Decimal | float) -> str:
        """ "de 12 à 16,5 mm": quotes in one class are compared."""
        value, before = Decimal(str(nominal_mm)), Decimal(0)
        for bound in self.thickness_classes_mm:
            if value <= bound:
                least = f"de {french_number(before)} à" if before else "jusqu’à"
                return f"{least} {french_number(bound)}{SPACE}mm"
            before = bound
        return f"plus de {french_number(before)}{SPACE}mm"

    def quantity_band(self, quantity: int) -> tuple[int, int | None]:
        """Smallest and largest quantity that this one is compared with; None: no largest."""
        lowest = max(bound for bound in self.quantity_bands if bound <= quantity)
        above = [bound for bound in self.quantity_bands if bound > quantity]
        return lowest, min(above) - 1 if above else None


#: Oldest first. A change is a new row, so that an old quote can be explained.
RULES: tuple[Rules, ...] = (
    Rules(
        since=date(2026, 1, 1),
        source="hypothèse du 1er janvier 2026, à confirmer par chaque fabricant",
        step_source="la moitié des 4\u00a0min que la notice compte à qui monte le meuble pour la première fois",
        preparation_min=Decimal(30),
        tool_change_min=Decimal(3),
        sheet_min=Decimal(8),
        part_min=Decimal("1.5"),
        edge_min_per_m=Decimal(1),
        step_min=Decimal(2),
        fixing_min=Decimal("0.3"),
        payload_kg=Decimal(600),
        valid_days=30,
        excess_share=Decimal("1.5"),
        comparable_least=5,
        comparable_days=365,
        thickness_classes_mm=(Decimal(8), Decimal(12), Decimal("16.5"), Decimal("19.5")),
        quantity_bands=(1, 2, 5, 10, 25),
    ),
)


def rules_on(day: date) -> Rules:
    """Those in force on a day; of a day before all of them, the first."""
    return next((rules for rules in reversed(RULES) if rules.since <= day), RULES[0])
