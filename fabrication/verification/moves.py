# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a machine's file makes the machine do, whatever its dialect: moves, with the line they stand on, in columns.

There are tens of thousands: whatever is asked of all of them is asked of arrays, one row a move. Coordinates are the
file's own (mm); feeds are mm a minute, pauses seconds, angles radians.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Place = tuple[float, float, float]
Flat = tuple[float, float]

#: A file with more of them is not for one sheet; it is read no further.
MAX_MOVES = 200_000
MAX_BYTES = 12_000_000
MAX_FAULTS = 50
#: No coordinate, feed or speed is larger.
LARGEST = 1e6
#: A chord leaves its arc by at most this (mm), and turns by at most MAX_TURN.
SAGITTA = 0.004
MAX_TURN = math.radians(22.5)
#: The distances of an arc's two ends from its centre may differ by this (mm), as LinuxCNC holds it.
ROUND = 0.005
#: An arc of less (radians) is a full turn, as LinuxCNC takes it.
_FULL = 1e-6
#: Shorter in plan (mm) is straight up or down.
_UPRIGHT = 1e-6
#: A row of a file: line, rapid, start x y z, end x y z, feed, tool, rpm, centre x y (nan: a straight line),
#: counter-clockwise, halt. What is true or not is 1 or 0.
COLUMNS = 15


