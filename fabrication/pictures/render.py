# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures of things in a studio: rays through Embree, a large window of light, a sky, and light that bounces once.

Deterministic: the same things, view and size give the same picture on the same machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh
from numba import njit
from PIL import Image

from fabrication.pictures.scene import Thing

WINDOW = np.array([1.0, 0.96, 0.90]) * 1.75  # light of the window on a face that looks at it
SKY = np.array([0.95, 0.98, 1.04]) * 0.46  # mean light of the rest
SOFTNESS = 0.19  # how large the window is: the tangent of its half angle
BOUNCED = 0.42  # of the sky, where light that bounced comes from: what a second bounce would find
_STEP = 0.4  # mm off a surface, so that a ray doesn't meet what it starts from
_ROWS = 120  # image rows that are worked on at once: memory stays small


@dataclass(frozen=True)
class View:
    """How a picture is taken. The camera looks level, so that what is upright stays upright, from ``azimuth`` degrees
    (0: at the front, positive from the right) and ``elevation`` degrees above the middle. ``margin``: of the picture's
    width or height, each side. ``light``: degrees of the window from the camera, negative to the left."""

    azimuth: float
    elevation: float
    margin: float = 0.08
    light: float = -48.0
    light_height: float = 44.0
    far: float = 3.4  # the eye's distance, in sizes of what is seen


