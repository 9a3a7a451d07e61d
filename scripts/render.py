# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Render a piece from its solids: rays through Embree, one sun, a sky, a floor.

    python scripts/render.py chariot --set width=1000 --azimuth 35 --out chariot.webp

Plywood's plies are drawn from each part's own thickness direction, so an edge looks like an edge.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh
from PIL import Image

from designs.catalogue import design, identifiers
from designs.furniture import Furniture
from fabrication.plan import ENGRAVE_MAX_DEPTH

SUN_FROM_CAMERA = 40.0  # degrees to the viewer's left, so that what one sees is lit
SUN_ELEVATION = 42.0
PLY_LIGHT = np.array([0.90, 0.77, 0.58])
PLY_DARK = np.array([0.62, 0.45, 0.28])
FACE = np.array([0.93, 0.82, 0.64])
FLOOR = np.array([0.90, 0.90, 0.89])
SKY = np.array([0.97, 0.975, 0.985])
CHORD = 0.4


class Scene:
    """Triangles (n, 3, 3) in mm, and what each one is made of."""

    def __init__(self, furniture: Furniture) -> None:
        triangles, owners = [], []
        self.frames: list[np.ndarray] = []  # world → part, 4 × 4
        self.colours: list[np.ndarray | None] = []  # None: plywood
        for solid, placements, colour in [
            *((p.solid, p.placements, None) for p in furniture.parts),
            *((f.solid, f.placements, np.array(f.colour)) for f in furniture.fittings),
        ]:
            vertices, faces = solid.tessellate(CHORD, 0.15)
            points = np.array([v.toTuple() for v in vertices])
            for placement in placements:
                matrix = _matrix(placement)
                world = points @ matrix[:3, :3].T + matrix[:3, 3]
                triangles.append(world[np.array(faces)])
                owners.append(np.full(len(faces), len(self.frames)))
                self.frames.append(np.linalg.inv(matrix))
                self.colours.append(colour)
        self.bounds = np.array([np.concatenate(triangles).min((0, 1)), np.concatenate(triangles).max((0, 1))])
        reach = 40_000.0
        floor = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * reach
        floor[:, 2] = self.bounds[0, 2]
        triangles.append(floor[[[0, 1, 2], [0, 2, 3]]])
        owners.append(np.full(2, -1))
        self.triangles = np.concatenate(triangles).astype(np.float32)
        self.owners = np.concatenate(owners)
        edges = self.triangles[:, 1] - self.triangles[:, 0], self.triangles[:, 2] - self.triangles[:, 0]
        normals = np.cross(*edges)
        self.normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        self.thickness = furniture.sheet.thickness
        self.embree = rtcore_scene.EmbreeScene()
        TriangleMesh(self.embree, self.triangles)

    def hits(self, origins: np.ndarray, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Triangle index (−1: none) and distance in mm."""
        found = self.embree.run(origins.astype(np.float32), rays.astype(np.float32), output=1)
        return found["primID"], found["tfar"]

    def free(self, origins: np.ndarray, rays: np.ndarray) -> np.ndarray:
        return np.asarray(self.embree.run(origins.astype(np.float32), rays.astype(np.float32)) < 0)

    def albedo(self, triangles: np.ndarray, points: np.ndarray) -> np.ndarray:
        colour = np.tile(FLOOR, (len(triangles), 1))
        owners = self.owners[triangles]
        for owner in np.unique(owners[owners >= 0]):
            mine = owners == owner
            plain = self.colours[owner]
            if plain is not None:
                colour[mine] = plain
                continue
            frame = self.frames[owner]
            local = points[mine] @ frame[:3, :3].T + frame[:3, 3]
            normal = self.normals[triangles[mine]] @ frame[:3, :3].T
            ply = np.floor(local[:, 2] / self.thickness * 13).astype(int) % 2
            edge = np.where(ply[:, None] == 0, PLY_LIGHT, PLY_DARK)
            # Engraved strokes are brushed dark, as workshops do to make them read.
            depth = self.thickness - local[:, 2:3]
            engraved = (depth > 0.2) & (depth < ENGRAVE_MAX_DEPTH + 0.2)
            face = FACE * _grain(local, owner) * np.where(engraved, 0.5, 1.0)
            colour[mine] = np.where(np.abs(normal[:, 2:3]) > 0.5, face, edge)
        return colour


def _grain(local: np.ndarray, seed: int) -> np.ndarray:
    """Faint cathedral lines along the part's X, 0.94…1."""
    x, y = local[:, 0] + 977 * seed, local[:, 1] + 131 * seed
    wave = np.sin(y / 6 + 3 * np.sin(x / 310) + 1.5 * np.sin(y / 41 + x / 900)) * 0.5 + np.sin(y / 2.1 + x / 170) * 0.2
    return np.asarray(1 + 0.035 * wave - 0.02)[:, None]


def _matrix(location: object) -> np.ndarray:
    trsf = location.wrapped.Transformation()  # type: ignore[attr-defined]
    return np.array([[trsf.Value(r, c) for c in range(1, 5)] for r in range(1, 4)] + [[0, 0, 0, 1]])


def _camera(scene: Scene, azimuth: float, elevation: float, width: int, height: int, samples: int):
    """Ray origin and directions (height · width · samples², 3), framed on the piece."""
    a, e = np.radians(azimuth), np.radians(elevation)
    back = np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])
    right = np.array([np.cos(a), np.sin(a), 0.0])
    up = np.cross(back, right)
    corners = np.array([[scene.bounds[i, 0], scene.bounds[j, 1], scene.bounds[k, 2]]
                        for i in (0, 1) for j in (0, 1) for k in (0, 1)])  # fmt: skip
    centre = scene.bounds.mean(0)
    tangent = np.tan(np.radians(13))  # half field of view: a long lens keeps furniture calm
    aspect = width / height
    distance = max(
        float(np.max((corners - centre) @ back + np.abs((corners - centre) @ right) / (tangent * aspect))),
        float(np.max((corners - centre) @ back + np.abs((corners - centre) @ up) / tangent)),
    ) * 1.13  # fmt: skip
    eye = centre + back * distance
    xs = (np.arange(width * samples) + 0.5) / (width * samples) * 2 - 1
    ys = 1 - (np.arange(height * samples) + 0.5) / (height * samples) * 2
    gx, gy = np.meshgrid(xs, ys)
    rays = -back + gx[..., None] * right * tangent * aspect + gy[..., None] * up * tangent
    rays = rays.reshape(-1, 3)
    return eye, rays / np.linalg.norm(rays, axis=1, keepdims=True)


