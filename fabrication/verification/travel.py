# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every single move of a machine's file, whatever is cut: where, how deep, how fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fabrication.verification.manifest import Machine, MachineTool, Sheet
from fabrication.verification.moves import Motion, Moves, Program
from fabrication.verification.sweep import lookup

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Depths may be off by this (mm), speeds by this share.
DEPTH, SPEED = 0.01, 0.001
_NEAR = 0.01
#: Places looked at together at least, and how many neighbours all of them may have: a file has some thousands, a hostile one
#: could ask for billions. What is not looked at counts as not cut before.
_CHUNK, _MOST_PAIRS = 500, 20_000_000


@dataclass(frozen=True)
class Table:
    """The sheet on its bed. Heights as in the file (mm): ``top`` of the sheet, its ``underside``."""

    machine: Machine
    sheet: Sheet
    tools: Mapping[int, MachineTool]
    thickness: float

    @cached_property
    def top(self) -> float:
        return self.thickness if self.machine.zero == "spoilboard" else 0.0

    @cached_property
    def underside(self) -> float:
        return self.top - self.thickness

    @cached_property
    def deepest(self) -> float:
        return self.underside - self.machine.through_mm

    @cached_property
    def travel(self) -> float:
        return self.top + (self.machine.travel_height_mm or 0.0)

    def radii(self, moves: Moves) -> Any:
        """Of each move's tool (mm), 0 without one."""
        return lookup({number: tool.diameter_mm / 2 for number, tool in self.tools.items()}, moves.tool)


def tools_of(machine: Machine) -> dict[int, MachineTool]:
    """By number in the controller's table; GRBL has none: the place in the file, unless that is another's number."""
    found = {tool.number: tool for tool in machine.tools if tool.number}
    for place, tool in enumerate(machine.tools, start=1):
        if not tool.number:
            found.setdefault(place, tool)
    return found


def move_faults(program: Program, table: Table) -> Iterator[str]:
    """One line a kind of fault and place, with the file's line."""
    if program.entry is None or program.entry < table.travel - DEPTH:
        yield f"it does not first go up to its travel height of {table.travel:g} mm"
    moves = program.motions
    low = moves.start[1:, 2] < table.travel - DEPTH
    for index in ((moves.tool[1:] != moves.tool[:-1]) & low).nonzero()[0].tolist():
        after = moves[index + 1]
        yield f"line {after.line}: tool {after.tool} is put in below the travel height"
    if len(moves) and moves.end[-1, 2] < table.travel - DEPTH:
        yield f"line {moves[-1].line}: it ends below the travel height"
    lines = moves.lines()
    yield from _single(moves, table)
    yield from _bounds(moves, lines, table)
    yield from _clamps(moves, lines, table)
    yield from _passes(moves, lines, table)


def _single(moves: Moves, table: Table) -> Iterator[str]:
    """The few that may be wrong are sorted out at once, then looked at one by one."""
    import numpy as np

    cuts = ~moves.rapid & (moves.low < table.top)
    down = moves.end[:, 2] < moves.start[:, 2]
    into = moves.rapid & (moves.low < table.top) & (~moves.is_upright | down)
    odd = into | (moves.low < table.deepest - DEPTH) | (cuts & (moves.rpm <= 0))
    odd |= cuts & ~np.isin(moves.tool, list(table.tools))
    for number, tool in table.tools.items():
        mine = cuts & (moves.tool == number)
        if tool.spindle_rpm:
            odd |= mine & (abs(moves.rpm - tool.spindle_rpm) > SPEED * tool.spindle_rpm)
        for limit, its in ((tool.plunge_mm_min, moves.is_upright & down), (tool.feed_mm_min, ~moves.is_upright)):
            if limit:
                odd |= mine & its & (moves.feed > limit * (1 + SPEED))
        if tool.kind == "drill":
            odd |= mine & ~moves.is_upright
    reached = _Reached(moves, cuts, table.top)
    for index in odd.nonzero()[0].tolist():
        yield from (f"line {moves[index].line}: {fault}" for fault in _move_faults(moves[index], table, reached))


class _Reached:
    """How deep a tool had been at the end of a move, by the cuts before it."""

    def __init__(self, moves: Moves, cuts: Any, top: float) -> None:
        self.moves, self.cuts, self.top = moves, cuts, top

    @cached_property
    def _ends(self) -> dict[tuple[complex, int], list[tuple[int, float]]]:
        """Cuts by place and tool: their indices and the lowest tip up to each."""
        moves = self.moves
        ends: dict[tuple[complex, int], list[tuple[int, float]]] = {}
        for index in self.cuts.nonzero()[0].tolist():
            known = ends.setdefault((moves.stations[len(moves) + index], moves.tool[index]), [])
            known.append((index, min(known[-1][1] if known else self.top, moves.end[index, 2])))
        return ends

    def before(self, m: Motion) -> float:
        """The height (mm), the sheet's top if nothing was cut there."""
        from bisect import bisect_left

        known = self._ends.get((self.moves.stations[len(self.moves) + m.index], m.tool), [])
        place = bisect_left(known, (m.index,))
        return known[place - 1][1] if place else self.top


