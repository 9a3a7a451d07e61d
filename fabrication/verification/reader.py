# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What all readers of machine programs share: the machine's state, its moves, its tools, and faults with their lines.

A dialect reads line by line (``take``). Nearly all lines of a file are plain moves, which its pattern ``plain`` knows:
a run of them is read at once into columns (``steps``). If anything in a run is not as it should be, or isn't known
yet, its lines are taken one by one: only there faults are found and named.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from fabrication.verification.moves import (
    COLUMNS,
    LARGEST,
    MAX_BYTES,
    MAX_FAULTS,
    MAX_MOVES,
    ROUND,
    Flat,
    Moves,
    Place,
    Program,
)

_LONGEST_LINE = 250
#: A shorter run (characters) is not worth its columns.
_SHORT = 400


@dataclass(frozen=True)
class Steps:
    """Lines of plain moves, in columns of their length: ``line`` counts from the run's first; ``to`` (n, 3) is where
    they go and ``offset`` (n, 2) an arc's centre from its start, nan where it is not said; ``moves``: it asks for a
    motion at all, ``across``: it says how fast across, ``upright`` how fast up and down (mm a minute)."""

    line: Any
    moves: Any
    rapid: Any
    arc: Any
    ccw: Any
    to: Any
    offset: Any
    across: Any
    upright: Any