class _Rays:
    def __init__(self, things: Sequence[Thing]) -> None:
        self.things = things
        self.triangles = np.concatenate([t.triangles for t in things]).astype(np.float32)
        self.normals = np.concatenate([t.normals for t in things]).astype(np.float32)
        self.owners = np.concatenate([np.full(len(t.triangles), i) for i, t in enumerate(things)])
        self.mean = np.array([t.surface(_middle(t), _normal(t)).mean(0) for t in things])
        self.scene = rtcore_scene.EmbreeScene()
        TriangleMesh(self.scene, self.triangles)

    def first(self, origins: np.ndarray, rays: np.ndarray) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = self.scene.run(origins.astype(np.float32), rays.astype(np.float32), output=1)
        return found

    def free(self, origins: np.ndarray, rays: np.ndarray) -> np.ndarray:
        return np.asarray(self.scene.run(origins.astype(np.float32), rays.astype(np.float32), query="OCCLUDED") < 0)

    def normals_at(self, found: dict[str, np.ndarray], rays: np.ndarray) -> np.ndarray:
        """Towards the eye, of the smooth surface."""
        corner = self.normals[found["primID"]]
        u, v = found["u"][:, None], found["v"][:, None]
        normal = corner[:, 0] * (1 - u - v) + corner[:, 1] * u + corner[:, 2] * v
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        return np.asarray(np.where((normal * rays).sum(1, keepdims=True) > 0, -normal, normal))

    def colours(self, prims: np.ndarray, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        owners = self.owners[prims]
        order = np.argsort(owners, kind="stable")
        colours = np.empty((len(prims), 3), np.float32)
        starts = np.flatnonzero(np.diff(owners[order], prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
            mine = order[start:end]
            thing = self.things[owners[mine[0]]]
            local = points[mine] @ thing.frame[:3, :3].T + thing.frame[:3, 3]
            colours[mine] = thing.surface(local, normals[mine] @ thing.frame[:3, :3].T)
        return colours


def _middle(thing: Thing) -> np.ndarray:
    local = thing.triangles.mean(1)
    return np.asarray(local @ thing.frame[:3, :3].T + thing.frame[:3, 3])


def _normal(thing: Thing) -> np.ndarray:
    return np.asarray(thing.normals.mean(1) @ thing.frame[:3, :3].T)


def render(
    things: Sequence[Thing], seen: np.ndarray, view: View, width: int, height: int, *, fine: int = 2, rounds: int = 3
) -> Image.Image:
    """A picture of ``width`` × ``height`` pixels, in which all of the points ``seen`` (n, 3) are.

    ``fine``² rays a pixel, ``rounds`` of light a ray: more are calmer and slower.
    """
    rays = _Rays(things)
    eye, toward, right, window = _camera(seen, view, width / height)
    wide, tall = width * fine, height * fine
    random = np.random.default_rng(7)
    colour = np.empty((tall, wide, 3), np.float32)
    light = np.empty((tall, wide, 3), np.float32)
    normal = np.empty((tall, wide, 3), np.float32)
    depth = np.empty((tall, wide), np.float32)
    xs = window[0] + (np.arange(wide) + 0.5) / wide * (window[1] - window[0])
    for top in range(0, tall, _ROWS):
        rows = slice(top, min(top + _ROWS, tall))
        ys = window[3] - (np.arange(rows.start, rows.stop) + 0.5) / tall * (window[3] - window[2])
        gx, gy = np.meshgrid(xs, ys)
        sight = toward + gx[..., None] * right + gy[..., None] * np.array([0, 0, 1.0])
        sight = (sight / np.linalg.norm(sight, axis=2, keepdims=True)).reshape(-1, 3)
        found = rays.first(np.broadcast_to(eye, sight.shape), sight)
        points = eye + sight * found["tfar"][:, None]
        normals = rays.normals_at(found, sight)
        shape = (rows.stop - rows.start, wide)
        colour[rows] = rays.colours(found["primID"], points, normals).reshape(*shape, 3)
        light[rows] = _light(rays, points, normals, view, random, rounds).reshape(*shape, 3)
        normal[rows] = normals.reshape(*shape, 3)
        depth[rows] = found["tfar"].reshape(shape)
    pixel = (window[1] - window[0]) / wide
    for step in (1, 2, 4, 8):
        light = _calmed(light, normal, depth, step, pixel)
    picture = (colour * light).reshape(height, fine, width, fine, 3).mean((1, 3))
    return Image.fromarray((_developed(picture) * 255 + 0.5).astype(np.uint8))


def _camera(seen: np.ndarray, view: View, aspect: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Eye, the level direction of sight, what is right of it, and the window on the plane one unit ahead."""
    a, e = np.radians(view.azimuth), np.radians(view.elevation)
    toward, right = np.array([-np.sin(a), np.cos(a), 0.0]), np.array([np.cos(a), np.sin(a), 0.0])
    low, high = seen.min(0), seen.max(0)
    middle, size = (low + high) / 2, float(np.linalg.norm(high - low))
    eye = middle - toward * size * view.far * np.cos(e) + np.array([0, 0, size * view.far * np.sin(e)])
    ahead = (seen - eye) @ toward
    x, y = (seen - eye) @ right / ahead, (seen - eye)[:, 2] / ahead
    wide = max(np.ptp(x), np.ptp(y) * aspect) / (1 - 2 * view.margin)
    cx, cy = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    return eye, toward, right, np.array([cx - wide / 2, cx + wide / 2, cy - wide / aspect / 2, cy + wide / aspect / 2])


def _light(
    rays: _Rays, points: np.ndarray, normals: np.ndarray, view: View, random: np.random.Generator, rounds: int
) -> np.ndarray:
    """What falls on each point (n, 3): from the window, from the sky, and from what stands around."""
    a, e = np.radians(view.azimuth + view.light), np.radians(view.light_height)
    window = np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])
    start = points + normals * _STEP
    total = np.zeros((len(points), 3))
    for _ in range(rounds):
        total += _from_window(rays, start, normals, window, random)
        way = normals + _sphere(random, len(points))  # cosine-weighted
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
        found = rays.first(start, way)
        hit = found["primID"] >= 0
        total[~hit] += _sky(way[~hit], window)
        there = {name: found[name][hit] for name in ("primID", "u", "v")}
        around = rays.normals_at(there, way[hit])
        base = start[hit] + way[hit] * found["tfar"][hit][:, None] + around * _STEP
        arrived = _from_window(rays, base, around, window, random) + SKY * BOUNCED
        total[hit] += rays.mean[rays.owners[there["primID"]]] * arrived
    return total / rounds


def _from_window(
    rays: _Rays, start: np.ndarray, normals: np.ndarray, window: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    way = window + _sphere(random, len(start)) * SOFTNESS * random.random((len(start), 1)) ** (1 / 3)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    facing = (normals * way).sum(1)
    lit = np.zeros(len(start))
    ahead = np.flatnonzero(facing > 0)
    lit[ahead] = facing[ahead] * rays.free(start[ahead], way[ahead])
    return np.asarray(lit[:, None] * WINDOW)


def _sky(way: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Brighter above, and on the window's side."""
    strength = 0.62 + 0.5 * np.clip(way[:, 2], 0, 1) + 0.35 * (way @ window)
    return np.asarray(np.clip(strength, 0.1, None)[:, None] * SKY)


def _sphere(random: np.random.Generator, count: int) -> np.ndarray:
    vectors = random.normal(size=(count, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@njit(cache=True)
def _calmed(light: np.ndarray, normal: np.ndarray, depth: np.ndarray, step: int, pixel: float) -> np.ndarray:
    """Light averaged with neighbours ``step`` apart that lie on the same surface (an à-trous filter)."""
    tall, wide = depth.shape
    result = np.empty_like(light)
    kernel = (0.375, 0.25, 0.0625)
    for j in range(tall):
        for i in range(wide):
            total = 0.0
            r = g = b = 0.0
            slack = depth[j, i] * pixel * step
            for dj in range(-2, 3):
                y = j + dj * step
                if y < 0 or y >= tall:
                    continue
                for di in range(-2, 3):
                    x = i + di * step
                    if x < 0 or x >= wide:
                        continue
                    same = (
                        normal[j, i, 0] * normal[y, x, 0]
                        + normal[j, i, 1] * normal[y, x, 1]
                        + normal[j, i, 2] * normal[y, x, 2]
                    )
                    if same < 0.9:
                        continue
                    far = abs(depth[y, x] - depth[j, i]) / slack
                    if far > 12.0:
                        continue
                    one = (light[y, x, 0] + light[y, x, 1] + light[y, x, 2]) / 3
                    own = (light[j, i, 0] + light[j, i, 1] + light[j, i, 2]) / 3
                    apart = abs(one - own) / (1.6 / step)
                    weight = kernel[abs(dj)] * kernel[abs(di)] * np.exp(-far / 6 - apart)
                    total += weight
                    r += light[y, x, 0] * weight
                    g += light[y, x, 1] * weight
                    b += light[y, x, 2] * weight
            result[j, i, 0] = r / total
            result[j, i, 1] = g / total
            result[j, i, 2] = b / total
    return result


def _developed(linear: np.ndarray) -> np.ndarray:
    """Linear light → a screen's values, 0 to 1, with highlights that roll off."""
    x = np.clip(linear, 0, None) * 0.86
    x = np.where(x < 0.5, x, 0.5 + 0.5 * (1 - np.exp(-(x - 0.5) / 0.5)))
    return np.asarray(np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)).clip(0, 1)
