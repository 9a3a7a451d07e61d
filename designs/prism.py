# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contours become a solid: one extrusion, and recesses set into its top face; no boolean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from designs.contour import Contour
from designs.recesses import RecessWires, with_recesses

if TYPE_CHECKING:
    import cadquery as cq


def prism(
    outline: Contour,
    openings: Iterable[Contour],
    recesses: Sequence[tuple[Contour, float, Sequence[Contour]]],
    thickness: float,
) -> cq.Solid:
    """The solid from z = 0 to ``thickness`` (mm). ``recesses`` of the top face are (contour, depth, islands).

    Nothing may overlap, and all lies inside the outline: whoever draws checks that."""
    import cadquery as cq

    solid = cq.Solid.extrudeLinear(_wire(outline), [_wire(o) for o in openings], cq.Vector(0, 0, thickness))
    if not recesses:
        return solid
    wires = [
        RecessWires(_wire(contour, thickness), [_wire(i, thickness) for i in islands], depth)
        for contour, depth, islands in recesses
    ]
    return with_recesses(solid, thickness, wires)


def _wire(contour: Contour, z: float = 0.0) -> cq.Wire:
    import cadquery as cq

    circle = contour.as_circle()
    if circle:
        x, y, radius = circle
        return cq.Wire.makeCircle(radius, cq.Vector(x, y, z), cq.Vector(0, 0, 1))
    edges = [
        cq.Edge.makeThreePointArc(cq.Vector(*s.start, z), cq.Vector(*s.middle, z), cq.Vector(*s.end, z))
        if s.bulge
        else cq.Edge.makeLine(cq.Vector(*s.start, z), cq.Vector(*s.end, z))
        for s in contour.segments()
    ]
    return cq.Wire.assembleEdges(edges)
