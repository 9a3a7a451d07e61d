# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""G-code as GRBL, LinuxCNC and Mach3 take it: the few words that a cut needs, and every other one a fault."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from fabrication.verification.moves import Flat, Program
from fabrication.verification.reader import Reader, Steps, in_bounds, numbers_of, said_from

_COMMENT = re.compile(r"\([^()]*\)|;.*$")
_WORD = re.compile(r"([A-Z])\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\s*")
_NUMBER = r"[-+]?(?:[0-9]{1,6}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})"
#: Lines of nothing but a motion, places and a feed, or a comment.
_PLAIN = re.compile(
    rf"(?:^(?:G0?[0-3](?![0-9.]) ?|[XYZIJF]{_NUMBER} ?){{0,8}}+(?:\([ -'*-~]{{0,80}}\))?+\n)++", re.MULTILINE
)
_LETTERS = "GXYZIJF"
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
    return GcodeReader(dialect, tools).read(data)


class GcodeReader(Reader):
    """The modal state of a controller."""

    plain, comment = _PLAIN, _COMMENT
    cut_off = "the program does not end with M2 or M30"

    def __init__(self, dialect: str, tools: Collection[int]) -> None:
        super().__init__(tools)
        self.dialect = dialect
        self.mode: str | None = None
        self.set: set[str] = set()
        self.feed = 0.0

    def take(self, text: str) -> None:
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

    @property
    def knows_all(self) -> bool:
        return super().knows_all and self.mode is not None and self.set.issuperset(_SETTINGS)

    def speeds(self) -> tuple[Flat, None]:
        return (self.feed, self.feed), None

    def steps(self, text: str) -> Steps | None:
        import numpy as np

        signs = np.frombuffer(text.encode(), dtype=np.uint8)
        words = np.flatnonzero(signs >= ord("A"))
        line, row = np.unique(np.searchsorted(np.flatnonzero(signs == ord("\n")), words), return_inverse=True)
        values = numbers_of(text, _LETTERS)
        columns: dict[str, Any] = {}
        for letter in _LETTERS:
            mine = signs[words] == ord(letter)
            if (np.diff(row[mine]) == 0).any():
                return None  # it stands twice on a line
            columns[letter] = np.full(len(line), np.nan)
            columns[letter][row[mine]] = values[mine]
        mode = said_from(columns["G"], float((self.mode or "G0")[1:]))
        to, offset = (np.stack([columns[letter] for letter in group], axis=1) for group in ("XYZ", "IJ"))
        centred = ~np.isnan(offset).all(axis=1)
        moves = centred | ~np.isnan(to).all(axis=1) | ~np.isnan(columns["G"])
        arc = mode >= 2
        if (moves & (centred != arc)).any() or (columns["F"] <= 0).any():
            return None
        return Steps(line, moves, mode == 0, arc, mode == 3, to, offset, columns["F"], columns["F"])

    def after(self, steps: Steps) -> None:
        self.feed = float(said_from(steps.across, self.feed)[-1])
        self.mode = ("G3" if steps.ccw[-1] else "G2") if steps.arc[-1] else "G0" if steps.rapid[-1] else "G1"

    def _block(self, words: list[tuple[str, float]]) -> None:
        numbers: dict[str, float] = {}
        codes: list[str] = []
        for letter, value in words:
            if not in_bounds(value):
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
            self.select(number, f"T{number:g}")
            if self.dialect == "grbl":
                self.change("it turns")
        if "M6" in codes:
            if not self.selected:
                self.fault("M6 without a tool")
            self.change()
        if "G43" in codes and numbers.pop("H", self.selected) != self.selected:
            self.fault(f"G43 with another length than tool {self.selected}'s")
        if "M5" in codes:
            self.stop()
        if "M3" in codes:
            self.spin("M3 without a speed")
        if "G4" in codes:
            pause = numbers.pop("P", None)
            if pause is None or not 0 <= pause <= 600:
                self.fault("G4 without a pause of 0 to 600 s")
            else:
                self.pause(pause)
        if "G64" in codes and not 0 <= numbers.pop("P", 0.0) <= 0.05:
            self.fault("G64 lets the path stray by more than 0.05 mm")
        if "M0" in codes:
            self.halt = True
        return True

    def _motion(self, given: dict[str, float]) -> None:
        if self.mode is None:
            return self.fault("coordinates without a motion")
        for code, what in _SETTINGS.items():
            if code not in self.set:
                self.set.add(code)  # said once
                self.fault(f"a move before {code}: {what} not said")
        way = self.go({axis: given[letter] for axis, letter in enumerate("XYZ") if letter in given}, self.mode != "G0")
        if way is None:
            return None
        (start, end), centre = way, None
        if self.mode in ("G2", "G3"):
            if "I" not in given and "J" not in given:
                return self.fault("an arc without a centre")
            centre = self.centre(start, end, (given.get("I", 0.0), given.get("J", 0.0)))
            if centre is None:
                return None
        elif "I" in given or "J" in given:
            return self.fault(f"I or J with {self.mode}")
        elif start == end:
            return None
        if self.mode != "G0" and self.feed <= 0:
            self.fault("a cut without a feed")
            self.feed = 1.0  # said once
        return self.add(self.mode == "G0", start, end, self.feed, centre, self.mode == "G3")
