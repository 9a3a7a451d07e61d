# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stopped dado: an edge's long, shallow tongue sits in a closed groove of another panel's face.

No published model uses it: a tongue 6 mm deep holds only with glue or when other joints press on it, and
a laser can't cut its groove; a through tenon comes apart and suits both machines. It is there for
shelves that are captured on all sides, in pieces made on a router.

.. image:: ../../docs/pictures/joint-dado.webp
"""

from __future__ import annotations

from designs.errors import GeometryError
from designs.furniture import Joint
from designs.joinery.meeting import meetings, require
from designs.panel import Panel


def dado(a: Panel, edge: str, b: Panel, *, depth: float, shoulder: float, clearance: float) -> Joint:
    """a's edge keeps a tongue ``depth`` long, ``shoulder`` mm short of both ends, in b's top face.

    b's groove is ``clearance`` wider and longer than the tongue, and half a millimetre deeper, so
    that glue dust or paint never holds the joint open. Only b's top face can be grooved.
    """
    length = a.edge_length(edge) - 2 * shoulder
    if length < 4 * depth:
        raise GeometryError(f"{a.code} {a.name!r}: edge {edge!r} is too short for a dado")
    centre = a.edge_length(edge) / 2
    a.tab(edge, centre, length, depth, chamfer=1.0)
    found = require(list(meetings(a, edge, centre, depth / 2, b)), a, b, f"dado on {edge!r}")
    for m in found:
        if m.z < b.thickness / 2:
            raise GeometryError(f"{b.code} {b.name!r}: {a.code} comes from below; turn it over")
        b.groove(m.x, m.y, length + clearance, a.thickness + clearance, depth + 0.5, m.angle_deg)
    return Joint("dado", a.code, b.code, clearance, tuple(m.world for m in found))
