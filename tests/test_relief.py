# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Corner reliefs of hand-made parts: exact figures, and refusals that name the place."""

from __future__ import annotations

import math

import pytest

from designs.contour import Contour
from fablabs.machine import Relief, Tool
from fabrication.errors import NotMakeableError
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.relief import choose_tool, relieve

BOARD = Contour.rectangle(0, 0, 400, 300)
#: Half of 6 mm + 0.1 mm.
RHO = 3.05


def part_of(*cuts: Operation | Contour, outline: Contour = BOARD) -> FlatPart:
    operations = [c if isinstance(c, Operation) else Operation(Work.CUT_INSIDE, Face.TOP, 18, c) for c in cuts]
    return FlatPart("P03", "fond", 18, (*operations, Operation(Work.CUT_OUTSIDE, Face.TOP, 18, outline)))


def inside(part: FlatPart) -> Contour:
    return next(part.of(Work.CUT_INSIDE, Work.POCKET)).contour


def tools(*diameters: float) -> list[Tool]:
    return [Tool(name=f"fraise {d:g}", diameter_mm=d) for d in diameters]


def refusal(part: FlatPart, diameter: float = 6, style: Relief = Relief.DOGBONE) -> str:
    with pytest.raises(NotMakeableError) as caught:
        relieve(part, diameter, style)
    assert caught.value.french.startswith("P03 «\u00a0fond\u00a0»\u00a0: ")
    return str(caught.value)


def test_a_dogbone_is_a_half_circle_through_the_corner() -> None:
    relieved = inside(relieve(part_of(Contour.rectangle(100, 100, 80, 40)), 6, Relief.DOGBONE))
    reach = math.sqrt(2) * RHO
    assert len(relieved.vertices) == 8
    arcs = [s for s in relieved.segments() if s.bulge]
    assert [a.bulge for a in arcs] == pytest.approx([1, 1, 1, 1])
    assert [a.radius for a in arcs] == pytest.approx([RHO] * 4)
    lower_left = min(arcs, key=lambda a: a.centre)
    assert math.dist(lower_left.centre, (100, 100)) == pytest.approx(RHO)
    assert lower_left.centre[0] == pytest.approx(100 + RHO / math.sqrt(2))
    assert max(lower_left.start, lower_left.end) == pytest.approx((100 + reach, 100))
    assert min(lower_left.start, lower_left.end) == pytest.approx((100, 100 + reach))
    # A half circle less the triangle that the corner already was.
    assert relieved.area == pytest.approx(80 * 40 + 4 * (math.pi / 2 - 1) * RHO**2, abs=1e-6)


def test_a_tbone_lies_on_the_longer_edge() -> None:
    relieved = inside(relieve(part_of(Contour.rectangle(100, 100, 80, 40)), 6, Relief.TBONE))
    assert relieved.bounds == pytest.approx((100, 100 - RHO, 180, 140 + RHO))
    assert relieved.area == pytest.approx(80 * 40 + 4 * math.pi / 2 * RHO**2, abs=1e-6)
    assert (100, 100) in {(v.x, v.y) for v in relieved.vertices}


def test_a_slot_end_without_room_for_two_dogbones_takes_two_tbones() -> None:
    relieved = inside(relieve(part_of(Contour.rectangle(100, 100, 80, 8)), 6, Relief.DOGBONE))
    assert relieved.bounds == pytest.approx((100, 100 - RHO, 180, 108 + RHO))
    assert relieved.area == pytest.approx(80 * 8 + 4 * math.pi / 2 * RHO**2, abs=1e-6)


def test_a_slot_as_wide_as_the_tool_is_relieved() -> None:
    part = part_of(Contour.rectangle(100, 100, 80, 6))
    assert choose_tool([part], tools(3.175, 6, 8)).diameter_mm == 6
    assert inside(relieve(part, 6, Relief.DOGBONE)).bounds == pytest.approx((100, 100 - RHO, 180, 106 + RHO))


def test_a_slot_narrower_than_the_tool_is_refused_by_name() -> None:
    part = part_of(Contour.rectangle(100, 100, 80, 5.8))
    expected = "P03 'fond': the slot at 100.0, 102.9 is 5.8 mm wide, narrower than the 6 mm tool"
    assert refusal(part) == expected or refusal(part) == expected.replace("100.0", "180.0")
    with pytest.raises(NotMakeableError, match=r"P03 'fond': the slot at .* is 5.8 mm wide, .*\(tools: 8 mm, 6 mm\)"):
        choose_tool([part_of(), part], tools(6, 8))
    assert choose_tool([part_of(), part], tools(3.175, 6, 8)).diameter_mm == 3.175


