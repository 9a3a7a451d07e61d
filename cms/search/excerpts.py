# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The place of an entry that its question is about, with the words marked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cms.search.words import words_in

#: Characters of an excerpt; of a text that are looked at for it.
_LONG, _LOOKED_AT = 220, 8_000


@dataclass(frozen=True)
class Fragment:
    text: str
    is_marked: bool


def marked(text: str, stems: Collection[str]) -> list[Fragment]:
    """The whole text, in pieces."""
    return _pieces(text, [(start, end) for start, end, word in words_in(text) if word.stem in stems])


def excerpt(text: str, stems: Collection[str]) -> list[Fragment]:
    """The stretch with the most of the words, the first of equals; the beginning of the text if it has none."""
    places = [(start, end, word.stem) for start, end, word in words_in(text[:_LOOKED_AT]) if word.stem in stems]
    best, score = 0, 0
    for place, (start, _, _) in enumerate(places):
        within = {stem for begin, _, stem in places[place:] if begin < start + _LONG - 40}
        if len(within) > score:
            best, score = start, len(within)
    begin = _word_start(text, best - 60) if best > 100 else 0
    end = _word_end(text, begin + _LONG)
    pieces = _pieces(text[begin:end], [(a - begin, b - begin) for a, b, _ in places if begin <= a and b <= end])
    before = [Fragment("… ", False)] if begin else []
    after = [Fragment(" …", False)] if end < len(text) else []
    return before + pieces + after


def _pieces(text: str, places: list[tuple[int, int]]) -> list[Fragment]:
    found, end = [], 0
    for start, stop in places:
        found += [Fragment(text[end:start], False), Fragment(text[start:stop], True)]
        end = stop
    return [one for one in [*found, Fragment(text[end:], False)] if one.text]


def _word_start(text: str, place: int) -> int:
    space = text.find(" ", max(place, 0))
    return space + 1 if 0 <= space < place + 40 else max(place, 0)


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", 0, place)
    return space if space > place - 40 else place
