# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flat parts, plans and machines for the tests of toolpaths; and what a tool sweeps."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shapely import LineString, Point, Polygon, union_all
from shapely.geometry.base import BaseGeometry

from designs.contour import Contour
from fablabs.machine import MachineFile, Relief
from fabrication.plan import CutPlan, Face, FlatPart, Operation, Placement, SheetLayout, Work
from fabrication.program import Move, Pace, Run
from fabrication.relief import relieve
from tests.cutting import machine_file

T = 18.0
FEEDS = {"feed_mm_min": 3000.0, "plunge_mm_min": 900.0, "spindle_rpm": 18000.0, "pass_depth_mm": 6.0}
MILL = {"name": "fraise 6 mm", "diameter_mm": 6.0, "number": 1, **FEEDS}
DRILL = {"name": "foret 5 mm", "diameter_mm": 5.0, "kind": "drill", "number": 2, **FEEDS}
V_BIT = {"name": "fraise en V", "diameter_mm": 12.0, "kind": "v-bit", "number": 3, **FEEDS}


def router(*tools: dict[str, Any], **machine: Any) -> MachineFile:
    """A LinuxCNC router of which everything is known; sheets of 1000 × 600 × 18 mm."""
    known: dict[str, Any] = {"controller": "linuxcnc", "zero": "sheet-top", "travel_height_mm": 15.0}
    stock = {"measured_thickness_mm": T}
    return machine_file(tools=tuple(tools or (MILL,)), stock=stock, **(known | machine))


def part(code: str, outline: Contour, *operations: Operation, quantity: int = 1, tool: float = 6.0) -> FlatPart:
    """With reliefs for the tool."""
    work = (*operations, Operation(Work.CUT_OUTSIDE, Face.TOP, T, outline))
    return relieve(FlatPart(code, f"pièce {code}", T, work, quantity), tool, Relief.DOGBONE)


def opening(contour: Contour) -> Operation:
    return Operation(Work.CUT_INSIDE, Face.TOP, T, contour)


def hole(x: float, y: float, diameter: float, depth: float = T) -> Operation:
    return Operation(Work.DRILL, Face.TOP, depth, Contour.circle(x, y, diameter / 2))


def plan(*laid: tuple[FlatPart, Iterable[tuple[float, float]]], tool: float = 6.0) -> CutPlan:
    """Parts and where their copies lie, unturned, on one sheet."""
    placements = tuple(Placement(p.code, copy, x, y, 0.0) for p, spots in laid for copy, (x, y) in enumerate(spots, 1))
    return CutPlan(tuple(p for p, _ in laid), (SheetLayout(1, 1000.0, 600.0, placements),), 0.0, tool)


def polygon(contour: Contour) -> Polygon:
    return Polygon(contour.points(0.001))


def traced(moves: Sequence[Move]) -> Iterator[tuple[Move, tuple[float, float, float], list[tuple[float, float]]]]:
    """Each move after the first, where it starts (x, y, z) and its way seen from above, in chords."""
    for before, move in itertools.pairwise(moves):
        start = (before.x, before.y)
        points = [start]
        if move.centre is not None:
            cx, cy = move.centre
            first = math.atan2(before.y - cy, before.x - cx)
            turn = math.atan2(move.y - cy, move.x - cx) - first
            turn = turn % (2 * math.pi) if move.ccw else -(-turn % (2 * math.pi))
            radius = math.hypot(before.x - cx, before.y - cy)
            count = max(2, math.ceil(abs(turn) / math.sqrt(0.008 / max(radius, 0.02))))
            points += [
                (cx + radius * math.cos(first + turn * k / count), cy + radius * math.sin(first + turn * k / count))
                for k in range(1, count)
            ]
        yield move, (*start, before.z), [*points, (move.x, move.y)]


def swept(run: Run, above: float = 0.0, below: float = -1000.0) -> BaseGeometry:
    """What the tool passes over while its tip is under ``above``, all the way, and not under ``below``."""
    radius = run.tool.diameter_mm / 2
    shapes = []
    for move, (_, _, z), points in traced(run.moves):
        if max(z, move.z) < above and min(z, move.z) >= below:
            line = LineString(points) if len(set(points)) > 1 else Point(points[0])
            shapes.append(line.buffer(radius, quad_segs=32))
    return union_all(shapes)


def cutting(run: Run) -> list[Move]:
    return [m for m in run.moves if m.pace is not Pace.RAPID]
