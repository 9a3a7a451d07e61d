# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flat parts → sheets: bounding rectangles packed by rectpack, grain and margins kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import rectpack
from rectpack import maxrects

from designs.furniture import Grain
from fabrication.errors import NotMakeableError
from fabrication.layers import faces_worked
from fabrication.machine import Machine, SheetGrain, Stock
from fabrication.plan import Face, FlatPart, Placement, SheetLayout

#: Packing is done in whole micrometres, so that no rounding eats into a spacing.
UNIT = 1000

#: Up to so many rectangles every strategy below is tried; beyond, the first three, then the first.
#: A thousand pieces of twenty parts take some 17 s.
TRY_ALL, TRY_SOME = 90, 600

Rectangles = list[tuple[int, int, Any]]
Bounds = tuple[float, float, float, float]


class _Copy(NamedTuple):
    """What rectpack carries for each rectangle; ``turn`` is the rotation in which it was given."""

    part: int
    copy: int
    turn: int
    may_turn: bool


@dataclass(frozen=True)
class _Blank:
    """A part as nesting sees it: its bounds as cut, and the quarter turns that its grain allows."""

    part: FlatPart
    bounds: Bounds
    turns: tuple[int, ...]
    mirrored: bool

    def size(self, turn: int) -> tuple[int, int]:
        x0, y0, x1, y1 = self.bounds
        width, height = math.ceil((x1 - x0) * UNIT - 1e-6), math.ceil((y1 - y0) * UNIT - 1e-6)
        return (width, height) if turn == 0 else (height, width)


def _each_its_own_turn(algorithm: type) -> type:
    """rectpack turns all rectangles or none; grain makes that a question for each."""

    class Bin(algorithm):  # type: ignore[misc]
        def add_rect(self, width: int, height: int, rid: _Copy | None = None) -> Any:
            self.rot = rid is not None and rid.may_turn
            return super().add_rect(width, height, rid=rid)

    return Bin


_BL, _BSSF, _BAF = (_each_its_own_turn(a) for a in (maxrects.MaxRectsBl, maxrects.MaxRectsBssf, maxrects.MaxRectsBaf))
Sort = Callable[[Rectangles], Rectangles]
_STRATEGIES: tuple[tuple[type, Sort], ...] = (
    (_BSSF, rectpack.SORT_LSIDE),
    (_BSSF, rectpack.SORT_AREA),
    (_BAF, rectpack.SORT_LSIDE),
    (_BL, rectpack.SORT_SSIDE),
    (_BSSF, rectpack.SORT_SSIDE),
    (_BL, rectpack.SORT_LSIDE),
    (_BAF, rectpack.SORT_AREA),
    (_BSSF, rectpack.SORT_PERI),
)


def allowed_turns(grain: Grain, stock: Stock) -> tuple[int, ...]:
    """Rotations in degrees (of 0 and 90) that keep a part's grain along the sheet's."""
    if grain is Grain.FREE or stock.grain is SheetGrain.NONE:
        return (0, 90)
    width, height = stock.sheet_mm
    sheet_grain_along_x = (width >= height) == (stock.grain is SheetGrain.LONG)
    return (0,) if (grain is Grain.ALONG) == sheet_grain_along_x else (90,)


def bounds_as_cut(part: FlatPart, kerf: float) -> Bounds:
    """(x min, y min, x max, y max) of all that is drawn for the part, half a kerf outside of it."""
    boxes = [o.contour.bounds for o in part.operations]
    half = kerf / 2
    return (
        min(b[0] for b in boxes) - half,
        min(b[1] for b in boxes) - half,
        max(b[2] for b in boxes) + half,
        max(b[3] for b in boxes) + half,
    )


def nest(parts: Sequence[FlatPart], machine: Machine, stock: Stock) -> tuple[SheetLayout, ...]:
    """Lay ``quantity`` copies of every part on as few sheets as can be found, always the same way.

    ``machine.spacing_mm`` lies between contours as cut, ``machine.margin_mm`` between them and the
    sheet's edge. Among layouts of as few sheets, the one that leaves the longest offcut is kept.
    Raises NotMakeableError for a part that fits on no sheet in a direction that its grain allows.
    """
    width, height = stock.sheet_mm
    spacing, margin = round(machine.spacing_mm * UNIT), machine.margin_mm
    usable = (math.floor((width - 2 * margin) * UNIT + 1e-6), math.floor((height - 2 * margin) * UNIT + 1e-6))
    blanks = [
        _Blank(
            part,
            bounds_as_cut(part, machine.kerf_mm),
            allowed_turns(part.grain, stock),
            mirrored=faces_worked(part) == {Face.BOTTOM},
        )
        for part in parts
    ]
    for blank in blanks:
        _require_fit(blank, usable, stock)

    total = sum(p.quantity for p in parts)
    bin_size = (usable[0] + spacing, usable[1] + spacing)
    strategies = _STRATEGIES if total <= TRY_ALL else _STRATEGIES[:3] if total <= TRY_SOME else _STRATEGIES[:1]
    best: tuple[tuple[int, int], list[rectpack.PackerBNF]] | None = None
    for algorithm, sort in strategies:
        bins = _pack(blanks, spacing, usable, bin_size, algorithm, sort)
        score = (len(bins), max(r.x + r.width for r in bins[-1]) if bins else 0)
        if best is None or score < best[0]:
            best = (score, bins)
    assert best is not None
    return tuple(
        SheetLayout(index, width, height, _placements(rectangles, blanks, spacing, margin))
        for index, rectangles in enumerate(best[1], start=1)
    )


