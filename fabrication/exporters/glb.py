# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""GLB of one whole piece: metres, +Y up, watertight meshes that are made from the flat parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import trimesh
from manifold3d import CrossSection, FillRule, Manifold, OpType
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

from designs.contour import Contour
from designs.furniture import Furniture
from fabrication.exporters import Job
from fabrication.layers import is_through
from fabrication.plan import Face, FlatPart, Operation

if TYPE_CHECKING:
    import cadquery as cq

#: A chord leaves its arc by at most this (mm): 28 chords for a hole of 6 mm, smooth to the eye.
CHORD = 0.02
#: Birch plywood, linear red, green, blue.
PLYWOOD = (0.76, 0.60, 0.42)
#: Cutters stand out of the face by so much (mm), so that no face of theirs lies in the part's.
_PROUD = 1.0
_METRE = 1000.0
#: Z up → Y up: (x, y, z) → (x, z, -y).
_Y_UP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], dtype=float)


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    yield "piece.glb", furniture_glb(job.furniture, job.flat_parts)


def furniture_glb(furniture: Furniture, flat_parts: Sequence[FlatPart], fittings: bool = False) -> bytes:
    """One mesh a part code, one node a copy: ``P01``, ``P01-2``… No normals: viewers shade flat.

    ``fittings`` adds the hardware as seen, for pages; a package holds sheet parts alone.
    """
    scene: Any = trimesh.Scene(base_frame=furniture.design)
    flat = {part.code: part for part in flat_parts}
    wood = _material("plywood", PLYWOOD, metallic=0.0, roughness=0.8)
    for part in furniture.parts:
        mesh = part_mesh(flat[part.code])
        _add(scene, mesh, wood, part.code, part.placements)
    if fittings:
        for number, fitting in enumerate(furniture.fittings, start=1):
            mesh = _fitting_mesh(fitting.solid)
            paint = _material(f"fitting {number}", fitting.colour, metallic=0.1, roughness=0.6)
            _add(scene, mesh, paint, f"F{number:02d}", fitting.placements)
    return bytes(scene.export(file_type="glb", include_normals=False))


def _material(name: str, colour: tuple[float, float, float], metallic: float, roughness: float) -> Any:
    make: Any = PBRMaterial
    return make(name=name, baseColorFactor=(*colour, 1.0), metallicFactor=metallic, roughnessFactor=roughness)


def part_mesh(part: FlatPart) -> trimesh.Trimesh:
    """A part in its own flat frame, in metres, watertight."""
    body = CrossSection([_points(part.outline)], FillRule.NonZero)
    holes = [o for o in part.operations if is_through(part, o) and o.contour is not part.outline]
    if holes:
        body -= CrossSection([_points(o.contour) for o in holes], FillRule.NonZero)
    solid = body.extrude(part.thickness)
    cutters = [_cutter(part, o) for o in part.operations if not is_through(part, o)]
    if cutters:
        solid -= Manifold.batch_boolean(cutters, OpType.Add)
    mesh = solid.to_mesh()
    return trimesh.Trimesh(mesh.vert_properties[:, :3] / _METRE, mesh.tri_verts, process=False)


def _cutter(part: FlatPart, operation: Operation) -> Manifold:
    area = CrossSection([_points(operation.contour)], FillRule.NonZero)
    if operation.islands:
        area -= CrossSection([_points(i) for i in operation.islands], FillRule.NonZero)
    cutter = area.extrude(operation.depth + _PROUD)
    return cutter.translate((0, 0, part.thickness - operation.depth if operation.face is Face.TOP else -_PROUD))


def _points(contour: Contour) -> Any:
    return np.array(contour.counter_clockwise().points(CHORD))


def _fitting_mesh(shape: cq.Shape) -> trimesh.Trimesh:
    vertices, triangles = shape.tessellate(0.3, 0.35)
    return trimesh.Trimesh(np.array([v.toTuple() for v in vertices]) / _METRE, np.array(triangles), process=False)


def _add(scene: Any, mesh: Any, material: Any, code: str, placements: Sequence[cq.Location]) -> None:
    visuals: Any = TextureVisuals
    mesh.visual = visuals(material=material)
    for copy, placement in enumerate(placements, start=1):
        transformation = placement.wrapped.Transformation()
        matrix = np.eye(4)
        for row in range(3):
            for column in range(4):
                matrix[row, column] = transformation.Value(row + 1, column + 1)
        matrix[:3, 3] /= _METRE
        node = code if copy == 1 else f"{code}-{copy}"
        if copy == 1:
            scene.add_geometry(mesh, node_name=node, geom_name=code, transform=_Y_UP @ matrix)
        else:
            scene.graph.update(frame_to=node, matrix=_Y_UP @ matrix, geometry=code)
