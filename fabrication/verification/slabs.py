# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A solid in its flat frame, cut into slabs: between two levels of horizontal faces its section is the same.

Each vertical wall that spans a slab gives its piece of the section's line; the pieces are joined into rings.
Walls that are not simple (a notched hole, a free curve) are cut with OpenCASCADE instead, which is slower.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fabrication.verification.rings import Point, arc_points
from fabrication.verification.step import Body

if TYPE_CHECKING:
    from shapely import MultiPolygon, Polygon

#: Levels closer than this (mm) are one; walls may lean by no more over a slab.
FLATNESS = 1e-4
#: Ends of wall pieces this close (mm) are one point.
JOIN = 1e-3


class NotFlatSolidError(ValueError):
    """The solid is no flat part; one line, without the part's code."""


@dataclass(frozen=True)
class Slab:
    """The solid's section, the same for all z between ``bottom`` and ``top`` (mm)."""

    bottom: float
    top: float
    section: Polygon | MultiPolygon


def slabs(solid: Body) -> tuple[Slab, ...]:
    """From z = 0 upwards. Raises NotFlatSolidError."""
    from OCP.TopAbs import TopAbs_FACE
    from OCP.TopExp import TopExp_Explorer
    from OCP.TopoDS import TopoDS

    levels: list[float] = []
    walls: list[_Wall] = []
    explorer = TopExp_Explorer(solid.wrapped, TopAbs_FACE)
    number = 0
    while explorer.More():
        number += 1
        found = _face(TopoDS.Face_s(explorer.Current()), number)
        if isinstance(found, float):
            levels.append(found)
        else:
            walls.append(found)
        explorer.Next()
    heights: list[float] = []
    for level in sorted(levels):
        if not heights or level - heights[-1] > FLATNESS:
            heights.append(level)
    if len(heights) < 2:
        raise NotFlatSolidError("it has no two horizontal faces")
    if abs(heights[0]) > 10 * FLATNESS:
        raise NotFlatSolidError(f"its bottom face is at z = {heights[0]:.3f}, not 0")
    if len(heights) > 40:
        raise NotFlatSolidError(f"it has {len(heights)} levels")
    result = []
    for bottom, top in itertools.pairwise(heights):
        middle = (bottom + top) / 2
        section = _area(_rings(_pieces(walls, middle, solid)))
        result.append(Slab(bottom, top, section))
    return tuple(result)


@dataclass(frozen=True)
class _Wall:
    """A vertical face: the z span, and how to get its line at a height."""

    bottom: float
    top: float
    kind: str  # plane | cylinder | other
    simple: list[Point] | None  # its line, the same at all heights
    uprights: tuple[tuple[float, float, float, float], ...]  # x, y, z from, z to
    circle: tuple[float, float, float] | None = None

    def line(self, z: float) -> list[list[Point]] | None:
        """Lines at this height; None if only a true section can tell."""
        if self.simple is not None:
            return [self.simple]
        crossing = [(x, y) for x, y, low, high in self.uprights if low < z < high]
        if self.kind != "plane" or len(crossing) % 2:
            return None
        crossing.sort()
        return [[a, b] for a, b in zip(crossing[::2], crossing[1::2], strict=True)]


def _face(face: Any, number: int) -> float | _Wall:
    """The level of a horizontal face, or a wall."""
    from OCP.BRepAdaptor import BRepAdaptor_Surface
    from OCP.GeomAbs import GeomAbs_Cylinder, GeomAbs_Plane

    surface = BRepAdaptor_Surface(face)
    kind = surface.GetType()
    if kind == GeomAbs_Plane:
        axis = surface.Plane().Axis().Direction()
        if abs(abs(axis.Z()) - 1) < 1e-9:
            return float(surface.Plane().Location().Z())
        if abs(axis.Z()) > 1e-6:
            raise NotFlatSolidError(f"face {number} is slanted by {math.degrees(math.asin(abs(axis.Z()))):.1f}°")
        return _wall(face, "plane", None)
    if kind == GeomAbs_Cylinder:
        cylinder = surface.Cylinder()
        if abs(abs(cylinder.Axis().Direction().Z()) - 1) > 1e-9:
            raise NotFlatSolidError(f"face {number} is a cylinder that does not stand upright")
        centre = cylinder.Location()
        return _wall(face, "cylinder", (centre.X(), centre.Y(), cylinder.Radius()))
    return _wall(face, "other", None)


