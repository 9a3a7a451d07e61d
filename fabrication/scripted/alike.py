# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Are two flat parts one part, drawn in two places? Programs write a part once for each copy, each turned as it lies there."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

from designs.contour import Contour
from fabrication.loops import TOLERANCE
from fabrication.plan import Face, FlatPart, Operation

#: Corners of two copies agree within this (mm), less than any machine cuts.
SAME = 0.01


@dataclasses.dataclass(frozen=True)
class Move:
    """Turned over about Y first (x → −x, the lower face up) if ``over``, then turned and shifted in the plane (degrees, mm)."""

    over: bool
    rotation_deg: float
    dx: float
    dy: float

    def rows(self, thickness: float) -> tuple[float, ...]:
        """As 12 numbers, of a part that lies on z = 0."""
        cos, sin = math.cos(math.radians(self.rotation_deg)), math.sin(math.radians(self.rotation_deg))
        flip, lift = (-1.0, thickness) if self.over else (1.0, 0.0)
        return (flip * cos, -sin, 0.0, self.dx, flip * sin, cos, 0.0, self.dy, 0.0, 0.0, flip, lift)


def move_between(one: FlatPart, other: FlatPart) -> Move | None:
    """How ``one`` is moved to be ``other``; None if they are two parts."""
    if not _may_be(one, other):
        return None
    for over in (False, True):
        turned = _over(one) if over else one
        for rotation, dx, dy in _fits(turned, other):
            if _match(turned, other, rotation, dx, dy):
                return Move(over, rotation, dx, dy)
    return None


def _may_be(one: FlatPart, other: FlatPart) -> bool:
    """What turning does not change, compared first: most parts differ in it."""
    return (
        len(one.outline.vertices) == len(other.outline.vertices)
        and len(one.operations) == len(other.operations)
        and abs(one.thickness - other.thickness) < SAME
        and abs(_length(one) - _length(other)) < 1.0
        and abs(one.outline.area - other.outline.area) < max(1.0, 1e-4 * one.outline.area)
        and all(
            abs(a - b) < SAME
            for a, b in zip(
                sorted(cut.depth for cut in one.operations), sorted(cut.depth for cut in other.operations), strict=True
            )
        )
    )


def _length(part: FlatPart) -> float:
    """mm of all contours, whatever cuts them."""
    return sum(cut.contour.length for cut in part.operations)


def _over(part: FlatPart) -> FlatPart:
    turned = {Face.TOP: Face.BOTTOM, Face.BOTTOM: Face.TOP}
    cuts = [
        dataclasses.replace(
            cut,
            face=cut.face if cut.depth >= part.thickness - TOLERANCE else turned[cut.face],
            contour=cut.contour.moved(mirrored=True),
            islands=tuple(island.moved(mirrored=True) for island in cut.islands),
        )
        for cut in part.operations
    ]
    return dataclasses.replace(part, operations=tuple(cuts))


def _fits(one: FlatPart, other: FlatPart) -> Iterator[tuple[float, float, float]]:
    """Turns and shifts that bring one outline onto the other, corner by corner; a disc's from one of its cuts."""
    circle, target = one.outline.as_circle(), other.outline.as_circle()
    if circle and target:
        yield from _disc_fits(one, other, circle[:2], target[:2])
        return
    mine, its = list(one.outline.segments()), list(other.outline.segments())
    for shift in range(len(its)):
        there = its[shift:] + its[:shift]
        pairs = zip(mine, there, strict=True)
        if any(abs(a.chord - b.chord) > 2 * SAME or abs(a.bulge - b.bulge) > 1e-3 for a, b in pairs):
            continue
        a, b = max(zip(mine, there, strict=True), key=lambda two: two[0].chord)
        rotation = math.degrees(_angle(b.start, b.end) - _angle(a.start, a.end))
        yield (rotation, *_shift(a.start, b.start, rotation))


def _disc_fits(
    one: FlatPart, other: FlatPart, centre: tuple[float, float], target: tuple[float, float]
) -> Iterator[tuple[float, float, float]]:
    turns = [0.0]
    for cut in one.operations[:1]:
        here = _middle(cut)
        if math.dist(here, centre) > SAME:
            turns += [
                math.degrees(_angle(target, _middle(its)) - _angle(centre, here))
                for its in other.operations
                if abs(math.dist(_middle(its), target) - math.dist(here, centre)) < SAME
            ]
    for rotation in turns:
        yield (rotation, *_shift(centre, target, rotation))


def _match(one: FlatPart, other: FlatPart, rotation: float, dx: float, dy: float) -> bool:
    left = list(other.operations)
    for cut in one.operations:
        moved = dataclasses.replace(
            cut,
            contour=cut.contour.moved(dx, dy, rotation),
            islands=tuple(island.moved(dx, dy, rotation) for island in cut.islands),
        )
        found = next((its for its in left if _same_cut(moved, its)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def _same_cut(one: Operation, other: Operation) -> bool:
    return (
        one.face is other.face
        and abs(one.depth - other.depth) < SAME
        and _same_contour(one.contour, other.contour)
        and len(one.islands) == len(other.islands)
        and all(any(_same_contour(island, its) for its in other.islands) for island in one.islands)
    )


def _same_contour(one: Contour, other: Contour) -> bool:
    circle, target = one.as_circle(SAME), other.as_circle(SAME)
    if circle and target:
        return all(abs(a - b) < 2 * SAME for a, b in zip(circle, target, strict=True))
    if len(one.vertices) != len(other.vertices):
        return False
    first = one.vertices[0]
    starts = [i for i, v in enumerate(other.vertices) if math.dist((v.x, v.y), (first.x, first.y)) < 2 * SAME]
    return any(
        all(
            math.dist((a.x, a.y), (b.x, b.y)) < 2 * SAME and abs(a.bulge - b.bulge) < 1e-3
            for a, b in zip(one.vertices, _from(other.vertices, start), strict=True)
        )
        for start in starts
    )


def _from(vertices: Sequence, start: int) -> Sequence:  # type: ignore[type-arg]
    return [*vertices[start:], *vertices[:start]]


def _middle(cut: Operation) -> tuple[float, float]:
    left, low, right, high = cut.contour.bounds
    return (left + right) / 2, (low + high) / 2


def _angle(start: tuple[float, float], end: tuple[float, float]) -> float:
    return math.atan2(end[1] - start[1], end[0] - start[0])


def _shift(start: tuple[float, float], end: tuple[float, float], rotation_deg: float) -> tuple[float, float]:
    cos, sin = math.cos(math.radians(rotation_deg)), math.sin(math.radians(rotation_deg))
    return end[0] - start[0] * cos + start[1] * sin, end[1] - start[0] * sin - start[1] * cos
