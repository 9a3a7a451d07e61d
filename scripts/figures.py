# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People for scale: a person of 1.75 m, standing or seated, and a wheelchair. Abstract, of one quiet colour.

A body is a few tapered limbs that flow into each other (a smooth union of distance fields, meshed). A person stands at
the origin and looks along +Y; millimetres, Z up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import trimesh
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

from fabrication.pictures.scene import Thing
from fabrication.pictures.surfaces import plain
from scripts.shapes import Point, box, mesh_thing, rod

_GRID = 10.0  # mm between two looks at a body's distance field
_BLEND = 38.0  # mm over which limbs flow into each other

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Limb:
    """From ``a`` with radius ``ra`` to ``b`` with radius ``rb``; ``flat``: its depth (Y) as a share of its width."""

    a: Point
    b: Point
    ra: float
    rb: float
    flat: float = 1.0


@dataclass(frozen=True)
class Pose:
    """Where joints are; the right side's are mirrored from the left's unless they are given."""

    hip: float = 935.0
    lean: float = 0.0  # mm that the shoulders are ahead of the hips
    elbow: Point = (-222, -22, 1130)
    hand: Point = (-232, 48, 890)
    other_elbow: Point | None = None
    other_hand: Point | None = None
    knee: Point = (-98, 22, 500)
    foot: Point = (-105, -5, 85)
    other_knee: Point | None = None
    other_foot: Point | None = None
    nod: float = 0.0  # mm that the head is ahead of the neck
    turn: float = 0.0  # mm that the head looks aside


STANDING = Pose()
SEATED = Pose(
    hip=500, elbow=(-235, 70, 700), hand=(-130, 330, 700), knee=(-110, 440, 520), foot=(-110, 440, 85), nod=8, lean=12
)


@dataclass(frozen=True)
class Clothes:
    top: Colour = (72, 98, 118)
    legs: Colour = (56, 64, 76)
    body: Colour = (186, 150, 122)  # head and hands
    hair: Colour = (62, 50, 44)


BLUE = Clothes()
RUST = Clothes((166, 92, 64), (70, 66, 66), (120, 84, 64), (38, 34, 34))
OCHRE = Clothes((198, 154, 82), (74, 84, 84), (206, 172, 146), (122, 88, 60))
CREAM = Clothes((222, 212, 196), (82, 98, 104), (92, 64, 50), (34, 32, 34))


def person(pose: Pose = STANDING, clothes: Clothes = Clothes()) -> list[Thing]:
    """Four bodies: head and hands, hair, top, legs with shoes."""
    h, s = pose.hip, pose.lean
    rise = h + 478  # shoulders
    shoulder = (-150.0, s, rise)
    mirrored = lambda p: (-p[0], p[1], p[2])  # noqa: E731
    elbows = pose.elbow, pose.other_elbow or mirrored(pose.elbow)
    hands = pose.hand, pose.other_hand or mirrored(pose.hand)
    knees = pose.knee, pose.other_knee or mirrored(pose.knee)
    feet = pose.foot, pose.other_foot or mirrored(pose.foot)
    head = np.array([pose.turn, s + 20 + pose.nod, rise + 236.0])
    skin = [
        Limb((0, s, rise + 40), (head[0] * 0.6, head[1] - 10, head[2] - 60), 57, 54),
        Limb((head[0], head[1] + 8, head[2] - 48), (head[0], head[1] - 4, head[2] + 22), 66, 80, 1.10),
    ]
    top = [
        Limb((0, s * 0.9, rise - 90), (0, s * 0.3, h + 130), 158, 138, 0.66),
        Limb((0, s * 0.3, h + 130), (0, 0, h - 40), 140, 176, 0.74),
        Limb((-118, s, rise - 26), (0, s, rise + 4), 58, 74),
        Limb((118, s, rise - 26), (0, s, rise + 4), 58, 74),
        Limb((0, s, rise + 10), (0, s, rise + 62), 78, 58),
    ]
    arms, legs = [], []
    for elbow, hand, side in zip(elbows, hands, (1, -1), strict=True):
        start = (shoulder[0] * side, shoulder[1], shoulder[2] - 30)
        arms += [Limb(start, elbow, 60, 47), Limb(elbow, _toward(elbow, hand, 0.86), 46, 37)]
        skin.append(Limb(_toward(elbow, hand, 0.80), _toward(elbow, hand, 1.20), 29, 30))
    for knee, foot, side in zip(knees, feet, (-1, 1), strict=True):
        legs += [
            Limb((78 * side, 0, h), knee, 82, 63),
            Limb(knee, (foot[0], foot[1], foot[2] + 10), 64, 46),
            Limb((foot[0], foot[1] - 20, foot[2] - 39), (foot[0] * 1.06, foot[1] + 135, foot[2] - 47), 46, 38),
        ]
    hair = [Limb((head[0], head[1] - 15, head[2] + 28), (head[0], head[1] - 30, head[2] - 12), 84, 73, 1.06)]
    return [
        _thing(skin, clothes.body, 24),
        _thing(hair, clothes.hair, 24),
        _thing([*top, *arms], clothes.top, _BLEND, hem=h - 45 if h > 700 else h - 5),
        _thing([*legs, Limb((-62, 0, h + 10), (62, 0, h + 10), 86, 86, 0.9)], clothes.legs, 30),
    ]


