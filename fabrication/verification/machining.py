# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is left of a sheet after its machine's file has run, against what the parts' solids ask for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fabrication.verification.demand import (
    TOLERANCE,
    Demand,
    Floor,
    Hole,
    significant,
)
from fabrication.verification.expectation import polygons_of
from fabrication.verification.manifest import Placement, Tab
from fabrication.verification.moves import Moves
from fabrication.verification.sheets import placed
from fabrication.verification.sweep import Level, Sweep
from fabrication.verification.travel import DEPTH, Table

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Of a tab: its width along the tool's way, its height, its place (mm).
TAB_WIDTH, TAB_HEIGHT, TAB_PLACE = 0.2, 0.1, 0.5
#: A mill that reaches this share of an engraving makes it.
ENGRAVED = 0.97
#: A drill or mill so much wider than a round hole makes it; a drill so much thinner does too (diameter, mm).
OVERSIZE, UNDERSIZE = 0.01, 0.05
#: Fewer gouged parts than this don't end the simulation.
_LOST = 4


@dataclass(frozen=True)
class Work:
    """One sheet's run. ``said`` are the manifest's lines of what no tool of this machine makes."""

    table: Table
    motions: Moves
    said: Sequence[str]

    @property
    def tabs(self) -> Sequence[Tab]:
        return self.table.sheet.tabs

    @cached_property
    def bits(self) -> Moves:
        """What V-bits cut."""
        import numpy as np

        numbers = [number for number, tool in self.table.tools.items() if tool.kind == "v-bit"]
        return self.motions.some(~self.motions.rapid & np.isin(self.motions.tool, numbers))

    def is_left(self, code: str, *words: str) -> bool:
        """Does a line of the manifest say that this is not cut?"""
        return any(code in line and any(word in line for word in words) for line in self.said)


def part_faults(work: Work, demands: Mapping[tuple[str, bool], Demand]) -> Iterator[str]:
    """Every copy: gouged wood, uncut edges, holes, recesses, tabs; then the order."""
    table = work.table
    mills = {number: t.diameter_mm / 2 for number, t in table.tools.items() if t.kind != "v-bit"}
    sweep = Sweep(work.motions, mills)
    copies = [
        _Copy(work, placement, wanted, sweep)
        for placement in table.sheet.placements
        if (wanted := demands.get((placement.part, placement.mirrored))) is not None
    ]
    gouged = [f"{copy.placement.name} {fault}" for copy in copies for fault in copy.gouged()]
    yield from gouged
    # A file that runs through all parts is no machine file of this sheet; what it leaves is no matter.
    if len(gouged) >= max(_LOST, len(copies)):
        return
    for copy in copies:
        for fault in copy.faults():
            yield f"{copy.placement.name} {fault}"
    yield from _tab_strangers(work)
    yield from _order(work, demands)
    yield from _remnant(work, sweep)


