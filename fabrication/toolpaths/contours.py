# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Outlines and openings: round and round in passes, down on a ramp, over tabs, in on the waste's side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from designs.contour import Contour, Point, Segment, Vertex
from fablabs.machine import HoldDown
from fabrication.loops import Loop
from fabrication.plan import Work
from fabrication.program import Pace
from fabrication.toolpaths.cut import Bridge, Cut, Manner
from fabrication.toolpaths.parallel import clearance, reaching, walls_of
from fabrication.toolpaths.path import Path
from fabrication.toolpaths.tabs import Edge, Samples, edges, samples
from fabrication.toolpaths.track import Track, Way

#: Descent behind a tab, as rise over run: 14°.
_TAB_SLOPE = 0.25
#: What falls out of an opening and is larger than this in both directions (mm) is held as a part is.
_SLUG = 15.0
#: From a tab to the way in (mm).
_BESIDE = 3.0
#: A loop shorter than this (mm) is a bore: it goes down by up to ``_BORE_STEP`` a turn at the speed of plunging.
BORE = 20.0
_BORE_STEP = 1.5
#: A shorter way down (mm) is none.
_RAMP = 0.5
#: Radii (mm) that are tried for the way in and in on the waste's side.
_LEADS = (3.0, 2.0, 1.0)
#: What stays between the tool on its way in and a neighbour (mm).
_AWAY = 0.2


@dataclass(frozen=True)
class Round:
    """One loop around a part or within an opening, in the part's frame, gone in the machine's sense. ``held``: what
    it frees needs holding; then ``stretches`` are where tabs may stand (places on the path, mm)."""

    path: Path
    walls: Sequence[Loop]
    manner: Manner
    work: Work
    area: float
    held: bool
    stretches: tuple[Edge, ...]

    @cached_property
    def plain(self) -> list[Edge]:
        """Stretches where the cut may start."""
        return edges(self.path, self.walls, self.manner.radius, self.manner.thickness, 0.0)

    @property
    def tabs_wanted(self) -> int:
        if not self.held or self.manner.hold_down is not HoldDown.TABS:
            return 0
        if self.work is Work.CUT_INSIDE:
            return min(6, max(2, math.ceil(self.path.length / 800)))
        return min(12, max(2, math.ceil(self.path.length / 600) + 1))

    @cached_property
    def samples(self) -> Samples:
        """Places for tabs."""
        manner = self.manner
        side = 1.0 if manner.climb else -1.0
        return samples(self.path, self.stretches, self.walls, manner.tab_width, manner.radius, side)

    @cached_property
    def chords(self) -> np.ndarray:
        """The path as a closed line, arcs as chords; shape (n, 2)."""
        points = Contour(tuple(Vertex(*s.start, s.bulge) for s in self.path.segments)).points(0.05)
        return np.array([*points, points[0]])

    @cached_property
    def free(self) -> Cut:
        """Without tabs."""
        return self.cut()

    def cut(self, middles: Sequence[float] = ()) -> Cut:
        """``middles`` are those of its tabs (places on the path, mm)."""
        manner, path = self.manner, self.path
        bottom = manner.bottom
        if self.held and manner.hold_down is HoldDown.ONION_SKIN:
            bottom = -max(0.0, manner.thickness - manner.onion_skin)
        span = manner.tab_span
        tabs = [(m - span / 2, m + span / 2) for m in middles]
        levels = depths(bottom, path.length, manner)
        wanted = min(-levels[0] / manner.slope, path.length)
        start = _start(path, self.plain, tabs, wanted)
        runner = _Runner(path, start, manner, tabs, manner.tab_height - manner.thickness)
        lead = _lead(path, start, self.walls, manner, self.work)
        track = runner.run(levels, lead)
        bridges = tuple(Bridge(*path.point(m)) for m in sorted(middles))
        word = {Work.CUT_OUTSIDE: "outside", Work.CUT_INSIDE: "inside"}[self.work]
        return Cut(
            manner.tool, self.work, tuple(track.moves), track.start, (track.x, track.y), self.area, word, bridges
        )


