# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""ShopBot's part files (.sbp): the few commands that a cut needs, and every other one a fault."""

from __future__ import annotations

import re
from collections.abc import Collection

from fabrication.verification.moves import Flat, Place, Program
from fabrication.verification.reader import Reader, Steps, in_bounds, numbers_of, said_from

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_TOOL = re.compile(r"&TOOL\s*=\s*([0-9]{1,3})")
_PLAIN_NUMBER = r"[-+]?(?:[0-9]{1,6}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})"
#: Lines of nothing but a move, speeds or a comment, as they are mostly written.
_PLAIN = re.compile(
    rf"(?:^(?:[MJ]3(?:,{_PLAIN_NUMBER}){{3}}|[MJ]2(?:,{_PLAIN_NUMBER}){{2}}|[MJ][XYZ],{_PLAIN_NUMBER}"
    rf"|CG,(?:,{_PLAIN_NUMBER}){{4}},T,-?1|MS(?:,{_PLAIN_NUMBER}){{2}}|'[ -~]{{0,200}}|)\n)++",
    re.MULTILINE,
)
_COMMENT = re.compile("'.*")
#: Which coordinates a move takes, in order.
_AXES = {"X": (0,), "Y": (1,), "Z": (2,), "2": (0, 1), "3": (0, 1, 2)}
#: The control box must count in millimetres: %(25) is 1 there, and the file refuses to run else.
_UNIT_CHECK = re.compile(r"IF\s+%\(25\)\s*=\s*0\s+THEN\s+GOTO\s+([A-Z_]\w*)")


#: How many numbers a plain line holds, that in its name included.
_HELD = {"M3": 4, "J3": 4, "M2": 3, "J2": 3, "CG": 5, "MS": 2, **{kind + axis: 1 for kind in "MJ" for axis in "XYZ"}}


def read_sbp(data: bytes, tools: Collection[int]) -> Program:
    """``tools`` are the numbers that the machine knows. Whatever is wrong stands in the program's faults, with
    its line; never raises for what the bytes are."""
    return SbpReader(tools).read(data)


