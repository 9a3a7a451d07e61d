# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""First come, nearest maker: what happens if nobody plans. The measure that a plan is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fabrication.assignment.problem import Problem

if TYPE_CHECKING:
    from fabrication.assignment.problem import Ints


def first_come_nearest(problem: Problem) -> Ints:
    """Each order, as listed, goes whole to the nearest maker with room for it; one that may be split takes the nearest
    rooms until it is made."""
    units = np.zeros(problem.arcs, np.int64)
    room = problem.capacities.copy()
    for order, quantity in enumerate(problem.quantities.tolist()):
        begin, end = problem.first[order], problem.first[order + 1]
        if not quantity or begin == end:
            continue
        makers = problem.maker[begin:end]
        if not problem.divisible[order]:
            fits = room[makers] >= quantity
            arc = int(fits.argmax())
            if fits[arc]:
                units[begin + arc] = quantity
                room[makers[arc]] -= quantity
            continue
        before = np.concatenate([[0], np.cumsum(room[makers])[:-1]])
        taken = np.clip(quantity - before, 0, room[makers])
        units[begin:end] = taken
        room[makers] -= taken  # each maker is one arc of an order
    return units
