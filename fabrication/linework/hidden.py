# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of placed shells is seen from a direction: a depth picture, and every edge held against it.

The depth picture is as fine as the paper's eye: some pixels a millimetre of paper. An edge is seen where
nothing in the picture is nearer. Compiled by numba once and kept on disk. Why not by the kernel:
docs/decisions/0015-hidden-lines-by-a-depth-picture.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit

from fabrication.linework.shells import Floats, Shell

#: An edge may lie this much (mm) behind what the picture shows and is still seen: tenons end flush.
_NEAR = 0.9
#: An edge's visible stretch shorter than this on paper (pixels) is noise of the picture.
_SHORTEST = 1.6


@dataclass(frozen=True, eq=False)
class Placed:
    """A shell in the piece: ``matrix`` (3, 4) puts it there (mm); ``shift`` is where a drawing shows it instead."""

    shell: Shell
    matrix: Floats
    shift: Floats

    @cached_property
    def triangles(self) -> Floats:
        """In the piece, as shown."""
        return self.world(self.shell.triangles)

    def world(self, points: Floats) -> Floats:
        flat = points.reshape(-1, 3) @ self.matrix[:, :3].T + (self.matrix[:, 3] + self.shift)
        return flat.reshape(points.shape)

    def turned(self, vectors: Floats) -> Floats:
        return vectors @ self.matrix[:, :3].T


@dataclass(frozen=True, eq=False)
class Picture:
    """What is seen. ``frame`` (3, 3) has the axes to the right, up and towards the eye as rows; ``origin``
    (u, v) is the lower left corner of the picture in that frame, ``scale`` pixels a mm. ``owner`` (rows from
    the bottom) is the number of the placed shell that each pixel shows, -1 for none."""

    frame: Floats
    origin: tuple[float, float]
    scale: float
    depth: Any
    owner: Any

    def flat(self, points: Floats) -> Floats:
        """Points of the piece (…, 3) in pixels and depth."""
        seen = points @ self.frame.T
        seen[..., 0] = (seen[..., 0] - self.origin[0]) * self.scale
        seen[..., 1] = (seen[..., 1] - self.origin[1]) * self.scale
        return seen


def look(
    placed: Sequence[Placed], frame: Floats, origin: tuple[float, float], size: tuple[int, int], scale: float
) -> Picture:
    """The depth picture of ``size`` (width, height) pixels."""
    depth = np.full((size[1], size[0]), -1e30)
    owner = np.full((size[1], size[0]), -1, np.int32)
    picture = Picture(frame, origin, scale, depth, owner)
    if placed:
        numbers = np.repeat(np.arange(len(placed), dtype=np.int32), [len(one.triangles) for one in placed])
        _fill(picture.flat(np.concatenate([one.triangles for one in placed])), numbers, depth, owner)
    return picture


def seen_edges(picture: Picture, one: Placed) -> Floats:
    """The stretches of a body's edges that are seen: (k, 2, 2) in pixels. Those that the picture does not
    hold as a body (a ghost) are held against it all the same."""
    shell = one.shell
    eye = picture.frame[2]
    facing = one.turned(shell.normals) @ eye > 1e-6
    shown = np.where(shell.sharp, facing.any(axis=1), facing[:, 0] != facing[:, 1])
    return _stretches(picture, one.world(shell.edges[shown]))


def seen_engraving(picture: Picture, one: Placed) -> Floats:
    """As ``seen_edges``, of what is engraved or cut part of the way into a face."""
    shown = one.turned(one.shell.engraved_normals) @ picture.frame[2] > 1e-6
    return _stretches(picture, one.world(one.shell.engraved[shown]))


