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

import numpy as np
import shapely
from shapely import LineString, Polygon, STRtree

from designs.contour import Point, exact_cos_sin
from fabrication.plan import Placement
from fabrication.toolpaths.contours import Round
from fabrication.toolpaths.tabs import STRIP, Edge

#: Edges across a lane that hold a bridge together turn by less than this (radians).
_PARALLEL = 0.09


@dataclass
class Held:
    """A loop where it lies: ``owner`` is the placement's number on the sheet, mirroring is in its
    path already. ``middles`` are the tabs found (places on the loop's path, mm)."""

    round: Round
    owner: int
    placement: Placement
    middles: list[float] = field(default_factory=list)

    def laid(self, points: np.ndarray) -> np.ndarray:
        """From the part's frame (…, 2) onto the sheet."""
        cos, sin = exact_cos_sin(self.placement.rotation_deg)
        turned: np.ndarray = points @ np.array([[cos, sin], [-sin, cos]])
        turned += np.array([self.placement.x, self.placement.y])
        return turned

    @cached_property
    def straights(self) -> list[tuple[Edge, Point, Point]]:
        """Straight stretches for tabs: where they begin on the sheet, and their direction."""
        path = self.round.path
        found = []
        for edge in self.round.stretches:
            heading = path.heading(edge.first)
            if math.dist(heading, path.heading((edge.first + edge.last) / 2)) < 1e-9:
                x, y = path.point(edge.first)
                (x0, y0), (x1, y1) = self.laid(np.array([(x, y), (x + heading[0], y + heading[1])])).tolist()
                found.append((edge, (x0, y0), (x1 - x0, y1 - y0)))
        return found

    def apart(self, a: float, b: float) -> float:
        length = self.round.path.length
        gap = (a - b) % length
        return min(gap, length - gap)

    @cached_property
    def line(self) -> LineString:
        """The path, arcs as chords."""
        return LineString(self.laid(self.round.chords))


@dataclass(frozen=True)
class Place:
    """A possible tab of a loop; ``facing`` is the other loop's number and place, if it is a bridge; ``beyond`` is a
    point of the sheet behind its slot."""

    loop: int
    middle: float
    rank: int
    facing: tuple[int, float] | None
    beyond: Point


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
        self.near = max(held.round.manner.tool.diameter_mm for held in loops) + STRIP

    def all(self) -> list[list[Place]]:
        """By loop."""
        found: list[list[Place]] = [[] for _ in self.loops]
        wanted = [
            (number, index)
            for number, held in enumerate(self.loops)
            if held.round.tabs_wanted
            for index in range(len(held.round.samples.middles))
        ]
        if not wanted:
            return found
        needing = [held for held in self.loops if held.round.tabs_wanted]
        bars = np.concatenate([held.laid(held.round.samples.bars) for held in needing])
        behind = np.concatenate([held.laid(held.round.samples.beyond) for held in needing]).tolist()
        beside: list[list[int]] = [[] for _ in wanted]
        near = STRtree(self.lines).query(shapely.linestrings(bars), predicate="dwithin", distance=self.near)
        for bar, line in near.T.tolist():
            beside[bar].append(line)
        for (number, index), bar, lines, beyond in zip(wanted, bars.tolist(), beside, behind, strict=True):
            own = self.loops[number]
            middle, rank = own.round.samples.middles[index], own.round.samples.ranks[index]
            others = [n for n in lines if self.loops[n].owner != own.owner]
            if not others:
                found[number].append(Place(number, middle, rank, None, tuple(beyond)))
            elif len(others) == 1 and (across := self._facing(bar, others[0])):
                place, other_rank = across
                found[number].append(Place(number, middle, max(rank, other_rank), (others[0], place), tuple(beyond)))
        return found

    def _facing(self, bar: list[Point], other: int) -> tuple[float, int] | None:
        """The place on another loop straight across the lane from a tab's wood, and its rank, if a tab may stand
        there."""
        across = self.loops[other]
        if not across.round.tabs_wanted:
            return None
        (ax, ay), (x, y), (bx, by) = bar
        length = math.hypot(bx - ax, by - ay)
        ux, uy = (bx - ax) / length, (by - ay) / length
        for edge, (x0, y0), (vx, vy) in across.straights:
            along = (x - x0) * vx + (y - y0) * vy
            # Nearly parallel, so that what is straight across from one is so from the other.
            if (
                -1e-6 <= along <= edge.last - edge.first + 1e-6
                and abs(ux * vy - uy * vx) < _PARALLEL
                and math.hypot(x - x0 - along * vx, y - y0 - along * vy) < 2 * self.near
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
        reach = max(held.apart(options[0].middle, p.middle) for p in options)
        # On one short edge two have room only if the first stands at its end.
        first = held.middles[0] if held.middles else options[len(options) // 2 if reach > length / 4 else 0].middle
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
