# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which mill cuts which contour: one for all where that serves, else the wide one and a thin one for what it leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.contour import Contour
from fablabs.machine import Relief, Tool
from fabrication.errors import NotMakeableError
from fabrication.fitness import wood
from fabrication.fitness.verdict import Colour
from fabrication.layers import layer_of
from fabrication.mills import choose_mills, relieve_alike
from fabrication.plan import RELIEF_ALLOWANCE, Face, FlatPart, Operation, Work, mills_named
from fabrication.reach import check_reach
from fabrication.relief import choose_tool, relieve
from fabrication.toolpaths.tooling import tool_for_hole
from tests.toolpath_pieces import FEEDS, MILL, opening, router

T = 18.0
BOARD = Contour.rectangle(0, 0, 400, 300)
HATCH = opening(Contour.rectangle(40, 40, 100, 60))


def tools(*diameters: float) -> list[Tool]:
    return [Tool(name=f"fraise {d:g} mm", diameter_mm=d) for d in diameters]


def slot(x: float, y: float, width: float, length: float = 60.0) -> Operation:
    return opening(Contour.rectangle(x, y, length, width))


def groove(x: float, y: float, width: float) -> Operation:
    return Operation(Work.POCKET, Face.TOP, 6.0, Contour.rectangle(x, y, 60, width))


def part(*operations: Operation, outline: Contour = BOARD, quantity: int = 1) -> FlatPart:
    cut = Operation(Work.CUT_OUTSIDE, Face.TOP, T, outline)
    return FlatPart("P01", "planche", T, (*operations, cut), quantity)


def mills(parts: tuple[FlatPart, ...]) -> list[float | None]:
    return [o.mill_diameter for p in parts for o in p.operations]


@pytest.mark.parametrize("order", [(8, 3), (3, 8)])
def test_what_the_wide_mill_does_not_get_into_is_given_to_the_thin_one_alone(order) -> None:
    main, marked = choose_mills([part(HATCH, slot(200, 50, 6.0), groove(200, 150, 6.0))], tools(*order))

    assert main.diameter_mm == 8
    assert mills(marked) == [None, 3, 3, None]
    assert mills_named(marked) == (3,)


def test_one_mill_that_makes_all_stays_alone_and_nothing_is_marked() -> None:
    given = part(HATCH, slot(200, 50, 6.2), slot(200, 100, 18.2))

    main, marked = choose_mills([given], tools(3, 6))

    assert main.diameter_mm == 6
    assert marked == (given,)
    assert marked[0] is given


@pytest.mark.parametrize(
    ("at_hand", "main", "others"),
    [
        ((8, 6, 3), 6, ()),  # three quarters of 8: no change of tools for so little
        ((8, 5, 3), 8, (5,)),
        ((8, 4, 3), 8, (4,)),  # 4 makes all that 8 leaves: nothing asks for 3
        ((10, 8, 5), 10, (5,)),  # the widest of all, not the second
    ],
)
def test_the_widest_that_does_is_taken_and_nearly_as_wide_is_wide_enough(at_hand, main, others) -> None:
    tool, marked = choose_mills([part(HATCH, slot(200, 50, 6.2))], tools(*at_hand))

    assert (tool.diameter_mm, mills_named(marked)) == (main, others)


def test_a_mill_nearly_as_thin_as_one_that_is_needed_anyway_does_not_come_besides() -> None:
    _, marked = choose_mills([part(slot(200, 50, 6.2), groove(200, 150, 3.5))], tools(8, 4, 3))
    assert mills_named(marked) == (3,)

    _, marked = choose_mills([part(slot(200, 50, 6.2), groove(200, 150, 2.4))], tools(8, 4, 2))
    assert mills(marked) == [4, 2, None]


def test_a_tight_place_in_an_outline_takes_one_mill_for_all_since_outlines_are_not_shared_out() -> None:
    notched = Contour.of([(0, 0), (400, 0), (400, 300), (206, 300), (206, 200), (200, 200), (200, 300), (0, 300)])

    main, marked = choose_mills([part(slot(40, 50, 6.2)), part(outline=notched)], tools(8, 3))

    assert (main.diameter_mm, mills_named(marked)) == (3, ())


def test_a_job_of_tight_slots_for_the_most_part_is_cut_with_the_thin_mill_throughout() -> None:
    row = [slot(20 + 60 * k, 20, 5.0, 50) for k in range(3)]
    grid = [slot(20, 40 + 12 * k, 5.0, 350) for k in range(18)]

    assert choose_mills([part(*row)], tools(8, 3))[0].diameter_mm == 8
    assert choose_mills([part(*grid)], tools(8, 3))[0].diameter_mm == 3
    # Copies count: the grid once among twenty plain boards.
    assert choose_mills([part(*grid), part(quantity=20)], tools(8, 3))[0].diameter_mm == 8


def test_what_even_the_thinnest_does_not_pass_is_refused_as_with_one_mill() -> None:
    piece = [part(HATCH, slot(200, 50, 6.2), slot(200, 100, 2.6))]

    with pytest.raises(NotMakeableError) as one:
        choose_tool(piece, tools(8, 4, 3))
    with pytest.raises(NotMakeableError) as several:
        choose_mills(piece, tools(8, 4, 3))

    assert str(several.value) == str(one.value)
    assert several.value.french == one.value.french
    assert "2.6 mm wide" in str(several.value)


