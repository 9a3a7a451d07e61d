# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What things in a picture are made of: their colour at each point, in linear light from 0 to 1.

A surface is asked with points (n, 3) and unit normals (n, 3) in the thing's own frame (mm) and answers colours (n, 3).
Plywood's plies are drawn from the part's own thickness direction, so an edge looks like an edge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from fabrication.plan import ENGRAVE_MAX_DEPTH

Colours = np.ndarray
Surface = Callable[[np.ndarray, np.ndarray], Colours]


def linear(*srgb: float) -> np.ndarray:
    """A colour as screens name it (0 to 255) in linear light."""
    c = np.array(srgb, dtype=float) / 255
    return np.asarray(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))


#: Birch plywood, oiled: rotary-cut face, and plies that alternate along and across.
FACE = linear(224, 200, 165)
FACE_DARK = linear(190, 154, 112)
PLY_ALONG = linear(219, 187, 146)
PLY_ACROSS = linear(158, 116, 79)
GLUE = linear(104, 72, 48)
PLIES = 13


def plain(*srgb: float) -> Surface:
    colour = linear(*srgb)
    return lambda points, normals: np.tile(colour, (len(points), 1))


@dataclass(frozen=True)
class Felt:
    """A rectangle of a board's face that is hung with felt: the groove that holds it runs round it."""

    low: tuple[float, float]
    high: tuple[float, float]
    top: bool  # on the top face, else on the bottom one


FELT = linear(96, 128, 122)


@dataclass(frozen=True)
class Plywood:
    """A board of ``thickness`` mm that lies on z = 0; ``seed`` makes its grain its own, ``across`` turns it."""

    thickness: float
    seed: int
    across: bool = False
    felts: Sequence[Felt] = field(default=())

    def __call__(self, points: np.ndarray, normals: np.ndarray) -> Colours:
        x, y = points[:, 0], points[:, 1]
        if self.across:
            x, y = y, x
        colour = np.empty((len(points), 3))
        on_face = np.abs(normals[:, 2]) > 0.5
        colour[on_face] = self._face(x[on_face], y[on_face], points[on_face, 2], normals[on_face, 2])
        colour[~on_face] = self._edge(points[~on_face])
        for felt in self.felts:
            up = normals[:, 2] > 0.5 if felt.top else normals[:, 2] < -0.5
            inside = (points[:, :2] > felt.low).all(1) & (points[:, :2] < felt.high).all(1)
            mine = up & inside
            # Fibres: fine, without a direction.
            fibre = noise(points[mine, 0] / 2.3, points[mine, 1] / 2.3, 5) * 0.14
            fibre += noise(points[mine, 0] / 31, points[mine, 1] / 31, 9) * 0.08
            colour[mine] = FELT * (0.9 + fibre)[:, None]
        return colour

    def _face(self, x: np.ndarray, y: np.ndarray, z: np.ndarray, up: np.ndarray) -> Colours:
        # Rotary-cut veneer: growth rings peeled off as long flames, that widen and close again.
        warp = noise(x / 420, y / 95, self.seed) * 2.4 + noise(x / 160, y / 38, self.seed + 1) * 0.5
        rings = (y / 46 + warp * 1.5) % 1.0
        flame = np.clip(1 - np.abs(rings - 0.5) * 3.4, 0, 1) ** 2
        pores = noise(x / 24, y / 0.9, self.seed + 2)
        tone = noise(x / 900, y / 260, self.seed + 3)
        own = (self.seed * 0.6180339) % 1.0 - 0.5
        dark = 0.22 * flame + 0.20 * (pores - 0.5) + 0.30 * (tone - 0.5) + 0.16 * own + 0.10
        colour = FACE + (FACE_DARK - FACE) * np.clip(dark, 0, 1)[:, None]
        depth = np.where(up > 0, self.thickness - z, z)
        # Engraved strokes are brushed dark, as workshops do to make them read.
        engraved = (depth > 0.2) & (depth < ENGRAVE_MAX_DEPTH + 0.2)
        return np.asarray(np.where(engraved[:, None], linear(74, 54, 40), colour))

    def _edge(self, points: np.ndarray) -> Colours:
        place = np.clip(points[:, 2] / self.thickness, 0, 0.9999) * PLIES
        ply = place.astype(int)
        within = place - ply
        run = points[:, 0] + points[:, 1]
        streak = noise(run / 9, ply * 7.7, self.seed) * 0.16 + noise(run / 1.4, points[:, 2] * 3, self.seed) * 0.10
        colour = np.where((ply % 2 == 0)[:, None], PLY_ALONG, PLY_ACROSS) * (0.90 + streak)[:, None]
        glue = np.clip(1 - np.minimum(within, 1 - within) / 0.09, 0, 1)[:, None] * 0.6
        return np.asarray(colour * (1 - glue) + GLUE * glue)


def noise(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Smooth value noise, 0 to 1, of a unit grid; the same everywhere for the same seed."""
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    u, v = x - column, y - row
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    low = _hash(column, row, seed) * (1 - u) + _hash(column + 1, row, seed) * u
    high = _hash(column, row + 1, seed) * (1 - u) + _hash(column + 1, row + 1, seed) * u
    return np.asarray(low * (1 - v) + high * v)


def _hash(column: np.ndarray, row: np.ndarray, seed: int) -> np.ndarray:
    h = (column * 374761393 + row * 668265263 + seed * 2147483647 + 1013904223) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return np.asarray(((h ^ (h >> 16)) & 0xFFFFFF) / 0xFFFFFF)
