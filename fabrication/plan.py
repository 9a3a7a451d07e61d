# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plain data that the stages hand on: flat parts, operations, sheets, the cut plan (mm, degrees)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from designs.contour import Contour
from designs.furniture import Finish, Grain

#: Pieces in one package.
MAX_QUANTITY = 1000
#: A full circle up to this diameter, through or blind, is drilled; a larger one is cut or pocketed.
DRILL_MAX_DIAMETER = 16.0
#: A blind recess up to this depth is an engraving, a deeper one a pocket.
ENGRAVE_MAX_DEPTH = 1.0
#: Corner reliefs are drawn this much wider (diameter) than the tool, else the offset leaves uncut edge.
RELIEF_ALLOWANCE = 0.1


class Face(StrEnum):
    """The face that an operation is cut from; TOP lies up on the machine's bed."""

    TOP = "top"
    BOTTOM = "bottom"


class Work(StrEnum):
    CUT_OUTSIDE = "cut-outside"
    CUT_INSIDE = "cut-inside"
    POCKET = "pocket"
    DRILL = "drill"
    ENGRAVE = "engrave"


#: What a mill goes around or clears, and gets corner reliefs.
MILLED = (Work.CUT_OUTSIDE, Work.CUT_INSIDE, Work.POCKET)


@dataclass(frozen=True)
class Operation:
    """One thing to cut. ``contour`` is counter-clockwise; ``islands`` (pocket, engraving) stay uncut.

    A drill's contour is its circle. ``depth`` is measured from ``face``; a through cut has the
    part's thickness. ``mill_diameter`` (mm) is that of the mill which cuts it, where it is not the plan's own.
    """

    work: Work
    face: Face
    depth: float
    contour: Contour
    islands: tuple[Contour, ...] = ()
    mill_diameter: float | None = None


@dataclass(frozen=True)
class FlatPart:
    """A part as the machine sees it, in its own flat frame. Exactly one operation is CUT_OUTSIDE."""

    code: str
    name: str
    thickness: float
    operations: tuple[Operation, ...]
    quantity: int = 1
    grain: Grain = Grain.ALONG
    finish: Finish = Finish.TOP

    @property
    def outline(self) -> Contour:
        return next(o.contour for o in self.operations if o.work is Work.CUT_OUTSIDE)

    def of(self, *works: Work) -> Iterator[Operation]:
        return (o for o in self.operations if o.work in works)

    @property
    def area(self) -> float:
        """mm²: outline less inside cuts; drilled holes are not taken off (manifest's area_mm2)."""
        return self.outline.area - sum(o.contour.area for o in self.of(Work.CUT_INSIDE))

    @property
    def perimeter(self) -> float:
        """mm: outline and inside cuts (manifest's perimeter_mm)."""
        return sum(o.contour.length for o in self.of(Work.CUT_OUTSIDE, Work.CUT_INSIDE))


def mills_named(parts: Iterable[FlatPart]) -> tuple[float, ...]:
    """Diameters (mm) of the mills that contours name, widest first."""
    return tuple(sorted({o.mill_diameter for p in parts for o in p.operations if o.mill_diameter}, reverse=True))


@dataclass(frozen=True)
class Placement:
    """Where a copy lies: the part's own frame is mirrored x → -x if ``mirrored``, turned
    counter-clockwise about its origin, then translated. A mirrored part is turned over: what it
    has on BOTTOM is then cut from above."""

    part: str  # code
    copy: int  # from 1
    x: float
    y: float
    rotation_deg: float
    mirrored: bool = False

    @property
    def name(self) -> str:
        """``P03-2``: which copy it is."""
        return f"{self.part}-{self.copy}"


#: Corners in order, the first not repeated.
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class SheetLayout:
    """One sheet or offcut; origin at the lower left corner of its bounds, X along ``width``.

    ``outline`` is an offcut's polygon, None for a whole sheet; ``keep_out`` are the places, in the
    sheet's frame, where nothing may be cut (clamps, defects). ``remnant`` is the largest piece that
    stays usable afterwards, offered back as stock.
    """

    index: int  # from 1
    width: float
    height: float
    placements: tuple[Placement, ...]
    source: str = ""  # the offcut's name; empty for a sheet of that size
    outline: Ring | None = None
    keep_out: tuple[Ring, ...] = ()
    price_eur: Decimal | None = None
    remnant: Ring | None = None

    @property
    def area(self) -> float:
        """mm²: of an offcut's polygon, else of the rectangle."""
        if self.outline is None:
            return self.width * self.height
        corners = zip(self.outline, (*self.outline[1:], self.outline[0]), strict=True)
        return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in corners)) / 2


@dataclass(frozen=True)
class CutPlan:
    """Everything that is cut for a quantity of one piece.

    ``parts`` are nominal with reliefs, before kerf; ``kerf`` says how wide the beam is (0 for a
    router): exporters draw contours compensated by it. ``tool_diameter`` is the mill that cuts all outlines, and every
    other contour that does not name its own; ``other_mills`` are those that the piece's contours name, widest
    first. Quantities are totals over all pieces.
    """

    parts: tuple[FlatPart, ...]
    sheets: tuple[SheetLayout, ...]
    kerf: float = 0.0
    tool_diameter: float | None = None  # None for a laser
    other_mills: tuple[float, ...] = ()

    @property
    def mills(self) -> tuple[float, ...]:
        """The main one first; empty for a laser."""
        return (self.tool_diameter, *self.other_mills) if self.tool_diameter else ()

    def part(self, code: str) -> FlatPart:
        return next(p for p in self.parts if p.code == code)

    def utilisation(self, sheet: SheetLayout) -> float:
        """Net area of the sheet's parts over the sheet's area, 0…1."""
        return sum(self.part(p.part).area for p in sheet.placements) / sheet.area
