# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bounding rectangles packed by rectpack: in no time, for one kind of whole sheet and quarter turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


def packed(stock: Stockroom) -> Iterator[Solution]:
    """Layouts of all items as rectangles; none where rectangles and one endless kind of sheet don't tell all."""
    problem = stock.problem
    if len(problem.bins) != 1 or problem.bins[0].count is not None or problem.locked:
        return
    room = stock.room(0, 0)
    if len(room.obstacles):
        return
    rectangles: Rectangles = []
    choices: list[tuple[Shape, ...]] = []
    for item in range(len(problem.items)):
        shapes = stock.fitting(item, 0, 0)
        if not shapes:
            return
        # An item that may turn is offered with its long side along the sheet's.
        along = room.hull[2] - room.hull[0] >= room.hull[3] - room.hull[1]
        shapes = tuple(sorted(shapes, key=lambda s: (_size(s)[0] >= _size(s)[1]) != along))
        choices.append(shapes)
        width, height = _size(shapes[0])
        may_turn = any(_size(s) == (height, width) for s in shapes)
        rectangles.append((width, height, _Id(item, may_turn)))
    spacing = round(stock.problem.spacing * 1000)
    size = (room.hull[2] - room.hull[0] + spacing, room.hull[3] - room.hull[1] + spacing)
    rectangles = [(w + spacing, h + spacing, rid) for w, h, rid in rectangles]
    count = len(rectangles)
    strategies = STRATEGIES if count <= TRY_ALL else STRATEGIES[:3] if count <= TRY_SOME else STRATEGIES[:1]
    for algorithm, sort in strategies:
        bins = _pack(rectangles, size, algorithm, sort)
        yield _solution(stock, bins, choices, spacing)


def _size(shape: Shape) -> tuple[int, int]:
    return shape.hull[2] - shape.hull[0], shape.hull[3] - shape.hull[1]


def _pack(rectangles: Rectangles, size: tuple[int, int], algorithm: type, sort: Sort) -> list[list[Any]]:
    packer = rectpack.newPacker(rectpack.PackingMode.Offline, rectpack.PackingBin.BFF, algorithm, sort, rotation=True)
    packer.add_bin(*size, count=float("inf"))
    for rectangle in rectangles:
        packer.add_rect(*rectangle)
    packer.pack()
    return [list(b) for b in packer]


def _solution(
    stock: Stockroom, bins: Sequence[Sequence[Any]], choices: list[tuple[Shape, ...]], spacing: int
) -> Solution:
    boards: list[Board] = []
    for rectangles in bins:
        board = stock.board(0, 0)
        for rectangle in rectangles:
            item = rectangle.rid.item
            size = (rectangle.width - spacing, rectangle.height - spacing)
            shape = next(s for s in choices[item] if _size(s) == size)
            x, y = board.room.hull[0] + rectangle.x, board.room.hull[1] + rectangle.y
            board.put(Lying(item, shape, x - shape.hull[0], y - shape.hull[1]), stock.areas[item])
        boards.append(board)
    return stock.solution(boards)
