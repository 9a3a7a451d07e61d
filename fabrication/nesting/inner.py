# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small items moved away from the sheet's edge, where it costs nothing: the sheet is used no further than before."""

from __future__ import annotations

import numpy as np

from fabrication.nesting.boards import Board, Lying, Shape, Stockroom
from fabrication.nesting.finding import forbidden
from fabrication.nesting.problem import Solution
from fabrication.nesting.worth import worth

#: mm beyond the margin: an item nearer to the border of where items may lie is at the edge.
NEAR = 20.0
#: Ordinates looked at for one item: the free ones nearest to the middle are among them.
MOST = 400


def moved_inwards(stock: Stockroom, solution: Solution) -> Solution:
    """The same layout with each small item that lay at an edge in a free place farther inside, if there is one."""
    problem = stock.problem
    if not any(item.inner for item in problem.items):
        return solution
    boards = stock.boards(solution)
    changed = False
    for board in boards:
        for one in [one for one in board.lying if problem.items[one.item].inner and not one.fixed]:
            changed |= _move(stock, board, one)
    if not changed:
        return solution
    better = stock.solution(boards, solution.unplaced)
    return better if worth(problem, better) <= worth(problem, solution) else solution


def _move(stock: Stockroom, board: Board, one: Lying) -> bool:
    before = _inside(board, one.shape, one.x, one.y)
    if before >= NEAR * 1000:
        return False
    reach, height = board.reach, board.height
    board.take({one.item}, stock.areas)
    best, where = before, one
    for shape in stock.fitting(one.item, board.bin, board.frame):
        for x, y in _places(board, shape, reach, height):
            inside = _inside(board, shape, x, y)
            if inside > best:
                best, where = inside, Lying(one.item, shape, x, y)
    board.put(where, stock.areas[one.item])
    return where is not one


def _inside(board: Board, shape: Shape, x: int, y: int) -> int:
    """How far from the nearest side of where outlines may lie, up to NEAR: farther is no better."""
    x0, y0, x1, y1 = board.room.hull
    left, low, right, top = shape.hull
    return min(x + left - x0, y + low - y0, x1 - x - right, y1 - y - top, round(NEAR * 1000))


def _places(board: Board, shape: Shape, reach: int, height: int) -> list[tuple[int, int]]:
    """Free places that touch what lies there, within what is used already."""
    x0, y0, x1, y1 = board.room.hull
    left, low, right, top = shape.hull
    near = round(NEAR * 1000)
    x1, y1 = min(x1, board.room.edges[0] + reach), min(y1, board.room.edges[1] + height)
    xs, ys = (x0 - left, x1 - right), (y0 - low, y1 - top)
    if xs[0] > xs[1] or ys[0] > ys[1]:
        return []
    taken = forbidden(board, shape, xs, ys)
    columns = np.unique(np.concatenate((taken[:, 2], taken[:, 0], (xs[0] + near, xs[1] - near))))
    rows = np.unique(np.concatenate((taken[:, 3], taken[:, 1], (ys[0] + near, ys[1] - near))))
    columns = columns[(columns >= xs[0]) & (columns <= xs[1])][:MOST]
    rows = rows[(rows >= ys[0]) & (rows <= ys[1])][:MOST]
    free = np.ones((len(columns), len(rows)), bool)
    for a, b, c, d in taken.tolist():
        i, j = np.searchsorted(columns, a, "right"), np.searchsorted(columns, c, "left")
        k, m = np.searchsorted(rows, b, "right"), np.searchsorted(rows, d, "left")
        free[i:j, k:m] = False
    return [(int(columns[i]), int(rows[k])) for i, k in np.argwhere(free)]
