# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a published table must leave out so that nobody can work out a small group: cells below a least size, and as many others as
keep sums from giving them away (complementary suppression). Plain data.

A table is counts by (row, column), "" standing for all rows or all columns. Whoever reads it knows that each line adds up to its
total, and that what is hidden is at least one. Two things must then hold of hidden cells:

- none follows from the sums. With rows and columns as knots and hidden cells as edges between them, a cell follows exactly where
  its edge is a bridge: every hidden cell lies on a cycle;
- the hidden cells of a line leave room: their sum, which a reader can work out where the total is shown, is at least ``least``
  above the smallest that it could be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

#: No group of fewer is shown: the threshold that French public statistics use for people, kept here for orders.
LEAST = 5

Cell = tuple[str, str]


def hidden_cells(
    counts: Mapping[Cell, int], least: int = LEAST, known_hidden: Collection[Cell] = ()
) -> frozenset[Cell]:
    """Cells that are not to be shown; zeros are shown. ``known_hidden``: what another table of the same orders already hides.
    ``counts`` need not have totals: a line without one tells nobody a sum. Where the total of all is too small, or can't be
    kept, nothing is shown."""
    table = {cell: count for cell, count in counts.items() if count}
    hidden = {cell for cell, count in table.items() if count < least} | (set(known_hidden) & table.keys())
    lines = _lines(table)
    while ("", "") not in hidden:
        more = next((found for line in lines if (found := _room(line, table, hidden, least))), None)
        more = more or _unbridged(table, hidden, lines)
        if more is None:
            return frozenset(hidden)
        hidden.add(more)
    return frozenset(table)


def _lines(table: Iterable[Cell]) -> list[list[Cell]]:
    """Rows and columns that have a total and something besides; the total is each one's first cell."""
    rows: dict[str, list[Cell]] = defaultdict(list)
    columns: dict[str, list[Cell]] = defaultdict(list)
    for row, column in sorted(table):  # "" sorts first
        rows[row].append((row, column))
        columns[column].append((row, column))
    whole = [line for line in rows.values() if len(line) > 1 and line[0][1] == ""]
    return whole + [line for line in columns.values() if len(line) > 1 and line[0][0] == ""]


def _room(line: list[Cell], table: Mapping[Cell, int], hidden: set[Cell], least: int) -> Cell | None:
    """Another cell of the line to hide, if those that are hidden leave too little room."""
    total, *cells = line
    out = [cell for cell in cells if cell in hidden]
    if not out or total in hidden:
        return None
    if len(out) > 1 and sum(table[cell] for cell in out) >= least + len(out):
        return None
    return _smallest(cells, table, hidden) or total


def _unbridged(table: Mapping[Cell, int], hidden: set[Cell], lines: list[list[Cell]]) -> Cell | None:
    """A cell to hide so that some hidden one no longer follows from the others; None where none follows."""
    for cell in sorted(_bridges(_edges(hidden, lines))):
        beside = (found for line in lines if cell in line and (found := _smallest(line, table, hidden)))
        choice = min(beside, key=lambda found: (table[found], found), default=None)
        return choice or _smallest(table, table, hidden)
    return None


def _edges(hidden: Collection[Cell], lines: list[list[Cell]]) -> dict[Cell, list[int]]:
    """Each hidden cell with the two sums in which it stands, as their numbers; -1: it is in one sum only."""
    ends: dict[Cell, list[int]] = {cell: [] for cell in hidden}
    for number, line in enumerate(lines):
        for cell in line:
            if cell in ends:
                ends[cell].append(number)
    return {cell: [*found, -1, -1][:2] for cell, found in ends.items() if found}


def _smallest(cells: Iterable[Cell], table: Mapping[Cell, int], hidden: set[Cell]) -> Cell | None:
    """A total only after everything that it sums."""
    shown = [cell for cell in cells if cell not in hidden]
    return min(shown, key=lambda cell: ("" in cell, table[cell], cell), default=None)


def _bridges(edges: Mapping[Cell, list[int]]) -> set[Cell]:
    """Edges on no cycle (Tarjan). Two cells between the same two knots are a cycle."""
    neighbours: dict[int, list[tuple[int, Cell]]] = defaultdict(list)
    for cell, (one, other) in edges.items():
        neighbours[one].append((other, cell))
        neighbours[other].append((one, cell))
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    found: set[Cell] = set()
    for start in neighbours:
        if start in order:
            continue
        order[start] = low[start] = len(order)
        path: list[tuple[int, Cell | None, Iterator[tuple[int, Cell]]]] = [(start, None, iter(neighbours[start]))]
        while path:
            knot, came_by, following = path[-1]
            for other, cell in following:
                if other not in order:
                    order[other] = low[other] = len(order)
                    path.append((other, cell, iter(neighbours[other])))
                    break
                if cell != came_by:
                    low[knot] = min(low[knot], order[other])
            else:
                path.pop()
                if path and came_by is not None:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[knot])
                    if low[knot] > order[parent]:
                        found.add(came_by)
    return found