def wheelchair(frame: Colour = (62, 64, 68)) -> list[Thing]:
    """An active wheelchair, 640 mm wide; its seat's top at 500 mm, its middle at the origin, facing +Y."""
    steel, black, cloth = plain(*frame), plain(38, 38, 40), plain(72, 76, 82)
    things: list[Thing] = []
    for side in (-1, 1):
        x = side * 265.0
        axle = (side * 285.0, -70.0, 300.0)
        things += [
            mesh_thing(trimesh.creation.torus(285, 15, 96, 16), black, axle, True),
            mesh_thing(trimesh.creation.torus(248, 8, 96, 12), steel, (axle[0] + side * 34, *axle[1:]), True),
            mesh_thing(trimesh.creation.cylinder(26, 44, sections=32), steel, axle, True),
            mesh_thing(trimesh.creation.torus(56, 13, 48, 12), black, (side * 215.0, 330.0, 70.0), True),
        ]
        for k in range(12):
            a = np.pi * 2 * k / 12
            end = (axle[0], axle[1] + 276 * np.cos(a), axle[2] + 276 * np.sin(a))
            things.append(rod(axle, end, 1.8, steel))
        tubes = [
            ((x * 0.84, -200, 460), (x * 0.84, 215, 470)), ((x * 0.84, 215, 470), (x * 0.72, 330, 160)),
            ((x * 0.72, 330, 160), (x * 0.60, 420, 110)), ((x * 0.84, -200, 460), (x * 0.84, -250, 800)),
            ((x * 0.84, -250, 800), (x * 0.84, -330, 815)), ((x * 0.84, -200, 460), (x * 0.84, -90, 300)),
            ((x * 0.84, 250, 380), (x * 0.81, 330, 140)), ((axle[0], axle[1], 300), (x * 0.80, -70, 300)),
        ]  # fmt: skip
        things += [rod(a, b, 12, steel) for a, b in tubes]
    things += [
        rod((-228, -70, 300), (228, -70, 300), 12, steel),
        box((390, 420, 45), cloth, (0, 10, 478)), box((400, 24, 330), cloth, (0, -218, 640)),
        box((320, 130, 12), black, (0, 420, 108)),
    ]  # fmt: skip
    return things


def in_wheelchair(clothes: Clothes = Clothes(), reach: Point = (-150, 350, 745)) -> list[Thing]:
    """Somebody seated in a wheelchair, hands at ``reach`` (left; mirrored)."""
    pose = replace(
        SEATED, hip=575, elbow=(-240, 60, 780), hand=reach, knee=(-105, 390, 590), foot=(-90, 405, 199), lean=20
    )
    lifted = person(pose, clothes)
    return [*lifted, *wheelchair()]


# Within


def _toward(a: Point, b: Point, share: float) -> Point:
    return tuple(p + (q - p) * share for p, q in zip(a, b, strict=True))  # type: ignore[return-value]


def _thing(limbs: Sequence[Limb], colour: Colour, blend: float, hem: float = -np.inf) -> Thing:
    """``hem``: nothing hangs lower than that, but what stands well ahead of the body."""
    ends = np.array([[limb.a, limb.b] for limb in limbs]).reshape(-1, 3)
    reach = max(max(limb.ra, limb.rb) for limb in limbs) * 1.15 + 3 * _GRID
    low, high = ends.min(0) - reach, ends.max(0) + reach
    axes = [np.arange(a, b, _GRID) for a, b in zip(low, high, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij")

    def distance(at: np.ndarray) -> np.ndarray:
        # A smooth edge: a hem, not a saw's cut. Sleeves hang lower, beside the body.
        below = np.where((np.abs(at[:, 0]) < 196) & (at[:, 1] < 160), hem - at[:, 2], -1e3)
        inside = _distance(limbs, at, blend)
        return np.asarray(np.logaddexp(inside / 4, np.clip(below, -1e3, 1e3) / 4) * 4)

    field = distance(np.stack([x, y, z], -1).reshape(-1, 3))
    image = vtkImageData()
    image.SetDimensions(*x.shape)
    image.SetOrigin(*low)
    image.SetSpacing(_GRID, _GRID, _GRID)
    image.GetPointData().SetScalars(numpy_to_vtk(field.reshape(x.shape).ravel(order="F").astype(np.float32), deep=True))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.0)
    edges.ComputeNormalsOff()
    edges.Update()
    found = edges.GetOutput()
    points = vtk_to_numpy(found.GetPoints().GetData()).astype(float)
    index = vtk_to_numpy(found.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    step = 0.5 * _GRID
    slope = np.stack([distance(points + d) - distance(points - d) for d in np.eye(3) * step], -1)
    slope /= np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-9)
    return Thing(points[index], slope[index], plain(*colour), np.eye(4))


def _distance(limbs: Sequence[Limb], at: np.ndarray, blend: float) -> np.ndarray:
    """Of each point from the body, in mm, negative inside; limbs flow into each other over ``blend`` mm."""
    total = np.zeros(len(at))
    for limb in limbs:
        scale = np.array([1.0, limb.flat, 1.0])
        a, b, p = np.array(limb.a) / scale, np.array(limb.b) / scale, at / scale
        along = b - a
        share = np.clip((p - a) @ along / max(float(along @ along), 1e-9), 0, 1)
        near = np.linalg.norm(p - a - share[:, None] * along, axis=1)
        one = (near - limb.ra - (limb.rb - limb.ra) * share) * min(1.0, limb.flat)
        total += np.exp(np.clip(-one / (blend * 0.25), -60, 60))
    return np.asarray(-np.log(total) * blend * 0.25)