def outline_rounds(contour: Contour, manner: Manner) -> list[Round]:
    """Around a part. Raises NoPathError."""
    return _rounds(walls_of(contour, outside=True), manner, Work.CUT_OUTSIDE, contour.area, held=True)


def opening_rounds(contour: Contour, manner: Manner) -> list[Round]:
    """Around the inside of an opening that goes through. Raises NoPathError."""
    held = is_held(contour, manner.tool.diameter_mm)
    return _rounds(walls_of(contour), manner, Work.CUT_INSIDE, contour.area, held)


def is_held(opening: Contour, tool_diameter: float) -> bool:
    """Is what falls out of an opening large enough to be held (by tabs, by a skin)? Lengths in mm."""
    left, low, right, high = opening.bounds
    return min(right - left, high - low) - 2 * tool_diameter > _SLUG


def _rounds(walls: list[Loop], manner: Manner, work: Work, area: float, held: bool) -> list[Round]:
    result = []
    for loop in reaching(walls, manner.radius):
        path = Path(loop) if manner.climb else Path(loop).reversed()
        tabbed = held and manner.hold_down is HoldDown.TABS
        stretches = edges(path, walls, manner.radius, manner.thickness, manner.tab_span) if tabbed else []
        result.append(Round(path, walls, manner, work, area, held, tuple(stretches)))
    return result


def depths(bottom: float, length: float, manner: Manner) -> list[float]:
    """Z of each pass on a closed path of that length: equal steps that a ramp within one turn can make."""
    steepest = max(manner.slope * length, _BORE_STEP if length < BORE else 0.0)
    count = max(1, math.ceil(-bottom / min(manner.pass_depth, steepest) - 1e-9))
    return [bottom * (i + 1) / count for i in range(count)]


def _start(path: Path, stretches: Sequence[Edge], tabs: Sequence[tuple[float, float]], ramp: float) -> float:
    """On a plain straight edge, behind one tab and with room for the ramp before the next."""
    options = [
        (e.rank, e.first + (e.last - e.first) * share)
        for e in stretches
        for share in (0.5, 0.1, 0.3, 0.7, 0.9)
        if not tabs or _room(path, tabs, e.first + (e.last - e.first) * share)[1] >= 0
    ]
    if not options:
        options = [(2, (b + 0.3 * _room(path, tabs, b)[0]) % path.length) for _, b in tabs] or [(2, 0.0)]
    longest = {e.rank: max(f.last - f.first for f in stretches if f.rank == e.rank) for e in stretches}

    def worth(option: tuple[int, float]) -> tuple[float, ...]:
        rank, place = option
        ahead, behind = _room(path, tabs, place)
        quality = 2 * min(1.0, ahead / ramp) + min(1.0, behind / 15.0) - 0.3 * rank
        return (round(quality, 2), -rank, round(longest.get(rank, 0.0), 1), -place)

    return max(options, key=worth)[1]


def _room(path: Path, tabs: Sequence[tuple[float, float]], place: float) -> tuple[float, float]:
    """From a place to the next tab, and back to the end of the last one; less than 0 on a tab."""
    if not tabs:
        return path.length, path.length
    ahead = min((a - place) % path.length for a, _ in tabs)
    behind = min((place - b) % path.length for _, b in tabs)
    on_tab = any((place - a) % path.length <= b - a for a, b in tabs)
    return (0.0, -1.0) if on_tab else (ahead, behind)


