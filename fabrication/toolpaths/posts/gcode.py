# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the dialects of G-code have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fablabs.machine import Tool
from fabrication.program import Run, SheetProgram
from fabrication.toolpaths.duration import SPIN_UP
from fabrication.toolpaths.plain import ascii_text
from fabrication.toolpaths.posts import Setting
from fabrication.toolpaths.posts.words import Words, comment


@dataclass(frozen=True)
class Dialect:
    """``opening`` are the states that are set first; ``changes`` says if M6 changes the tool (else the program stops
    for it); ``marks`` if the file stands between two lines of %."""

    opening: tuple[str, ...]
    changes: bool
    marks: bool
    ending: str

    def write(self, program: SheetProgram, setting: Setting) -> list[str]:
        lines = ["%"] if self.marks else []
        for text in setting.head:
            lines += comment(text)
        lines += self.opening
        for index, run in enumerate(program.runs):
            lines += self._tool(run.tool, setting, first=index == 0)
            lines += _moves(run, setting)
            lines.append("M5")
        lines.append(self.ending)
        return [*lines, "%"] if self.marks else lines

    def _tool(self, tool: Tool, setting: Setting, first: bool) -> Iterator[str]:
        number = setting.number(tool)
        if self.changes:
            yield from comment(f"T{number}: {tool_words(tool)}")
            yield f"T{number} M6"
            yield f"G43 H{number}"
        else:
            if not first:
                yield from comment(f"change to T{number}: {tool_words(tool)}, then set Z zero again")
            yield f"T{number}"
            if not first:
                yield "M0"
        yield Words(tool, setting.above).up(setting.travel)
        yield f"M3 S{tool.spindle_rpm:.10g}"
        yield f"G4 P{SPIN_UP}"


def _moves(run: Run, setting: Setting) -> Iterator[str]:
    words = Words(run.tool, setting.above)
    words.z = round(setting.travel, 4)
    notes = dict(run.notes)
    for index, move in enumerate(run.moves):
        if index in notes:
            yield from comment(notes[index])
        line = words.line(move)
        if line:
            yield line


def tool_words(tool: Tool) -> str:
    """``fraise a compression 6 mm, 6 mm, end-mill``."""
    return f"{ascii_text(tool.name)}, {tool.diameter_mm:g} mm, {tool.kind.value}"
