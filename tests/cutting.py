# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small piece with one of everything, and machines to cut it on, for the tests of what is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designs.contour import Contour
from designs.design import Design
from designs.furniture import Furniture, Grain, Hardware, Measure, Part
from designs.parameters import Kind, Parameter
from designs.sheet import Sheet
from fablabs.machine import MachineFile
from fabrication.plan import Face, FlatPart, Operation, Work


def machine_file(process: str = "cnc-router", *, stock: Mapping[str, Any] | None = None, **machine: Any) -> MachineFile:
    """A router with a cutter of 6 mm, or a laser with a kerf of 0.3 mm, on sheets of 1000 × 600 mm."""
    base: dict[str, Any] = {"name": "Essai", "process": process, "bed_mm": (2500, 1250), "max_thickness_mm": 30}
    if process == "laser":
        base |= {"kerf_mm": 0.3, "spacing_mm": 3, "margin_mm": 5, "corner_relief": "none"}
    else:
        base |= {"tools": [{"name": "fraise 6 mm", "diameter_mm": 6.0}]}
    sheet = {
        "material": "contreplaqué bouleau",
        "nominal_thickness_mm": 18,
        "measured_thickness_mm": 17.6,
        "sheet_mm": (1000, 600),
    }
    return MachineFile.model_validate({"machine": base | machine, "stock": sheet | dict(stock or {})})


def flat_box(
    code: str, width: float, height: float, *, quantity: int = 1, grain: Grain = Grain.FREE, thickness: float = 18.0
) -> FlatPart:
    """A plain rectangle."""
    outline = Operation(Work.CUT_OUTSIDE, Face.TOP, thickness, Contour.rectangle(0, 0, width, height))
    return FlatPart(code, f"pièce {code}", thickness, (outline,), quantity, grain)


class Bracket(Design):
    """A shelf and two cheeks; the shelf has a hand hole with round ends, a pocket on top and a drilled
    hole, the cheeks a pocket on their bottom face only; a plate has work on both faces."""

    identifier = "equerre"
    title = "Équerre d’essai"
    summary = "Une petite pièce avec un peu de tout."
    story = "Pour les essais."
    credit = "dessin original"
    parameters = (
        Parameter("width", Kind.LENGTH, 400.0, "Largeur", "De bout en bout.", 200, 800, 1),
        Parameter("plates", Kind.COUNT, 1, "Platines", "Combien.", 1, 4, 1),
    )

    def __init__(self, through_only: bool = False) -> None:
        self.through_only = through_only

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        import cadquery as cq

        width, t = values["width"], sheet.thickness
        shelf = cq.Workplane().box(width, 200, t, centered=False)
        shelf = shelf.faces(">Z").workplane(origin=(width / 2, 150, t)).slot2D(120, 30).cutThruAll()
        shelf = shelf.faces(">Z").workplane(origin=(40, 40, t)).circle(2.5).cutThruAll()
        cheek = cq.Workplane().polyline([(0, 0), (180, 0), (180, 60), (60, 160), (0, 160)]).close().extrude(t)
        plate = cq.Workplane().box(110, 90, t, centered=False).edges("|Z").fillet(12)
        if not self.through_only:
            shelf = shelf.cut(cq.Workplane().box(80, 24, 9, centered=False).translate((width - 120, 30, t - 9)))
            cheek = cheek.cut(cq.Workplane().box(50, 20, 6, centered=False).translate((20, 20, 0)))
            plate = plate.cut(cq.Workplane().circle(12).extrude(5).translate((35, 45, t - 5)))
            plate = plate.cut(cq.Workplane().circle(12).extrude(5).translate((75, 45, 0)))
        return Furniture(
            "equerre",
            values,
            sheet,
            parts=(
                Part("P01", "étagère", shelf.val(), (cq.Location((0, 0, 160)),)),
                Part(
                    "P02",
                    "joue (côté)",
                    cheek.val(),
                    (cq.Location((0, 0, 0), (1, 0, 0), 90), cq.Location((0, 200, 0), (1, 0, 0), 90)),
                    Grain.ACROSS,
                ),
                Part(
                    "P03",
                    "platine",
                    plate.val(),
                    tuple(cq.Location((130 * i, 300, 0)) for i in range(values["plates"])),
                    Grain.FREE,
                ),
            ),
            hardware=(Hardware("ISO 7050 ST3,5 × 16", "Vis à bois", 6), Hardware("=1+1", "Feutre", 0.5, "m²")),
            measures=(Measure("Encombrement", "400 × 200 × 178"),),
        )
