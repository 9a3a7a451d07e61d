# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recesses in a panel's top face, put together face by face.

A boolean cut would find the same faces by intersecting everything with everything, three times as
slowly; here it is known where they are: each recess lies inside the top face and meets nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import cadquery as cq
    from OCP.TopoDS import TopoDS_Face, TopoDS_Shape


class RecessWires(NamedTuple):
    """A recess as wires on the top face, all counter-clockwise; ``depth`` in mm."""

    outer: cq.Wire
    islands: Sequence[cq.Wire]
    depth: float


def with_recesses(solid: cq.Solid, thickness: float, recesses: Iterable[RecessWires]) -> cq.Solid:
    """The solid, a prism from z = 0 to ``thickness``, with its top face hollowed out.

    Recesses must lie inside the top face and apart from each other (``Panel`` checks that). Walls
    and floors share their edges with the top face, so the shell closes without sewing.
    """
    import cadquery as cq
    from OCP.BRep import BRep_Builder
    from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace
    from OCP.BRepLib import BRepLib
    from OCP.BRepPrimAPI import BRepPrimAPI_MakePrism
    from OCP.gp import gp_Vec
    from OCP.ShapeFix import ShapeFix_Shell
    from OCP.TopoDS import TopoDS, TopoDS_Shell, TopoDS_Solid

    faces = _faces(solid.wrapped)
    top = next(f for f in faces if _is_level(f, thickness))
    hollowed = BRepBuilderAPI_MakeFace(top)
    shell_faces = [f for f in faces if not f.IsSame(top)]
    for outer, islands, depth in recesses:
        hollowed.Add(TopoDS.Wire_s(outer.wrapped.Reversed()))
        rims = [outer, *islands]
        feet = []
        for rim in rims:
            walls = BRepPrimAPI_MakePrism(rim.wrapped, gp_Vec(0, 0, -depth))
            shell_faces += _faces(walls.Shape())
            feet.append(TopoDS.Wire_s(walls.LastShape()))
        floor = BRepBuilderAPI_MakeFace(feet[0], True)
        for foot in feet[1:]:
            floor.Add(TopoDS.Wire_s(foot.Reversed()))
        shell_faces.append(floor.Face())
        shell_faces += [BRepBuilderAPI_MakeFace(island.wrapped, True).Face() for island in islands]

    builder, shell = BRep_Builder(), TopoDS_Shell()
    builder.MakeShell(shell)
    for face in [hollowed.Face(), *shell_faces]:
        builder.Add(shell, face)
    fix = ShapeFix_Shell(shell)
    fix.FixFaceOrientation(shell)
    result = TopoDS_Solid()
    builder.MakeSolid(result)
    builder.Add(result, fix.Shell())
    BRepLib.OrientClosedSolid_s(result)
    return cq.Solid(result)


def _faces(shape: TopoDS_Shape) -> list[TopoDS_Face]:
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer
    from OCP.TopoDS import TopoDS

    found, explorer = [], TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_FACE)
    while explorer.More():
        found.append(TopoDS.Face_s(explorer.Current()))
        explorer.Next()
    return found


def _is_level(face: TopoDS_Face, z: float) -> bool:
    """A plane face across Z at that height."""
    from OCP.BRepAdaptor import BRepAdaptor_Surface
    from OCP.GeomAbs import GeomAbs_SurfaceType

    surface = BRepAdaptor_Surface(face)
    if surface.GetType() != GeomAbs_SurfaceType.GeomAbs_Plane:
        return False
    plane = surface.Plane()
    return bool(abs(plane.Axis().Direction().Z()) > 0.999 and abs(plane.Location().Z() - z) < 1e-6)
