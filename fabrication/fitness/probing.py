# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Feeling along a line through a body: where wood begins and ends (mm)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from shapely import LineString, Point

from fabrication.fitness.bodies import Body

#: As far as a line is followed to either side.
FAR = 3000.0
_FLAT = 1e-6


class Span(NamedTuple):
    """A stretch of a line, measured from the point that it goes through."""

    start: float
    end: float


def wood_along(body: Body, point: np.ndarray, direction: np.ndarray) -> list[Span]:
    """The stretches of a line that lie in the wood; the unit direction runs along the sheet or across it.

    Raises ValueError for a line that is aslant to the sheet.
    """
    x, y, z = body.to_local(point)
    dx, dy, dz = body.turned(direction)
    if math.hypot(dx, dy) < _FLAT:
        here = Point(x, y)
        across = [(low - z, high - z) for low, high, wood in body.shape.layers if wood.intersects(here)]
        return _joined([(a, b) if dz > 0 else (-b, -a) for a, b in across])
    if abs(dz) > _FLAT:
        raise ValueError(f"the line is aslant to {body.name}")
    line = LineString([(x - FAR * dx, y - FAR * dy), (x + FAR * dx, y + FAR * dy)])
    pieces = body.shape.wood_at(float(z)).intersection(line)
    spans = []
    for piece in getattr(pieces, "geoms", [pieces]):
        if isinstance(piece, LineString) and not piece.is_empty:
            ends = sorted((cx - x) * dx + (cy - y) * dy for cx, cy in piece.coords)
            spans.append((ends[0], ends[-1]))
    return _joined(spans)


def distance(body: Body, point: np.ndarray) -> float:
    """From a point to the wood."""
    x, y, z = body.to_local(point)
    here = Point(x, y)
    return min(math.hypot(wood.distance(here), max(low - z, z - high, 0.0)) for low, high, wood in body.shape.layers)


def _joined(spans: list[tuple[float, float]]) -> list[Span]:
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start - result[-1].end < 1e-6:
            result[-1] = Span(result[-1].start, max(end, result[-1].end))
        else:
            result.append(Span(start, end))
    return result
