# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Layouts on all that a stock has: offcuts, sizes with their prices, clamps, defects, openings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from designs.contour import Contour
from designs.furniture import Grain
from fablabs.machine import MachineFile
from fabrication.errors import NotMakeableError
from fabrication.layout import placed
from fabrication.nesting.items import SMALL, blanks
from fabrication.nesting.layouts import as_stored, nest
from fabrication.plan import Face, FlatPart, Operation, Work
from tests.cutting import flat_box, machine_file
from tests.laying_out import L_SHAPE, laid, offcut, rectangle, with_pockets, with_window

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
