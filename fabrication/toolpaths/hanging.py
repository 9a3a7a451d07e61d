# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Does all that is bridged together hang on the sheet? What remains of it between the slots falls into pieces too, and only
those that reach its edge are firm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import shapely
from shapely import Polygon, STRtree

from fabrication.plan import Work

if TYPE_CHECKING:
    from fabrication.toolpaths.holding import Held, Place, _Spread

#: A part by its placement's number, or a piece of the sheet; the firm ones are one.
Node = tuple[str, int]
_FIRM: Node = ("sheet", -1)


class Hanging:
    def __init__(self, loops: Sequence[Held], ground: Polygon) -> None:
        self.loops = loops
        radii = [held.round.manner.radius for held in loops]
        swept = shapely.union_all(shapely.buffer([held.line for held in loops], radii, quad_segs=4))
        left = ground.difference(swept)
        self.pieces = [p for p in getattr(left, "geoms", [left]) if not p.is_empty]
        self.tree = STRtree(self.pieces)
        self.known: dict[tuple[int, float], Node] = {}
        self.firm = {i for i, piece in enumerate(self.pieces) if piece.distance(ground.exterior) < 0.01}

    def mend(self, spread: _Spread) -> list[int]:
        """Take further places until all parts hang on the sheet and all large waste on its part, or nothing more can be
        done; the numbers of the loops that are not held then."""
        self._learn([p for own in spread.places for p in own])
        places = [(p, self._near(p), self._beyond(p)) for own in spread.places for p in own]

        def take(reached: set[Node]) -> bool:
            """The best place that joins what is reached with what is not."""
            options = [p for p, a, b in places if (a in reached) != (b in reached)]
            options.sort(key=lambda p: (p.rank, p.loop, p.middle))
            best = next((p for p in options if spread.has_room(p)), None)
            if best is not None:
                spread.take(best)
            return best is not None

        loose = self._loose(self._reached(spread.taken))
        while loose and take(self._reached(spread.taken)):
            loose = self._loose(self._reached(spread.taken))
        # A row of parts that hangs on a single tab turns about it.
        for place in list(spread.taken):
            reached = self._reached([p for p in spread.taken if p is not place])
            if len(self._loose(reached)) > len(loose):
                take(reached)
        return loose

    def _loose(self, reached: set[Node]) -> list[int]:
        return [
            number
            for number, held in enumerate(self.loops)
            if held.round.tabs_wanted
            and (not held.middles or (held.round.work is Work.CUT_OUTSIDE and ("part", held.owner) not in reached))
        ]

    def _reached(self, taken: Sequence[Place]) -> set[Node]:
        joined: dict[Node, set[Node]] = {}
        for place in taken:
            a, b = self._near(place), self._beyond(place)
            joined.setdefault(a, set()).add(b)
            joined.setdefault(b, set()).add(a)
        reached, frontier = {_FIRM}, [_FIRM]
        while frontier:
            for node in joined.get(frontier.pop(), ()):
                if node not in reached:
                    reached.add(node)
                    frontier.append(node)
        return reached

    def _near(self, place: Place) -> Node:
        return "part", self.loops[place.loop].owner

    def _beyond(self, place: Place) -> Node:
        """What a tab holds on to besides its own part."""
        if place.facing:
            return "part", self.loops[place.facing[0]].owner
        return self.known[place.loop, place.middle]

    def _learn(self, places: Sequence[Place]) -> None:
        """On which piece of the sheet each of the places looks out."""
        free = [p for p in places if not p.facing]
        if not free:
            return
        points = shapely.points([p.beyond for p in free])
        found = dict(zip(*self.tree.query(points, predicate="intersects").tolist(), strict=True))
        for number, place in enumerate(free):
            index = found.get(number)
            if index is None:
                index = int(self.tree.nearest(points[number]))
            self.known[place.loop, place.middle] = _FIRM if index in self.firm else ("sheet", index)
