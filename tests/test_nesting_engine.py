# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The layout engine by itself: what it keeps, what it minimises, and that its proof sees what is wrong."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from shapely import Polygon

from fabrication.nesting.at_once import at_once
from fabrication.nesting.better import better
from fabrication.nesting.boards import Stockroom
from fabrication.nesting.filling import Filler
from fabrication.nesting.own_process import started
from fabrication.nesting.problem import Bin, Item, Laid, Problem, Put, Solution
from fabrication.nesting.proof import check
from fabrication.nesting.refill import refills, slanted
from fabrication.nesting.strip import Strip, pack_strip
from fabrication.nesting.turned import where
from fabrication.nesting.worth import equivalent_sheets, used_share, worth

QUARTERS = (0.0, 90.0, 180.0, 270.0)


def rectangle(width: float, height: float, x: float = 0.0, y: float = 0.0) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + width, y), (x + width, y + height), (x, y + height))


def boards(*sizes: tuple[float, float], turns: tuple[float, ...] = (0.0,)) -> tuple[Item, ...]:
    return tuple(Item(f"P{n:02}", n, rectangle(*size), turns) for n, size in enumerate(sizes, start=1))


def sheet(width: float = 1000.0, height: float = 500.0, **others: object) -> Bin:
    return Bin("sheet", rectangle(width, height), width * height / 1e6, **others)  # type: ignore[arg-type]


def laid(problem: Problem) -> Solution:
    solution = at_once(problem)
    assert not check(problem, solution)
    return solution


def test_items_that_fill_a_sheet_to_the_last_micrometre_are_laid() -> None:
    problem = Problem(boards((486.0, 480.0), (486.0, 236.0), (486.0, 236.0)), (sheet(),), 8.0, 10.0)
    solution = laid(problem)
    assert len(solution.sheets) == 1
    assert used_share(problem, solution.sheets[0]) == pytest.approx(0.98)
    tighter = replace(problem, items=boards((486.01, 480.0), (486.0, 236.0), (486.0, 236.0)))
    assert len(laid(tighter).sheets) == 2


def test_grain_turns_an_item_only_as_it_may_be_turned() -> None:
    items = boards((900.0, 100.0), (900.0, 100.0), turns=(90.0,))
    problem = Problem(items, (sheet(1000.0, 500.0), sheet(500.0, 1000.0)), 8.0, 10.0)
    solution = laid(problem)
    assert not solution.unplaced
    assert {one.bin for one in solution.sheets} == {1}
    assert {put.turn for one in solution.sheets for put in one.puts} == {90.0}


def test_a_bin_whose_grain_runs_the_other_way_turns_its_items_too() -> None:
    problem = Problem(boards((900.0, 100.0)), (sheet(500.0, 1000.0, turned=90.0),), 8.0, 10.0)
    solution = laid(problem)
    assert not solution.unplaced
    assert solution.sheets[0].puts[0].turn == 90.0


def test_any_angle_is_a_turn() -> None:
    length = 1000.0  # longer than both sides, so that only the diagonal takes it
    problem = Problem(boards((length, 20.0), turns=(0.0, 45.0)), (sheet(800.0, 800.0),), 8.0, 10.0)
    solution = laid(problem)
    assert not solution.unplaced
    assert solution.sheets[0].puts[0].turn == 45.0


def test_offcuts_come_before_sheets_even_concave_ones() -> None:
    corner = ((0.0, 0.0), (600.0, 0.0), (600.0, 200.0), (200.0, 200.0), (200.0, 600.0), (0.0, 600.0))
    offcut = Bin("L", corner, 0.0, count=1, offcut=True)
    items = boards((560.0, 150.0), (150.0, 400.0), (150.0, 150.0), (150.0, 150.0), turns=QUARTERS)
    problem = Problem(items, (sheet(), offcut), 8.0, 10.0)
    solution = laid(problem)
    assert not solution.unplaced
    assert solution.sheets[0].bin == 1
    inside = Polygon(corner).buffer(-9.99, join_style="mitre")
    assert all(inside.contains(Polygon(where(problem, put))) for put in solution.sheets[0].puts)
    assert len(solution.sheets[0].puts) >= 2


def test_keep_outs_are_kept_free_with_the_spacing() -> None:
    clamp = rectangle(60.0, 60.0, 10.0, 10.0)
    knot = ((500.0, 250.0), (560.0, 240.0), (530.0, 300.0))
    problem = Problem(boards(*[(150.0, 100.0)] * 12), (sheet(keep_out=(clamp, knot)),), 8.0, 10.0)
    solution = laid(problem)
    for put in solution.sheets[0].puts:
        shape = Polygon(where(problem, put))
        assert shape.distance(Polygon(clamp)) >= 8.0 - 2e-3
        assert shape.distance(Polygon(knot)) >= 8.0 - 2e-3