class SbpReader(Reader):
    """The state of a ShopBot control program."""

    plain, comment = _PLAIN, _COMMENT
    cut_off = "the program does not end with END"

    def __init__(self, tools: Collection[int]) -> None:
        super().__init__(tools)
        self.feeds = {"M": [0.0, 0.0], "J": [0.0, 0.0]}  # mm a minute: across, up and down
        self.absolute = self.millimetres = False
        self.label = ""

    @property
    def knows_all(self) -> bool:
        return super().knows_all and self.absolute and self.millimetres

    def speeds(self) -> tuple[Flat, Flat]:
        (across, upright), (over, lift) = self.feeds["M"], self.feeds["J"]
        return (across, upright), (over, lift)

    def steps(self, text: str) -> Steps | None:
        import numpy as np

        signs = np.frombuffer(b"\n" + text.encode(), dtype=np.uint8)
        heads = np.flatnonzero(signs[:-1] == ord("\n")) + 1
        line = np.flatnonzero(signs[heads] != ord("\n"))
        heads = heads[line]
        name = signs[heads].astype(int) * 256 + signs[heads + 1]
        values, held = numbers_of(text, "MJXYZCGST,"), np.zeros(len(line), dtype=int)
        for head, count in _HELD.items():
            held[name == ord(head[0]) * 256 + ord(head[1])] = count
        place = np.cumsum(held) - held
        to, offset = np.full((len(line), 3), np.nan), np.full((len(line), 2), np.nan)
        speeds, ccw = np.full((len(line), 2), np.nan), np.zeros(len(line), dtype=bool)
        is_arc, says = (name == ord(head[0]) * 256 + ord(head[1]) for head in ("CG", "MS"))
        for head, axes in _AXES.items():
            mine = (signs[heads + 1] == ord(head)) & ~is_arc & ~says
            for number, axis in enumerate(axes):
                to[mine, axis] = values[place[mine] + number + (head in "23")]
        for axis in range(2):
            to[is_arc, axis], offset[is_arc, axis] = values[place[is_arc] + axis], values[place[is_arc] + 2 + axis]
            speeds[says, axis] = values[place[says] + axis] * 60
        ccw[is_arc] = values[place[is_arc] + 4] < 0
        if (speeds <= 0).any():
            return None
        return Steps(line, ~says, signs[heads] == ord("J"), is_arc, ccw, to, offset, *speeds.T)

    def after(self, steps: Steps) -> None:
        for place, column in enumerate((steps.across, steps.upright)):
            self.feeds["M"][place] = float(said_from(column, self.feeds["M"][place])[-1])

    def take(self, text: str) -> None:
        bare = text.split("'", 1)[0].strip().upper()
        if not bare:
            return None
        if self.program.complete:
            # What runs only if the units are wrong.
            if bare not in (f"{self.label}:", "CN, 91", "CN,91", "END"):
                self.fault(f"{bare[:20]!a} after END")
            return None
        if tool := _TOOL.fullmatch(bare):
            return self.select(int(tool[1]), tool[1])
        if check := _UNIT_CHECK.fullmatch(bare):
            self.millimetres, self.label = True, check[1]
            return None
        if bare == "END":
            self.program.complete = True
            return None
        name, numbers = self._parsed(bare)
        return None if name is None else self._command(name, numbers)

    def _parsed(self, bare: str) -> tuple[str | None, list[float | None]]:
        head, *rest = (piece.strip() for piece in bare.split(","))
        if head.startswith("PAUSE"):
            head, rest = "PAUSE", [head.removeprefix("PAUSE").strip(), *rest]
        numbers: list[float | None] = []
        for piece in rest:
            if not piece or (piece == "T" and head == "CG"):
                numbers.append(None)
            elif not _NUMBER.fullmatch(piece) or not in_bounds(float(piece)):
                self.fault(f"{piece[:20]!a} is no number")
                return None, []
            else:
                numbers.append(float(piece))
        return head, numbers

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
            self.change()
        elif name == "C6":
            self.spin("the spindle starts without a speed")
        elif name == "C7":
            self.stop()
        elif name == "PAUSE":
            if first is not None and not 0 <= first <= 600:
                self.fault("a pause of 0 to 600 s expected")
            self.pause(first or 0.0)
        else:
            self.fault(f"unknown command {name[:20]!a}")
        return None

    def _speeds(self, kind: str, numbers: list[float | None]) -> None:
        for place, speed in enumerate(numbers[:2]):
            if speed is not None:
                if speed <= 0:
                    self.fault(f"a speed of {speed:g}")
                self.feeds[kind][place] = speed * 60

    def _straight(self, name: str, values: list[float | None]) -> None:
        before, axes = self.at[:2], _AXES[name[1:]]
        if len(values) > len(axes):
            return self.fault(f"{name} with {len(values)} numbers")
        given = {axis: value for axis, value in zip(axes, values, strict=False) if value is not None}
        across, rapid = any(axis < 2 and value != before[axis] for axis, value in given.items()), name[0] == "J"
        way = self.go(given, across and not rapid)
        if way is not None and way[0] != way[1]:
            self._checked(rapid, *way, self.feeds[name[0]][0 if across else 1])
        return None

    def _arc(self, values: list[float | None]) -> None:
        """CG, (diameter), end X, end Y, centre's way X, Y, T, 1 clockwise or -1."""
        values = values + [None] * (7 - len(values))
        _, x, y, i, j, _, way = values[:7]
        if None in self.at:
            return self.fault("a cut from nowhere: X, Y and Z are not all known")
        if x is None or y is None or i is None or j is None or way not in (1, -1) or any(values[7:]):
            return self.fault("CG without its end, its centre or its direction, or with more than these")
        before = list(self.at)
        start, end = self.go({0: x, 1: y}, True) or (None, None)
        if start is None or end is None:
            return None
        centre = self.centre(start, end, (i, j))
        if centre is None:
            self.at = before
            return None
        return self._checked(False, start, end, self.feeds["M"][0], centre, way == -1)

    def _checked(
        self, rapid: bool, start: Place, end: Place, feed: float, centre: Flat | None = None, ccw: bool = False
    ) -> None:
        for said, what in ((self.absolute, "SA"), (self.millimetres, "the check of its units")):
            if not said:
                self.absolute = self.millimetres = True  # said once
                self.fault(f"a move before {what}")
        if feed <= 0 and not rapid:
            self.fault("a cut without a feed")
            feed = 1.0
        self.add(rapid, start, end, feed, centre, ccw)