def test_a_round_ended_slot_narrower_than_the_tool_is_refused_by_name() -> None:
    slot = Contour.of([(100, 100), (150, 100, 1), (150, 105.8), (100, 105.8, 1)])
    assert "tighter than the 6 mm tool's 3 mm" in refusal(part_of(slot))
    assert choose_tool([part_of(slot)], tools(5, 6)).diameter_mm == 5


def test_a_notch_narrower_than_the_tool_is_refused_by_name() -> None:
    outline = Contour.of([(0, 0), (400, 0), (400, 300), (205.5, 300), (205.5, 280), (200, 280), (200, 300), (0, 300)])
    assert refusal(part_of(outline=outline)) == (
        "P03 'fond': the slot at 202.8, 280.0 is 5.5 mm wide, narrower than the 6 mm tool"
    )


def test_a_gap_that_narrows_only_at_its_mouth_is_refused_by_name() -> None:
    mouth = [(205, 300), (205, 280), (230, 280), (230, 240), (180, 240), (180, 280), (200, 280), (200, 300)]
    outline = Contour.of([(0, 0), (400, 0), (400, 300), *mouth, (0, 300)])
    with pytest.raises(
        NotMakeableError, match=r"P03 'fond': the slot in the outline at .* is 5 mm wide, narrower than the 6 mm"
    ):
        choose_tool([part_of(outline=outline)], tools(6))
    assert choose_tool([part_of(outline=outline)], tools(4)).diameter_mm == 4


def test_an_outline_is_relieved_where_it_is_concave_only() -> None:
    outline = Contour.of([(0, 0), (400, 0), (400, 300), (240, 300), (240, 250), (200, 250), (200, 300), (0, 300)])
    relieved = relieve(part_of(outline=outline), 6, Relief.DOGBONE).outline
    assert len(relieved.vertices) == 8 + 2
    assert relieved.area == pytest.approx(400 * 300 - 40 * 50 - 2 * (math.pi / 2 - 1) * RHO**2, abs=1e-6)
    assert relieved.signed_area > 0


def test_a_pocket_is_relieved_and_so_is_its_island_where_it_is_concave() -> None:
    island = Contour.of([(150, 150), (200, 150), (200, 170), (170, 170), (170, 200), (150, 200)])
    pocket = Operation(Work.POCKET, Face.BOTTOM, 9, Contour.rectangle(100, 100, 200, 150), (island,))
    relieved = next(relieve(part_of(pocket), 6, Relief.DOGBONE).of(Work.POCKET))
    assert relieved.contour.area == pytest.approx(200 * 150 + 4 * (math.pi / 2 - 1) * RHO**2, abs=1e-6)
    assert relieved.islands[0].area == pytest.approx(island.area - (math.pi / 2 - 1) * RHO**2, abs=1e-6)
    assert (relieved.depth, relieved.face) == (9, Face.BOTTOM)


def test_engravings_and_drilled_holes_stay() -> None:
    engraving = Operation(Work.ENGRAVE, Face.TOP, 0.8, Contour.rectangle(100, 100, 40, 1))
    hole = Operation(Work.DRILL, Face.TOP, 18, Contour.circle(200, 200, 2.5))
    part = part_of(engraving, hole)
    assert relieve(part, 6, Relief.NONE) is part
    assert choose_tool([part], tools(6, 8)).diameter_mm == 8


def test_no_relief_where_a_pocket_is_open() -> None:
    groove = Operation(Work.POCKET, Face.TOP, 9, Contour.rectangle(100, 0, 18, 300))
    assert inside(relieve(part_of(groove), 6, Relief.NONE)) == groove.contour
    stopped = Operation(Work.POCKET, Face.TOP, 9, Contour.rectangle(100, 0, 18, 200))
    assert inside(relieve(part_of(stopped), 6, Relief.DOGBONE)).area == pytest.approx(
        18 * 200 + 2 * (math.pi / 2 - 1) * RHO**2, abs=1e-6
    )
    assert choose_tool([part_of(groove), part_of(stopped)], tools(8)).diameter_mm == 8


def test_no_relief_where_a_pocket_falls_into_a_deeper_one() -> None:
    shallow = Operation(Work.POCKET, Face.TOP, 5, Contour.rectangle(100, 100, 50, 40))
    deep = Operation(Work.POCKET, Face.TOP, 9, Contour.rectangle(150, 100, 60, 40))
    relieved = [o.contour.area for o in relieve(part_of(shallow, deep), 6, Relief.DOGBONE).of(Work.POCKET)]
    one = (math.pi / 2 - 1) * RHO**2
    assert relieved == pytest.approx([50 * 40 + 2 * one, 60 * 40 + 4 * one], abs=1e-6)


