# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an adaptation says of its origin, and what is kept of words that people type."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from designs.lineage import MAX_CREDIT, adapted_credit
from designs.plain_text import kept, one_line

HARD = st.text(st.characters(codec=None) | st.sampled_from("\r\n\t \x00\u00a0\u202f\ud800"), max_size=400)


@given(HARD, st.text(max_size=150), st.sampled_from(["", "1.2.0", "999999.999999.999999"]))
def test_an_adaptations_credit_fits_and_always_names_its_origin(credit: str, title: str, version: str) -> None:
    said = adapted_credit(credit, title, version)
    assert len(said) <= MAX_CREDIT
    assert said.endswith(f", version {version}." if version else "\N{NO-BREAK SPACE}».")
    assert "Adapté de «\N{NO-BREAK SPACE}" in said
    assert ".. Adapté" not in said


def test_an_adaptation_names_whom_the_original_names() -> None:
    first = "Dessiné d’après Enzo Mari."
    assert (
        adapted_credit(first, "Porte", "1.0.0")
        == f"{first} Adapté de «\N{NO-BREAK SPACE}Porte\N{NO-BREAK SPACE}», version 1.0.0."
    )
    assert adapted_credit(" . ", "Porte") == "Adapté de «\N{NO-BREAK SPACE}Porte\N{NO-BREAK SPACE}»."


@given(HARD)
def test_what_is_kept_of_words_goes_into_any_database_and_is_kept_again(text: str) -> None:
    words = kept(text)
    words.encode()
    assert kept(words) == words
    assert all(c.isprintable() or c in "\n\t\u00a0\u202f" for c in words)
    assert not any(line != line.rstrip() for line in words.split("\n"))
    assert "\n" not in one_line(text) and one_line(text).split() == words.split()


def test_french_spaces_and_lines_are_kept_as_they_were_typed() -> None:
    assert (
        kept("  Trop serré\u202f!\r\nÀ revoir\u00a0:  \r- la\x00 clé\n\n")
        == "Trop serré\u202f!\nÀ revoir\u00a0:\n- la clé"
    )
    assert one_line("Table\r\n  basse\t ") == "Table basse"
