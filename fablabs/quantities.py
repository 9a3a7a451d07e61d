# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the keys of a machine file are made of: lengths, polygons, prices, names."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import shapely
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

#: Polygons of less area (mm²) or more corners are mistakes.
MIN_POLYGON_AREA, MAX_CORNERS = 1.0, 500

Point = tuple[float, float]
#: Corners in mm, in order, the first not repeated; a simple polygon.
Polygon = tuple[Point, ...]


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("a name on one line is expected")
    return text.strip()


def _simple(corners: Polygon) -> Polygon:
    if len(corners) < 3 or len(corners) > MAX_CORNERS:
        raise ValueError(f"a polygon of 3 to {MAX_CORNERS} corners is expected, e.g. [[0, 0], [400, 0], [400, 300]]")
    shape = shapely.Polygon(corners)
    if not shape.is_valid or shape.area < MIN_POLYGON_AREA:
        raise ValueError("the polygon crosses itself or is empty")
    return corners


def _decimal(value: Any) -> Any:
    # 68.5 in TOML is a float: through its text, or 68.1 would become 68.0999….
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


# Strict: TOML has numbers, so "2500" and true are mistakes.
Length = Annotated[float, Field(gt=0, le=20_000, strict=True)]
Thickness = Annotated[float, Field(gt=0, le=200, strict=True)]
Gap = Annotated[float, Field(ge=0, le=500, strict=True)]
Coordinate = Annotated[float, Field(ge=-20_000, le=20_000, strict=True)]
Corners = Annotated[tuple[tuple[Coordinate, Coordinate], ...], AfterValidator(_simple)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
#: Euros, without VAT.
Price = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=100_000, max_digits=8, decimal_places=2)]


class StrictModel(BaseModel):
    """A key that nobody knows is a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
