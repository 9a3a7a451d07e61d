# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""SIREN and SIRET: known numbers, their keys, and nothing but ASCII digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.registration import is_siren, is_siret

#: INSEE itself, La Poste, the State's digital directorate (DINUM).
SIRENS = ["120027016", "356000000", "130025265"]
SIRETS = ["12002701600563", "35600000000048", "13002526500013"]


@pytest.mark.parametrize("number", SIRENS)
def test_known_sirens_are_good(number: str) -> None:
    assert is_siren(number) and not is_siret(number)


@pytest.mark.parametrize("number", SIRETS)
def test_known_sirets_are_good(number: str) -> None:
    assert is_siret(number) and is_siren(number[:9]) and not is_siren(number)


def test_la_postes_counters_add_up_to_a_multiple_of_five() -> None:
    assert is_siret("35600000000015")  # 3+5+6+1+5 = 20; by Luhn's rule its last digit would be another
    assert is_siret("35600000000014") is True  # that one: Luhn’s rule is good there too
    assert is_siret("35600000000016") is False  # neither 21 nor its key
    assert is_siret("99900006000016") is False  # adds up to 40: nobody else's may


@given(st.text(alphabet="0123456789", min_size=8, max_size=8), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(digits: str, place: int, by: int) -> None:
    good = [digits + str(d) for d in range(10) if is_siren(digits + str(d))]
    if digits == "0" * 8:
        assert good == []  # nobody's number
        return
    (number,) = good
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not is_siren(wrong)


@given(st.text(max_size=20))
def test_no_text_is_taken_for_a_number_or_breaks_it(text: str) -> None:
    for number in (is_siren(text), is_siret(text)):
        assert number is False or (text.isascii() and text.isdigit())


@pytest.mark.parametrize(
    "text", ["", " 120027016", "120 027 016", "١٢٠٠٢٧٠١٦", "１２００２７０１６", "12002701", "1200270166", "²20027016"]
)
def test_what_is_not_nine_ascii_digits_is_no_siren(text: str) -> None:
    assert not is_siren(text)