def test_small_items_lie_in_the_openings_of_others() -> None:
    frame = Item("frame", 0, rectangle(480.0, 480.0), (0.0,), holes=(rectangle(300.0, 300.0, 90.0, 90.0),))
    small = tuple(Item(f"s{n}", 1, rectangle(130.0, 130.0), QUARTERS) for n in range(4))
    problem = Problem((frame, *small), (sheet(500.0, 500.0),), 8.0, 10.0)
    solution = laid(problem)
    assert len(solution.sheets) == 1
    assert not solution.unplaced


def test_notches_take_what_goes_into_them() -> None:
    comb = ((0.0, 0.0), (480.0, 0.0), (480.0, 100.0), (80.0, 100.0), (80.0, 480.0), (0.0, 480.0))
    items = (Item("comb", 0, comb, (0.0,)), Item("block", 1, rectangle(390.0, 370.0), (0.0,)))
    solution = laid(Problem(items, (sheet(500.0, 500.0),), 8.0, 10.0))
    assert len(solution.sheets) == 1


def test_locked_items_stay_where_they_are_and_the_rest_is_laid_around_them() -> None:
    locked = Laid(0, (Put(1, 431.25, 212.125, 90.0),))
    problem = Problem(boards((300.0, 100.0), (200.0, 100.0), (300.0, 300.0)), (sheet(),), 8.0, 10.0, locked=(locked,))
    solution = laid(problem)
    assert set(locked.puts) <= set(solution.sheets[0].puts)
    assert len(solution.sheets) == 1


def test_a_locked_sheet_without_anything_is_still_the_first() -> None:
    problem = Problem(boards((300.0, 100.0)), (sheet(count=1),), 8.0, 10.0, locked=(Laid(0, ()),))
    solution = laid(problem)
    assert len(solution.sheets) == 1
    assert not solution.unplaced


def test_what_no_sheet_takes_is_named_with_its_size_and_the_rest_is_laid() -> None:
    problem = Problem(boards((1200.0, 100.0), (200.0, 100.0)), (sheet(),), 8.0, 10.0)
    solution = laid(problem)
    assert [item for item, _ in solution.unplaced] == [0]
    assert "1200 × 100 mm" in solution.unplaced[0][1]
    assert "fits on no sheet" in solution.unplaced[0][1]


def test_when_sheets_run_out_that_is_the_reason() -> None:
    problem = Problem(boards((900.0, 400.0), (900.0, 400.0)), (sheet(count=1),), 8.0, 10.0)
    solution = laid(problem)
    assert len(solution.unplaced) == 1
    assert "no sheet that is left" in solution.unplaced[0][1]


def test_the_cheaper_sheet_is_opened_where_it_does() -> None:
    dear, cheap = replace(sheet(), cost=90.0), replace(sheet(600.0, 500.0), cost=40.0)
    problem = Problem(boards((500.0, 400.0)), (dear, cheap), 8.0, 10.0)
    assert [one.bin for one in laid(problem).sheets] == [1]


def test_a_sheet_is_changed_for_a_cheaper_one_that_takes_what_lies_on_it() -> None:
    # By the square metre the large one is cheaper, and the first is filled; what remains needs no second one.
    large, small = replace(sheet(), cost=50.0), replace(sheet(500.0, 500.0), cost=30.0)
    problem = Problem(boards((960.0, 470.0), (400.0, 400.0)), (large, small), 8.0, 10.0)
    assert sorted(one.bin for one in laid(problem).sheets) == [0, 1]


def test_a_start_that_left_an_offcut_out_is_bettered() -> None:
    offcut = Bin("rest", rectangle(500.0, 400.0), 0.0, count=1, offcut=True)
    problem = Problem(boards((400.0, 300.0)), (sheet(), offcut), 8.0, 10.0)
    start = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0),)),))
    assert [one.bin for one in better(problem, 1.0, start=start).sheets] == [1]


def test_worth_puts_what_is_left_out_first_then_money_then_what_remains() -> None:
    problem = Problem(boards((400.0, 400.0), (100.0, 100.0)), (sheet(),), 8.0, 10.0)
    both = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0), Put(1, 418.0, 10.0, 0.0))),))
    apart = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0),)), Laid(0, (Put(1, 10.0, 10.0, 0.0),))))
    wide = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0), Put(1, 890.0, 10.0, 0.0))),))
    missing = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0),)),), ((1, "left out"),))
    assert worth(problem, both) < worth(problem, apart) < worth(problem, missing)
    assert worth(problem, both) < worth(problem, wide)


