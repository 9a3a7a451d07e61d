# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece while it is drawn: panels numbered as they come, joints and hardware collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designs.furniture import Finish, Fitting, Furniture, Grain, Hardware, Joint, Measure, Step
from designs.joinery.wedge import wedge_panel
from designs.panel import Corner, Panel
from designs.sheet import Sheet
from designs.use import Use

if TYPE_CHECKING:
    import cadquery as cq

RECTANGLE = ("bottom", "right", "top", "left")


class Piece:
    """Collects what ``Design.draw`` makes; ``furniture()`` turns the panels into solids."""

    def __init__(self, design: str, values: Mapping[str, Any], sheet: Sheet) -> None:
        self.design, self.values, self.sheet = design, values, sheet
        self.panels: list[Panel] = []
        self.joints: list[Joint] = []
        self.hardware: list[Hardware] = []
        self.fittings: list[Fitting] = []
        self.measures: list[Measure] = []
        self.steps: list[Step] = []
        self.use: Use | None = None

    @property
    def next_code(self) -> str:
        return f"P{len(self.panels) + 1:02d}"

    def panel(
        self,
        name: str,
        corners: Sequence[Corner],
        edges: Sequence[str],
        *at: cq.Location,
        grain: Grain = Grain.ALONG,
        finish: Finish = Finish.TOP,
    ) -> Panel:
        """A panel of any outline; its name is French, its code the next free one."""
        panel = Panel(self.next_code, name, self.sheet.thickness, corners, edges, at, grain, finish)
        self.panels.append(panel)
        return panel

    def board(
        self,
        name: str,
        width: float,
        height: float,
        *at: cq.Location,
        radius: float | Sequence[float] = 0.0,
        grain: Grain = Grain.ALONG,
        finish: Finish = Finish.TOP,
    ) -> Panel:
        """A rectangle with its lower left corner at the origin, edges bottom, right, top, left;
        ``radius`` rounds its corners, one figure or one for each (from the lower left, counter-clockwise)."""
        radii = [radius] * 4 if isinstance(radius, int | float) else list(radius)
        spots = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
        corners = [Corner(x, y, r) for (x, y), r in zip(spots, radii, strict=True)]
        return self.panel(name, corners, RECTANGLE, *at, grain=grain, finish=finish)

    def wedge(self) -> Panel:
        """The family's wedge, one part for the whole piece."""
        panel = wedge_panel(self.next_code, self.sheet.thickness)
        self.panels.append(panel)
        return panel

    def join(self, *joints: Joint) -> None:
        """Declare joints; what they are screwed with goes into the list."""
        self.joints += joints
        for item in (item for joint in joints for item in joint.hardware):
            self.buy(item.reference, item.name, item.quantity, unit=item.unit, mass_g=item.mass_g)

    def buy(self, reference: str, name: str, quantity: float, *, unit: str = "pièce", mass_g: float = 0.0) -> None:
        """Hardware for the list; a reference bought twice is added up."""
        for i, item in enumerate(self.hardware):
            if item.reference == reference:
                self.hardware[i] = Hardware(reference, name, item.quantity + quantity, unit, mass_g)
                return
        self.hardware.append(Hardware(reference, name, quantity, unit, mass_g))

    @property
    def mass_g(self) -> float:
        """What the furniture will weigh, from the drawings: solids cost time."""
        wood = sum(panel.volume * len(panel.at) for panel in self.panels) * self.sheet.density_kg_m3 * 1e-6
        return wood + sum(item.mass_g * item.quantity for item in self.hardware)

    def furniture(self) -> Furniture:
        return Furniture(
            design=self.design,
            parameters=dict(self.values),
            sheet=self.sheet,
            parts=tuple(panel.part() for panel in self.panels),
            joints=tuple(self.joints),
            hardware=tuple(self.hardware),
            fittings=tuple(self.fittings),
            measures=tuple(self.measures),
            steps=tuple(self.steps),
            use=self.use,
        )
