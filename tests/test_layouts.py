# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Layouts on all that a stock has: offcuts, sizes with their prices, clamps, defects, openings, what was locked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from designs.contour import Contour
from designs.furniture import Grain
from fablabs.machine import MachineFile
from fabrication.errors import ChoiceError, NotMakeableError
from fabrication.layout import LayoutError, check_layout, placed
from fabrication.nesting import as_stored, improve, nest
from fabrication.nesting.items import SMALL, blanks
from fabrication.plan import CutPlan, Face, FlatPart, Operation, Ring, SheetLayout, Work
from tests.cutting import flat_box, machine_file

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


# Whatever comes


def bracket(code: str, size: float, quantity: int, grain: Grain) -> FlatPart:
    """An L with a round corner and a round window."""
    t = size / 3
    outline = Contour.of([(0, 0), (size, 0), (size, t), (t, t), (t, size - t / 2, 0.414214), (t / 2, size), (0, size)])
    window = Operation(Work.CUT_INSIDE, Face.TOP, 18.0, Contour.circle(t / 2, t / 2, t / 3))
    return FlatPart(
        code, "équerre", 18.0, (window, Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, outline)), quantity, grain
    )


def disc(code: str, size: float, quantity: int, grain: Grain) -> FlatPart:
    outline = Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, Contour.circle(3, -7, size / 2))
    return FlatPart(code, "disque", 18.0, (outline,), quantity, grain)


def window(code: str, size: float, quantity: int, grain: Grain) -> FlatPart:
    hole = Contour.rectangle(size / 10, size / 10, 1.3 * size, 0.8 * size)
    return with_window(code, 1.5 * size, size, hole, quantity=quantity, grain=grain)


def below(code: str, size: float, quantity: int, grain: Grain) -> FlatPart:
    return with_pockets(code, Face.BOTTOM, size=(size, 60), quantity=quantity, grain=grain)


shapes = st.sampled_from([bracket, disc, window, below])
some_parts = st.lists(
    st.tuples(shapes, st.floats(60, 280), st.integers(1, 3), st.sampled_from(list(Grain))), min_size=1, max_size=6
)
outlines = st.sampled_from(
    [L_SHAPE, rectangle(5, 5, 300, 650), ((0, 0), (800, 100), (300, 700)), rectangle(0, 0, 90, 90)]
)
clamps = st.lists(st.tuples(st.floats(-50, 680), st.floats(-50, 480), st.floats(5, 80), st.floats(5, 80)), max_size=3)


@settings(max_examples=25, deadline=None)
@given(
    some_parts,
    st.lists(outlines, max_size=2),
    clamps,
    st.sampled_from(["long", "cross", "none"]),
    st.sampled_from(["cnc-router", "laser"]),
    st.booleans(),
)
def test_any_parts_on_any_stock_pass_the_last_look_or_are_named(
    some: list[Any], offcuts: list[Any], clamps: list[Any], grain: str, process: str, priced: bool
) -> None:
    stock = {
        "sheet_mm": (700, 500),
        "grain": grain,
        "sheets": [{"size_mm": (500, 900), "count": 2} | ({"price_eur": 20} if priced else {})],
        "offcuts": [offcut(f"reste {n}", outline) for n, outline in enumerate(offcuts)],
    } | ({"price_eur": 30} if priced else {})
    file = machine_file(process, keep_out_mm=[rectangle(*clamp) for clamp in clamps], stock=stock)
    parts = [make(f"P{n:02d}", size, quantity, g) for n, (make, size, quantity, g) in enumerate(some, 1)]
    try:
        plan = laid(parts, file)
    except NotMakeableError as error:
        assert any(part.code in str(error) and part.code in error.french for part in parts)
        return
    assert as_stored(plan.sheets, parts, file.machine, file.stock) == plan.sheets


# Offcuts


def test_what_goes_on_an_offcut_opens_no_sheet() -> None:
    file = machine_file(stock={"offcuts": [offcut(price_eur=4)], "price_eur": 80})
    plan = laid([flat_box("P01", 250, 250, quantity=4)], file)

    (sheet,) = plan.sheets
    assert (sheet.source, sheet.width, sheet.height, sheet.price_eur) == ("reste", 900, 800, Decimal(4))
    assert sheet.outline == L_SHAPE
    assert plan.utilisation(sheet) == pytest.approx(4 * 250 * 250 / (900 * 300 + 300 * 500))


def test_what_is_too_much_for_the_offcuts_goes_on_a_sheet() -> None:
    file = machine_file(stock={"offcuts": [offcut()]})
    plan = laid([flat_box("P01", 250, 250, quantity=6)], file)

    assert [s.source for s in plan.sheets] == ["reste", ""]
    assert sum(len(s.placements) for s in plan.sheets) == 6


