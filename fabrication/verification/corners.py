# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a drawn line may leave the nominal one: at sharp inside corners, within a relief for the tool."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fabrication.verification.expectation import polygons_of, substance

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Reliefs are drawn this much wider (diameter, mm) than the tool.
ALLOWANCE = 0.1
#: A bend of a line by less than this is no corner.
SHARP = math.radians(15)
#: Material that the tool leaves at a corner: nothing thicker than twice this (mm).
UNCUT = 0.015


@dataclass(frozen=True)
class Cutter:
    """What removes material: ``tool`` is the router's diameter (None: a laser), ``relief`` dogbone, tbone or
    none, ``kerf`` the beam's width (mm)."""

    tool: float | None
    relief: str
    kerf: float

    def on(self, mill: float | None) -> Cutter:
        """The same with the mill that a contour's layer names (mm), if it names one."""
        return self if mill is None or self.tool is None else replace(self, tool=mill)


@dataclass(frozen=True)
class Divergence:
    """What is wrong with one contour: a sentence without subject, and a point of it (mm)."""

    text: str
    x: float
    y: float


@lru_cache(maxsize=256)
def relief_room(void: BaseGeometry, drawn: BaseGeometry, cutter: Cutter) -> BaseGeometry | None:
    """All that reliefs of this cutter may take beyond a nominal void (mm); None if nothing.

    A machine that asks for dog-bones may get a T-bone where an edge is too short for them, and the other
    way round: at each corner one of the forms is allowed, the one that the drawn void comes nearest to.
    Kept for equal shapes: outline, figures and the machine's own file ask for the same.
    """
    import shapely
    from shapely import STRtree

    if cutter.tool is None or cutter.relief == "none":
        return None
    extras = [piece for piece in polygons_of(drawn.difference(void)) if piece.area > 1e-3]
    if not extras:
        return None
    tree = STRtree(extras)
    room = []
    for corner in _corners(void):
        forms = _forms(*corner, (cutter.tool + ALLOWANCE) / 2)
        near = [extras[i] for i in tree.query(shapely.union_all(forms))]
        if near:
            taken = [sum(form.intersection(piece).area for piece in near) for form in forms]
            room.append(forms[max(range(len(forms)), key=lambda i: round(taken[i], 3))])
    return shapely.union_all(room) if room else None


def _forms(corner: _Direction, along: _Direction, back: _Direction, half: float, radius: float) -> list[BaseGeometry]:
    """A dog-bone and the two T-bones of a corner."""
    from shapely import LineString, Point

    x, y = corner
    size = math.hypot(along[0] + back[0], along[1] + back[1])
    bisector = ((along[0] + back[0]) / size, (along[1] + back[1]) / size)
    # In an acute corner the tool's way in is opened too, along the bisector.
    way = max(0.0, radius / math.tan(half) - radius)
    near, far = ((x + bisector[0] * d, y + bisector[1] * d) for d in (radius, radius + way))
    shapes: list[BaseGeometry] = [LineString([near, far]) if way else Point(near)]
    shapes += [Point(x + dx * radius, y + dy * radius) for dx, dy in (along, back)]
    return [shape.buffer(radius + 0.005, quad_segs=24) for shape in shapes]


_Direction = tuple[float, float]


def _corners(void: BaseGeometry) -> Iterator[tuple[_Direction, _Direction, _Direction, float]]:
    """Sharp corners that a tool inside the void runs into: the corner, the directions of its two edges,
    half the void's angle (radians)."""
    from shapely.geometry.polygon import orient

    for polygon in polygons_of(void):
        # With the void on the left of every ring, a corner of the void is a left turn.
        polygon = orient(polygon)
        for ring in (polygon.exterior, *polygon.interiors):
            yield from _ring_corners(list(ring.coords)[:-1])


def _ring_corners(
    points: list[tuple[float, ...]],
) -> Iterator[tuple[_Direction, _Direction, _Direction, float]]:
    points = [p for p, q in zip(points, points[1:] + points[:1], strict=True) if math.dist(p, q) > 1e-4]
    if len(points) < 3:
        return
    edges = [(q[0] - p[0], q[1] - p[1]) for p, q in zip(points, points[1:] + points[:1], strict=True)]
    # turns[i]: at points[i], from the edge that arrives to the one that leaves.
    turns = [
        math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])
        for a, b in zip(edges[-1:] + edges[:-1], edges, strict=True)
    ]
    count = len(points)
    for i, turn in enumerate(turns):
        if turn <= SHARP / 2:
            continue
        arriving, leaving = edges[i - 1], edges[i]
        # Chords of an arc: its tangent at the corner is half a chord's turn further.
        before, after = turns[i - 1], turns[(i + 1) % count]
        bend_in = before / 2 if abs(before) < SHARP and _alike(edges[i - 2], arriving) else 0.0
        bend_out = -after / 2 if abs(after) < SHARP and _alike(edges[(i + 1) % count], leaving) else 0.0
        void_angle = math.pi - (turn + bend_out - bend_in)
        if not 1e-3 < void_angle < math.pi - SHARP:
            continue
        ahead, back = _turned(leaving, bend_out), _turned((-arriving[0], -arriving[1]), bend_in)
        yield (points[i][0], points[i][1]), ahead, back, void_angle / 2


def _alike(a: _Direction, b: _Direction) -> bool:
    return abs(math.hypot(*a) - math.hypot(*b)) < 0.02 * math.hypot(*b)


def _turned(vector: _Direction, angle: float) -> _Direction:
    size, cos, sin = math.hypot(*vector), math.cos(angle), math.sin(angle)
    return (vector[0] * cos - vector[1] * sin) / size, (vector[0] * sin + vector[1] * cos) / size


def compare_voids(
    drawn: BaseGeometry, least: BaseGeometry, most: BaseGeometry, room: BaseGeometry | None
) -> Iterator[Divergence]:
    """What is cut must hold ``least`` and stay within ``most`` and the room for reliefs."""
    if missing := substance(least.difference(drawn)):
        yield _divergence("is not cut where it should be", missing)
    extra = drawn.difference(most)
    if room is not None and not extra.is_empty:
        extra = extra.difference(room)
    if found := substance(extra):
        yield _divergence("is cut where it should not be", found)


def uncut(drawn: BaseGeometry, wanted: BaseGeometry, cutter: Cutter) -> Iterator[Divergence]:
    """What a router's tool that stays inside ``drawn`` leaves of ``wanted``."""
    if cutter.tool is None:
        return
    radius = cutter.tool / 2
    swept = drawn.buffer(-radius, quad_segs=24).buffer(radius, quad_segs=24)
    if left := substance(wanted.difference(swept), UNCUT):
        worst = max(polygons_of(left), key=lambda p: p.area)
        point = worst.representative_point()
        yield Divergence(
            f"has no relief that lets the tool of {cutter.tool:g} mm into its corner, or is too narrow for it",
            point.x,
            point.y,
        )


def without_reliefs(drawn: Any, nominal: Any, room: BaseGeometry | None) -> tuple[float, float]:
    """Area (mm²) and boundary (mm) of a drawn polygon, with the nominal one where reliefs may be."""
    if room is None:
        return drawn.area, drawn.length
    area = drawn.difference(room).area + nominal.intersection(room).area
    return area, drawn.boundary.difference(room).length + nominal.boundary.intersection(room).length


def _divergence(text: str, where: BaseGeometry) -> Divergence:
    worst = max(polygons_of(where), key=lambda p: p.area)
    left, low, right, high = worst.bounds
    point = worst.representative_point()
    return Divergence(f"{text}, over {right - left:.2f} × {high - low:.2f} mm", point.x, point.y)
