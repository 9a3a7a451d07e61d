# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""ShopBot's part files (.sbp): the few commands that a cut needs, and every other one a fault."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from fabrication.verification.gcode import known
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

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_TOOL = re.compile(r"&TOOL\s*=\s*([0-9]{1,3})")
_LONGEST_LINE = 250
#: Which coordinates a move takes, in order.
_AXES = {"X": (0,), "Y": (1,), "Z": (2,), "2": (0, 1), "3": (0, 1, 2)}
#: The control box must count in millimetres: %(25) is 1 there, and the file refuses to run else.
_UNIT_CHECK = re.compile(r"IF\s+%\(25\)\s*=\s*0\s+THEN\s+GOTO\s+([A-Z_]\w*)")


def read_sbp(data: bytes, tools: Collection[int]) -> Program:
    """``tools`` are the numbers that the machine knows. Whatever is wrong stands in the program's faults, with
    its line; never raises for what the bytes are."""
    program = Program()
    if len(data) > MAX_BYTES:
        program.fault(0, f"{len(data)} bytes, {MAX_BYTES} at most")
        return program
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        program.fault(0, "it is no ASCII text")
        return program
    reader = _Reader(program, tools)
    for number, line in enumerate(text.splitlines(), start=1):
        reader.take(number, line)
        if len(program.motions) > MAX_MOVES:
            program.fault(number, f"more than {MAX_MOVES} moves")
        if len(program.faults) >= MAX_FAULTS:
            return program
    reader.close()
    return program


