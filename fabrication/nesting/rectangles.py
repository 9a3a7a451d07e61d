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
from fablabs.machine import Machine
from fablabs.stock import SheetGrain, Stock
from fabrication.errors import NotMakeableError
from fabrication.layers import faces_worked
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


class _Leftmost(maxrects.MaxRects):  # type: ignore[misc]
    """As far to the left as it goes, then as low: what is left over is one long offcut."""

    def _select_position(self, w: int, h: int) -> tuple[Any, Any]:
        places = [
            (room.x + width, room.y, width, height, room)
            for width, height in ((w, h), (h, w))[: 2 if self.rot else 1]
            for room in self._max_rects
            if self._rect_fitness(room, width, height) is not None
        ]
        if not places:
            return None, None
        _, _, width, height, room = min(places, key=lambda place: place[:2])
        return rectpack.geometry.Rectangle(room.x, room.y, width, height), room


_LEFT, _BL, _BSSF, _BAF = (
    _each_its_own_turn(a) for a in (_Leftmost, maxrects.MaxRectsBl, maxrects.MaxRectsBssf, maxrects.MaxRectsBaf)
)
Sort = Callable[[Rectangles], Rectangles]
_STRATEGIES: tuple[tuple[type, Sort], ...] = (
    (_BSSF, rectpack.SORT_LSIDE),
    (_LEFT, rectpack.SORT_LSIDE),
    (_BSSF, rectpack.SORT_AREA),
    (_BAF, rectpack.SORT_LSIDE),
    (_LEFT, rectpack.SORT_SSIDE),
    (_BL, rectpack.SORT_SSIDE),
    (_BSSF, rectpack.SORT_SSIDE),
    (_LEFT, rectpack.SORT_AREA),
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
    bins = _best(_rectangles(blanks, spacing, usable), bin_size, strategies)
    if bins:
        # What ended up on the last sheet can often lie closer when it is alone.
        rest = [(r.width, r.height, r.rid._replace(turn=_turn_of(r, blanks, spacing))) for r in bins[-1]]
        again = _best(rest, bin_size, _STRATEGIES)
        if len(again) == 1 and _length(again[0]) < _length(bins[-1]):
            bins[-1:] = again
    return tuple(
        SheetLayout(index, width, height, _placements(rectangles, blanks, spacing, margin))
        for index, rectangles in enumerate(bins, start=1)
    )


def _rectangles(blanks: list[_Blank], spacing: int, usable: tuple[int, int]) -> Rectangles:
    """A rectangle for every copy, spacing included to its right and above."""
    rectangles: Rectangles = []
    for index, blank in enumerate(blanks):
        fitting = [t for t in blank.turns if _fits(blank.size(t), usable)]
        # A part that may turn is offered with its long side along the sheet's.
        turn = max(fitting, key=lambda t: (blank.size(t)[0] >= blank.size(t)[1]) == (usable[0] >= usable[1]))
        w, h = blank.size(turn)
        rectangles += [
            (w + spacing, h + spacing, _Copy(index, copy, turn, len(fitting) > 1))
            for copy in range(1, blank.part.quantity + 1)
        ]
    return rectangles


def _best(rectangles: Rectangles, bin_size: tuple[int, int], strategies: Sequence[tuple[type, Sort]]) -> list[Any]:
    """The packing on the fewest sheets; of these, the one with the shortest last sheet."""
    packings = [_pack(rectangles, bin_size, algorithm, sort) for algorithm, sort in strategies]
    return min(packings, key=lambda bins: (len(bins), _length(bins[-1]) if bins else 0))


def _length(rectangles: list[Any]) -> int:
    """How much of a sheet's width is used."""
    return max(int(r.x + r.width) for r in rectangles)


def _pack(rectangles: Rectangles, bin_size: tuple[int, int], algorithm: type, sort: Sort) -> list[Any]:
    packer = rectpack.newPacker(rectpack.PackingMode.Offline, rectpack.PackingBin.BFF, algorithm, sort, rotation=True)
    packer.add_bin(*bin_size, count=float("inf"))
    for rectangle in rectangles:
        packer.add_rect(*rectangle)
    packer.pack()
    return [list(b) for b in packer]


def _placements(rectangles: list[Any], blanks: list[_Blank], spacing: int, margin: float) -> tuple[Placement, ...]:
    placements = []
    for rectangle in rectangles:
        index, copy, _, _ = rectangle.rid
        blank = blanks[index]
        turn = _turn_of(rectangle, blanks, spacing)
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


def _turn_of(rectangle: Any, blanks: list[_Blank], spacing: int) -> int:
    """The rotation in which a packed rectangle lies."""
    given: int = rectangle.rid.turn
    w, h = blanks[rectangle.rid.part].size(given)
    return given if (rectangle.width, rectangle.height) == (w + spacing, h + spacing) else 90 - given


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
