# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small pieces that differ in one thing each, for comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from designs.design import Design
from designs.furniture import Furniture
from designs.joinery import through_tenon
from designs.parameters import Kind, Parameter
from designs.piece import Piece
from designs.placing import facing_right, lying
from designs.sheet import Sheet


class Bench(Design):
    """A seat on two legs, with a shelf between them if one wants it."""

    identifier = "banc"
    title = "Banc"
    summary = "Un banc d’essai."
    story = "Il sert aux essais."
    credit = "Dessiné pour les essais."
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("width", Kind.LENGTH, 900.0, "Longueur", "", 600, 1400, 10),
        Parameter("height", Kind.LENGTH, 450.0, "Hauteur", "", 300, 600, 10),
        Parameter("shelf", Kind.FLAG, False, "Tablette", ""),
    )
    tab: ClassVar[float] = 60.0  # of the legs in the seat
    inset: ClassVar[float] = 120.0
    hole: ClassVar[float] = 0.0  # diameter of a grip in the seat
    leg_radius: ClassVar[float] = 10.0

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        piece = Piece(self.identifier, values, sheet)
        self.boards(piece, values, sheet)
        return piece.furniture()

    def boards(self, piece: Piece, values: Mapping[str, Any], sheet: Sheet) -> None:
        t, width = sheet.thickness, values["width"]
        rise = values["height"] - t
        seat = piece.board("assise", width, 320, lying(0, 0, rise), radius=20)
        leg = self.leg(piece, rise, width, t)
        piece.join(through_tenon(leg, "top", seat, width=self.tab, count=2, clearance=sheet.clearance))
        if self.hole:
            seat.hole(width / 2, 160, self.hole)
        if values["shelf"]:
            shelf = piece.board("tablette", width - 2 * self.inset - 2 * t, 200, lying(self.inset + t, 60, rise / 2))
            for edge in ("left", "right"):
                piece.join(through_tenon(shelf, edge, leg, width=40, count=2, clearance=sheet.clearance))

    def leg(self, piece: Piece, rise: float, width: float, t: float) -> Any:
        places = facing_right(self.inset, 20, 0), facing_right(width - self.inset - t, 20, 0)
        return piece.board("pied", 280, rise, *places, radius=self.leg_radius)


class RenumberedBench(Bench):
    """The same piece, its legs drawn first and called otherwise."""

    def boards(self, piece: Piece, values: Mapping[str, Any], sheet: Sheet) -> None:
        t, width = sheet.thickness, values["width"]
        rise = values["height"] - t
        places = facing_right(self.inset, 20, 0), facing_right(width - self.inset - t, 20, 0)
        leg = piece.board("jambe", 280, rise, *places, radius=self.leg_radius)
        seat = piece.board("assise", width, 320, lying(0, 0, rise), radius=20)
        piece.join(through_tenon(leg, "top", seat, width=self.tab, count=2, clearance=sheet.clearance))


def bench(**changed: Any) -> Design:
    """A bench in which class variables are others: ``tab``, ``inset``, ``hole``, ``leg_radius``, ``parameters``…"""
    return type("Bench", (Bench,), changed)()
