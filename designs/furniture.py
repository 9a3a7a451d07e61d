# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What building a design gives: parts as solids, placed; joints; hardware; measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from designs.sheet import Sheet

if TYPE_CHECKING:
    import cadquery as cq

    from designs.use import Use


Vector = tuple[float, float, float]


class Grain(StrEnum):
    """Where the face grain runs in a part's own frame."""

    ALONG = "along"  # along its X
    ACROSS = "across"  # along its Y
    FREE = "free"


class Finish(StrEnum):
    """Which face is seen, and so is the good one."""

    TOP = "top"
    BOTTOM = "bottom"
    BOTH = "both"


@dataclass(frozen=True)
class Part:
    """A sheet part, without reliefs, in its own flat frame: it lies on z = 0, its top face is at
    z = thickness. ``placements`` put each copy into the assembly (mm)."""

    code: str  # "P01"
    name: str  # French
    solid: cq.Solid
    placements: tuple[cq.Location, ...]
    grain: Grain = Grain.ALONG
    finish: Finish = Finish.TOP

    @property
    def quantity(self) -> int:
        return len(self.placements)


@dataclass(frozen=True)
class Hardware:
    """A bought item. ``reference`` names the norm or the trade size, ``unit`` is "pièce", "m", "m²"."""

    reference: str  # "ISO 4762 M8 × 60"
    name: str  # French
    quantity: float
    unit: str = "pièce"
    mass_g: float = 0.0  # of one unit


@dataclass(frozen=True)
class Joint:
    """A declared joint between two parts, by code. ``contacts`` are assembly points (mm) inside
    the tab or lap, one for each place where the two parts meet; ``hardware`` is what all of them need."""

    kind: str  # "through-tenon" | "wedge" | "finger" | "cross-lap" | "dado" | "barrel-nut" | …
    a: str
    b: str
    clearance: float
    contacts: tuple[tuple[float, float, float], ...]
    hardware: tuple[Hardware, ...] = ()


class Recipe(NamedTuple):
    """How a fitting's solid is made again: one of ``designs.hardware.SHAPES`` and its figures (mm, degrees)."""

    shape: str
    figures: tuple[float, ...]


@dataclass(frozen=True)
class Fitting:
    """Hardware as seen in pictures and in the 3D view (a caster, a rod); never cut, never exported.

    ``recipe`` says how ``solid`` was made: without it a fitting can't leave the place where a stranger's script runs."""

    name: str
    solid: cq.Shape
    placements: tuple[cq.Location, ...]
    colour: tuple[float, float, float] = (0.2, 0.2, 0.22)
    recipe: Recipe | None = None


@dataclass(frozen=True)
class Measure:
    """A figure that people ask for: ``Measure("Encombrement plié", "982 × 655 × 410", "mm")``."""

    label: str
    value: str
    unit: str = "mm"


@dataclass(frozen=True)
class Step:
    """One step of the assembly: ``parts`` (code, copy from 1) come together, as one body, in a straight
    line along ``direction`` (unit vector of travel, in the piece's frame) to where they stand in the piece.

    Steps of the same ``group`` make a sub-assembly on the bench, apart from the rest; a step that
    ``joins`` groups brings all of their parts along. Nothing that was put in place before, in the
    same group or in the piece, may be in the way. Parts without a direction start a group.
    """

    title: str  # French, what to do: "Posez le socle sur ses roulettes"
    text: str  # French, how, and how one sees that it is right
    parts: tuple[tuple[str, int], ...] = ()
    direction: Vector | None = None
    group: str = ""  # empty: the piece itself
    joins: tuple[str, ...] = ()
    hardware: tuple[tuple[str, float], ...] = ()  # reference, how many
    tools: tuple[str, ...] = ()  # French
    hands: int = 1  # people
    warning: str = ""  # French
    up: Vector | None = None  # what of the piece's frame points up while this is done; None: its own up
    fittings: tuple[str, ...] = ()  # names of those that are mounted here, as pictures show them
    travel: float | None = None  # mm that must be straight, before which a hand finds the way; None: all of it


@dataclass(frozen=True)
class Furniture:
    """One piece, built for one sheet. ``steps`` are in the order of assembly."""

    design: str
    parameters: Mapping[str, Any]
    sheet: Sheet
    parts: tuple[Part, ...]
    joints: tuple[Joint, ...] = ()
    hardware: tuple[Hardware, ...] = ()
    fittings: tuple[Fitting, ...] = ()
    measures: tuple[Measure, ...] = field(default=())
    steps: tuple[Step, ...] = ()
    use: Use | None = None

    def part(self, code: str) -> Part:
        return next(p for p in self.parts if p.code == code)

    @property
    def mass_g(self) -> float:
        """Sheet parts (solid volume × density) and hardware."""
        wood = sum(p.solid.Volume() * p.quantity for p in self.parts) * self.sheet.density_kg_m3 * 1e-6
        return wood + sum(h.mass_g * h.quantity for h in self.hardware)
