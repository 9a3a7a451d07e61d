# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""G-code: moves as lines, arcs with their centre relative to their start, figures with four decimals.

Arcs are written from rounded ends to rounded ends, so that the two radii that an interpreter compares agree to a fifth of
a micrometre; an arc whose ends round to one point is left out, since it would be read as a full circle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from fablabs.machine import Tool
from fabrication.program import Move, Pace
from fabrication.toolpaths.plain import ascii_text

#: GRBL reads no longer line.
LINE = 70
#: Arcs shorter than this (mm) are straight.
_STRAIGHT = 0.002
_DECIMALS = 4


def comment(text: str) -> Iterator[str]:
    """One or more lines, broken between words."""
    plain = ascii_text(text).replace("(", "[").replace(")", "]")
    line = ""
    for word in plain.split():
        while len(word) > LINE - 2:
            if line:
                yield f"({line})"
                line = ""
            yield f"({word[: LINE - 2]})"
            word = word[LINE - 2 :]
        if line and len(line) + len(word) + 3 > LINE:
            yield f"({line})"
            line = ""
        line = f"{line} {word}".strip()
    if line:
        yield f"({line})"


def figure(value: float) -> str:
    """Four decimals, and no minus before nought."""
    text = f"{value:.{_DECIMALS}f}"
    return text[1:] if float(text) == 0 and text[0] == "-" else text


class Words:
    """Remembers where the machine stands, to the last decimal, and its feed."""

    def __init__(self, tool: Tool, above: float) -> None:
        self.feeds = {Pace.CUT: tool.feed_mm_min or 0.0, Pace.PLUNGE: tool.plunge_mm_min or 0.0}
        self.above = above
        self.x: float | None = None
        self.y: float | None = None
        self.z: float | None = None
        self.feed: float | None = None

    def up(self, z: float) -> str:
        """Z alone, in haste; nothing else is known then."""
        self.z = round(z, _DECIMALS)
        return f"G0 Z{figure(z)}"

    def line(self, move: Move) -> str | None:
        """None of a move that is none after rounding."""
        x, y = round(move.x, _DECIMALS), round(move.y, _DECIMALS)
        z = round(move.z + self.above, _DECIMALS)
        if (x, y, z) == (self.x, self.y, self.z):
            return None
        words = self._arc(move, x, y) if move.centre is not None else None
        if words is None:
            words = ["G0" if move.pace is Pace.RAPID else "G1"]
            words += [f"{axis}{figure(v)}" for axis, v, old in (("X", x, self.x), ("Y", y, self.y)) if v != old]
            if z != self.z:
                words.append(f"Z{figure(z)}")
        elif z != self.z:
            words.insert(3, f"Z{figure(z)}")
        if move.pace is not Pace.RAPID and self.feeds[move.pace] != self.feed:
            self.feed = self.feeds[move.pace]
            words.append(f"F{self.feed:.10g}")
        self.x, self.y, self.z = x, y, z
        return " ".join(words)

    def _arc(self, move: Move, x: float, y: float) -> list[str] | None:
        assert move.centre is not None and self.x is not None and self.y is not None
        if math.hypot(x - self.x, y - self.y) < _STRAIGHT:
            return None
        i, j = move.centre[0] - self.x, move.centre[1] - self.y
        return ["G3" if move.ccw else "G2", f"X{figure(x)}", f"Y{figure(y)}", f"I{figure(i)}", f"J{figure(j)}"]
