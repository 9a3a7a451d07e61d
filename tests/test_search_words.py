# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a word is for the search, and where an excerpt is cut: no database."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cms.html_words import html_parts, html_words, run_on
from cms.search.excerpts import excerpt, marked
from cms.search.words import LONGEST_QUESTION, MOST_WORDS, composed, question_words, words_in


def stems(text: str) -> list[str]:
    return [word.stem for _, _, word in words_in(composed(text))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Découpe", "DECOUPE"), ("ateliers", "atelier"), ("Nîmes", "nimes"), ("cœur", "coeur"), ("L’établi", "etabli"),
        ("fabriquées", "fabriquer"), ("France-Services", "france services"), ("St-Étienne", "saint etienne"),
        ("e\N{COMBINING ACUTE ACCENT}tabli", "établi"), ("numé\N{SOFT HYPHEN}rique", "numérique"),
    ],
)  # fmt: skip
def test_accents_capitals_and_endings_make_no_other_word(one: str, other: str) -> None:
    assert stems(one) == stems(other) != []


def test_words_of_every_sentence_are_not_looked_for() -> None:
    assert question_words("Où est-ce que le la les d’une à y ?") == []
    assert [word.plain for word in question_words("Comment commander la porte ?")] == ["commander", "porte"]


def test_a_question_is_read_up_to_its_limits() -> None:
    assert len(question_words(" ".join(f"mot{n}" for n in range(40)))) == MOST_WORDS
    assert question_words("a" * 10_000) == []
    assert question_words("x" * LONGEST_QUESTION + " porte") == []
    assert [word.plain for word in question_words("\0porte\0 \x07")] == ["porte"]


@given(st.text(max_size=300))
@example("\0")
@example("ﬀ ﷺ ² ٣ \ud800")
def test_any_text_is_cut_into_words_within_it(text: str) -> None:
    line = composed(text)
    end = 0
    for start, stop, word in words_in(line):
        assert end <= start < stop <= len(line)
        assert word.plain and word.stem and len(word.stem) <= 40 and " " not in word.plain
        end = stop


@given(
    st.lists(
        st.sampled_from(["porte", "bois", "<b>", "établi", "scie", ".", "a" * 60, "\N{NO-BREAK SPACE}:"]), max_size=120
    )
)
def test_an_excerpt_is_a_stretch_of_the_text_with_its_words_marked(parts: list[str]) -> None:
    text = " ".join(parts)
    pieces = excerpt(text, {"port"} | set(stems("porte")))
    whole = "".join(piece.text for piece in pieces).removeprefix("… ").removesuffix(" …")
    assert whole in text and len(whole) <= 230
    assert all(piece.text == "porte" for piece in pieces if piece.is_marked)
    assert any(piece.is_marked for piece in pieces) == ("porte" in parts)
    assert "".join(piece.text for piece in marked(text, set())) == text


def test_an_excerpt_shows_the_place_with_the_most_of_the_words() -> None:
    text = f"La porte. {'Autre chose. ' * 40}Ici la porte en bois. {'Autre chose. ' * 40}"
    pieces = excerpt(text, set(stems("porte bois")))
    assert [piece.text for piece in pieces if piece.is_marked] == ["porte", "bois"]
    assert pieces[0].text == "… " and pieces[-1].text == " …"


def test_paragraphs_titles_and_lines_stay_apart_and_bold_words_keep_their_full_stop() -> None:
    html = "<h2>Sans compte</h2><p>Lire, <b>regarder</b>.</p><ul><li>un</li><li>deux &amp; trois</li></ul><p class='x'>Fin</p>"
    assert html_words(html) == "Sans compte Lire, regarder. un deux & trois Fin"
    assert run_on(html_parts(html)) == "Sans compte · Lire, regarder. un · deux & trois · Fin"
    assert run_on([]) == html_words("") == html_words("<p></p>") == ""
