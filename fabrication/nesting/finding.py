# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The leftmost, then lowest, free place of a shape on a board: numpy alone, the same answer everywhere."""

from __future__ import annotations

import numpy as np

from fabrication.nesting.boards import Board, Boxes, Shape

#: So many abscissas are looked at together: the first of them are often enough.
_TOGETHER = 48


def find(board: Board, shape: Shape, limit: int | None = None) -> tuple[int, int] | None:
    """Where the shape's origin may lie so that its hull's right side is least, at most ``limit``; None if nowhere."""
    x0, y0, x1, y1 = board.room.hull
    left, low, right, top = shape.hull
    if limit is not None:
        x1 = min(x1, limit)
    xs = (x0 - left, x1 - right)
    ys = (y0 - low, y1 - top)
    if xs[0] > xs[1] or ys[0] > ys[1]:
        return None
    taken = forbidden(board, shape, xs, ys)
    if not len(taken):
        return xs[0], ys[0]
    tries = np.unique(np.concatenate((np.array(xs[:1]), taken[:, 2])))
    tries = tries[(tries >= xs[0]) & (tries <= xs[1])]
    for start in range(0, len(tries), _TOGETHER):
        some = tries[start : start + _TOGETHER]
        lowest = _lowest(taken, some, *ys)
        free = np.flatnonzero(lowest <= ys[1])
        if len(free):
            return int(some[free[0]]), int(lowest[free[0]])
    return None


def forbidden(board: Board, shape: Shape, xs: tuple[int, int], ys: tuple[int, int]) -> Boxes:
    """Where the shape's origin must not lie (inside of these, their borders are free), by rising y."""
    taken = _apart(board.boxes, shape.grown)
    if len(board.room.obstacles):
        taken = np.concatenate((taken, _apart(board.room.obstacles, shape.bare)))
    near = (taken[:, 0] < xs[1]) & (taken[:, 2] > xs[0]) & (taken[:, 1] < ys[1]) & (taken[:, 3] > ys[0])
    taken = taken[near]
    return taken[np.argsort(taken[:, 1], kind="stable")]


def _apart(fixed: Boxes, moving: Boxes) -> Boxes:
    lower = fixed[:, None, :2] - moving[None, :, 2:]
    upper = fixed[:, None, 2:] - moving[None, :, :2]
    return np.concatenate((lower, upper), axis=2).reshape(-1, 4)


def _lowest(taken: Boxes, xs: Boxes, low: int, high: int) -> Boxes:
    """For each abscissa the lowest free ordinate, ``high`` + 1 if there is none."""
    active = (taken[None, :, 0] < xs[:, None]) & (taken[None, :, 2] > xs[:, None])
    tops = np.where(active, taken[None, :, 3], low)
    tops[:, 0] = np.maximum(tops[:, 0], low)
    reached = np.maximum.accumulate(tops, axis=1)  # below this, after each rectangle, all may be taken
    floors = np.where(active, taken[None, :, 1], np.iinfo(np.int64).max)
    ahead = np.minimum.accumulate(floors[:, ::-1], axis=1)[:, ::-1]  # the next rectangle's lower side
    # A gap before the first rectangle, or between what was reached and what comes next.
    first = np.where(ahead[:, 0] >= low, low, high + 1)
    nexts = np.concatenate((ahead[:, 1:], np.full((len(xs), 1), np.iinfo(np.int64).max)), axis=1)
    gaps = np.where((reached <= nexts) & (reached <= high), reached, high + 1)
    result: Boxes = np.minimum(first, gaps.min(axis=1))
    return result