class _Reader:
    """The state of a ShopBot control program."""

    def __init__(self, program: Program, tools: Collection[int]) -> None:
        self.program, self.tools = program, tools
        self.at: list[float | None] = [None, None, None]
        self.feeds = {"M": [0.0, 0.0], "J": [0.0, 0.0]}  # mm a minute: across, up and down
        self.absolute = self.millimetres = self.turning = False
        self.rpm = 0.0
        self.selected = self.tool = 0
        self.halt = True
        self.line = 0
        self.label = ""

    def take(self, number: int, text: str) -> None:
        self.line = number
        if len(text) > _LONGEST_LINE:
            return self.fault(f"{len(text)} characters, {_LONGEST_LINE} at most")
        bare = text.split("'", 1)[0].strip().upper()
        if not bare:
            return None
        if self.program.complete:
            # What runs only if the units are wrong.
            if bare not in (f"{self.label}:", "CN, 91", "CN,91", "END"):
                self.fault(f"{bare[:20]!a} after END")
            return None
        if tool := _TOOL.fullmatch(bare):
            return self._select(int(tool[1]))
        if check := _UNIT_CHECK.fullmatch(bare):
            self.millimetres, self.label = True, check[1]
            return None
        if bare == "END":
            self.program.complete = True
            return None
        name, numbers = self._parsed(bare)
        return None if name is None else self._command(name, numbers)

    def fault(self, text: str) -> None:
        self.program.fault(self.line, text)

    def close(self) -> None:
        if not self.program.complete:
            self.fault("the program does not end with END: it was cut off")
        elif self.turning:
            self.fault("the spindle still turns at the end")

    def _parsed(self, bare: str) -> tuple[str | None, list[float | None]]:
        head, *rest = (piece.strip() for piece in bare.split(","))
        if head.startswith("PAUSE"):
            head, rest = "PAUSE", [head.removeprefix("PAUSE").strip(), *rest]
        numbers: list[float | None] = []
        for piece in rest:
            if not piece or (piece == "T" and head == "CG"):
                numbers.append(None)
            elif not _NUMBER.fullmatch(piece) or abs(float(piece)) > LARGEST:
                self.fault(f"{piece[:20]!a} is no number")
                return None, []
            else:
                numbers.append(float(piece))
        return head, numbers

    def _select(self, number: int) -> None:
        if number not in self.tools:
            self.fault(f"tool {number} is unknown: the machine has {sorted(self.tools)}")
        self.selected = number

    def _command(self, name: str, numbers: list[float | None]) -> None:
        first = numbers[0] if numbers else None
        if name[:1] in ("M", "J") and name[1:] in _AXES:
            return self._straight(name, numbers)
        if name == "CG":
            return self._arc(numbers)
        if name in ("MS", "JS"):
            return self._speeds(name[0], numbers)
        if name == "SA":
            self.absolute = True
        elif name == "TR":
            self.rpm = first or 0.0
        elif name == "C9":
            if self.turning:
                self.fault("the tool is changed while the spindle turns")
            self.tool, self.halt = self.selected, True
        elif name == "C6":
            self.turning, self.halt = True, True
            if self.rpm <= 0:
                self.fault("the spindle starts without a speed")
        elif name == "C7":
            self.turning, self.halt = False, True
        elif name == "PAUSE":
            if first is not None and not 0 <= first <= 600:
                self.fault("a pause of 0 to 600 s expected")
            self.program.pauses += first or 0.0
            self.halt = True
        else:
            self.fault(f"unknown command {name[:20]!a}")
        return None

    def _speeds(self, kind: str, numbers: list[float | None]) -> None:
        for place, speed in enumerate(numbers[:2]):
            if speed is not None:
                if speed <= 0:
                    self.fault(f"a speed of {speed:g}")
                self.feeds[kind][place] = speed * 60

    def _straight(self, name: str, numbers: list[float | None]) -> None:
        before, axes = list(self.at), _AXES[name[1:]]
        if len(numbers) > len(axes):
            return self.fault(f"{name} with {len(numbers)} numbers")
        for axis, number in zip(axes, numbers, strict=False):
            if number is not None:
                self.at[axis] = number
        across = self.at[:2] != before[:2]
        if before[2] is None and across:
            return self.fault("X or Y move before the first Z: the tool may stand anywhere")
        if before[2] is None:
            self.program.entry = self.at[2]
        rapid = name[0] == "J"
        if None in before:
            if not rapid and across:
                self.fault("a cut from nowhere: X, Y and Z are not all known")
            before = [now if old is None else old for old, now in zip(before, self.at, strict=True)]
        start, end = known(before), known(self.at)
        if start and end and start != end:
            self._add(rapid, start, end, self.feeds[name[0]][0 if across else 1])
        return None

    def _arc(self, numbers: list[float | None]) -> None:
        """CG, (diameter), end X, end Y, centre's way X, Y, T, 1 clockwise or -1."""
        numbers = numbers + [None] * (7 - len(numbers))
        _, x, y, i, j, _, way = numbers[:7]
        start = known(self.at)
        if start is None:
            return self.fault("a cut from nowhere: X, Y and Z are not all known")
        if x is None or y is None or i is None or j is None or way not in (1, -1) or any(numbers[7:]):
            return self.fault("CG without its end, its centre or its direction, or with more than these")
        end, centre = (x, y, start[2]), (start[0] + i, start[1] + j)
        radii = math.dist(start[:2], centre), math.dist(end[:2], centre)
        if min(radii) < ROUND:
            return self.fault("an arc without a radius")
        if abs(radii[0] - radii[1]) > ROUND:
            return self.fault(f"an arc that begins {radii[0]:.4f} mm and ends {radii[1]:.4f} mm from its centre")
        self.at = [x, y, start[2]]
        return self._add(False, start, end, self.feeds["M"][0], centre, way == -1)

    def _add(
        self, rapid: bool, start: Place, end: Place, feed: float, centre: Flat | None = None, ccw: bool = True
    ) -> None:
        for said, what in ((self.absolute, "SA"), (self.millimetres, "the check of its units")):
            if not said:
                self.absolute = self.millimetres = True  # said once
                self.fault(f"a move before {what}")
        if feed <= 0 and not rapid:
            self.fault("a cut without a feed")
            feed = 1.0
        rpm = self.rpm if self.turning else 0.0
        self.program.motions.append(Motion(self.line, rapid, start, end, feed, self.tool, rpm, centre, ccw, self.halt))
        self.halt = False
