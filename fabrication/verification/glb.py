# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The GLB of the whole piece: watertight meshes that are the solids, each copy in its place."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fabrication.verification.dxf import UnreadableError
from fabrication.verification.expectation import Expected
from fabrication.verification.step import Matrix

#: A mesh's chords stay this near to their arcs, and a copy this near to its place (mm).
NEAR = 0.05
#: Volume of a mesh against its solid, relative.
VOLUME = 1e-3
_CODE = re.compile(r"^P\d{2,4}(?=$|[-_ ])")


def glb_faults(data: bytes, expected: Mapping[str, Expected], copies: Mapping[str, list[Matrix]]) -> Iterator[str]:
    """Raises UnreadableError."""
    import numpy as np
    import trimesh

    if data[:4] != b"glTF":
        raise UnreadableError("no binary glTF")
    try:
        scene = trimesh.load_scene(io.BytesIO(data), file_type="glb")
    except Exception as error:  # trimesh raises whatever a broken file leads it to
        raise UnreadableError(f"no glTF that can be read: {error}") from None
    nodes: dict[str, list[tuple[str, Any]]] = {}
    meshes: dict[str, set[str]] = {}
    for node in scene.graph.nodes_geometry:
        transform, geometry = scene.graph[node]
        named = _CODE.match(str(node)) or _CODE.match(str(geometry))
        if named is None:
            yield f"a node {node!r} is no part"
            continue
        nodes.setdefault(named[0], []).append((str(node), np.asarray(transform)))
        meshes.setdefault(named[0], set()).add(str(geometry))
    for code in sorted(nodes.keys() - expected.keys()):
        yield f"{code} is no part of the piece"
    for code in sorted(expected):
        for name in sorted(meshes.get(code, ())):
            yield from _mesh_faults(code, scene.geometry[name], expected[code])
        yield from _place_faults(code, nodes.get(code, []), copies.get(code, []), expected[code])


def _mesh_faults(code: str, mesh: Any, part: Expected) -> Iterator[str]:
    import numpy as np
    import shapely

    if not mesh.is_watertight:
        yield f"{code}: its mesh is not watertight"
        return
    if not mesh.is_winding_consistent:
        yield f"{code}: its mesh is not consistently turned outwards"
    volume = float(mesh.volume) * 1e9
    if abs(volume - part.volume) > VOLUME * part.volume:
        yield f"{code}: its mesh has {volume:.0f} mm³, its solid {part.volume:.0f} mm³"
    vertices = np.asarray(mesh.vertices) * 1000
    levels = np.array([0.0] + [slab.top for slab in part.slabs])
    aside = np.abs(vertices[:, 2, None] - levels).min(axis=1)
    lines = shapely.union_all([slab.section.boundary for slab in part.slabs])
    shapely.prepare(lines)
    gaps = np.maximum(shapely.distance(shapely.points(vertices[:, :2]), lines), aside)
    worst = int(gaps.argmax())
    if gaps[worst] > NEAR:
        x, y, z = vertices[worst]
        yield f"{code}: its mesh is {gaps[worst]:.2f} mm beside the solid at ({x:.2f}, {y:.2f}, {z:.2f})"
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    left, front, right, back = part.outline.bounds
    off = max(abs(low - (left, front, 0)).max(), abs(high - (right, back, part.thickness)).max())
    if off > NEAR:
        yield f"{code}: its mesh is {off:.2f} mm larger or smaller than the solid"


def _place_faults(code: str, nodes: list[tuple[str, Any]], copies: list[Matrix], part: Expected) -> Iterator[str]:
    """Each copy of the STEP has a node in the same place: glTF is in metres, +Y up."""
    import numpy as np

    if len(nodes) != len(copies):
        yield f"{code}: {len(nodes)} copies, {len(copies)} expected"
    left, low, right, high = part.outline.bounds
    corners = np.array([(x, y, z, 1.0) for x in (left, right) for y in (low, high) for z in (0.0, part.thickness)]).T
    z_up = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=float)
    in_metres = corners * np.array([[0.001], [0.001], [0.001], [1.0]])
    stands = [(name, z_up @ (transform @ in_metres)[:3] * 1000) for name, transform in nodes]
    wanted = [np.array(matrix) @ corners for matrix in copies]
    free = set(range(len(stands)))
    for number, place in enumerate(wanted, start=1):
        gaps = sorted((float(np.abs(stands[i][1] - place).max()), i) for i in free)
        if not gaps:
            break
        gap, index = gaps[0]
        free.discard(index)
        if gap > NEAR:
            yield f"{code}: copy {number} ({stands[index][0]}) stands {gap:.2f} mm from its place in the STEP"