def test_an_offcut_measured_from_another_corner_and_the_other_way_round_is_the_same() -> None:
    away = [(x + 130, y - 40) for x, y in reversed(L_SHAPE)]
    knot = [(130 + 10, -40 + 600), (130 + 60, -40 + 600), (130 + 60, -40 + 650)]
    file = machine_file(stock={"offcuts": [offcut(outline=away, keep_out_mm=[knot])]})
    (sheet,) = laid([flat_box("P01", 250, 250, quantity=2)], file).sheets

    assert sheet.outline is not None
    assert Polygon(sheet.outline).equals(Polygon(L_SHAPE))
    assert Polygon(sheet.outline).exterior.is_ccw
    assert sheet.keep_out == (((10, 600), (60, 600), (60, 650)),)


@pytest.mark.parametrize(("sheet_grain", "turn"), [("long", 0), ("cross", 90)])
def test_an_offcut_s_grain_is_that_of_its_own_frame_however_long_it_is(sheet_grain: str, turn: int) -> None:
    upright = rectangle(0, 0, 320, 700)
    file = machine_file(stock={"grain": sheet_grain, "offcuts": [offcut(outline=upright)]})
    (sheet,) = laid([flat_box("P01", 280, 200, grain=Grain.ALONG)], file).sheets

    assert sheet.source == "reste"
    assert sheet.placements[0].rotation_deg % 180 == turn


@pytest.mark.parametrize(
    ("grain", "size", "turn"),
    [("long", (800, 800), 0), ("cross", (800, 800), 90)],
)
def test_a_square_sheet_s_longer_side_is_its_x(grain: str, size: tuple[int, int], turn: int) -> None:
    file = machine_file(stock={"grain": grain, "sheet_mm": size})
    (sheet,) = laid([flat_box("P01", 300, 200, grain=Grain.ALONG)], file).sheets

    assert sheet.placements[0].rotation_deg % 180 == turn


def test_grain_is_kept_on_sheets_that_lie_the_other_way() -> None:
    """1000 × 600 and 500 × 1100 in one stock: along X on the one, along Y on the other."""
    file = machine_file(stock={"sheets": [{"size_mm": (500, 1100), "count": 1}]})
    plan = laid([flat_box("P01", 900, 450, quantity=2, grain=Grain.ALONG)], file)

    turns = {(s.width, p.rotation_deg % 180) for s in plan.sheets for p in s.placements}
    assert turns <= {(1000, 0), (500, 90)}


# Sizes and prices


def sized(**prices: float | None) -> MachineFile:
    small = {"size_mm": (600, 600)} | ({"price_eur": prices["small"]} if prices["small"] is not None else {})
    return machine_file(stock={"price_eur": prices["large"], "sheets": [small]})


def test_the_sheets_that_cost_least_are_opened() -> None:
    parts = [flat_box("P01", 280, 280, quantity=4)]

    assert [s.width for s in laid(parts, sized(large=40, small=30)).sheets] == [600]
    assert [s.width for s in laid(parts, sized(large=25, small=30)).sheets] == [1000]


def test_if_a_size_has_no_price_the_least_area_is_opened() -> None:
    parts = [flat_box("P01", 280, 280, quantity=4)]

    (sheet,) = laid(parts, sized(large=1, small=None)).sheets
    assert (sheet.width, sheet.price_eur) == (600, None)


def test_no_more_of_a_size_are_used_than_there_are() -> None:
    file = machine_file(stock={"price_eur": 80, "sheets": [{"size_mm": (600, 600), "price_eur": 1, "count": 2}]})
    plan = laid([flat_box("P01", 560, 560, quantity=4)], file)

    assert sorted(s.width for s in plan.sheets) == [600, 600, 1000, 1000]


def test_copies_for_which_no_large_sheet_is_left_are_named() -> None:
    file = machine_file(stock={"sheets": [{"size_mm": (1600, 600), "count": 1}]})
    with pytest.raises(
        NotMakeableError, match=r"P07 'pièce P07': 1 of 2 copies .*sheets or offcuts.*all used"
    ) as caught:
        nest([flat_box("P07", 1500, 400, quantity=2)], file.machine, file.stock)
    assert "1 exemplaire sur 2 sans place" in caught.value.french


