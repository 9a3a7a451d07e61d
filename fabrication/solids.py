# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one solid in whatever shape comes in; loose faces, as some programs write them, are sewn together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeSolid, BRepBuilderAPI_Sewing
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS

if TYPE_CHECKING:
    from OCP.TopoDS import TopoDS_Shape

    from fabrication.faces import Refusal

#: Edges nearer than this (mm) are one edge when loose faces are sewn.
SEWING_TOLERANCE = 1e-5


def one_solid(shape: Any, refuse: Refusal) -> TopoDS_Shape:
    """``shape`` is CadQuery's or OpenCASCADE's own. Raises NotFlatError for anything but one solid, or one
    set of faces that closes."""
    wrapped = getattr(shape, "wrapped", shape)
    if wrapped is None or not hasattr(wrapped, "ShapeType") or wrapped.IsNull():
        refuse("there is no shape in it", "elle ne contient aucune forme")
    solids = _parts(wrapped, TopAbs_ShapeEnum.TopAbs_SOLID)
    if not solids:
        solids = _sewn(wrapped)
    if not solids:
        kind = str(wrapped.ShapeType()).rsplit("_", 1)[-1].lower()
        refuse(f"it is {'an' if kind == 'edge' else 'a'} {kind}, not a solid", "ce n’est pas un solide")
    if len(solids) > 1:
        refuse(f"it is {len(solids)} solids, not one", f"elle est faite de {len(solids)} solides au lieu d’un seul")
    return solids[0]


def _parts(shape: TopoDS_Shape, kind: TopAbs_ShapeEnum) -> list[TopoDS_Shape]:
    result, explorer = [], TopExp_Explorer(shape, kind)
    while explorer.More():
        result.append(explorer.Current())
        explorer.Next()
    return result


def _sewn(shape: TopoDS_Shape) -> list[TopoDS_Shape]:
    """Solids from the closed shells that the shape's faces make; none if no shell closes."""
    faces = _parts(shape, TopAbs_ShapeEnum.TopAbs_FACE)
    if not faces:
        return []
    sewing = BRepBuilderAPI_Sewing(SEWING_TOLERANCE)
    for face in faces:
        sewing.Add(face)
    sewing.Perform()
    shells = _parts(sewing.SewedShape(), TopAbs_ShapeEnum.TopAbs_SHELL)
    if not shells or any(not shell.Closed() for shell in shells):
        return []
    return [BRepBuilderAPI_MakeSolid(TopoDS.Shell_s(shell)).Solid() for shell in shells]