def test_equivalent_sheets_are_the_full_ones_and_the_better_share_of_the_last() -> None:
    problem = Problem(boards((400.0, 400.0), (600.0, 100.0)), (sheet(),), 8.0, 10.0)
    solution = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0),)), Laid(0, (Put(1, 10.0, 10.0, 0.0),))))
    assert equivalent_sheets(problem, solution) == pytest.approx(1 + 110 / 500)


@pytest.mark.parametrize(
    ("puts", "fault"),
    [
        ((Put(0, 9.0, 10.0, 0.0), Put(1, 300.0, 10.0, 0.0)), "too close to the edge"),
        ((Put(0, -50.0, 10.0, 0.0), Put(1, 300.0, 10.0, 0.0)), "outside"),
        ((Put(0, 10.0, 10.0, 0.0), Put(1, 217.0, 10.0, 0.0)), "mm apart"),
        ((Put(0, 10.0, 10.0, 0.0), Put(1, 60.0, 30.0, 0.0)), "mm apart"),
        ((Put(0, 10.0, 10.0, 90.0), Put(1, 300.0, 10.0, 0.0)), "turned by 90°"),
        ((Put(0, 10.0, 10.0, 0.0),), "is there 0 times"),
        ((Put(0, 10.0, 10.0, 0.0), Put(0, 300.0, 10.0, 0.0), Put(1, 600.0, 10.0, 0.0)), "is there 2 times"),
        ((Put(0, 10.0, 10.0, 0.0), Put(1, 640.0, 350.0, 0.0)), "kept out"),
    ],
)
def test_the_proof_sees_what_is_wrong(puts: tuple[Put, ...], fault: str) -> None:
    problem = Problem(
        boards((200.0, 100.0), (200.0, 100.0)), (sheet(keep_out=(rectangle(50.0, 50.0, 700.0, 400.0),)),), 8.0, 10.0
    )
    found = check(problem, Solution((Laid(0, puts),)))
    assert any(fault in one for one in found), found


def test_the_proof_counts_bins_and_holds_locks() -> None:
    items = boards((200.0, 100.0), (200.0, 100.0))
    apart = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0),)), Laid(0, (Put(1, 10.0, 10.0, 0.0),))))
    assert any("1 are there" in one for one in check(Problem(items, (sheet(count=1),), 8.0, 10.0), apart))
    locked = Problem(items, (sheet(),), 8.0, 10.0, locked=(Laid(0, (Put(1, 10.0, 10.0, 0.0),)),))
    assert any("locked sheet 1" in one for one in check(locked, apart))


def test_small_items_leave_the_edge_where_that_costs_nothing() -> None:
    items = (*boards((400.0, 480.0), (400.0, 330.0)), Item("s", 9, rectangle(60.0, 60.0), QUARTERS, inner=True))
    problem = Problem(items, (sheet(),), 8.0, 10.0)
    solution = laid(problem)
    plain = laid(replace(problem, items=tuple(replace(item, inner=False) for item in items)))
    assert worth(problem, solution) == worth(problem, plain)
    small = next(put for put in solution.sheets[0].puts if put.item == 2)
    x0, y0, x1, y1 = Polygon(where(problem, small)).bounds
    assert min(x0, y0, 1000.0 - x1, 500.0 - y1) >= 30.0 - 1e-6


def workshop() -> Problem:
    """Thirty boards of eight sizes, some with a notch, on three kinds of bins."""
    notched = ((0.0, 0.0), (400.0, 0.0), (400.0, 80.0), (300.0, 80.0), (300.0, 200.0), (0.0, 200.0))
    sizes = [(500.0, 300.0), (350.0, 120.0), (250.0, 250.0), (600.0, 90.0), (180.0, 140.0), (90.0, 60.0), (410.0, 70.0)]
    items = [Item(f"A{n}", n % 7, rectangle(*sizes[n % 7]), (0.0, 90.0) if n % 2 else (0.0,)) for n in range(24)]
    items += [Item(f"N{n}", 100, notched, QUARTERS) for n in range(6)]
    kinds = [replace(item, kind=item.kind * 2 + len(item.turns) % 2) for item in items]
    offcut = Bin("rest", ((0.0, 0.0), (700.0, 0.0), (500.0, 400.0), (0.0, 400.0)), 0.0, count=1, offcut=True)
    return Problem(tuple(kinds), (sheet(1250.0, 800.0), offcut), 8.0, 10.0)


def test_the_same_problem_gives_the_same_layout_in_another_process() -> None:
    problem = workshop()
    code = (
        "import pickle, sys; from fabrication.nesting.at_once import at_once; "
        "sys.stdout.buffer.write(pickle.dumps(at_once(pickle.load(sys.stdin.buffer))))"
    )
    other = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(problem), capture_output=True, check=True)
    assert pickle.loads(other.stdout) == laid(problem)


