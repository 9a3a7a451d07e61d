# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one piece asks of a workshop: its parts' sizes, its narrowest slot, what is cut; plain data, found from the
flat parts that are really cut (fabrication/matching/measuring.py makes them)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from designs.furniture import Grain
from designs.sheet import Sheet
from fabrication.nesting.items import bounds_as_cut
from fabrication.plan import FlatPart, Work

#: Rounding of sizes (mm), as the nesting has it.
HAIR = 1e-6


@dataclass(frozen=True)
class PartNeeds:
    """A part's bounds as cut (mm), along and across the sheet's grain; ``may_turn`` where grain does not matter."""

    code: str
    name: str
    quantity: int
    along_mm: float
    across_mm: float
    may_turn: bool

    @property
    def label(self) -> str:
        return f"{self.code} {self.name!r}"

    def lies_on(self, along: float, across: float, kerf: float = 0.0, *, grainless: bool = False) -> bool:
        """Is there room on a rectangle (mm) with the grain along its first side, or none?"""
        a, b = self.along_mm + kerf, self.across_mm + kerf
        if a <= along + HAIR and b <= across + HAIR:
            return True
        return (self.may_turn or grainless) and b <= along + HAIR and a <= across + HAIR


@dataclass(frozen=True)
class PieceNeeds:
    """One piece at one sheet. Areas in mm² of the parts as they are sawn out, lengths in metres, masses in grams.

    ``narrowest_mm`` is the widest mill that makes all of it, ``narrowest_at`` the part that decides it; ``laser`` says
    why a laser can't make it: English and French, or None.
    """

    design: str
    sheet: Sheet
    parts: tuple[PartNeeds, ...]
    narrowest_mm: float
    narrowest_at: str
    laser: tuple[str, str] | None
    area_mm2: float
    cut_length_m: float  # outlines and inside cuts, once round
    pocket_area_mm2: float
    engraved_m: float
    holes: int
    mass_g: float
    steps: int  # of the assembly
    hands: int  # people needed, summed over the steps

    @cached_property
    def part_count(self) -> int:
        return sum(part.quantity for part in self.parts)

    @property
    def largest(self) -> PartNeeds:
        """The part with the longest side, then the widest one."""
        return max(self.parts, key=lambda p: (max(p.along_mm, p.across_mm), min(p.along_mm, p.across_mm), p.code))

    def too_large(
        self, along: float, across: float, kerf: float = 0.0, *, grainless: bool = False
    ) -> tuple[PartNeeds, ...]:
        """The parts that find no room on such a rectangle (mm), margins already taken off; largest first."""
        found = [p for p in self.parts if not p.lies_on(along, across, kerf, grainless=grainless)]
        return tuple(sorted(found, key=lambda p: (-max(p.along_mm, p.across_mm), p.code)))

    def data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> PieceNeeds:
        """Raises KeyError or TypeError for what is no such data."""
        values = dict(data)
        laser = values["laser"]
        values["sheet"] = Sheet(**values["sheet"])
        values["parts"] = tuple(PartNeeds(**part) for part in values["parts"])
        values["laser"] = None if laser is None else (str(laser[0]), str(laser[1]))
        return cls(**values)


def part_needs(part: FlatPart) -> PartNeeds:
    x0, y0, x1, y1 = bounds_as_cut(part, 0.0)
    along, across = (y1 - y0, x1 - x0) if part.grain is Grain.ACROSS else (x1 - x0, y1 - y0)
    return PartNeeds(part.code, part.name, part.quantity, round(along, 4), round(across, 4), part.grain is Grain.FREE)


def piece_needs(
    design: str, sheet: Sheet, parts: Sequence[FlatPart], mass_g: float, steps: int = 0, hands: int = 0
) -> PieceNeeds:
    """From the flat parts of one piece, without reliefs; ``mass_g`` with its hardware."""
    narrowest, where = narrowest_opening(parts)
    return PieceNeeds(
        design=design,
        sheet=sheet,
        parts=tuple(map(part_needs, parts)),
        narrowest_mm=narrowest,
        narrowest_at=where,
        laser=laser_refusal(parts),
        area_mm2=round(sum(p.area * p.quantity for p in parts), 1),
        cut_length_m=round(sum(p.perimeter * p.quantity for p in parts) / 1000, 3),
        pocket_area_mm2=round(_sum(parts, Work.POCKET, lambda o: o.contour.area - sum(i.area for i in o.islands)), 1),
        engraved_m=round(_sum(parts, Work.ENGRAVE, lambda o: o.contour.length) / 1000, 3),
        holes=sum(sum(1 for _ in p.of(Work.DRILL)) * p.quantity for p in parts),
        mass_g=round(mass_g, 1),
        steps=steps,
        hands=hands,
    )


def laser_refusal(parts: Iterable[FlatPart]) -> tuple[str, str] | None:
    """Why a laser can't make them, or None: the rule of the cut itself."""
    from fabrication.errors import NotMakeableError
    from fabrication.kerf import for_laser

    try:
        for part in parts:
            for_laser(part)
    except NotMakeableError as error:
        return str(error), error.french
    return None


#: No mill of a workshop is wider, or thinner (mm); between them the search stops at a tenth.
_WIDEST, _THINNEST, _STEP = 25.0, 1.0, 0.1


def narrowest_opening(parts: Iterable[FlatPart]) -> tuple[float, str]:
    """The widest mill (mm, to 0.1, dog-bones at the corners) that makes all of the parts, and the code of the part
    that decides it; (0, code) where none does. What no part limits has 25 mm and no code."""
    widest, where = _WIDEST, ""
    for part in parts:
        if _made_by(part, widest):
            continue
        where = part.code
        low, high = 0.0, widest
        if _made_by(part, _THINNEST):
            low = _THINNEST
            while high - low > _STEP:
                middle = (low + high) / 2
                low, high = (middle, high) if _made_by(part, middle) else (low, middle)
        widest = low
        if not widest:
            break
    return round(widest, 1), where


def _made_by(part: FlatPart, mill: float) -> bool:
    from fablabs.machine import Relief
    from fabrication.errors import NotMakeableError
    from fabrication.reach import check_reach
    from fabrication.relief import relieve

    try:
        check_reach(relieve(part, mill, Relief.DOGBONE), mill)
    except NotMakeableError:
        return False
    return True


def _sum(parts: Sequence[FlatPart], work: Work, figure: Any) -> float:
    return float(sum(figure(o) * part.quantity for part in parts for o in part.of(work)))
