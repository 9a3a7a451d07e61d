# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bought items as pictures show them: casters, rods. Nothing here is cut."""

from __future__ import annotations

from collections.abc import Sequence

from designs.contour import Point
from designs.furniture import Fitting

STEEL = (0.55, 0.56, 0.58)
RUBBER = (0.16, 0.17, 0.18)
GLASS = (0.27, 0.33, 0.40)


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


def screen(width: float, x: float, y: float, z: float) -> list[Fitting]:
    """A flat screen that looks to the front (−Y), 16:9 with a frame, its mount's plate on the wall at y
    and its middle at (x, z)."""
    import cadquery as cq

    height = width * 0.6
    place = (cq.Location(cq.Vector(x, y, z)),)
    frame = cq.Solid.makeBox(width, 32, height, cq.Vector(-width / 2, -48, -height / 2))
    glass = cq.Solid.makeBox(width - 16, 1, height - 24, cq.Vector(-width / 2 + 8, -49, -height / 2 + 16))
    mount = cq.Solid.makeBox(120, 16, 120, cq.Vector(-60, -16, -60))
    return [
        Fitting("écran", frame, place, RUBBER),
        Fitting("dalle", glass, place, GLASS),
        Fitting("fixation de l’écran", mount, place, STEEL),
    ]
