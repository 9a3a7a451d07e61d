# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for every single move of a machine's file, whatever is cut: where, how deep, how fast."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fabrication.verification.manifest import Machine, MachineTool, Sheet
from fabrication.verification.moves import Motion, Program

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Depths may be off by this (mm), speeds by this share.
DEPTH, SPEED = 0.01, 0.001
_NEAR = 0.01


@dataclass(frozen=True)
class Table:
    """The sheet on its bed. Heights as in the file (mm): ``top`` of the sheet, its ``underside``."""

    machine: Machine
    sheet: Sheet
    tools: Mapping[int, MachineTool]
    thickness: float

    @property
    def top(self) -> float:
        return self.thickness if self.machine.zero == "spoilboard" else 0.0

    @property
    def underside(self) -> float:
        return self.top - self.thickness

    @property
    def deepest(self) -> float:
        return self.underside - self.machine.through_mm

    @property
    def travel(self) -> float:
        return self.top + (self.machine.travel_height_mm or 0.0)

    def radius(self, motion: Motion) -> float:
        tool = self.tools.get(motion.tool)
        return tool.diameter_mm / 2 if tool else 0.0


def tools_of(machine: Machine) -> dict[int, MachineTool]:
    """By number in the controller's table; GRBL has none: the place in the file."""
    return {tool.number or place: tool for place, tool in enumerate(machine.tools, start=1)}


def move_faults(program: Program, table: Table) -> Iterator[str]:
    """One line a kind of fault and place, with the file's line."""
    if program.entry is None or program.entry < table.travel - DEPTH:
        yield f"it does not first go up to its travel height of {table.travel:g} mm"
    for before, after in itertools.pairwise(program.motions):
        if before.tool != after.tool and after.start[2] < table.travel - DEPTH:
            yield f"line {after.line}: tool {after.tool} is put in below the travel height"
    if program.motions and program.motions[-1].end[2] < table.travel - DEPTH:
        yield f"line {program.motions[-1].line}: it ends below the travel height"
    yield from _single(program.motions, table)
    yield from _bounds(program.motions, table)
    yield from _clamps(program.motions, table)
    yield from _passes(program.motions, table)


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


def _bounds(motions: Sequence[Motion], table: Table) -> Iterator[str]:
    """In the wood, a tool's centre stays on the sheet, or as far beyond as the margin asks; above it, a radius."""
    from shapely import LineString, prepare

    room: dict[tuple[float, bool], tuple[BaseGeometry, tuple[float, ...]]] = {}
    whole = table.sheet.outline_mm is None
    for m in motions:
        radius, cuts = table.radius(m), m.low < table.top
        beyond = (max(0.0, radius - table.machine.margin_mm) if cuts else max(radius, 1.0)) + _NEAR
        if (radius, cuts) not in room:
            shape = ground(table.sheet)
            shape = (shape if cuts else shape.envelope).buffer(beyond, join_style="mitre")
            prepare(shape)
            room[radius, cuts] = shape, shape.bounds
        shape, (left, low, right, high) = room[radius, cuts]
        points = m.points
        inside = all(left <= x <= right and low <= y <= high for x, y in points)
        if not inside or (cuts and not whole and not shape.covers(LineString([*points, points[0]]))):
            x, y, _ = m.end
            yield f"line {m.line}: outside the sheet, near ({x:.2f}, {y:.2f})"


def _clamps(motions: Sequence[Motion], table: Table) -> Iterator[str]:
    """No tool's edge comes into a clamp below the travel height, nor cuts where the sheet must not be cut."""
    from shapely import LineString, Polygon, union_all

    clamps = [Polygon(ring) for ring in table.machine.keep_out_mm]
    closed = [Polygon(ring) for ring in table.sheet.keep_out_mm]
    for shapes, height, what in ((clamps, table.travel - DEPTH, "a clamp"), (closed, table.top, "a place kept out")):
        if not shapes:
            continue
        zone = union_all(shapes)
        left, low, right, high = zone.bounds
        for m in motions:
            if m.low >= height:
                continue
            reach, points = table.radius(m) - _NEAR, m.points
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            if min(xs) - reach > right or max(xs) + reach < left or min(ys) - reach > high or max(ys) + reach < low:
                continue
            if LineString(points).distance(zone) < reach:
                yield f"line {m.line}: the tool runs into {what} near ({m.end[0]:.2f}, {m.end[1]:.2f})"


def _passes(motions: Sequence[Motion], table: Table) -> Iterator[str]:
    """No cut is deeper than the tool's pass below what had been cut there before."""
    reached: dict[tuple[float, ...], float] = {}
    earlier: list[Motion] = []
    for m in motions:
        tool = table.tools.get(m.tool)
        if m.rapid or tool is None or m.low >= table.top:
            continue
        (x0, y0, z0), (x1, y1, z1) = m.start, m.end
        a, b = (round(x0, 3), round(y0, 3)), (round(x1, 3), round(y1, 3))
        way = (*(min(a, b) + max(a, b) if m.centre is None else a + b), *(m.centre or ()), float(m.tool))
        if tool.pass_depth_mm and m.end[2] <= m.start[2] + 1e-9:
            limit = m.low + tool.pass_depth_mm + DEPTH
            known = reached.get((*b, float(m.tool)) if m.is_upright else way, table.top)
            if known > limit and not _was_cut(m, earlier, limit, table):
                yield (
                    f"line {m.line}: {min(known, table.top) - m.low:.2f} mm at once near ({x1:.2f}, {y1:.2f}), "
                    f"{tool.pass_depth_mm:g} at most with {tool.name!r}"
                )
        for key, height in ((way, max(z0, z1)), ((*a, float(m.tool)), z0), ((*b, float(m.tool)), z1)):
            reached[key] = min(reached.get(key, math.inf), height)
        earlier.append(m)


def _was_cut(motion: Motion, earlier: Sequence[Motion], limit: float, table: Table) -> bool:
    """Did earlier moves sweep the middle of this one's way down to ``limit``?"""
    import shapely

    points = motion.points
    line = shapely.LineString(points if len(set(points)) > 1 else [points[0]] * 2)
    left, low, right, high = line.bounds
    left_over = line
    for other in reversed(earlier):
        (x0, y0, _), (x1, y1, _) = other.start, other.end
        reach = table.radius(other) + (2 * other.radius if other.centre else 0.0)
        if other.low > limit or max(x0, x1) + reach < left or min(x0, x1) - reach > right:
            continue
        if max(y0, y1) + reach < low or min(y0, y1) - reach > high or (part := other.below(limit)) is None:
            continue
        its = part.points
        swept = shapely.LineString(its if len(set(its)) > 1 else [its[0]] * 2).buffer(table.radius(other))
        left_over = left_over.difference(swept)
        if left_over.is_empty or (motion.is_upright and swept.covers(line)):
            return True
    return False
