# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a tool's centre runs: the line at a distance from walls, exactly, so that arcs stay arcs.

Each wall gives its parallel, each corner of the wood an arc about it; all are cut where they meet, and what is nowhere
nearer to any wall than the distance is kept. So slots that the tool just passes, and corners that it does not reach,
need no rule of their own: in a slot as wide as the tool both walls' parallels are one line, gone to and fro.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from designs.contour import Contour, Point, Segment
from fabrication.corners import direction
from fabrication.loops import Loop, reverse
from fabrication.toolpaths.crossing import crossings

#: Ends nearer than this (mm) are one point.
JOINED = 2e-5
#: What is nearer to a wall than asked by no more than this (mm) is kept.
_SLACK = 1e-7
#: Two walls that turn by less (radians) are tangent.
_TANGENT = 5e-4
#: A slot may be narrower than the tool by twice the last of these (mm): ``reach`` lets it pass.
_GIVES = (0.0, 0.0005, 0.0035, 0.006)
_SHORTEST = 1e-7


class NoPathError(ValueError):
    """Parallels that do not close; ``part`` is whose, once that is known."""

    def __init__(self, english: str, part: str = "") -> None:
        super().__init__(english)
        self.part = part


def walls_of(contour: Contour, islands: Iterable[Contour] = (), *, outside: bool = False) -> list[Loop]:
    """Boundaries walked with the wood on the right: a part's outline clockwise (``outside``), an opening's
    counter-clockwise, its islands clockwise."""
    return [_walked(contour, outside), *(_walked(island, True) for island in islands)]


def _walked(contour: Contour, outside: bool) -> Loop:
    loop = [s for s in contour.counter_clockwise().segments() if s.bulge or s.chord > _SHORTEST]
    return reverse(loop) if outside else loop


def reaching(walls: Sequence[Loop], distance: float) -> list[Loop]:
    """As ``parallels``, for a tool that has to pass everywhere: where a slot is as wide as the tool to a rounding, the
    distance gives a few micrometres. Raises NoPathError."""
    best: list[Loop] | None = None
    most = -1
    for give in _GIVES:
        try:
            found, served = _parallels(walls, distance - give)
        except NoPathError:
            continue
        if served > most:
            best, most = found, served
        if served == sum(len(wall) for wall in walls):
            break
    if not best:
        raise NoPathError(f"no path at {distance:g} mm from the walls")
    return best


def parallels(walls: Sequence[Loop], distance: float) -> list[Loop]:
    """Closed loops at ``distance`` (mm, > 0) on the left of the walls, in the walls' sense. Empty if nothing lies so
    far from all of them. Raises NoPathError."""
    return _parallels(walls, distance)[0]


def _parallels(walls: Sequence[Loop], distance: float) -> tuple[list[Loop], int]:
    """The loops, and how many of the walls have a parallel in them."""
    raw: Loop = []
    origin: list[int] = []  # of each raw piece: its wall, or -1 for a corner's arc
    number = itertools.count()
    for wall in walls:
        pieces, owners = _raw(wall, distance, number)
        raw += pieces
        origin += owners
    pieces, owners = _cut_up(raw, origin)
    if not pieces:
        return [], 0
    middles = np.array([p.middle for p in pieces])
    free = _clearance(middles, [s for wall in walls for s in wall]) >= distance - _SLACK
    kept = [(p, o) for p, o, ok in zip(pieces, owners, free, strict=True) if ok]
    return _stitch([p for p, _ in kept]), len({o for _, o in kept if o >= 0})


def _raw(wall: Loop, distance: float, number: Iterable[int]) -> tuple[Loop, list[int]]:
    numbers = [n for n, _ in zip(number, wall, strict=False)]
    moved = [_moved(s, distance) for s in wall]
    count = len(wall)
    result: Loop = []
    owners: list[int] = []
    # Tangent neighbours meet in one point, whatever the last digits say.
    for i in range(count):
        a, b = moved[i - 1], moved[i]
        if a and b and abs(_turn(wall[i - 1], wall[i])) < _TANGENT:
            joint = ((a.end[0] + b.start[0]) / 2, (a.end[1] + b.start[1]) / 2)
            moved[i - 1], moved[i] = Segment(a.start, joint, a.bulge), Segment(joint, b.end, b.bulge)
    for i, segment in enumerate(wall):
        own = moved[i]
        if own is not None:
            result.append(own)
            owners.append(numbers[i])
        following = wall[(i + 1) % count]
        turn = _turn(segment, following)
        if turn <= -_TANGENT:
            arrive, leave = direction(segment, True), direction(following, False)
            (x, y) = segment.end
            start = (x - arrive[1] * distance, y + arrive[0] * distance)
            end = (x - leave[1] * distance, y + leave[0] * distance)
            result.append(Segment(start, end, math.tan(turn / 4)))
            owners.append(-1)
    return result, owners