class Moves(Sequence["Motion"]):
    """Straight lines, arcs and helices about the vertical, one row each: ``rows`` has the shape (n, COLUMNS).

    ``turn`` is signed, 0 for a line; of an arc whose two ends coincide it is a full one, of a part of an arc what
    ``turn`` says. ``halt``: the machine stands still before it. ``rpm`` 0: the spindle stands.
    """

    def __init__(self, rows: ArrayLike, turn: Any = None) -> None:
        import numpy as np

        self.rows = np.asarray(rows, dtype=float).reshape(-1, COLUMNS)
        r = self.rows
        self.line, self.tool = r[:, 0].astype(int), r[:, 9].astype(int)
        self.rapid, self.ccw, self.halt = r[:, 1] > 0, r[:, 13] > 0, r[:, 14] > 0
        self.start, self.end, self.centre = r[:, 2:5], r[:, 5:8], r[:, 11:13]
        self.feed, self.rpm = r[:, 8], r[:, 10]
        self.is_arc = ~np.isnan(r[:, 11])
        self.low, self.high = np.minimum(r[:, 4], r[:, 7]), np.maximum(r[:, 4], r[:, 7])
        if turn is not None:
            self.turn = turn

    @classmethod
    def of(cls, motions: Sequence[Motion]) -> Moves:
        """The moves themselves, or some of any moves, as columns."""
        if isinstance(motions, Moves):
            return motions
        return cls([motion.moves.rows[motion.index] for motion in motions])

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Motion: ...
    @overload
    def __getitem__(self, index: slice) -> Moves: ...
    def __getitem__(self, index: int | slice) -> Motion | Moves:
        if isinstance(index, slice):
            return self.some(index)
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return Motion(self, index % len(self))

    def __iter__(self) -> Iterator[Motion]:
        return (Motion(self, index) for index in range(len(self)))

    def some(self, which: Any) -> Moves:
        """Those of a mask, a slice or an array of indices."""
        import numpy as np

        found = Moves(self.rows[which], self.turn[which])
        # What is known of all is known of some.
        if "ways" in self.__dict__:
            numbers, turned = self.ways
            found.ways = numbers[which], turned[which]
        if "points" in self.__dict__:
            drawn, first = self.points
            begins, counts = first[:-1][which], np.diff(first)[which]
            found.points = drawn[np.repeat(begins, counts) + _counted(counts)], np.append(0, np.cumsum(counts))
        return found

    @cached_property
    def turn(self) -> Any:
        import numpy as np

        (x0, y0), (x1, y1), (cx, cy) = self.start[:, :2].T, self.end[:, :2].T, self.centre.T
        sign = np.where(self.ccw, 1.0, -1.0)
        angle = (np.arctan2(y1 - cy, x1 - cx) - np.arctan2(y0 - cy, x0 - cx)) * sign % math.tau
        angle[angle < _FULL] = math.tau
        return np.where(self.is_arc, angle * sign, 0.0)

    @cached_property
    def radius(self) -> Any:
        """Of the tip's way (mm), infinite for a line."""
        import numpy as np

        away = self.start[:, :2] - self.centre
        return np.where(self.is_arc, np.hypot(away[:, 0], away[:, 1]), math.inf)

    @cached_property
    def flat(self) -> Any:
        """Lengths in plan (mm)."""
        import numpy as np

        way = self.end[:, :2] - self.start[:, :2]
        long = np.hypot(way[:, 0], way[:, 1])
        long[self.is_arc] = abs(self.turn[self.is_arc]) * self.radius[self.is_arc]
        return long

    @cached_property
    def length(self) -> Any:
        """Along line or helix (mm)."""
        import numpy as np

        return np.hypot(self.flat, self.end[:, 2] - self.start[:, 2])

    @cached_property
    def is_upright(self) -> Any:
        return self.flat < _UPRIGHT

    @cached_property
    def ways(self) -> tuple[Any, Any]:
        """A number for each way in plan (to 0.001 mm, with its tool), the same whether it is gone to or fro; and
        which of them are gone from the way's end to its beginning."""
        import numpy as np

        a, b = np.unique(self.stations, return_inverse=True)[1].reshape(2, -1)
        # Of an arc the sense says which end it begins at.
        turned = np.where(self.is_arc, ~self.ccw, b < a)
        a, b = np.where(turned, b, a), np.where(turned, a, b)
        centres = np.where(self.is_arc[:, None], self.centre, LARGEST * 4).round(3)
        about = np.unique(centres[:, 0] + 1j * centres[:, 1], return_inverse=True)[1]
        kind = np.unique(about * (self.tool.max(initial=0) + 1) + self.tool, return_inverse=True)[1]
        ends = np.unique(a * len(self.stations) + b, return_inverse=True)[1]
        return ends * (len(self) + 1) + kind, turned

    @cached_property
    def stations(self) -> Any:
        """All places in plan where they start, then all where they end, to 0.001 mm, as complex numbers."""
        import numpy as np

        flat = np.concatenate([self.start[:, :2], self.end[:, :2]]).round(3)
        return flat[:, 0] + 1j * flat[:, 1]

    def at(self, which: Any, shares: Any) -> Any:
        """Places of the tip, (k, 3), after a share (0 to 1) of the way of each."""
        import numpy as np

        start, end, arc = self.start[which], self.end[which], self.is_arc[which]
        shares = np.broadcast_to(shares, len(start))
        places = start + (end - start) * shares[:, None]
        away = (start[:, :2] - self.centre[which])[arc]
        angle = np.arctan2(away[:, 1], away[:, 0]) + (self.turn[which] * shares)[arc]
        round_about = np.stack([np.cos(angle), np.sin(angle)], axis=1) * self.radius[which][arc, None]
        places[arc, :2] = self.centre[which][arc] + round_about
        return places

    def clipped(self, which: Any, heights: Any) -> Moves:
        """The parts of moves that come as low as a height whose tips are at or below it: depth is linear along line
        and helix."""
        import numpy as np

        which = np.arange(len(self))[which]
        rows, turn = self.rows[which], self.turn[which]
        heights = np.broadcast_to(heights, len(rows))
        cut = self.high[which] > heights
        mine = which[cut]
        begin, end = self.start[mine, 2], self.end[mine, 2]
        shares = (heights[cut] - begin) / (end - begin)
        places, rises = self.at(mine, shares), begin < end
        rows[np.flatnonzero(cut)[rises], 5:8] = places[rises]
        rows[np.flatnonzero(cut)[~rises], 2:5] = places[~rises]
        turn[cut] *= np.where(rises, shares, 1 - shares)
        parts = Moves(rows, turn)
        # Those that stay whole are drawn already.
        (drawn, first), (fresh, its) = self.points, parts.some(cut).points
        counts = np.diff(first)[which]
        counts[cut] = np.diff(its)
        is_fresh = np.repeat(cut, counts)
        points = np.empty((len(is_fresh), 2))
        points[is_fresh] = fresh
        points[~is_fresh] = drawn[(np.repeat(first[which], counts) + _counted(counts))[~is_fresh]]
        parts.points = points, np.concatenate([[0], np.cumsum(counts)])
        return parts

    @cached_property
    def points(self) -> tuple[Any, Any]:
        """Both ends of each and an arc's points between them, (p, 2), and the index of each move's first, (n + 1)."""
        import numpy as np

        step = np.full(len(self), MAX_TURN)
        wide = self.is_arc & (self.radius > SAGITTA)
        step[wide] = np.minimum(MAX_TURN, 2 * np.arccos(np.maximum(-1.0, 1 - SAGITTA / self.radius[wide])))
        chords = np.maximum(1, np.ceil(abs(self.turn) / step)).astype(int)
        first = np.concatenate([[0], np.cumsum(chords + 1)])
        drawn = np.empty((first[-1], 2))
        bent = np.flatnonzero(chords > 1)
        away, counts = self.start[bent, :2] - self.centre[bent], chords[bent] + 1
        angle, step = np.arctan2(away[:, 1], away[:, 0]), self.turn[bent] / chords[bent]
        number = _counted(counts)
        angles, radii = (
            np.repeat(angle, counts) + np.repeat(step, counts) * number,
            np.repeat(self.radius[bent], counts),
        )
        places = np.repeat(first[bent], counts) + number
        for axis, share in enumerate((np.cos(angles), np.sin(angles))):
            drawn[places, axis] = np.repeat(self.centre[bent, axis], counts) + radii * share
        drawn[first[:-1]], drawn[first[1:] - 1] = self.start[:, :2], self.end[:, :2]
        return drawn, first

    def lines(self, begins: Any = None) -> Any:
        """shapely's line of each in plan, or of each run of them: of one that ``begins``, and those that follow it
        up to the next."""
        import numpy as np
        import shapely

        drawn, first = self.points
        if not len(self):
            return np.array([], dtype=object)
        runs = np.arange(len(self)) if begins is None else np.cumsum(begins) - 1
        owner = np.repeat(runs, np.diff(first))
        if begins is not None:
            # Where a run goes on, its next move begins where the last one ended.
            kept = np.ones(len(drawn), dtype=bool)
            kept[first[:-1][~begins]] = False
            drawn, owner = drawn[kept], owner[kept]
        # A plunge is a line of a millionth: one without length is found by no search.
        heads = np.flatnonzero(np.diff(owner, prepend=-1))
        still = (np.maximum.reduceat(drawn, heads) == np.minimum.reduceat(drawn, heads)).all(axis=1)
        if still.any():
            drawn = drawn.copy()
            drawn[heads[still] + 1, 0] += 1e-6
        return shapely.linestrings(drawn, indices=owner)


