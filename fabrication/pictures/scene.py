# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands before the camera: triangles with their normals, and what each is made of (mm, Z up)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designs.furniture import Furniture, Grain, Part
from fabrication.pictures.surfaces import Felt, Plywood, Surface, linear, plain

if TYPE_CHECKING:
    import cadquery as cq

CHORD, ANGLE = 0.3, 0.12  # of curved faces, mm and radians
_FELT_GROOVE = 7.0  # the only recess of the family that is so deep and so narrow (designs/maisonnette_figures.GROOVE)
_LOOSE = 0.8  # mm: boxes of a solid that was tessellated are that much larger


@dataclass(frozen=True)
class Thing:
    """One body. ``triangles`` and ``normals`` (n, 3, 3): corners in mm and their unit normals; ``frame`` (4, 4) leads
    from the world into the frame in which ``surface`` is asked."""

    triangles: np.ndarray
    normals: np.ndarray
    surface: Surface
    frame: np.ndarray

    def moved(self, by: np.ndarray) -> Thing:
        """By a rigid (4, 4) matrix."""
        return Thing(
            self.triangles @ by[:3, :3].T + by[:3, 3], self.normals @ by[:3, :3].T, self.surface,
            self.frame @ np.linalg.inv(by),
        )  # fmt: skip


def placed(x: float = 0.0, y: float = 0.0, z: float = 0.0, turn: float = 0.0) -> np.ndarray:
    """A rigid matrix: ``turn`` degrees about the vertical, then there."""
    a = np.radians(turn)
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    matrix[:3, 3] = x, y, z
    return matrix


def furniture_things(furniture: Furniture) -> list[Thing]:
    """Its parts in plywood and its hardware in its own colours, each where it stands."""
    things: list[Thing] = []
    for part in furniture.parts:
        felts = felts_of(part)
        triangles, normals = tessellated(part.solid)
        for at in part.placements:
            wood = Plywood(furniture.sheet.thickness, len(things) * 17 + 3, part.grain == Grain.ACROSS, felts)
            things.append(_placed(triangles, normals, wood, matrix_of(at)))
    for fitting in furniture.fittings:
        triangles, normals = tessellated(fitting.solid)
        for at in fitting.placements:
            colour = plain(*(255 * c for c in fitting.colour))
            things.append(_placed(triangles, normals, colour, matrix_of(at)))
    return things


def tessellated(solid: cq.Shape) -> tuple[np.ndarray, np.ndarray]:
    """Corners (n, 3, 3) in mm and unit normals (n, 3, 3). Corners are a face's own, so edges stay sharp and
    cylinders round."""
    vertices, faces = solid.tessellate(CHORD, ANGLE)
    points, index = np.array([v.toTuple() for v in vertices]), np.array(faces)
    return points[index], smooth_normals(points, index)


def smooth_normals(points: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Unit normals at the corners (n, 3, 3): of all triangles at the same vertex, by their area."""
    corners = points[index]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.zeros_like(points, dtype=float)
    for k in range(3):
        np.add.at(sums, index[:, k], areas)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray((sums / np.maximum(length, 1e-12))[index])


def felts_of(part: Part) -> list[Felt]:
    """The rectangles inside the grooves that hold felt, read from the part's solid."""
    box = part.solid.BoundingBox()
    found = []
    for face in part.solid.Faces():
        if face.geomType() != "PLANE" or len(face.innerWires()) != 1:
            continue  # a groove's floor is a ring
        edge = face.BoundingBox()
        top = abs(edge.zmax - (box.zmax - _FELT_GROOVE)) < _LOOSE
        bottom = abs(edge.zmin - (box.zmin + _FELT_GROOVE)) < _LOOSE
        if edge.zlen < _LOOSE and (top or bottom):
            found.append(Felt((edge.xmin, edge.ymin), (edge.xmax, edge.ymax), top))
    return found


def studio(
    wall: tuple[float, float, float], floor: tuple[float, float, float], back: float, turn: float
) -> list[Thing]:
    """A floor that rises into a wall without an edge, ``back`` mm behind the origin seen from a camera at ``turn``
    degrees. Colours as screens name them; the one goes over into the other where the floor rises."""
    reach, radius = 14_000.0, 700.0
    profile = [(-reach, 0.0), (back - radius, 0.0)]
    profile += [(back - radius + radius * np.sin(a), radius * (1 - np.cos(a))) for a in np.linspace(0, np.pi / 2, 25)]
    profile += [(back, reach)]
    low, high = linear(*floor), linear(*wall)
    points, index = [], []
    for y, z in profile:
        points += [(-reach, y, z), (reach, y, z)]
    for k in range(len(profile) - 1):
        a = 2 * k
        index += [(a, a + 1, a + 3), (a, a + 3, a + 2)]
    vertices, faces = np.array(points), np.array(index)

    def surface(at: np.ndarray, normals: np.ndarray) -> np.ndarray:
        up = np.clip(at[:, 2:3] / radius, 0, 1)
        up = up * up * (3 - 2 * up)
        return np.asarray(low * (1 - up) + high * up)

    corners = vertices[faces]
    return [Thing(corners, smooth_normals(vertices, faces), surface, np.eye(4)).moved(placed(turn=turn))]


def matrix_of(location: cq.Location) -> np.ndarray:
    trsf = location.wrapped.Transformation()
    return np.array([[trsf.Value(r, c) for c in range(1, 5)] for r in range(1, 4)] + [[0, 0, 0, 1]])


def box_of(things: Sequence[Thing]) -> np.ndarray:
    """Lowest and highest corner (2, 3)."""
    return np.array([np.min([t.triangles.min((0, 1)) for t in things], 0),
                     np.max([t.triangles.max((0, 1)) for t in things], 0)])  # fmt: skip


def _placed(triangles: np.ndarray, normals: np.ndarray, surface: Surface, matrix: np.ndarray) -> Thing:
    return Thing(triangles, normals, surface, np.eye(4)).moved(matrix)