class _Copy:
    """One part where it lies."""

    def __init__(self, work: Work, placement: Placement, wanted: Demand, sweep: Sweep) -> None:
        self.work, self.placement, self.wanted, self.sweep = work, placement, wanted, sweep
        self.table = work.table
        self.outline = placed(wanted.outline, placement)
        self.tabs = [t for t in work.tabs if (t.part, t.copy_number) == (placement.part, placement.copy_number)]
        self._ways: dict[tuple[int, float], Any] = {}
        self._rounds: dict[float, BaseGeometry] = {}
        self.through = sweep.below(self.table.deepest + DEPTH)

    @cached_property
    def _shapes(self) -> list[Any]:
        """The outline, then the holes, on the sheet."""
        return [self.outline, *(self._put(hole.shape) for hole in self.wanted.holes)]

    def faults(self) -> Iterator[str]:
        """What stands that should be gone, and what does not hold."""
        yield from self._outline_faults()
        for hole, shape in zip(self.wanted.holes, self._shapes[1:], strict=True):
            yield from self._hole(hole, shape)
        for floor in self.wanted.floors:
            yield from self._floor(floor)
        subjects = (self.placement.part, f"sheet {self.table.sheet.index}")
        if self.wanted.hidden and not any(self.work.is_left(s, "underside", "bottom") for s in subjects):
            yield "has work on its underside, of which the manifest does not say that it is left out"
        yield from self._tabs_faults()

    def _put(self, shape: Any) -> Any:
        return placed(shape, self.placement)

    def _ground(self, shape: Any) -> tuple[Any, Any]:
        """Where it lies, and what is near it."""
        return self._put(shape), self._put(self.sweep.grown(shape))

    def gouged(self) -> Iterator[str]:
        """The highest place where wood is taken that should stay."""
        for top, wood in self.wanted.keeps:
            level = self.sweep.below(self.table.underside + top - TOLERANCE)
            found = level.touches(*self._ground(wood))
            if found is not None and found.area > 1e-4:
                yield _spoilt("is cut into", found, f", {self.table.thickness - top:.2f} mm below its top or deeper")
                return

    @cached_property
    def _zones(self) -> BaseGeometry:
        """Around the planned tabs: what may stand there below their height."""
        import shapely

        if not self.tabs:
            return shapely.Polygon()
        reach = [math.hypot(tab.width_mm / 2 + r, r) + 0.3 for tab, r in zip(self.tabs, self._mills, strict=True)]
        return shapely.union_all(shapely.buffer(shapely.points([_at(tab) for tab in self.tabs]), reach, quad_segs=8))

    @cached_property
    def _mills(self) -> list[float]:
        """The radius (mm) of the mill that cuts along each tab: its way from the edge, at most the widest that cuts."""
        import numpy as np

        moved = [self.table.tools[number] for number in np.unique(self.sweep.moves.tool).tolist()]
        radii = [tool.diameter_mm / 2 for tool in moved if tool.kind == "end-mill"]
        return [min(away, max(radii, default=0.0)) for away, _ in self._tab_ways]

    def _outline_faults(self) -> Iterator[str]:
        machine = self.table.machine
        band = self._ground(self.wanted.band)
        if machine.hold_down == "onion-skin":
            skin = self.table.underside + machine.onion_skin_mm
            if left := significant(self.sweep.below(skin + DEPTH).left_of(*band)):
                yield _spoilt("is not cut free down to its onion skin", left)
            if thin := self.sweep.below(skin - 2 * DEPTH).touches(*band):
                yield _spoilt("has its onion skin cut", thin)
            return
        yield from self._edge(self.wanted.band, "is not cut free")

    def _edge(self, band: BaseGeometry, what: str) -> Iterator[str]:
        left_over = self.through.left_of(*self._ground(band))
        if left_over.is_empty:
            return
        if left := significant(left_over.difference(self._zones)):
            yield _spoilt(what, left)
        for height in sorted({tab.height_mm for tab in self.tabs}):
            # Above the tab the edge is free too.
            level = self.sweep.below(self.table.underside + height + TAB_HEIGHT)
            if left := significant(level.left_of(left_over.intersection(self._around_tabs(height)))):
                yield _spoilt(f"has wood above the tab's {height:g} mm", left)

    def _around_tabs(self, height: float) -> BaseGeometry:
        """Around all tabs of a height."""
        import shapely

        if height not in self._rounds:
            mine = [i for i, tab in enumerate(self.tabs) if tab.height_mm == height]
            rounds = _around([self.tabs[i] for i in mine], [self._mills[i] for i in mine])
            self._rounds[height] = shapely.union_all(rounds)
        return self._rounds[height]

    def _hole(self, hole: Hole, shape: Any) -> Iterator[str]:
        label = ""
        x, y = shape.centroid.x, shape.centroid.y
        if hole.circle:
            diameter = 2 * hole.circle[2]
            label = f" Ø{diameter:.2f}"
            if not self._makeable(diameter):
                if not self.work.is_left(self.placement.part, f"Ø{diameter:.1f}", f"Ø{diameter:.2f}", f"Ø{diameter:g}"):
                    yield f"has a hole{label} at ({x:.2f}, {y:.2f}) that no tool makes, which the manifest does not say"
                return
        machine = self.table.machine
        if machine.hold_down == "onion-skin" and not significant(
            self.sweep.below(self.table.underside + machine.onion_skin_mm + DEPTH).left_of(*self._ground(hole.band))
        ):
            return
        yield from self._edge(hole.band, f"has its hole{label} at ({x:.2f}, {y:.2f}) not cut through")

    def _makeable(self, diameter: float) -> bool:
        # Hundredths, as cutters are measured, not what computing adds to them.
        play = [
            (tool.kind, round(diameter - tool.diameter_mm, 3))
            for tool in self.table.tools.values()
            if tool.kind != "v-bit"
        ]
        return any(free >= -OVERSIZE and (kind == "end-mill" or free <= UNDERSIZE) for kind, free in play)

    def _engravable(self, shape: BaseGeometry) -> bool:
        """By a V-bit, or a mill that gets nearly everywhere."""
        tools = self.table.tools.values()
        thin = min((t.diameter_mm / 2 for t in tools if t.kind == "end-mill"), default=math.inf)
        if any(t.kind == "v-bit" for t in tools):
            return True
        return thin < math.inf and shape.buffer(-thin).buffer(thin).area > ENGRAVED * shape.area

    def _floor(self, floor: Floor) -> Iterator[str]:
        shape = self._put(floor.shape)
        level = self.sweep.below(self.table.underside + floor.height + DEPTH)
        what = f"has its recess {self.table.thickness - floor.height:.2f} mm deep not cut"
        if not floor.engraved:
            if left := significant(level.left_of(shape)):
                yield _spoilt(what, left)
            return
        if self.work.is_left(self.placement.part, "engraving"):
            if self._engravable(shape):
                yield "has an engraving that is said to be left out, though a tool makes it"
            return
        # What a mill reaches of letters is round at their ends.
        cut = level.touches(shape)
        if cut is not None:
            radius = float(self.sweep.radii.min())
            if left := significant(level.left_of(shape.buffer(-radius - TOLERANCE).buffer(radius))):
                yield _spoilt(what, left)
        else:
            yield from _v_carved(self.work, self._put(floor.shape), self.table.underside + floor.height, what)

    def _tabs_faults(self) -> Iterator[str]:
        if self.table.machine.hold_down == "tabs" and not self.tabs:
            yield "has no tab that holds it"
        gaps = self.sweep.below(self.table.underside + DEPTH).gaps_in([line for _, line in self._tab_ways])
        for number, (tab, (radius, _), gap) in enumerate(zip(self.tabs, self._tab_ways, gaps, strict=True)):
            if any(math.dist(_at(tab), _at(other)) < tab.width_mm for other in self.tabs[:number]):
                yield f"has a tab twice at ({tab.x_mm:.2f}, {tab.y_mm:.2f})"
            yield from self._tab(tab, radius, gap)

    @cached_property
    def _tab_ways(self) -> list[tuple[float, BaseGeometry]]:
        """Of each tab how far it stands from the nearest edge, and the tool's way along that edge, as far as it is
        near the tab: around an outline, inside an opening."""
        import shapely

        if not self.tabs:
            return []
        points = shapely.points([_at(tab) for tab in self.tabs])
        away = shapely.distance(points[:, None], shapely.get_exterior_ring(self._shapes))
        near, radii = away.argmin(axis=1).tolist(), away.min(axis=1)
        ways = [self._way(i, self._shapes[i], round(r, 2)) for i, r in zip(near, radii.tolist(), strict=True)]
        return list(zip(radii.tolist(), shapely.intersection(ways, _around(self.tabs, radii)), strict=True))

    def _tab(self, tab: Tab, radius: float, gap: BaseGeometry) -> Iterator[str]:
        where = f"tab at ({tab.x_mm:.2f}, {tab.y_mm:.2f})"
        machine = self.table.machine
        if machine.hold_down != "tabs":
            yield f"has a {where}, the machine holds parts by {machine.hold_down}"
            return
        radii = [t.diameter_mm / 2 for t in self.table.tools.values() if t.kind == "end-mill"]
        if min((abs(radius - r) for r in radii), default=math.inf) > TAB_PLACE:
            yield f"has a {where}, {radius:.2f} mm from its edge: that is no tool's way"
            return
        width = gap.length
        if abs(width - tab.width_mm) > TAB_WIDTH:
            yield f"has a {where} {width:.2f} mm wide, {tab.width_mm:g} expected"
            return
        middle = gap.centroid
        if math.dist(_at(tab), (middle.x, middle.y)) > TAB_PLACE:
            yield f"has a {where} that stands at ({middle.x:.2f}, {middle.y:.2f})"
        if self.sweep.below(self.table.underside + tab.height_mm - TAB_HEIGHT).reaches(middle.x, middle.y):
            yield f"has a {where} that is lower than {tab.height_mm:g} mm"

    def _way(self, number: int, shape: Any, radius: float) -> Any:
        """Where a tool's centre goes along an edge."""
        if (number, radius) not in self._ways:
            self._ways[number, radius] = shape.buffer(-radius if number else radius).boundary
        return self._ways[number, radius]


