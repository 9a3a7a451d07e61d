# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last look at a layout, whoever made it: sheets, distances, margins, clamps, grain, copies."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon

from fablabs.machine import Machine
from fablabs.stock import Stock
from fabrication.errors import FabricationError
from fabrication.layers import faces_worked
from fabrication.nesting.items import allowed_turns
from fabrication.nesting.kinds import SheetKind, sheet_kinds
from fabrication.plan import CutPlan, Face, FlatPart, Placement, SheetLayout, Work

#: Chords of arcs stay this near to them, and a distance may be short by twice that (mm).
CHORD = 0.002


class LayoutError(FabricationError, ValueError):
    """A layout can't be cut as it is: two parts too near, a part over the margin, a copy missing."""


def check_layout(plan: CutPlan, machine: Machine, stock: Stock, locked: Sequence[SheetLayout] = ()) -> None:
    """Raise LayoutError, which names every fault, if the plan can't be cut on the machine.

    ``machine.spacing_mm`` is kept between contours as cut (kerf included) and to clamps and defects,
    also in the openings of parts; ``machine.margin_mm`` to the edge of the sheet or offcut. Every copy of every
    part lies on one sheet, grain runs as its part asks, the stock has these sheets and as many,
    ``locked`` copies lie where they were, and what is offered as remnant is whole.
    """
    faults = [*_copy_faults(plan), *_locked_faults(plan, locked)]
    kinds, stock_faults = _kinds(plan, sheet_kinds(machine, stock))
    faults += stock_faults
    shapes = {part.code: _shape(part) for part in plan.parts}
    for sheet, kind in zip(plan.sheets, kinds, strict=True):
        if kind is not None:
            look = _Sheet(sheet, kind, plan, machine)
            faults += (f"sheet {sheet.index}: {fault}" for fault in look.faults(shapes))
    if faults:
        raise LayoutError("; ".join(faults))


def placed(shape: Polygon, placement: Placement) -> Polygon:
    """A part's shape on the sheet: mirrored, turned, moved."""
    if placement.mirrored:
        shape = shapely.affinity.scale(shape, -1, 1, origin=(0, 0))
    return turned_and_moved(shape, placement)


def turned_and_moved(shape: Polygon, placement: Placement) -> Polygon:
    """On the sheet, what is mirrored already if it is to be."""
    turned = shapely.affinity.rotate(shape, placement.rotation_deg, origin=(0, 0))
    return shapely.affinity.translate(turned, placement.x, placement.y)


def _shape(part: FlatPart) -> Polygon:
    """Outline and openings: another part may lie in one of them."""
    holes = [operation.contour.points(CHORD) for operation in part.of(Work.CUT_INSIDE)]
    return Polygon(part.outline.points(CHORD), holes)


def _copy_faults(plan: CutPlan) -> list[str]:
    laid = Counter((p.part, p.copy) for sheet in plan.sheets for p in sheet.placements)
    wanted = {(part.code, copy) for part in plan.parts for copy in range(1, part.quantity + 1)}
    faults = [f"{code}-{copy} lies on no sheet" for code, copy in sorted(wanted - laid.keys())]
    faults += [f"{code}-{copy} is not wanted" for code, copy in sorted(laid.keys() - wanted)]
    return faults + [f"{code}-{copy} is laid {n} times" for (code, copy), n in sorted(laid.items()) if n > 1]


def _locked_faults(plan: CutPlan, locked: Sequence[SheetLayout]) -> Iterator[str]:
    places = {(p.name, s.source, s.width, s.height): p for s in plan.sheets for p in s.placements}
    for sheet in locked:
        for wanted in sheet.placements:
            found = places.get((wanted.name, sheet.source, sheet.width, sheet.height))
            if found is None or _moved(wanted, found):
                yield f"{wanted.name} is locked, and does not lie where it was"


def _moved(wanted: Placement, found: Placement) -> bool:
    turned = abs((wanted.rotation_deg - found.rotation_deg + 180) % 360 - 180)
    return max(abs(wanted.x - found.x), abs(wanted.y - found.y)) > 1e-3 or turned > 1e-3