def _turn(a: Segment, b: Segment) -> float:
    """By how much (radians) ``b`` turns left of ``a`` at their corner."""
    (ux, uy), (vx, vy) = direction(a, True), direction(b, False)
    return math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)


def _moved(segment: Segment, distance: float) -> Segment | None:
    """The parallel on the left; None of an arc that shrinks to nothing."""
    (x0, y0), (x1, y1) = segment.start, segment.end
    if not segment.bulge:
        nx, ny = (y0 - y1) / segment.chord * distance, (x1 - x0) / segment.chord * distance
        return Segment((x0 + nx, y0 + ny), (x1 + nx, y1 + ny), 0.0)
    radius = segment.radius
    rest = radius - distance if segment.bulge > 0 else radius + distance
    if rest <= JOINED:
        return None
    cx, cy = segment.centre
    k = rest / radius
    return Segment((cx + (x0 - cx) * k, cy + (y0 - cy) * k), (cx + (x1 - cx) * k, cy + (y1 - cy) * k), segment.bulge)


def _boxes(pieces: Sequence[Segment]) -> np.ndarray:
    """(n, 4): x min, y min, x max, y max; an arc's is that of its circle or, if it is short, of its sagitta's."""
    rows = []
    for (x0, y0), (x1, y1), bulge in pieces:
        # An arc leaves the box of its chord by no more than its sagitta, or its radius if it is more than half.
        more = math.hypot(x1 - x0, y1 - y0) / 2 * max(abs(bulge), bulge * bulge) if bulge else 0.0
        rows.append((min(x0, x1) - more, min(y0, y1) - more, max(x0, x1) + more, max(y0, y1) + more))
    return np.array(rows)


def _cut_up(raw: Loop, origin: list[int]) -> tuple[Loop, list[int]]:
    """The raw pieces, cut at every crossing and at every end that lies on another."""
    if not raw:
        return [], []
    box = _boxes(raw)
    low, high = box[:, :2] - JOINED, box[:, 2:] + JOINED
    touching = np.all((low[:, None, :] <= high[None, :, :]) & (low[None, :, :] <= high[:, None, :]), axis=2)
    stops: list[list[float]] = [[] for _ in raw]
    for i, j in zip(*np.nonzero(np.triu(touching, 1)), strict=True):
        a, b = raw[i], raw[j]
        for point in crossings(a, b):
            s, t = a.along(point, JOINED), b.along(point, JOINED)
            if s is not None and t is not None:
                stops[i].append(s)
                stops[j].append(t)
        for point in (b.start, b.end):
            if (s := a.along(point, JOINED)) is not None:
                stops[i].append(s)
        for point in (a.start, a.end):
            if (t := b.along(point, JOINED)) is not None:
                stops[j].append(t)
    pieces: Loop = []
    owners: list[int] = []
    for segment, cuts, owner in zip(raw, stops, origin, strict=True):
        least = JOINED / 2 / segment.length if segment.length else 1.0
        marks = [0.0]
        for mark in sorted(cuts):
            if mark - marks[-1] > least and mark < 1 - least:
                marks.append(mark)
        marks.append(1.0)
        for s, t in itertools.pairwise(marks):
            pieces.append(share(segment, s, t))
            owners.append(owner)
    return pieces, owners


def share(segment: Segment, start: float, end: float) -> Segment:
    """The part of a segment between two fractions of its length."""
    if start <= 0.0 and end >= 1.0:
        return segment
    a = segment.start if start <= 0.0 else point_at(segment, start)
    b = segment.end if end >= 1.0 else point_at(segment, end)
    return Segment(a, b, math.tan(segment.angle * (end - start) / 4) if segment.bulge else 0.0)


def point_at(segment: Segment, fraction: float) -> Point:
    (x0, y0), (x1, y1) = segment.start, segment.end
    if not segment.bulge:
        return x0 + (x1 - x0) * fraction, y0 + (y1 - y0) * fraction
    cx, cy = segment.centre
    turn = segment.angle * fraction
    cos, sin = math.cos(turn), math.sin(turn)
    return cx + (x0 - cx) * cos - (y0 - cy) * sin, cy + (x0 - cx) * sin + (y0 - cy) * cos


def clearance(points: Sequence[Point] | np.ndarray, walls: Sequence[Loop]) -> np.ndarray:
    """From each point to the nearest wall (mm); shape (n,)."""
    return _clearance(np.array(points, dtype=float), [s for wall in walls for s in wall])