def _counted(counts: Any) -> Any:
    """0, 1, … for each count, one after the other."""
    import numpy as np

    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


class Motion:
    """One row of moves, in plain figures; ``low`` is the lower tip, ``radius`` infinite for a line."""

    __slots__ = ("index", "moves")

    def __init__(self, moves: Moves, index: int) -> None:
        self.moves, self.index = moves, index

    @property
    def line(self) -> int:
        return int(self.moves.line[self.index])

    @property
    def rapid(self) -> bool:
        return bool(self.moves.rapid[self.index])

    @property
    def start(self) -> Place:
        x, y, z = self.moves.start[self.index].tolist()
        return x, y, z

    @property
    def end(self) -> Place:
        x, y, z = self.moves.end[self.index].tolist()
        return x, y, z

    @property
    def centre(self) -> Flat | None:
        if not self.moves.is_arc[self.index]:
            return None
        x, y = self.moves.centre[self.index].tolist()
        return x, y

    @property
    def feed(self) -> float:
        return float(self.moves.feed[self.index])

    @property
    def rpm(self) -> float:
        return float(self.moves.rpm[self.index])

    @property
    def tool(self) -> int:
        return int(self.moves.tool[self.index])

    @property
    def halt(self) -> bool:
        return bool(self.moves.halt[self.index])

    @property
    def turn(self) -> float:
        return float(self.moves.turn[self.index])

    @property
    def radius(self) -> float:
        return float(self.moves.radius[self.index])

    @property
    def length(self) -> float:
        return float(self.moves.length[self.index])

    @property
    def low(self) -> float:
        return float(self.moves.low[self.index])

    @property
    def is_upright(self) -> bool:
        return bool(self.moves.is_upright[self.index])

    @property
    def points(self) -> list[Flat]:
        """Both ends, and an arc's points between them."""
        drawn, first = self.moves.points
        return [(x, y) for x, y in drawn[first[self.index] : first[self.index + 1]].tolist()]


@dataclass
class Program:
    """A file as read. ``entry`` is the height that it goes to first; ``complete``: it ends as its dialect ends."""

    entry: float | None = None
    motions: Moves = field(default_factory=lambda: Moves([]))
    pauses: float = 0.0  # seconds
    complete: bool = False
    faults: list[str] = field(default_factory=list)

    def fault(self, line: int, text: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(f"line {line}: {text}")
