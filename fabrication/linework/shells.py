# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A body as a drawing needs it: triangles that hide, edges that may be seen (mm, in the body's own frame)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from manifold3d import triangulate

from designs.contour import Contour, Segment
from fabrication.layers import is_through
from fabrication.plan import Face, FlatPart

if TYPE_CHECKING:
    import cadquery as cq

Floats = npt.NDArray[np.float64]

#: A chord leaves its arc by at most this (mm): a tenth of a millimetre on paper at 1:4.
CHORD = 0.4
#: Two faces that meet at less than this are one curved surface: only its silhouette is drawn.
SMOOTH_DEG = 24.0


@dataclass(frozen=True, eq=False)
class Shell:
    """``triangles`` (n, 3, 3); ``edges`` (m, 2, 3) with the normals of the two faces that meet there
    (m, 2, 3) and whether the edge is ``sharp`` (m); ``engraved`` (k, 2, 3) lines on a face, with its
    normal (k, 3)."""

    triangles: Floats
    edges: Floats
    normals: Floats
    sharp: npt.NDArray[np.bool_]
    engraved: Floats
    engraved_normals: Floats

    @property
    def corners(self) -> Floats:
        return self.triangles.reshape(-1, 3)


@lru_cache(maxsize=64)
def part_shell(part: FlatPart) -> Shell:
    """A sheet part, from what was read off its solid: what goes through is cut out, what does not is a line."""
    t = part.thickness
    outline = _ring(part.outline)
    holes = [_ring(o.contour) for o in part.operations if is_through(part, o) and o.contour is not part.outline]
    rings = [outline[0], *(points[::-1] for points, _ in holes)]
    faces = np.concatenate(rings)
    index = np.asarray(triangulate([np.ascontiguousarray(points) for points in rings]))
    low, high = _at(faces, 0.0), _at(faces, t)
    triangles = [high[index], low[index[:, ::-1]]]
    edges, normals, sharp = [], [], []
    for (points, corner), inside in [(outline, False), *((hole, True) for hole in holes)]:
        following = np.roll(points, -1, axis=0)
        a, b = _at(points, 0.0), _at(following, 0.0)
        c, d = _at(following, t), _at(points, t)
        along = following - points
        walls = np.column_stack([along[:, 1], -along[:, 0], np.zeros(len(along))])
        walls /= np.maximum(np.linalg.norm(walls, axis=1, keepdims=True), 1e-12)
        if inside:
            walls = -walls
        triangles += [np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]
        up, before = np.array([0.0, 0.0, 1.0]), np.roll(walls, 1, axis=0)
        for start, end, one, other, hard in (
            (d, c, np.broadcast_to(up, walls.shape), walls, np.ones(len(points), bool)),
            (a, b, np.broadcast_to(-up, walls.shape), walls, np.ones(len(points), bool)),
            (a, d, before, walls, np.asarray(corner, bool)),
        ):
            edges.append(np.stack([start, end], axis=1))
            normals.append(np.stack([one, other], axis=1))
            sharp.append(hard)
    engraved, engraved_normals = _engraving(part)
    return Shell(
        np.concatenate(triangles), np.concatenate(edges), np.concatenate(normals), np.concatenate(sharp),
        engraved, engraved_normals,
    )  # fmt: skip


def fitting_shell(shape: cq.Shape) -> Shell:
    """Any solid, from the kernel's triangles: its creases are sharp, its curved faces smooth."""
    vertices, index = shape.tessellate(0.4, 0.35)
    return mesh_shell(np.array([v.toTuple() for v in vertices]), np.array(index))


@lru_cache(maxsize=64)
def bolt_shell(diameter: float, length: float, head: float) -> Shell:
    """A bolt or screw: its tip at the origin, its head at +Z; three times the head's true height, to be seen."""
    profile = [(diameter / 2, 0.0), (diameter / 2, length), (head / 2, length), (head / 2, length + 0.6 * diameter)]
    return _turned(profile, 12)


