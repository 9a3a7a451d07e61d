# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A question, answered: the entries that are about its words, those that are about all of them before any others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cms.models import SearchEntry, SearchSpelling, SearchWord
from cms.search.sources import still_visible
from cms.search.words import LONGEST_QUESTION, Word, question_words, words_in
from fablabs.geography.search import fold

Kind = SearchEntry.Kind
#: Where two are as much about the words, a model stands before a workshop that cuts it.
_WEIGHTS = {
    Kind.MODEL: 1.8, Kind.QUESTION: 1.2, Kind.PAGE: 1.2, Kind.RESOURCE: 1.1, Kind.MEETING: 1.0, Kind.NEWS: 0.9, Kind.WORKSHOP: 0.7,
}  # fmt: skip
#: How much a word counts that only begins as the one typed.
_BEGINNING = 0.5
#: Letters from which a beginning is looked for; spellings of one beginning that are looked at.
_SHORTEST_BEGINNING, _MOST_SPELLINGS = 3, 40
#: Suggestions of a word; the list while one types.
_NEAREST, _OFFERED = 3, 8


@dataclass(frozen=True)
class Answer:
    """``ranked``: (identifier of the entry, its kind), best first. ``is_partial``: no entry has all the words.
    ``suggestion``: the question with its unknown words put right, "" if nothing is nearer."""

    words: list[Word] = field(default_factory=list)
    stems: frozenset[str] = frozenset()  # of the words, and of those that begin as they do
    ranked: list[tuple[int, str]] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)  # kind → how many, the kind of the best entry first
    is_partial: bool = False
    suggestion: str = ""


def ask(question: str) -> Answer:
    """At most five queries, however much is found."""
    words = question_words(question)
    if not words:
        return Answer()
    variants = [{word.stem: 1.0} for word in words]
    rows = _rows({stem for one in variants for stem in one})
    known = {stem for _, _, stem, _ in rows}
    unknown = [place for place, word in enumerate(words) if word.stem not in known]
    if unknown:
        more: set[str] = set()
        for place in unknown:
            variants[place] = dict.fromkeys(_beginning_with(words[place].plain), _BEGINNING)
            more |= variants[place].keys()
        rows += _rows(more - known)
    ranked, is_partial = _rank(rows, variants)
    mistaken = [place for place in unknown if not variants[place]]
    suggestion = _put_right(question, [words[place] for place in mistaken]) if mistaken else ""
    counts: dict[str, int] = {}
    for _, kind in ranked:
        counts[kind] = counts.get(kind, 0) + 1
    stems = frozenset(stem for one in variants for stem in one)
    return Answer(words, stems, ranked, counts, is_partial, suggestion)


def offer(question: str) -> list[SearchEntry]:
    """While one types: the last word may still be a beginning. The best few that anybody may open."""
    words = question_words(question)
    variants = [{word.stem: 1.0} for word in words]
    typed = fold(question[:LONGEST_QUESTION]).split()
    if typed and question[:LONGEST_QUESTION][-1].isalnum():
        # "des" is in every sentence, and begins "dessin".
        begun = dict.fromkeys(_beginning_with(typed[-1]), _BEGINNING)
        if words and words[-1].plain == typed[-1]:
            variants[-1] = begun | variants[-1]
        elif begun:
            variants.append(begun)
    if not variants:
        return []
    ranked, is_partial = _rank(_rows({stem for one in variants for stem in one}), variants)
    return [] if is_partial else entries([pk for pk, _ in ranked[: 2 * _OFFERED]])[:_OFFERED]


def entries(numbers: Iterable[int]) -> list[SearchEntry]:
    """The entries of these numbers, in this order, without those that have been shut away since they were indexed."""
    order = list(numbers)
    rows = SearchEntry.objects.in_bulk(order)
    visible = still_visible([row.key for row in rows.values()])
    return [rows[pk] for pk in order if pk in rows and rows[pk].key in visible]


def _rows(stems: Iterable[str]) -> list[tuple[int, str, str, int]]:
    """(entry, its kind, stem, points)."""
    wanted = sorted(stems)
    if not wanted:
        return []
    found = SearchWord.objects.filter(stem__in=wanted).order_by()
    return list(found.values_list("entry_id", "entry__kind", "stem", "points"))


def _beginning_with(plain: str) -> list[str]:
    """Stems of the spellings that begin so, the shortest first."""
    if len(plain) < _SHORTEST_BEGINNING:
        return []
    found = SearchSpelling.objects.filter(plain__startswith=plain).order_by("length", "plain")
    return list(dict.fromkeys(found.values_list("stem", flat=True)[:_MOST_SPELLINGS]))


def _rank(
    rows: Iterable[tuple[int, str, str, int]], variants: list[dict[str, float]]
) -> tuple[list[tuple[int, str]], bool]:
    """An entry's points for each word asked for, rarer words counting more; of those with the most of the words."""
    places: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, one in enumerate(variants):
        for stem, factor in one.items():
            places[stem].append((place, factor))
    best: dict[int, dict[int, float]] = defaultdict(dict)
    kinds: dict[int, str] = {}
    for entry, kind, stem, points in rows:
        kinds[entry] = kind
        for place, factor in places[stem]:
            if points * factor > best[entry].get(place, 0.0):
                best[entry][place] = points * factor
    if not best:
        return [], False
    most = max(map(len, best.values()))
    spread = [sum(place in found for found in best.values()) for place in range(len(variants))]
    rarity = [log(2 + len(best) / count) if count else 0.0 for count in spread]
    scores = {
        entry: _WEIGHTS[Kind(kinds[entry])] * sum(points * rarity[place] for place, points in found.items())
        for entry, found in best.items()
        if len(found) == most
    }
    order = sorted(scores, key=lambda entry: (-scores[entry], entry))
    return [(entry, kinds[entry]) for entry in order], most < len(variants)


def _put_right(question: str, mistaken: list[Word]) -> str:
    """The question with each mistaken word as the nearest known one is written; "" if one has none near."""
    written: dict[str, str] = {}
    for word in mistaken:
        nearest = _nearest(word.plain)
        if not nearest:
            continue
        written[word.plain] = nearest
    if not written:
        return ""
    text, end = "", 0
    line = " ".join(question[:LONGEST_QUESTION].split())
    for start, stop, word in words_in(line):
        text += line[end:start] + written.get(word.plain, line[start:stop])
        end = stop
    return text + line[end:]


def _nearest(plain: str) -> str:
    """Two signs swapped, left out, added or changed count as one mistake: one in four letters, two in eight."""
    allowed = 0 if len(plain) < 4 else 1 if len(plain) < 7 else 2
    if not allowed:
        return ""
    rows = SearchSpelling.objects.filter(length__range=(len(plain) - allowed, len(plain) + allowed)).order_by("plain")
    known = {row[0]: row for row in rows.values_list("plain", "written", "stem")}
    found = process.extract(plain, list(known), scorer=OSA.distance, score_cutoff=allowed, limit=_NEAREST)
    # A word that stood in a page which has been shut away is nobody's to know.
    alive = set(SearchWord.objects.filter(stem__in=[known[one[0]][2] for one in found]).values_list("stem", flat=True))
    return next((known[one[0]][1] for one in found if known[one[0]][2] in alive), "")
