# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whatever the shapes, sheets, offcuts, keep-outs and locks: the layout passes its proof, twice the same."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Polygon
from shapely.affinity import rotate

from fabrication.nesting.at_once import at_once
from fabrication.nesting.boards import Stockroom
from fabrication.nesting.covers import UNIT, cover, grown
from fabrication.nesting.filling import Filler
from fabrication.nesting.finding import find
from fabrication.nesting.problem import Bin, Item, Laid, Problem, Put, Solution
from fabrication.nesting.proof import check
from fabrication.nesting.ruin import Search

Ring = tuple[tuple[float, float], ...]

SETTINGS = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def stars(draw: Callable[..., object], least: float = 15.0, most: float = 160.0) -> Ring:
    """Polygons seen whole from their middle: convex or not, anywhere, counter-clockwise."""
    count = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(least, most), min_size=count, max_size=count))  # type: ignore[call-overload]
    x, y = draw(st.floats(-200, 200)), draw(st.floats(-200, 200))
    angles = [2 * math.pi * k / count for k in range(count)]  # type: ignore[call-overload]
    return tuple(
        (round(x + r * math.cos(a), 4), round(y + r * math.sin(a), 4))  # type: ignore[operator]
        for r, a in zip(radii, angles, strict=True)  # type: ignore[call-overload]
    )


@st.composite
def rectangles(draw: Callable[..., object]) -> Ring:
    w, h = draw(st.floats(20, 400)), draw(st.floats(20, 300))
    w, h = round(float(w), 3), round(float(h), 3)  # type: ignore[arg-type]
    return ((0.0, 0.0), (w, 0.0), (w, h), (0.0, h))


@st.composite
def problems(draw: Callable[..., object]) -> Problem:
    outlines: list[Ring] = draw(st.lists(st.one_of(rectangles(), stars()), min_size=1, max_size=7))  # type: ignore[assignment]
    turns = st.sampled_from([(0.0,), (0.0, 180.0), (90.0,), (0.0, 90.0, 180.0, 270.0), (0.0, 33.0)])
    items = []
    for kind, outline in enumerate(outlines):
        turn = draw(turns)
        hole: tuple[Ring, ...] = ()
        x0, y0, x1, y1 = Polygon(outline).bounds
        if Polygon(outline).area == (x1 - x0) * (y1 - y0) and x1 - x0 > 120 and y1 - y0 > 120:
            hole = (((x0 + 20, y0 + 20), (x1 - 20, y0 + 20), (x1 - 20, y1 - 20), (x0 + 20, y1 - 20)),)
        inner = bool(draw(st.booleans()))
        items += [Item(f"{kind}", kind, outline, turn, hole, inner)] * int(draw(st.integers(1, 3)))  # type: ignore[arg-type, call-overload]
    sheet = Bin("sheet", ((0.0, 0.0), (700.0, 0.0), (700.0, 450.0), (0.0, 450.0)), 1.0)
    zone = draw(st.one_of(st.none(), stars(10.0, 60.0)))
    if zone is not None:
        moved = tuple((x + 300, y + 220) for x, y in zone)  # type: ignore[attr-defined]
        sheet = replace(sheet, keep_out=(moved,))
    bins = [sheet]
    if draw(st.booleans()):
        rest = draw(stars(100.0, 300.0))
        bins.append(Bin("rest", rest, 0.0, count=1, offcut=True))  # type: ignore[arg-type]
    spacing, margin = draw(st.sampled_from([(8.0, 10.0), (3.0, 0.0), (0.0, 5.0), (0.2, 0.05)]))  # type: ignore[misc]
    problem = Problem(tuple(items), tuple(bins), spacing, margin)
    if draw(st.booleans()):
        laid = at_once(problem).sheets
        if laid and laid[-1].puts:
            problem = replace(problem, locked=(Laid(laid[-1].bin, laid[-1].puts[:1]),))
    return problem


@SETTINGS
@given(problems())
def test_a_layout_passes_its_proof_and_is_the_same_the_second_time(problem: Problem) -> None:
    solution = at_once(problem)
    assert not check(problem, solution)
    assert at_once(problem) == solution


@SETTINGS
@given(problems())
def test_what_is_left_out_fits_on_no_empty_sheet(problem: Problem) -> None:
    for item, why in at_once(problem).unplaced:
        alone = replace(problem, items=(problem.items[item],), bins=problem.bins[:1], locked=())
        assert at_once(alone).unplaced
        assert "fits on no sheet" in why


@SETTINGS
@given(problems(), st.integers(0, 99))
def test_every_step_of_the_search_leaves_a_layout_that_passes(problem: Problem, seed: int) -> None:
    stock = Stockroom(problem)
    filler = Filler(stock, find)
    first = at_once(problem)
    boards = filler.with_offcuts(stock.boards(first), 0)
    search = Search(filler, boards, [i for i, _ in first.unplaced], seed)
    for _ in range(6):
        search.step(0.05)
        solution = stock.solution(search.boards, tuple((i, "left out") for i in search.out))
        assert not check(problem, solution)


@SETTINGS
@given(stars(), st.floats(0.0, 20.0), st.integers(1, 12), st.floats(0, 360))
def test_rectangles_cover_what_is_near_a_polygon(ring: Ring, spacing: float, most: int, turn: float) -> None:
    polygon = rotate(Polygon(ring), turn, origin=(0, 0))
    boxes = cover(grown(polygon, spacing / 2), most, 50.0)
    covered = shapely.union_all([shapely.box(*(v / UNIT for v in b)) for b in boxes])
    around = polygon.buffer(spacing / 2, quad_segs=32)
    assert around.difference(covered.buffer(1e-6)).area < 1e-3
    # Slopes are cut into columns of some width before any is joined: never more than asked for.
    assert len(boxes) <= max(most, 1)


@SETTINGS
@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 350)), min_size=1, max_size=6), rectangles())
def test_the_place_found_is_the_leftmost_that_is_free(spots: list[tuple[float, float]], outline: Ring) -> None:
    block: Ring = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
    items = (*(Item(f"b{n}", 0, block, (0.0,)) for n in range(len(spots))), Item("new", 1, outline, (0.0,)))
    sheet = Bin("sheet", ((0.0, 0.0), (700.0, 0.0), (700.0, 450.0), (0.0, 450.0)), 1.0)
    puts = tuple(Put(n, round(x, 3), round(y, 3), 0.0) for n, (x, y) in enumerate(spots))
    problem = Problem(items, (sheet,), 0.0, 0.0)
    stock = Stockroom(problem)
    board = stock.boards(Solution((Laid(0, puts),)))[0]
    shape = stock.shapes(stock.kind(len(spots)), 0, 0)[0]
    found = find(board, shape)
    width, height = outline[2]
    taken = [(p.x, p.y) for p in puts]

    def free(x: float, y: float) -> bool:
        inside = 0 <= x <= 700 - width + 1e-6 and 0 <= y <= 450 - height + 1e-6
        return inside and all(
            x + width <= a + 1e-6 or a + 100 <= x + 1e-6 or y + height <= b + 1e-6 or b + 100 <= y + 1e-6
            for a, b in taken
        )

    # The leftmost free place touches something on its left, the lowest there something below.
    corners = itertools.product([0.0, *(a + 100 for a, _ in taken)], [0.0, *(b + 100 for _, b in taken)])
    places = sorted(corner for corner in corners if free(*corner))
    if found is None:
        assert not places
    else:
        x, y = found[0] / UNIT, found[1] / UNIT
        assert free(x, y)
        assert places
        assert math.isclose(x, places[0][0], abs_tol=2e-3)
