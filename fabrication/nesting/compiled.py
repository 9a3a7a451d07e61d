# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""finding.find, compiled: the same places some twenty times as fast. Only the background search imports this."""

from __future__ import annotations

from typing import Any

import numpy as np

from fabrication.just_in_time import compiled
from fabrication.nesting.boards import Board, Shape


@compiled
def _search(
    placed: Any, grown: Any, obstacles: Any, bare: Any, x_low: int, x_high: int, y_low: int, y_high: int
) -> tuple[bool, int, int]:
    most = placed.shape[0] * grown.shape[0] + obstacles.shape[0] * bare.shape[0]
    taken = np.empty((most, 4), np.int64)
    count = 0
    for which in range(2):
        fixed = placed if which == 0 else obstacles
        moving = grown if which == 0 else bare
        for i in range(fixed.shape[0]):
            for j in range(moving.shape[0]):
                x0, y0 = fixed[i, 0] - moving[j, 2], fixed[i, 1] - moving[j, 3]
                x1, y1 = fixed[i, 2] - moving[j, 0], fixed[i, 3] - moving[j, 1]
                if x0 < x_high and x1 > x_low and y0 < y_high and y1 > y_low:
                    taken[count, 0], taken[count, 1], taken[count, 2], taken[count, 3] = x0, y0, x1, y1
                    count += 1
    if count == 0:
        return True, x_low, y_low
    taken = taken[:count]
    taken = taken[np.argsort(taken[:, 1])]
    tries = np.sort(taken[:, 2])
    x = x_low
    upcoming = 0
    while True:
        y = y_low
        for k in range(count):
            if taken[k, 1] >= y:
                break
            if taken[k, 0] < x and taken[k, 2] > x and taken[k, 3] > y:
                y = taken[k, 3]
                if y > y_high:
                    break
        if y <= y_high:
            return True, x, y
        while upcoming < count and tries[upcoming] <= x:
            upcoming += 1
        if upcoming == count or tries[upcoming] > x_high:
            return False, 0, 0
        x = tries[upcoming]


def find(board: Board, shape: Shape, limit: int | None = None) -> tuple[int, int] | None:
    """As finding.find."""
    x0, y0, x1, y1 = board.room.hull
    left, low, right, top = shape.hull
    if limit is not None and limit < x1:
        x1 = limit
    if x0 - left > x1 - right or y0 - low > y1 - top:
        return None
    found, x, y = _search(
        board.boxes, shape.grown, board.room.obstacles, shape.bare, x0 - left, x1 - right, y0 - low, y1 - top
    )
    return (x, y) if found else None
