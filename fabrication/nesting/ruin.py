# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ruin and recreate: take some items off some boards, lay them again in another order, keep what is better.

The aim is to empty the least used board into the others, then to shorten what is left on it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import islice

from fabrication.nesting.boards import Board, Lying
from fabrication.nesting.filling import Filler

#: Weight of the last board's area beside its length: fewer items on it is a step towards a shorter one.
BY_AREA = 0.3
#: Weight of the squares of how full the other boards are: one full and one half empty are better than two alike.
BY_SQUARE = 0.1
#: Layouts of elsewhere that are looked at before the search goes on from the best of them.
ELSEWHERE = 150
#: What an item left out costs beside a whole sheet: more than the sheet that it would take.
LEFT_OUT = 4.0


class Search:
    """One run from a layout. ``best`` is the best so far, ``step`` takes one step."""

    def __init__(self, filler: Filler, boards: list[Board], out: list[int], seed: int) -> None:
        self.filler, self.stock = filler, filler.stock
        self.random = random.Random(seed)
        self._whole = False  # this step lays whole boards anew
        self.unit = max((b.cost for b in self.stock.problem.bins), default=1.0) or 1.0
        self.boards, self.out = boards, out
        self.value = self.worth(boards, out)
        self.best, self.best_out, self.best_key = boards, out, self.key(boards, out)

    def key(self, boards: list[Board], out: list[int]) -> tuple[float, ...]:
        """worth.worth of the layout: what counts in the end."""
        bins = self.stock.problem.bins
        opened = [(bins[b.bin], b) for i, b in enumerate(boards) if b.lying or i < len(self.stock.problem.locked)]
        sheets = [b for kind, b in opened if not kind.offcut] or [b for _, b in opened]
        return (
            len(out),
            round(sum(kind.cost for kind, _ in opened if not kind.offcut), 6),
            round(sum(kind.cost for kind, _ in opened if kind.offcut), 6),
            round(min((b.share for b in sheets), default=0.0), 6),
        )

    def worth(self, boards: list[Board], out: list[int]) -> float:
        """What the search follows, the smaller the better: key, smoothed so that small steps count."""
        last = self._last(boards)
        total = LEFT_OUT * len(out)
        for index, board in enumerate(boards):
            if not board.lying:
                continue
            kind = self.stock.problem.bins[board.bin]
            cost = kind.cost / self.unit
            if index == last:
                x0, y0, x1, y1 = board.room.edges
                room = (x1 - x0) * (y1 - y0) / 1e6
                total += cost * (1e-3 + board.share + BY_AREA * board.area / room)
            else:
                x0, y0, x1, y1 = board.room.edges
                fill = board.area / ((x1 - x0) * (y1 - y0) / 1e6)
                total += cost * (1 + BY_AREA - BY_SQUARE * fill * fill)
        return total

    def step(self, heat: float) -> bool:
        """One ruin and one recreation; True if it gave a new best."""
        boards = [board.copy() for board in self.boards]
        loose = list(self.out)
        for index in self._targets(boards):
            loose += self._ruin(boards[index], last=index == self._last(self.boards))
        frame = self.random.randrange(2)
        out = self._recreate(boards, loose, frame)
        boards = [b for i, b in enumerate(boards) if b.lying or i < self._kept()]
        value = self.worth(boards, out)
        if value < self.value - heat * math.log(max(1e-12, self.random.random())):
            self.boards, self.out, self.value = boards, out, value
        key = self.key(boards, out)
        if key < self.best_key:
            self.best, self.best_out, self.best_key = boards, out, key
            return True
        return False

    def back(self) -> None:
        """Go on from the best."""
        self.boards, self.out = self.best, self.best_out
        self.value = self.worth(self.boards, self.out)

    def go_on_from(self, boards: list[Board]) -> None:
        """Go on from a layout of all items, whatever it is worth."""
        self.boards, self.out = boards, []
        self.value = self.worth(boards, [])
        key = self.key(boards, [])
        if key < self.best_key:
            self.best, self.best_out, self.best_key = boards, [], key

    def take_over(self, boards: list[Board], out: list[int]) -> None:
        """Go on from a layout that somebody else found, if it is better than all here."""
        key = self.key(boards, out)
        if key < self.best_key:
            self.best, self.best_out, self.best_key = boards, out, key
            self.back()

    def _kept(self) -> int:
        """Locked boards and offcuts stay in the list, empty or not."""
        return sum(1 for b in self.boards if self.stock.problem.bins[b.bin].offcut) + len(self.stock.problem.locked)

    def _last(self, boards: list[Board]) -> int:
        """The board to empty: of the sheets the one with least on it."""
        locks = len(self.stock.problem.locked)
        open_ = [i for i, b in enumerate(boards) if b.lying and i >= locks]
        sheets = [i for i in open_ if not self.stock.problem.bins[boards[i].bin].offcut]
        return min(sheets or open_, key=lambda i: boards[i].area, default=-1)

    def _targets(self, boards: list[Board]) -> list[int]:
        self._whole = False
        chance = self.random.random()
        last = self._last(boards)
        others = [i for i, b in enumerate(boards) if i != last and b.lying]
        if last < 0:
            return others[:1]
        if not others or chance < 0.15:
            return [last]
        self._whole = chance < 0.35
        if self._whole:
            return [*self.random.sample(others, min(len(others), self.random.choice((1, 1, 2, 2, 3)))), last]
        if chance < 0.3 and len(others) > 1:
            return self.random.sample(others, 2)
        return [*self.random.sample(others, 2 if len(others) > 1 and chance > 0.85 else 1), last]

    def _ruin(self, board: Board, *, last: bool) -> list[int]:
        """Take items off a board: all, those beyond a line, or those around a point."""
        lying = [one for one in board.lying if not one.fixed]
        if not lying:
            return []
        chance = self.random.random()
        if self._whole or chance < (0.5 if last else 0.15):
            gone = lying
            if len(gone) == len(board.lying) and self.random.random() < 0.5:
                self._turn_over(board)
        elif chance < 0.6:
            x0, _, x1, _ = board.room.edges
            line = x0 + (x1 - x0) * self.random.random()
            gone = [one for one in lying if one.x + one.shape.hull[2] > line]
        else:
            gone = self._around(lying)
        items = {one.item for one in gone}
        board.take(items, self.stock.areas)
        return sorted(items)

    def _around(self, lying: list[Lying]) -> list[Lying]:
        centre = self.random.choice(lying)
        cx, cy = _middle(centre)
        near = sorted(lying, key=lambda one: abs(_middle(one)[0] - cx) + abs(_middle(one)[1] - cy))
        return near[: self.random.randint(1, max(2, len(lying) // 2))]

    def _turn_over(self, board: Board) -> None:
        """Fill the board, empty by now, along its other axis."""
        other = self.stock.board(board.bin, 1 - board.frame)
        board.take({one.item for one in board.lying}, self.stock.areas)
        board.frame, board.room = other.frame, other.room

    def _recreate(self, boards: list[Board], loose: list[int], frame: int) -> list[int]:
        rnd = self.random
        last = self._last(self.boards)
        order = list(range(len(boards)))
        kinds = self.filler.sheets
        first = rnd.choice(kinds) if len(kinds) > 1 and rnd.random() < 0.5 else None
        if last >= 0:
            order.remove(last)
            if rnd.random() < 0.5:
                # Offcuts stay before the sheets.
                rnd.shuffle(order)
                order.sort(key=lambda i: not self.stock.problem.bins[boards[i].bin].offcut)
            if first is None or boards[last].lying:  # else it may become a sheet of another kind
                order.append(last)
        keys = self._keys()
        noise = rnd.choice((0.0, 0.1, 0.3, 0.8))
        loose.sort(key=lambda item: -keys[item] * (1 + noise * (rnd.random() - 0.5)))
        out = []
        blink = rnd.choice((0.0, 0.0, 0.02, 0.1))
        for item in loose:
            if any(rnd.random() >= blink and self.filler.lay(boards[i], item) for i in order):
                continue
            opened = self.filler.open(boards, item, frame, first)
            if opened is None:
                out.append(item)
            else:
                boards.append(opened)
                order.append(len(boards) - 1)
        return out

    def _keys(self) -> list[float]:
        if not hasattr(self, "_orders"):
            sizes = [self._size(i) for i in range(len(self.stock.problem.items))]
            self._orders: list[list[float]] = [
                list(self.stock.areas),
                [max(a, b) for a, b in sizes],
                [min(a, b) for a, b in sizes],
                [a * b for a, b in sizes],
            ]
        return self.random.choice(self._orders)

    def _size(self, item: int) -> tuple[float, float]:
        xs, ys = zip(*self.stock.problem.items[item].outline, strict=True)
        return max(xs) - min(xs), max(ys) - min(ys)


def run(search: Search, clock: Iterator[float], elsewhere: Iterator[list[Board]]) -> Iterator[bool]:
    """Steps until ``clock``, which gives the share of the time gone before each, ends; cooling meanwhile.

    When nothing is found any more the search goes back to the best, and now and then on from the best of some layouts
    of ``elsewhere``.
    """
    quiet = 0
    from_best = True
    for gone in clock:
        heat = 0.02 * (1 - gone) ** 2 + 1e-4
        found = search.step(heat)
        quiet = 0 if found else quiet + 1
        if quiet > 400:
            others = list(islice(elsewhere, ELSEWHERE)) if from_best else []
            search.back()
            if others:
                search.go_on_from(min(others, key=lambda boards: search.key(boards, [])))
            quiet, from_best = 0, not from_best
        yield found


def _middle(one: Lying) -> tuple[float, float]:
    x0, y0, x1, y1 = one.shape.hull
    return one.x + (x0 + x1) / 2, one.y + (y0 + y1) / 2
