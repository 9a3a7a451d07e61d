# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.contour import Contour
from designs.furniture import Grain
from fablabs.machine import MachineFile
from fabrication.errors import NotMakeableError
from fabrication.layout import LayoutError, check_layout
from fabrication.nesting.layouts import nest
from fabrication.plan import CutPlan, Face, FlatPart, Operation, Placement, SheetLayout, Work
from tests.cutting import flat_box, machine_file


def plan_of(parts: list[FlatPart], file: MachineFile) -> CutPlan:
    return CutPlan(tuple(parts), nest(parts, file.machine, file.stock), file.machine.kerf_mm)


grains = st.sampled_from(list(Grain))
boxes = st.lists(st.tuples(st.floats(15, 300), st.floats(15, 300), st.integers(1, 3), grains), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(boxes, st.sampled_from(["long", "cross", "none"]), st.sampled_from(["cnc-router", "laser"]), st.booleans())
def test_any_layout_keeps_distances_margins_grain_and_copies(
    sizes: list[tuple[float, float, int, Grain]], grain: str, process: str, upright: bool
) -> None:
    sheet = (400, 700) if upright else (700, 400)
    file = machine_file(process, stock={"grain": grain, "sheet_mm": sheet})
    parts = [flat_box(f"P{i:02d}", w, h, quantity=q, grain=g) for i, (w, h, q, g) in enumerate(sizes, 1)]

    plan = plan_of(parts, file)

    check_layout(plan, file.machine, file.stock)
    assert [s.index for s in plan.sheets] == list(range(1, len(plan.sheets) + 1))
    assert all((s.width, s.height) == sheet for s in plan.sheets)


def test_the_same_parts_are_laid_the_same_way() -> None:
    file = machine_file()
    parts = [flat_box(f"P{i:02d}", 60 + 17 * i, 200 - 9 * i, quantity=2) for i in range(1, 12)]

    assert nest(parts, file.machine, file.stock) == nest(parts, file.machine, file.stock)


def test_four_quarters_fill_one_sheet() -> None:
    file = machine_file(spacing_mm=8, margin_mm=10)
    plan = plan_of([flat_box("P01", 486, 286, quantity=4)], file)

    assert len(plan.sheets) == 1
    assert sorted((p.x, p.y) for p in plan.sheets[0].placements) == [(10, 10), (10, 304), (504, 10), (504, 304)]
    assert {p.copy for p in plan.sheets[0].placements} == {1, 2, 3, 4}


def test_a_hair_more_needs_a_second_sheet() -> None:
    file = machine_file(spacing_mm=8, margin_mm=10)

    assert len(nest([flat_box("P01", 486.01, 286, quantity=4)], file.machine, file.stock)) == 2


def test_a_kerf_takes_its_place() -> None:
    file = machine_file("laser", margin_mm=10, spacing_mm=8, kerf_mm=0.3)

    assert len(nest([flat_box("P01", 486, 286, quantity=4)], file.machine, file.stock)) == 2
    assert len(nest([flat_box("P01", 485.7, 285.7, quantity=4)], file.machine, file.stock)) == 1


@pytest.mark.parametrize(
    ("part_grain", "sheet_grain", "sheet", "turn"),
    [
        (Grain.ALONG, "long", (1000, 600), 0),
        (Grain.ALONG, "long", (600, 1000), 90),
        (Grain.ALONG, "cross", (1000, 600), 90),
        (Grain.ACROSS, "long", (1000, 600), 90),
        (Grain.ACROSS, "cross", (1000, 600), 0),
    ],
)
def test_a_part_is_turned_so_that_its_grain_runs_with_the_sheets(
    part_grain: Grain, sheet_grain: str, sheet: tuple[int, int], turn: int
) -> None:
    file = machine_file(stock={"grain": sheet_grain, "sheet_mm": sheet})
    (layout,) = nest([flat_box("P01", 300, 200, grain=part_grain)], file.machine, file.stock)

    assert layout.placements[0].rotation_deg % 180 == turn


def test_a_part_too_long_for_the_grain_is_refused_with_its_size_and_the_room_there_is() -> None:
    file = machine_file(margin_mm=10)
    with pytest.raises(NotMakeableError, match=r"P07 'pièce P07' is 300 × 700 mm with its grain.*980 × 580 mm"):
        nest([flat_box("P07", 700, 300, grain=Grain.ACROSS)], file.machine, file.stock)
    nest([flat_box("P07", 300, 700, grain=Grain.ACROSS)], file.machine, file.stock)


def test_without_a_grain_the_same_part_is_turned_and_fits() -> None:
    file = machine_file(stock={"grain": "none"})
    (layout,) = nest([flat_box("P07", 300, 700, grain=Grain.ALONG)], file.machine, file.stock)

    assert layout.placements[0].rotation_deg == 90


def with_pocket(face: Face) -> FlatPart:
    part = flat_box("P01", 200, 100, grain=Grain.ALONG)
    pocket = Operation(Work.POCKET, face, 6.0, Contour.rectangle(10, 10, 30, 20))
    return replace(part, operations=(*part.operations, pocket))


def test_a_part_with_work_on_its_bottom_face_only_is_turned_over() -> None:
    file = machine_file()
    (top,) = nest([with_pocket(Face.TOP)], file.machine, file.stock)[0].placements
    (bottom,) = nest([with_pocket(Face.BOTTOM)], file.machine, file.stock)[0].placements

    assert not top.mirrored
    assert bottom.mirrored
    moved = with_pocket(Face.BOTTOM).outline.moved(bottom.x, bottom.y, bottom.rotation_deg, True)
    assert moved.bounds == pytest.approx((10, 10, 210, 110))


def test_a_part_with_work_on_both_faces_lies_as_it_is() -> None:
    part = with_pocket(Face.TOP)
    below = Operation(Work.POCKET, Face.BOTTOM, 6.0, Contour.rectangle(60, 10, 30, 20))
    file = machine_file()

    assert (
        not nest([replace(part, operations=(*part.operations, below))], file.machine, file.stock)[0]
        .placements[0]
        .mirrored
    )


def test_sixty_parts_are_all_laid() -> None:
    file = machine_file(stock={"sheet_mm": (2500, 1250)})
    parts = [flat_box(f"P{i:02d}", 90 + 37 * i % 700, 60 + 53 * i % 300, quantity=3) for i in range(1, 21)]
    sheets = nest(parts, file.machine, file.stock)

    assert sum(len(sheet.placements) for sheet in sheets) == 60


def test_four_wide_carts_on_small_sheets_take_one_sheet_more_than_the_bound_at_most() -> None:
    """Parts of the chariot 1000 mm wide, as their grain lays them on 1300 × 1250. All but the last row are wider than
    half a sheet, so that they only stack: their heights alone ask for 14 sheets."""
    sizes = [
        (704, 500, 8), (1000, 500, 8), (995, 667, 4), (864, 392, 8), (904, 70, 4), (904, 90, 8), (804, 63, 16),
        (784, 58, 8), (392, 48, 16), (257, 40, 16), (220, 500, 4), (202, 190, 8), (110, 90, 16), (70, 27, 16),
    ]  # fmt: skip
    file = machine_file(spacing_mm=10, margin_mm=12, stock={"sheet_mm": (1300, 1250)})
    stacked = sum((height + 10) * count for width, height, count in sizes if width > (1276 - 10) / 2)
    bound = math.ceil(stacked / (1226 + 10))
    parts = [
        flat_box(f"P{n:02d}", w, h, quantity=count, grain=Grain.ALONG) for n, (w, h, count) in enumerate(sizes, start=1)
    ]
    plan = plan_of(parts, file)

    check_layout(plan, file.machine, file.stock)
    assert bound == 14
    assert bound <= len(plan.sheets) <= bound + 1


# What check_layout sees, whoever made the layout.


def beside(plan: CutPlan, *placements: Placement) -> CutPlan:
    """The plan with its one sheet laid so; nothing is said of what stays of it."""
    return replace(plan, sheets=(replace(plan.sheets[0], placements=placements, remnant=None),))


def two_boxes(distance: float) -> CutPlan:
    file = machine_file()
    plan = plan_of([flat_box("P01", 100, 100, quantity=2)], file)
    first, second = plan.sheets[0].placements
    moved = replace(second, x=first.x + 100 + distance, y=first.y, rotation_deg=first.rotation_deg)
    return beside(plan, first, moved)


def test_two_parts_nearer_than_the_spacing_are_named() -> None:
    file = machine_file(spacing_mm=8)
    check_layout(two_boxes(8.0), file.machine, file.stock)
    with pytest.raises(LayoutError, match=r"sheet 1: P01-1 and P01-2 are 7\.90 mm apart, 8 mm are needed"):
        check_layout(two_boxes(7.9), file.machine, file.stock)


def changed(plan: CutPlan, **change: object) -> CutPlan:
    placement = replace(plan.sheets[0].placements[0], **change)  # type: ignore[arg-type]
    sheet = replace(plan.sheets[0], placements=(placement, *plan.sheets[0].placements[1:]))
    return replace(plan, sheets=(sheet, *plan.sheets[1:]))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"x": 9.9}, "P01-1 reaches into the margin"),
        ({"copy": 2}, "P01-1 lies on no sheet; P01-2 is not wanted"),
        ({"x": 300.0, "rotation_deg": 90.0}, "P01-1 lies across its grain"),
        ({"x": 300.0, "mirrored": True}, "P01-1 lies on its other face"),
    ],
)
def test_a_layout_that_can_t_be_cut_is_refused(change: dict[str, object], fault: str) -> None:
    file = machine_file(margin_mm=10)
    plan = plan_of([flat_box("P01", 200, 100, grain=Grain.ALONG)], file)
    check_layout(plan, file.machine, file.stock)
    with pytest.raises(LayoutError, match=fault):
        check_layout(changed(plan, **change), file.machine, file.stock)


def test_a_copy_laid_twice_is_named() -> None:
    file = machine_file()
    plan = plan_of([flat_box("P01", 200, 100)], file)
    twice = replace(plan, sheets=(*plan.sheets, SheetLayout(2, 1000, 600, plan.sheets[0].placements)))
    with pytest.raises(LayoutError, match="P01-1 is laid 2 times"):
        check_layout(twice, file.machine, file.stock)


def test_round_corners_may_be_nearer_than_their_boxes() -> None:
    """Distances are those of the contours, not of their bounding rectangles."""
    disc = replace(
        flat_box("P01", 1, 1, quantity=2),
        operations=(Operation(Work.CUT_OUTSIDE, Face.TOP, 18.0, Contour.circle(50, 50, 50)),),
    )
    file = machine_file(spacing_mm=8)
    plan = plan_of([disc], file)
    first, second = plan.sheets[0].placements
    # Centres √2 · 77 = 108.9 mm apart: 8.9 mm between the discs, the boxes overlap.
    near = replace(second, x=first.x + 77, y=first.y + 77)
    check_layout(beside(plan, first, near), file.machine, file.stock)
