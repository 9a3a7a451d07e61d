# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""ShopBot part files (.sbp): speeds in mm a second, level arcs as CG with their centre relative to their start.

A helix is written in short straight moves: what CG does with a depth depends on the control program's settings. MS has one
speed for X and Y and one for Z; what is gone at the speed of plunging sets the first so low that the way along the chord
keeps to it, whether a control program takes it along the chord or on the level.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from designs.contour import Segment, chord_turn
from fablabs.machine import Tool
from fabrication.program import Move, Pace, Run, SheetProgram
from fabrication.toolpaths.duration import SPIN_UP
from fabrication.toolpaths.parallel import point_at
from fabrication.toolpaths.plain import ascii_text
from fabrication.toolpaths.posts import Setting
from fabrication.toolpaths.posts.gcode import in_french, tool_words
from fabrication.toolpaths.posts.words import figure

#: A helix's chord leaves it by no more than this (mm).
_CHORD = 0.012
_STRAIGHT = 0.002
#: No speed below this (mm/s).
_SLOWEST = 0.1

_OPENING = ("SA", "IF %(25)=0 THEN GOTO UNIT_ERROR")
_ENDING = ("END", "UNIT_ERROR:", "CN,91", "END")


def write(program: SheetProgram, setting: Setting) -> list[str]:
    lines = [f"'{ascii_text(text)}" for text in setting.head]
    lines += _OPENING
    rapid = setting.machine.rapid_mm_min
    if rapid:
        lines.append(f"JS,{rapid / 60:.3f},{rapid / 60:.3f}")
    for index, run in enumerate(program.runs):
        number, tool = setting.number(run.tool), run.tool
        if index:
            lines.append(f"'changement d'outil, broche relevee a Z {setting.travel:g} ; puis refaire le zero Z")
        lines += [f"'T{number}: {tool_words(tool)}", f"&Tool = {number}", "C9"]
        lines += [f"JZ,{figure(setting.travel)}", f"TR,{tool.spindle_rpm:.10g}", "C6", f"PAUSE {SPIN_UP}"]
        lines += _Lines(setting, run.tool).of(run)
        lines.append("C7")
    return [*lines, *_ENDING]


class _Lines:
    """Remembers where the tool stands, to the last decimal."""

    def __init__(self, setting: Setting, tool: Tool) -> None:
        self.above = setting.above
        self.plunge = (tool.plunge_mm_min or 0.0) / 60
        self.feed = (tool.feed_mm_min or 0.0) / 60 or self.plunge
        self.speed = self.feed
        self.at: tuple[float, float, float] | None = None
        self.travel = round(setting.travel, 4)

    def of(self, run: Run) -> Iterator[str]:
        notes = dict(run.notes)
        yield self._speeds()
        for index, move in enumerate(run.moves):
            if index in notes:
                yield f"'{ascii_text(in_french(notes[index]))}"
            speed = self._across(move)
            if speed is not None and speed != self.speed:
                self.speed = speed
                yield self._speeds()
            for step in self._straightened(move):
                line = self._line(step)
                if line:
                    yield line

    def _speeds(self) -> str:
        return f"MS,{self.speed:.3f},{self.plunge:.3f}"

    def _across(self, move: Move) -> float | None:
        """What MS has to say for a move (mm/s); None of one that it says nothing of."""
        if self.at is None or move.pace is Pace.RAPID or self._upright(move):
            return None
        if move.pace is Pace.CUT:
            return self.feed
        if move.centre is None:
            return self.plunge
        x, y, z = self.at
        flat = math.dist((x, y), move.centre) * abs(move.turn((x, y)))
        level = flat / math.hypot(flat, move.z + self.above - z)
        return max(_SLOWEST, math.floor(self.plunge * level * 100) / 100)

    def _upright(self, move: Move) -> bool:
        """Does it end over the point where the tool stands, to the last decimal?"""
        return self.at is not None and (round(move.x, 4), round(move.y, 4)) == self.at[:2]

    def _straightened(self, move: Move) -> Iterator[Move]:
        """A helix as chords, everything else as it is."""
        if (
            move.centre is None
            or self.at is None
            or abs(move.z + self.above - self.at[2]) < 5e-5
            or self._upright(move)
        ):
            yield move
            return
        x, y, z = self.at
        radius = math.hypot(x - move.centre[0], y - move.centre[1])
        turn = move.turn((x, y))
        arc = Segment((x, y), (move.x, move.y), math.tan(turn / 4))
        count = max(1, math.ceil(abs(turn) / chord_turn(radius, _CHORD)))
        for k in range(1, count + 1):
            px, py = point_at(arc, k / count) if k < count else (move.x, move.y)
            yield Move(move.pace, px, py, z - self.above + (move.z + self.above - z) * k / count)

    def _line(self, move: Move) -> str | None:
        at = (round(move.x, 4), round(move.y, 4), round(move.z + self.above, 4))
        before, self.at = self.at, at
        if before is None:
            return f"J2,{figure(at[0])},{figure(at[1])}"
        if at == before:
            return None
        level, upright = at[2] == before[2], at[:2] == before[:2]
        if move.pace is Pace.RAPID:
            return f"JZ,{figure(at[2])}" if upright else f"J3,{','.join(map(figure, at))}"
        if upright:
            return f"MZ,{figure(at[2])}"
        far = math.hypot(at[0] - before[0], at[1] - before[1])
        if move.centre is not None and level and far >= _STRAIGHT:
            i, j = move.centre[0] - before[0], move.centre[1] - before[1]
            sense = -1 if move.ccw else 1
            return f"CG,,{figure(at[0])},{figure(at[1])},{figure(i)},{figure(j)},T,{sense}"
        return f"M3,{','.join(map(figure, at))}"
