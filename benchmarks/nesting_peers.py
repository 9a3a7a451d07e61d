# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Other programs' answers to the same nesting problem, each with the same clock and two cores."""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import rectpack
import spyrrow
import u_nesting

from fabrication.nesting.problem import Laid, Problem, Put, Solution
from fabrication.nesting.proof import check
from fabrication.nesting.turned import turned_ring
from fabrication.nesting.worth import equivalent_sheets

Peer = Callable[[Problem, float], Solution | None]


def _in_two(work: Callable[[int], Solution | None], problem: Problem) -> Solution | None:
    """The better answer of two processes."""
    with ProcessPoolExecutor(2) as pool:
        answers = [answer for answer in pool.map(work, range(2)) if answer is not None]
    return min(answers, key=lambda s: (len(s.unplaced), equivalent_sheets(problem, s)), default=None)


# --- rectpack: bounding rectangles, every algorithm and order, then shuffled ones until the time is over


def by_rectpack(problem: Problem, seconds: float) -> Solution | None:
    return _in_two(partial(_rectpack, problem, seconds), problem)


def _rectpack(problem: Problem, seconds: float, number: int) -> Solution | None:
    ends = time.monotonic() + seconds
    best: tuple[float, Solution] | None = None
    for algorithm, order, bins in _rectpack_ways(problem, number):
        solution = _rectpack_once(problem, algorithm, order, bins)
        if solution is not None:
            value = equivalent_sheets(problem, solution)
            # Some of its algorithms turn what must not be turned: such a layout is no answer.
            if (best is None or value < best[0]) and not check(problem, solution):
                best = (value, solution)
        if time.monotonic() > ends:
            break
    return best and best[1]


def _rectpack_ways(problem: Problem, number: int) -> Iterator[tuple[type, list[int], rectpack.PackingBin]]:
    algorithms = [
        getattr(rectpack, name) for name in dir(rectpack) if name.startswith(("MaxRects", "Skyline", "Guillotine"))
    ]
    fits = (rectpack.PackingBin.BFF, rectpack.PackingBin.BBF)
    rnd = random.Random(number)
    sizes = [_size(problem, item, problem.items[item].turns[0]) for item in range(len(problem.items))]
    sorts: list[Callable[[int], float]] = [
        lambda i: -sizes[i][0] * sizes[i][1],
        lambda i: -max(sizes[i]),
        lambda i: -min(sizes[i]),
        lambda i: -sum(sizes[i]),
        lambda i: -max(sizes[i]) / min(sizes[i]),
    ]
    fixed = [(a, sorted(range(len(sizes)), key=s), b) for s in sorts for b in fits for a in algorithms]
    yield from fixed[number::2]
    while True:
        order = sorted(range(len(sizes)), key=rnd.choice(sorts))
        for _ in range(rnd.randint(1, len(order))):
            i = rnd.randrange(len(order))
            j = min(len(order) - 1, i + rnd.randint(0, 5))
            order[i], order[j] = order[j], order[i]
        yield rnd.choice(algorithms), order, rnd.choice(fits)


