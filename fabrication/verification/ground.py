# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each sheet of a package is in the stock: a size or an offcut, its edge, its grain, what is kept out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fabrication.verification.manifest import Machine, Manifest, Offcut, Sheet, Stock

if TYPE_CHECKING:
    from shapely import Polygon

#: Coordinates in a manifest have four decimals; those of a machine file may have more (mm).
NEAR = 0.01

Corners = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Kind:
    """Something that parts can be laid on, in the frame of the sheet that it becomes."""

    name: str  # an offcut's; empty for a size of sheet
    size: tuple[float, float]
    outline: Corners | None
    keep_out: tuple[Corners, ...]
    price: Decimal | None
    count: int | None

    def is_that(self, sheet: Sheet) -> bool:
        price = None if sheet.price_eur is None else Decimal(sheet.price_eur)
        return (
            self.is_size(sheet)
            and price == self.price
            and _same_rings([sheet.outline_mm or ()], [self.outline or ()])
            and _same_rings(sheet.keep_out_mm, self.keep_out)
        )

    def is_size(self, sheet: Sheet) -> bool:
        return sheet.source == self.name and _near((sheet.width_mm, sheet.height_mm), self.size)


def stock_faults(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """(Sheet's file, fault): every sheet is one that the stock has, with its own edge, price and keep-outs; no more
    than there are."""
    machine, stock = manifest.machine, manifest.stock
    kinds = list(_kinds(machine, stock))
    used = [0] * len(kinds)
    for sheet in manifest.sheets:
        alike = [n for n, kind in enumerate(kinds) if kind.is_that(sheet)]
        free = [n for n in alike if kinds[n].count is None or used[n] < (kinds[n].count or 0)]
        if free:
            used[free[0]] += 1
        elif alike:
            what = f"offcut {sheet.source!r}" if sheet.source else f"{sheet.width_mm:g} × {sheet.height_mm:g} mm"
            yield sheet.file, f"{what}: more are used than the stock has"
        elif any(kind.is_size(sheet) for kind in kinds):
            yield sheet.file, "its edge, price or keep-outs are not those of the stock and the machine"
        elif sheet.source:
            yield sheet.file, f"the stock has no offcut {sheet.source!r} of {sheet.width_mm:g} × {sheet.height_mm:g} mm"
        else:
            sizes = dict.fromkeys(f"{k.size[0]:g} × {k.size[1]:g} mm" for k in kinds if not k.name)
            yield sheet.file, f"{sheet.width_mm:g} × {sheet.height_mm:g} mm, the stock is {' or '.join(sizes)}"


def edge_of(sheet: Sheet) -> Polygon:
    """The whole sheet or offcut."""
    from shapely import Polygon, box

    return Polygon(sheet.outline_mm) if sheet.outline_mm else box(0, 0, sheet.width_mm, sheet.height_mm)


def strays(drawn: Polygon, sheet: Sheet) -> float:
    """How far (mm) a drawn edge is from the sheet's, at worst."""
    return float(drawn.exterior.hausdorff_distance(edge_of(sheet).exterior))


def grain_along_x(sheet: Sheet, stock: Stock) -> bool | None:
    """Does the face grain run along the sheet's X? None: there is no grain."""
    if stock.grain == "none":
        return None
    if sheet.source:
        return stock.grain == "long"
    return (sheet.width_mm >= sheet.height_mm) == (stock.grain == "long")


def _kinds(machine: Machine, stock: Stock) -> Iterator[Kind]:
    clamps = tuple(machine.keep_out_mm)
    yield Kind("", _pair(stock.sheet_mm), None, clamps, _euros(stock.price_eur), None)
    for size in stock.sheets:
        keep_out = (*clamps, *size.keep_out_mm)
        yield Kind("", _pair(size.size_mm), None, keep_out, _euros(size.price_eur), size.count)
    for offcut in stock.offcuts:
        yield _offcut(offcut, clamps)


def _offcut(offcut: Offcut, clamps: tuple[Corners, ...]) -> Kind:
    xs, ys = [x for x, _ in offcut.outline_mm], [y for _, y in offcut.outline_mm]
    left, low = min(xs), min(ys)

    def moved(corners: Corners) -> Corners:
        return [(x - left, y - low) for x, y in corners]

    return Kind(
        offcut.name,
        (max(xs) - left, max(ys) - low),
        moved(offcut.outline_mm),
        (*clamps, *map(moved, offcut.keep_out_mm)),
        _euros(offcut.price_eur),
        1,
    )


def _same_rings(found: Sequence[Corners], wanted: Sequence[Corners]) -> bool:
    """One to one the same polygons, in any order, from any corner, either way round."""
    left = [_shape(ring) for ring in wanted]
    for ring in found:
        shape = _shape(ring)
        twin = next((other for other in left if _same(shape, other)), None)
        if twin is None:
            return False
        left = [other for other in left if other is not twin]
    return not left


def _shape(ring: Corners) -> Any:
    from shapely import Polygon

    return Polygon(ring) if len(ring) else Polygon()


def _same(one: Any, other: Any) -> bool:
    if one.is_empty or other.is_empty:
        return bool(one.is_empty and other.is_empty)
    return bool(one.exterior.hausdorff_distance(other.exterior) <= NEAR)


def _near(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))


def _pair(sizes: Sequence[float]) -> tuple[float, float]:
    return sizes[0], sizes[1]


def _euros(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