def _pack(
    blanks: list[_Blank], spacing: int, usable: tuple[int, int], bin_size: tuple[int, int], algorithm: type, sort: Sort
) -> list[Any]:
    rectangles: Rectangles = []
    for index, blank in enumerate(blanks):
        fitting = [t for t in blank.turns if _fits(blank.size(t), usable)]
        # A part that may turn is offered with its long side along the sheet's.
        turn = max(fitting, key=lambda t: (blank.size(t)[0] >= blank.size(t)[1]) == (bin_size[0] >= bin_size[1]))
        w, h = blank.size(turn)
        rectangles += [
            (w + spacing, h + spacing, _Copy(index, copy, turn, len(fitting) > 1))
            for copy in range(1, blank.part.quantity + 1)
        ]
    packer = rectpack.newPacker(rectpack.PackingMode.Offline, rectpack.PackingBin.BFF, algorithm, sort, rotation=True)
    packer.add_bin(*bin_size, count=float("inf"))
    for rectangle in rectangles:
        packer.add_rect(*rectangle)
    packer.pack()
    return [list(b) for b in packer]


def _placements(rectangles: list[Any], blanks: list[_Blank], spacing: int, margin: float) -> tuple[Placement, ...]:
    placements = []
    for rectangle in rectangles:
        index, copy, turn, _ = rectangle.rid
        blank = blanks[index]
        w, h = blank.size(turn)
        if (rectangle.width, rectangle.height) != (w + spacing, h + spacing):
            turn = 90 - turn
        x0, y0, x1, y1 = blank.bounds
        if blank.mirrored:
            x0, x1 = -x1, -x0
        # Lower left corner of the turned bounds: (x, y) → (-y, x) for a quarter turn.
        left, low = (x0, y0) if turn == 0 else (-y1, x0)
        placements.append(
            Placement(
                blank.part.code,
                copy,
                round(rectangle.x / UNIT + margin - left, 6),
                round(rectangle.y / UNIT + margin - low, 6),
                float(turn),
                blank.mirrored,
            )
        )
    return tuple(sorted(placements, key=lambda p: (p.part, p.copy)))


def _fits(size: tuple[int, int], usable: tuple[int, int]) -> bool:
    return size[0] <= usable[0] and size[1] <= usable[1]


def _require_fit(blank: _Blank, usable: tuple[int, int], stock: Stock) -> None:
    if any(_fits(blank.size(turn), usable) for turn in blank.turns):
        return
    part = blank.part
    w, h = (v / UNIT for v in blank.size(blank.turns[0]))
    room = (max(0.0, usable[0] / UNIT), max(0.0, usable[1] / UNIT))
    fixed = len(blank.turns) == 1
    direction = " with its grain along the sheet's" if fixed else ""
    direction_fr = " dans le sens du fil" if fixed else ""
    needed, sheet = (w, h), stock.sheet_mm
    raise NotMakeableError(
        f"{part.code} {part.name!r} is {w:.6g} × {h:.6g} mm{direction}; a sheet of {sheet[0]:g} × {sheet[1]:g} mm "
        f"has room for {room[0]:.6g} × {room[1]:.6g} mm inside its margins",
        f"La pièce {part.code} «\N{NO-BREAK SPACE}{part.name}\N{NO-BREAK SPACE}» mesure {_size_in_french(needed)}"
        f"{direction_fr}\N{NARROW NO-BREAK SPACE}; un panneau de {_size_in_french(sheet)} n’offre que "
        f"{_size_in_french(room)} à l’intérieur de ses marges.",
    )


def _size_in_french(size: tuple[float, float]) -> str:
    return f"{size[0]:.6g} × {size[1]:.6g}\N{NO-BREAK SPACE}mm".replace(".", ",")
