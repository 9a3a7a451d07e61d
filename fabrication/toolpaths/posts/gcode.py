# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the dialects of G-code have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fablabs.machine import Tool, ToolKind
from fabrication.program import Run, SheetProgram
from fabrication.toolpaths.duration import SPIN_UP
from fabrication.toolpaths.plain import ascii_text
from fabrication.toolpaths.posts import Setting
from fabrication.toolpaths.posts.words import Words, comment

#: What is done to a part, in the language of those who stand at the machine; plain ASCII.
_FRENCH = {
    "outside": "contour",
    "inside": "ouverture",
    "pocket": "poche",
    "hole": "trou",
    "engraving": "gravure",
}
_KINDS = {ToolKind.END_MILL: "fraise", ToolKind.DRILL: "foret", ToolKind.V_BIT: "fraise en V"}


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
        if not first:
            then = "sa longueur vient de la table d'outils" if self.changes else "puis refaire le zero Z"
            yield from comment(f"changement d'outil, broche relevee a Z {setting.travel:g} ; {then}")
        if self.changes:
            yield from comment(f"T{number}: {tool_words(tool)}")
            yield f"T{number} M6"
            yield f"G43 H{number}"
        else:
            if not first:
                yield from comment(f"monter T{number}: {tool_words(tool)}")
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
            yield from comment(in_french(notes[index]))
        line = words.line(move)
        if line:
            yield line


def tool_words(tool: Tool) -> str:
    """``fraise a compression 6 mm, D 6 mm, fraise``."""
    return f"{ascii_text(tool.name)}, D {tool.diameter_mm:g} mm, {_KINDS[tool.kind]}"


def in_french(note: str) -> str:
    """``P03-2 inside`` as the operator reads it: ``P03-2 ouverture``."""
    return " ".join(_FRENCH.get(word, word) for word in note.split(" "))
