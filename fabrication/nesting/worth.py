# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a layout is worth: nothing left out, offcuts before sheets, cheap, and a long piece left over."""

from __future__ import annotations

from fabrication.nesting.problem import Bin, Laid, Problem, Solution
from fabrication.nesting.turned import turned_ring

#: Smaller is better: items left out, euros (or m²) of sheets opened, of offcuts opened, used share of the last sheet.
Worth = tuple[int, float, float, float]


def worth(problem: Problem, solution: Solution) -> Worth:
    """Of two layouts the one with the smaller key is better. Locked sheets cost what they cost in both."""
    bins = [problem.bins[laid.bin] for laid in solution.sheets]
    return (
        len(solution.unplaced),
        round(sum(b.cost for b in bins if not b.offcut), 6),
        round(sum(b.cost for b in bins if b.offcut), 6),
        round(_last_share(problem, solution), 6),
    )


def equivalent_sheets(problem: Problem, solution: Solution) -> float:
    """Full sheets and the used share of the last one, the least used; offcuts count only if there is nothing else.

    ``used share`` is the length used along X over the sheet's length, or the same along Y if that is less.
    """
    sheets = _opened(problem, solution)
    return len(sheets) - 1 + _last_share(problem, solution) if sheets else 0.0


def used_share(problem: Problem, laid: Laid) -> float:
    """Share of the sheet up to the farthest outline from its left or lower edge, whichever is less, 0…1."""
    x0, y0, x1, y1 = bounds(problem.bins[laid.bin])
    right, top = x0, y0
    for put in laid.puts:
        ring = turned_ring(problem.items[put.item].outline, put.turn)
        right = max(right, put.x + max(x for x, _ in ring))
        top = max(top, put.y + max(y for _, y in ring))
    return min((right - x0) / (x1 - x0), (top - y0) / (y1 - y0))


def bounds(kind: Bin) -> tuple[float, float, float, float]:
    """x min, y min, x max, y max of a bin."""
    xs, ys = [x for x, _ in kind.outline], [y for _, y in kind.outline]
    return min(xs), min(ys), max(xs), max(ys)


def _opened(problem: Problem, solution: Solution) -> list[Laid]:
    sheets = [laid for laid in solution.sheets if not problem.bins[laid.bin].offcut]
    return sheets or list(solution.sheets)


def _last_share(problem: Problem, solution: Solution) -> float:
    return min((used_share(problem, laid) for laid in _opened(problem, solution)), default=0.0)
