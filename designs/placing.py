# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where panels stand in the piece: X runs to the right, Y to the back, Z up (mm).

A panel is drawn lying down. Each function stands it up, with the lower left corner of its lower
face at (x, y, z); the face named is the top face's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import cadquery as cq
    import numpy as np

Vector = tuple[float, float, float]


def oriented(origin: Vector, x_direction: Vector, normal: Vector) -> cq.Location:
    """A panel whose X runs along ``x_direction`` and whose top face looks along ``normal``."""
    import cadquery as cq

    return cq.Location(cq.Plane(origin=origin, xDir=x_direction, normal=normal))


def lying(x: float, y: float, z: float) -> cq.Location:
    """Flat, top face up."""
    return oriented((x, y, z), (1, 0, 0), (0, 0, 1))


def facing_front(x: float, y: float, z: float) -> cq.Location:
    """Upright, drawn X to the right, drawn Y up; thickness from y towards the front (−Y)."""
    return oriented((x, y, z), (1, 0, 0), (0, -1, 0))


def facing_back(x: float, y: float, z: float) -> cq.Location:
    """Upright, drawn X to the left, drawn Y up; thickness from y towards the back."""
    return oriented((x, y, z), (-1, 0, 0), (0, 1, 0))


def facing_right(x: float, y: float, z: float) -> cq.Location:
    """Upright, drawn X to the back, drawn Y up; thickness from x towards the right."""
    return oriented((x, y, z), (0, 1, 0), (1, 0, 0))


def facing_left(x: float, y: float, z: float) -> cq.Location:
    """Upright, drawn X to the front, drawn Y up; thickness from x towards the left."""
    return oriented((x, y, z), (0, -1, 0), (-1, 0, 0))


class Turn(NamedTuple):
    """A quarter turn, or none, about an upright axis at (x, y); exact, so that joints stay so."""

    x: float
    y: float
    quarter: int  # counter-clockwise seen from above: −1, 0, 1

    def vector(self, v: Vector) -> Vector:
        x, y, z = v
        return ((x, y, z), (-y, x, z), (y, -x, z))[self.quarter]

    def point(self, x: float, y: float) -> tuple[float, float]:
        dx, dy, _ = self.vector((x - self.x, y - self.y, 0.0))
        return dx + self.x, dy + self.y

    def place(self, origin: Vector, x_direction: Vector, normal: Vector) -> cq.Location:
        """A panel that stood so (see ``oriented``) before the turn."""
        x, y = self.point(origin[0], origin[1])
        return oriented((x, y, origin[2]), self.vector(x_direction), self.vector(normal))


def matrix(location: cq.Location) -> np.ndarray:
    """Rows of the 3 × 4 matrix (mm)."""
    import numpy as np

    transformation = location.wrapped.Transformation()
    return np.array([[transformation.Value(row, column) for column in range(1, 5)] for row in range(1, 4)])


def to_world(location: cq.Location, point: Vector) -> Vector:
    from OCP.gp import gp_Pnt

    p = gp_Pnt(*point).Transformed(location.wrapped.Transformation())
    return p.X(), p.Y(), p.Z()


def to_local(location: cq.Location, point: Vector) -> Vector:
    from OCP.gp import gp_Pnt

    p = gp_Pnt(*point).Transformed(location.wrapped.Transformation().Inverted())
    return p.X(), p.Y(), p.Z()
