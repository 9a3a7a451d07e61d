# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a part asks of the machine: the wood that must stay, and the wood that must go, from its solid.

Heights are above the sheet's underside (mm), as the part lies: turned over if it is laid mirrored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fabrication.verification.comparison import (
    ENGRAVE_MAX_DEPTH,
    Line,
    hole_pairs,
    outline_voids,
    recess_lines,
    recess_room,
)
from fabrication.verification.corners import Cutter, relief_room
from fabrication.verification.expectation import Expected, circle_of, substance

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

#: A tool may take so much too much, or leave it (mm).
TOLERANCE = 0.02
#: Beside an edge so much must be gone, at least (mm); less if the tool is thinner.
BAND = 1.0


@dataclass(frozen=True)
class Floor:
    """A recess: ``height`` of its floor, and where that is."""

    height: float
    shape: BaseGeometry
    engraved: bool


@dataclass(frozen=True)
class Hole:
    """What goes through; ``band`` is the ground just inside its edge. ``circle`` is (x, y, radius) of a round one."""

    shape: Polygon
    band: BaseGeometry
    circle: tuple[float, float, float] | None


@dataclass(frozen=True)
class Demand:
    """A part in its own frame, not mirrored. ``band`` is the ground just outside its edge. ``keeps``: below this
    height this must stay (reliefs and the tolerance taken away). ``hidden``: it has work on the face that lies down."""

    outline: Polygon
    band: BaseGeometry
    holes: tuple[Hole, ...]
    floors: tuple[Floor, ...]
    keeps: tuple[tuple[float, BaseGeometry], ...]
    hidden: bool


def demand(expected: Expected, lines: Sequence[Line], cutter: Cutter, mirrored: bool, band: float = BAND) -> Demand:
    """``lines`` are the part's own drawing: it says which form a relief has, the solid where it may be. ``band``:
    how wide the ground beside its edges is that must go, at most a tool's radius."""
    import shapely

    thickness = expected.thickness
    side, other = ("BOTTOM", "TOP") if mirrored else ("TOP", "BOTTOM")
    through, blind = _rooms(expected, lines, cutter, side)
    keeps = []
    for slab in expected.slabs:
        bottom, top = (thickness - slab.top, thickness - slab.bottom) if mirrored else (slab.bottom, slab.top)
        rooms = through + [room for height, room in blind if height <= bottom + TOLERANCE]
        wood = slab.section.difference(shapely.union_all(rooms)) if rooms else slab.section
        keeps.append((top, wood.buffer(-TOLERANCE, join_style="mitre")))
    floors = tuple(
        Floor(thickness - recess.depth, recess.floor, recess.depth <= ENGRAVE_MAX_DEPTH + 1e-6)
        for recess in expected.recesses
        if recess.side == side
    )
    holes = tuple(Hole(hole, _hole_band(hole, band), circle_of(hole)) for hole in expected.holes)
    hidden = any(recess.side == other for recess in expected.recesses)
    return Demand(expected.outline, _edge_band(expected.outline, band), holes, floors, tuple(keeps), hidden)


def _rooms(
    expected: Expected, lines: Sequence[Line], cutter: Cutter, side: str
) -> tuple[list[BaseGeometry], list[tuple[float, BaseGeometry]]]:
    """The reliefs that go through, and those of recesses with the height of their floors."""
    through: list[Any] = []
    for line in lines:
        if line.layer.kind == "OUTSIDE":
            void, drawn = outline_voids(expected, line.ring.polygon, cutter)
            through.append(relief_room(void, drawn, cutter))
    for hole, sawn in hole_pairs(expected, lines, cutter):
        if sawn is not None:
            through.append(relief_room(hole, sawn.ring.polygon.buffer(0), cutter.on(sawn.layer.mill)))
    blind: list[tuple[float, BaseGeometry]] = []
    for recess in expected.recesses:
        mine = recess_lines(recess, lines, expected) if recess.side == side else []
        if mine and recess.depth > ENGRAVE_MAX_DEPTH and (room := recess_room(expected, [recess], mine, cutter)):
            blind.append((expected.thickness - recess.depth, room))
    return [room for room in through if room is not None], blind


def _edge_band(outline: Polygon, width: float) -> BaseGeometry:
    """The ground just outside a closed line."""
    return outline.buffer(width, quad_segs=4).difference(outline.buffer(TOLERANCE, quad_segs=4))


def _hole_band(hole: Polygon, width: float) -> BaseGeometry:
    """The ground just inside a hole's edge; all of a narrow hole."""
    return hole.buffer(-TOLERANCE, quad_segs=4).difference(hole.buffer(-width, quad_segs=4))


def significant(shape: BaseGeometry) -> BaseGeometry | None:
    """What is thicker than twice the tolerance; None if there is nothing."""
    return substance(shape, TOLERANCE)