def _at(tab: Tab) -> tuple[float, float]:
    return tab.x_mm, tab.y_mm


def _around(tabs: Sequence[Tab], radii: Any) -> Any:
    """Discs around tabs that reach into the tool's way on both sides."""
    import numpy as np
    import shapely

    reach = np.array([tab.width_mm / 2 + 0.5 for tab in tabs]) + radii
    return shapely.buffer(shapely.points([_at(tab) for tab in tabs]), reach, quad_segs=8)


def _tab_strangers(work: Work) -> Iterator[str]:
    names = {placement.name for placement in work.table.sheet.placements}
    for tab in work.tabs:
        if f"{tab.part}-{tab.copy_number}" not in names:
            yield f"a tab holds {tab.part}-{tab.copy_number}, which is not on the sheet"


def _spoilt(what: str, shape: BaseGeometry, more: str = "") -> str:
    worst: Any = max(polygons_of(shape), key=lambda p: p.area, default=shape)
    left, low, right, high = worst.bounds
    x, y = worst.representative_point().coords[0]
    return f"{what}, over {right - left:.2f} × {high - low:.2f} mm near ({x:.2f}, {y:.2f}){more}"


def _v_carved(work: Work, shape: BaseGeometry, floor: float, what: str) -> Iterator[str]:
    """By a V-bit, whose cone has 90° at most: at depth h its groove is 2 h wide at the top. Its centre follows
    the engraving's edge at that distance."""
    import shapely

    moves, depth = (
        work.bits.clipped(work.bits.low <= work.table.top - DEPTH, work.table.top - DEPTH),
        work.table.top - floor,
    )
    lines = shapely.union_all(moves.lines()[~moves.is_upright & (moves.low <= floor + DEPTH)])
    wanted = shape.buffer(-depth - TOLERANCE).boundary
    left = wanted.difference(lines.buffer(0.1))
    if lines.is_empty or left.length > 0.05 * wanted.length:
        yield _spoilt(what, left if not left.is_empty else shape)


