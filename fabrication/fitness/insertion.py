# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every part can be put in place: a straight way in, past what stands there already, in the order of the steps.

A body that comes in along a direction sweeps a solid, from where it stands back to where nothing is in its way
any more. That solid is made exactly, not sampled: a prism pushed along its sheet is the prism of the swept
outline, one pushed across its sheet is a longer prism, and one that comes in aslant is the union of the hulls of its
triangles. It may share no more than ``SWEPT_MM3`` with what was placed before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from manifold3d import CrossSection, FillRule, Manifold, OpType
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from designs.furniture import Furniture, Step
from fabrication.fitness.bodies import Body, Box, Layer, bodies, rings, section, shared
from fabrication.fitness.verdict import Colour, Verdict

#: What the swept solid may share with a part in place (mm³): chords for arcs, and the kernel's rounding.
SWEPT_MM3 = 5.0
#: A component of the direction smaller than this is rounding.
_STRAIGHT = 1e-9
SOURCE = f"exact sweep of each part in the stated order, {SWEPT_MM3:g} mm³ of tolerance; hardware is not in the way"


def blocked(furniture: Furniture) -> list[str]:
    """What keeps the piece from being assembled as its steps say, one sentence each; empty if nothing does."""
    return faults(bodies(furniture), furniture.steps)


def faults(wood: Sequence[Body], steps: Sequence[Step]) -> list[str]:
    by_name = {(body.code, body.copy): body for body in wood}
    placed: dict[str, list[Body]] = {"": []}
    used: set[tuple[str, int]] = set()
    found: list[str] = []
    for number, step in enumerate(steps, 1):
        where = f"step {number} ({step.title})"
        coming: list[Body] = []
        for key in step.parts:
            if key not in by_name:
                found.append(f"{where}: there is no part {key[0]}-{key[1]}")
            elif key in used:
                found.append(f"{where}: {by_name[key].title} is put in place twice")
            else:
                used.add(key)
                coming.append(by_name[key])
        for group in step.joins:
            if group == step.group or not placed.get(group):
                found.append(f"{where}: there is no group {group!r} to bring along")
            coming += placed.pop(group, []) if group != step.group else []
        there = placed.setdefault(step.group, [])
        if coming and there and step.direction is None:
            found.append(f"{where}: {coming[0].title} comes from no direction, and {there[0].title} is there already")
        elif coming and there and step.direction is not None:
            found += [
                f"{where}: {reason}"
                for reason in in_the_way(coming, there, np.array(step.direction, float), step.travel)
            ]
        there += coming
    found += [f"{body.title} is never put in place" for key, body in by_name.items() if key not in used]
    found += [f"the group {group!r} never joins the piece" for group, left in placed.items() if group and left]
    return found


def in_the_way(
    coming: Sequence[Body], there: Sequence[Body], direction: np.ndarray, travel: float | None = None
) -> list[str]:
    """Which bodies of ``there`` the coming ones run into on their way along a unit vector.

    ``travel`` (mm) is how much of the way must be straight, where a hand brings a small part round a corner: never
    less than the part is long in that direction, so that it is out of whatever it was in.
    """
    length = float(np.linalg.norm(direction))
    if abs(length - 1) > 1e-6:
        return [f"its direction is {length:.3g} long, not 1"]
    back = -direction
    # Far enough back, everything that comes lies beyond everything that is there.
    far = max(_reach(body.box, back) for body in there) + max(_reach(body.box, direction) for body in coming)
    if far <= 0:
        return []
    if travel is not None:
        long = max(_reach(body.box, back) + _reach(body.box, direction) for body in coming)
        if travel < long:
            return [f"its straight way of {travel:g} mm is shorter than what comes in, {long:.0f} mm"]
        far = min(far, travel)
    found = []
    for body in coming:
        box = body.box
        way = Box(np.minimum(box.low, box.low + far * back), np.maximum(box.high, box.high + far * back))
        near = [other for other in there if way.meets(other.box)]
        if not near:
            continue
        solid = swept(body, back * far)
        for other in near:
            volume = shared(solid, other.solid)
            if volume > SWEPT_MM3:
                found.append(f"{body.title} runs into {other.title} ({volume:.0f} mm³)")
    return found


