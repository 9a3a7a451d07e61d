# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two people of the view in volume, from the same bodies as those of the pictures (scripts/figures.py), in fewer triangles.

``python -m scripts.people`` writes cms/static/figures/people.glb: nodes "standing" (1.75 m) and "wheelchair", metres, +Y up,
facing +Z, on the floor; each has one mesh a colour, without normals."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkQuadricDecimation

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fabrication.pictures.scene import Thing  # noqa: E402
from scripts.figures import in_wheelchair, person  # noqa: E402

TARGET = ROOT / "cms" / "static" / "figures" / "people.glb"
#: Triangles of one colour of one person, at most: at the size of a view nobody counts them.
MOST = 600
#: Rods and rims of few triangles stay as they are.
FEW = 24
#: mm, Z up, facing +Y → m, Y up, facing +Z.
_Y_UP = np.array([[-0.001, 0, 0, 0], [0, 0, 0.001, 0], [0, 0.001, 0, 0], [0, 0, 0, 1]])


def people_glb() -> bytes:
    scene: Any = trimesh.Scene(base_frame="people")
    for name, things in (("standing", person()), ("wheelchair", in_wheelchair())):
        scene.graph.update(frame_to=name, frame_from="people", matrix=np.eye(4))
        by_colour: dict[tuple[float, ...], list[Thing]] = defaultdict(list)
        for thing in things:
            by_colour[tuple(thing.surface(np.zeros((1, 3)), np.zeros((1, 3)))[0])].append(thing)
        floor = min(float(thing.triangles[..., 2].min()) for thing in things)
        for number, (colour, same) in enumerate(sorted(by_colour.items()), start=1):
            mesh = _mesh(same)
            mesh.apply_translation((0, 0, -floor))
            mesh.apply_transform(_Y_UP)
            material: Any = PBRMaterial(baseColorFactor=(*colour, 1.0), metallicFactor=0.0, roughnessFactor=0.9)
            mesh.visual = TextureVisuals(material=material)  # type: ignore[no-untyped-call]
            scene.add_geometry(mesh, node_name=f"{name} {number}", parent_node_name=name)
    return bytes(scene.export(file_type="glb", include_normals=False))


def _mesh(things: Sequence[Thing]) -> trimesh.Trimesh:
    meshes = [_soup(thing) for thing in things]
    whole = sum(len(mesh.faces) for mesh in meshes)
    thinner = [
        mesh if len(mesh.faces) <= FEW else _fewer(mesh, max(FEW, round(len(mesh.faces) * MOST / whole)))
        for mesh in meshes
    ]
    return trimesh.util.concatenate(thinner)


def _soup(thing: Thing) -> trimesh.Trimesh:
    triangles = thing.triangles
    # Pictures are shaded by normals that come with the bodies; here a triangle's own side counts.
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    inside = np.einsum("ij,ij->i", across, thing.normals.mean(axis=1)) < 0
    triangles = np.where(inside[:, None, None], triangles[:, ::-1], triangles)
    points = triangles.reshape(-1, 3)
    mesh = trimesh.Trimesh(points, np.arange(len(points)).reshape(-1, 3), process=False)
    mesh.merge_vertices(digits_vertex=3)
    return mesh


def _fewer(mesh: trimesh.Trimesh, faces: int) -> trimesh.Trimesh:
    if faces >= len(mesh.faces):
        return mesh
    data = vtkPolyData()
    points = vtkPoints()
    points.SetData(numpy_to_vtk(np.asarray(mesh.vertices), deep=True))
    cells = vtkCellArray()
    cells.SetData(3, numpy_to_vtkIdTypeArray(np.asarray(mesh.faces, np.int64).ravel(), deep=True))
    data.SetPoints(points)
    data.SetPolys(cells)
    decimation = vtkQuadricDecimation()
    decimation.SetInputData(data)
    decimation.SetTargetReduction(1 - faces / len(mesh.faces))
    decimation.VolumePreservationOn()
    decimation.Update()
    found = decimation.GetOutput()
    index = vtk_to_numpy(found.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    return trimesh.Trimesh(vtk_to_numpy(found.GetPoints().GetData()), index, process=True)


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(people_glb())
    print(TARGET.relative_to(ROOT), TARGET.stat().st_size)
