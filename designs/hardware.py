# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bought items as pictures show them: casters, rods. Nothing here is cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from designs.contour import Point
from designs.errors import GeometryError
from designs.furniture import Fitting, Recipe
from designs.placing import Vector

if TYPE_CHECKING:
    import cadquery as cq

STEEL = (0.55, 0.56, 0.58)
RUBBER = (0.16, 0.17, 0.18)
GLASS = (0.27, 0.33, 0.40)
CLOTH = (0.86, 0.36, 0.22)
FIBRE = (0.88, 0.88, 0.84)


def box(length: float, width: float, height: float, x: float, y: float, z: float) -> cq.Solid:
    """Along X, Y and Z from its least corner."""
    import cadquery as cq

    return cq.Solid.makeBox(length, width, height, cq.Vector(x, y, z))


def cylinder(radius: float, length: float, x: float, y: float, z: float, dx: float, dy: float, dz: float) -> cq.Solid:
    """From the middle of one end, along (dx, dy, dz)."""
    import cadquery as cq

    return cq.Solid.makeCylinder(radius, length, cq.Vector(x, y, z), cq.Vector(dx, dy, dz))


def bent_rod(thickness: float, radius: float, angle: float) -> cq.Solid:
    """A round rod in an arc about −Y, ``angle`` degrees from +X towards +Z; ``radius`` is that of its middle."""
    import cadquery as cq

    profile = cq.Wire.makeCircle(thickness / 2, cq.Vector(radius, 0, 0), cq.Vector(0, 0, 1))
    return cq.Solid.revolve(profile, [], angle, cq.Vector(), cq.Vector(0, -1, 0))


def bent_cloth(thickness: float, width: float, radius: float, angle: float) -> cq.Solid:
    """A cloth ``width`` wide along Y, bent as ``bent_rod``."""
    import cadquery as cq

    spots = [
        (-width / 2, -thickness / 2),
        (width / 2, -thickness / 2),
        (width / 2, thickness / 2),
        (-width / 2, thickness / 2),
    ]
    profile = cq.Wire.makePolygon([cq.Vector(radius + n, y, 0) for y, n in spots], close=True)
    return cq.Solid.revolve(profile, [], angle, cq.Vector(), cq.Vector(0, -1, 0))


#: All that a fitting may be made of. A recipe names one, so fittings go through data without a solid in them.
SHAPES: Mapping[str, Callable[..., cq.Solid]] = {
    "box": box,
    "cylinder": cylinder,
    "bent_rod": bent_rod,
    "bent_cloth": bent_cloth,
}


def made(
    name: str,
    shape: str,
    figures: Sequence[float],
    places: Sequence[cq.Location],
    colour: tuple[float, float, float] = STEEL,
) -> Fitting:
    """A fitting of one of ``SHAPES``, once at each place. Raises GeometryError for a shape that is none."""
    if shape not in SHAPES:
        raise GeometryError(f"no fitting is a {shape!r}: {', '.join(SHAPES)}")
    recipe = Recipe(shape, tuple(float(figure) for figure in figures))
    return Fitting(name, SHAPES[shape](*recipe.figures), tuple(places), colour, recipe)


def caster(diameter: float, height: float, spots: Sequence[Point]) -> list[Fitting]:
    """Swivel casters under z = height, standing on z = 0, at (x, y)."""
    import cadquery as cq

    axle, tread = diameter / 2, 32.0
    places = tuple(cq.Location(cq.Vector(x, y, 0)) for x, y in spots)
    return [
        made("roue", "cylinder", (axle, tread, 30, tread / 2, axle, 0, -1, 0), places, RUBBER),
        made("platine de roulette", "box", (100, 80, 4, -50, -40, height - 4), places, STEEL),
        made("chape", "box", (34, 44, height - 4 - axle, 10, -22, axle), places, STEEL),
    ]


def screen(width: float, x: float, y: float, z: float) -> list[Fitting]:
    """A flat screen that looks to the front (−Y), 16:9 with a frame, its mount's plate on the wall at y
    and its middle at (x, z)."""
    import cadquery as cq

    height = width * 0.6
    place = (cq.Location(cq.Vector(x, y, z)),)
    return [
        made("écran", "box", (width, 32, height, -width / 2, -48, -height / 2), place, RUBBER),
        made("dalle", "box", (width - 16, 1, height - 24, -width / 2 + 8, -49, -height / 2 + 16), place, GLASS),
        made("fixation de l’écran", "box", (120, 16, 120, -60, -16, -60), place, STEEL),
    ]


def wheel(diameter: float, width: float, spots: Sequence[Vector]) -> list[Fitting]:
    """Wheels on an axle along X; each spot is the middle of the left face."""
    import cadquery as cq

    places = tuple(cq.Location(cq.Vector(*spot)) for spot in spots)
    return [
        made("roue", "cylinder", (diameter / 2, width, 0, 0, 0, 1, 0, 0), places, RUBBER),
        made("moyeu", "cylinder", (diameter / 4, width + 6, -3, 0, 0, 1, 0, 0), places, STEEL),
    ]


def rod(name: str, diameter: float, length: float, spots: Sequence[Vector], along: str = "z") -> list[Fitting]:
    """Straight rods or tubes, from each spot along ``"x"`` or ``"z"``."""
    import cadquery as cq

    direction = (1, 0, 0) if along == "x" else (0, 0, 1)
    colour = FIBRE if name == "jonc" else STEEL
    places = tuple(cq.Location(cq.Vector(*spot)) for spot in spots)
    return [made(name, "cylinder", (diameter / 2, length, 0, 0, 0, *direction), places, colour)]


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

    turn = cq.Location(cq.Vector(), cq.Vector(0, -1, 0), start)  # about −Y, +X turns towards +Z
    places = tuple(cq.Location(cq.Vector(centre[0], y, centre[2])) * turn for y in at)
    if width:
        return [made(name, "bent_cloth", (thickness, width, radius, angle), places, CLOTH)]
    return [made(name, "bent_rod", (thickness, radius, angle), places, FIBRE)]


def banner(width: float, height: float, foot: Vector) -> list[Fitting]:
    """A cloth stretched upright across X; ``foot`` is the middle of its lower edge."""
    import cadquery as cq

    return [made("toile", "box", (1.5, width, height, -0.75, -width / 2, 0), (cq.Location(cq.Vector(*foot)),), CLOTH)]
