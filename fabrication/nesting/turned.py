# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An outline turned about its frame's origin, and where it comes to lie."""

from __future__ import annotations

from functools import lru_cache

from designs.contour import exact_cos_sin
from fabrication.nesting.problem import Problem, Put
from fabrication.plan import Ring


@lru_cache(maxsize=256)  # of one job: a ring of a thousand corners weighs 100 kB
def turned_ring(ring: Ring, turn: float) -> Ring:
    """``ring`` turned counter-clockwise by ``turn`` degrees about the origin."""
    cos, sin = exact_cos_sin(turn)
    return tuple((x * cos - y * sin, x * sin + y * cos) for x, y in ring)


def where(problem: Problem, put: Put) -> Ring:
    """The outline of an item as it lies on its sheet."""
    return tuple((x + put.x, y + put.y) for x, y in turned_ring(problem.items[put.item].outline, put.turn))


def turns_on(problem: Problem, item: int, kind: int) -> tuple[float, ...]:
    """The turns that an item may have on a kind of bin, 0…360, each once."""
    extra = problem.bins[kind].turned
    return tuple(dict.fromkeys((turn + extra) % 360.0 for turn in problem.items[item].turns))
