# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""G-code as GRBL, LinuxCNC and Mach3 take it: the few words that a cut needs, and every other one a fault."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

from fabrication.verification.moves import (
    LARGEST,
    MAX_BYTES,
    MAX_FAULTS,
    MAX_MOVES,
    ROUND,
    Flat,
    Motion,
    Place,
    Program,
)

_COMMENT = re.compile(r"\([^()]*\)|;.*$")
_WORD = re.compile(r"([A-Z])\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\s*")
_LONGEST_LINE = 250
#: What is set once and never otherwise: millimetres, absolute, XY, a minute, centres relative to the start.
_SETTINGS = {"G21": "units", "G90": "distance", "G17": "plane", "G94": "feed mode"}
_ALLOWED = frozenset({*_SETTINGS, "G40", "G49", "G80", "G54", "G64", "G91.1"})
_REFUSED = {
    "G20": "inches",
    "G91": "relative distances",
    "G18": "another plane",
    "G19": "another plane",
    "G93": "inverse time",
    "G95": "feed a turn",
    "G90.1": "absolute centres",
}
_MOTIONS = frozenset({"G0", "G1", "G2", "G3"})


def read_gcode(data: bytes, dialect: str, tools: Collection[int]) -> Program:
    """``dialect``: grbl, linuxcnc or mach3; ``tools`` are the numbers that the machine knows. Whatever is
    wrong stands in the program's faults, with its line; never raises for what the bytes are."""
    program = Program()
    if len(data) > MAX_BYTES:
        program.fault(0, f"{len(data)} bytes, {MAX_BYTES} at most")
        return program
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        program.fault(0, "it is no ASCII text")
        return program
    reader = _Reader(program, dialect, tools)
    for number, line in enumerate(text.splitlines(), start=1):
        reader.take(number, line)
        if len(program.motions) > MAX_MOVES:
            program.fault(number, f"more than {MAX_MOVES} moves")
        if len(program.faults) >= MAX_FAULTS:
            return program
    reader.close()
    return program


