# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The kinds of sheets that a stock has, offcuts first, as they lie on the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shapely.geometry import LinearRing, Polygon, box

from fablabs.machine import Machine
from fablabs.stock import Offcut, SheetGrain, Stock, StockSheet
from fabrication.nesting.problem import Bin
from fabrication.plan import Ring, SheetLayout


@dataclass(frozen=True)
class SheetKind:
    """A size of sheet, or an offcut: origin at the lower left corner of its bounds, X along ``width``."""

    width: float
    height: float
    along_x: bool | None  # which way the face grain runs; None: there is none
    defects: tuple[Ring, ...] = ()  # of the sheet itself
    clamps: tuple[Ring, ...] = ()  # of the machine
    price_eur: Decimal | None = None
    count: int | None = None  # None: as many as wanted
    source: str = ""  # an offcut's name
    outline: Ring | None = None  # of an offcut

    @property
    def keep_out(self) -> tuple[Ring, ...]:
        return (*self.clamps, *self.defects)

    @property
    def corners(self) -> Ring:
        return self.outline or ((0.0, 0.0), (self.width, 0.0), (self.width, self.height), (0.0, self.height))

    @property
    def shape(self) -> Polygon:
        return Polygon(self.outline) if self.outline else box(0, 0, self.width, self.height)

    @property
    def area(self) -> float:
        """mm²"""
        return float(self.shape.area)

    def bin(self, cost: float) -> Bin:
        name = self.source or f"{self.width:g} × {self.height:g}"
        turned = 90.0 if self.along_x is False else 0.0
        return Bin(name, self.corners, cost, self.keep_out, self.count, turned, offcut=bool(self.source))

    def bears(self, sheet: SheetLayout) -> bool:
        """Can the sheet of a layout be one of this kind?"""
        return sheet.source == self.source and same_size((sheet.width, sheet.height), (self.width, self.height))


def sheet_kinds(machine: Machine, stock: Stock) -> tuple[SheetKind, ...]:
    """Offcuts, then the usual sheet, then the other sizes."""
    usual = StockSheet(size_mm=stock.sheet_mm, price_eur=stock.price_eur)
    return (
        *(_offcut(offcut, machine, stock) for offcut in stock.offcuts),
        *(_sheet(sheet, machine, stock) for sheet in (usual, *stock.sheets)),
    )


def costs(kinds: Sequence[SheetKind]) -> tuple[float, ...]:
    """What opening one of each kind costs: euros if every size of whole sheet has a price, else m².

    An offcut costs its price, nothing without one; and nothing where sheets count by their area."""
    priced = all(kind.price_eur is not None for kind in kinds if not kind.source)
    return tuple(float(kind.price_eur or 0) if priced else 0.0 if kind.source else kind.area / 1e6 for kind in kinds)


def grain_along_x(size: tuple[float, float], grain: SheetGrain) -> bool | None:
    """Of a whole sheet. A square one's longer side is its X."""
    return None if grain is SheetGrain.NONE else (size[0] >= size[1]) == (grain is SheetGrain.LONG)


def same_size(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) < 1e-3 for a, b in zip(one, other, strict=True))


def _sheet(sheet: StockSheet, machine: Machine, stock: Stock) -> SheetKind:
    return SheetKind(
        *sheet.size_mm,
        along_x=grain_along_x(sheet.size_mm, stock.grain),
        defects=sheet.keep_out_mm,
        clamps=machine.keep_out_mm,
        price_eur=sheet.price_eur,
        count=sheet.count,
    )


def _offcut(offcut: Offcut, machine: Machine, stock: Stock) -> SheetKind:
    """Moved so that its bounds begin at (0, 0), run counter-clockwise."""
    x0, y0, x1, y1 = Polygon(offcut.outline_mm).bounds
    outline = _moved(offcut.outline_mm, -x0, -y0)
    if not LinearRing(outline).is_ccw:
        outline = (outline[0], *reversed(outline[1:]))
    return SheetKind(
        round(x1 - x0, 6),
        round(y1 - y0, 6),
        along_x=None if stock.grain is SheetGrain.NONE else stock.grain is SheetGrain.LONG,
        defects=tuple(_moved(ring, -x0, -y0) for ring in offcut.keep_out_mm),
        clamps=machine.keep_out_mm,
        price_eur=offcut.price_eur,
        count=1,
        source=offcut.name,
        outline=outline,
    )


def _moved(ring: Ring, dx: float, dy: float) -> Ring:
    return tuple((round(x + dx, 6), round(y + dy, 6)) for x, y in ring)
