# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A whole quote as plain data, for the shell and for whoever has no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fabrication.quoting.figures import CutFigures
from fabrication.quoting.line import Line, Totals, add_up
from fabrication.quoting.lines import quote_lines
from fabrication.quoting.prices import Prices, Way
from fabrication.quoting.rules import rules_on


@dataclass(frozen=True)
class Estimate:
    figures: CutFigures
    lines: tuple[Line, ...]
    totals: Totals
    vat_rate: Decimal | None


def estimate(figures: CutFigures, prices: Prices, way: Way | None, day: date) -> Estimate:
    """With the rules and the table of hardware of that day."""
    lines = quote_lines(figures, prices, rules_on(day), way, day)
    totals = add_up(((line.amount, line.missing) for line in lines), prices.vat_rate)
    return Estimate(figures, lines, totals, prices.vat_rate)
