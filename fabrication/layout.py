# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last look at a layout, whoever made it: distances, margins, grain, copies."""

from __future__ import annotations

from collections import Counter

import shapely
from shapely.geometry import Polygon, box

from fablabs.machine import Machine
from fablabs.stock import Stock
from fabrication.errors import FabricationError
from fabrication.nesting import allowed_turns
from fabrication.plan import CutPlan, FlatPart, Placement, SheetLayout

#: Chords of arcs stay this near to them, and a distance may be short by twice that (mm).
CHORD = 0.002


class LayoutError(FabricationError, ValueError):
    """A layout can't be cut as it is: two parts too near, a part over the margin, a copy missing."""


def check_layout(plan: CutPlan, machine: Machine, stock: Stock) -> None:
    """Raise LayoutError, which names every fault, if the plan can't be cut on the machine.

    ``machine.spacing_mm`` and ``machine.margin_mm`` are kept between contours as cut (kerf
    included), every copy of every part lies on one sheet, and grain runs as its part asks.
    """
    faults = _copy_faults(plan)
    shapes = {part.code: Polygon(part.outline.points(CHORD)) for part in plan.parts}
    for sheet in plan.sheets:
        faults += _sheet_faults(sheet, plan, shapes, machine, stock)
    if faults:
        raise LayoutError("; ".join(faults))


def placed(shape: Polygon, placement: Placement) -> Polygon:
    """A part's shape on the sheet: mirrored, turned, moved."""
    if placement.mirrored:
        shape = shapely.affinity.scale(shape, -1, 1, origin=(0, 0))
    shape = shapely.affinity.rotate(shape, placement.rotation_deg, origin=(0, 0))
    return shapely.affinity.translate(shape, placement.x, placement.y)


def _copy_faults(plan: CutPlan) -> list[str]:
    laid = Counter((p.part, p.copy) for sheet in plan.sheets for p in sheet.placements)
    wanted = {(part.code, copy) for part in plan.parts for copy in range(1, part.quantity + 1)}
    faults = [f"{code}-{copy} lies on no sheet" for code, copy in sorted(wanted - laid.keys())]
    faults += [f"{code}-{copy} is not wanted" for code, copy in sorted(laid.keys() - wanted)]
    return faults + [f"{code}-{copy} is laid {n} times" for (code, copy), n in sorted(laid.items()) if n > 1]


def _sheet_faults(
    sheet: SheetLayout, plan: CutPlan, shapes: dict[str, Polygon], machine: Machine, stock: Stock
) -> list[str]:
    faults: list[str] = []
    known: list[tuple[Placement, FlatPart]] = [(p, plan.part(p.part)) for p in sheet.placements if p.part in shapes]
    for placement, part in known:
        if placement.rotation_deg % 180 not in allowed_turns(part.grain, stock):
            faults.append(f"sheet {sheet.index}: {part.code}-{placement.copy} lies across its grain")
    outlines = [placed(shapes[part.code], placement) for placement, part in known]
    inset = machine.margin_mm + plan.kerf / 2 - 2 * CHORD
    room = box(inset, inset, sheet.width - inset, sheet.height - inset)
    for (placement, part), outline in zip(known, outlines, strict=True):
        if not room.covers(outline):
            faults.append(f"sheet {sheet.index}: {part.code}-{placement.copy} reaches into the margin")
    gap = machine.spacing_mm + plan.kerf
    tree = shapely.STRtree(outlines)
    for i, j in zip(*tree.query(outlines, predicate="dwithin", distance=gap), strict=True):
        if i < j and outlines[i].distance(outlines[j]) < gap - 2 * CHORD:
            a, b = known[i][0], known[j][0]
            faults.append(
                f"sheet {sheet.index}: {a.part}-{a.copy} and {b.part}-{b.copy} are "
                f"{outlines[i].distance(outlines[j]) - plan.kerf:.2f} mm apart, {machine.spacing_mm:g} mm are needed"
            )
    return faults
