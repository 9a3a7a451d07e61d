# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Recesses, cleared from the middle to the wall by parallels of the wall."""

from __future__ import annotations

import math
from collections.abc import Iterable

from designs.contour import Contour, Point
from fabrication.corners import direction
from fabrication.loops import Loop
from fabrication.plan import Work
from fabrication.program import Pace
from fabrication.toolpaths.contours import BORE, depths
from fabrication.toolpaths.cut import Cut, Manner
from fabrication.toolpaths.parallel import clearance, parallels, reaching, walls_of
from fabrication.toolpaths.path import Path
from fabrication.toolpaths.track import Track, Way

#: From one parallel to the next, of the tool's diameter; less where corners are acute, since there the parallels'
#: corners lie farther apart.
_STEP = 0.4
_ACUTE_STEP = 0.2
#: A tool is not led straight from one parallel to the next over more than this many of its diameters.
_LINK = 3.0


def pocket_cuts(
    contour: Contour,
    islands: Iterable[Contour],
    depth: float,
    manner: Manner,
    inset: float | None = None,
    what: str = "pocket",
) -> list[Cut]:
    """One cut that clears the recess to ``depth`` (mm). ``inset`` is how far the tool's centre stays from the wall (its
    radius if it is not said). Raises NoPathError."""
    walls = walls_of(contour, islands)
    clearing = _Clearing(walls, manner, manner.radius if inset is None else inset)
    track = clearing.run(depth)
    return [Cut(manner.tool, Work.POCKET, tuple(track.moves), track.start, (track.x, track.y), contour.area, what)]


class _Clearing:
    """One recess: ``rings`` are (number of the parallel, counted from the wall, path)."""

    def __init__(self, walls: list[Loop], manner: Manner, inset: float) -> None:
        self.walls, self.manner, self.inset = walls, manner, inset
        step = (_ACUTE_STEP if _acute(walls) else _STEP) * 2 * inset
        levels = [reaching(walls, inset)]
        while found := parallels(walls, inset + len(levels) * step):
            levels.append(found)
        self.rings = [(number, Path(loop)) for number, level in enumerate(levels) for loop in level]
        if not manner.climb:
            self.rings = [(number, ring.reversed()) for number, ring in self.rings]

    def run(self, depth: float) -> Track:
        deepest = max(self.rings, key=lambda r: r[0])
        track = Track(deepest[1].point(0.0), self.manner.travel)
        count = max(1, math.ceil(depth / self.manner.pass_depth - 1e-9))
        for number in range(count):
            self._pass(track, -depth * number / count, -depth * (number + 1) / count, first=number == 0)
        track.leave()
        return track

    def _pass(self, track: Track, above: float, z: float, first: bool) -> None:
        """Every ring once, the innermost first and the one at the wall, which cuts it clean, last; straight over to
        the next where nothing stands between, else over the sheet and down a ramp."""
        rest = list(self.rings)
        number = -1
        begun = False
        while rest:
            here = (track.x, track.y)
            linked = [
                (math.dist(here, ring.point(place)), index, place)
                for index, (own, ring) in enumerate(rest)
                if begun and own == number - 1
                for place in [ring.nearest(here)]
                if self._open_way(here, ring.point(place))
            ]
            if linked:
                _, index, place = min(linked)
                number, ring = rest.pop(index)
                track.straight_to(ring.point(place))
                track.follow(Way(ring.between(place, place + ring.length)))
                continue
            innermost = max(own for own, _ in rest)
            index, place = min(
                ((i, ring.nearest(here)) for i, (own, ring) in enumerate(rest) if own == innermost),
                key=lambda option: math.dist(here, rest[option[0]][1].point(option[1])),
            )
            number, ring = rest.pop(index)
            if first and not begun:
                place = 0.0
                track.approach()
            else:
                track.hop(ring.point(place))
            begun = True
            track.plunge(above)
            self._down(track, ring, place, above, z)

    def _down(self, track: Track, ring: Path, place: float, above: float, z: float) -> None:
        """From one depth to the next on a ramp around the ring, and once around at the new depth."""
        pace = Pace.PLUNGE if ring.length < BORE else Pace.CUT
        ramp = 0.0
        for step in depths(z - above, ring.length, self.manner):
            ramp = min((track.z - above - step) / self.manner.slope, ring.length)
            track.follow(Way(ring.between(place, place + ramp)), above + step, pace)
            track.follow(Way(ring.between(place + ramp, place + ring.length)))
        track.follow(Way(ring.between(place, place + ramp)))

    def _open_way(self, here: Point, there: Point) -> bool:
        """May the tool go straight from one to the other within the recess?"""
        distance = math.dist(here, there)
        if distance > _LINK * self.manner.tool.diameter_mm:
            return False
        steps = max(2, math.ceil(distance / 0.5))
        points = [
            (here[0] + (there[0] - here[0]) * i / steps, here[1] + (there[1] - here[1]) * i / steps)
            for i in range(steps + 1)
        ]
        return bool(clearance(points, self.walls).min() >= self.inset - 1e-5)


def _acute(walls: list[Loop]) -> bool:
    """Has the recess a corner of less than 75°?"""
    for wall in walls:
        for i, segment in enumerate(wall):
            (ux, uy), (vx, vy) = direction(wall[i - 1], True), direction(segment, False)
            if ux * vy - uy * vx > 0 and ux * vx + uy * vy < -math.cos(math.radians(75)):
                return True
    return False
