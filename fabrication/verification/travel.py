# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every single move of a machine's file, whatever is cut: where, how deep, how fast."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fabrication.verification.manifest import Machine, MachineTool, Sheet
from fabrication.verification.moves import Motion, Program, lines_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Depths may be off by this (mm), speeds by this share.
DEPTH, SPEED = 0.01, 0.001
_NEAR = 0.01
#: Places looked at together, and how many neighbours all of them may have: a file has some thousands, a hostile one
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

    def radius(self, motion: Motion) -> float:
        return self._radii.get(motion.tool, 0.0)

    @cached_property
    def _radii(self) -> dict[int, float]:
        return {number: tool.diameter_mm / 2 for number, tool in self.tools.items()}


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
    for before, after in itertools.pairwise(program.motions):
        if before.tool != after.tool and after.start[2] < table.travel - DEPTH:
            yield f"line {after.line}: tool {after.tool} is put in below the travel height"
    if program.motions and program.motions[-1].end[2] < table.travel - DEPTH:
        yield f"line {program.motions[-1].line}: it ends below the travel height"
    lines = lines_of([m.points for m in program.motions])
    yield from _single(program.motions, table)
    yield from _bounds(program.motions, lines, table)
    yield from _clamps(program.motions, lines, table)
    yield from _passes(program.motions, lines, table)


def _single(motions: Sequence[Motion], table: Table) -> Iterator[str]:
    reached: dict[tuple[int, float, float], float] = {}
    for m in motions:
        where = f"line {m.line}: "
        low, tool = m.low, table.tools.get(m.tool)
        at = (m.tool, round(m.end[0], 3), round(m.end[1], 3))
        if low < table.deepest - DEPTH:
            yield f"{where}{table.top - low:.2f} mm deep, {table.top - table.deepest:.2f} at most"
        if m.rapid:
            if low < table.top and not m.is_upright:
                yield f"{where}a rapid through wood, {table.top - low:.2f} mm below the sheet's top"
            elif m.end[2] < min(table.top, m.start[2]) and m.end[2] < reached.get(at, table.top) - DEPTH:
                yield f"{where}a rapid into wood, {table.top - m.end[2]:.2f} mm below the sheet's top"
            continue
        if low >= table.top:
            continue
        reached[at] = min(reached.get(at, table.top), m.end[2])
        if tool is None:
            yield f"{where}it cuts without a tool"
        elif not m.rpm:
            yield f"{where}the spindle stands still in the wood"
        else:
            yield from (where + fault for fault in _speed_faults(m, tool))


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


def _bounds(motions: Sequence[Motion], lines: Any, table: Table) -> Iterator[str]:
    """In the wood, a tool's centre stays on the sheet, or as far beyond as the margin asks; above it, a radius."""
    import numpy as np
    import shapely

    radii = np.array([table.radius(m) for m in motions])
    cuts = np.array([m.low < table.top for m in motions])
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
        x, y, _ = motions[index].end
        yield f"line {motions[index].line}: outside the sheet, near ({x:.2f}, {y:.2f})"


def _clamps(motions: Sequence[Motion], lines: Any, table: Table) -> Iterator[str]:
    """No tool's edge comes into a clamp below the travel height, nor cuts where the sheet must not be cut."""
    import numpy as np
    import shapely

    clamps = [shapely.Polygon(ring) for ring in table.machine.keep_out_mm]
    closed = [shapely.Polygon(ring) for ring in table.sheet.keep_out_mm]
    for shapes, height, what in ((clamps, table.travel - DEPTH, "a clamp"), (closed, table.top, "a place kept out")):
        if not shapes:
            continue
        low = np.array([m.low < height for m in motions])
        near = shapely.distance(lines, shapely.union_all(shapes))
        reach = np.array([table.radius(m) for m in motions]) - _NEAR
        for index in (low & (near < reach)).nonzero()[0].tolist():
            m = motions[index]
            yield f"line {m.line}: the tool runs into {what} near ({m.end[0]:.2f}, {m.end[1]:.2f})"


