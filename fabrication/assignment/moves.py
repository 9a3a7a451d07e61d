# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The annealing's inner loop, compiled: some millions of tried moves a second. Only ``annealing`` imports this.

A lot is an order, or a piece of one that may be split. A move takes a lot to another maker; where there is no room, up
to three of the maker's lots make way and go to the nearest maker that has room for them, or are left out. A move that
costs more is kept with the probability exp(-more / temperature).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fabrication.just_in_time import compiled


@compiled
def _chance(random: Any) -> float:
    """A number from 0 to 1 (xorshift, 64 bits): the same on every machine, unlike a library's."""
    x = random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    random[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def _put(
    lot: int, arc: int, maker: Any, size: Any, at: Any, load: Any, held: Any, base: Any, count: Any, place: Any
) -> None:
    m = maker[arc]
    at[lot] = arc
    load[m] += size[lot]
    held[base[m] + count[m]] = lot
    place[lot] = count[m]
    count[m] += 1


@compiled
def _take(lot: int, maker: Any, size: Any, at: Any, load: Any, held: Any, base: Any, count: Any, place: Any) -> None:
    m = maker[at[lot]]
    load[m] -= size[lot]
    count[m] -= 1
    last = held[base[m] + count[m]]
    held[base[m] + place[lot]] = last
    place[last] = place[lot]
    at[lot] = -1


@compiled
def _arc_to(m: int, begin: int, end: int, by_maker: Any, arc_by_maker: Any) -> int:
    """The arc of an order (begin, end) to a maker, or -1."""
    low, high = begin, end
    while low < high:
        middle = (low + high) // 2
        if by_maker[middle] < m:
            low = middle + 1
        else:
            high = middle
    if low < end and by_maker[low] == m:
        return int(arc_by_maker[low])
    return -1


@compiled
def _more_load(m: int, load: int, size: int, thresholds: Any) -> int:
    """Piece-quarters that ``size`` more pieces add to a maker's unequal load."""
    more = 0
    for k in range(3):
        t = thresholds[m, k]
        more += max(0, load + size - t) - max(0, load - t)
    return more


@compiled
def try_moves(
    moves: int,
    hot: float,
    cold: float,
    random: Any,
    size: Any,
    begin: Any,
    end: Any,
    maker: Any,
    metres: Any,
    by_maker: Any,
    arc_by_maker: Any,
    capacity: Any,
    thresholds: Any,
    price: int,
    balance: int,
    at: Any,
    load: Any,
    held: Any,
    base: Any,
    count: Any,
    place: Any,
    out: Any,
    out_place: Any,
    outs: int,
    cost: int,
    best: Any,
    best_cost: int,
) -> tuple[int, int, int]:
    """Try so many moves, cooling from ``hot`` to ``cold``; returns lots left out, cost, best cost. ``at``, ``load``,
    ``held``…, ``out`` and ``best`` are changed in place."""
    lots = len(size)
    moved = np.empty(8, np.int64)
    moved_from = np.empty(8, np.int64)
    pushed = np.empty(4, np.int64)
    cooling = np.log(cold / hot) / moves
    temperature = hot
    for move in range(moves):
        if move % 256 == 0:
            temperature = hot * np.exp(cooling * move)
        if outs > 0 and _chance(random) < 0.1:
            lot = out[int(_chance(random) * outs)]
        else:
            lot = int(_chance(random) * lots)
        # Half of the tries look anywhere, half among the nearest.
        where = _chance(random)
        if _chance(random) < 0.5:
            where = where * where * where
        old = at[lot]
        new = begin[lot] + int((end[lot] - begin[lot]) * where)
        m = maker[new]
        need = size[lot]
        if new == old or need > capacity[m] or (old >= 0 and maker[old] == m):
            continue
        limit = -temperature * np.log(_chance(random) + 1e-300)
        away = maker[old] if old >= 0 else -1
        delta = need * (metres[new] - (metres[old] if old >= 0 else price))
        if load[m] + need <= capacity[m]:
            if balance:
                delta += balance * _more_load(m, load[m], need, thresholds)
                if away >= 0:
                    delta -= balance * _more_load(away, load[away] - need, need, thresholds)
            if delta > limit:
                continue
            if old >= 0:
                _take(lot, maker, size, at, load, held, base, count, place)
            else:
                outs -= 1
                last = out[outs]
                out[out_place[lot]] = last
                out_place[last] = out_place[lot]
                out_place[lot] = -1
            _put(lot, new, maker, size, at, load, held, base, count, place)
            cost += delta
        else:
            moved[0], moved_from[0] = lot, old
            changed = 1
            if old >= 0:
                if balance:
                    delta -= balance * _more_load(away, load[away] - need, need, thresholds)
                _take(lot, maker, size, at, load, held, base, count, place)
            pushes = 0
            while load[m] + need > capacity[m] and pushes < 3 and count[m] > 0:
                other = held[base[m] + int(_chance(random) * count[m])]
                moved[changed], moved_from[changed] = other, at[other]
                changed += 1
                delta -= size[other] * metres[at[other]]
                if balance:
                    delta -= balance * _more_load(m, load[m] - size[other], size[other], thresholds)
                _take(other, maker, size, at, load, held, base, count, place)
                pushed[pushes] = other
                pushes += 1
            fits = load[m] + need <= capacity[m]
            if fits:
                if balance:
                    delta += balance * _more_load(m, load[m], need, thresholds)
                _put(lot, new, maker, size, at, load, held, base, count, place)
                for a in range(pushes):  # the largest looks for room first
                    for b in range(a + 1, pushes):
                        if size[pushed[b]] > size[pushed[a]]:
                            pushed[a], pushed[b] = pushed[b], pushed[a]
                for a in range(pushes):
                    other = pushed[a]
                    to, way = -1, price
                    if away >= 0 and load[away] + size[other] <= capacity[away]:
                        arc = _arc_to(away, begin[other], end[other], by_maker, arc_by_maker)
                        if arc >= 0 and metres[arc] < way:
                            to, way = arc, metres[arc]
                    near = min(end[other], begin[other] + 60)
                    for arc in range(begin[other], near):
                        if metres[arc] >= way:
                            break
                        if load[maker[arc]] + size[other] <= capacity[maker[arc]]:
                            to, way = arc, metres[arc]
                            break
                    if to < 0:
                        for _ in range(4):
                            arc = begin[other] + int((end[other] - begin[other]) * _chance(random))
                            if metres[arc] < way and load[maker[arc]] + size[other] <= capacity[maker[arc]]:
                                to, way = arc, metres[arc]
                    delta += size[other] * way
                    if to >= 0:
                        if balance:
                            delta += balance * _more_load(maker[to], load[maker[to]], size[other], thresholds)
                        _put(other, to, maker, size, at, load, held, base, count, place)
            if fits and delta <= limit:
                cost += delta
                for a in range(changed):
                    other = moved[a]
                    if at[other] < 0 and out_place[other] < 0:
                        out[outs] = other
                        out_place[other] = outs
                        outs += 1
                    elif at[other] >= 0 and out_place[other] >= 0:
                        outs -= 1
                        last = out[outs]
                        out[out_place[other]] = last
                        out_place[last] = out_place[other]
                        out_place[other] = -1
            else:
                for a in range(changed):
                    if at[moved[a]] >= 0:
                        _take(moved[a], maker, size, at, load, held, base, count, place)
                for a in range(changed):
                    if moved_from[a] >= 0:
                        _put(moved[a], moved_from[a], maker, size, at, load, held, base, count, place)
        if cost < best_cost:
            best_cost = cost
            best[:] = at
    return outs, cost, best_cost
