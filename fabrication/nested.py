# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parts that lie in another part's opening: they must be cut before it, or they fall with what it frees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import shapely
from shapely.geometry import Polygon

from designs.contour import Contour
from fabrication.plan import FlatPart, Placement, SheetLayout, Work


def depths(sheet: SheetLayout, parts: Iterable[FlatPart]) -> tuple[int, ...]:
    """Of each placement: in how many openings of other parts it lies."""
    by_code = {part.code: part for part in parts}
    smallest = min((by_code[p.part].outline.area for p in sheet.placements), default=0.0)
    openings = [
        Polygon(_laid(operation.contour, p).points())
        for p in sheet.placements
        for operation in by_code[p.part].of(Work.CUT_INSIDE)
        if operation.contour.area > smallest
    ]
    if not openings:
        return (0,) * len(sheet.placements)
    spots = [spot(by_code[p.part], p) for p in sheet.placements]
    inside, _ = shapely.STRtree(openings).query(spots, predicate="within")
    found = inside.tolist()
    return tuple(found.count(number) for number in range(len(spots)))


def within_openings(sheet: SheetLayout, parts: Sequence[FlatPart]) -> tuple[str, ...]:
    """``P03-2`` … of every copy that lies inside an opening of another, as placed on the sheet."""
    deep = zip(sheet.placements, depths(sheet, parts), strict=True)
    return tuple(sorted(p.name for p, depth in deep if depth))


def spot(part: FlatPart, placement: Placement) -> shapely.Point:
    """A point of the part's outline, where it lies."""
    x, y, _ = _laid(part.outline, placement).vertices[0]
    return shapely.Point(x, y)


def _laid(contour: Contour, placement: Placement) -> Contour:
    return contour.moved(placement.x, placement.y, placement.rotation_deg, placement.mirrored)