def _wall(face: Any, kind: str, circle: tuple[float, float, float] | None) -> _Wall:
    from OCP.BRep import BRep_Tool
    from OCP.BRepAdaptor import BRepAdaptor_Curve
    from OCP.TopAbs import TopAbs_EDGE
    from OCP.TopExp import TopExp_Explorer
    from OCP.TopoDS import TopoDS

    uprights: list[tuple[float, float, float, float]] = []
    level_edges: list[tuple[float, Any, Point, Point]] = []
    seams = 0
    other = False
    explorer = TopExp_Explorer(face, TopAbs_EDGE)
    while explorer.More():
        edge = TopoDS.Edge_s(explorer.Current())
        curve = BRepAdaptor_Curve(edge)
        a, b = curve.Value(curve.FirstParameter()), curve.Value(curve.LastParameter())
        if math.hypot(a.X() - b.X(), a.Y() - b.Y()) < FLATNESS and abs(a.Z() - b.Z()) > FLATNESS:
            uprights.append((a.X(), a.Y(), min(a.Z(), b.Z()), max(a.Z(), b.Z())))
            seams += BRep_Tool.IsClosed_s(edge, face)
        elif abs(a.Z() - b.Z()) < FLATNESS:
            level_edges.append((a.Z(), curve, (a.X(), a.Y()), (b.X(), b.Y())))
        else:
            other = True
        explorer.Next()
    zs = [z for z, *_ in level_edges] or [0.0]
    bottom, top = min(zs), max(zs)
    simple = None
    if not other and len(level_edges) == 2 and len(uprights) in (0, 2):
        simple = _curve_points(level_edges[0][1], circle)
    elif not other and kind == "plane":
        uprights = _once(uprights)
    return _Wall(bottom, top, kind if not other else "other", simple, tuple(uprights), circle)