def joined(stretches: Floats, near: float = 0.05) -> list[Floats]:
    """Stretches that follow one another, as polylines: fewer words in a file, and no gaps at their joints."""
    lines: list[list[tuple[float, float]]] = []
    ends: dict[tuple[int, int], int] = {}

    def key(point: tuple[float, float]) -> tuple[int, int]:
        return round(point[0] / near), round(point[1] / near)

    for (x0, y0), (x1, y1) in stretches.tolist():
        start, end = (x0, y0), (x1, y1)
        for first, second in ((start, end), (end, start)):
            found = ends.pop(key(first), None)
            if found is not None:
                line = lines[found]
                if key(line[-1]) != key(first):
                    line.reverse()
                line.append(second)
                ends[key(second)] = found
                break
        else:
            ends[key(start)] = ends[key(end)] = len(lines)
            lines.append([start, end])
    return [np.array(line) for line in lines]


def _stretches(picture: Picture, edges: Floats) -> Floats:
    if not len(edges):
        return np.zeros((0, 2, 2))
    found: Floats = _visible(picture.flat(edges), picture.depth, _NEAR, _SHORTEST)
    return found


@njit(cache=True)
def _fill(triangles: Floats, numbers: Any, depth: Any, owner: Any) -> None:  # pragma: no cover - compiled
    height, width = depth.shape
    for k in range(triangles.shape[0]):
        x0, y0, z0 = triangles[k, 0]
        x1, y1, z1 = triangles[k, 1]
        x2, y2, z2 = triangles[k, 2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9:
            continue
        dzx = ((z1 - z0) * (y2 - y0) - (z2 - z0) * (y1 - y0)) / area
        dzy = ((z2 - z0) * (x1 - x0) - (z1 - z0) * (x2 - x0)) / area
        low = max(0, int(np.ceil(min(y0, y1, y2) - 0.5)))
        high = min(height - 1, int(np.floor(max(y0, y1, y2) - 0.5)))
        for row in range(low, high + 1):
            y = row + 0.5
            left, right = 1e30, -1e30
            for ax, ay, bx, by in ((x0, y0, x1, y1), (x1, y1, x2, y2), (x2, y2, x0, y0)):
                if (ay <= y) != (by <= y):
                    x = ax + (y - ay) * (bx - ax) / (by - ay)
                    left, right = min(left, x), max(right, x)
            if left > right:
                continue
            for column in range(max(0, int(np.ceil(left - 0.5))), min(width - 1, int(np.floor(right - 0.5))) + 1):
                z = z0 + (column + 0.5 - x0) * dzx + (y - y0) * dzy
                if z > depth[row, column]:
                    depth[row, column] = z
                    owner[row, column] = numbers[k]


@njit(cache=True)
def _visible(edges: Floats, depth: Any, near: float, shortest: float) -> Any:  # pragma: no cover - compiled
    height, width = depth.shape
    room = 4 * edges.shape[0] + 64
    found = np.empty((room, 2, 2))
    count = 0
    for k in range(edges.shape[0]):
        x0, y0, z0 = edges[k, 0]
        x1, y1, z1 = edges[k, 1]
        length = np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
        if length < 1e-6:
            continue
        steps = max(1, int(np.ceil(length / 0.75)))
        begun = -1.0
        for i in range(steps + 1):
            f = (i + 0.5) / steps if i < steps else 2.0
            clear = False
            if i < steps:
                x, y, z = x0 + f * (x1 - x0), y0 + f * (y1 - y0), z0 + f * (z1 - z0)
                column, row = int(np.floor(x)), int(np.floor(y))
                if 0 <= column < width and 0 <= row < height:
                    for dr in range(-1, 2):
                        for dc in range(-1, 2):
                            r, c = row + dr, column + dc
                            if r < 0 or c < 0 or r >= height or c >= width or depth[r, c] <= z + near:
                                clear = True
            if clear and begun < 0:
                begun = i / steps
            elif not clear and begun >= 0:
                end = i / steps
                if (end - begun) * length >= min(shortest, 0.9 * length) and count < room:
                    found[count, 0, 0], found[count, 0, 1] = x0 + begun * (x1 - x0), y0 + begun * (y1 - y0)
                    found[count, 1, 0], found[count, 1, 1] = x0 + end * (x1 - x0), y0 + end * (y1 - y0)
                    count += 1
                begun = -1.0
    return found[:count]