def _kinds(plan: CutPlan, kinds: Sequence[SheetKind]) -> tuple[list[SheetKind | None], list[str]]:
    """What each sheet is in the stock (None: nothing), and what the stock has not."""
    used: Counter[int] = Counter()
    found: list[SheetKind | None] = []
    faults = []
    for sheet in plan.sheets:
        same = [n for n, kind in enumerate(kinds) if _is(sheet, kind)]
        free = [n for n in same if used[n] < (kinds[n].count or math.inf)]
        if free:
            used[free[0]] += 1
            found.append(kinds[free[0]])
            continue
        what = f"the offcut {sheet.source!r}" if sheet.source else f"a sheet of {sheet.width:g} × {sheet.height:g} mm"
        reason = "all of them are used" if same else "the stock has none like it"
        faults.append(f"sheet {sheet.index} is {what}: {reason}")
        found.append(None)
    return found, faults


def _is(sheet: SheetLayout, kind: SheetKind) -> bool:
    same = (sheet.outline, sheet.keep_out, sheet.price_eur) == (kind.outline, kind.keep_out, kind.price_eur)
    return same and kind.bears(sheet)


@dataclass(frozen=True)
class _Sheet:
    layout: SheetLayout
    kind: SheetKind
    plan: CutPlan
    machine: Machine

    def faults(self, shapes: dict[str, Polygon]) -> Iterator[str]:
        known = [(p, self.plan.part(p.part)) for p in self.layout.placements if p.part in shapes]
        for placement, part in known:
            if _across_grain(placement, part, self.kind):
                yield f"{placement.name} lies across its grain"
            if placement.mirrored != (faces_worked(part) == {Face.BOTTOM}):
                yield f"{placement.name} lies on its other face"
        named = [(p.name, placed(shapes[part.code], p)) for p, part in known]
        yield from self._edge_faults(named)
        yield from self._distances(named)
        yield from self._remnant_faults(named)

    def _edge_faults(self, named: Sequence[tuple[str, Polygon]]) -> Iterator[str]:
        sheet = self.kind.shape
        margin = self.machine.margin_mm + self.plan.kerf / 2 - 2 * CHORD
        gap = self.machine.spacing_mm + self.plan.kerf / 2 - 2 * CHORD
        kept_out = [Polygon(zone) for zone in self.kind.keep_out]
        for name, outline in named:
            if not sheet.covers(outline):
                yield f"{name} reaches over the sheet's edge"
            elif outline.distance(sheet.exterior) < margin:
                yield f"{name} reaches into the margin"
            for zone in kept_out:
                if outline.distance(zone) < gap:
                    yield (
                        f"{name} is {outline.distance(zone) - self.plan.kerf / 2:.2f} mm from a clamp or defect, "
                        f"{self.machine.spacing_mm:g} mm are needed"
                    )

    def _distances(self, named: Sequence[tuple[str, Polygon]]) -> Iterator[str]:
        gap = self.machine.spacing_mm + self.plan.kerf
        outlines = [outline for _, outline in named]
        tree = shapely.STRtree(outlines)
        for i, j in sorted(zip(*tree.query(outlines, predicate="dwithin", distance=gap), strict=True)):
            if i < j and (distance := outlines[i].distance(outlines[j])) < gap - 2 * CHORD:
                yield (
                    f"{named[i][0]} and {named[j][0]} are {distance - self.plan.kerf:.2f} mm apart, "
                    f"{self.machine.spacing_mm:g} mm are needed"
                )

    def _remnant_faults(self, named: Sequence[tuple[str, Polygon]]) -> Iterator[str]:
        if self.layout.remnant is None:
            return
        remnant = Polygon(self.layout.remnant)
        if not remnant.is_valid or not self.kind.shape.buffer(2 * CHORD).covers(remnant):
            yield "its remnant is no piece of it"
            return
        gap = self.machine.spacing_mm + self.plan.kerf / 2 - 2 * CHORD
        for name, outline in named:
            if Polygon(outline.exterior).distance(remnant) < gap:
                yield f"{name} reaches into the remnant"


def _across_grain(placement: Placement, part: FlatPart, kind: SheetKind) -> bool:
    """A part whose grain is free may lie at any angle."""
    turn, *others = allowed_turns(part.grain, kind.along_x)
    return not others and abs((placement.rotation_deg - turn + 90) % 180 - 90) > 1e-3