def _rectpack_once(
    problem: Problem, algorithm: type, order: Sequence[int], bins: rectpack.PackingBin
) -> Solution | None:
    class Sheet(algorithm):  # type: ignore[misc, valid-type]
        """rectpack turns all rectangles or none; grain makes that a question for each."""

        def add_rect(self, width: int, height: int, rid: int | None = None) -> object:
            self.rot = rid is not None and len({t % 180 for t in problem.items[rid].turns}) > 1
            return super().add_rect(width, height, rid=rid)

    width, height = _sheet(problem)
    gap = problem.spacing
    unit = 1000
    packer = rectpack.newPacker(rectpack.PackingMode.Offline, bins, Sheet, rectpack.SORT_NONE, rotation=True)
    packer.add_bin(
        int((width - 2 * problem.margin + gap) * unit),
        int((height - 2 * problem.margin + gap) * unit),
        count=float("inf"),
    )
    for item in order:
        w, h = _size(problem, item, problem.items[item].turns[0])
        packer.add_rect(-int(-(w + gap) * unit // 1), -int(-(h + gap) * unit // 1), item)
    packer.pack()
    sheets = []
    for sheet in packer:
        puts = []
        for r in sheet:
            item = problem.items[r.rid]
            turn = min(item.turns, key=lambda t, r=r: abs(_size(problem, r.rid, t)[0] + gap - r.width / unit))
            x0, y0, *_ = _bounds(turned_ring(item.outline, turn))
            puts.append(Put(r.rid, r.x / unit + problem.margin - x0, r.y / unit + problem.margin - y0, turn))
        sheets.append(Laid(0, tuple(puts)))
    if sum(len(s.puts) for s in sheets) < len(problem.items):
        return None
    return Solution(tuple(sheets))


# --- spyrrow packs strips: one sheet after the other is filled with as much as it will hold


def by_spyrrow(problem: Problem, seconds: float) -> Solution | None:
    """Sheet by sheet: large items first until the area is some share of the sheet, less where that does not go in.

    It counts whole seconds, so with many sheets it gets more time than the others."""
    ends = time.monotonic() + seconds
    width, height = _sheet(problem)
    room = ((width - 2 * problem.margin) * (height - 2 * problem.margin)) or 1.0
    areas = [_area(turned_ring(item.outline, 0.0)) for item in problem.items]
    left = sorted(range(len(problem.items)), key=lambda i: -areas[i])
    sheets: list[Laid] = []
    share = 0.95
    while left:
        many = max(1.0, sum(areas[i] for i in left) / room / 0.85)
        each = max(1, int((ends - time.monotonic()) / many / 2.5))
        tries = 0
        while True:
            chosen = _chosen(left, areas, room * share)
            laid = _strip(problem, chosen, each)
            if laid is not None:
                break
            late = time.monotonic() > ends
            share -= 0.04 if tries < 3 and not late else 0.1
            tries += 1
            if share < 0.02:
                return None
        while ends - time.monotonic() > each * (many - 1) + 1:  # some time is left for more on this sheet
            rest = [i for i in left if i not in set(chosen)]
            free = room - sum(areas[i] for i in chosen)
            more = next((i for i in rest if areas[i] < free * 0.8), None)
            again = None if more is None else _strip(problem, [*chosen, more], each)
            if again is None or more is None:
                break
            chosen, laid = [*chosen, more], again
        sheets.append(laid)
        left = [i for i in left if i not in set(chosen)]
        share = share if time.monotonic() > ends else min(0.95, share + 0.04)
    return Solution(tuple(sheets))


def _chosen(left: Sequence[int], areas: Sequence[float], room: float) -> list[int]:
    chosen, total = [], 0.0
    for item in left:
        if total + areas[item] <= room or not chosen:
            chosen.append(item)
            total += areas[item]
    return chosen


def _strip(problem: Problem, chosen: Sequence[int], seconds: int) -> Laid | None:
    """The chosen items on one sheet, or None if they take more than its length."""
    width, height = _sheet(problem)
    # It panics on a strip that the items hardly need: a lower one does then.
    for part in (1.0, 0.5, 0.25):
        laid = _one_strip(problem, chosen, (height - 2 * problem.margin) * part, seconds)
        if laid is not None:
            reach = max(p.x + _bounds(turned_ring(problem.items[p.item].outline, p.turn))[2] for p in laid.puts)
            return laid if reach <= width - problem.margin else None
    return None


def _one_strip(problem: Problem, chosen: Sequence[int], height: float, seconds: int) -> Laid | None:
    gap = problem.spacing
    copies = _copies(problem, chosen)
    shapes = []
    for name, items in copies.items():
        item = problem.items[items[0]]
        shapes.append(spyrrow.Item(name, item.outline, len(items), list(item.turns)))
    config = spyrrow.StripPackingConfig(
        early_termination=True,
        min_items_separation=gap,
        total_computation_time=max(1, seconds),
        num_workers=2,
        seed=1,
    )
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # a panic is told at length
    try:
        # The gap is kept to the strip's borders too: they are moved outwards by it.
        answer = spyrrow.StripPackingInstance("sheet", height + 2 * gap, shapes).solve(config)
    except BaseException as error:  # its PanicException is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return None
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
    puts = []
    for placed in answer.placed_items:
        x, y = placed.translation
        shift = problem.margin - gap
        puts.append(Put(copies[placed.id].pop(), x + shift, y + shift, placed.rotation % 360))
    return Laid(0, tuple(puts))


# --- u-nesting knows sheets


def by_u_nesting(problem: Problem, seconds: float) -> Solution | None:
    """Its strategies in turn, two at a time: each gets its share of the time."""
    return _in_two(partial(_u_nesting, problem, seconds), problem)


#: The two that answered best in trials, and the two quick ones.
U_STRATEGIES = (("alns", "nfp"), ("gdrr", "blf"))


def _u_nesting(problem: Problem, seconds: float, number: int) -> Solution | None:
    best: tuple[float, Solution] | None = None
    for strategy in U_STRATEGIES[number]:
        part = seconds * (0.8 if strategy == U_STRATEGIES[number][0] else 0.2)
        solution = u_nesting_by(problem, part, strategy)
        if solution is not None:
            value = equivalent_sheets(problem, solution)
            best = (value, solution) if best is None or value < best[0] else best
    return best and best[1]


def u_nesting_by(problem: Problem, seconds: float, strategy: str) -> Solution | None:
    width, height = _sheet(problem)
    copies = _copies(problem, range(len(problem.items)))
    shapes = []
    for name, items in copies.items():
        item = problem.items[items[0]]
        shape = {"id": name, "polygon": [list(p) for p in item.outline], "quantity": len(items)}
        shape["rotations"] = list(item.turns)
        if item.holes:
            shape["holes"] = [[list(p) for p in hole] for hole in item.holes]
        shapes.append(shape)
    answer = u_nesting.solve_2d(
        shapes,
        {"width": width, "height": height},
        {
            "strategy": strategy,
            "spacing": problem.spacing,
            "margin": problem.margin,
            "time_limit_ms": int(seconds * 1000),
            "multi_sheet": True,
        },
    )
    if not answer["success"] or not answer["all_placed"]:
        return None
    sheets: dict[int, list[Put]] = {}
    for placed in answer["placements"]:
        x, y = placed["position"][:2]
        number = copies[placed["geometry_id"]].pop()
        turn = math.degrees(placed["rotation"][0])
        near = min(problem.items[number].turns, key=lambda t, turn=turn: abs((t - turn + 180) % 360 - 180))
        sheets.setdefault(placed["boundary_index"], []).append(Put(number, x, y, near))
    return Solution(tuple(Laid(0, tuple(puts)) for _, puts in sorted(sheets.items())))


def _copies(problem: Problem, chosen: Iterable[int]) -> dict[str, list[int]]:
    """The chosen items, copies of one kind together."""
    together: dict[str, list[int]] = {}
    for item in chosen:
        together.setdefault(str(problem.items[item].kind), []).append(item)
    return together


def _sheet(problem: Problem) -> tuple[float, float]:
    _, _, width, height = _bounds(problem.bins[0].outline)
    return width, height


def _bounds(ring: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _size(problem: Problem, item: int, turn: float) -> tuple[float, float]:
    x0, y0, x1, y1 = _bounds(turned_ring(problem.items[item].outline, turn))
    return x1 - x0, y1 - y0


def _area(ring: Sequence[tuple[float, float]]) -> float:
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True))) / 2


PEERS: dict[str, Peer] = {"rectpack": by_rectpack, "spyrrow": by_spyrrow, "u-nesting": by_u_nesting}
