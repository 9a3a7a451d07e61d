# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How deep a sheet's layers are cut in truth: through, or down to the skin that holds what they free."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from designs.typography import french_number
from fablabs.machine import HoldDown, Process
from fabrication.exporters import Job
from fabrication.layers import Layer, layer_of
from fabrication.plan import Operation, SheetLayout, Work


class Depth(NamedTuple):
    """A row of the table: a layer, and whether a skin stays under it."""

    layer: Layer
    skin: bool


def depths_of(job: Job, sheet: SheetLayout) -> Counter[Depth]:
    """Contours by layer; openings of one layer apart if a skin stays under the large ones only."""
    parts = {part.code: part for part in job.cut_parts}
    skinned = leaves_skin(job)
    counts: Counter[Depth] = Counter()
    for placement in sheet.placements:
        part = parts[placement.part]
        for operation in part.operations:
            layer = layer_of(part, operation, placement.mirrored)
            counts[
                Depth(layer, skinned and _frees(operation, operation.mill_diameter or job.plan.tool_diameter or 0.0))
            ] += 1
    return counts


def leaves_skin(job: Job) -> bool:
    machine = job.machine_file.machine
    return machine.process is Process.ROUTER and machine.hold_down is HoldDown.ONION_SKIN


def beyond(job: Job, depth: Depth) -> str:
    """``+ 0,3`` into the spoilboard, ``– 0,4`` above it; empty of a recess, and on a laser."""
    machine, stock = job.machine_file.machine, job.machine_file.stock
    deep = depth.layer.depth
    if machine.process is Process.LASER or deep is None or deep <= stock.measured_thickness_mm - 0.005:
        return ""
    if depth.skin:
        return f"– {french_number(machine.onion_skin_mm)}"
    return f"+ {french_number(machine.through_mm)}" if machine.through_mm else ""


def _frees(operation: Operation, tool_diameter: float) -> bool:
    """Does the contour free something that must be held, as the paths have it?"""
    from fabrication.toolpaths.contours import is_held

    if operation.work is Work.CUT_INSIDE:
        return is_held(operation.contour, tool_diameter)
    return operation.work is Work.CUT_OUTSIDE