class Reader(ABC):
    """The state of a controller; a dialect adds what its lines mean."""

    plain: ClassVar[re.Pattern[str]]
    comment: ClassVar[re.Pattern[str]]
    cut_off: ClassVar[str]

    def __init__(self, tools: Collection[int]) -> None:
        self.program, self.tools = Program(), tools
        self.at: list[float | None] = [None, None, None]
        self.rpm = 0.0
        self.turning = False
        self.selected = self.tool = 0
        self.halt = True
        self.line = 0
        self.count = 0
        self._rows: list[tuple[float, ...]] = []
        self._blocks: list[Any] = []

    def read(self, data: bytes) -> Program:
        """Whatever is wrong stands in the program's faults, with its line; never raises for what the bytes are."""
        import numpy as np

        if len(data) > MAX_BYTES:
            self.fault(f"{len(data)} bytes, {MAX_BYTES} at most")
            return self.program
        try:
            text = data.decode("ascii")
        except UnicodeDecodeError:
            self.fault("it is no ASCII text")
            return self.program
        if self._lines(text):
            self.close()
        self._gather()
        self.program.motions = Moves(np.concatenate([np.empty((0, COLUMNS)), *self._blocks]))
        return self.program

    def _lines(self, text: str) -> bool:
        """False if there were too many faults to go on."""
        lines = text.splitlines()
        # Only where no other sign ends a line does counting "\n" count lines.
        runs = self.plain.finditer(text) if text.count("\n") == len(lines) - (not text.endswith("\n")) else iter(())
        number, position = 0, 0
        for run in runs:
            if run.end() - run.start() < _SHORT:
                continue
            first = number + text.count("\n", position, run.start())
            last = first + text.count("\n", run.start(), run.end())
            if not self._each(lines, number, first):
                return False
            self.line = first
            while first < last and not self.knows_all:
                if not self._each(lines, first, first + 1):
                    return False
                first += 1
            rest = "\n".join([*lines[first:last], ""])
            if not self._run(rest, first + 1) and not self._each(lines, first, last):
                return False
            number, position = last, run.end()
        return self._each(lines, number, len(lines))

    def _each(self, lines: Sequence[str], first: int, last: int) -> bool:
        for number in range(first, last):
            self.line = number + 1
            if len(lines[number]) > _LONGEST_LINE:
                self.fault(f"{len(lines[number])} characters, {_LONGEST_LINE} at most")
            else:
                self.take(lines[number])
            if self.count > MAX_MOVES:
                self.fault(f"more than {MAX_MOVES} moves")
            if len(self.program.faults) >= MAX_FAULTS:
                return False
        return True

    @abstractmethod
    def take(self, text: str) -> None:
        """One line."""

    @property
    def knows_all(self) -> bool:
        """Is everything said that a move asks for, so that no fault is left but a move's own?"""
        return None not in self.at and not self.program.complete

    @abstractmethod
    def steps(self, text: str) -> Steps | None:
        """A run of plain lines without comments; None if they are to be taken one by one."""

    @abstractmethod
    def speeds(self) -> tuple[Flat, Flat | None]:
        """As last said, across and up and down (mm a minute): of cuts; of rapids, if that is another."""

    @abstractmethod
    def after(self, steps: Steps) -> None:
        """What of the state only this dialect knows, after a run."""

    def fault(self, text: str) -> None:
        self.program.fault(self.line, text)

    def close(self) -> None:
        if not self.program.complete:
            self.fault(f"{self.cut_off}: it was cut off")
        elif self.turning:
            self.fault("the spindle still turns at the end")

    def select(self, number: float, name: str) -> None:
        if number not in self.tools:
            self.fault(f"tool {name} is unknown: the machine has {sorted(self.tools)}")
        self.selected = int(number)

    def change(self, trouble: str = "the spindle turns") -> None:
        if self.turning:
            self.fault(f"the tool is changed while {trouble}")
        self.tool, self.halt = self.selected, True

    def pause(self, seconds: float) -> None:
        self.program.pauses += seconds
        self.halt = True

    def spin(self, fault: str) -> None:
        self.turning, self.halt = True, True
        if self.rpm <= 0:
            self.fault(fault)

    def stop(self) -> None:
        self.turning, self.halt = False, True

    def go(self, given: Mapping[int, float], cuts: bool) -> tuple[Place, Place] | None:
        """To where some axes are said to be; from and to, if both are known. ``cuts``: it must be known from where."""
        before = list(self.at)
        for axis, value in given.items():
            self.at[axis] = value
        if before[2] is None and (self.at[0] is not None or self.at[1] is not None):
            self.fault("X or Y move before the first Z: the tool may stand anywhere")
            return None
        if before[2] is None:
            self.program.entry = self.at[2]
        if None in before:
            if cuts:
                self.fault("a cut from nowhere: X, Y and Z are not all known")
            # Nobody knows where from; what matters is that it is up there.
            before = [now if old is None else old for old, now in zip(before, self.at, strict=True)]
        start, end = _known(before), _known(self.at)
        return (start, end) if start and end else None

    def centre(self, start: Place, end: Place, offset: Flat) -> Flat | None:
        """Of an arc; None after a fault."""
        centre = start[0] + offset[0], start[1] + offset[1]
        radii = math.dist(start[:2], centre), math.dist(end[:2], centre)
        if min(radii) < ROUND:
            self.fault("an arc without a radius")
        elif abs(radii[0] - radii[1]) > ROUND:
            self.fault(f"an arc that begins {radii[0]:.4f} mm and ends {radii[1]:.4f} mm from its centre")
        else:
            return centre
        return None

    def add(
        self, rapid: bool, start: Place, end: Place, feed: float, centre: Flat | None = None, ccw: bool = False
    ) -> None:
        rpm, about = self.rpm if self.turning else 0.0, centre or (math.nan, math.nan)
        self._rows.append((self.line, rapid, *start, *end, feed, self.tool, rpm, *about, ccw, self.halt))
        self.count += 1
        self.halt = False

    def _gather(self) -> None:
        import numpy as np

        if self._rows:
            self._blocks.append(np.array(self._rows, dtype=float))
            self._rows = []

    def _run(self, text: str, first: int) -> bool:
        """A run of plain lines as columns; False, and nothing done, if there is anything wrong or unknown in it.
        ``first`` is its first line's number."""
        import numpy as np

        steps = self.steps(self.comment.sub("", text)) if self.knows_all else None
        if steps is None or not len(steps.line):
            return steps is not None
        spots = np.concatenate([[self.at], steps.to]).astype(float)
        for axis in range(3):
            spots[:, axis] = said(spots[:, axis])
        start, end = spots[:-1], spots[1:]
        arc, is_still = steps.arc & steps.moves, (start == end).all(axis=1)
        offset = np.where(np.isnan(steps.offset), 0.0, steps.offset)
        centre = np.where(arc[:, None], start[:, :2] + offset, np.nan)
        away, left = start[arc, :2] - centre[arc], end[arc, :2] - centre[arc]
        radii = np.hypot(*away.T), np.hypot(*left.T)
        flat = (start[:, :2] != end[:, :2]).any(axis=1) | arc
        cutting, jogging = self.speeds()
        feeds = np.where(flat, said_from(steps.across, cutting[0]), said_from(steps.upright, cutting[1]))
        if jogging is not None:
            feeds = np.where(steps.rapid, np.where(flat, *jogging), feeds)
        kept = steps.moves & (arc | ~is_still)
        count = int(kept.sum())
        if (
            (np.minimum(*radii) < ROUND).any()
            or (abs(radii[0] - radii[1]) > ROUND).any()
            or (feeds[kept & ~steps.rapid] <= 0).any()
            or self.count + count > MAX_MOVES
        ):
            return False
        rows = np.empty((count, COLUMNS))
        rows[:, 0], rows[:, 1] = steps.line[kept] + first, steps.rapid[kept]
        rows[:, 2:5], rows[:, 5:8], rows[:, 8] = start[kept], end[kept], feeds[kept]
        rows[:, 9], rows[:, 10] = self.tool, self.rpm if self.turning else 0.0
        rows[:, 11:13], rows[:, 13], rows[:, 14] = centre[kept], (steps.ccw & arc)[kept], 0
        if count:
            rows[0, 14], self.halt = self.halt, False
        self._gather()
        self._blocks.append(rows)
        self.count += count
        self.at = spots[-1].tolist()
        self.after(steps)
        return True


def said(values: Any) -> Any:
    """Of a column, what was last said (not nan) at each row."""
    import numpy as np

    return values[np.maximum.accumulate(np.where(np.isnan(values), 0, np.arange(len(values))))]


def said_from(values: Any, before: float) -> Any:
    """The same, with what was said before its first row."""
    import numpy as np

    return said(np.concatenate([[before], values]))[1:]


def numbers_of(text: str, signs: str) -> Any:
    """All numbers of a text, where ``signs`` stand for nothing but what is between them."""
    import numpy as np

    return np.fromstring(text.translate(str.maketrans(signs, " " * len(signs))), sep=" ")


def in_bounds(value: float) -> bool:
    return math.isfinite(value) and abs(value) <= LARGEST


def _known(values: Sequence[float | None]) -> Place | None:
    """A place, if all of it is known."""
    x, y, z = values
    return None if x is None or y is None or z is None else (x, y, z)
