# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finger joint: two edges that meet at a corner.

.. image:: ../../docs/pictures/joint-finger.webp
"""

from __future__ import annotations

import math

from designs.furniture import Joint
from designs.joinery.meeting import meetings, require
from designs.panel import Panel


def finger(a: Panel, edge_a: str, b: Panel, edge_b: str, *, count: int, clearance: float) -> Joint:
    """``count`` fingers of a pass through notches in b's edge, flush on both faces.

    b reaches to a's outer face, a ends at b's inner face. The edge is cut in 2 · count + 1 equal
    stretches; a's fingers take every other one, so that b keeps both ends.
    """
    length = a.edge_length(edge_a)
    width = length / (2 * count + 1)
    contacts = []
    for i in range(count):
        centre = width * (2 * i + 1.5)
        a.tab(edge_a, centre, width, b.thickness)
        for m in require(list(meetings(a, edge_a, centre, b.thickness / 2, b)), a, b, f"finger on {edge_a!r}"):
            (x0, y0), (x1, y1) = b.edge(edge_b)
            run = math.dist((x0, y0), (x1, y1))
            s = ((m.x - x0) * (x1 - x0) + (m.y - y0) * (y1 - y0)) / run
            b.notch(edge_b, s, width + clearance, a.thickness)
            contacts.append(m.world)
    return Joint("finger", a.code, b.code, clearance, tuple(contacts))
