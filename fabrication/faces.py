# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a solid's faces as those of a flat part: level faces with their loops, upright walls, and nothing else."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from OCP.BRep import BRep_Tool
from OCP.BRepAdaptor import BRepAdaptor_Curve, BRepAdaptor_Surface
from OCP.BRepGProp import BRepGProp
from OCP.BRepTools import BRepTools_WireExplorer
from OCP.GeomAbs import GeomAbs_CurveType, GeomAbs_SurfaceType
from OCP.GProp import GProp_GProps
from OCP.TopAbs import TopAbs_Orientation, TopAbs_ShapeEnum
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopoDS import TopoDS, TopoDS_Iterator
from OCP.TopTools import TopTools_IndexedDataMapOfShapeListOfShape

from designs.contour import Segment
from designs.typography import typeset
from fabrication.errors import NotFlatError
from fabrication.loops import TOLERANCE, Loop, reverse, signed_area

if TYPE_CHECKING:
    from OCP.gp import gp_Dir
    from OCP.TopoDS import TopoDS_Edge, TopoDS_Face, TopoDS_Shape, TopoDS_Wire

#: Radians. Programs that write STEP round directions; 1e-5 over 20 mm is 0.2 µm.
ANGULAR_TOLERANCE = 1e-5

_REVERSED = TopAbs_Orientation.TopAbs_REVERSED
_PLANE = GeomAbs_SurfaceType.GeomAbs_Plane
_CYLINDER = GeomAbs_SurfaceType.GeomAbs_Cylinder
_LINE = GeomAbs_CurveType.GeomAbs_Line
_CIRCLE = GeomAbs_CurveType.GeomAbs_Circle


class Refusal:
    """Raises NotFlatError about one part, in both languages."""

    def __init__(self, code: str, name: str) -> None:
        self._english = f"{code} {name!r}" if name else code
        self._french = f"{code} « {name} »" if name else code

    def __call__(self, english: str, french: str) -> NoReturn:
        raise NotFlatError(f"{self._english}: {english}", typeset(f"{self._french} : {french}."))

    def face(self, number: int, english: str, french: str) -> NoReturn:
        self(f"face {number} {english}", f"la face {number} {french}")


@dataclass
class Hole:
    """A loop inside a level face, counter-clockwise; ``deeper`` if the part falls away from this
    face all along it, else something rises from the face (an island)."""

    loop: Loop
    deeper: bool


@dataclass
class LevelFace:
    """A plane face across the part's axis: ``number`` counts the solid's faces from 1; ``measured`` is
    the area that the kernel integrates over it (mm²), ``area`` that of the loops that were read."""

    number: int
    level: float
    up: bool
    outer: Loop  # counter-clockwise seen from +Z
    holes: list[Hole]
    measured: float

    @property
    def area(self) -> float:
        return signed_area(self.outer) - sum(signed_area(h.loop) for h in self.holes)


def faces_of(shape: TopoDS_Shape) -> list[TopoDS_Face]:
    """In the kernel's order, which is also CadQuery's."""
    result, explorer = [], TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_FACE)
    while explorer.More():
        result.append(TopoDS.Face_s(explorer.Current()))
        explorer.Next()
    return result


def plane_normal(surface: BRepAdaptor_Surface, face: TopoDS_Face) -> gp_Dir | None:
    """Outward unit normal if the face is plane (also if its plane is written as a B-spline), else None."""
    if surface.GetType() == _PLANE:
        position = surface.Plane().Position()
        normal = position.XDirection().Crossed(position.YDirection())
    else:
        from OCP.GeomLib import GeomLib_IsPlanarSurface

        if surface.GetType() not in (
            GeomAbs_SurfaceType.GeomAbs_BSplineSurface,
            GeomAbs_SurfaceType.GeomAbs_BezierSurface,
            GeomAbs_SurfaceType.GeomAbs_SurfaceOfExtrusion,
        ):
            return None
        if not GeomLib_IsPlanarSurface(BRep_Tool.Surface_s(face), TOLERANCE).IsPlanar():
            return None
        normal = _normal_at(surface, 0.5, 0.5)
        if normal is None:
            return None
    return normal.Reversed() if face.Orientation() == _REVERSED else normal


def _normal_at(surface: BRepAdaptor_Surface, s: float, t: float) -> gp_Dir | None:
    from OCP.gp import gp_Dir, gp_Pnt, gp_Vec

    u = surface.FirstUParameter() * (1 - s) + surface.LastUParameter() * s
    v = surface.FirstVParameter() * (1 - t) + surface.LastVParameter() * t
    du, dv = gp_Vec(), gp_Vec()
    surface.D1(u, v, gp_Pnt(), du, dv)
    normal = du.Crossed(dv)
    return gp_Dir(normal) if normal.Magnitude() > 1e-12 else None