def v_bit_faults(work: Work, engravings: BaseGeometry | None) -> Iterator[str]:
    """A V-bit's centre stays as far from an engraving's edge as it is deep."""
    import numpy as np
    import shapely

    table, bits = work.table, work.bits
    bits = bits.some(bits.low < table.top - DEPTH)
    covered, lines = np.zeros(len(bits), dtype=bool), bits.lines()
    ground = shapely.Polygon() if engravings is None else engravings
    for low in np.unique(bits.low):
        room, mine = ground.buffer(-(table.top - low) + TOLERANCE), bits.low == low
        shapely.prepare(room)
        covered[mine] = shapely.covers(room, lines[mine])
    for index in np.flatnonzero(~covered).tolist():
        m = bits[index]
        yield f"line {m.line}: the V-bit cuts beside the engraving near ({m.end[0]:.2f}, {m.end[1]:.2f})"


def _order(work: Work, demands: Mapping[tuple[str, bool], Demand]) -> Iterator[str]:
    """What is inside a part is cut before the last of its outline: a free part moves."""
    import numpy as np
    import shapely

    table = work.table
    skin = table.machine.onion_skin_mm if table.machine.hold_down == "onion-skin" else 0.0
    deep = table.underside + skin + DEPTH
    cuts = work.motions.some(~work.motions.rapid & (work.motions.low < table.top - DEPTH))
    places = [p for p in table.sheet.placements if (p.part, p.mirrored) in demands]
    if not len(cuts) or not places:
        return
    outlines = [placed(demands[p.part, p.mirrored].outline, p) for p in places]
    middles, radii = _middles(cuts), table.radii(cuts)
    part, cut = shapely.STRtree(middles).query(outlines, predicate="contains")
    last_inside, last_outline = np.full((2, len(places)), -1)
    np.maximum.at(last_inside, part, cut)
    deepest = cuts.low <= deep
    for radius in np.unique(radii[deepest]):
        mine = np.flatnonzero(deepest & (radii == radius))
        grown = shapely.buffer(outlines, radius + 0.1, quad_segs=8)
        near, along = shapely.STRtree(middles[mine]).query(grown, predicate="contains")
        beside = ~np.isin(near * len(cuts) + mine[along], part * len(cuts) + cut)
        np.maximum.at(last_outline, near[beside], mine[along][beside])
    for j, placement in enumerate(places):
        if last_inside[j] > last_outline[j] >= 0:
            line = cuts.line[last_inside[j]]
            yield f"line {line}: {placement.name} is cut inside after its outline, when it is free"


def _middles(moves: Moves) -> Any:
    """A point halfway along each."""
    import numpy as np
    import shapely

    return shapely.points(moves.at(np.arange(len(moves)), 0.5)[:, :2])


def _remnant(work: Work, sweep: Sweep) -> Iterator[str]:
    """The piece that is offered back as stock stays whole."""
    from shapely import Polygon

    ring = work.table.sheet.remnant_mm
    if ring is not None:
        level: Level = sweep.below(work.table.top - TOLERANCE)
        found = level.touches(Polygon(ring).buffer(-TOLERANCE))
        if found is not None:
            yield _spoilt("the piece that remains is cut into", found)
