# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cross-lap: two upright panels cross, each with a slot of half the height.

.. image:: ../../docs/pictures/joint-cross-lap.webp
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from designs.errors import GeometryError
from designs.furniture import Joint
from designs.panel import Panel
from designs.placing import Vector, to_local, to_world

if TYPE_CHECKING:
    import cadquery as cq


def cross_lap(a: Panel, edge_a: str, b: Panel, edge_b: str, *, clearance: float, lip: float = 0.0) -> Joint:
    """a is slotted from ``edge_a``, b from ``edge_b``; they slide into each other.

    The two edges lie on opposite sides of the crossing. Slots are ``clearance`` wider than the
    other's thickness, and together ``clearance`` deeper than the crossing is high. ``lip`` is the radius of their mouths, where the joint is opened again.
    """
    contacts: list[Vector] = []
    for slotted, edge, other, opposite in ((a, edge_a, b, edge_b), (b, edge_b, a, edge_a)):
        cut: list[float] = []
        for here in slotted.at:
            for there in other.at:
                near = _crossing(slotted, edge, here, there, other.thickness)
                away = _crossing(other, opposite, there, here, slotted.thickness)
                if near is None or away is None:
                    continue
                (s, mouth), (_, far) = near, away
                height = math.dist(mouth, far)
                middle = ((mouth[0] + far[0]) / 2, (mouth[1] + far[1]) / 2, (mouth[2] + far[2]) / 2)
                if not (_covers(slotted, here, middle) and _covers(other, there, middle)):
                    continue  # copies that stand elsewhere, in each other's plane
                if all(abs(s - done) >= 0.1 for done in cut):
                    cut.append(s)
                    slotted.notch(edge, s, other.thickness + clearance, (height + clearance) / 2, lip)
                if slotted is a:
                    contacts.append(middle)
        if not cut:
            raise GeometryError(f"{slotted.code} {slotted.name!r} does not cross {other.code} {other.name!r}")
    return Joint("cross-lap", a.code, b.code, clearance, tuple(contacts))


def _covers(panel: Panel, here: cq.Location, point: Vector) -> bool:
    """Whether a point of the piece lies over the panel's rectangle."""
    x, y, _ = to_local(here, point)
    xs, ys = [c.x for c in panel.corners], [c.y for c in panel.corners]
    return min(xs) < x < max(xs) and min(ys) < y < max(ys)


def _crossing(
    panel: Panel, edge: str, here: cq.Location, there: cq.Location, other_thickness: float
) -> tuple[float, Vector] | None:
    """Where an edge's middle line passes the middle plane of the other panel: s along the edge and
    the world point, or None."""
    (x0, y0), (x1, y1) = panel.edge(edge)
    middle = panel.thickness / 2
    z0 = to_local(there, to_world(here, (x0, y0, middle)))[2] - other_thickness / 2
    z1 = to_local(there, to_world(here, (x1, y1, middle)))[2] - other_thickness / 2
    if z0 * z1 >= 0:
        return None
    s = panel.edge_length(edge) * z0 / (z0 - z1)
    return s, to_world(here, (*panel.on_edge(edge, s), middle))