def test_a_part_larger_than_every_size_is_refused_with_the_largest() -> None:
    file = machine_file(stock={"sheets": [{"size_mm": (1600, 800)}]})
    with pytest.raises(
        NotMakeableError, match=r"the largest sheet, of 1600 × 800 mm, has room for 1580 × 780 mm"
    ) as caught:
        nest([flat_box("P07", 1581, 100)], file.machine, file.stock)
    assert "le plus grand panneau, de 1600 × 800\u00a0mm, n’offre que 1580 × 780\u00a0mm" in caught.value.french


# Clamps and defects


def test_no_part_comes_nearer_to_a_clamp_or_a_knot_than_the_spacing() -> None:
    clamp, knot = rectangle(480, 0, 40, 60), rectangle(200, 400, 50, 50)
    file = machine_file(
        spacing_mm=8,
        keep_out_mm=[clamp],
        stock={"price_eur": 60, "sheets": [{"size_mm": (900, 600), "price_eur": 20, "keep_out_mm": [knot]}]},
    )
    plan = laid([flat_box("P01", 180, 130, quantity=20)], file)

    shapes = {p.code: Polygon(p.outline.points(0.01)) for p in plan.parts}
    for sheet in plan.sheets:
        assert sheet.keep_out == ((clamp, knot) if sheet.width == 900 else (clamp,))
        for placement in sheet.placements:
            for zone in sheet.keep_out:
                assert placed(shapes["P01"], placement).distance(Polygon(zone)) >= 8 - 1e-6
    assert {s.width for s in plan.sheets} == {900}


def test_a_part_that_only_clamps_keep_off_every_sheet_is_named() -> None:
    file = machine_file(keep_out_mm=[rectangle(480, 280, 40, 40)])
    laid([flat_box("P07", 940, 260)], file)
    with pytest.raises(NotMakeableError, match=r"P07 .*1 of 1 copies find no room .*between clamps, defects") as caught:
        nest([flat_box("P07", 940, 300)], file.machine, file.stock)
    assert "brides" in caught.value.french


# Openings of other parts


@pytest.mark.parametrize("process", ["cnc-router", "laser"])
def test_a_part_lies_in_the_opening_of_another_where_that_saves_a_sheet(process: str) -> None:
    file = machine_file(process)
    frame = with_window("P01", 960, 560, Contour.rectangle(60, 60, 840, 440))
    small = flat_box("P02", 380, 380, quantity=2)

    (sheet,) = laid([frame, small], file).sheets
    assert len(sheet.placements) == 3


def test_an_opening_too_narrow_for_the_spacing_on_both_sides_stays_empty() -> None:
    file = machine_file(spacing_mm=8)
    frame = with_window("P01", 960, 560, Contour.rectangle(60, 60, 840, 440))

    assert len(laid([frame, flat_box("P02", 824, 424)], file).sheets) == 1
    assert len(laid([frame, flat_box("P02", 824.1, 424)], file).sheets) == 2


def test_a_round_opening_s_corners_are_not_taken_for_room() -> None:
    file = machine_file(spacing_mm=8)
    frame = with_window("P01", 960, 560, Contour.circle(480, 280, 250))

    assert len(laid([frame, flat_box("P02", 300, 300)], file).sheets) == 1  # diagonal 424 + 16
    assert len(laid([frame, flat_box("P02", 400, 400)], file).sheets) == 2


# Small parts, both faces


def test_small_parts_keep_off_the_edge_of_a_router_s_sheet_only() -> None:
    parts = [flat_box("P01", 99, 100), flat_box("P02", 101, 100)]
    for process, inner in (("cnc-router", [True, False]), ("laser", [False, False])):
        file = machine_file(process)
        items = [next(b.items(0, [], 8)) for b in blanks(parts, file.machine, grainless=False)]
        assert [item.inner for item in items] == inner
    assert parts[0].outline.area < SMALL < parts[1].outline.area


def test_parts_worked_on_both_faces_share_as_few_sheets_as_they_can() -> None:
    file = machine_file()
    big = flat_box("P01", 600, 560, quantity=3)
    both = with_pockets("P02", Face.TOP, Face.BOTTOM, size=(300, 180), quantity=3)
    plan = laid([big, both], file)

    turned = {s.index for s in plan.sheets if any(p.part == "P02" for p in s.placements)}
    assert len(plan.sheets) == 3  # no sheet more for it
    assert len(turned) == 1


# What is locked


def corner(plan: CutPlan, x: float = 400, y: float = 200) -> tuple[SheetLayout, ...]:
    """The first sheet with its first placement alone, somewhere in the middle."""
    first = replace(plan.sheets[0].placements[0], x=x, y=y, rotation_deg=0.0)
    return (replace(plan.sheets[0], placements=(first,)),)


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
