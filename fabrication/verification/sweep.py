# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What round tools take away: for any height, the ground that their tips swept at or below it.

Depth is linear along lines, arcs and helices, so a move is cut exactly where it passes the height: there
are no steps in depth. In plan, an arc's chords stay within 0.004 mm, a tool's polygon of 64 corners lies
at most 0.0012 of its radius inside its circle (0.004 mm for 6 mm): what is swept is never made too large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fabrication.verification.gaps import gaps
from fabrication.verification.moves import Motion, Moves

if TYPE_CHECKING:
    from shapely import STRtree
    from shapely.geometry.base import BaseGeometry

_QUAD_SEGMENTS = 16
#: Moves of one stroke at most.
_STROKE = 12
#: So many strokes are taken away one by one; more are joined first.
_FEW = 16
#: So many strokes through what they should not touch say enough.
_ENOUGH = 100


class Sweep:
    """Cutting moves of round tools; ``radii`` (mm) by tool number. Moves of other tools are left out."""

    def __init__(self, motions: Sequence[Motion], radii: Mapping[int, float]) -> None:
        import numpy as np

        moves = Moves.of(motions)
        self.moves = moves.some(~moves.rapid & np.isin(moves.tool, list(radii)))
        self.radii = lookup(radii, self.moves.tool)
        self._levels: dict[float, Level] = {}
        self._known: dict[tuple[int, ...], Any] = {}
        self._grown: dict[int, tuple[BaseGeometry, BaseGeometry]] = {}

    def grown(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape and all around it that a centre may not come into: a little more than the widest tool's radius.
        Drawn once for a shape that is asked for again."""
        if id(shape) not in self._grown:
            # A polygon lies inside its circle.
            reach = float(self.radii.max(initial=0.0)) * 1.005
            self._grown[id(shape)] = shape, shape.buffer(reach, quad_segs=_QUAD_SEGMENTS // 2)
        return self._grown[id(shape)][1]

    def below(self, height: float) -> Level:
        """Everything that was swept with the tip at or below ``height`` (mm, as in the file)."""
        found = self._levels.get(round(height, 4))
        if found is None:
            found = self._levels[round(height, 4)] = self._level(height)
        return found

    def _level(self, height: float) -> Level:
        """Each piece of the way once: the last time that it is gone, which is the deepest."""
        import numpy as np

        moves, (ways, _) = self.moves, self.moves.ways
        low = moves.low <= height
        whole = np.flatnonzero(low & (moves.high <= height))
        last = len(whole) - 1 - np.unique(ways[whole][::-1], return_index=True)[1]
        chosen = np.sort(np.concatenate([whole[last], np.flatnonzero(low & (moves.high > height))]))
        parts, radii = moves.clipped(chosen, height), self.radii[chosen]
        # Short strokes are found faster, and are the same at every height if they always begin at the same moves.
        begins = np.ones(len(chosen), dtype=bool)
        begins[1:] = (parts.start[1:, :2] != parts.end[:-1, :2]).any(axis=1) | (radii[1:] != radii[:-1])
        begins[1:] |= chosen[1:] // _STROKE != chosen[:-1] // _STROKE
        return Level(parts, begins, radii, np.where(moves.high[chosen] <= height, chosen, -1), self._known)


def lookup(values: Mapping[int, float], tools: Any) -> Any:
    """The value of each tool's number, 0 for one that is not there."""
    import numpy as np

    found = np.zeros(len(tools))
    for number, value in values.items():
        found[tools == number] = value
    return found


class Level:
    """All strokes at or below one height: runs of moves, one of each that ``begins``, with the indices of those that
    are whole. What they sweep is only drawn where somebody asks."""

    def __init__(self, parts: Moves, begins: Any, radii: Any, indices: Any, known: dict[tuple[int, ...], Any]) -> None:
        import numpy as np

        self._lines, self._radii = parts.lines(begins), radii[begins]
        self._known, self._indices = known, indices
        self._gone: set[bytes] = set()
        self._first = np.append(np.flatnonzero(begins), len(begins))

    @cached_property
    def _tree(self) -> STRtree:
        from shapely import STRtree

        return STRtree(self._lines)

    def area(self) -> BaseGeometry:
        """All that was swept."""
        import numpy as np
        import shapely

        return shapely.union_all(self._swept(np.arange(len(self._lines))))

    def touches(self, shape: BaseGeometry, grown: BaseGeometry | None = None) -> BaseGeometry | None:
        """What was swept of a shape, by some strokes at least; None if nothing. ``grown``: as of Sweep.grown."""
        import shapely

        hits = self._near(shape, grown)
        if grown is not None and len(hits):
            hits = hits[shapely.dwithin(self._lines[hits], shape, self._radii[hits])]
        hits = hits[:_ENOUGH]
        return shape.intersection(shapely.union_all(self._swept(hits))) if len(hits) else None

    def left_of(self, shape: BaseGeometry, grown: BaseGeometry | None = None) -> BaseGeometry:
        """What was not swept of a shape."""
        import shapely

        hits = self._near(shape, grown)
        if not len(hits):
            return shape
        likeness = self._likeness(shape, hits)
        if likeness in self._gone:
            return shapely.Polygon()
        if len(hits) > _FEW:
            left = shape.difference(shapely.union_all(self._swept(hits)))
        else:
            left = shape
            for swept in self._swept(hits):
                left = left.difference(swept)
        if left.is_empty:
            self._gone.add(likeness)
        return left

    def gaps_in(self, lines: Any) -> list[BaseGeometry]:
        """The same of short lines, each."""
        import numpy as np

        if not len(self._lines) or not len(lines):
            return list(lines)
        near = self._tree.query(lines, predicate="dwithin", distance=float(self._radii.max()))
        ways, which = np.unique(near[1], return_inverse=True)
        return gaps(lines, self._lines[ways], self._radii[ways], (near[0], which))

    def _likeness(self, shape: BaseGeometry, hits: Any) -> bytes:
        """The same for a shape and its strokes that lie alike elsewhere, to 0.001 mm: one of forty equal holes is
        looked at."""
        import numpy as np
        import shapely

        coordinates, owner = shapely.get_coordinates([shape, *self._lines[hits]], return_index=True)
        # Files are written to 0.0001 mm: their own steps are nowhere near where rounding jumps.
        alike = np.floor((coordinates - coordinates.min(axis=0)) * 1000 + 0.75).astype(np.int64)
        return b"".join((alike.tobytes(), owner.tobytes(), self._radii[hits].tobytes()))

    def reaches(self, x: float, y: float) -> bool:
        """Was this place swept?"""
        from shapely import Point

        return len(self._near(Point(x, y))) > 0

    def _near(self, shape: BaseGeometry, grown: BaseGeometry | None = None) -> Any:
        """Which strokes reach a shape; with what it is when ``grown``, those and perhaps a few more, but sooner."""
        import numpy as np
        import shapely

        if not len(self._lines) or shape.is_empty:
            return np.array([], dtype=int)
        if grown is not None:
            return self._tree.query(grown, predicate="intersects")
        hits = self._tree.query(shape, predicate="dwithin", distance=float(self._radii.max()))
        if len(hits) and self._radii.min() < self._radii.max():
            hits = hits[shapely.distance(self._lines[hits], shape) <= self._radii[hits]]
        return hits

    def _swept(self, hits: Any) -> Any:
        """One polygon a stroke; most strokes are the same at several heights, and are drawn once."""
        import numpy as np
        import shapely

        runs = (tuple(self._indices[self._first[i] : self._first[i + 1]].tolist()) for i in hits)
        names = [None if -1 in run else run for run in runs]
        result = np.array([None if name is None else self._known.get(name) for name in names], dtype=object)
        fresh = np.array([shape is None for shape in result], dtype=bool)
        if fresh.any():
            mine = np.asarray(hits)[fresh]
            result[fresh] = shapely.buffer(self._lines[mine], self._radii[mine], quad_segs=_QUAD_SEGMENTS)
        for name, shape in zip(names, result, strict=True):
            if name is not None:
                self._known[name] = shape
        return result
