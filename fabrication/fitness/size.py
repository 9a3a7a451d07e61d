# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Folded, closed, on its way: does it go where it says that it goes?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from designs.furniture import Furniture
from designs.use import Folded
from fabrication.fitness.bodies import Body, Bought, bodies, bought
from fabrication.fitness.verdict import Colour, Verdict

SOURCE = "box around all solids, hardware included, built with the parameters that fold it"
#: Meshes of rounds and the kernel's own sums (mm).
_NOISE = 0.05


def outer(things: Sequence[Body | Bought]) -> tuple[float, float, float]:
    """Width, depth and height of everything."""
    low = np.min([thing.box.low for thing in things], axis=0)
    high = np.max([thing.box.high for thing in things], axis=0)
    x, y, z = high - low
    return float(x), float(y), float(z)


def check(
    furniture: Furniture,
    things: Sequence[Body | Bought],
    build: Callable[[Mapping[str, Any]], Furniture] | None = None,
) -> list[Verdict]:
    """``build`` builds the same piece with some parameters changed; without it only what is built is measured."""
    found = []
    for folded in furniture.use.folded if furniture.use else ():
        as_is = all(furniture.parameters.get(name) == value for name, value in folded.given.items())
        if as_is:
            size = outer(things)
        elif build is not None:
            other = build(folded.given)
            size = outer([*bodies(other), *bought(other)])
        else:
            continue
        found.append(_verdict(folded, size))
    return found


def _verdict(folded: Folded, size: tuple[float, float, float]) -> Verdict:
    pairs = list(zip(*(map(sorted, (size, folded.room)) if folded.any_side else (size, folded.room)), strict=True))
    worst = max(pairs, key=lambda pair: pair[0] - pair[1])
    fits = all(own <= room + _NOISE for own, room in pairs)
    room = " × ".join("any" if math.isinf(r) else f"{r:.0f}" for r in folded.room)
    detail = f"{folded.name}: {' × '.join(f'{s:.0f}' for s in size)} mm, room {room} mm; the tightest side is given"
    colour = Colour.GREEN if fits else Colour.RED
    return Verdict("folded size", round(worst[0], 1), round(worst[1], 1), "mm", SOURCE, colour, detail)
