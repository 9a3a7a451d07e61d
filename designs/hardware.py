# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bought items as pictures show them: casters, rods. Nothing here is cut."""

from __future__ import annotations

from collections.abc import Sequence

from designs.contour import Point
from designs.furniture import Fitting

STEEL = (0.55, 0.56, 0.58)
RUBBER = (0.16, 0.17, 0.18)


def caster(diameter: float, height: float, spots: Sequence[Point]) -> list[Fitting]:
    """Swivel casters under z = height, standing on z = 0, at (x, y)."""
    import cadquery as cq

    axle, tread = diameter / 2, 32.0
    wheel = cq.Solid.makeCylinder(axle, tread, cq.Vector(30, tread / 2, axle), cq.Vector(0, -1, 0))
    plate = cq.Solid.makeBox(100, 80, 4, cq.Vector(-50, -40, height - 4))
    fork = cq.Solid.makeBox(34, 44, height - 4 - axle, cq.Vector(10, -22, axle))
    places = tuple(cq.Location(cq.Vector(x, y, 0)) for x, y in spots)
    return [
        Fitting("roue", wheel, places, RUBBER),
        Fitting("platine de roulette", plate, places, STEEL),
        Fitting("chape", fork, places, STEEL),
    ]
