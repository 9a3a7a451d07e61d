# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands on the furniture in pictures, so that one sees what it is for: computers, a stool, leaflets (mm).

Each stands at the origin and is used from −Y, as one sits down to it.
"""

from __future__ import annotations

import numpy as np
import trimesh

from fabrication.pictures.scene import Thing
from fabrication.pictures.surfaces import Surface, linear, plain
from scripts.shapes import box, mesh_thing, rod

SILVER, GRAPHITE, PAPER = plain(176, 180, 184), plain(62, 66, 72), plain(238, 235, 228)


def laptop(angle: float = 108.0) -> list[Thing]:
    """Open: 330 × 230 mm, its lid ``angle`` degrees from the keyboard."""
    lid = np.eye(4)
    a = np.radians(180 - angle)
    lid[1:3, 1:3] = [[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]
    lid[:3, 3] = 0, 115, 16
    # Turned up about the hinge: the lid's own Y leads from the hinge to its edge.
    lid[1:3, 1:3] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    return [
        box((330, 230, 14), SILVER, (0, 0, 8)),
        box((290, 100, 2), GRAPHITE, (0, 40, 15.5)),
        box((100, 62, 1), plain(160, 164, 168), (0, -65, 15.5)),
        box((330, 222, 8), SILVER, (0, 111, 0)).moved(lid),
        box((312, 200, 1), _screen, (0, 112, 4.6)).moved(lid),
    ]


def _screen(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """A page with a heading and lines, in the box's own frame (middle at Y = 112)."""
    x, y = points[:, 0], points[:, 1] - 112
    colour = np.tile(linear(226, 234, 238), (len(points), 1))
    colour[y > 78] = linear(60, 96, 120)
    line = (np.abs(x + 40) < 90) & ((y % 22) < 7) & (y < 60) & (y > -75)
    colour[line] = linear(150, 168, 178)
    colour[(np.abs(x - 105) < 32) & (np.abs(y - 15) < 45)] = linear(214, 150, 96)
    return colour


def closed_laptop(colour: Surface = SILVER) -> list[Thing]:
    """Standing on its long edge, its face to +X: 20 × 330 × 230 mm."""
    return [box((20, 330, 230), colour, (0, 0, 115)), box((21, 34, 34), plain(150, 156, 160), (0, 0, 115))]


def keyboard() -> list[Thing]:
    return [
        box((420, 130, 14), SILVER, (0, 0, 7)), box((400, 108, 3), GRAPHITE, (0, 2, 14)),
        mesh_thing(_pebble(34, 56, 18), SILVER, (275, -10, 8)),
    ]  # fmt: skip


def stool(height: float = 470.0) -> list[Thing]:
    wood, steel = plain(186, 190, 188), plain(92, 98, 102)
    seat = trimesh.creation.cylinder(170, 26, sections=64)
    legs = [
        rod((105 * np.cos(a), 105 * np.sin(a), height - 20), (175 * np.cos(a), 175 * np.sin(a), 10), 11, steel)
        for a in np.radians([45, 135, 225, 315])
    ]
    ring = trimesh.creation.torus(150, 7, 64, 12)
    return [mesh_thing(seat, wood, (0, 0, height - 13)), *legs, mesh_thing(ring, steel, (0, 0, 170))]


def mug(colour: Surface) -> list[Thing]:
    cup = trimesh.creation.annulus(36, 41, 92, sections=48)
    handle = trimesh.creation.torus(24, 6, 32, 12)
    handle.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
    return [
        mesh_thing(cup, colour, (0, 0, 46)), mesh_thing(handle, colour, (50, 0, 46)),
        mesh_thing(trimesh.creation.cylinder(37, 60, sections=48), plain(60, 40, 30), (0, 0, 40)),
    ]  # fmt: skip


def printer() -> list[Thing]:
    return [
        box((400, 330, 150), plain(214, 216, 214), (0, 0, 78)), box((340, 30, 50), GRAPHITE, (0, -152, 90)),
        box((220, 120, 3), PAPER, (0, -190, 70)), box((380, 300, 6), plain(120, 126, 130), (0, 5, 155)),
    ]  # fmt: skip


def leaflets(
    count: int = 3, colours: tuple[Surface, ...] = (plain(196, 96, 66), PAPER, plain(88, 124, 132))
) -> list[Thing]:
    """Standing side by side, 100 × 210 mm each, leaning back a little."""
    lean = np.eye(4)
    a = np.radians(-9)
    lean[1:3, 1:3] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    found = []
    for k in range(count):
        x = (k - (count - 1) / 2) * 118
        found += [box((100, 12, 190), colours[k % len(colours)], (x, 0, 95)).moved(lean)]
    return found


def papers() -> list[Thing]:
    turned = np.eye(4)
    a = np.radians(8)
    turned[:2, :2] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    return [box((210, 297, 3), PAPER, (0, 0, 1.5)), box((210, 297, 2), plain(246, 244, 238), (6, 4, 4)).moved(turned)]


def plant() -> list[Thing]:
    """A potted plant of 1.1 m beside the furniture."""
    pot = trimesh.creation.cone(190, 900, sections=64)
    pot = trimesh.creation.cylinder(150, 280, sections=64)
    green = plain(78, 108, 82), plain(98, 128, 92), plain(66, 94, 76)
    found = [mesh_thing(pot, plain(206, 196, 182), (0, 0, 140)),
             mesh_thing(trimesh.creation.cylinder(138, 10, sections=48), plain(70, 58, 48), (0, 0, 278))]  # fmt: skip
    for k in range(17):
        a, tilt = k * 2.39996, 0.16 + 0.045 * k
        height = 800 - 26 * k
        blade = trimesh.creation.icosphere(3, 1.0)
        blade.apply_scale([46, 7, height / 2])
        blade.apply_translation([0, 0, height / 2])
        bend = blade.vertices
        bend[:, 1] += (bend[:, 2] / height) ** 2 * height * np.tan(tilt)
        blade.vertices = bend
        blade.apply_transform(trimesh.transformations.rotation_matrix(a, [0, 0, 1]))
        found.append(mesh_thing(blade, green[k % 3], (28 * np.cos(a), 28 * np.sin(a), 270)))
    return found


def _pebble(wide: float, long: float, high: float) -> trimesh.Trimesh:
    ball = trimesh.creation.icosphere(4, 1.0)
    ball.apply_scale([wide, long, high])
    return ball
