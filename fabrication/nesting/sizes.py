# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several sizes of sheet in one stock: which of them to open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from fabrication.nesting.at_once import at_once
from fabrication.nesting.problem import Laid, Problem, Solution
from fabrication.nesting.worth import worth

#: So many sizes are tried for all of a layout; every size is tried for each of its sheets.
TRIED = 3


def best_sizes(problem: Problem) -> Solution:
    """A layout at once: on all sizes together, and on each of the cheapest ones alone; sheets then made smaller."""
    return min((smaller(problem, found) for found in _attempts(problem)), key=lambda found: worth(problem, found))


def smaller(problem: Problem, solution: Solution) -> Solution:
    """The same layout with each sheet exchanged for the cheapest one that takes all that lies on it.

    Locked sheets and offcuts stay. The new layout is the old one if nothing is cheaper."""
    if len(_sizes(problem)) < 2:
        return solution
    sheets = list(solution.sheets)
    used = Counter(laid.bin for laid in sheets)
    for number in range(len(problem.locked), len(sheets)):
        laid = sheets[number]
        if problem.bins[laid.bin].offcut:
            continue
        for kind in _sizes(problem):
            if problem.bins[kind].cost >= problem.bins[laid.bin].cost:
                break
            count = problem.bins[kind].count
            again = _on(problem, laid, kind) if count is None or used[kind] < count else None
            if again is not None:
                sheets[number] = again
                used[laid.bin] -= 1
                used[kind] += 1
                break
    return replace(solution, sheets=tuple(sheets))


def _attempts(problem: Problem) -> Iterator[Solution]:
    yield at_once(problem)
    endless = [kind for kind in _sizes(problem) if problem.bins[kind].count is None]
    for alone in endless[:TRIED] if len(endless) > 1 else ():
        bins = tuple(
            replace(b, count=0) if kind in endless and kind != alone else b for kind, b in enumerate(problem.bins)
        )
        if not any(laid.bin in endless and laid.bin != alone for laid in problem.locked):
            yield at_once(replace(problem, bins=bins))


def _sizes(problem: Problem) -> list[int]:
    """Kinds of whole sheets, the cheapest first."""
    kinds = [kind for kind, b in enumerate(problem.bins) if not b.offcut]
    return sorted(kinds, key=lambda kind: (problem.bins[kind].cost, kind))


def _on(problem: Problem, laid: Laid, kind: int) -> Laid | None:
    """What lies on a sheet, laid on one of another kind; None if it does not go on one."""
    items = [put.item for put in laid.puts]
    alone = Problem(
        tuple(problem.items[item] for item in items),
        (replace(problem.bins[kind], count=None),),
        problem.spacing,
        problem.margin,
    )
    found = at_once(alone)
    if found.unplaced or len(found.sheets) != 1:
        return None
    return Laid(kind, tuple(replace(put, item=items[put.item]) for put in found.sheets[0].puts))
