# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What round tools take away: for any height, the ground that their tips swept at or below it.

Depth is linear along lines, arcs and helices, so a move is cut exactly where it passes the height: there
are no steps in depth. In plan, an arc's chords stay within 0.004 mm, a tool's polygon of 64 corners lies
at most 0.0012 of its radius inside its circle (0.004 mm for 6 mm): what is swept is never made too large.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fabrication.verification.moves import Flat, Motion, lines_of

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

_QUAD_SEGMENTS = 16
#: Moves of one stroke at most.
_STROKE = 12
#: So many strokes are taken away one by one; more are joined first.
_FEW = 8
#: So many strokes through what they should not touch say enough.
_ENOUGH = 100


class Sweep:
    """Cutting moves of round tools; ``radii`` (mm) by tool number. Moves of other tools are left out."""

    def __init__(self, motions: Sequence[Motion], radii: Mapping[int, float]) -> None:
        self.radii = radii
        self.motions = [m for m in motions if not m.rapid and m.tool in radii]
        self._levels: dict[float, Level] = {}
        self._known: dict[tuple[int, ...], Any] = {}

    def below(self, height: float) -> Level:
        """Everything that was swept with the tip at or below ``height`` (mm, as in the file)."""
        found = self._levels.get(round(height, 4))
        if found is None:
            found = self._levels[round(height, 4)] = Level(list(self._strokes(height)), self._known)
        return found

    def _strokes(self, height: float) -> Iterator[_Stroke]:
        """Each piece of the way once: the last time that it is gone, which is the deepest."""
        lows, highs, keys = self._heights
        seen: set[tuple[float, ...]] = set()
        chosen: list[tuple[int, Motion]] = []
        for index in (lows <= height).nonzero()[0][::-1].tolist():
            motion = self.motions[index]
            part = motion if highs[index] <= height else motion.below(height)
            if part is not None and (key := keys[index] if part is motion else _key(part)) not in seen:
                seen.add(key)
                chosen.append((index, part))
        stroke: _Stroke | None = None
        for index, part in reversed(chosen):
            radius, whole = self.radii[part.tool], part is self.motions[index]
            if stroke is None or not stroke.goes_on(index, part, radius):
                if stroke is not None:
                    yield stroke
                stroke = _Stroke([index], part.points[:1], radius, whole)
            stroke.indices.append(index)
            stroke.points += part.points[1:]
            stroke.whole = stroke.whole and whole
        if stroke is not None:
            yield stroke

    @cached_property
    def _heights(self) -> tuple[Any, Any, list[tuple[float, ...]]]:
        """Lowest and highest tips, and keys, of all moves."""
        import numpy as np

        tips = np.array([(m.start[2], m.end[2]) for m in self.motions]).reshape(-1, 2)
        return tips.min(axis=1), tips.max(axis=1), [_key(m) for m in self.motions]


@dataclass
class _Stroke:
    """A polyline of a tool's centre; ``whole``: no move of it is cut short."""

    indices: list[int]
    points: list[Flat]
    radius: float
    whole: bool

    def goes_on(self, index: int, part: Motion, radius: float) -> bool:
        """Short ones are found faster, and are the same at every height if they always begin at the same moves."""
        same = index // _STROKE == self.indices[-1] // _STROKE and radius == self.radius
        return same and self.points[-1] == part.points[0]


class Level:
    """All strokes at or below one height. What they sweep is only drawn where somebody asks."""

    def __init__(self, strokes: list[_Stroke], known: dict[tuple[int, ...], Any]) -> None:
        import numpy as np

        self._strokes, self._known = strokes, known
        self._lines = lines_of([stroke.points for stroke in strokes])
        self._radii = np.array([stroke.radius for stroke in strokes])

    @cached_property
    def _tree(self) -> STRtree:
        from shapely import STRtree

        return STRtree(self._lines)

    def area(self) -> BaseGeometry:
        """All that was swept."""
        import numpy as np
        import shapely

        return shapely.union_all(self._swept(np.arange(len(self._strokes))))

    def touches(self, shape: BaseGeometry) -> BaseGeometry | None:
        """What was swept of a shape, by some strokes at least; None if nothing."""
        import shapely

        hits = self._near(shape)[:_ENOUGH]
        return shape.intersection(shapely.union_all(self._swept(hits))) if len(hits) else None

    def left_of(self, shape: BaseGeometry) -> BaseGeometry:
        """What was not swept of a shape."""
        import shapely

        hits = self._near(shape)
        if len(hits) > _FEW:
            return shape.difference(shapely.union_all(self._swept(hits)))
        for swept in self._swept(hits) if len(hits) else ():
            shape = shape.difference(swept)
        return shape

    def reaches(self, x: float, y: float) -> bool:
        """Was this place swept?"""
        from shapely import Point

        return len(self._near(Point(x, y))) > 0

    def _near(self, shape: BaseGeometry) -> Any:
        """Which strokes reach a shape."""
        import shapely

        if not self._strokes or shape.is_empty:
            return []
        hits = self._tree.query(shape, predicate="dwithin", distance=float(self._radii.max()))
        if len(hits) and self._radii.min() < self._radii.max():
            hits = hits[shapely.distance(self._lines[hits], shape) <= self._radii[hits]]
        return hits

    def _swept(self, hits: Any) -> Any:
        """One polygon a stroke; most strokes are the same at several heights, and are drawn once."""
        import numpy as np
        import shapely

        names = [tuple(self._strokes[i].indices) if self._strokes[i].whole else None for i in hits]
        result = np.array([None if name is None else self._known.get(name) for name in names], dtype=object)
        fresh = np.array([shape is None for shape in result], dtype=bool)
        if fresh.any():
            mine = np.asarray(hits)[fresh]
            result[fresh] = shapely.buffer(self._lines[mine], self._radii[mine], quad_segs=_QUAD_SEGMENTS)
        for name, shape in zip(names, result, strict=True):
            if name is not None:
                self._known[name] = shape
        return result


def _key(motion: Motion) -> tuple[float, ...]:
    """The same for a way that is gone twice, to or fro."""
    (x0, y0, _), (x1, y1, _) = motion.start, motion.end
    a, b = (round(x0, 3), round(y0, 3)), (round(x1, 3), round(y1, 3))
    if motion.centre is None:
        return (*min(a, b), *max(a, b), float(motion.tool))
    centre = round(motion.centre[0], 3), round(motion.centre[1], 3)
    return (*(a if motion.ccw else b), *(b if motion.ccw else a), float(motion.tool), *centre)
