# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A cut plan and a machine → what the machine does, sheet by sheet; or why it can't be told.

Inner work comes before what frees a part, engraving and holes before everything else, a part that lies in another's
opening before that opening, small before large. Other mills cut what the main one does not get into before it comes;
it cuts all outlines, so that no part is freed before its inside work whatever the tools.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import shapely
from shapely import LineString, Polygon, box

from fablabs.machine import Machine, Tool, ToolKind
from fabrication import nested
from fabrication.plan import CutPlan, Face, Placement, SheetLayout, Work
from fabrication.program import Move, Pace, Run, SheetProgram, Tab, Unprogrammed
from fabrication.toolpaths.cut import Cut, Manner, manner
from fabrication.toolpaths.duration import seconds
from fabrication.toolpaths.holding import Held, hold
from fabrication.toolpaths.parallel import NoPathError
from fabrication.toolpaths.parts import PartCuts, part_cuts
from fabrication.toolpaths.sequence import in_order, parked, run_of
from fabrication.toolpaths.tooling import (
    mills_in_use,
    missing_of_machine,
    missing_of_tool,
    tool_for_engraving,
    tool_for_hole,
)

#: Parts up to this area (mm²) are cut free before larger ones, while the sheet still holds firm.
_SMALL = 30_000.0
#: An arc is looked at in chords of this turn at most (radians).
_CHORD = math.pi / 16
_KINDS = {Work.ENGRAVE: 0, Work.DRILL: 1, Work.POCKET: 2, Work.CUT_INSIDE: 3, Work.CUT_OUTSIDE: 4}


def programs(plan: CutPlan, machine: Machine) -> tuple[tuple[SheetProgram, ...], tuple[Unprogrammed, ...]]:
    """A program for each sheet, and what is left out of them; no program, and each thing that is unknown or in the
    way, if there is any."""
    lines = list(missing_of_machine(machine))
    mills = mills_in_use(plan, machine)
    main = mills[0]
    used = {tool.name: tool for tool in _in_use(plan, machine, mills)}
    for tool in used.values():
        lines += missing_of_tool(tool, machine)
    if machine.margin_mm < main.diameter_mm:
        margin, wide = f"{machine.margin_mm:g}", f"{main.diameter_mm:g}"
        lines.append(
            Unprogrammed(
                f"machine.margin_mm of {margin} lets the tool of {wide} mm run over the sheet's edge",
                f"avec une marge de {margin} mm, la fraise de {wide} mm déborderait de la feuille",
            )
        )
    if lines:
        return (), _no_file(lines)
    return _Planner(plan, machine, mills).all()


def _no_file(lines: Iterable[Unprogrammed]) -> tuple[Unprogrammed, ...]:
    return tuple(replace(line, english=f"no machine file: {line.english}") for line in dict.fromkeys(lines))


def _in_use(plan: CutPlan, machine: Machine, mills: Sequence[Tool]) -> Iterator[Tool]:
    """The mills of all contours, and what holes and engravings take besides."""
    yield from mills
    for part in plan.parts:
        for operation in part.of(Work.DRILL):
            left, _, right, _ = operation.contour.bounds
            tool = tool_for_hole(right - left, machine, mills)
            if tool:
                yield tool
        letters = list(part.of(Work.ENGRAVE))
        if letters and (tool := tool_for_engraving(letters, machine)):
            yield tool


