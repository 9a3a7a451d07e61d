# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far a tool goes and how long it takes: from the machine's programs, else from lengths, passes and feeds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fablabs.machine import Machine, Process, Tool
from fabrication.plan import CutPlan, FlatPart, Operation, Work
from fabrication.program import Move, Pace, SheetProgram
from fabrication.quoting.figures import TimeSource

#: Time of the programs over length × passes ÷ feed, for acceleration, travel, entries and tabs. Measured on the three
#: models with the router files of examples/machines: 1.32 to 1.48.
OVER_PLAIN_FEED = 1.4
#: Between two ways of a tool that clears a pocket, as a share of its diameter.
_STEP_OVER = 0.5


@dataclass(frozen=True)
class MachineTime:
    """Metres are in mm, all passes. ``unknown``: what the machine file does not say (French), if seconds are None."""

    cut_length: float
    passes: int | None
    seconds: float | None
    source: TimeSource
    tool_changes: int
    unknown: tuple[str, ...] = ()


def machine_time(plan: CutPlan, machine: Machine, programs: Sequence[SheetProgram]) -> MachineTime:
    if machine.process is Process.LASER:
        # No machine file says how fast a laser goes through which wood.
        return MachineTime(_laser_length(plan), 1, None, TimeSource.UNKNOWN, 0, ("la vitesse de coupe du laser",))
    from fabrication.toolpaths.tooling import mills_in_use

    mills = mills_in_use(plan, machine)
    if programs:
        tools = [run.tool.name for program in programs for run in program.runs]
        changes = sum(1 for one, other in itertools.pairwise(tools) if one != other)
        length = sum(_cut_length(run.moves) for program in programs for run in program.runs)
        seconds = sum(program.seconds for program in programs)
        passes = _passes(plan, mills[0].pass_depth_mm)
        return MachineTime(length, passes, seconds, TimeSource.PROGRAM, changes)
    changes = (len(mills) - 1) * len(plan.sheets)
    unknown = tuple(_unsaid(mills))
    if unknown:
        return MachineTime(_once(plan), None, None, TimeSource.UNKNOWN, changes, unknown)
    by_size = {tool.diameter_mm: tool for tool in mills}
    length = seconds = 0.0
    for part, operation in _operations(plan):
        tool = by_size[operation.mill_diameter or mills[0].diameter_mm]
        assert tool.feed_mm_min and tool.pass_depth_mm
        way = _way(operation, tool.diameter_mm) * math.ceil(operation.depth / tool.pass_depth_mm - 1e-9)
        length += part.quantity * way
        seconds += part.quantity * way / tool.feed_mm_min * 60 * OVER_PLAIN_FEED
    return MachineTime(length, _passes(plan, mills[0].pass_depth_mm), seconds, TimeSource.LENGTH, changes)


def _operations(plan: CutPlan) -> Iterator[tuple[FlatPart, Operation]]:
    """Engravings are left to the hand or cut at once: nothing beside the rest."""
    for part in plan.parts:
        for operation in part.operations:
            if operation.work is not Work.ENGRAVE:
                yield part, operation


def _way(operation: Operation, diameter: float) -> float:
    """Of one pass (mm): round the contour, or over all of a pocket."""
    if operation.work is not Work.POCKET:
        return operation.contour.length
    area = operation.contour.area - sum(island.area for island in operation.islands)
    return max(operation.contour.length, area / (diameter * _STEP_OVER))


def _once(plan: CutPlan) -> float:
    return sum(part.quantity * operation.contour.length for part, operation in _operations(plan))


def _laser_length(plan: CutPlan) -> float:
    return sum(p.quantity * o.contour.length for p in plan.parts for o in p.operations)


def _passes(plan: CutPlan, depth: float | None) -> int | None:
    return math.ceil(max(part.thickness for part in plan.parts) / depth - 1e-9) if depth else None


def _unsaid(mills: Iterable[Tool]) -> Iterator[str]:
    for tool in mills:
        if tool.feed_mm_min is None:
            yield f"l’avance de l’outil «\N{NO-BREAK SPACE}{tool.name}\N{NO-BREAK SPACE}»"
        if tool.pass_depth_mm is None:
            yield f"la passe de l’outil «\N{NO-BREAK SPACE}{tool.name}\N{NO-BREAK SPACE}»"


def _cut_length(moves: Sequence[Move]) -> float:
    """Of all moves in the wood: cutting and plunging (mm)."""
    total = 0.0
    for before, move in itertools.pairwise(moves):
        if move.pace is Pace.RAPID:
            continue
        start, end = (before.x, before.y), (move.x, move.y)
        flat = math.dist(start, move.centre) * abs(move.turn(start)) if move.centre else math.dist(start, end)
        total += math.hypot(flat, move.z - before.z)
    return total