def render(
    furniture: Furniture, azimuth: float, elevation: float, width: int = 960, height: int = 720, samples: int = 2
) -> Image.Image:
    """A picture of the piece; azimuth 0° looks at its front, positive from its right (degrees)."""
    scene = Scene(furniture)
    random = np.random.default_rng(7)
    eye, rays = _camera(scene, azimuth, elevation, width, height, samples)
    hit, distance = scene.hits(np.broadcast_to(eye, rays.shape), rays)
    picture = np.tile(SKY, (len(rays), 1))
    seen = np.flatnonzero(hit >= 0)
    points = eye + rays[seen] * distance[seen, None]
    normals = scene.normals[hit[seen]]
    normals = np.where((normals * rays[seen]).sum(1, keepdims=True) > 0, -normals, normals)
    start = points + normals * 0.3
    sun = np.zeros(len(seen))
    sky = np.zeros(len(seen))
    sun_rounds, sky_rounds = 6, 20
    a, e = np.radians(azimuth - SUN_FROM_CAMERA), np.radians(SUN_ELEVATION)
    sun_direction = np.array([np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e)])
    for _ in range(sun_rounds):
        ray = sun_direction + random.normal(0, 0.06, (len(seen), 3))
        lit = (normals * ray).sum(1)
        sun += np.clip(lit, 0, None) * scene.free(start, ray) / sun_rounds
    for _ in range(sky_rounds):
        ray = normals + _sphere(random, len(seen))  # cosine-weighted
        sky += scene.free(start, ray) * (0.7 + 0.3 * np.clip(ray[:, 2], 0, 1)) / sky_rounds
    colour = scene.albedo(hit[seen], points)
    # Light that bounced more than once is taken as even and warm: it comes off plywood.
    light = (
        0.60 * sun[:, None] * np.array([1.0, 0.98, 0.94])
        + 0.50 * sky[:, None] * np.array([0.98, 0.99, 1.02])
        + 0.13 * np.array([1.0, 0.96, 0.9])
    )
    shaded = colour * light
    # The floor fades into the sky, so that the picture has no horizon.
    on_floor = scene.owners[hit[seen]] < 0
    far = np.linalg.norm(points[:, :2] - scene.bounds.mean(0)[:2], axis=1)
    size = float(np.linalg.norm(scene.bounds[1] - scene.bounds[0]))
    fade = np.clip((far - 0.6 * size) / (1.1 * size), 0, 1)[:, None]
    shaded = np.where(on_floor[:, None], shaded * (1 - fade) + SKY * fade, shaded)
    picture[seen] = shaded
    picture = np.clip(picture, 0, 1) ** (1 / 1.5)
    picture = picture.reshape(height, samples, width, samples, 3).mean((1, 3))
    return Image.fromarray((picture * 255).astype(np.uint8))


def _sphere(random: np.random.Generator, count: int) -> np.ndarray:
    vectors = random.normal(size=(count, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("design", choices=identifiers())
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--azimuth", type=float, default=30)
    parser.add_argument("--elevation", type=float, default=18)
    parser.add_argument("--size", default="960x720")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    furniture = design(options.design).build(dict(pair.split("=", 1) for pair in options.set))
    width, height = (int(v) for v in options.size.split("x"))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    render(furniture, options.azimuth, options.elevation, width, height).save(options.out, quality=82, method=6)


if __name__ == "__main__":
    main()
