# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Layouts that somebody gave: locked parts, layouts kept and made better, and what the last look sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from designs.contour import Contour
from designs.furniture import Grain
from fablabs.machine import MachineFile
from fabrication.errors import ChoiceError
from fabrication.layout import LayoutError, check_layout
from fabrication.nesting.layouts import as_stored, improve, nest
from fabrication.plan import CutPlan, FlatPart, SheetLayout
from tests.cutting import flat_box, machine_file
from tests.laying_out import corner, laid, offcut, rectangle, with_window

# What is locked


def test_a_locked_part_stays_and_the_rest_is_laid_around_it() -> None:
    file = machine_file()
    parts = [flat_box("P01", 200, 150, quantity=6)]
    locked = corner(laid(parts, file))
    plan = laid(parts, file, locked)

    assert locked[0].placements[0] in plan.sheets[0].placements
    assert sum(len(s.placements) for s in plan.sheets) == 6


def test_a_locked_part_of_free_grain_may_lie_at_any_angle() -> None:
    file = machine_file()
    parts = [flat_box("P01", 200, 150, quantity=6)]
    (sheet,) = corner(laid(parts, file))
    askew = replace(sheet, placements=(replace(sheet.placements[0], rotation_deg=30.0),))

    assert askew.placements[0] in laid(parts, file, (askew,)).sheets[0].placements
    along = [replace(parts[0], grain=Grain.ALONG)]
    with pytest.raises(LayoutError, match="P01-1 lies across its grain"):
        laid(along, file, (askew,))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"part": "P09"}, "P09-1 is not to be cut"),
        ({"copy": 7}, "P01-7 is not to be cut"),
        ({"mirrored": True}, "P01-1 lies on its other face"),
    ],
)
def test_a_locked_part_that_is_not_to_be_cut_is_named(change: dict[str, Any], fault: str) -> None:
    file = machine_file()
    parts = [flat_box("P01", 200, 150, quantity=6)]
    (sheet,) = corner(laid(parts, file))
    wrong = replace(sheet, placements=(replace(sheet.placements[0], **change),))
    with pytest.raises(ChoiceError, match=fault):
        nest(parts, file.machine, file.stock, locked=(wrong,))


def test_a_locked_sheet_that_the_stock_has_not_is_named() -> None:
    file = machine_file()
    parts = [flat_box("P01", 200, 150)]
    (sheet,) = corner(laid(parts, file))
    with pytest.raises(ChoiceError, match="1200 × 600 mm: the stock has no such sheet"):
        nest(parts, file.machine, file.stock, locked=(replace(sheet, width=1200),))
    with pytest.raises(ChoiceError, match="offcut 'reste'"):
        nest(parts, file.machine, file.stock, locked=(replace(sheet, source="reste"),))


# A layout kept, a better one


def test_a_layout_that_was_made_before_comes_back_as_it_was() -> None:
    file = machine_file(keep_out_mm=[rectangle(0, 0, 40, 40)], stock={"offcuts": [offcut()], "price_eur": 80})
    parts = [flat_box("P01", 250, 200, quantity=9)]
    sheets = laid(parts, file).sheets
    bare = tuple(replace(s, outline=None, keep_out=(), price_eur=None, remnant=None) for s in sheets)

    assert as_stored(sheets, parts, file.machine, file.stock) == sheets
    assert as_stored(bare, parts, file.machine, file.stock) == sheets
    empty = replace(sheets[-1], index=9, placements=())
    assert as_stored((*sheets, empty), parts, file.machine, file.stock) == sheets


def test_a_better_layout_is_never_worse_and_is_told_of() -> None:
    file = machine_file(stock={"sheet_mm": (700, 500)})
    parts = [flat_box(f"P{n:02d}", 60 + 37 * n % 200, 90 + 53 * n % 210, quantity=2) for n in range(1, 12)]
    start = laid(parts, file).sheets
    told: list[tuple[tuple[SheetLayout, ...] | None, float]] = []

    def watch(sheets: tuple[SheetLayout, ...] | None, gone: float) -> bool:
        told.append((sheets, gone))
        return True

    found = improve(parts, file.machine, file.stock, seconds=1.0, start=start, watch=watch)

    check_layout(CutPlan(tuple(parts), found), file.machine, file.stock)
    assert len(found) <= len(start)
    assert [gone for _, gone in told] == sorted(gone for _, gone in told)
    assert told[-1][1] == 1.0
    better = [sheets for sheets, _ in told if sheets is not None]
    assert found == (better[-1] if better else start)


