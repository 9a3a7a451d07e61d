# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Does the cutter get everywhere? The void is opened (shrunk and grown) by the tool's radius; what is missing then
is what the tool does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from fabrication.errors import NotMakeableError
from fabrication.plan import FlatPart, Operation, Work
from fabrication.refusal import refuse

if TYPE_CHECKING:
    from designs.contour import Contour

#: What the cutter may leave (mm), less than a workshop can measure.
LEFT_OVER = 0.02
#: Chords in place of arcs (mm), and the same play for the tool, so that a slot as wide as the tool passes.
_CHORD = 0.002
_PLAY = 0.005
#: Corners of a quarter circle: at 16 they leave 0.02 mm of an 8 mm radius.
_QUARTER = 24


def polygon(contour: Contour, islands: tuple[Contour, ...] = ()) -> Polygon:
    return Polygon(contour.points(_CHORD), [i.points(_CHORD) for i in islands])


def check_reach(part: FlatPart, tool_diameter: float) -> None:
    """Raise NotMakeableError that names the first slot, pocket or gap of ``part`` (reliefs drawn) that a tool of
    this diameter (mm), or the mill that the contour names, does not pass."""
    outline = polygon(part.outline)
    for operation in part.operations:
        if operation.work in (Work.CUT_OUTSIDE, Work.CUT_INSIDE, Work.POCKET):
            check_contour(part, operation, operation.mill_diameter or tool_diameter, outline)


def check_contour(part: FlatPart, operation: Operation, tool_diameter: float, outline: Polygon) -> None:
    """The same of one outline, opening or pocket; ``outline`` is the part's own as a polygon."""
    void, wanted = _void(part, operation, outline, 2 * tool_diameter)
    missed = _missed(void, wanted, tool_diameter / 2)
    if missed is not None:
        raise _refusal(part, operation, void, missed, tool_diameter)


def _void(part: FlatPart, operation: Operation, outline: Polygon, around: float) -> tuple[BaseGeometry, BaseGeometry]:
    """Where the tool may go, and what it has to clear."""
    if operation.work is Work.CUT_OUTSIDE:
        left, low, right, high = outline.bounds
        outside = box(left - around, low - around, right + around, high + around).difference(outline)
        # Only what lies within the outline's hull can be narrow.
        return outside, outside.intersection(outline.convex_hull)
    own = polygon(operation.contour, operation.islands)
    if operation.work is Work.CUT_INSIDE:
        return own, own
    left, low, right, high = own.bounds
    frame = box(left - around, low - around, right + around, high + around)
    free: BaseGeometry = own
    if not frame.within(outline):
        free = free.union(frame.difference(outline))
    for other in part.operations:
        deeper = other.work is Work.POCKET and other.face is operation.face and other.depth > operation.depth
        if other is not operation and (deeper or other.work is Work.CUT_INSIDE):
            region = polygon(other.contour, other.islands)
            if region.intersects(own):
                free = free.union(region)
    # Regions that share an edge are joined with a seam's width to spare, lest rounding keeps them apart.
    return (free if free is own else free.buffer(1e-4).buffer(-1e-4)), own


def _missed(void: BaseGeometry, wanted: BaseGeometry, radius: float) -> BaseGeometry | None:
    """The largest piece of ``wanted`` that a tool of this radius leaves, or None."""
    reached = void.buffer(_PLAY - radius, quad_segs=_QUARTER).buffer(radius - _PLAY + LEFT_OVER, quad_segs=_QUARTER)
    left = wanted.difference(reached)
    pieces = [p for p in getattr(left, "geoms", [left]) if p.area > 1e-5]
    return max(pieces, key=lambda p: p.area) if pieces else None


def _refusal(
    part: FlatPart, operation: Operation, void: BaseGeometry, missed: BaseGeometry, tool: float
) -> NotMakeableError:
    point = missed.representative_point()
    width = _width(void, point, tool)
    what, quoi = {
        Work.CUT_OUTSIDE: ("slot in the outline", "l’entaille du contour"),
        Work.CUT_INSIDE: ("slot", "la fente"),
        Work.POCKET: ("pocket", "la poche"),
    }[operation.work]
    where = f"{point.x:.1f}, {point.y:.1f}"
    shown = f"{width:.2f}".rstrip("0").rstrip(".")
    return refuse(
        part,
        f"the {what} at {where} is {shown} mm wide, narrower than the {tool:g} mm tool",
        f"{quoi} en ({where}) est large de {shown} mm, moins que la fraise de {tool:g} mm.",
    )


def _width(void: BaseGeometry, point: BaseGeometry, tool: float) -> float:
    """The diameter of the largest tool that reaches a point, to 0.01 mm."""
    low, high = 0.0, tool
    while high - low > 0.005:
        middle = (low + high) / 2
        opened = void.buffer(-middle / 2, quad_segs=_QUARTER).buffer(middle / 2 + 1e-3, quad_segs=_QUARTER)
        low, high = (middle, high) if opened.intersects(point) else (low, middle)
    return round((low + high) / 2, 2)
