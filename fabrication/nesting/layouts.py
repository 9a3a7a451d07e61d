# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flat parts, a machine and its stock → a nesting problem; its solution → sheets as they are cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from shapely.geometry import Polygon

from designs.typography import typeset
from fablabs.machine import Machine
from fablabs.stock import SheetGrain, Stock
from fabrication.errors import ChoiceError
from fabrication.layout import turned_and_moved
from fabrication.nesting.items import Blank, blanks
from fabrication.nesting.kinds import SheetKind, costs, sheet_kinds
from fabrication.nesting.problem import Laid, Problem, Put, Solution
from fabrication.nesting.refusals import require_fit, unplaced_refusal
from fabrication.nesting.remnant import remnant
from fabrication.nesting.sizes import best_sizes, smaller
from fabrication.nesting.worth import worth
from fabrication.plan import FlatPart, Placement, SheetLayout

#: Called with each better layout (None: nothing new) and the share of the time that is gone, 0…1; returns False to stop.
Watch = Callable[[tuple[SheetLayout, ...] | None, float], bool]


def nest(
    parts: Sequence[FlatPart], machine: Machine, stock: Stock, *, locked: Sequence[SheetLayout] = ()
) -> tuple[SheetLayout, ...]:
    """Lay ``quantity`` copies of every part, at once and always the same way.

    ``machine.spacing_mm`` lies between contours as cut, and between them and what is kept out;
    ``machine.margin_mm`` between them and the sheet's edge. Offcuts are used before any sheet is opened;
    then counts what the sheets cost, then how many must be turned over, then what stays in one piece.
    ``locked`` placements stay where they are; their sheets come first.

    Raises NotMakeableError for a part that fits nowhere, ChoiceError for a locked one that is not there.
    """
    task = _Task.of(parts, machine, stock, locked)
    return task.layouts(task.turning_few(best_sizes(task.problem)))


def improve(
    parts: Sequence[FlatPart],
    machine: Machine,
    stock: Stock,
    *,
    seconds: float,
    start: Sequence[SheetLayout] | None = None,
    locked: Sequence[SheetLayout] = (),
    watch: Watch | None = None,
) -> tuple[SheetLayout, ...]:
    """The best layout found in so many seconds (above 0): never worse than ``start``, nor than ``nest``'s.

    Raises as ``nest``."""
    from fabrication.nesting.better import better

    began = time.monotonic()
    task = _Task.of(parts, machine, stock, locked)
    first = task.turning_few(best_sizes(task.problem))
    if start is not None:
        first = min(task.solution(start), first, key=task.rank)
    best = first
    if first.unplaced:
        return task.layouts(first)  # names it

    def seen(found: Solution, gone: float) -> bool:
        nonlocal best
        new = task.rank(found) < task.rank(best)
        best = found if new else best
        return watch is None or watch(task.layouts(found) if new else None, 1 - (1 - gone) * left / seconds)

    left = max(0.0, seconds - (time.monotonic() - began))
    found = better(task.problem, left, start=first, watch=seen)
    seen(task.turning_few(smaller(task.problem, found)), 1.0)
    return task.layouts(best)


def as_stored(
    sheets: Sequence[SheetLayout], parts: Sequence[FlatPart], machine: Machine, stock: Stock
) -> tuple[SheetLayout, ...]:
    """A layout that was made before, on this stock: its placements as they are, all else from the stock.

    Sheets with nothing on them are left out. Nothing is checked but that the stock has such sheets:
    raises ChoiceError."""
    sheets = [sheet for sheet in sheets if sheet.placements]
    task = _Task.of(parts, machine, stock, ())
    codes = {blank.part.code for blank in task.blanks}
    for sheet in sheets:
        for code in sorted({p.part for p in sheet.placements} - codes):
            known = ", ".join(sorted(codes))
            raise ChoiceError(
                f"sheet {sheet.index} of the layout has {code}, which is no part to be cut: {known}",
                typeset(f"Le placement donné contient {code}, qui n’est pas à couper : {known}."),
            )
    return tuple(
        task.completed(index, kind, sheet.placements)
        for index, (sheet, kind) in enumerate(zip(sheets, _kinds_of(sheets, task.kinds), strict=True), start=1)
    )