def _clearance(points: np.ndarray, segments: Sequence[Segment]) -> np.ndarray:
    best = np.full(len(points), np.inf)
    lines = [s for s in segments if not s.bulge]
    if lines:
        p = np.array([s.start for s in lines])
        u = np.array([s.end for s in lines]) - p
        d = points[:, None, :] - p[None, :, :]
        t = np.clip((d * u).sum(axis=2) / (u * u).sum(axis=1), 0.0, 1.0)
        rest = d - t[:, :, None] * u[None, :, :]
        best = np.minimum(best, np.sqrt((rest * rest).sum(axis=2).min(axis=1)))
    arcs = [s for s in segments if s.bulge]
    if arcs:
        c = np.array([s.centre for s in arcs])
        radius = np.array([s.radius for s in arcs])
        ends = np.array([(s.start, s.end) for s in arcs])
        sense = np.sign([s.bulge for s in arcs])
        angle = np.abs([s.angle for s in arcs])
        first = np.arctan2(ends[:, 0, 1] - c[:, 1], ends[:, 0, 0] - c[:, 0])
        d = points[:, None, :] - c[None, :, :]
        turn = ((np.arctan2(d[:, :, 1], d[:, :, 0]) - first) * sense) % (2 * math.pi)
        to_curve = np.abs(np.hypot(d[:, :, 0], d[:, :, 1]) - radius)
        to_ends = np.minimum(
            np.hypot(*(points[:, None, :] - ends[None, :, 0, :]).transpose(2, 0, 1)),
            np.hypot(*(points[:, None, :] - ends[None, :, 1, :]).transpose(2, 0, 1)),
        )
        best = np.minimum(best, np.where(turn <= angle, to_curve, to_ends).min(axis=1))
    return best


def _stitch(pieces: Loop) -> list[Loop]:
    """Closed loops of directed pieces; where several follow, the one that turns least."""
    nodes: dict[tuple[int, int], int] = {}

    def node(point: Point) -> int:
        i, j = round(point[0] / (4 * JOINED)), round(point[1] / (4 * JOINED))
        for di in (0, -1, 1):
            for dj in (0, -1, 1):
                if (found := nodes.get((i + di, j + dj))) is not None:
                    return found
        nodes[i, j] = len(nodes)
        return nodes[i, j]

    leaving: dict[int, list[Segment]] = defaultdict(list)
    ends: dict[int, int] = {}
    balance: dict[int, int] = defaultdict(int)
    for piece in pieces:
        a, b = node(piece.start), node(piece.end)
        if a == b and piece.length < 10 * JOINED:
            continue
        leaving[a].append(piece)
        ends[id(piece)] = b
        balance[a] += 1
        balance[b] -= 1
    if any(balance.values()):
        raise NoPathError("the parallels of the walls do not close")
    loops: list[Loop] = []
    for first in sorted(leaving):
        while leaving[first]:
            loop = [leaving[first].pop(0)]
            while (here := ends[id(loop[-1])]) != first or (leaving[here] and _goes_on(loop, leaving[here])):
                ways = leaving[here]
                if not ways:
                    raise NoPathError("the parallels of the walls do not close")
                following = min(ways, key=lambda way: abs(_turn(loop[-1], way)))
                ways.remove(following)
                loop.append(following)
            loops.append(_merged(loop))
    return loops


def _goes_on(loop: Loop, ways: list[Segment]) -> bool:
    """Back at the start of a loop whose start has other ways: take one that turns less than closing does."""
    return min(abs(_turn(loop[-1], way)) for way in ways) < abs(_turn(loop[-1], loop[0])) - 1e-6


def _merged(loop: Loop) -> Loop:
    """Pieces that were one before they were cut up, joined again; ends made to meet."""
    result: Loop = []
    for piece in loop:
        if result and (joined := _one(result[-1], piece)):
            result[-1] = joined
        else:
            result.append(piece)
    if len(result) > 1 and (joined := _one(result[-1], result[0])):
        result[0] = joined
        result.pop()
    return [Segment(result[i - 1].end, s.end, s.bulge) for i, s in enumerate(result)]


def _one(a: Segment, b: Segment) -> Segment | None:
    if abs(_turn(a, b)) > 1e-6 or math.dist(a.end, b.start) > JOINED:
        return None
    if not a.bulge and not b.bulge:
        return Segment(a.start, b.end, 0.0)
    if not (a.bulge and b.bulge) or a.bulge * b.bulge < 0:
        return None
    same = math.dist(a.centre, b.centre) < JOINED and abs(a.radius - b.radius) < JOINED
    angle = a.angle + b.angle
    if not same or abs(angle) > math.pi + 1e-9:
        return None
    return Segment(a.start, b.end, math.tan(angle / 4))