def test_style_none_names_the_first_sharp_corner() -> None:
    assert refusal(part_of(Contour.rectangle(100, 100, 80, 40)), style=Relief.NONE) == (
        "P03 'fond': the inside corner at (180.0, 100.0) is sharp, and this machine draws no corner relief: "
        "set corner_relief to dogbone or tbone"
    )
    rounded = Contour.of([(110, 100), (170, 100, math.tan(math.pi / 8)), (180, 110), (180, 140), (110, 140)])
    with pytest.raises(NotMakeableError, match=r"\(180\.0, 140\.0\)"):
        relieve(part_of(rounded), 6, Relief.NONE)
    assert relieve(part_of(), 6, Relief.NONE) == part_of()


def test_an_obtuse_corner_takes_a_shorter_arc() -> None:
    hexagon = Contour.of(
        [(200 + 50 * math.cos(k * math.pi / 3), 150 + 50 * math.sin(k * math.pi / 3)) for k in range(6)]
    )
    relieved = inside(relieve(part_of(hexagon), 6, Relief.DOGBONE))
    arcs = [s for s in relieved.segments() if s.bulge]
    # φ = 120°: included angle 2 · 60°, from 2ρ cos 60° = ρ before the corner.
    assert [a.angle for a in arcs] == pytest.approx([math.radians(120)] * 6)
    assert {round(s.length, 6) for s in relieved.segments() if not s.bulge} == {round(50 - 2 * RHO, 6)}


def test_an_acute_corner_is_opened_for_the_tool_to_get_in() -> None:
    triangle = Contour.of([(100, 100), (300, 100), (200, 100 + 100 * math.sqrt(3))])
    relieved = inside(relieve(part_of(triangle), 6, Relief.TBONE))
    arcs = [s for s in relieved.segments() if s.bulge]
    # φ = 60°: a half circle, then two lines along the bisector to ρ / sin 30° = 2ρ on each edge.
    assert [a.bulge for a in arcs] == pytest.approx([1, 1, 1])
    assert sum(1 for s in relieved.segments() if s.length == pytest.approx(200 - 4 * RHO)) == 3


def test_a_corner_between_a_line_and_an_arc_is_relieved() -> None:
    half_moon = Contour.of([(100, 100), (200, 100, 1)])
    relieved = inside(relieve(part_of(half_moon), 6, Relief.DOGBONE))
    arcs = sorted((s for s in relieved.segments() if s.bulge), key=lambda s: s.radius)
    assert [a.radius for a in arcs] == pytest.approx([RHO, RHO, 50])
    for corner in ((100, 100), (200, 100)):
        assert min(math.dist(a.centre, corner) for a in arcs[:2]) == pytest.approx(RHO)


def test_an_inside_arc_tighter_than_the_tool_is_refused_by_name() -> None:
    rounded = Contour.of([(100, 100), (178, 100, math.tan(math.pi / 8)), (180, 102), (180, 140), (100, 140)])
    assert refusal(part_of(rounded)) == (
        "P03 'fond': the inside arc at (179.4, 100.6) has a radius of 2.00 mm, tighter than the 6 mm tool's 3 mm"
    )
    assert choose_tool([part_of(rounded)], tools(4, 6)).diameter_mm == 4


def test_a_relief_that_would_break_through_the_wood_is_refused() -> None:
    near_edge = part_of(Contour.rectangle(2, 100, 80, 40))
    assert relieve(near_edge, 6, Relief.DOGBONE)  # 0.9 mm beyond the corner leaves wood
    with pytest.raises(NotMakeableError, match="break through to the outline"):
        relieve(part_of(Contour.rectangle(0.5, 100, 80, 40)), 6, Relief.DOGBONE)
    with pytest.raises(NotMakeableError, match="break through to a cut"):
        relieve(part_of(Contour.rectangle(100, 100, 80, 40), Contour.rectangle(180.5, 80, 40, 100)), 6, Relief.DOGBONE)


def test_no_room_at_all_is_refused_by_name() -> None:
    assert "no room for a corner relief of 6.1 mm at" in refusal(part_of(Contour.rectangle(100, 100, 6.05, 6.05)))


def test_no_tool_at_all() -> None:
    with pytest.raises(NotMakeableError, match="the machine has no tool"):
        choose_tool([part_of()], [])


def test_the_french_sentence_is_set_as_french_readers_expect() -> None:
    with pytest.raises(NotMakeableError) as caught:
        relieve(part_of(Contour.rectangle(100, 100, 80, 5.8)), 6, Relief.DOGBONE)
    assert caught.value.french == (
        "P03 «\u00a0fond\u00a0»\u00a0: l’entaille en (180,0\u202f; 102,9) est large de 5,8\u00a0mm, "
        "moins que la fraise de 6\u00a0mm."
    )