@dataclass(frozen=True)
class _Task:
    """A problem and what its numbers stand for: ``copies`` are the items' parts (index of a blank) and copies."""

    blanks: tuple[Blank, ...]
    kinds: tuple[SheetKind, ...]
    copies: tuple[tuple[int, int], ...]
    problem: Problem

    @classmethod
    def of(cls, parts: Sequence[FlatPart], machine: Machine, stock: Stock, locked: Sequence[SheetLayout]) -> _Task:
        kinds = sheet_kinds(machine, stock)
        laid_out = blanks(parts, machine, stock.grain is SheetGrain.NONE)
        for blank in laid_out:
            require_fit(blank, kinds, machine.margin_mm)
        sizes = [blank.size(0) for blank in laid_out]
        problem = Problem(
            tuple(i for n, blank in enumerate(laid_out) for i in blank.items(n, sizes, machine.spacing_mm)),
            tuple(kind.bin(cost) for kind, cost in zip(kinds, costs(kinds), strict=True)),
            machine.spacing_mm,
            machine.margin_mm,
        )
        copies = tuple((n, c) for n, blank in enumerate(laid_out) for c in range(1, blank.part.quantity + 1))
        task = cls(laid_out, kinds, copies, problem)
        held = tuple(sheet for sheet in locked if sheet.placements)
        return replace(task, problem=replace(problem, locked=task.solution(held).sheets)) if held else task

    def solution(self, sheets: Sequence[SheetLayout]) -> Solution:
        """A layout as the solution of the problem. Raises ChoiceError for what is no part of it."""
        numbers = {(self.blanks[n].part.code, copy): item for item, (n, copy) in enumerate(self.copies)}
        seen: set[int] = set()
        laid = []
        for sheet, kind in zip(sheets, _kinds_of(sheets, self.kinds), strict=True):
            puts = []
            for p in sheet.placements:
                item = numbers.get((p.part, p.copy))
                if item is None or item in seen or p.mirrored != self.blanks[self.copies[item][0]].mirrored:
                    reason, raison = (
                        ("is not to be cut", "n’est pas à couper")
                        if item is None
                        else ("is there twice", "y est deux fois")
                        if item in seen
                        else ("lies on its other face", "est posée sur son autre face")
                    )
                    raise ChoiceError(
                        f"sheet {sheet.index} of the layout: {p.name} {reason}",
                        typeset(f"Panneau {sheet.index} du placement donné : {p.name} {raison}."),
                    )
                seen.add(item)
                puts.append(Put(item, p.x, p.y, p.rotation_deg))
            laid.append(Laid(self.kinds.index(kind), tuple(puts)))
        left = tuple((item, "is not laid") for item in range(len(self.copies)) if item not in seen)
        return Solution(tuple(laid), left)

    def rank(self, solution: Solution) -> tuple[float, ...]:
        """Smaller is better: left out, cost of sheets, of offcuts, sheets to be turned over, used share of the last."""
        left, sheets, offcuts, used = worth(self.problem, solution)
        return left, sheets, offcuts, len(self._turned(solution)), used

    def turning_few(self, solution: Solution) -> Solution:
        """The same parts with those worked on both faces together, as long as that opens no further sheet.

        A sheet that has one of them must be turned over as a whole, and aligned anew."""
        turned = self._turned(solution)
        if len(turned) < 2 or solution.unplaced:
            return solution
        both = {item for item, (n, _) in enumerate(self.copies) if self.blanks[n].two_faces}
        order = sorted(both)
        alone = best_sizes(replace(self.problem, items=tuple(self.problem.items[i] for i in order), locked=()))
        if self.problem.locked or alone.unplaced or len(alone.sheets) >= len(turned):
            return solution
        held = tuple(
            Laid(laid.bin, tuple(replace(put, item=order[put.item]) for put in laid.puts)) for laid in alone.sheets
        )
        return min(solution, best_sizes(replace(self.problem, locked=held)), key=self.rank)

    def layouts(self, solution: Solution) -> tuple[SheetLayout, ...]:
        """Raises NotMakeableError for what is not placed."""
        if solution.unplaced:
            raise unplaced_refusal(
                [(self.blanks[self.copies[item][0]], self.problem.items[item]) for item, _ in solution.unplaced],
                self.kinds,
                self.problem,
            )
        return tuple(
            self.completed(index, self.kinds[laid.bin], map(self._placement, laid.puts))
            for index, laid in enumerate(solution.sheets, start=1)
        )

    def completed(self, index: int, kind: SheetKind, placements: Iterable[Placement]) -> SheetLayout:
        """A sheet of this kind with these placements; what stays of it, worked out anew."""
        laid = tuple(sorted(placements, key=lambda p: (p.part, p.copy)))
        shapes = {blank.part.code: blank.shape for blank in self.blanks}
        taken = [turned_and_moved(shapes[p.part], p) for p in laid]
        return SheetLayout(
            index,
            kind.width,
            kind.height,
            laid,
            source=kind.source,
            outline=kind.outline,
            keep_out=kind.keep_out,
            price_eur=kind.price_eur,
            remnant=remnant(kind.shape, [*taken, *map(Polygon, kind.defects)], self.problem.spacing),
        )

    def _turned(self, solution: Solution) -> list[int]:
        """Sheets that have a part which is worked on both faces."""
        return [
            number
            for number, laid in enumerate(solution.sheets)
            if any(self.blanks[self.copies[put.item][0]].two_faces for put in laid.puts)
        ]

    def _placement(self, put: Put) -> Placement:
        number, copy = self.copies[put.item]
        blank = self.blanks[number]
        return Placement(blank.part.code, copy, round(put.x, 6), round(put.y, 6), float(put.turn % 360), blank.mirrored)


def _kinds_of(sheets: Sequence[SheetLayout], kinds: Sequence[SheetKind]) -> list[SheetKind]:
    """What each sheet of a layout is in the stock. Of one size, the kind with the same price and keep-outs first.

    Raises ChoiceError for a sheet that the stock does not have."""
    found: list[SheetKind] = []
    for sheet in sheets:
        fitting = [k for k in kinds if k.bears(sheet) and (k.count is None or found.count(k) < k.count)]
        if not fitting:
            size = f"{sheet.width:g} × {sheet.height:g} mm"
            what = f"the offcut {sheet.source!r} of {size}" if sheet.source else size
            quoi = f"la chute « {sheet.source} » de {size}" if sheet.source else size
            raise ChoiceError(
                f"sheet {sheet.index} of the layout is {what}: the stock has no such sheet, or none left",
                typeset(f"Panneau {sheet.index} du placement donné : {quoi}, que le stock n’a pas, ou plus."),
            )
        found.append(min(fitting, key=lambda k: (k.keep_out, k.price_eur) != (sheet.keep_out, sheet.price_eur)))
    return found
