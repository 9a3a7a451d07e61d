# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Items in an order → boards: each where it reaches least far, on the first board that takes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from fabrication.nesting.boards import Board, Lying, Shape, Stockroom
from fabrication.nesting.finding import find
from fabrication.nesting.worth import bounds

#: Of an item's turns so many are tried, evenly spread.
TURNS = 8

#: find's signature: another one may be quicker.
Finder = Callable[[Board, Shape, int | None], tuple[int, int] | None]


#: Which of an item's shapes are tried.
Chooser = Callable[[tuple[Shape, ...]], Sequence[Shape]]


def evenly(shapes: tuple[Shape, ...]) -> Sequence[Shape]:
    return shapes if len(shapes) <= TURNS else shapes[:: math.ceil(len(shapes) / TURNS)]


class Filler:
    """Lays items onto boards. ``work`` is about the microseconds that numpy takes to find a place, counted and
    not measured: it is the same everywhere."""

    def __init__(self, stock: Stockroom, finder: Finder = find, chooser: Chooser = evenly) -> None:
        self.stock, self.finder, self.chooser = stock, finder, chooser
        self.work = 0.0
        problem = stock.problem
        self.sheets = [k for k, b in enumerate(problem.bins) if not b.offcut]
        self.offcuts = [k for k, b in enumerate(problem.bins) if b.offcut]
        self.offcuts.sort(key=lambda k: (_size(stock, k), k))
        # The most wood for the money, whole sheets all else equal.
        self.sheets.sort(key=lambda k: (problem.bins[k].cost / max(1.0, _size(stock, k)), -_size(stock, k), k))

    def empty(self, frame: int) -> list[Board]:
        """Locked boards and every offcut: these are filled before a sheet is opened."""
        return self.with_offcuts(self.stock.locked(frame), frame)

    def with_offcuts(self, boards: list[Board], frame: int) -> list[Board]:
        """The boards and, after the locked ones, every offcut that is not among them."""
        left = self.stock.left(boards)
        more = []
        for kind in self.offcuts:
            count = self.stock.problem.bins[kind].count
            many = left[kind] if count is not None else int(all(board.bin != kind for board in boards))
            more += [self.stock.board(kind, frame) for _ in range(many)]
        locks = len(self.stock.problem.locked)
        return [*boards[:locks], *more, *boards[locks:]]

    def fill(self, boards: list[Board], order: Iterable[int], frame: int, first: int | None = None) -> list[int]:
        """Lay the items of ``order``; sheets are opened as needed, of the kind ``first`` if it can be.

        Returns the items that found no place."""
        out = []
        for item in order:
            if not any(self.lay(board, item) for board in boards):
                board = self.open(boards, item, frame, first)
                if board is None:
                    out.append(item)
                else:
                    boards.append(board)
        return out

    def lay(self, board: Board, item: int) -> bool:
        """Lay one item where it reaches least far; False if there is no place."""
        kind = self.stock.kind(item)
        if kind in board.refused:
            return False
        best: tuple[int, int, Shape] | None = None
        limit: int | None = None
        for shape in self.chooser(self.stock.fitting(item, board.bin, board.frame)):
            pairs = len(board.boxes) * len(shape.grown) + len(board.room.obstacles) * len(shape.bare)
            self.work += 60 + pairs + 0.004 * pairs * pairs
            place = self.finder(board, shape, limit)
            if place is None:
                continue
            reach = place[0] + shape.hull[2]
            if best is None or (reach, place[1]) < (best[0] + best[2].hull[2], best[1]):
                best = (place[0], place[1], shape)
                limit = reach
        if best is None:
            board.refused.add(kind)
            return False
        board.put(Lying(item, best[2], best[0], best[1]), self.stock.areas[item])
        return True

    def open(self, boards: list[Board], item: int, frame: int, first: int | None = None) -> Board | None:
        """A new sheet with the item on it; None if no kind that is left takes it."""
        left = self.stock.left(boards)
        kinds = self.sheets + self.offcuts if first is None else [first, *(k for k in self.sheets if k != first)]
        for kind in kinds:
            if self.stock.problem.bins[kind].count is not None and left[kind] <= 0:
                continue
            board = self.stock.board(kind, frame)
            if self.lay(board, item):
                return board
        return None

    def cheaper(self, boards: list[Board]) -> None:
        """Change each sheet, the emptiest first, for the cheapest that takes all that lies on it."""
        bins = self.stock.problem.bins
        locks = len(self.stock.problem.locked)
        for index in sorted(range(locks, len(boards)), key=lambda i: boards[i].area):
            old = boards[index]
            if bins[old.bin].offcut or not old.lying:
                continue
            items = sorted((one.item for one in old.lying), key=lambda i: (-self.stock.areas[i], i))
            left = self.stock.left(boards)
            for kind in sorted(self.sheets, key=lambda k: (bins[k].cost, k)):
                if bins[kind].cost >= bins[old.bin].cost or (bins[kind].count is not None and left[kind] <= 0):
                    continue
                for frame in (0, 1):
                    new = self.stock.board(kind, frame)
                    if boards[index] is old and all(self.lay(new, item) for item in items):
                        boards[index] = new
                if boards[index] is not old:
                    break

    def why(self, item: int) -> str:
        """Why an item is not laid: too large for all kinds, or none left."""
        problem = self.stock.problem
        x0, y0, x1, y1 = _bounds_of(problem.items[item].outline)
        size = f"{x1 - x0:.6g} × {y1 - y0:.6g} mm"
        kinds = range(len(problem.bins))
        if not any(self.lay(self.stock.board(kind, 0), item) for kind in kinds):
            return f"it measures {size} and fits on no sheet in a direction that is allowed"
        return f"it measures {size} and no sheet that is left has room for it"


def _size(stock: Stockroom, kind: int) -> float:
    x0, y0, x1, y1 = bounds(stock.problem.bins[kind])
    return (x1 - x0) * (y1 - y0)


def _bounds_of(ring: tuple[tuple[float, float], ...]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)
