# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What lies on the machine: a material, its thickness, its sheets and its offcuts (docs/machines.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from designs.sheet import Sheet
from fablabs.quantities import Corners, Length, Name, Price, StrictModel, Thickness

#: A measured sheet differs from its name by 0.6 mm at most; beyond this one of the two is a mistake.
MAX_THICKNESS_ERROR_MM = 2.0


class SheetGrain(StrEnum):
    """Where the face grain runs on a sheet."""

    LONG = "long"  # along its longer side
    CROSS = "cross"  # along its shorter side
    NONE = "none"


class StockSheet(StrictModel):
    """Another size of whole sheet at hand; ``count`` None: as many as wanted."""

    size_mm: tuple[Length, Length]
    price_eur: Price | None = None
    count: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None = None
    keep_out_mm: Annotated[tuple[Corners, ...], Field(max_length=50)] = ()  # knots, dents


class Offcut(StrictModel):
    """A piece left over from other work: one polygon, its grain along X; used before any sheet is opened."""

    name: Name
    outline_mm: Corners
    price_eur: Price | None = None
    keep_out_mm: Annotated[tuple[Corners, ...], Field(max_length=50)] = ()


class Stock(StrictModel):
    """``sheet_mm`` is the usual sheet, as many as wanted; ``sheets`` and ``offcuts`` come besides."""

    material: Name
    nominal_thickness_mm: Thickness
    measured_thickness_mm: Thickness
    sheet_mm: tuple[Length, Length]
    price_eur: Price | None = None  # of one sheet of sheet_mm
    grain: SheetGrain = SheetGrain.LONG
    clearance_mm: Annotated[float, Field(ge=0, le=2, strict=True)] = 0.2
    sheets: Annotated[tuple[StockSheet, ...], Field(max_length=20)] = ()
    offcuts: Annotated[tuple[Offcut, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _thicknesses_agree(self) -> Stock:
        if abs(self.measured_thickness_mm - self.nominal_thickness_mm) > MAX_THICKNESS_ERROR_MM:
            raise ValueError(
                f"measured_thickness_mm of {self.measured_thickness_mm:g} is more than {MAX_THICKNESS_ERROR_MM:g} mm "
                f"away from nominal_thickness_mm of {self.nominal_thickness_mm:g}"
            )
        names = [offcut.name for offcut in self.offcuts]
        if len(set(names)) < len(names):
            raise ValueError(f"two offcuts are named {next(n for n in names if names.count(n) > 1)!r}")
        return self

    def sheet(self) -> Sheet:
        """What a design is built for."""
        return Sheet(
            thickness=self.measured_thickness_mm,
            nominal_thickness=self.nominal_thickness_mm,
            clearance=self.clearance_mm,
            material=self.material,
        )
