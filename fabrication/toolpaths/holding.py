# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the parts of a sheet are held by tabs, so that the tabs hold on to something.

Two parts nested close share the lane between them: the tool, on its way round one, would mill away the other's tab. So a
tab stands where no other path comes near, or both neighbours lift the tool at the same place and the tab is a bridge from
part to part. Then all that is bridged together must hang on what remains of the sheet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import shapely
from shapely import LineString, Polygon, STRtree

from designs.contour import Contour, Point, Vertex, exact_cos_sin
from fabrication.plan import Placement
from fabrication.toolpaths.contours import Round
from fabrication.toolpaths.parallel import clearance
from fabrication.toolpaths.tabs import Edge

#: Wood that has to stay beyond a tab's slot for it to hold on to (mm).
_STRIP = 2.0
#: Edges across a lane that hold a bridge together turn by less than this (radians).
_PARALLEL = 0.09
#: Places that are looked at on one edge lie so far apart (mm), and are so many at most.
_APART = 12.0
_MOST = 24


@dataclass
class Held:
    """A loop where it lies: ``owner`` is the placement's number on the sheet, mirroring is in its
    path already. ``middles`` are the tabs found (places on the loop's path, mm)."""

    round: Round
    owner: int
    placement: Placement
    middles: list[float] = field(default_factory=list)

    def at(self, point: Point) -> Point:
        p = self.placement
        cos, sin = exact_cos_sin(p.rotation_deg)
        return point[0] * cos - point[1] * sin + p.x, point[0] * sin + point[1] * cos + p.y

    @cached_property
    def straights(self) -> list[tuple[Edge, Point, Point]]:
        """Straight stretches for tabs: where they begin on the sheet, and their direction."""
        path = self.round.path
        straight = [
            e
            for e in self.round.stretches
            if math.dist(path.heading(e.first), path.heading((e.first + e.last) / 2)) < 1e-9
        ]
        return [(e, self.spot(e.first), self.heading(e.first)) for e in straight]

    def apart(self, a: float, b: float) -> float:
        length = self.round.path.length
        gap = (a - b) % length
        return min(gap, length - gap)

    def spot(self, place: float) -> Point:
        return self.at(self.round.path.point(place))

    def heading(self, place: float) -> Point:
        (x, y), (cos, sin) = self.round.path.heading(place), exact_cos_sin(self.placement.rotation_deg)
        return x * cos - y * sin, x * sin + y * cos

    def beyond(self, place: float, distance: float) -> Point:
        """Off the path, on the waste's side."""
        return self.at(self.round.beyond(place, distance))

    def bar(self, place: float) -> list[Point]:
        """The wood of a tab, along the path."""
        half = self.round.manner.tab_width / 2
        return [self.spot(place - half), self.spot(place), self.spot(place + half)]

    @cached_property
    def line(self) -> LineString:
        """The path, arcs as chords."""
        path = Contour(tuple(Vertex(*s.start, s.bulge) for s in self.round.path.segments))
        points = [self.at(p) for p in path.points(0.05)]
        return LineString([*points, points[0]])


@dataclass(frozen=True)
class Place:
    """A possible tab of a loop; ``facing`` is the other loop's number and place, if it is a bridge."""

    loop: int
    middle: float
    rank: int
    facing: tuple[int, float] | None


def hold(loops: Sequence[Held], ground: Polygon) -> list[int]:
    """Give each loop its tabs. Returns the numbers of the loops that nothing holds to the sheet.

    ``loops`` are all loops that go through on a sheet or offcut of that shape, those that need no tab too."""
    from fabrication.toolpaths.hanging import Hanging

    if not any(held.round.tabs_wanted for held in loops):
        return []
    places = _Places(loops).all()
    spread = _Spread(loops, places)
    spread.all()
    return Hanging(loops, ground).mend(spread)