def test_a_wide_mill_whose_reliefs_run_into_each_other_leaves_the_job_to_the_thin_one() -> None:
    pair = slot(40, 40, 20.0, 40), slot(40, 66, 20.0, 40)  # 6 mm of wood between them

    assert choose_mills([part(*pair, slot(200, 200, 6.2))], tools(8, 3), Relief.TBONE)[0].diameter_mm == 3
    apart = pair[0], slot(40, 80, 20.0, 40)
    assert choose_mills([part(*apart, slot(200, 200, 6.2))], tools(8, 3), Relief.TBONE)[0].diameter_mm == 8


def test_each_contour_is_relieved_for_its_own_mill() -> None:
    main, marked = choose_mills([part(HATCH, slot(200, 50, 6.2))], tools(8, 3))

    hatch, tight, outline = relieve(marked[0], main.diameter_mm, Relief.DOGBONE).operations

    assert {round(s.radius, 6) for s in hatch.contour.segments() if s.bulge} == {(8 + RELIEF_ALLOWANCE) / 2}
    assert {round(s.radius, 6) for s in tight.contour.segments() if s.bulge} == {(3 + RELIEF_ALLOWANCE) / 2}
    assert tight.mill_diameter == 3
    assert not any(s.bulge for s in outline.contour.segments())


def test_reach_is_asked_of_each_contour_s_own_mill() -> None:
    tight = relieve(part(replace(slot(200, 50, 6.2), mill_diameter=3.0)), 8, Relief.DOGBONE)
    check_reach(tight, 8)

    widened = replace(tight, operations=tuple(replace(o, mill_diameter=None) for o in tight.operations))
    with pytest.raises(NotMakeableError, match=r"narrower than the 8 mm tool"):
        check_reach(widened, 8)


def test_the_layer_of_another_mill_says_so_and_no_other_does() -> None:
    board = part(HATCH, replace(slot(200, 50, 6.2), mill_diameter=3.175), replace(groove(9, 9, 6), mill_diameter=12.75))

    assert [layer_of(board, o).name for o in board.operations] == [
        "TOP-CUT-INSIDE-18.0MM",
        "TOP-CUT-INSIDE-18.0MM-MILL3.17",
        "TOP-POCKET-6.0MM-MILL12.8",
        "TOP-CUT-OUTSIDE-18.0MM",
    ]
    longest = replace(slot(0, 0, 6.2), mill_diameter=12.75, depth=17.65)
    assert len(layer_of(replace(board, thickness=17.65), longest).name) <= 31


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(3.3, 12.0).map(lambda w: round(w, 1)), min_size=1, max_size=4), st.booleans())
def test_every_contour_gets_a_mill_that_passes_and_none_a_thinner_one_than_it_asks_for(widths, tbone) -> None:
    style = Relief.TBONE if tbone else Relief.DOGBONE
    piece = part(*(slot(40, 20 + 60 * k, w, 100) for k, w in enumerate(widths)))
    at_hand = (10.0, 8.0, 5.0, 3.0)

    main, marked = choose_mills([piece], tools(*at_hand), style)
    alone = choose_tool([piece], tools(*at_hand), style).diameter_mm

    check_reach(relieve(marked[0], main.diameter_mm, style), main.diameter_mm)
    assert main.diameter_mm >= alone
    for operation in marked[0].of(Work.CUT_INSIDE):
        mill = operation.mill_diameter or main.diameter_mm
        # The thinnest stands in for what is nearly as thin.
        for wider in (d for d in at_hand if mill < d <= main.diameter_mm and 0.75 * d > alone):
            one = part(replace(operation, mill_diameter=None))
            with pytest.raises(NotMakeableError):
                check_reach(relieve(one, wider, style), wider)
    assert choose_mills([piece], tools(*reversed(at_hand)), style)[1] == marked


def test_a_hole_without_a_drill_is_bored_by_a_mill_that_is_in_use_anyway() -> None:
    machine = router(
        {**MILL, "diameter_mm": 8.0},
        {**FEEDS, "name": "quatre", "diameter_mm": 4.0, "number": 2},
        {**FEEDS, "name": "trois", "diameter_mm": 3.0, "number": 3},
    ).machine
    eight, four, three = machine.tools

    assert tool_for_hole(5.0, machine, (eight,)) is four
    assert tool_for_hole(5.0, machine, (eight, three)) is three
    assert tool_for_hole(12.0, machine, (eight, three)) is eight


def test_slots_that_are_compared_with_each_other_get_one_mill() -> None:
    plate = part(slot(40, 40, 8.3), slot(40, 80, 7.9), slot(40, 120, 6.2))

    relieved = relieve_alike(plate, (8.0, 3.0), Relief.DOGBONE)

    assert mills((relieved,)) == [3, 3, 3, None]
    assert mills((relieve_alike(part(slot(40, 40, 8.3)), (8.0, 3.0), Relief.DOGBONE),)) == [None, None]
    with pytest.raises(NotMakeableError, match="narrower than the 8 mm tool"):
        relieve_alike(plate, (8.0,), Relief.DOGBONE)


def test_the_check_of_a_design_asks_for_the_mills_that_a_package_would_take() -> None:
    verdicts = {v.check: v for v in wood.check([part(HATCH, slot(200, 50, 6.2))], tools(8, 3), Relief.DOGBONE)}

    assert verdicts["slot"].verdict is Colour.GREEN
    assert verdicts["slot"].limit == 3
    assert "tools of 8 mm and 3 mm pass everywhere" in verdicts["slot"].detail
    assert verdicts["web"].limit == 8
