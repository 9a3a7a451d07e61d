# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A nesting problem and its solution as plain geometry: no design, no machine, no file (mm, degrees)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fabrication.plan import Ring


@dataclass(frozen=True)
class Item:
    """One copy to lay. ``outline`` is what is cut, in its own frame (a mirrored part comes mirrored),
    arcs as chords that lie outside of them; ``holes`` are openings that other items may lie in.

    ``turns`` are the rotations allowed, counter-clockwise about the frame's origin. ``kind`` is the
    same for copies that may be exchanged."""

    name: str
    kind: int
    outline: Ring
    turns: tuple[float, ...]
    holes: tuple[Ring, ...] = ()
    inner: bool = False  # small: better not at the sheet's edge


@dataclass(frozen=True)
class Bin:
    """A kind of sheet or an offcut: ``outline`` is the whole of it, margin not yet taken off.

    ``turns`` replace an item's own where grain lies otherwise on this bin: item's turn + ``turned``."""

    name: str
    outline: Ring
    cost: float  # euros, or m² if no price is known; offcuts without a price cost nothing
    keep_out: tuple[Ring, ...] = ()
    count: int | None = None  # None: as many as wanted
    turned: float = 0.0
    offcut: bool = False  # used before any sheet is opened


@dataclass(frozen=True)
class Put:
    """Where an item lies: turned about its own origin, then moved."""

    item: int  # index in Problem.items
    x: float
    y: float
    turn: float


@dataclass(frozen=True)
class Laid:
    """One sheet in use, of the kind ``bin`` (index in Problem.bins)."""

    bin: int
    puts: tuple[Put, ...]


@dataclass(frozen=True)
class Problem:
    """``locked`` sheets come first in every solution, with these puts where they are."""

    items: tuple[Item, ...]
    bins: tuple[Bin, ...]
    spacing: float  # between outlines
    margin: float  # from an outline to the bin's edge
    locked: tuple[Laid, ...] = ()


@dataclass(frozen=True)
class Solution:
    """``unplaced``: index of each item that no bin takes → why, one English sentence."""

    sheets: tuple[Laid, ...]
    unplaced: tuple[tuple[int, str], ...] = ()


#: Called with each better solution and the share of the time that is gone, 0…1; returns False to stop.
Watch = Callable[[Solution, float], bool]
