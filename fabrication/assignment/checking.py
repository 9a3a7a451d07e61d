# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks at every answer before it is given out, line by line, sharing no code with what found it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """``maker`` empty: left out; then ``metres`` is None."""

    demand: str
    maker: str
    quantity: int
    metres: int | None


@dataclass(frozen=True)
class Claims:
    """What the answer says of itself: pieces, piece-metres, and these with the price of what is left out."""

    served: int
    unserved: int
    metres: int
    objective_m: int


def faults(
    *,
    orders: Mapping[str, int],
    capacities: Mapping[str, int],
    reach: Callable[[str], Mapping[str, int]],
    lines: Iterable[Line],
    claims: Claims,
    unserved_m: int,
    pins: Iterable[tuple[str, str]] = (),
    forbidden: Iterable[tuple[str, str]] = (),
) -> list[str]:
    """Everything that is wrong, in English; nothing: the answer is sound.

    ``reach(order)``: the makers that may make it, with their distance (m).
    """
    found: list[str] = []
    by_order: dict[str, list[Line]] = defaultdict(list)
    load: dict[str, int] = defaultdict(int)
    served = unserved = metres = 0
    for line in lines:
        if line.demand not in orders:
            found.append(f"{line.demand}: no such order")
            continue
        if line.quantity < 1:
            found.append(f"{line.demand}: {line.quantity} pieces on a line")
        by_order[line.demand].append(line)
        if not line.maker:
            unserved += line.quantity
            continue
        served += line.quantity
        load[line.maker] += line.quantity
        metres += line.quantity * (line.metres or 0)
    for order, quantity in orders.items():
        found += _of_order(order, quantity, by_order[order], capacities, reach)
    for maker, pieces in load.items():
        if pieces > capacities.get(maker, 0):
            found.append(f"{maker}: {pieces} pieces, its capacity is {capacities.get(maker, 0)}")
    real = Claims(served, unserved, metres, metres + unserved_m * unserved)
    if real != claims:
        found.append(f"the lines sum to {real}, said is {claims}")
    used = {(line.demand, line.maker) for some in by_order.values() for line in some if line.maker}
    found += [f"{order} – {maker} is pinned and not kept" for order, maker in pins if (order, maker) not in used]
    found += [f"{order} – {maker} is forbidden and used" for order, maker in forbidden if (order, maker) in used]
    return found


def _of_order(
    order: str,
    quantity: int,
    lines: list[Line],
    capacities: Mapping[str, int],
    reach: Callable[[str], Mapping[str, int]],
) -> list[str]:
    found = []
    total = sum(line.quantity for line in lines)
    if total != quantity:
        found.append(f"{order}: {total} pieces on its lines, {quantity} ordered")
    near = reach(order)
    makers = [line.maker for line in lines if line.maker]
    for line in lines:
        if line.maker and line.maker not in near:
            found.append(f"{order}: {line.maker} is out of its reach, or can't make it")
        elif line.maker and line.metres != near[line.maker]:
            found.append(f"{order}: {line.maker} is {near[line.maker]} m away, said is {line.metres}")
        elif not line.maker and line.metres is not None:
            found.append(f"{order}: a distance to nobody")
    if len(set(makers)) < len(makers) or len(lines) - len(makers) > 1:
        found.append(f"{order}: two lines for the same")
    if makers and len(lines) > 1:
        room = max((capacities.get(maker, 0) for maker in near), default=0)
        if quantity <= room:
            found.append(f"{order}: split, though a maker within reach holds {room} and {quantity} are ordered")
    return found
