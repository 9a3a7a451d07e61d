# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bounding rectangles packed by rectpack: in no time, for one kind of whole sheet and quarter turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

import rectpack
from rectpack import maxrects

from fabrication.nesting.boards import Board, Lying, Shape, Stockroom
from fabrication.nesting.problem import Solution

#: Up to so many rectangles every strategy below is tried; beyond, the first three, then the first.
TRY_ALL, TRY_SOME = 90, 600

Rectangles = list[tuple[int, int, Any]]


class _Id(NamedTuple):
    """What rectpack carries for each rectangle."""

    item: int
    may_turn: bool


def _each_its_own_turn(algorithm: type) -> type:
    """rectpack turns all rectangles or none; grain makes that a question for each."""

    class Sheet(algorithm):  # type: ignore[misc]
        def add_rect(self, width: int, height: int, rid: _Id | None = None) -> Any:
            self.rot = rid is not None and rid.may_turn
            return super().add_rect(width, height, rid=rid)

    return Sheet


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
STRATEGIES: tuple[tuple[type, Sort], ...] = (
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
_SORTS = (rectpack.SORT_AREA, rectpack.SORT_LSIDE, rectpack.SORT_SSIDE, rectpack.SORT_PERI, rectpack.SORT_RATIO)
_FITS = (rectpack.PackingBin.BFF, rectpack.PackingBin.BBF)
#: Its skylines with waste maps turn what must not be turned.
_ALL = [_LEFT, _BL, _BSSF, _BAF]
_ALL += [
    _each_its_own_turn(getattr(rectpack, name))
    for name in sorted(dir(rectpack))
    if name.startswith(("Guillotine", "Skyline")) and not name.endswith("Wm")
]


class Outlines(NamedTuple):
    """All items as rectangles (µm, spacing added) with the sheet's size, and the shapes that each may take."""

    rectangles: Rectangles
    size: tuple[int, int]
    choices: list[tuple[Shape, ...]]
    spacing: int


def outlines(stock: Stockroom) -> Outlines | None:
    """None where rectangles and one endless kind of sheet don't tell all."""
    problem = stock.problem
    if len(problem.bins) != 1 or problem.bins[0].count is not None or problem.locked:
        return None
    room = stock.room(0, 0)
    if len(room.obstacles):
        return None
    rectangles: Rectangles = []
    choices: list[tuple[Shape, ...]] = []
    for item in range(len(problem.items)):
        shapes = stock.fitting(item, 0, 0)
        if not shapes:
            return None
        # An item that may turn is offered with its long side along the sheet's.
        along = room.hull[2] - room.hull[0] >= room.hull[3] - room.hull[1]
        shapes = tuple(sorted(shapes, key=lambda s: (_size(s)[0] >= _size(s)[1]) != along))
        choices.append(shapes)
        width, height = _size(shapes[0])
        may_turn = any(_size(s) == (height, width) for s in shapes)
        rectangles.append((width, height, _Id(item, may_turn)))
    spacing = round(stock.problem.spacing * 1000)
    size = (room.hull[2] - room.hull[0] + spacing, room.hull[3] - room.hull[1] + spacing)
    return Outlines([(w + spacing, h + spacing, rid) for w, h, rid in rectangles], size, choices, spacing)


def packed(stock: Stockroom) -> Iterator[Solution]:
    """Layouts of all items as rectangles, by the strategies above; none where ``outlines`` has none."""
    known = outlines(stock)
    if known is None:
        return
    count = len(known.rectangles)
    strategies = STRATEGIES if count <= TRY_ALL else STRATEGIES[:3] if count <= TRY_SOME else STRATEGIES[:1]
    for algorithm, sort in strategies:
        bins = _pack(known.rectangles, known.size, algorithm, sort)
        yield stock.solution(_boards(stock, bins, known))


def shuffled(stock: Stockroom, rnd: Random) -> Iterator[list[Board]]:
    """For ever layouts in orders near the usual ones, each by one of rectpack's algorithms, to start a search from; none
    where ``outlines`` has none, nor for so many items that each takes long."""
    known = outlines(stock)
    if known is None or len(known.rectangles) > TRY_ALL:
        return
    while True:
        order = rnd.choice(_SORTS)(list(known.rectangles))
        for _ in range(rnd.randint(1, len(order))):
            i = rnd.randrange(len(order))
            j = min(len(order) - 1, i + rnd.randint(0, 5))
            order[i], order[j] = order[j], order[i]
        bins = _pack(order, known.size, rnd.choice(_ALL), rectpack.SORT_NONE, rnd.choice(_FITS))
        yield _boards(stock, bins, known)


def _size(shape: Shape) -> tuple[int, int]:
    return shape.hull[2] - shape.hull[0], shape.hull[3] - shape.hull[1]


def _pack(
    rectangles: Rectangles, size: tuple[int, int], algorithm: type, sort: Sort, fit: Any = rectpack.PackingBin.BFF
) -> list[list[Any]]:
    packer = rectpack.newPacker(rectpack.PackingMode.Offline, fit, algorithm, sort, rotation=True)
    packer.add_bin(*size, count=float("inf"))
    for rectangle in rectangles:
        packer.add_rect(*rectangle)
    packer.pack()
    return [list(b) for b in packer]


def _boards(stock: Stockroom, bins: Sequence[Sequence[Any]], known: Outlines) -> list[Board]:
    boards: list[Board] = []
    for rectangles in bins:
        board = stock.board(0, 0)
        for rectangle in rectangles:
            item = rectangle.rid.item
            size = (rectangle.width - known.spacing, rectangle.height - known.spacing)
            shape = next(s for s in known.choices[item] if _size(s) == size)
            x, y = board.room.hull[0] + rectangle.x, board.room.hull[1] + rectangle.y
            board.put(Lying(item, shape, x - shape.hull[0], y - shape.hull[1]), stock.areas[item])
        boards.append(board)
    return boards
