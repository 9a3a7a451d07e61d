# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many whole sheets one piece takes where nobody's machine is chosen yet: laid out by the engine that lays every
package, on the sheet that traders keep."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fabrication.usual_sheet import usual_sheet

if TYPE_CHECKING:
    from designs.design import Design

#: The usual sheet of birch plywood in France, mm (docs/machines.md).
SHEET_MM = (2500.0, 1250.0)
#: A router's usual gaps (fablabs/machine.py has the same): between two parts, to the sheet's edge, mm.
SPACING_MM, MARGIN_MM = 8.0, 10.0

Progress = Callable[[str, float], None]


def count_sheets(design: Design, given: Mapping[str, object], progress: Progress) -> bytes:
    """JSON: ``sheets`` (count), ``sheet_mm`` (long and short side), ``thickness_mm`` (by name), ``used`` (share of the
    sheets that becomes parts, 0…1).

    Raises ParameterError, GeometryError, NotFlatError, NotMakeableError (a part that is larger than the sheet)."""
    from fablabs.machine import Machine, Process, Tool
    from fablabs.stock import Stock
    from fabrication.flatten import flatten_part
    from fabrication.nesting.layouts import nest

    sheet = usual_sheet(design)
    progress("build", 0.0)
    furniture = design.build(given, sheet)
    progress("flatten", 0.3)
    parts = [flatten_part(part) for part in furniture.parts]
    progress("nest", 0.4)
    machine = Machine(
        name="usual router",
        process=Process.ROUTER,
        bed_mm=SHEET_MM,
        max_thickness_mm=30.0,
        spacing_mm=SPACING_MM,
        margin_mm=MARGIN_MM,
        tools=(Tool(name="usual mill", diameter_mm=6.0),),
    )
    stock = Stock(
        material=sheet.material,
        nominal_thickness_mm=sheet.nominal_thickness,
        measured_thickness_mm=sheet.thickness,
        sheet_mm=SHEET_MM,
    )
    laid = nest(parts, machine, stock)
    area = sum(part.outline.area * part.quantity for part in parts)
    facts = {
        "sheets": len(laid),
        "sheet_mm": list(SHEET_MM),
        "thickness_mm": sheet.nominal_thickness,
        "used": round(area / (len(laid) * SHEET_MM[0] * SHEET_MM[1]), 3),
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
