# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A flat part as regions: what wood stays, what is taken from it, and how deep (mm)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from designs.contour import Contour
from fabrication.plan import Face, FlatPart, Operation, Work

#: A chord leaves its arc by this much (mm).
CHORD = 0.01
#: Shapes that differ by a band narrower than this (mm) are the same: chords, and the kernel's rounding.
BAND = 0.02
#: Depths and thicknesses that differ by less (mm) are the same.
DEPTH = 0.01

_THROUGH = 1e-6


@dataclass(frozen=True)
class Alignment:
    """Where a part's frame stands in another's: mirrored x → -x if so, turned counter-clockwise, then moved (mm)."""

    dx: float = 0.0
    dy: float = 0.0
    rotation_deg: float = 0.0
    mirrored: bool = False

    @property
    def is_identity(self) -> bool:
        return self == Alignment()

    def contour(self, contour: Contour) -> Contour:
        """As the other frame sees it."""
        return contour.moved(self.dx, self.dy, self.rotation_deg, self.mirrored)

    def point(self, x: float, y: float) -> tuple[float, float]:
        moved = Contour.of([(x, y)]).moved(self.dx, self.dy, self.rotation_deg, self.mirrored)
        return moved.vertices[0].x, moved.vertices[0].y


@dataclass(frozen=True)
class Recess:
    """What is cut blind: a pocket, a blind hole, an engraving; its region less its islands."""

    work: Work
    face: Face
    depth: float
    region: BaseGeometry


@dataclass(frozen=True)
class PartShape:
    """A flat part in a frame: its own, or that of the part that it is compared with."""

    flat: FlatPart
    at: Alignment = Alignment()

    def placed(self, at: Alignment) -> PartShape:
        """The same part in another frame; where it stood before is forgotten."""
        return PartShape(self.flat, at)

    @cached_property
    def outline(self) -> Polygon:
        return self._polygon(self.flat.outline)

    @cached_property
    def wood(self) -> BaseGeometry:
        """What is left where nothing goes through."""
        through = [self._polygon(o.contour) for o in self.flat.operations if self.is_opening(o)]
        return self.outline.difference(unary_union(through)) if through else self.outline

    @cached_property
    def recesses(self) -> tuple[Recess, ...]:
        """A part that is turned over shows its faces the other way round."""
        return tuple(
            Recess(operation.work, self._face(operation.face), operation.depth, self._region(operation))
            for operation in self.flat.operations
            if self.is_recess(operation)
        )

    def is_opening(self, operation: Operation) -> bool:
        """Goes through, and is not the outline."""
        if operation.work is Work.CUT_OUTSIDE:
            return False
        return operation.work is Work.CUT_INSIDE or operation.depth >= self.flat.thickness - _THROUGH

    def is_recess(self, operation: Operation) -> bool:
        return operation.work is not Work.CUT_OUTSIDE and not self.is_opening(operation)

    def depth_at(self, region: BaseGeometry) -> float:
        """How deep the deepest recess under a small region is; 0 for none."""
        return max((r.depth for r in self.recesses if r.region.intersects(region)), default=0.0)

    def _face(self, face: Face) -> Face:
        if not self.at.mirrored:
            return face
        return Face.BOTTOM if face is Face.TOP else Face.TOP

    def _polygon(self, contour: Contour) -> Polygon:
        return Polygon(self.at.contour(contour).points(CHORD))

    def _region(self, operation: Operation) -> BaseGeometry:
        return Polygon(
            self.at.contour(operation.contour).points(CHORD),
            [self.at.contour(island).points(CHORD) for island in operation.islands],
        )


def difference(one: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """What is in the one and not in the other, without bands that are only rounding."""
    left = one.difference(other)
    if left.is_empty:
        return left
    kept = left.buffer(-BAND / 2, join_style="mitre")
    # Grown back a little further and cut again, so that corners are whole and nothing is added.
    return left.intersection(kept.buffer(BAND, join_style="mitre", mitre_limit=10)) if not kept.is_empty else kept


def same_region(one: BaseGeometry, other: BaseGeometry) -> bool:
    """But for bands that are only rounding."""
    return bool(difference(one, other).is_empty and difference(other, one).is_empty)


def same_recesses(one: PartShape, other: PartShape, *works: Work) -> bool:
    """The same recesses (of some works; none named: all), in whatever order, from the same faces and as deep."""
    left = [r for r in other.recesses if not works or r.work in works]
    for recess in (r for r in one.recesses if not works or r.work in works):
        found = next((r for r in left if same_recess(recess, r)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def same_recess(one: Recess, other: Recess) -> bool:
    """Of one work, from one face, as deep, in one place."""
    return (
        (one.work, one.face) == (other.work, other.face)
        and abs(one.depth - other.depth) <= DEPTH
        and same_region(one.region, other.region)
    )


def same_shape(one: PartShape, other: PartShape) -> bool:
    """Cut the same: outline, openings, recesses, thickness."""
    return (
        abs(one.flat.thickness - other.flat.thickness) <= DEPTH
        and same_region(one.wood, other.wood)
        and same_recesses(one, other)
    )


def likeness(one: PartShape, other: PartShape) -> float:
    """The wood that two shapes share over the wood of both together, 0…1."""
    shared = one.wood.intersection(other.wood).area
    total = one.wood.area + other.wood.area - shared
    return float(shared / total) if total else 0.0
