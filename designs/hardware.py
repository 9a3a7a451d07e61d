# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bought items as pictures show them: casters, rods. Nothing here is cut."""

from __future__ import annotations

from collections.abc import Sequence

from designs.contour import Point
from designs.furniture import Fitting
from designs.placing import Vector

STEEL = (0.55, 0.56, 0.58)
RUBBER = (0.16, 0.17, 0.18)
GLASS = (0.27, 0.33, 0.40)
CLOTH = (0.86, 0.36, 0.22)
FIBRE = (0.88, 0.88, 0.84)


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


def wheel(diameter: float, width: float, spots: Sequence[Vector]) -> list[Fitting]:
    """Wheels on an axle along X; each spot is the middle of the left face."""
    import cadquery as cq

    tyre = cq.Solid.makeCylinder(diameter / 2, width, cq.Vector(), cq.Vector(1, 0, 0))
    hub = cq.Solid.makeCylinder(diameter / 4, width + 6, cq.Vector(-3, 0, 0), cq.Vector(1, 0, 0))
    places = tuple(cq.Location(cq.Vector(*spot)) for spot in spots)
    return [Fitting("roue", tyre, places, RUBBER), Fitting("moyeu", hub, places, STEEL)]


def rod(name: str, diameter: float, length: float, spots: Sequence[Vector], along: str = "z") -> list[Fitting]:
    """Straight rods or tubes, from each spot along ``"x"`` or ``"z"``."""
    import cadquery as cq

    direction = cq.Vector(1, 0, 0) if along == "x" else cq.Vector(0, 0, 1)
    solid = cq.Solid.makeCylinder(diameter / 2, length, cq.Vector(), direction)
    colour = FIBRE if name == "jonc" else STEEL
    return [Fitting(name, solid, tuple(cq.Location(cq.Vector(*spot)) for spot in spots), colour)]


def arc_about_y(
    name: str,
    centre: Vector,
    radius: float,
    start: float,
    angle: float,
    at: Sequence[float],
    thickness: float,
    width: float = 0.0,
) -> list[Fitting]:
    """A bent rod of diameter ``thickness``, or with ``width`` a curved cloth, once at each y of ``at``.

    It runs ``angle`` degrees up and over from ``start``, where 0 is on the right (+X) of the centre.
    """
    import cadquery as cq

    if width:
        spots = [
            (-width / 2, -thickness / 2),
            (width / 2, -thickness / 2),
            (width / 2, thickness / 2),
            (-width / 2, thickness / 2),
        ]
        profile = cq.Wire.makePolygon([cq.Vector(radius + n, y, 0) for y, n in spots], close=True)
    else:
        profile = cq.Wire.makeCircle(thickness / 2, cq.Vector(radius, 0, 0), cq.Vector(0, 0, 1))
    # About −Y, +X turns towards +Z.
    bent = cq.Solid.revolve(profile, [], angle, cq.Vector(), cq.Vector(0, -1, 0))
    turn = cq.Location(cq.Vector(), cq.Vector(0, -1, 0), start)
    colour = CLOTH if width else FIBRE
    return [Fitting(name, bent, tuple(cq.Location(cq.Vector(centre[0], y, centre[2])) * turn for y in at), colour)]


def banner(width: float, height: float, foot: Vector) -> list[Fitting]:
    """A cloth stretched upright across X; ``foot`` is the middle of its lower edge."""
    import cadquery as cq

    solid = cq.Solid.makeBox(1.5, width, height, cq.Vector(-0.75, -width / 2, 0))
    return [Fitting("toile", solid, (cq.Location(cq.Vector(*foot)),), CLOTH)]