# What the last look sees


def fault_of(change: Callable[[SheetLayout], SheetLayout], parts: list[FlatPart], file: MachineFile) -> str:
    plan = laid(parts, file)
    with pytest.raises(LayoutError) as caught:
        check_layout(replace(plan, sheets=(change(plan.sheets[0]), *plan.sheets[1:])), file.machine, file.stock)
    return str(caught.value)


def shifted(sheet: SheetLayout, x: float, y: float) -> SheetLayout:
    placement = replace(sheet.placements[0], x=x, y=y, rotation_deg=0.0)
    return replace(sheet, placements=(placement, *sheet.placements[1:]), remnant=None)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda s: shifted(s, 500, 400),
            "P01-1 reaches over the sheet's edge",
        ),  # outside of the L, inside of its bounds
        (lambda s: shifted(s, 195, 350), "P01-1 reaches into the margin"),  # 5 mm from the inner corner's edge
        (lambda s: shifted(s, 20, 405), "P01-1 is 5.00 mm from a clamp or defect, 8 mm are needed"),
        (lambda s: replace(s, remnant=rectangle(0, 0, 300, 300)), "reaches into the remnant"),
        (lambda s: replace(s, remnant=rectangle(300, 300, 300, 300)), "its remnant is no piece of it"),
        (lambda s: replace(s, outline=rectangle(0, 0, 900, 800)), "sheet 1 is the offcut 'reste': the stock has none"),
        (lambda s: replace(s, keep_out=()), "sheet 1 is the offcut 'reste': the stock has none like it"),
        (lambda s: replace(s, price_eur=Decimal(3)), "sheet 1 is the offcut 'reste': the stock has none like it"),
        (lambda s: replace(s, source="autre"), "sheet 1 is the offcut 'autre': the stock has none like it"),
        (lambda s: replace(s, source="", width=777), "sheet 1 is a sheet of 777 × 800 mm: the stock has none"),
    ],
)
def test_a_layout_that_can_t_be_cut_on_its_offcut_is_refused(
    change: Callable[[SheetLayout], SheetLayout], fault: str
) -> None:
    file = machine_file(stock={"offcuts": [offcut(keep_out_mm=[rectangle(20, 510, 20, 20)])]})
    assert fault in fault_of(change, [flat_box("P01", 100, 100)], file)


def test_an_offcut_used_twice_is_refused() -> None:
    file = machine_file(stock={"offcuts": [offcut()]})
    plan = laid([flat_box("P01", 100, 100, quantity=2)], file)
    one, two = plan.sheets[0].placements
    twice = tuple(replace(plan.sheets[0], index=i, placements=(p,), remnant=None) for i, p in ((1, one), (2, two)))
    with pytest.raises(LayoutError, match="sheet 2 is the offcut 'reste': all of them are used"):
        check_layout(replace(plan, sheets=twice), file.machine, file.stock)


def test_a_part_too_near_to_the_opening_s_edge_is_named() -> None:
    file = machine_file(spacing_mm=8)
    frame = with_window("P01", 960, 560, Contour.rectangle(60, 60, 840, 440))
    parts = [frame, flat_box("P02", 300, 300)]
    plan = laid(parts, file)
    around = plan.sheets[0].placements[0]
    assert (around.part, around.rotation_deg % 180) == ("P01", 0)
    x, y = (around.x, around.y) if not around.rotation_deg else (around.x - 960, around.y - 560)
    inside = replace(plan.sheets[0].placements[1], x=x + 60 + 7, y=y + 100, rotation_deg=0.0)
    sheet = replace(plan.sheets[0], placements=(around, inside))
    with pytest.raises(LayoutError, match=r"P01-1 and P02-1 are 7\.00 mm apart"):
        check_layout(replace(plan, sheets=(sheet,)), file.machine, file.stock)
    allowed = replace(sheet, placements=(around, replace(inside, x=x + 68)))
    check_layout(replace(plan, sheets=(allowed,)), file.machine, file.stock)


def test_a_locked_part_that_lies_elsewhere_is_named() -> None:
    file = machine_file()
    parts = [flat_box("P01", 200, 150)]
    plan = laid(parts, file)
    with pytest.raises(LayoutError, match="P01-1 is locked, and does not lie where it was"):
        check_layout(plan, file.machine, file.stock, corner(plan))