def swept(body: Body, way: np.ndarray) -> Manifold:
    """All that a body passes through when it moves along ``way`` (mm, the piece's frame)."""
    local = body.turned(way)
    layers = [_swept_layer(layer, local) for layer in body.shape.layers]
    solid = layers[0] if len(layers) == 1 else Manifold.batch_boolean(layers, OpType.Add)
    return solid.transform(body.matrix)


def _reach(box: Box, direction: np.ndarray) -> float:
    """How far a box reaches along a direction."""
    return float(np.maximum(box.low * direction, box.high * direction).sum())


def _swept_layer(layer: Layer, way: np.ndarray) -> Manifold:
    scale = float(np.abs(way).max())
    if max(abs(way[0]), abs(way[1])) <= _STRAIGHT * scale:
        low, high = layer.low + min(0.0, way[2]), layer.high + max(0.0, way[2])
        return Manifold.extrude(section(layer.wood), high - low).translate((0, 0, low))
    if abs(way[2]) <= _STRAIGHT * scale:
        return Manifold.extrude(swept_outline(layer.wood, way[:2]), layer.high - layer.low).translate((0, 0, layer.low))
    hulls = []
    for triangle in _triangles(layer.wood):
        corners = np.array(triangle.exterior.coords)[:3]
        prism = np.array([[x, y, z] for x, y in corners for z in (layer.low, layer.high)])
        hulls.append(Manifold.hull_points(np.vstack([prism, prism + way])))
    return Manifold.batch_boolean(hulls, OpType.Add)


def swept_outline(wood: BaseGeometry, way: np.ndarray) -> CrossSection:
    """The plane that a shape covers when it moves along ``way``: the shape, and what each of its edges covers."""
    quads = []
    for ring in rings(wood):
        points = np.array(ring.coords)
        along = points @ way / np.linalg.norm(way)
        if not ring.is_ccw and along.max() - along.min() < np.linalg.norm(way):
            continue  # a hole shorter than the way is covered from its far side
        starts, ends = points[:-1], points[1:]
        cross = (ends[:, 0] - starts[:, 0]) * way[1] - (ends[:, 1] - starts[:, 1]) * way[0]
        for a, b, area in zip(starts, ends, cross, strict=True):
            if abs(area) > 1e-9:
                quad = np.array([a, b, b + way, a + way])
                quads.append(quad if area > 0 else quad[::-1])
    whole = [np.array(ring.coords)[:-1] for ring in rings(_filled(wood, way))]
    return CrossSection(whole, FillRule.EvenOdd) + CrossSection(quads, FillRule.NonZero)


def _filled(wood: BaseGeometry, way: np.ndarray) -> BaseGeometry:
    """Without the holes that the way covers."""
    length = float(np.linalg.norm(way))
    kept = []
    for polygon in getattr(wood, "geoms", [wood]):
        holes = [h for h in polygon.interiors if np.ptp(np.array(h.coords) @ way) / length >= length]
        kept.append(Polygon(polygon.exterior, holes))
    return shapely.union_all(kept) if len(kept) > 1 else kept[0]


def _triangles(wood: BaseGeometry) -> list[Polygon]:
    return [t for t in shapely.constrained_delaunay_triangles(wood).geoms if t.area > 1e-9]


def check(wood: Sequence[Body], steps: Sequence[Step]) -> Verdict:
    found = faults(wood, steps)
    if not found:
        detail = f"{len(wood)} parts come in along a straight line, in {len(steps)} steps"
        return Verdict("insertion", 0, 0, "parts blocked", SOURCE, Colour.GREEN, detail)
    more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
    return Verdict("insertion", len(found), 0, "parts blocked", SOURCE, Colour.RED, "; ".join(found[:5]) + more)
