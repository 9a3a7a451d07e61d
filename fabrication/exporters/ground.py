# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a sheet is before anything is cut: its edge, and the places that are kept out, as they are drawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from designs.contour import Contour, Point
from fabrication.plan import SheetLayout

#: Between two lines of the hatching (mm).
_PITCH = 15.0

Line = tuple[Point, ...]


def sheet_edge(sheet: SheetLayout) -> Contour:
    """The sheet's rectangle, or an offcut's polygon."""
    return Contour.of(sheet.outline) if sheet.outline else Contour.rectangle(0, 0, sheet.width, sheet.height)


def kept_out(sheet: SheetLayout) -> tuple[Line, ...]:
    """Clamps and defects as far as they lie on the sheet's rectangle: edges, and hatching within; open lines."""
    room = box(0, 0, sheet.width, sheet.height)
    return tuple(line for zone in sheet.keep_out for line in _hatched(shapely.intersection(Polygon(zone), room)))


def _hatched(zone: BaseGeometry) -> Iterator[Line]:
    if zone.is_empty or not zone.area:
        return
    left, low, right, high = zone.bounds
    for offset in np.arange(left - high + _PITCH / 2, right - low, _PITCH):
        # y = x - offset, from below to above
        stroke = LineString([(low + offset, low), (high + offset, high)])
        yield from _lines(shapely.intersection(zone, stroke))
    yield from _lines(zone.boundary)


def _lines(shape: BaseGeometry) -> Iterator[Line]:
    for line in getattr(shape, "geoms", (shape,)):
        if isinstance(line, LineString) and line.length > 0.1:
            yield tuple((round(x, 6), round(y, 6)) for x, y in line.coords)
