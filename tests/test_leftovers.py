# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stays of a sheet is worth keeping, free of parts, and stock for the next layout."""

from __future__ import annotations

import math
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from designs.contour import Contour
from designs.furniture import Grain
from fablabs.machine import parse_machine
from fabrication.layout import check_layout
from fabrication.layout_file import layout_rows
from fabrication.leftovers import leftovers
from fabrication.nesting.items import part_polygon
from fabrication.nesting.layouts import nest
from fabrication.nesting.remnant import LEAST, remnant
from fabrication.plan import CutPlan
from tests.cutting import flat_box, machine_file

SHEET = box(0, 0, 2500, 1250)


def rests(taken: list[Polygon], sheet: Polygon = SHEET, spacing: float = 8) -> Polygon | None:
    found = remnant(sheet, taken, spacing)
    return Polygon(found) if found else None


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], box(0, 0, 2500, 1250)),
        ([box(10, 10, 1300, 1240)], box(1308, 0, 2500, 1250)),
        ([box(10, 10, 2490, 400)], box(0, 408, 2500, 1250)),
        ([box(10, 10, 2292, 1240)], box(2300, 0, 2500, 1250)),  # 200 mm is just enough
        ([box(10, 10, 2292.2, 1240)], None),
        ([box(700, 10, 900, 1240), box(1700, 10, 1900, 1240)], box(908, 0, 1692, 1250)),
    ],
)
def test_the_largest_rectangle_stays(taken: list[Polygon], left: Polygon | None) -> None:
    found = rests(taken)
    assert (found is None) == (left is None)
    assert found is None or left is None or found.equals(left)


def test_an_l_stays_where_it_is_clearly_more_than_a_rectangle() -> None:
    found = rests([box(10, 10, 1492, 742)])
    assert found is not None
    assert found.equals(box(0, 750, 2500, 1250).union(box(1500, 0, 2500, 1250)))
    assert len(found.exterior.coords) == 7
    # The strip above is too narrow, so only the piece beside is one.
    found = rests([box(10, 10, 1492, 1060)])
    assert found is not None
    assert found.equals(box(1500, 0, 2500, 1250))


def test_what_stays_of_an_offcut_keeps_to_its_edge() -> None:
    sheet = Polygon([(0, 0), (1000, 0), (0, 1000)])
    found = rests([], sheet)

    assert found is not None
    assert sheet.buffer(1e-6).covers(found)
    assert found.area > 0.45 * sheet.area  # half of it is the best there is
    assert rests([], box(0, 0, 199.9, 3000)) is None


places = st.tuples(st.floats(0, 2300), st.floats(0, 1100), st.floats(30, 700), st.floats(30, 500), st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(places, max_size=12), st.sampled_from([0.0, 0.3, 3.0, 8.0, 20.0]))
def test_whatever_lies_on_a_sheet_what_stays_is_whole_and_free(
    places: list[tuple[float, float, float, float, bool]], spacing: float
) -> None:
    taken = [
        Point(x + w / 2, y + h / 2).buffer(min(w, h) / 2) if round_ else box(x, y, x + w, y + h)
        for x, y, w, h, round_ in places
    ]
    found = rests(taken, spacing=spacing)
    free = SHEET.difference(shapely.union_all([shape.buffer(spacing) for shape in taken]))
    if found is None:
        core = free.buffer(-LEAST / 2 - 25, join_style="mitre")
        # No square of some 250 mm has room either.
        assert not any(
            free.covers(box(p.x - 125, p.y - 125, p.x + 125, p.y + 125))
            for part in getattr(core, "geoms", [core])
            for p in [part.representative_point()]
            if not part.is_empty
        )
        return
    assert found.is_valid
    assert SHEET.buffer(1e-6).covers(found)
    assert all(found.distance(shape) >= spacing - 1e-6 for shape in taken)
    x0, y0, x1, y1 = found.bounds
    assert min(x1 - x0, y1 - y0) >= LEAST
    assert len(found.exterior.coords) in (5, 7)  # a rectangle or an L


# Ready for the next machine file


def package_data(plan: CutPlan, file: Any) -> dict[str, Any]:
    return {"stock": file.stock.model_dump(mode="json"), "sheets": layout_rows(plan.sheets)}


@pytest.mark.parametrize("grain", ["long", "cross"])
@pytest.mark.parametrize("size", [(1000, 600), (600, 1000)])
def test_what_stays_is_pasted_into_the_machine_file_and_used_first(grain: str, size: tuple[int, int]) -> None:
    """Its grain runs as the sheet's did: a part with grain lies on it as it lay on the sheet, turned as a whole."""
    text = f"""
[machine]
name = "Essai"
process = "cnc-router"
bed_mm = [1000, 1000]
max_thickness_mm = 30
[[machine.tools]]
name = "6"
diameter_mm = 6
[stock]
material = "bouleau"
nominal_thickness_mm = 18
measured_thickness_mm = 17.6
sheet_mm = [{size[0]}, {size[1]}]
grain = "{grain}"
"""
    file = parse_machine(text)
    along_x = (size[0] > size[1]) == (grain == "long")
    part = flat_box("P01", 290, 390, grain=Grain.ALONG)
    sheets = nest([part], file.machine, file.stock)
    plan = CutPlan((part,), sheets)
    check_layout(plan, file.machine, file.stock)
    (piece,) = leftovers(package_data(plan, file), "reste d’essai")

    again = parse_machine(text + piece.toml)
    (offcut,) = again.stock.offcuts
    assert offcut.name == "reste d’essai feuille 1"
    assert offcut.outline_mm == piece.outline
    assert Polygon(piece.outline).area == pytest.approx(Polygon(sheets[0].remnant or ()).area, rel=1e-3)
    (on_it,) = nest([part], again.machine, again.stock)
    assert on_it.source == offcut.name
    turned = (on_it.placements[0].rotation_deg - sheets[0].placements[0].rotation_deg) % 180
    assert turned == (0 if along_x == (grain == "long") else 90)


def test_a_sheet_of_which_nothing_stays_offers_nothing() -> None:
    file = machine_file()
    part = flat_box("P01", 980, 580)
    plan = CutPlan((part,), nest([part], file.machine, file.stock))

    assert plan.sheets[0].remnant is None
    assert list(leftovers(package_data(plan, file), "x")) == []


# Arcs as polygons, on the side that gives nothing away


arcs = st.lists(st.tuples(st.floats(20, 200), st.floats(-1.2, 1.2).map(lambda b: round(b, 2))), min_size=3, max_size=7)


@settings(max_examples=80, deadline=None)
@given(arcs)
def test_a_grown_polygon_holds_the_contour_a_shrunk_one_lies_in_it_and_bounds_are_exact(
    corners: list[tuple[float, float]],
) -> None:
    step = 2 * math.pi / len(corners)
    contour = Contour.of(
        [(r * math.cos(step * i), r * math.sin(step * i), bulge) for i, (r, bulge) in enumerate(corners)]
    )
    true = Polygon(contour.points(1e-4))
    if not true.is_valid or contour.signed_area <= 0:
        return
    grown, shrunk = part_polygon(contour, grow=True), part_polygon(contour, grow=False)

    assert grown.buffer(2e-4).covers(true)
    assert true.buffer(2e-4).covers(shrunk)
    assert grown.area - true.area < 0.06 * contour.length + 1
    assert true.area - shrunk.area < 0.06 * contour.length + 1
    assert grown.bounds == pytest.approx(contour.bounds, abs=1e-6)
