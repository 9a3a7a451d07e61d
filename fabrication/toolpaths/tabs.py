# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a contour can be held: best on a plain straight edge, never on a joint's if there is another, never on a tight
arc."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from designs.contour import Point, Segment
from fabrication.loops import Loop
from fabrication.plan import RELIEF_ALLOWANCE
from fabrication.toolpaths.parallel import clearance
from fabrication.toolpaths.path import Path

#: Wood that has to stay beyond a tab's slot for it to hold on to (mm).
STRIP = 2.0
#: Places that are looked at on one edge lie so far apart (mm), and are so many at most and at least.
_APART = 12.0
_MOST, _FEWEST = 16, 4
#: From a tab's end to the end of its edge (mm).
_MARGIN = 4.0
#: A tab sits on an arc only if its path's radius is this many times the tool's diameter, and gladly only on a wide one.
_TIGHT, _WIDE = 2.0, 6.0
#: A tenon is no longer than this many thicknesses: its end is a joint's edge too.
_TENON = 1.3
#: Chamfers and rounded corners up to this length (mm) are part of the corner.
_CORNER = 8.0


@dataclass(frozen=True)
class Edge:
    """A stretch of a path on which the middle of a tab, or the start of a cut, may lie (mm along the path)."""

    first: float
    last: float
    rank: int  # 0: plain; 1: a tenon's end; 2: a joint's side, or an arc


def edges(path: Path, walls: Sequence[Loop], distance: float, thickness: float, span: float) -> list[Edge]:
    """Stretches that can take a tab of that span (mm on the path, lift to descent)."""
    ranks = [_ranks(wall, distance, thickness) for wall in walls]
    found: list[Edge] = []
    for end, segment in zip(path.ends, path.segments, strict=True):
        spare = segment.length - span - 2 * _MARGIN
        if spare < 0 or (segment.bulge and segment.radius < 2 * _TIGHT * distance):
            continue
        rank = _rank_of(segment, walls, ranks, distance)
        if segment.bulge and segment.radius < 2 * _WIDE * distance:
            rank = 2
        first = end - segment.length + span / 2 + _MARGIN
        found.append(Edge(first, first + spare, rank))
    return found


def _rank_of(segment: Segment, walls: Sequence[Loop], ranks: Sequence[list[int]], distance: float) -> int:
    """The rank of the wall beside a piece of path; wood on either side."""
    (x0, y0), (x1, y1) = segment.start, segment.end
    x, y = segment.middle
    nx, ny = (y1 - y0) / segment.chord * distance, (x0 - x1) / segment.chord * distance
    for foot in ((x + nx, y + ny), (x - nx, y - ny)):
        for wall, own in zip(walls, ranks, strict=True):
            for piece, rank in zip(wall, own, strict=True):
                if bool(piece.bulge) == bool(segment.bulge) and piece.along(foot, 0.01) is not None:
                    return rank
    return 2


def _ranks(wall: Loop, distance: float, thickness: float) -> list[int]:
    count = len(wall)
    relief = distance + RELIEF_ALLOWANCE / 2
    is_relief = [s.bulge > 0 and abs(s.radius - relief) < 0.02 and s.length < 2 * math.pi * relief * 0.8 for s in wall]
    joint = [is_relief[i - 1] or is_relief[(i + 1) % count] for i in range(count)]
    ranks = []
    for i, segment in enumerate(wall):
        if joint[i] and not segment.bulge:
            ranks.append(2)
        elif any(_is_flank(wall, joint, i, step, thickness) for step in (-1, 1)):
            ranks.append(1)
        else:
            ranks.append(0)
    return ranks


def _is_flank(wall: Loop, joint: Sequence[bool], index: int, step: int, thickness: float) -> bool:
    """Is the neighbour, over a small corner piece or not, the flank of a tenon?"""
    count = len(wall)
    for _ in range(2):
        index = (index + step) % count
        if joint[index] and not wall[index].bulge:
            return wall[index].length <= _TENON * thickness
        if wall[index].length > _CORNER:
            return False
    return False


@dataclass(frozen=True)
class Samples:
    """Places on a path where a tab may stand as far as its own part is concerned: ``middles`` (mm along the path),
    ``ranks``, the wood of each, ``bars`` (n, 3, 2) along the path, and ``beyond`` (n, 2), a point behind its slot."""

    middles: list[float]
    ranks: list[int]
    bars: np.ndarray
    beyond: np.ndarray


def samples(
    path: Path, stretches: Sequence[Edge], walls: Sequence[Loop], width: float, radius: float, side: float
) -> Samples:
    """``width`` of a tab and ``radius`` of the tool (mm); ``side`` is 1 where the waste is on the path's left, else -1.
    Left out are places where the part itself is near on the other side of the slot, as in a notch."""
    middles: list[float] = []
    ranks: list[int] = []
    bars: list[list[Point]] = []
    for edge in stretches:
        count = min(_MOST, max(_FEWEST, math.ceil((edge.last - edge.first) / _APART)))
        for k in range(count):
            middle = edge.first + (edge.last - edge.first) * (k + 0.5) / count
            middles.append(middle)
            ranks.append(edge.rank)
            bars.append([path.point(middle - width / 2), path.point(middle), path.point(middle + width / 2)])
    wood = np.array(bars).reshape(-1, 3, 2)
    along = wood[:, 2] - wood[:, 0]
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    off = radius + STRIP / 2
    beyond = wood[:, 1] + np.column_stack([-along[:, 1], along[:, 0]]) * (side * off)
    if not middles:
        return Samples(middles, ranks, wood, beyond)
    free = np.flatnonzero(clearance(beyond, walls) >= radius + off - 0.01)
    return Samples([middles[i] for i in free], [ranks[i] for i in free], wood[free], beyond[free])