def _once(uprights: list[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    return list(dict.fromkeys((round(x, 6), round(y, 6), round(a, 6), round(b, 6)) for x, y, a, b in uprights))


def _curve_points(curve: Any, circle: tuple[float, float, float] | None) -> list[Point]:
    """The edge's line in plan."""
    from OCP.GeomAbs import GeomAbs_Circle, GeomAbs_Line

    first, last = curve.FirstParameter(), curve.LastParameter()
    a, b = curve.Value(first), curve.Value(last)
    start, end = (a.X(), a.Y()), (b.X(), b.Y())
    if curve.GetType() == GeomAbs_Line:
        return [start, end]
    if curve.GetType() == GeomAbs_Circle:
        centre = curve.Circle().Location()
        middle = curve.Value((first + last) / 2)
        angle = math.atan2(start[1] - centre.Y(), start[0] - centre.X())
        half = math.atan2(middle.Y() - centre.Y(), middle.X() - centre.X()) - angle
        turn = last - first
        # Which way round: the middle lies half a turn's way along it.
        if math.cos(half - turn / 2) < math.cos(half + turn / 2):
            turn = -turn
        return [start, *arc_points(centre.X(), centre.Y(), curve.Circle().Radius(), angle, turn), end]
    return _free_points(curve)


def _free_points(curve: Any) -> list[Point]:
    from OCP.GCPnts import GCPnts_QuasiUniformDeflection

    points = GCPnts_QuasiUniformDeflection(curve, 0.002)
    if not points.IsDone():
        raise NotFlatSolidError("a curve of it can't be followed")
    return [(points.Value(i).X(), points.Value(i).Y()) for i in range(1, points.NbPoints() + 1)]


def _pieces(walls: list[_Wall], z: float, solid: Body) -> list[list[Point]]:
    pieces: list[list[Point]] = []
    for wall in walls:
        if not wall.bottom < z < wall.top:
            continue
        lines = wall.line(z)
        if lines is None:
            return list(_true_section(solid, z))
        pieces += lines
    return pieces


def _true_section(solid: Body, z: float) -> Iterator[list[Point]]:
    from OCP.BRepAdaptor import BRepAdaptor_Curve
    from OCP.BRepAlgoAPI import BRepAlgoAPI_Section
    from OCP.gp import gp_Dir, gp_Pln, gp_Pnt
    from OCP.TopAbs import TopAbs_EDGE
    from OCP.TopExp import TopExp_Explorer
    from OCP.TopoDS import TopoDS

    section = BRepAlgoAPI_Section(solid.wrapped, gp_Pln(gp_Pnt(0, 0, z), gp_Dir(0, 0, 1)), False)
    section.Build()
    explorer = TopExp_Explorer(section.Shape(), TopAbs_EDGE)
    while explorer.More():
        yield _curve_points(BRepAdaptor_Curve(TopoDS.Edge_s(explorer.Current())), None)
        explorer.Next()


def _rings(pieces: list[list[Point]]) -> list[list[Point]]:
    """Join pieces end to end."""
    rings: list[list[Point]] = []
    ends: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    open_pieces: dict[int, list[Point]] = {}
    for index, piece in enumerate(pieces):
        if math.dist(piece[0], piece[-1]) < JOIN:
            if len(piece) > 3:
                rings.append(piece[:-1])
            continue
        open_pieces[index] = piece
        ends.setdefault(_cell(piece[0]), []).append((index, True))
        ends.setdefault(_cell(piece[-1]), []).append((index, False))
    while open_pieces:
        index, piece = next(iter(open_pieces.items()))
        del open_pieces[index]
        ring = list(piece)
        while math.dist(ring[0], ring[-1]) >= JOIN:
            following = _next_piece(ring[-1], ends, open_pieces)
            if following is None:
                raise NotFlatSolidError(f"its section is open at ({ring[-1][0]:.2f}, {ring[-1][1]:.2f})")
            ring += following[1:]
        rings.append(ring[:-1])
    return rings


def _cell(point: Point) -> tuple[int, int]:
    return round(point[0] / JOIN), round(point[1] / JOIN)


def _next_piece(
    end: Point, ends: dict[tuple[int, int], list[tuple[int, bool]]], open_pieces: dict[int, list[Point]]
) -> list[Point] | None:
    column, row = _cell(end)
    for dx in (0, -1, 1):
        for dy in (0, -1, 1):
            for index, forward in ends.get((column + dx, row + dy), ()):
                piece = open_pieces.get(index)
                if piece is not None and math.dist(piece[0] if forward else piece[-1], end) < JOIN:
                    del open_pieces[index]
                    return piece if forward else piece[::-1]
    return None


def _area(rings: list[list[Point]]) -> Polygon | MultiPolygon:
    """Material by nesting: a ring in an even number of others is an outside, else a hole."""
    from shapely import MultiPolygon, Polygon, STRtree
    from shapely.geometry.polygon import orient

    if not rings:
        raise NotFlatSolidError("it is empty at some height")
    faces = sorted((Polygon(ring) for ring in rings), key=lambda p: -p.area)
    for face in faces:
        if not face.is_valid:
            x, y = face.exterior.coords[0]
            raise NotFlatSolidError(f"its section crosses itself near ({x:.1f}, {y:.1f})")
    tree = STRtree(faces)
    within: dict[int, list[int]] = {i: [] for i in range(len(faces))}
    points = [face.representative_point() for face in faces]
    for inner, outer in zip(*tree.query(points, predicate="within"), strict=True):
        if outer < inner:
            within[int(inner)].append(int(outer))
    holes: dict[int, list[Any]] = {}
    outsides = [i for i in within if len(within[i]) % 2 == 0]
    for i, around in within.items():
        if len(around) % 2:
            holes.setdefault(max(around), []).append(faces[i].exterior.coords)
    polygons = [orient(Polygon(faces[i].exterior.coords, holes.get(i, []))) for i in outsides]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
