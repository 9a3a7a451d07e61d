# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The coupon as it is cut: flat parts with the sheets' own reliefs and kerf, laid side by side; where it fits
into what stays of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from designs.coupon import FINE_STEP, STEP, clearances_around, coupon_parts
from designs.furniture import Furniture
from designs.sheet import Sheet
from fablabs.machine import MachineFile, Process
from fabrication.plan import CutPlan, FlatPart, Placement, Ring, SheetLayout

#: A row of parts is at least this wide (mm), so that a coupon of short parts is no tower.
_ROW = 300.0
#: Chords of this much are near enough for what is kept free (mm).
_CHORD = 0.1


@dataclass(frozen=True)
class Spot:
    """Where a coupon's lower left corner lies on a sheet (mm), turned by 0 or 90° about it to the left."""

    sheet: int
    x: float
    y: float
    rotation_deg: int


@dataclass(frozen=True)
class Coupon:
    """``parts`` are as drawn (compensated for a laser); ``joints`` and ``roles`` ("slots", "key") are theirs, in
    order. ``size`` is the piece of board that they take, a gap all round; ``spot`` is None if no sheet has that left."""

    parts: tuple[FlatPart, ...]
    joints: tuple[str, ...]
    roles: tuple[str, ...]
    clearances: tuple[float, ...]
    placements: tuple[Placement, ...]
    size: tuple[float, float]
    spot: Spot | None


#: Nominal flat parts → as they are drawn: reliefs for the plan's tool, or a laser's kerf.
Suit = Callable[[Sequence[FlatPart]], tuple[FlatPart, ...]]


def plan_coupon(furniture: Furniture, plan: CutPlan, machine_file: MachineFile, suit: Suit) -> Coupon | None:
    """The coupon of a piece's joints, None if it has none that a coupon shows. Raises as flattening and reliefs do."""
    machine, stock = machine_file.machine, machine_file.stock
    step = FINE_STEP if machine.process is Process.LASER else STEP
    clearances = clearances_around(stock.clearance_mm, step)
    kinds = tuple(sorted({joint.kind for joint in furniture.joints}))
    found = _nominal(kinds, stock.sheet(), clearances)
    if not found:
        return None
    parts = suit([flat for flat, _, _ in found])
    placements, size = side_by_side(parts, machine.spacing_mm)
    return Coupon(
        parts,
        tuple(joint for _, joint, _ in found),
        tuple(role for _, _, role in found),
        clearances,
        placements,
        size,
        spot_for(size, plan.sheets, machine.margin_mm, machine.keep_out_mm)
        or free_spot(size, plan, machine.margin_mm, machine.keep_out_mm),
    )


@lru_cache(maxsize=16)  # a workshop's sheet changes less often than what is cut from it
def _nominal(
    kinds: tuple[str, ...], sheet: Sheet, clearances: tuple[float, ...]
) -> tuple[tuple[FlatPart, str, str], ...]:
    """(flat part, joint, role) of each part of the coupon."""
    from fabrication.flatten import flatten_part

    return tuple((flatten_part(one.part), one.joint, one.role) for one in coupon_parts(kinds, sheet, clearances))


def free_spot(size: tuple[float, float], plan: CutPlan, margin: float, clamps: Sequence[Ring] = ()) -> Spot | None:
    """A free place on a sheet of which nothing large stays: the lowest of the first sheet that has one, on a grid."""
    import numpy as np
    import shapely
    from shapely.geometry import Polygon

    for sheet in plan.sheets:
        outlines = [
            Polygon(plan.part(p.part).outline.moved(p.x, p.y, p.rotation_deg, p.mirrored).points(_CHORD))
            for p in sheet.placements
        ]
        # The coupon has its own gap all round; the beam takes half its width from both sides.
        taken = [shape.buffer(plan.kerf + _CHORD) for shape in outlines]
        taken += [Polygon(ring) for ring in (*sheet.keep_out, *clamps)]
        edge = Polygon(sheet.outline or shapely.box(0, 0, sheet.width, sheet.height).exterior.coords)
        room = edge.buffer(-margin, join_style="mitre").difference(shapely.union_all(taken))
        shapely.prepare(room)
        step = max(2.0, max(sheet.width, sheet.height) / 150)
        for turned in (False, True):
            w, h = size[::-1] if turned else size
            y, x = np.meshgrid(
                np.arange(margin, sheet.height - margin - h, step), np.arange(margin, sheet.width - margin - w, step),
                indexing="ij",
            )  # fmt: skip
            if not x.size:
                continue
            fits = shapely.covers(room, shapely.box(x.ravel(), y.ravel(), x.ravel() + w, y.ravel() + h))
            if fits.any():
                first = int(np.argmax(fits))
                left, low = float(x.ravel()[first]), float(y.ravel()[first])
                return Spot(sheet.index, round(left + w if turned else left, 4), round(low, 4), 90 if turned else 0)
    return None


def side_by_side(parts: Sequence[FlatPart], spacing: float) -> tuple[tuple[Placement, ...], tuple[float, float]]:
    """Rows of parts, the highest first, ``spacing`` (mm) apart and from the edge; the size of all of it."""
    boxes = {part.code: part.outline.bounds for part in parts}

    def height(part: FlatPart) -> float:
        return boxes[part.code][3] - boxes[part.code][1]

    widest = max(_ROW, *(b[2] - b[0] for b in boxes.values()))
    x = y = spacing
    top = right = 0.0
    placed: dict[str, Placement] = {}
    for part in sorted(parts, key=lambda p: (-height(p), p.code)):
        left, low, far, _ = boxes[part.code]
        if x > spacing and x + far - left > spacing + widest:
            x, y = spacing, top + spacing
        placed[part.code] = Placement(part.code, 1, x - left, y - low, 0.0)
        top, right = max(top, y + height(part)), max(right, x + far - left)
        x += far - left + spacing
    return tuple(placed[part.code] for part in parts), (right + spacing, top + spacing)


def spot_for(
    size: tuple[float, float], sheets: Sequence[SheetLayout], margin: float, clamps: Sequence[Ring] = ()
) -> Spot | None:
    """The first remnant that takes the coupon as it is or turned, in one of its corners, within the sheet's margin
    and off what is kept free: a clamp does not spoil the wood that stays, but nothing is cut under it."""
    from shapely import box, union_all
    from shapely.geometry import Polygon

    for sheet in sheets:
        if sheet.remnant is None:
            continue
        inside = Polygon(sheet.outline or box(0, 0, sheet.width, sheet.height).exterior.coords)
        room = Polygon(sheet.remnant).intersection(inside.buffer(-margin, join_style="mitre"))
        room = room.difference(union_all([Polygon(ring).buffer(0.01) for ring in (*sheet.keep_out, *clamps)]))
        if room.is_empty:
            continue
        left, low, right, high = room.bounds
        room = room.buffer(1e-6, join_style="mitre")
        for turned in (False, True):
            w, h = size[::-1] if turned else size
            for x in (left, right - w):
                for y in (low, high - h):
                    if room.covers(box(x, y, x + w, y + h)):
                        corner = x + w if turned else x
                        return Spot(sheet.index, round(corner, 4), round(y, 4), 90 if turned else 0)
    return None