def test_more_time_gives_no_worse_layout_and_the_watch_sees_each_better_one() -> None:
    problem = workshop()
    first = laid(problem)
    seen: list[tuple[Solution, float]] = []

    def watch(found: Solution, gone: float) -> bool:
        seen.append((found, gone))
        return True

    best = better(problem, 2.5, start=first, watch=watch)
    assert not check(problem, best)
    assert worth(problem, best) <= worth(problem, first)
    worths = [worth(problem, found) for found, _ in seen]
    assert worths == sorted(worths, reverse=True)
    assert [gone for _, gone in seen] == sorted(gone for _, gone in seen)
    assert all(0 <= gone <= 1 for _, gone in seen)


def test_the_search_finds_what_filling_in_order_does_not() -> None:
    problem = Problem(workshop().items * 2, (sheet(1250.0, 800.0),), 8.0, 10.0)
    first = laid(problem)
    best = better(problem, 90.0, watch=lambda one, gone: worth(problem, one) >= worth(problem, first))
    assert not check(problem, best)
    assert worth(problem, best) < worth(problem, first)


def test_the_search_stops_when_the_watch_says_so() -> None:
    problem = workshop()
    assert not check(problem, better(problem, 60.0, watch=lambda found, gone: gone == 0.0))


def test_no_time_is_the_layout_made_at_once() -> None:
    problem = workshop()
    assert better(problem, 0.0) == laid(problem)


def test_a_faulty_start_is_not_kept() -> None:
    problem = Problem(boards((200.0, 100.0), (200.0, 100.0)), (sheet(),), 8.0, 10.0)
    heap = Solution((Laid(0, (Put(0, 10.0, 10.0, 0.0), Put(1, 10.0, 10.0, 0.0))),))
    assert not check(problem, better(problem, 0.0, start=heap))


def test_the_search_runs_from_a_script_without_a_main_guard() -> None:
    code = (
        "from fabrication.nesting.problem import *; from fabrication.nesting.better import better; "
        "r = ((0., 0.), (300., 0.), (300., 200.), (0., 200.)); "
        "p = Problem(tuple(Item(str(n), 0, r, (0., 90.)) for n in range(9)), "
        "(Bin('s', ((0., 0.), (1000., 0.), (1000., 500.), (0., 500.)), 1.),), 8., 10.); "
        "print(len(better(p, 1.5).sheets))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2"
    assert done.stderr == ""


def test_the_search_runs_in_a_folder_whose_files_are_called_like_python_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "queue.py").write_text("raise SystemExit(7)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    for module in ("worker", "sparrow"):
        process = started(f"fabrication.nesting.{module}")
        process.communicate()  # it ends with its input: no task came
        assert process.returncode != 7
    pack_strip(Strip(boards(*[(200.0, 100.0)] * 3), 500.0), 1.0)
    better(Problem(boards(*[(200.0, 100.0)] * 3), (sheet(),), 8.0, 10.0), 1.0)
    assert caplog.messages == []


def test_a_search_that_can_t_run_says_so_and_leaves_the_layout_made_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    problem = Problem(boards(*[(200.0, 100.0)] * 3), (sheet(),), 8.0, 10.0)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert len(better(problem, 2.0).sheets) == len(at_once(problem).sheets)
    assert [m.split(" (")[0] for m in caplog.messages] == ["the search for a better layout did not run"]
    assert pack_strip(Strip(boards(*[(200.0, 100.0)] * 3), 500.0), 2.0) is not None
    assert len(caplog.messages) == 2


def test_an_empty_problem_has_an_empty_layout() -> None:
    problem = Problem((), (sheet(),), 8.0, 10.0)
    assert at_once(problem) == better(problem, 1.0) == Solution(())
    assert equivalent_sheets(problem, Solution(())) == 0.0
    assert math.isclose(worth(problem, Solution(()))[3], 0.0)


def test_a_sheet_of_slanted_items_is_packed_anew_as_a_strip() -> None:
    wedge = ((0.0, 0.0), (300.0, 0.0), (0.0, 180.0))
    problem = Problem(tuple(Item(f"w{n}", 0, wedge, (0.0, 180.0)) for n in range(6)), (sheet(),), 4.0, 5.0)
    apart = Solution(tuple(Laid(0, (Put(n, 5.0, 5.0, 0.0),)) for n in range(6)))
    filler = Filler(Stockroom(problem))
    found = next(refills(filler, lambda: apart, time.monotonic() + 2.5, 2))
    assert not check(problem, found)
    assert len(found.sheets) == 5  # two of the six lie together now
    assert slanted(problem)
    assert not slanted(workshop())
