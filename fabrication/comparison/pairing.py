# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which part of before is which part of now: by code and name, and by its outline where it was numbered or named anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fabrication.comparison.shape import Alignment, PartShape, likeness, same_shape
from fabrication.plan import FlatPart

#: Parts of one name, or of one number, are the same part if they share this much wood.
_SAME_LABEL = 0.5
#: Parts that neither name nor number tells are the same if they share this much.
_SAME_OUTLINE = 0.8


@dataclass(frozen=True)
class Pair:
    """A part of before and the one of now; ``at`` lays the old one over the new one."""

    old: FlatPart
    new: FlatPart
    at: Alignment

    @cached_property
    def old_shape(self) -> PartShape:
        """In the frame of the new part."""
        return PartShape(self.old, self.at)

    @cached_property
    def new_shape(self) -> PartShape:
        return PartShape(self.new)


@dataclass(frozen=True)
class Pairing:
    """Every part of both states, once."""

    pairs: tuple[Pair, ...]  # in the order of the new parts
    added: tuple[FlatPart, ...]
    removed: tuple[FlatPart, ...]

    def new_code(self, old_code: str) -> str | None:
        """None for a part that is gone."""
        return next((pair.new.code for pair in self.pairs if pair.old.code == old_code), None)


def pair_parts(old: Sequence[FlatPart], new: Sequence[FlatPart], go_on: Callable[[], None] = lambda: None) -> Pairing:
    """Every part is in one pair at most. What stayed as it was is found first, so that numbers that moved by one pair no
    strangers; then labels are believed, then outlines. ``go_on`` is asked before each two that are laid over each other: it may
    raise, to end it."""
    matcher = _Matcher(list(old), list(new), go_on)
    matcher.take(lambda o, n: o.code == n.code and o.name == n.name, exactly=True)
    matcher.take(lambda o, n: o.name == n.name, exactly=True)
    matcher.take(lambda o, n: o.code == n.code and o.name == n.name, 0.0)
    matcher.take(lambda o, n: True, exactly=True)
    matcher.take(lambda o, n: o.name == n.name or o.code == n.code, _SAME_LABEL)
    matcher.take(lambda o, n: True, _SAME_OUTLINE)
    order = {part.code: number for number, part in enumerate(new)}
    pairs = sorted(matcher.pairs, key=lambda pair: order[pair.new.code])
    return Pairing(tuple(pairs), tuple(matcher.new), tuple(matcher.old))


class _Matcher:
    """What is not paired yet, and the pairs that were found."""

    def __init__(self, old: list[FlatPart], new: list[FlatPart], go_on: Callable[[], None]) -> None:
        self.old, self.new, self.go_on = old, new, go_on
        self.pairs: list[Pair] = []
        self._wood = {id(part): float(PartShape(part).wood.area) for part in (*old, *new)}

    def take(self, may: Callable[[FlatPart, FlatPart], bool], least: float = 0.0, *, exactly: bool = False) -> None:
        """Pair those that may be, the likest first; ties by the order of the parts."""
        found: list[tuple[float, int, int, Alignment]] = []
        for i, one in enumerate(self.old):
            for j, other in enumerate(self.new):
                if not may(one, other) or (exactly and not _comparable(one, other)) or self._most(one, other) < least:
                    continue
                self.go_on()
                share, at = best_alignment(one, other)
                if exactly:
                    if one.operations == other.operations or same_shape(PartShape(one, at), PartShape(other)):
                        found.append((-1.0, i, j, at))
                elif share >= least:
                    found.append((-share, i, j, at))
        used_old, used_new = set[int](), set[int]()
        for _, i, j, at in sorted(found, key=lambda row: row[:3]):
            if i not in used_old and j not in used_new:
                used_old.add(i)
                used_new.add(j)
                self.pairs.append(Pair(self.old[i], self.new[j], at))
        self.old = [part for i, part in enumerate(self.old) if i not in used_old]
        self.new = [part for j, part in enumerate(self.new) if j not in used_new]

    def _most(self, one: FlatPart, other: FlatPart) -> float:
        """What two parts may share at most, however they lie: laying a hundred of them over a hundred takes a minute."""
        small, large = sorted((self._wood[id(one)], self._wood[id(other)]))
        return small / large + 1e-9 if large else 1.0


def _comparable(one: FlatPart, other: FlatPart) -> bool:
    """Cheap: shapes that are the same have the same area and the same number of operations."""
    return len(one.operations) == len(other.operations) and abs(one.area - other.area) <= 1e-3 * max(one.area, 1.0)


def best_alignment(old: FlatPart, new: FlatPart) -> tuple[float, Alignment]:
    """How the old part lies best over the new one, and how much wood they share then, 0…1. Where both stand in their own
    frames already, they stay: a designer who makes a board longer moves its far end."""
    if old.operations == new.operations:
        return 1.0, Alignment()
    target = PartShape(new)
    best = likeness(PartShape(old), target), Alignment()
    if best[0] >= 1 - 1e-6 and same_shape(PartShape(old), target):
        return best
    for at in _candidates(old, new):
        share = likeness(PartShape(old, at), target)
        # A part that can be turned or moved without a gain stays as it is drawn.
        if share > best[0] + 1e-6 or (share > best[0] - 1e-6 and _fits_better(old, at, best[1], target)):
            best = share, at
    return best


def _fits_better(old: FlatPart, at: Alignment, than: Alignment, target: PartShape) -> bool:
    """Of two ways to lie that share as much wood, only one has its pockets in place."""
    return same_shape(PartShape(old, at), target) and not same_shape(PartShape(old, than), target)


def _candidates(old: FlatPart, new: FlatPart) -> Iterator[Alignment]:
    """Corner on corner and middle on middle, as drawn, turned by quarters, and turned over."""
    x0, y0, x1, y1 = new.outline.bounds
    for mirrored in (False, True):
        for rotation in (0.0, 90.0, 180.0, 270.0):
            a0, b0, a1, b1 = old.outline.moved(0.0, 0.0, rotation, mirrored).bounds
            moves = [((x0 + x1 - a0 - a1) / 2, (y0 + y1 - b0 - b1) / 2)]
            if not mirrored and not rotation:
                moves = [(x0 - a0, y0 - b0), (x1 - a1, y0 - b0), (x1 - a1, y1 - b1), (x0 - a0, y1 - b1), *moves]
            for dx, dy in moves:
                yield Alignment(dx, dy, rotation, mirrored)
