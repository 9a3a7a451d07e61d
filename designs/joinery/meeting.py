# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a spot on one panel's edge lies on another panel, for all copies of both."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from designs.errors import GeometryError
from designs.panel import Panel
from designs.placing import Vector, to_local, to_world

#: Panels are placed by hand-written sums of thicknesses: a tenth forgives none of the real mistakes.
TOLERANCE = 0.1


class Meeting(NamedTuple):
    """A spot of panel a, seen in panel b's own frame."""

    x: float
    y: float
    angle_deg: float  # of a's edge, 0…180
    z: float
    world: Vector


def meetings(a: Panel, edge: str, s: float, n: float, b: Panel) -> Iterator[Meeting]:
    """Where the middle of a's thickness, ``s`` mm along an edge and ``n`` mm outside it, falls
    inside b's thickness and outline, for every pair of copies.

    Copies may reach the same place of b: a panel does not cut the same thing twice."""
    x, y = a.on_edge(edge, s, n)
    (x0, y0), (x1, y1) = a.edge(edge)
    length = math.dist((x0, y0), (x1, y1))
    ahead = (x + (x1 - x0) / length, y + (y1 - y0) / length)
    xs, ys = [c.x for c in b.corners], [c.y for c in b.corners]
    for here in a.at:
        world = to_world(here, (x, y, a.thickness / 2))
        further = to_world(here, (*ahead, a.thickness / 2))
        for there in b.at:
            u, v, w = to_local(there, world)
            if not (-TOLERANCE <= w <= b.thickness + TOLERANCE):
                continue
            if not (min(xs) < u < max(xs) and min(ys) < v < max(ys)):
                continue
            du, dv, dw = (q - p for p, q in zip((u, v, w), to_local(there, further), strict=True))
            if abs(dw) > 1e-6:
                raise GeometryError(f"{a.code} {a.name!r}: edge {edge!r} is not parallel to {b.code} {b.name!r}")
            angle = math.degrees(math.atan2(dv, du)) % 180
            # Right angles are meant exactly: the kernel's rounding must not turn a slot by 1e-13°.
            yield Meeting(u, v, round(angle, 9) % 180, w, world)


def require(found: list[Meeting], a: Panel, b: Panel, what: str) -> list[Meeting]:
    if not found:
        raise GeometryError(f"{a.code} {a.name!r}: its {what} meets no {b.code} {b.name!r}")
    return found


def spread(length: float, count: int, width: float) -> list[float]:
    """Centres of ``count`` equal features on an edge, the gaps and both ends equal."""
    gap = (length - count * width) / (count + 1)
    if gap <= 0:
        raise GeometryError(f"{count} features of {width:.0f} mm do not fit on an edge of {length:.0f} mm")
    return [gap + width / 2 + i * (gap + width) for i in range(count)]
