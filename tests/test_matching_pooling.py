# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small orders cut in one run: what is told is what is really laid."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fabrication.errors import NotMakeableError
from fabrication.matching.measuring import Piece
from fabrication.matching.pooling import groups, pooled
from fabrication.pipeline import lay_out
from tests.cutting import Bracket, machine_file
from tests.matching_cases import AJACCIO, NIMES, PARIS, PIECE, demand

#: A third of a sheet or so goes to one bracket: three orders of one each leave most of three sheets.
SHEET = {"sheet_mm": (700, 500), "price_eur": 30.5}


def sheets(piece: Piece, quantity: int) -> int:
    return len(lay_out(piece.design, piece.values, machine_file(stock=SHEET), quantity).plan.sheets)


def test_orders_of_one_piece_take_as_many_sheets_as_that_many_pieces() -> None:
    orders = [(demand(1, id=f"D{n}"), PIECE) for n in range(3)]
    found = pooled(orders, machine_file(stock=SHEET))
    assert found.apart == 3 * sheets(PIECE, 1)
    assert found.together == sheets(PIECE, 3) < found.apart
    assert found.saved == found.apart - found.together
    assert found.eur == Decimal("30.50") * found.saved
    assert found.demands == ("D0", "D1", "D2")
    assert f"{found.together} sheets instead of {found.apart}" in found.english
    assert f"au lieu de {found.apart}" in found.french.replace("\u00a0", " ")


def test_sizes_may_differ_from_order_to_order() -> None:
    wide = Piece(Bracket(), {"width": 600})
    found = pooled([(demand(1), PIECE), (demand(2, id="D2"), wide)], machine_file(stock=SHEET))
    assert found.apart == sheets(PIECE, 1) + sheets(wide, 2) >= found.together


def test_an_unknown_price_saves_no_known_sum() -> None:
    orders = [(demand(1, id=f"D{n}"), PIECE) for n in range(3)]
    found = pooled(orders, machine_file(stock={"sheet_mm": (700, 500)}))
    assert found.saved > 0 and found.eur is None
    assert "at a price that is not known" in found.english


def test_one_order_is_nothing_to_pool_and_a_machine_has_to_make_it() -> None:
    with pytest.raises(ValueError, match="two orders"):
        pooled([(demand(1), PIECE)], machine_file())
    with pytest.raises(NotMakeableError):
        pooled([(demand(1), PIECE), (demand(1, id="D2"), PIECE)], machine_file("laser"))


def test_orders_near_each_other_are_grouped() -> None:
    orders = [
        demand(1, id="a", insee=NIMES),
        demand(1, id="b", insee=PARIS),
        demand(1, id="c", insee="30060"),  # Caissargues, beside Nîmes
        demand(1, id="d", insee=NIMES, design="chariot"),
        demand(1, id="e", insee=AJACCIO),
        demand(1, id="f", insee=NIMES, material="peuplier"),
    ]
    assert [[one.id for one in group] for group in groups(orders)] == [["a", "c"]]
    assert groups(orders, near_km=1) == []
    assert groups([]) == []
