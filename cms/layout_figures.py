# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a layout is worth to the person who pays for the sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely


@dataclass(frozen=True)
class LayoutFigures:
    """``cost`` is None if a sheet has no price; ``remnant`` is the largest piece that stays, m²."""

    sheets: int
    offcuts: int
    area: float  # m² of whole sheets opened
    cost: Decimal | None
    remnant: float
    remnant_size: str  # its bounds, mm

    def is_better_than(self, other: LayoutFigures) -> bool:
        return self._rank() < other._rank()

    def _rank(self) -> tuple[Decimal, float, float]:
        # A centimetre more of offcut is not worth another set of files.
        return (self.cost or Decimal(0), round(self.area, 4), -round(self.remnant, 2))


def layout_figures(rows: Sequence[Mapping[str, Any]]) -> LayoutFigures:
    """Of the rows of a manifest or of a stored layout."""
    whole = [row for row in rows if row.get("outline_mm") is None]
    prices = [row.get("price_eur") for row in whole]
    rings = [shapely.Polygon(row["remnant_mm"]) for row in rows if row.get("remnant_mm")]
    largest = max(rings, key=lambda ring: ring.area, default=shapely.Polygon())
    size = ""
    if not largest.is_empty:
        x0, y0, x1, y1 = largest.bounds
        size = f"{x1 - x0:.0f} × {y1 - y0:.0f}"
    return LayoutFigures(
        sheets=len(whole),
        offcuts=len(rows) - len(whole),
        area=sum(row["width_mm"] * row["height_mm"] for row in whole) / 1e6,
        cost=sum((Decimal(p) for p in prices if p), Decimal(0)) if whole and all(prices) else None,
        remnant=largest.area / 1e6,
        remnant_size=size,
    )