class _Planner:
    def __init__(self, plan: CutPlan, machine: Machine, mills: Sequence[Tool]) -> None:
        self.plan, self.machine, self.mills, self.main = plan, machine, mills, mills[0]
        self.thickness = max(part.thickness for part in plan.parts)
        self.manner_of: Callable[[Tool], Manner] = cache(lambda tool: manner(machine, tool, self.thickness))
        self.known: dict[tuple[str, bool], PartCuts] = {}

    def all(self) -> tuple[tuple[SheetProgram, ...], tuple[Unprogrammed, ...]]:
        lines: list[Unprogrammed] = []
        result: list[SheetProgram] = []
        try:
            for sheet in self.plan.sheets:
                result.append(self._sheet(sheet, lines))
        except NoPathError as error:
            who = f"{error.part} : " if error.part else ""
            return (), _no_file(
                [Unprogrammed(str(error), f"{who}aucune trajectoire ne passe partout", part=error.part)]
            )
        if blocked := [
            line for sheet, done in zip(self.plan.sheets, result, strict=True) for line in self._blocked(sheet, done)
        ]:
            return (), _no_file(blocked)
        return tuple(result), tuple(dict.fromkeys(lines))

    def _part(self, code: str, mirrored: bool) -> PartCuts:
        if (code, mirrored) not in self.known:
            self.known[code, mirrored] = part_cuts(
                self.plan.part(code), mirrored, self.machine, self.mills, self.manner_of
            )
        return self.known[code, mirrored]

    def _sheet(self, sheet: SheetLayout, lines: list[Unprogrammed]) -> SheetProgram:
        cuts: list[Cut] = []
        tabs: list[Tab] = []
        deep: dict[int, int] = {}
        turned: list[str] = []
        depths = nested.depths(sheet, self.plan.parts)
        around: set[int] = set()
        loops: list[Held] = []
        for owner, placement in enumerate(sheet.placements):
            found = self._part(placement.part, placement.mirrored)
            lines += found.left_out
            if found.underside:
                turned.append(placement.name)
            loops += [Held(r, owner, placement) for r in found.rounds]
            cuts += [cut.placed(placement) for cut in found.cuts]
            deep |= {id(cut): depths[owner] for cut in cuts[len(cuts) - len(found.cuts) :]}
        ground = Polygon(sheet.outline) if sheet.outline else box(0, 0, sheet.width, sheet.height)
        loose = hold(loops, ground)
        lines += (_loose(loops[number].placement) for number in loose)
        for held in loops:
            whole = held.round.cut(held.middles) if held.middles else held.round.free
            cut = whole.placed(held.placement)
            deep[id(cut)] = depths[held.owner]
            if cut.tool is not self.main and any(depths) and self._surrounds(held, sheet):
                around.add(id(cut))
            cuts.append(cut)
            place = held.placement
            width, height = self.machine.tab_width_mm, held.round.manner.tab_height
            tabs += [Tab(place.part, place.copy, b.x, b.y, width, height) for b in cut.bridges]
        if turned:
            names = ", ".join(turned)
            lines.append(
                Unprogrammed(
                    f"sheet {sheet.index}: bottom: to be turned over for work on that face: {names}",
                    f"la face de dessous de {names}",
                    sheet=sheet.index,
                )
            )
        runs = list(self._runs(cuts, deep, around))
        if runs:
            runs[-1] = parked(runs[-1])
        return SheetProgram(sheet.index, Face.TOP, tuple(runs), tuple(tabs), seconds(runs, self.machine))

    def _runs(self, cuts: list[Cut], deep: dict[int, int], around: set[int]) -> Iterator[Run]:
        """``around`` are openings by another mill in which parts lie: they wait until the main mill has freed those,
        and it comes again after them."""
        waiting = [cut for cut in cuts if id(cut) not in around]
        for depth in sorted({deep[cut] for cut in around}, reverse=True):
            first = [cut for cut in waiting if cut.tool is not self.main or deep[id(cut)] > depth]
            waiting = [cut for cut in waiting if cut.tool is self.main and deep[id(cut)] <= depth]
            yield from self._tool_by_tool(first, deep)
            yield from self._tool_by_tool([c for c in cuts if id(c) in around and deep[id(c)] == depth], deep)
        yield from self._tool_by_tool(waiting, deep)

    def _tool_by_tool(self, cuts: list[Cut], deep: dict[int, int]) -> Iterator[Run]:
        for tool in self._tools(cuts):
            ordered = in_order([c for c in cuts if c.tool is tool], lambda c: self._rank(c, deep[id(c)]))
            yield run_of(tool, ordered, self.manner_of(tool).travel)

    def _rank(self, cut: Cut, depth: int) -> Any:
        if cut.tool is not self.main:
            # Holes and letters in the shortest way, then recesses before what falls through.
            return (0, 0) if cut.work in (Work.DRILL, Work.ENGRAVE) else (1, _KINDS[cut.work])
        return (-depth, _KINDS[cut.work], cut.work is Work.CUT_OUTSIDE and cut.area > _SMALL)

    def _tools(self, cuts: list[Cut]) -> list[Tool]:
        """Pointed ones first, then drills and small mills, last the one that frees the parts."""
        kinds = {ToolKind.V_BIT: 0, ToolKind.DRILL: 1, ToolKind.END_MILL: 2}
        tools = {tool.name: tool for tool in (c.tool for c in cuts)}
        return sorted(tools.values(), key=lambda t: (t is self.main, kinds[t.kind], t.diameter_mm, t.name))

    def _surrounds(self, held: Held, sheet: SheetLayout) -> bool:
        """Does another part lie within the loop?"""
        within = shapely.make_valid(Polygon(held.line.coords))
        return any(
            within.contains(nested.spot(self.plan.part(placement.part), placement))
            for owner, placement in enumerate(sheet.placements)
            if owner != held.owner
        )

    def _blocked(self, sheet: SheetLayout, program: SheetProgram) -> Iterator[Unprogrammed]:
        """Clamps that the tool would run into: the maker's, and those of the sheet."""
        clamps = [Polygon(ring) for ring in (*self.machine.keep_out_mm, *sheet.keep_out)]
        if not clamps:
            return
        travel = self.machine.travel_height_mm or 0.0
        for run in program.runs:
            for what, moves in _low_stretches(run.moves, run.notes, travel):
                swept = LineString(moves).buffer(run.tool.diameter_mm / 2)
                hit = next((c for c in clamps if swept.intersects(c)), None)
                if hit is not None:
                    x, y = f"{hit.centroid.x:.0f}", f"{hit.centroid.y:.0f}"
                    yield Unprogrammed(
                        f"sheet {sheet.index}: {what} would run into the place kept free at ({x}, {y})",
                        f"sur la feuille {sheet.index}, l’outil toucherait la bride ou le défaut en X {x} Y {y}",
                        sheet=sheet.index,
                    )


def _loose(placement: Placement) -> Unprogrammed:
    name = placement.name
    return Unprogrammed(
        f"{name}: no place for a tab that holds it, hold it otherwise",
        f"{name} : attaches, faute de place ; tenir la pièce autrement",
        part=placement.part,
        copy=placement.copy,
    )


def _low_stretches(
    moves: tuple[Move, ...], notes: tuple[tuple[int, str], ...], travel: float
) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """What is cut, and the tool's way below the travel height, arcs in chords (mm)."""
    bounds = [*(i for i, _ in notes), len(moves)]
    for (first, what), last in zip(notes, bounds[1:], strict=True):
        points: list[tuple[float, float]] = []
        x, y = moves[first].x, moves[first].y
        for move in moves[first + 1 : last]:
            if move.z >= travel - 1e-9 and move.pace is Pace.RAPID:
                if len(points) > 1:
                    yield what, points
                points = []
            else:
                points += move.points((x, y), _CHORD)
            x, y = move.x, move.y
        if len(points) > 1:
            yield what, points
