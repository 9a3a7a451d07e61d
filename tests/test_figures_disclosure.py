# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""No published table gives a small group away."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.disclosure import LEAST, Cell, hidden_cells


def with_totals(cells: dict[Cell, int]) -> dict[Cell, int]:
    table = dict(cells)
    for (row, column), count in cells.items():
        for key in ((row, ""), ("", column), ("", "")):
            table[key] = table.get(key, 0) + count
    return table


def determined(table: dict[Cell, int], hidden: frozenset[Cell]) -> set[Cell]:
    """Hidden cells that follow from the sums, by Gauss: what a reader with a pencil finds. Independent of the graph."""
    unknown = sorted(hidden)
    rows = sorted({row for row, _ in table})
    columns = sorted({column for _, column in table})
    equations = []
    for line in [[(row, column) for column in columns] for row in rows] + [
        [(row, column) for row in rows] for column in columns
    ]:
        total, *cells = line
        equations.append([Fraction((cell in cells) - (cell == total)) for cell in unknown])
    return _single(equations, unknown)


def _single(equations: list[list[Fraction]], unknown: list[Cell]) -> set[Cell]:
    """After elimination, an unknown alone in its equation has one value."""
    rows, rank = [list(row) for row in equations], 0
    for column in range(len(unknown)):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(len(rows)):
            if r != rank and rows[r][column]:
                factor = rows[r][column] / rows[rank][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    alone = [[place for place, value in enumerate(row) if value] for row in rows[:rank]]
    return {unknown[places[0]] for places in alone if len(places) == 1}


TABLES = st.integers(1, 4).flatmap(
    lambda rows: st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.one_of(st.just(0), st.integers(1, 6), st.integers(1, 60)), min_size=rows * columns, max_size=rows * columns
        ).map(lambda counts: dict(zip(product("abcde"[:rows], "wxyz"[:columns]), counts, strict=True)))
    )
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_no_small_group_is_shown_and_none_follows_from_the_sums(cells: dict[Cell, int]) -> None:
    table = with_totals(cells)
    hidden = hidden_cells(table)
    assert {cell for cell, count in table.items() if 0 < count < LEAST} <= hidden
    assert not any(table[cell] == 0 for cell in hidden)
    if ("", "") in hidden:
        assert hidden == {cell for cell, count in table.items() if count}
    else:
        assert determined(table, hidden) == set()
        for line in _lines(table):
            total, *others = line
            out = [table[cell] for cell in others if cell in hidden]
            if out and total not in hidden:  # the reader knows what they add up to, and that each is one at least
                assert len(out) >= 2 and sum(out) - len(out) >= LEAST


def _lines(table: dict[Cell, int]) -> list[list[Cell]]:
    rows, columns = sorted({row for row, _ in table}), sorted({column for _, column in table})
    return [[(row, column) for column in columns] for row in rows] + [
        [(row, column) for row in rows] for column in columns
    ]


@settings(max_examples=60, deadline=None)
@given(TABLES, st.data())
def test_what_the_table_above_hides_stays_hidden_and_does_not_follow(
    cells: dict[Cell, int], data: st.DataObject
) -> None:
    """A région's departments: its own cells are the totals here."""
    table = with_totals(cells)
    above = [cell for cell in table if cell[0] == "" and cell[1]]
    known = data.draw(st.sets(st.sampled_from(above))) if above else set()
    hidden = hidden_cells(table, known_hidden=known)
    assert {cell for cell in known if table[cell]} <= hidden
    if ("", "") not in hidden:
        assert determined(table, hidden) == set()


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 3, "b": 40, "c": 50}, {"c"}),  # b would give a away
        ({"a": 3, "b": 4, "c": 50, "d": 60}, {"c", "d"}),  # 3 + 4 leaves room: either may be 1 to 6
        ({"a": 1, "b": 2, "c": 50, "d": 60}, {"d"}),  # 1 + 2 does not
        ({"a": 30, "b": 40}, {"a", "b"}),
        ({"a": 0, "b": 40}, {"b"}),
        ({"a": 2, "b": 2}, set()),
    ],
)
def test_a_single_list_hides_another_one_beside_the_small_one(counts: dict[str, int], shown: set[str]) -> None:
    table = {(name, ""): count for name, count in counts.items()} | {("", ""): sum(counts.values())}
    hidden = hidden_cells(table)
    assert {row for (row, _), count in table.items() if row and count and (row, "") not in hidden} == shown


def test_a_table_whose_sum_is_small_shows_nothing() -> None:
    assert hidden_cells({("a", ""): 2, ("b", ""): 2, ("", ""): 4}) == {("a", ""), ("b", ""), ("", "")}
