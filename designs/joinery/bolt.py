# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bolts and screws: through a face into a barrel nut or wood in another panel's edge, or through two faces.

.. image:: ../../docs/pictures/joint-barrel-nut.webp
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from designs.contour import Point
from designs.errors import GeometryError
from designs.furniture import Joint
from designs.joinery.meeting import meetings, require
from designs.joinery.trade import bolts, connectors, nut_distance, screws
from designs.panel import Panel, Step
from designs.placing import Vector, to_local, to_world

#: M8: clearance hole of ISO 273 (medium fit), barrel nut Ø 14 with a little air.
BOLT_HOLE = 9.0
NUT_HOLE = 14.4


def barrel_nut(
    a: Panel, edge: str, b: Panel, *, at: Sequence[float], clearance: float, head: str = "ISO 7380-2"
) -> Joint:
    """An M8 bolt through b into a barrel nut that lies in a, behind its edge.

    The nut lies where a bolt of the trade's length reaches it: ``nut_distance`` of b's thickness.
    The bolt's channel is cut through a's whole thickness together with the nut's hole: a keyhole
    that a router cuts from above, where drilling an edge would want a jig.
    """
    contacts = []
    for centre in at:
        r, half = NUT_HOLE / 2, BOLT_HOLE / 2
        neck = nut_distance(b.thickness) - math.sqrt(r * r - half * half)
        # Round the nut from one wall of the channel to the other: all but the neck's own arc.
        bulge = -math.tan((2 * math.pi - 2 * math.asin(half / r)) / 4)
        a.shape_edge(
            edge,
            [Step(centre - half, 0), Step(centre - half, -neck, bulge), Step(centre + half, -neck),
             Step(centre + half, 0)],
        )  # fmt: skip
        for m in require(list(meetings(a, edge, centre, b.thickness / 2, b)), a, b, f"bolt on {edge!r}"):
            b.hole(m.x, m.y, BOLT_HOLE)
            contacts.append(m.world)
    bought = connectors(head, a.thickness, b.thickness, len(contacts))
    return Joint("barrel-nut", a.code, b.code, clearance, tuple(contacts), bought)


#: A wood screw of 5 mm goes through freely; its head of 10 mm does not.
SCREW_HOLE = 6.0


def screwed(a: Panel, edge: str, b: Panel, *, at: Sequence[float]) -> Joint:
    """Wood screws through b's face into a's edge: they keep short tenons from backing out.

    b gets a hole for each; a's edge is pre-drilled by hand through it. A screw comes out again, and
    stays inside where a is ``SCREW_REACH`` mm deep and a little more.
    """
    contacts = []
    for centre in at:
        for m in require(list(meetings(a, edge, centre, b.thickness / 2, b)), a, b, f"screw on {edge!r}"):
            b.hole(m.x, m.y, SCREW_HOLE)
            contacts.append(m.world)
    return Joint("screwed", a.code, b.code, 0.0, tuple(contacts), screws(b.thickness, len(contacts)))


#: Medium fit of ISO 273.
THROUGH_HOLE = {8: BOLT_HOLE, 6: 6.6}


def bolted(
    a: Panel, b: Panel, *, at: Sequence[Point], head: str = "ISO 7380-2", size: int = 8, between: float = 0.0,
    washers: int = 0,
) -> Joint:  # fmt: skip
    """Bolts of M ``size`` with lock nuts through two panels that lie face to face; ``at`` in a's own frame.

    ``between`` is the thickness of what else they hold (a caster's plate), ``washers`` lie on each.
    """
    diameter = THROUGH_HOLE[size]
    contacts: list[Vector] = []
    done: list[Point] = []
    for x, y in at:
        a.hole(x, y, diameter)
        reached = 0
        for here in a.at:
            world = to_world(here, (x, y, a.thickness / 2))
            for there in b.at:
                u, v, w = to_local(there, world)
                xs, ys = [c.x for c in b.corners], [c.y for c in b.corners]
                apart = abs(w - b.thickness / 2) - (a.thickness + b.thickness) / 2
                if abs(apart) > 0.5 or not (min(xs) < u < max(xs) and min(ys) < v < max(ys)):
                    continue
                reached += 1
                contacts.append(world)
                if all(math.dist((u, v), p) > 0.1 for p in done):
                    done.append((u, v))
                    b.hole(u, v, diameter)
        if not reached:
            raise GeometryError(f"{a.code} {a.name!r}: its bolt at {x:.0f}, {y:.0f} mm meets no {b.code} {b.name!r}")
    bought = bolts(head, size, a.thickness + b.thickness + between, washers, len(contacts))
    return Joint("bolted", a.code, b.code, 0.0, tuple(contacts), bought)