class _Places:
    """Finds where a tab would hold on to something."""

    def __init__(self, loops: Sequence[Held]) -> None:
        self.loops = loops
        self.lines = [held.line for held in loops]
        self.near = loops[0].round.manner.tool.diameter_mm + _STRIP

    def all(self) -> list[list[Place]]:
        """By loop."""
        found: list[list[Place]] = [[] for _ in self.loops]
        wanted = [
            (number, middle, edge.rank)
            for number, held in enumerate(self.loops)
            if held.round.tabs_wanted
            for edge in held.round.stretches
            for middle in _samples(edge.first, edge.last)
        ]
        if not wanted:
            return found
        bars = shapely.linestrings([self.loops[number].bar(middle) for number, middle, _ in wanted])
        beside: dict[int, list[int]] = {}
        tree = STRtree(self.lines)
        for bar, line in zip(*tree.query(bars, predicate="dwithin", distance=self.near), strict=True):
            beside.setdefault(int(bar), []).append(int(line))
        folded = self._folded(wanted)
        for index, (number, middle, rank) in enumerate(wanted):
            others = [n for n in beside[index] if self.loops[n].owner != self.loops[number].owner]
            if len(others) > 1 or index in folded:
                continue
            if not others:
                found[number].append(Place(number, middle, rank, None))
            elif across := self._facing(number, middle, others[0]):
                place, other_rank = across
                found[number].append(Place(number, middle, max(rank, other_rank), (others[0], place)))
        return found

    def _folded(self, wanted: Sequence[tuple[int, float, int]]) -> set[int]:
        """Those of the wanted places where the part itself is near on the other side of the slot, as in a notch."""
        by_loop: dict[int, list[int]] = {}
        for index, (number, _, _) in enumerate(wanted):
            by_loop.setdefault(number, []).append(index)
        folded: set[int] = set()
        for number, indices in by_loop.items():
            item = self.loops[number].round
            off = item.manner.radius + _STRIP / 2
            far = clearance([item.beyond(wanted[i][1], off) for i in indices], item.walls)
            folded |= {
                i for i, distance in zip(indices, far, strict=True) if distance < item.manner.radius + off - 0.01
            }
        return folded

    def _facing(self, number: int, middle: float, other: int) -> tuple[float, int] | None:
        """The place on the other loop straight across the lane, and its rank, if a tab may stand there."""
        held, across = self.loops[number], self.loops[other]
        if not across.round.tabs_wanted:
            return None
        (x, y), (ux, uy) = held.spot(middle), held.heading(middle)
        for edge, (x0, y0), (vx, vy) in across.straights:
            along = (x - x0) * vx + (y - y0) * vy
            aside = math.hypot(x - x0 - along * vx, y - y0 - along * vy)
            # Nearly parallel, so that what is straight across from one is so from the other.
            if (
                -1e-6 <= along <= edge.last - edge.first + 1e-6
                and abs(ux * vy - uy * vx) < _PARALLEL
                and aside < 2 * self.near
            ):
                return edge.first + along, edge.rank
        return None


class _Spread:
    """Takes places, evenly around each loop; ``taken`` are those that were."""

    def __init__(self, loops: Sequence[Held], places: list[list[Place]]) -> None:
        self.loops, self.places = loops, places
        self.taken: list[Place] = []

    def all(self) -> None:
        """The loops with the fewest places first."""
        for number in sorted(range(len(self.loops)), key=lambda n: (len(self.places[n]), n)):
            held = self.loops[number]
            count = held.round.tabs_wanted
            for rank in (0, 1, 2):
                self._one(held, [p for p in self.places[number] if p.rank <= rank], count)
                if len(held.middles) >= min(2, count):
                    break

    def _one(self, held: Held, options: list[Place], count: int) -> None:
        if not options:
            return
        length = held.round.path.length
        first = held.middles[0] if held.middles else options[len(options) // 2].middle
        for step in range(count):
            ideal = first + step * length / count
            if len(held.middles) >= count or any(held.apart(m, ideal) < length / count / 2 for m in held.middles):
                continue
            free = [p for p in options if self.has_room(p)]
            if free:
                self.take(min(free, key=lambda p: (round(held.apart(p.middle, ideal), 2), p.middle)))

    def has_room(self, place: Place) -> bool:
        """Far enough from the tabs that its loops have."""
        ends = [(place.loop, place.middle)] + ([place.facing] if place.facing else [])
        return all(
            self.loops[n].apart(m, middle) >= 2 * self.loops[n].round.manner.tab_span
            for n, middle in ends
            for m in self.loops[n].middles
        )

    def take(self, place: Place) -> None:
        self.taken.append(place)
        self.loops[place.loop].middles.append(place.middle)
        if place.facing:
            other, middle = place.facing
            self.loops[other].middles.append(middle)


def _samples(first: float, last: float) -> list[float]:
    count = min(_MOST, max(1, math.ceil((last - first) / _APART)))
    return [first + (last - first) * (k + 0.5) / count for k in range(count)]