def _move_faults(m: Motion, table: Table, reached: _Reached) -> Iterator[str]:
    low, tool = m.low, table.tools.get(m.tool)
    if low < table.deepest - DEPTH:
        yield f"{table.top - low:.2f} mm deep, {table.top - table.deepest:.2f} at most"
    if m.rapid:
        if low < table.top and not m.is_upright:
            yield f"a rapid through wood, {table.top - low:.2f} mm below the sheet's top"
        elif m.end[2] < min(table.top, m.start[2]) and m.end[2] < reached.before(m) - DEPTH:
            yield f"a rapid into wood, {table.top - m.end[2]:.2f} mm below the sheet's top"
    elif low < table.top:
        if tool is None:
            yield "it cuts without a tool"
        elif not m.rpm:
            yield "the spindle stands still in the wood"
        else:
            yield from _speed_faults(m, tool)


def _speed_faults(m: Motion, tool: MachineTool) -> Iterator[str]:
    if tool.spindle_rpm and abs(m.rpm - tool.spindle_rpm) > SPEED * tool.spindle_rpm:
        yield f"{m.rpm:g} turns a minute, {tool.spindle_rpm:g} expected of {tool.name!r}"
    down = m.is_upright and m.end[2] < m.start[2]
    limit = tool.plunge_mm_min if down else tool.feed_mm_min
    if limit and not (m.is_upright and not down) and m.feed > limit * (1 + SPEED):
        yield f"a feed of {m.feed:g} mm/min, {limit:g} at most{' straight down' if down else ''}"
    if tool.kind == "drill" and not m.is_upright:
        yield f"the drill {tool.name!r} moves sideways in the wood"


def ground(sheet: Sheet) -> BaseGeometry:
    """The sheet or the offcut."""
    from shapely import Polygon, box

    return Polygon(sheet.outline_mm) if sheet.outline_mm else box(0, 0, sheet.width_mm, sheet.height_mm)


def _bounds(moves: Moves, lines: Any, table: Table) -> Iterator[str]:
    """In the wood, a tool's centre stays on the sheet, or as far beyond as the margin asks; above it, a radius."""
    import numpy as np
    import shapely

    radii, cuts = table.radii(moves), moves.low < table.top
    beyond = np.where(cuts, np.maximum(0.0, radii - table.machine.margin_mm), np.maximum(radii, 1.0)) + _NEAR
    left, low, right, high = shapely.bounds(lines).T
    outside = (np.minimum(left, low) < -beyond) | (right > table.sheet.width_mm + beyond)
    outside |= high > table.sheet.height_mm + beyond
    if table.sheet.outline_mm is not None:
        for much in np.unique(beyond[cuts]):
            mine = cuts & (beyond == much)
            room = ground(table.sheet).buffer(much, join_style="mitre")
            shapely.prepare(room)
            outside[mine] |= ~shapely.covers(room, lines[mine])
    for index in outside.nonzero()[0].tolist():
        x, y, _ = moves[index].end
        yield f"line {moves[index].line}: outside the sheet, near ({x:.2f}, {y:.2f})"


def _clamps(moves: Moves, lines: Any, table: Table) -> Iterator[str]:
    """No tool's edge comes into a clamp below the travel height, nor cuts where the sheet must not be cut."""
    import shapely

    clamps = [shapely.Polygon(ring) for ring in table.machine.keep_out_mm]
    closed = [shapely.Polygon(ring) for ring in table.sheet.keep_out_mm]
    for shapes, height, what in ((clamps, table.travel - DEPTH, "a clamp"), (closed, table.top, "a place kept out")):
        if not shapes:
            continue
        near = shapely.distance(lines, shapely.union_all(shapes)) < table.radii(moves) - _NEAR
        for index in ((moves.low < height) & near).nonzero()[0].tolist():
            m = moves[index]
            yield f"line {m.line}: the tool runs into {what} near ({m.end[0]:.2f}, {m.end[1]:.2f})"


def _passes(moves: Moves, lines: Any, table: Table) -> Iterator[str]:
    """At its centre no tool cuts deeper than its pass below what had been cut there before."""
    import numpy as np

    passes = {number: tool.pass_depth_mm or np.inf for number, tool in table.tools.items()}
    cuts = np.flatnonzero(~moves.rapid & np.isin(moves.tool, list(passes)) & (moves.low < table.top))
    deep = np.where(moves.is_upright[cuts], _below_stations(moves, cuts, table), _below_ways(moves, cuts, table))
    doubtful = deep > lookup(passes, moves.tool[cuts]) + DEPTH
    doubtful &= ~moves.is_upright[cuts] | (moves.end[cuts, 2] < moves.start[cuts, 2])
    closed = _not_open(moves, lines, cuts[doubtful], table)
    for index, much in zip(cuts[doubtful].tolist(), deep[doubtful].tolist(), strict=True):
        if index in closed:
            m, tool = moves[index], table.tools[moves[index].tool]
            yield (
                f"line {m.line}: {much:.2f} mm at once near ({m.end[0]:.2f}, {m.end[1]:.2f}), "
                f"{tool.pass_depth_mm:g} at most with {tool.name!r}"
            )