def read_level_faces(solid: TopoDS_Shape, refuse: Refusal) -> list[LevelFace]:
    """All faces across Z, if every other face is an upright wall; else raises NotFlatError."""
    edges = TopTools_IndexedDataMapOfShapeListOfShape()
    TopExp.MapShapesAndAncestors_s(solid, TopAbs_ShapeEnum.TopAbs_EDGE, TopAbs_ShapeEnum.TopAbs_FACE, edges)
    _refuse_open_shell(edges, refuse)
    level: list[tuple[int, TopoDS_Face, bool, float]] = []
    for number, face in enumerate(faces_of(solid), start=1):
        surface = BRepAdaptor_Surface(face, False)
        normal = plane_normal(surface, face)
        if normal is None:
            _check_wall(surface, face, number, refuse)
            continue
        z = normal.Z()
        if math.hypot(normal.X(), normal.Y()) <= ANGULAR_TOLERANCE:
            surface.Initialize(face, True)
            height = surface.Value(surface.FirstUParameter(), surface.FirstVParameter()).Z()
            level.append((number, face, z > 0, height))
        elif abs(z) > ANGULAR_TOLERANCE:
            _refuse_slanted(z, number, refuse)
    top = max((height for _, _, up, height in level if up), default=0.0) - TOLERANCE
    bottom = min((height for _, _, up, height in level if not up), default=0.0) + TOLERANCE
    return [
        _level_face(number, face, up, height, edges if bottom < height < top else None, refuse)
        for number, face, up, height in level
    ]


def _refuse_open_shell(edges: TopTools_IndexedDataMapOfShapeListOfShape, refuse: Refusal) -> None:
    for index in range(1, edges.Extent() + 1):
        if edges.FindFromIndex(index).Size() < 2:
            edge = TopoDS.Edge_s(edges.FindKey(index))
            if not BRep_Tool.Degenerated_s(edge):
                refuse("its faces do not close: it is no solid", "ses faces ne se ferment pas, ce n’est pas un solide")


def _refuse_slanted(normal_z: float, number: int, refuse: Refusal) -> NoReturn:
    tilt = math.degrees(math.asin(min(1.0, abs(normal_z))))
    angle = min(tilt, 90 - tilt)
    figure = f"{angle:.1f}" if angle >= 0.05 else f"{angle:.2g}"
    refuse.face(number, f"is slanted by {figure}°", f"est inclinée de {figure}°")


def _check_wall(surface: BRepAdaptor_Surface, face: TopoDS_Face, number: int, refuse: Refusal) -> None:
    """Accept a curved face only if it stands upright; else say what it is."""
    kind = surface.GetType()
    if kind == _CYLINDER:
        cylinder = surface.Cylinder()
        axis = cylinder.Axis().Direction()
        if math.hypot(axis.X(), axis.Y()) <= ANGULAR_TOLERANCE:
            return
        inward = (face.Orientation() == _REVERSED) == cylinder.Direct()
        size = f"Ø {2 * cylinder.Radius():.4g} mm"
        if abs(axis.Z()) > ANGULAR_TOLERANCE:
            tilt = math.degrees(math.acos(min(1.0, abs(axis.Z()))))
            what = "hole" if inward else "cylinder"
            refuse.face(
                number,
                f"is a slanted {what} ({size}, {tilt:.1f}° from upright)",
                f"est un {'perçage' if inward else 'cylindre'} incliné de {tilt:.1f}°",
            )
        if inward:
            refuse.face(number, f"is a hole bored from the side ({size})", "est un perçage dans le chant")
        refuse.face(number, f"is a rounded edge (radius {cylinder.Radius():.4g} mm)", "est une arête arrondie")
    if kind == GeomAbs_SurfaceType.GeomAbs_Cone:
        angle = abs(math.degrees(surface.Cone().SemiAngle()))
        refuse.face(
            number,
            f"is conical (a countersink or a draft of {angle:.1f}°)",
            f"est conique (fraisure ou dépouille de {angle:.1f}°)",
        )
    if kind in (GeomAbs_SurfaceType.GeomAbs_Sphere, GeomAbs_SurfaceType.GeomAbs_Torus):
        refuse.face(number, "is rounded (a sphere or a torus)", "est arrondie (sphère ou tore)")
    for s in (0.02, 0.25, 0.5, 0.75, 0.98):
        for t in (0.02, 0.25, 0.5, 0.75, 0.98):
            normal = _normal_at(surface, s, t)
            if normal is not None and abs(normal.Z()) > ANGULAR_TOLERANCE:
                refuse.face(number, "is a free-form surface", "est une surface gauche")


def _level_face(number: int, face: TopoDS_Face, up: bool, height: float, edges: Any, refuse: Refusal) -> LevelFace:
    """``edges`` is None for a face that nothing can rise from."""
    loops: list[tuple[float, Loop, TopoDS_Wire]] = []
    wires = TopoDS_Iterator(face)
    while wires.More():
        if wires.Value().ShapeType() == TopAbs_ShapeEnum.TopAbs_WIRE:
            wire = TopoDS.Wire_s(wires.Value())
            loop = _read_wire(wire, face, number, refuse)
            area = signed_area(loop)
            loops.append((abs(area), loop if area > 0 else reverse(loop), wire))
        wires.Next()
    outer = max(range(len(loops)), key=lambda i: loops[i][0])
    holes = [
        Hole(loop, edges is None or all(_falls(edge, face, height, up, edges) for edge in _edges(wire)))
        for i, (_, loop, wire) in enumerate(loops)
        if i != outer
    ]
    properties = GProp_GProps()
    BRepGProp.SurfaceProperties_s(face, properties)
    return LevelFace(number, height, up, loops[outer][1], holes, float(properties.Mass()))


