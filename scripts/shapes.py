# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Simple bodies of pictures: boxes, rods, wheels (mm)."""

from __future__ import annotations

import numpy as np
import trimesh

from fabrication.pictures.scene import Thing, smooth_normals
from fabrication.pictures.surfaces import Surface

Point = tuple[float, float, float]


def mesh_thing(mesh: trimesh.Trimesh, surface: Surface, at: Point, sideways: bool = False) -> Thing:
    if sideways:  # its axis along X
        mesh = mesh.copy()
        mesh.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [0, 1, 0]))
    points = np.asarray(mesh.vertices) + np.array(at)
    index = np.asarray(mesh.faces)
    return Thing(points[index], smooth_normals(points, index), surface, np.eye(4))


def rod(a: Point, b: Point, radius: float, surface: Surface) -> Thing:
    mesh = trimesh.creation.cylinder(radius, segment=[a, b], sections=20)
    return mesh_thing(mesh, surface, (0, 0, 0))


def box(size: Point, surface: Surface, at: Point) -> Thing:
    mesh = trimesh.creation.box(size)
    points = np.asarray(mesh.triangles) + np.array(at)
    normals = np.repeat(np.asarray(mesh.face_normals)[:, None, :], 3, axis=1)
    return Thing(points, normals, surface, np.eye(4))
