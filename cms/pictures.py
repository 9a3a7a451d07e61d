# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A still picture of a piece from its GLB, in plain numpy: for a browser without JavaScript or WebGL.

A depth buffer, one light, no antialiasing but drawing at twice the size; some tenths of a second.
"""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 960, 720
_SCALE = 2
_BACKGROUND = (247, 244, 238)
_LIGHT = np.array([0.35, 0.85, 0.45])
#: The eye: from the front right, a little above (glTF: +Y up, the front faces +Z).
_AZIMUTH, _ELEVATION = 32.0, 22.0


def png_of_glb(glb: bytes) -> bytes:
    """PNG of ``WIDTH`` × ``HEIGHT`` pixels. Raises ValueError for what is no GLB of ours."""
    triangles, colours = _triangles(glb)
    turned = triangles @ _camera().T
    low, high = turned.reshape(-1, 3).min(0), turned.reshape(-1, 3).max(0)
    width, height = WIDTH * _SCALE, HEIGHT * _SCALE
    factor = min(width / (high[0] - low[0]), height / (high[1] - low[1])) * 0.86
    centre = (low + high) / 2
    screen = (turned - centre) * factor * np.array([1, -1, 1]) + np.array([width / 2, height / 2, 0])
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals / np.where(lengths > 0, lengths, 1)
    light = 0.42 + 0.58 * np.clip(normals @ (_LIGHT / np.linalg.norm(_LIGHT)), 0, 1)
    shaded = np.clip(colours * light[:, None], 0, 1) ** (1 / 2.2) * 255  # linear → sRGB
    facing = np.cross(turned[:, 1] - turned[:, 0], turned[:, 2] - turned[:, 0])[:, 2] > 0
    image = _rasterise(screen[facing], shaded[facing], width, height)
    buffer = io.BytesIO()
    Image.fromarray(image).resize((WIDTH, HEIGHT), Image.Resampling.BOX).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _camera() -> Any:
    a, e = np.radians(_AZIMUTH), np.radians(_ELEVATION)
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(e), -np.sin(e)], [0, np.sin(e), np.cos(e)]])
    return tilt @ turn


def _rasterise(screen: Any, shaded: Any, width: int, height: int) -> Any:
    image = np.empty((height, width, 3), np.uint8)
    image[:] = _BACKGROUND
    depth = np.full((height, width), -np.inf)
    for (a, b, c), colour in zip(screen, shaded, strict=True):
        x0, x1 = int(max(0, min(a[0], b[0], c[0]))), int(min(width - 1, max(a[0], b[0], c[0]))) + 1
        y0, y1 = int(max(0, min(a[1], b[1], c[1]))), int(min(height - 1, max(a[1], b[1], c[1]))) + 1
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if x1 <= x0 or y1 <= y0 or abs(area) < 1e-9:
            continue
        xs, ys = np.arange(x0, x1) + 0.5, (np.arange(y0, y1) + 0.5)[:, None]
        u = ((xs - a[0]) * (c[1] - a[1]) - (ys - a[1]) * (c[0] - a[0])) / area
        v = ((b[0] - a[0]) * (ys - a[1]) - (b[1] - a[1]) * (xs - a[0])) / area
        z = a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])
        seen = (u >= 0) & (v >= 0) & (u + v <= 1) & (z > depth[y0:y1, x0:x1])
        depth[y0:y1, x0:x1][seen] = z[seen]
        image[y0:y1, x0:x1][seen] = colour
    return image


def _triangles(glb: bytes) -> tuple[Any, Any]:
    """Every triangle of the scene in metres (n, 3, 3) and its linear colour (n, 3)."""
    magic, _, _ = struct.unpack_from("<4sII", glb)
    if magic != b"glTF":
        raise ValueError("no GLB")
    length, _ = struct.unpack_from("<II", glb, 12)
    document = json.loads(glb[20 : 20 + length])
    binary = glb[20 + length + 8 :]
    triangles, colours = [], []
    nodes = document["nodes"]
    waiting = [(index, np.eye(4)) for index in document["scenes"][document.get("scene", 0)]["nodes"]]
    while waiting:
        index, above = waiting.pop()
        node = nodes[index]
        matrix = above @ _matrix(node)
        waiting += [(child, matrix) for child in node.get("children", [])]
        if "mesh" not in node:
            continue
        for primitive in document["meshes"][node["mesh"]]["primitives"]:
            points = _accessor(document, binary, primitive["attributes"]["POSITION"]).reshape(-1, 3)
            order = _accessor(document, binary, primitive["indices"]).reshape(-1, 3)
            placed = points @ matrix[:3, :3].T + matrix[:3, 3]
            triangles.append(placed[order])
            material = document["materials"][primitive["material"]]["pbrMetallicRoughness"]
            colours.append(np.tile(np.array(material["baseColorFactor"][:3]), (len(order), 1)))
    return np.concatenate(triangles), np.concatenate(colours)


def _matrix(node: dict[str, Any]) -> Any:
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    matrix = np.eye(4)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


_TYPES = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}


def _accessor(document: dict[str, Any], binary: bytes, index: int) -> Any:
    accessor = document["accessors"][index]
    view = document["bufferViews"][accessor["bufferView"]]
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    count = accessor["count"] * {"SCALAR": 1, "VEC3": 3}[accessor["type"]]
    return np.frombuffer(binary, _TYPES[accessor["componentType"]], count, start)
