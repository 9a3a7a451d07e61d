# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From where a piece is looked at, and how large it is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from designs.furniture import Vector
from fabrication.linework.hidden import Picture, Placed, look, seen_engraving
from fabrication.linework.shells import Floats

#: Looked down upon by this much: a worktop is read as one, and still hides little.
ELEVATION_DEG = 27.0
#: Round the upright axis, 0 is from the front: the two front corners first, then the two behind.
AZIMUTHS = (-36.0, 36.0, -144.0, 144.0)
#: Almost level, to look under a counter.
LOW_DEG = 5.0
#: Of what matters, less than this share is too little to follow.
_POOR = 0.6


class Window(NamedTuple):
    """What of the picture plane is drawn (mm of the piece): left, low, right, high."""

    left: float
    low: float
    right: float
    high: float

    def grown(self, by: float) -> Window:
        return Window(self.left - by, self.low - by, self.right + by, self.high + by)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.high - self.low


def frame(azimuth_deg: float, up: Vector = (0.0, 0.0, 1.0), elevation_deg: float = ELEVATION_DEG) -> Floats:
    """Axes to the right, up and towards the eye as rows. ``up`` is what of the piece points up; the azimuth
    turns about it."""
    top = np.array(up) / np.linalg.norm(up)
    # The front of an upright piece is −Y; of a lying one, what was below or above.
    front = np.array([0.0, -1.0, 0.0]) if abs(top[1]) < 0.9 else np.array([0.0, 0.0, -1.0])
    front = front - top * (front @ top)
    front /= np.linalg.norm(front)
    side = np.cross(top, -front) * -1.0
    azimuth, elevation = math.radians(azimuth_deg), math.radians(elevation_deg)
    eye = (front * math.cos(azimuth) + side * math.sin(azimuth)) * math.cos(elevation) + top * math.sin(elevation)
    right = np.cross(top, eye)
    right /= np.linalg.norm(right)
    return np.array([right, np.cross(eye, right), eye])


def window(placed: Sequence[Placed], axes: Floats) -> Window:
    """The smallest that shows all of the bodies."""
    if not placed:
        return Window(0.0, 0.0, 1.0, 1.0)
    flat = np.concatenate([one.triangles.reshape(-1, 3) for one in placed]) @ axes[:2].T
    (left, low), (right, high) = flat.min(axis=0), flat.max(axis=0)
    return Window(float(left), float(low), float(right), float(high))


def see(placed: Sequence[Placed], axes: Floats, shown: Window, scale: float) -> Picture:
    """The depth picture of a window, ``scale`` pixels a mm of the piece."""
    size = max(2, math.ceil(shown.width * scale)), max(2, math.ceil(shown.height * scale))
    return look(placed, axes, (shown.left, shown.low), size, scale)


class Eye(NamedTuple):
    """Where one looks from, in degrees."""

    azimuth: float
    elevation: float = ELEVATION_DEG


def best_eye(
    placed: Sequence[Placed], telling: Sequence[int], spots: Floats, up: Vector, before: Eye | None = None
) -> Eye:
    """From where most is seen of the bodies that matter (numbers in ``placed``) and of the spots (k, 3) that they
    go to; if none matters, of what is engraved. It stays where it was ``before`` unless another place is
    clearly better (and before an upright piece: left is left there), and goes down only to look under what hides everything."""
    looks = [_look(placed, telling, spots, up, Eye(azimuth)) for azimuth in AZIMUTHS]
    if max(one.seen + one.reached for one in looks) < _POOR:
        looks += [_look(placed, telling, spots, up, Eye(azimuth, LOW_DEG)) for azimuth in AZIMUTHS]
    largest = max(1, max(one.area for one in looks))

    def score(one: _Look) -> tuple[float, int]:
        rank = AZIMUTHS.index(one.eye.azimuth)
        flat = 0.55 + 0.45 * one.area / largest  # what is seen on edge tells little
        stays = 0.25 if one.eye == before else 0.0
        front = (0.27 if up[2] > 0.9 else 0.1) if rank < 2 else 0.0
        return round(1.3 * one.seen * flat + one.reached + stays + front, 3), -rank

    return max(looks, key=score).eye


class _Look(NamedTuple):
    """What is seen from somewhere: shares of what matters and of the spots, pixels of what matters alone."""

    eye: Eye
    seen: float
    reached: float
    area: int


def _look(placed: Sequence[Placed], telling: Sequence[int], spots: Floats, up: Vector, eye: Eye) -> _Look:
    axes = frame(eye.azimuth, up, eye.elevation)
    shown = window(placed, axes).grown(4.0)
    scale = 110.0 / max(shown.width, shown.height)
    picture = see(placed, axes, shown, scale)
    if not telling:
        lines = sum(len(seen_engraving(picture, one)) for one in placed)
        return _Look(eye, 0.7 + lines / max(1, sum(len(one.shell.engraved) for one in placed)), 0.0, 1)
    alone = int((see([placed[i] for i in telling], axes, shown, scale).owner >= 0).sum())
    seen = int(np.isin(picture.owner, list(telling)).sum()) / max(1, alone)
    return _Look(eye, seen, _seen_spots(picture, spots), alone)


def _seen_spots(picture: Picture, spots: Floats, near: float = 3.0) -> float:
    """The share of the spots that nothing hides."""
    if not len(spots):
        return 0.0
    height, width = picture.depth.shape
    flat = picture.flat(spots.copy())
    seen = 0
    for x, y, z in flat:
        column, row = int(x), int(y)
        inside = 0 <= column < width and 0 <= row < height
        seen += not inside or picture.depth[row, column] <= z + near
    return seen / len(spots)
