# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parts that lie in another part's opening: they must be cut before it, or they fall with what it frees."""

from __future__ import annotations

from collections.abc import Sequence

from fabrication.plan import FlatPart, SheetLayout, Work

#: Chords of this much are near enough to tell what lies in what (mm).
_CHORD = 0.5


def within_openings(sheet: SheetLayout, parts: Sequence[FlatPart]) -> tuple[str, ...]:
    """``P03-2`` … of every copy that lies inside an opening of another, as placed on the sheet."""
    from shapely import Point, STRtree
    from shapely.geometry import Polygon

    by_code = {part.code: part for part in parts}
    smallest = min((by_code[p.part].outline.area for p in sheet.placements), default=0.0)
    openings: list[Polygon] = []
    for p in sheet.placements:
        for operation in by_code[p.part].of(Work.CUT_INSIDE):
            if operation.contour.area > smallest:
                openings.append(Polygon(operation.contour.moved(p.x, p.y, p.rotation_deg, p.mirrored).points(_CHORD)))
    if not openings:
        return ()
    tree = STRtree(openings)
    found = []
    for p in sheet.placements:
        x, y, *_ = by_code[p.part].outline.moved(p.x, p.y, p.rotation_deg, p.mirrored).vertices[0]
        if len(tree.query(Point(x, y), predicate="within")):
            found.append(f"{p.part}-{p.copy}")
    return tuple(sorted(found))