def _passes(motions: Sequence[Motion], lines: Any, table: Table) -> Iterator[str]:
    """At its centre no tool cuts deeper than its pass below what had been cut there before."""
    # By way, the tips at its two ends; between them depth is linear, so two ramps on one way are compared by these.
    reached: dict[tuple[float, ...], tuple[float, float]] = {}
    uncut = table.top, table.top
    doubtful: list[tuple[int, float]] = []
    for index, m in enumerate(motions):
        tool = table.tools.get(m.tool)
        if m.rapid or tool is None or m.low >= table.top:
            continue
        (x0, y0, z0), (x1, y1, z1) = m.start, m.end
        a, b = (round(x0, 3), round(y0, 3), float(m.tool)), (round(x1, 3), round(y1, 3), float(m.tool))
        # Of an arc, the sense is part of the way; a line may be gone back.
        turned = m.centre is None and b < a
        way = (*b, *a) if turned else (*a, *b, *(m.centre or ()), float(m.ccw))
        now = (z1, z0) if turned else (z0, z1)
        if tool.pass_depth_mm and (not m.is_upright or z1 < z0):
            known = reached.get((*b, *b) if m.is_upright else way, uncut)
            deep = (known[0] - z1) if m.is_upright else max(known[0] - now[0], known[1] - now[1])
            if deep > tool.pass_depth_mm + DEPTH:
                doubtful.append((index, deep))
        for key, heights in ((way, now), ((*a, *a), (z0, z0)), ((*b, *b), (z1, z1))):
            before = reached.get(key)
            if before is None or (heights[0] <= before[0] and heights[1] <= before[1]):
                reached[key] = heights
    for index, deep in _not_open(motions, lines, doubtful, table):
        m, tool = motions[index], table.tools[motions[index].tool]
        yield (
            f"line {m.line}: {deep:.2f} mm at once near ({m.end[0]:.2f}, {m.end[1]:.2f}), "
            f"{tool.pass_depth_mm:g} at most with {tool.name!r}"
        )


def _not_open(
    motions: Sequence[Motion], lines: Any, doubtful: Sequence[tuple[int, float]], table: Table
) -> Iterator[tuple[int, float]]:
    """Of moves on a way of their own: those of which one of nine places had not been swept by earlier moves down to
    a pass above the tip."""
    import numpy as np
    import shapely

    if not doubtful:
        return
    owners, places = [], []
    for index, _ in doubtful:
        m = motions[index]
        its = [m.end] if m.is_upright else [m.at(step / 8) for step in range(9)]
        owners += [index] * len(its)
        places += its
    passes = {number: tool.pass_depth_mm or 0.0 for number, tool in table.tools.items()}
    limits = np.array([p[2] + passes[motions[i].tool] + DEPTH for i, p in zip(owners, places, strict=True)])
    points = shapely.points(np.array([p[:2] for p in places]))
    radii = np.array([0.0 if m.rapid else table.radius(m) for m in motions])
    low, high = (np.array([pick(m.start[2], m.end[2]) for m in motions]) for pick in (min, max))
    is_open = limits >= table.top
    owner, tree, looked_at = np.array(owners), shapely.STRtree(lines), 0
    for first in range(0, len(points), _CHUNK):
        place, move = tree.query(points[first : first + _CHUNK], predicate="dwithin", distance=float(radii.max()))
        place, looked_at = place + first, looked_at + len(place)
        if looked_at > _MOST_PAIRS:
            break
        fits = (move < owner[place]) & (low[move] <= limits[place]) & (radii[move] > 0) & ~is_open[place]
        place, move = place[fits], move[fits]
        fits = shapely.distance(points[place], lines[move]) <= radii[move]
        place, move = place[fits], move[fits]
        is_open[place[high[move] <= limits[place]]] = True
        for i, j in zip(place.tolist(), move.tolist(), strict=True):
            if not is_open[i] and (part := motions[j].below(float(limits[i]))) is not None:
                is_open[i] = shapely.distance(points[i], lines_of([part.points])[0]) <= radii[j]
    closed = set(owner[~is_open].tolist())
    yield from (row for row in doubtful if row[0] in closed)