def _edges(wire: TopoDS_Wire) -> list[TopoDS_Edge]:
    result, iterator = [], TopoDS_Iterator(wire)
    while iterator.More():
        result.append(TopoDS.Edge_s(iterator.Value()))
        iterator.Next()
    return result


def _falls(edge: TopoDS_Edge, face: TopoDS_Face, height: float, up: bool, edges: Any) -> bool:
    """Whether the wall along ``edge`` goes away from the side that ``face`` looks to."""
    two = edges.FindFromKey(edge)  # First and Last: walking the list copies it, which is slow
    wall = two.Last() if two.First().IsSame(face) else two.First()
    explorer = TopExp_Explorer(wall, TopAbs_ShapeEnum.TopAbs_VERTEX)
    while explorer.More():
        z = BRep_Tool.Pnt_s(TopoDS.Vertex_s(explorer.Current())).Z()
        if (z - height if up else height - z) > TOLERANCE:
            return False
        explorer.Next()
    return True


def _read_wire(wire: TopoDS_Wire, face: TopoDS_Face, number: int, refuse: Refusal) -> Loop:
    loop: Loop = []
    explorer = BRepTools_WireExplorer(wire, face)
    count = 0
    while explorer.More():
        edge = explorer.Current()
        segments = _read_edge(edge)
        if segments is None:
            refuse.face(
                number,
                "has an edge that is neither a straight line nor an arc of a circle (spline, ellipse)",
                "a une arête qui n’est ni une droite ni un arc de cercle (spline, ellipse)",
            )
        loop += reverse(segments) if edge.Orientation() == _REVERSED else segments
        count += 1
        explorer.Next()
    closed = all(math.dist(a.end, b.start) < 1e-3 for a, b in zip(loop, loop[1:] + loop[:1], strict=True))
    if count != wire.NbChildren() or not loop or not closed:
        refuse.face(number, "has an edge loop that does not close", "a un contour qui ne se ferme pas")
    return loop


def _read_edge(edge: TopoDS_Edge) -> list[Segment] | None:
    """Segments of an edge that lies across Z (two for a full circle); None if it is neither line nor arc."""
    curve = BRepAdaptor_Curve(edge)
    kind = curve.GetType()
    first, last = curve.FirstParameter(), curve.LastParameter()
    p, q = curve.Value(first), curve.Value(last)
    start, end = (p.X(), p.Y()), (q.X(), q.Y())
    if kind == _LINE:
        return [Segment(start, end, 0.0)]
    if kind == _CIRCLE:
        angle = math.copysign(last - first, curve.Circle().Axis().Direction().Z())
    else:
        points = [curve.Value(first + (last - first) * i / 16) for i in range(17)]
        fitted = _fit([(r.X(), r.Y()) for r in points])
        if fitted is None or fitted == 0.0:
            return None if fitted is None else [Segment(start, end, 0.0)]
        angle = fitted
    if abs(angle) < 1.9 * math.pi:
        return [Segment(start, end, math.tan(angle / 4))]
    r = curve.Value((first + last) / 2)
    if kind != _CIRCLE and abs(abs(angle) - 2 * math.pi) > 1e-9:
        return None  # where a free curve has its middle is not known
    middle = (r.X(), r.Y())
    half = math.tan(angle / 8)
    return [Segment(start, middle, half), Segment(middle, end, half)]


def _fit(points: list[tuple[float, float]]) -> float | None:
    """0 for points on a straight line, the signed angle for points along an arc, None for anything else."""
    (x0, y0), (x1, y1), (x2, y2) = points[0], points[5], points[11]
    xe, ye = points[-1]
    chord = math.hypot(xe - x0, ye - y0)
    if chord > TOLERANCE and all(
        abs((x - x0) * (ye - y0) - (y - y0) * (xe - x0)) <= TOLERANCE * chord for x, y in points
    ):
        return 0.0
    ax, ay, bx, by = x1 - x0, y1 - y0, x2 - x0, y2 - y0
    cross = 2 * (ax * by - ay * bx)
    if abs(cross) < 1e-12:
        return None
    a2, b2 = ax * ax + ay * ay, bx * bx + by * by
    cx, cy = x0 + (by * a2 - ay * b2) / cross, y0 + (ax * b2 - bx * a2) / cross
    radius = math.hypot(x0 - cx, y0 - cy)
    if any(abs(math.hypot(x - cx, y - cy) - radius) > TOLERANCE for x, y in points):
        return None
    angles = [math.atan2(y - cy, x - cx) for x, y in points]
    total = sum((b - a + math.pi) % (2 * math.pi) - math.pi for a, b in itertools.pairwise(angles))
    return total
