# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Parts and stocks for the tests of layouts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from designs.contour import Contour
from fablabs.machine import MachineFile
from fabrication.layout import check_layout
from fabrication.nesting.layouts import nest
from fabrication.plan import CutPlan, Face, FlatPart, Operation, Ring, SheetLayout, Work
from tests.cutting import flat_box

L_SHAPE = ((0, 0), (900, 0), (900, 300), (300, 300), (300, 800), (0, 800))


def rectangle(x: float, y: float, width: float, height: float) -> Ring:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def laid(parts: list[FlatPart], file: MachineFile, locked: tuple[SheetLayout, ...] = ()) -> CutPlan:
    """The plan at once, as it passed the last look."""
    sheets = nest(parts, file.machine, file.stock, locked=locked)
    plan = CutPlan(tuple(parts), sheets, file.machine.kerf_mm)
    check_layout(plan, file.machine, file.stock, locked)
    return plan


def offcut(name: str = "reste", outline: Any = L_SHAPE, **more: Any) -> dict[str, Any]:
    return {"name": name, "outline_mm": outline, **more}


def with_window(code: str, width: float, height: float, window: Contour, **more: Any) -> FlatPart:
    part = flat_box(code, width, height, **more)
    return replace(part, operations=(*part.operations, Operation(Work.CUT_INSIDE, Face.TOP, 18.0, window)))


def with_pockets(code: str, *faces: Face, size: tuple[float, float] = (200, 100), **more: Any) -> FlatPart:
    part = flat_box(code, *size, **more)
    pockets = (Operation(Work.POCKET, f, 6.0, Contour.rectangle(10 + 50 * n, 10, 30, 20)) for n, f in enumerate(faces))
    return replace(part, operations=(*part.operations, *pockets))


def corner(plan: CutPlan, x: float = 400, y: float = 200) -> tuple[SheetLayout, ...]:
    """The first sheet with its first placement alone, somewhere in the middle."""
    first = replace(plan.sheets[0].placements[0], x=x, y=y, rotation_deg=0.0)
    return (replace(plan.sheets[0], placements=(first,)),)
