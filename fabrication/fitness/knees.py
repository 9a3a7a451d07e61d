# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where one sits: is there room for the knees of somebody in a wheelchair?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designs.furniture import Furniture
from designs.use import Knees
from fabrication.fitness.bodies import Body, Bought, Box, window
from fabrication.fitness.verdict import Colour, Verdict

#: Width, depth, height of the free space.
WHEELCHAIR = (600.0, 300.0, 700.0)
CHAIR = (500.0, 300.0, 600.0)
SOURCE = (
    "arrêté of 20 April 2017 (new public buildings) and of 8 December 2014 (existing ones): free space 0.30 m deep, "
    "0.60 m wide, 0.70 m high; chair: knee height of a tall adult in shoes, about 600 mm (ISO 7250-1)"
)
#: What a body may stick into the space (mm³): faces that touch its border.
_SHARED = 10.0


def obstacles(knees: Knees, size: tuple[float, float, float], things: Sequence[Body | Bought]) -> list[str]:
    """Names of what stands in a free space of that width, depth and height."""
    at, into = np.array(knees.at), np.array(knees.into)
    aside = np.array([into[1], into[0], 0.0]) * size[0] / 2
    corners = np.array([at - aside, at + aside + into * size[1] + np.array([0.0, 0.0, size[2]])])
    low, high = corners.min(axis=0), corners.max(axis=0)
    room, box = window(tuple(low), tuple(high)), Box(low, high)
    return [
        thing.title if isinstance(thing, Body) else thing.name
        for thing in things
        if box.meets(thing.box) and (room ^ thing.solid).volume() > _SHARED
    ]


def free_height(knees: Knees, things: Sequence[Body | Bought]) -> float:
    """mm that stay free from the floor up over a wheelchair's width and depth, up to 1 m; to the millimetre."""
    low, high = 0.0, 1000.0
    while high - low > 0.5:
        middle = (low + high) / 2
        low, high = (low, middle) if obstacles(knees, (*WHEELCHAIR[:2], middle), things) else (middle, high)
    return low


def check(furniture: Furniture, wood: Sequence[Body], fittings: Sequence[Bought]) -> list[Verdict]:
    things: list[Body | Bought] = [*wood, *fittings]
    return [_verdict(knees, things) for knees in (furniture.use.knees if furniture.use else ())]


def _verdict(knees: Knees, things: Sequence[Body | Bought]) -> Verdict:
    figure, limit = round(free_height(knees, things)), WHEELCHAIR[2]
    wheelchair = obstacles(knees, WHEELCHAIR, things)
    if not wheelchair:
        colour, detail = Colour.GREEN, "a wheelchair's knees find 600 × 300 mm free up to that height"
    else:
        chair = obstacles(knees, CHAIR, things)
        named = ", ".join(dict.fromkeys(chair or wheelchair))
        if chair or knees.wheelchair:
            colour, detail = Colour.RED, f"in the way of the knees: {named}"
        else:
            colour = Colour.AMBER
            detail = (
                f"room for somebody on a chair, not in a wheelchair, in these sizes ({named} is in the way): say so"
            )
    return Verdict("knees", figure, limit, "mm", SOURCE, colour, detail)
