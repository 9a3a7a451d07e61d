# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What round tools take away: for any height, the ground that their tips swept at or below it.

Depth is linear along lines, arcs and helices, so a move is cut exactly where it passes the height: there
are no steps in depth. In plan, an arc's chords stay within 0.001 mm, a tool's polygon of 96 corners lies
at most 0.0006 of its radius inside its circle (0.002 mm for 6 mm): what is swept is never made too large.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fabrication.verification.moves import Flat, Motion

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

_QUAD_SEGMENTS = 24
#: Points of one stroke at most: short ones are found faster.
_STROKE = 48


class Sweep:
    """Cutting moves of round tools; ``radii`` (mm) by tool number. Moves of other tools are left out."""

    def __init__(self, motions: Sequence[Motion], radii: Mapping[int, float]) -> None:
        self.radii = radii
        self.motions = [m for m in motions if not m.rapid and m.tool in radii]
        self._levels: dict[float, Level] = {}

    def below(self, height: float) -> Level:
        """Everything that was swept with the tip at or below ``height`` (mm, as in the file)."""
        found = self._levels.get(round(height, 4))
        if found is None:
            found = self._levels[round(height, 4)] = Level(list(self._strokes(height)))
        return found

    def _strokes(self, height: float) -> Iterator[tuple[list[Flat], float]]:
        """Polylines of the tools' centres, each piece of the way once, with their radii."""
        seen: set[tuple[float, ...]] = set()
        stroke: list[Flat] = []
        radius = 0.0
        lows, highs, keys = self._heights
        for index in (lows <= height).nonzero()[0].tolist():
            motion = self.motions[index]
            part = motion if highs[index] <= height else motion.below(height)
            if part is None or (key := keys[index] if part is motion else _key(part)) in seen:
                continue
            seen.add(key)
            points, its = part.points, self.radii[motion.tool]
            if stroke and (its != radius or len(stroke) > _STROKE or stroke[-1] != points[0]):
                yield stroke, radius
                stroke = []
            radius = its
            stroke += points[1:] if stroke else points
        if stroke:
            yield stroke, radius

    @cached_property
    def _heights(self) -> tuple[Any, Any, list[tuple[float, ...]]]:
        """Lowest and highest tips, and keys, of all moves."""
        import numpy as np

        tips = np.array([(m.start[2], m.end[2]) for m in self.motions]).reshape(-1, 2)
        return tips.min(axis=1), tips.max(axis=1), [_key(m) for m in self.motions]


class Level:
    """All strokes at or below one height."""

    def __init__(self, strokes: list[tuple[list[Flat], float]]) -> None:
        self._strokes = strokes

    @cached_property
    def shapes(self) -> Any:
        """One polygon a stroke, an array of shapely's."""
        import numpy as np
        import shapely

        lines = [shapely.LineString(points if len(set(points)) > 1 else [points[0]] * 2) for points, _ in self._strokes]
        radii = np.array([radius for _, radius in self._strokes])
        return shapely.buffer(np.array(lines, dtype=object), radii, quad_segs=_QUAD_SEGMENTS)

    @cached_property
    def tree(self) -> STRtree:
        from shapely import STRtree

        return STRtree(self.shapes)

    def touches(self, shape: BaseGeometry) -> BaseGeometry | None:
        """What was swept of a shape; None if nothing."""
        import shapely

        if not self._strokes or shape.is_empty:
            return None
        hits = self.tree.query(shape, predicate="intersects")
        if not len(hits):
            return None
        return shape.intersection(shapely.union_all(self.shapes[hits]))

    def left_of(self, shape: BaseGeometry) -> BaseGeometry:
        """What was not swept of a shape."""
        import shapely

        if not self._strokes or shape.is_empty:
            return shape
        hits = self.tree.query(shape, predicate="intersects")
        return shape.difference(shapely.union_all(self.shapes[hits])) if len(hits) else shape


def _key(motion: Motion) -> tuple[float, ...]:
    """The same for a way that is gone twice, to or fro."""
    (x0, y0, _), (x1, y1, _) = motion.start, motion.end
    a, b = (round(x0, 3), round(y0, 3)), (round(x1, 3), round(y1, 3))
    if motion.centre is None:
        return (*min(a, b), *max(a, b), float(motion.tool))
    centre = round(motion.centre[0], 3), round(motion.centre[1], 3)
    return (*(a if motion.ccw else b), *(b if motion.ccw else a), float(motion.tool), *centre)
