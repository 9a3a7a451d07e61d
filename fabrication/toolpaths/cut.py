# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One thing that is cut without a change of tool, from the travel height back to it; and how the machine cuts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from designs.contour import Point, exact_cos_sin
from fablabs.machine import HoldDown, Machine, Tool
from fabrication.plan import Placement, Work
from fabrication.program import Move

#: Steepest descent along a path, as rise over run; 0.12 are 7°.
_SLOPE = 0.12


@dataclass(frozen=True)
class Bridge:
    """A tab before it is known whose: its middle on the tool's path."""

    x: float
    y: float


@dataclass(frozen=True)
class Cut:
    """``moves`` begin with the way down over ``start`` and end at the travel height over ``end``. ``area`` (mm²) is
    that of the part or opening: small ones come first. ``what`` names it, ``P03-2 inside``."""

    tool: Tool
    work: Work
    moves: tuple[Move, ...]
    start: Point
    end: Point
    area: float
    what: str = ""
    bridges: tuple[Bridge, ...] = ()

    def placed(self, placement: Placement) -> Cut:
        """The same where a copy lies: turned and moved. Mirroring has been done on the contours before, since it
        would change the sense in which the tool goes round."""
        cos, sin = exact_cos_sin(placement.rotation_deg)
        dx, dy = placement.x, placement.y

        def at(x: float, y: float) -> Point:
            return x * cos - y * sin + dx, x * sin + y * cos + dy

        moves = tuple(
            Move(m.pace, *at(m.x, m.y), m.z, None if m.centre is None else at(*m.centre), m.ccw) for m in self.moves
        )
        bridges = tuple(Bridge(*at(b.x, b.y)) for b in self.bridges)
        what = f"{placement.name} {self.what}"
        return replace(self, moves=moves, start=at(*self.start), end=at(*self.end), bridges=bridges, what=what)


@dataclass(frozen=True)
class Manner:
    """How a machine cuts with one tool; all feeds are known. Lengths in mm."""

    tool: Tool
    thickness: float
    through: float
    travel: float
    pass_depth: float
    slope: float
    climb: bool
    hold_down: HoldDown
    tab_width: float
    tab_height: float
    onion_skin: float
    #: How far beside an outline's path the tool may go without touching a neighbour or the sheet's edge.
    room: float

    @property
    def radius(self) -> float:
        return self.tool.diameter_mm / 2

    @property
    def tab_span(self) -> float:
        """How long the tool stays up over a tab, so that its width stays (mm)."""
        return self.tab_width + self.tool.diameter_mm

    @property
    def bottom(self) -> float:
        """Z of a cut that goes through."""
        return -self.thickness - self.through


def manner(machine: Machine, tool: Tool, thickness: float) -> Manner:
    """Raises AssertionError if a feed is unknown; ``tooling.missing`` says that before."""
    assert tool.plunge_mm_min and tool.pass_depth_mm and machine.travel_height_mm
    beside = min(machine.spacing_mm, machine.margin_mm) - tool.diameter_mm
    return Manner(
        tool,
        thickness,
        machine.through_mm,
        machine.travel_height_mm,
        tool.pass_depth_mm,
        min(_SLOPE, tool.plunge_mm_min / (tool.feed_mm_min or tool.plunge_mm_min)),
        machine.cut_direction.value == "climb",
        machine.hold_down,
        machine.tab_width_mm,
        min(machine.tab_height_mm, thickness),
        machine.onion_skin_mm,
        beside,
    )