def mesh_shell(vertices: Floats, index: npt.NDArray[Any]) -> Shell:
    """Edges of a triangle mesh where faces meet; doubled vertices count as one."""
    merged, where = np.unique(np.round(vertices, 4), axis=0, return_inverse=True)
    index = where.reshape(-1)[index]
    triangles = merged[index]
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    sides = np.sort(np.concatenate([index[:, [0, 1]], index[:, [1, 2]], index[:, [2, 0]]]), axis=1)
    faces = np.tile(np.arange(len(index)), 3)
    order = np.lexsort((faces, sides[:, 1], sides[:, 0]))
    sides, faces = sides[order], faces[order]
    twice = np.flatnonzero((sides[1:] == sides[:-1]).all(axis=1))
    one, other = normals[faces[twice]], normals[faces[twice + 1]]
    cosine = (one * other).sum(axis=1)
    kept = cosine < 1 - 1e-6
    return Shell(
        triangles,
        merged[sides[twice][kept]],
        np.stack([one[kept], other[kept]], axis=1),
        cosine[kept] < math.cos(math.radians(SMOOTH_DEG)),
        np.zeros((0, 2, 3)),
        np.zeros((0, 3)),
    )


def _turned(profile: list[tuple[float, float]], count: int) -> Shell:
    """A profile (radius, z) from the bottom up, turned about Z, closed at both ends."""
    angles = np.arange(count) * 2 * math.pi / count
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    rows = [np.column_stack([circle * r, np.full(count, z)]) for r, z in profile]
    vertices = np.concatenate([*rows, [[0.0, 0.0, profile[0][1]]], [[0.0, 0.0, profile[-1][1]]]])
    bottom, top, triangles = len(vertices) - 2, len(vertices) - 1, []
    last = (len(profile) - 1) * count
    for i in range(count):
        j = (i + 1) % count
        for row in range(0, last, count):
            triangles += [(row + i, row + j, row + count + j), (row + i, row + count + j, row + count + i)]
        triangles += [(bottom, j, i), (top, last + i, last + j)]
    return mesh_shell(vertices, np.array(triangles))


def _ring(contour: Contour) -> tuple[Floats, Any]:
    """Points of a contour, counter-clockwise, and at which of them it has a corner."""
    run = contour.counter_clockwise()
    points: list[tuple[float, float]] = []
    corner: list[bool] = []
    segments = list(run.segments())
    for before, segment in zip(segments[-1:] + segments[:-1], segments, strict=True):
        piece = Contour((run.vertices[0]._replace(x=segment.start[0], y=segment.start[1], bulge=segment.bulge),
                         run.vertices[0]._replace(x=segment.end[0], y=segment.end[1], bulge=0.0))).points(CHORD)[:-1]  # fmt: skip
        turn = (_heading(segment, 0) - _heading(before, 1) + math.pi) % (2 * math.pi) - math.pi
        points += piece
        corner += [abs(turn) > math.radians(SMOOTH_DEG), *([False] * (len(piece) - 1))]
    return np.array(points), np.array(corner)


def _heading(segment: Segment, end: int) -> float:
    (x0, y0), (x1, y1) = segment.start, segment.end
    return math.atan2(y1 - y0, x1 - x0) + (segment.angle / 2 if end else -segment.angle / 2)


def _engraving(part: FlatPart) -> tuple[Floats, Floats]:
    lines, normals = [], []
    for operation in part.operations:
        if is_through(part, operation):
            continue
        top = operation.face is Face.TOP
        for contour in (operation.contour, *operation.islands):
            points = _at(np.array(contour.points(CHORD)), part.thickness if top else 0.0)
            lines.append(np.stack([points, np.roll(points, -1, axis=0)], axis=1))
            normals.append(np.broadcast_to([0.0, 0.0, 1.0 if top else -1.0], (len(points), 3)))
    if not lines:
        return np.zeros((0, 2, 3)), np.zeros((0, 3))
    return np.concatenate(lines), np.concatenate(normals)


def _at(points: Floats, z: float) -> Floats:
    return np.column_stack([points, np.full(len(points), z)])