class _Reader:
    """The modal state of a controller."""

    def __init__(self, program: Program, dialect: str, tools: Collection[int]) -> None:
        self.program, self.dialect, self.tools = program, dialect, tools
        self.at: list[float | None] = [None, None, None]
        self.mode: str | None = None
        self.set: set[str] = set()
        self.feed = self.rpm = 0.0
        self.turning = False
        self.selected = self.tool = 0
        self.halt = True
        self.line = 0

    def take(self, number: int, text: str) -> None:
        self.line = number
        if len(text) > _LONGEST_LINE:
            return self.fault(f"{len(text)} characters, {_LONGEST_LINE} at most")
        bare = _COMMENT.sub(" ", text).strip().upper()
        if bare in ("", "%"):
            return None
        if self.program.complete:
            return self.fault("there is more after the program's end")
        words, position = [], 0
        while position < len(bare):
            match = _WORD.match(bare, position)
            if match is None:
                return self.fault(f"{bare[position : position + 20]!a} is no word")
            words.append((match[1], float(match[2])))
            position = match.end()
        return self._block(words)

    def fault(self, text: str) -> None:
        self.program.fault(self.line, text)

    def close(self) -> None:
        if not self.program.complete:
            self.fault("the program does not end with M2 or M30: it was cut off")
        elif self.turning:
            self.fault("the spindle still turns at the end")

    def _block(self, words: list[tuple[str, float]]) -> None:
        numbers: dict[str, float] = {}
        codes: list[str] = []
        for letter, value in words:
            if not math.isfinite(value) or abs(value) > LARGEST:
                return self.fault(f"{letter} is out of all bounds")
            if letter in "GM":
                codes.append(f"{letter}{value:g}")
            elif letter not in "NXYZIJFSTHP":
                return self.fault(f"unknown word {letter}{value:g}")
            elif letter in numbers:
                return self.fault(f"{letter} stands twice")
            else:
                numbers[letter] = value
        return self._codes(codes, numbers)

    def _codes(self, codes: list[str], numbers: dict[str, float]) -> None:
        """In the order in which a controller does what stands on one line."""
        motions = [code for code in codes if code in _MOTIONS]
        if len(motions) > 1:
            return self.fault(f"{' and '.join(motions)} on one line")
        for code in codes:
            if code in _REFUSED:
                return self.fault(f"{code}: {_REFUSED[code]}")
            if code not in _ALLOWED | _MOTIONS | {"G4", "G43", "M0", "M2", "M3", "M5", "M6", "M30"}:
                return self.fault(f"unknown word {code}")
            if code in ("M6", "G43", "G64") and self.dialect == "grbl":
                return self.fault(f"{code} is unknown to GRBL")
            self.set.add(code)
        if not self._state(codes, numbers):
            return None
        self.mode = motions[0] if motions else self.mode
        coordinates = {letter: numbers.pop(letter) for letter in "XYZIJ" if letter in numbers}
        numbers.pop("N", None)
        if coordinates or motions:
            self._motion(coordinates)
        for code in codes:
            if code in ("M2", "M30"):
                self.program.complete = True
        if numbers:
            self.fault(f"{', '.join(sorted(numbers))}: nothing on this line takes it")
        return None

    def _state(self, codes: list[str], numbers: dict[str, float]) -> bool:
        """Feed, speed, tool, spindle, pauses. False if the line's moves make no sense any more."""
        if "F" in numbers:
            self.feed = numbers.pop("F")
            if self.feed <= 0:
                self.fault(f"a feed of {self.feed:g}")
        if "S" in numbers:
            self.rpm = numbers.pop("S")
        if "T" in numbers:
            number = numbers.pop("T")
            if number not in self.tools:
                self.fault(f"tool T{number:g} is unknown: the machine has {sorted(self.tools)}")
            self.selected = int(number)
            if self.dialect == "grbl":
                self._change("it turns")
        if "M6" in codes:
            if not self.selected:
                self.fault("M6 without a tool")
            self._change("the spindle turns")
        if "G43" in codes and numbers.pop("H", self.selected) != self.selected:
            self.fault(f"G43 with another length than tool {self.selected}'s")
        if "M5" in codes:
            self.turning, self.halt = False, True
        if "M3" in codes:
            self.turning, self.halt = True, True
            if self.rpm <= 0:
                self.fault("M3 without a speed")
        if "G4" in codes:
            pause = numbers.pop("P", None)
            if pause is None or not 0 <= pause <= 600:
                self.fault("G4 without a pause of 0 to 600 s")
            else:
                self.program.pauses += pause
                self.halt = True
        if "G64" in codes and not 0 <= numbers.pop("P", 0.0) <= 0.05:
            self.fault("G64 lets the path stray by more than 0.05 mm")
        if "M0" in codes:
            self.halt = True
        return True

    def _change(self, trouble: str) -> None:
        if self.turning:
            self.fault(f"the tool is changed while {trouble}")
        self.tool, self.halt = self.selected, True

    def _motion(self, given: dict[str, float]) -> None:
        if self.mode is None:
            return self.fault("coordinates without a motion")
        for code, what in _SETTINGS.items():
            if code not in self.set:
                self.set.add(code)  # said once
                self.fault(f"a move before {code}: {what} not said")
        before = list(self.at)
        for axis, letter in enumerate("XYZ"):
            if letter in given:
                self.at[axis] = given[letter]
        if before[2] is None and (self.at[0] is not None or self.at[1] is not None):
            return self.fault("X or Y move before the first Z: the tool may stand anywhere")
        if before[2] is None:
            self.program.entry = self.at[2]
        if None in before:
            if self.mode != "G0":
                self.fault("a cut from nowhere: X, Y and Z are not all known")
            # Nobody knows where from; what matters is that it is up there.
            before = [now if old is None else old for old, now in zip(before, self.at, strict=True)]
        start, end = known(before), known(self.at)
        return self._go(start, end, given) if start and end else None

    def _go(self, start: Place, end: Place, given: dict[str, float]) -> None:
        rapid, centre = self.mode == "G0", None
        if self.mode in ("G2", "G3"):
            centre = self._centre(start, end, given)
            if centre is None:
                return None
        elif "I" in given or "J" in given:
            return self.fault(f"I or J with {self.mode}")
        elif start == end:
            return None
        if not rapid and self.feed <= 0:
            self.fault("a cut without a feed")
            self.feed = 1.0  # said once
        rpm = self.rpm if self.turning else 0.0
        self.program.motions.append(
            Motion(self.line, rapid, start, end, self.feed, self.tool, rpm, centre, self.mode == "G3", self.halt)
        )
        self.halt = False
        return None

    def _centre(self, start: Place, end: Place, given: dict[str, float]) -> Flat | None:
        if "I" not in given and "J" not in given:
            self.fault("an arc without a centre")
            return None
        centre = start[0] + given.get("I", 0.0), start[1] + given.get("J", 0.0)
        radii = math.dist(start[:2], centre), math.dist(end[:2], centre)
        if min(radii) < ROUND:
            self.fault("an arc without a radius")
            return None
        if abs(radii[0] - radii[1]) > ROUND:
            self.fault(f"an arc that begins {radii[0]:.4f} mm and ends {radii[1]:.4f} mm from its centre")
            return None
        return centre


def known(values: Sequence[float | None]) -> Place | None:
    """A place, if all of it is known."""
    x, y, z = values
    return None if x is None or y is None or z is None else (x, y, z)
