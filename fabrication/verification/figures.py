# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the manifest says of parts and sheets in figures: area, perimeter, size, utilisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fabrication.verification.comparison import FIGURES, Line
from fabrication.verification.corners import Cutter
from fabrication.verification.expectation import Expected
from fabrication.verification.ground import edge_of
from fabrication.verification.manifest import Part, Sheet
from fabrication.verification.rings import MAX_TURN


def part_figures(part: Part, expected: Expected, lines: Sequence[Line], cutter: Cutter) -> Iterator[str]:
    """As cut: reliefs included, inside cuts taken off, drilled holes not, before kerf."""
    outsides = [line.ring for line in lines if line.layer.kind == "OUTSIDE"]
    insides = [line.ring for line in lines if line.layer.kind == "INSIDE"]
    if cutter.kerf or len(outsides) != 1:
        # Before the kerf a laser's part is its solid: no reliefs, and every hole is cut.
        area = expected.outline.area - sum(hole.area for hole in expected.holes)
        length = expected.outline.length + sum(hole.length for hole in expected.holes)
    else:
        area = abs(outsides[0].signed_area) - sum(abs(ring.signed_area) for ring in insides)
        length = outsides[0].length + sum(ring.length for ring in insides)
    left, low, right, high = expected.outline.bounds
    if abs(part.area_mm2 - area) > FIGURES * area:
        yield f"area_mm2 is {part.area_mm2:.1f} in the manifest, {area:.1f} as drawn"
    # The solid's arcs are measured by chords, which fall short of them: much of a small part's edge is arcs.
    short = sum(line.ring.arcs_length for line in lines) * MAX_TURN**2 / 24 if cutter.kerf else 0.0
    if abs(part.perimeter_mm - length) > FIGURES * length + short:
        yield f"perimeter_mm is {part.perimeter_mm:.2f} in the manifest, {length:.2f} as drawn"
    for axis, said, size in zip("XY", part.bbox_mm, (right - left, high - low), strict=True):
        if abs(said - size) > 0.02:
            yield f"bbox_mm is {said:g} along {axis} in the manifest, {size:.2f} in the solid"
    if abs(part.thickness_mm - expected.thickness) > 0.01:
        yield f"thickness_mm is {part.thickness_mm:g} in the manifest, {expected.thickness:.2f} in the solid"


def utilisation_fault(sheet: Sheet, areas: Mapping[str, float]) -> str | None:
    """Net area of what is placed over the area of the sheet or offcut."""
    net = sum(areas.get(p.part, 0.0) for p in sheet.placements)
    found = net / edge_of(sheet).area
    if abs(found - sheet.utilisation) > 1e-4:
        return f"utilisation is {sheet.utilisation:.4f} in the manifest, {found:.4f} as placed"
    return None