def _below_ways(moves: Moves, cuts: Any, table: Table) -> Any:
    """How far below the move that last went the same way: between a way's two ends depth is linear, so two ramps on
    one are compared by these."""
    import numpy as np

    ways, turned = moves.ways
    order = np.argsort(ways[cuts], kind="stable")
    mine = cuts[order]
    heights = np.stack([moves.start[mine, 2], moves.end[mine, 2]], axis=1)
    heights = np.where(turned[mine, None], heights[:, ::-1], heights)
    before = np.full_like(heights, table.top)
    again = ways[mine[1:]] == ways[mine[:-1]]
    before[1:][again] = heights[:-1][again]
    deep = np.empty(len(cuts))
    deep[order] = (before - heights).max(axis=1, initial=-np.inf)
    return deep


def _below_stations(moves: Moves, cuts: Any, table: Table) -> Any:
    """How far the end of each lies below the lowest tip that its tool had there before."""
    import numpy as np

    count = len(cuts)
    spots = moves.stations[np.concatenate([cuts, cuts + len(moves)])]
    heights = np.concatenate([moves.start[cuts, 2], moves.end[cuts, 2]])
    # Each move's beginning, then its end, in the order in which they are reached, by place and tool.
    place = np.unique(spots, return_inverse=True)[1] * (moves.tool.max() + 1 if count else 1)
    place += np.tile(moves.tool[cuts], 2)
    order = np.lexsort((np.repeat([0, 1], count), np.tile(cuts, 2), place))
    rank = np.cumsum(np.diff(place[order], prepend=-1) != 0)
    # The lowest up to each, place by place: every place lies lower than all before it.
    lowest = np.clip(heights[order], table.deepest - 1.0, table.top)
    step = table.top - table.deepest + 10.0
    lowest = np.minimum.accumulate(lowest - rank * step) + rank * step
    before = np.concatenate([[table.top], lowest[:-1]])
    before[np.diff(rank, prepend=0) != 0] = table.top
    deep = np.empty(2 * count)
    deep[order] = before - heights[order]
    return deep[count:]


def _not_open(moves: Moves, lines: Any, doubtful: Any, table: Table) -> set[int]:
    """Of moves on a way of their own: those of which one of nine places had not been swept by earlier moves down to
    a pass above the tip."""
    import numpy as np
    import shapely

    if not len(doubtful):
        return set()
    upright = moves.is_upright[doubtful]
    owner = np.concatenate([doubtful[upright], np.repeat(doubtful[~upright], 9)])
    places = moves.at(owner, np.concatenate([np.ones(upright.sum()), np.tile(np.arange(9) / 8, (~upright).sum())]))
    passes = {number: tool.pass_depth_mm or 0.0 for number, tool in table.tools.items()}
    limits = places[:, 2] + lookup(passes, moves.tool[owner]) + DEPTH
    points = shapely.points(places[:, :2])
    is_open = limits >= table.top
    left = np.flatnonzero(~is_open)
    # Only what went so deep can have opened any of them.
    deep = np.flatnonzero(~moves.rapid & (moves.low <= limits[left].max(initial=-np.inf)))
    radii, tree, looked_at = table.radii(moves), shapely.STRtree(lines[deep]), 0
    size = max(_CHUNK, min(8 * _CHUNK, _MOST_PAIRS // max(1, len(deep))))
    for chunk in np.split(left, np.arange(size, len(left), size)):
        place, move = tree.query(points[chunk], predicate="dwithin", distance=float(radii.max()))
        place, move, looked_at = chunk[place], deep[move], looked_at + len(place)
        if looked_at > _MOST_PAIRS:
            break
        fits = (move < owner[place]) & (moves.low[move] <= limits[place]) & (radii[move] > 0)
        place, move = place[fits], move[fits]
        fits = shapely.distance(points[place], lines[move]) <= radii[move]
        place, move = place[fits], move[fits]
        is_open[place[moves.high[move] <= limits[place]]] = True
        # What only passes the height on its way counts as far as it is below it.
        fits = ~is_open[place]
        place, move = place[fits], move[fits]
        near = shapely.distance(points[place], moves.clipped(move, limits[place]).lines()) <= radii[move]
        is_open[place[near]] = True
    return set(owner[~is_open].tolist())