@dataclass
class _Runner:
    """Goes round a path; places are counted from where the cut starts."""

    path: Path
    start: float
    manner: Manner
    tabs: Sequence[tuple[float, float]]
    tab_top: float

    def __post_init__(self) -> None:
        turn = self.path.length
        self.bars = sorted(((a - self.start) % turn, (a - self.start) % turn + b - a) for a, b in self.tabs)
        self.steep = turn < BORE
        self.ways: dict[tuple[float, float], Way] = {}

    def _pieces(self, first: float, last: float) -> Way:
        if (first, last) not in self.ways:
            self.ways[first, last] = Way(self.path.between(self.start + first, self.start + last))
        return self.ways[first, last]

    def ramp(self, levels: Sequence[float]) -> float:
        """Length of the way down, the same in each pass: what one leaves sloping, the next cuts evenly deeper."""
        length = min(-levels[0] / self.manner.slope, self.path.length)
        if self.bars and levels[-1] < self.tab_top:
            length = min(length, max(0.0, self.bars[0][0] - _BESIDE))
        return length if length >= _RAMP else 0.0

    def run(self, levels: Sequence[float], lead: Segment | None) -> Track:
        first = lead.start if lead else self.path.point(self.start)
        track = Track(first, self.manner.travel)
        track.approach()
        track.plunge(0.0)
        if lead:
            track.follow(Way([lead]))
        pace = Pace.PLUNGE if self.steep else Pace.CUT
        ramp = self.ramp(levels)
        for z in levels:
            track.follow(self._pieces(0.0, ramp), z, pace)
            track.plunge(z)  # where there is no room for a ramp
            self._level(track, ramp, self.path.length, z)
        track.follow(self._pieces(0.0, ramp))
        track.leave()
        return track

    def _level(self, track: Track, first: float, last: float, z: float) -> None:
        """At one depth, over the tabs that it would cut."""
        here = first
        bars = self.bars if z < self.tab_top - 1e-6 else []
        for index, (a, b) in enumerate(bars):
            track.follow(self._pieces(here, a))
            track.lift(self.tab_top)
            track.follow(self._pieces(a, b))
            following = bars[index + 1][0] if index + 1 < len(bars) else last
            slope = min(_TAB_SLOPE, 2 * self.manner.slope)
            ramp = min((self.tab_top - z) / slope, following - b)
            if ramp < _RAMP:
                track.plunge(z)
            else:
                # Down on a ramp, back to the tab, so that it stands upright, and on.
                way = self._pieces(b, b + ramp)
                track.follow(way, z)
                track.follow(way.back())
            here = b
        track.follow(self._pieces(here, last))


def _lead(path: Path, start: float, walls: Sequence[Loop], manner: Manner, work: Work) -> Segment | None:
    """A quarter circle on the waste's side, tangent to the path where the cut starts; none without room. There is none
    at the end, where it would bite into the waste over the whole depth at once: the tool has gone over its start again
    and is lifted in the way that it has cut."""
    side = 1.0 if manner.climb else -1.0
    left, low, right, high = _bounds(walls)
    # Another part may lie in a large opening.
    near = work is Work.CUT_OUTSIDE or min(right - left, high - low) > 4 * manner.tool.diameter_mm
    most = manner.room - _AWAY if near else math.inf
    for radius in (*(r for r in _LEADS if r <= most), *([most] if 0.5 <= most < _LEADS[-1] else [])):
        enter = _quarter(path.point(start), path.heading(start), radius, side)
        if clearance([enter.start, enter.middle], walls).min() >= manner.radius - 1e-6:
            return enter
    return None


def _quarter(at: Point, heading: Point, radius: float, side: float) -> Segment:
    (x, y), (hx, hy) = at, heading
    cx, cy = x - hy * radius * side, y + hx * radius * side
    return Segment((cx - hx * radius, cy - hy * radius), at, math.tan(math.pi / 8) * side)


def _bounds(walls: Sequence[Loop]) -> tuple[float, float, float, float]:
    xs = [s.start[0] for wall in walls for s in wall]
    ys = [s.start[1] for wall in walls for s in wall]
    return min(xs), min(ys), max(xs), max(ys)
