# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of the search: what a source says is made to stand there, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice
from math import log2, sqrt

from django.db import transaction

from cms.models import SearchEntry, SearchSpelling, SearchWord
from cms.search.sources import LONGEST_TEXT, SOURCES, Found, by_source
from cms.search.words import composed, words_in

#: Another number writes every entry anew: the words of the same text have changed.
_EDITION = 2
#: Points: of a title of four words, each; of a summary; of the text, once. Of a text of more words than this, less.
_TITLE, _SUMMARY, _TEXT, _USUAL_WORDS = 100.0, 30.0, 12.0, 150
_BATCH = 200
_SPACES = re.compile(r"[ \t\r\n\f\v]+")  # no-break ones stay: an excerpt is French too


def rebuild() -> tuple[int, int]:
    """Everything looked at again; entries written and entries taken away. What has not changed is left alone."""
    written, seen = 0, set()
    for source in SOURCES:
        found = iter(source.entries())
        while batch := list(islice(found, _BATCH)):
            seen |= {one.key for one in batch}
            written += _write(batch)
    gone = set(SearchEntry.objects.values_list("key", flat=True)) - seen
    _take_away(gone)
    SearchSpelling.objects.exclude(stem__in=SearchWord.objects.values("stem")).delete()
    return written, len(gone)


def refresh(keys: Collection[str]) -> None:
    """These keys as they stand now: written again, or taken away."""
    found = [one for source, names in by_source(keys) for one in source.entries(names)]
    for start in range(0, len(found), _BATCH):
        _write(found[start : start + _BATCH])
    _take_away(set(keys) - {one.key for one in found})


def _take_away(keys: Iterable[str]) -> None:
    rest = sorted(keys)
    for start in range(0, len(rest), _BATCH):
        SearchEntry.objects.filter(key__in=rest[start : start + _BATCH]).delete()


def _write(batch: list[Found]) -> int:
    """How many were new or had changed."""
    stamps = {one.key: _stamp(one) for one in batch}
    with transaction.atomic():
        # In the order of their keys: two who write the same at once wait for each other and don't lock each other out.
        rows = SearchEntry.objects.select_for_update().filter(key__in=sorted(stamps)).order_by("key")
        standing = {row.key: row.stamp for row in rows}
        changed = sorted((one for one in batch if standing.get(one.key) != stamps[one.key]), key=lambda one: one.key)
        if not changed:
            return 0
        SearchEntry.objects.bulk_create(
            [
                SearchEntry(
                    key=one.key, kind=one.kind, title=_clean(one.title)[:255], address=one.address[:500],
                    text=_clean(one.text)[:LONGEST_TEXT], stamp=stamps[one.key],
                )
                for one in changed
            ],
            update_conflicts=True, unique_fields=["key"],
            update_fields=["kind", "title", "address", "text", "stamp"],
        )  # fmt: skip
        numbers = dict(SearchEntry.objects.filter(key__in=[one.key for one in changed]).values_list("key", "pk"))
        SearchWord.objects.filter(entry__in=numbers.values()).delete()
        words: list[SearchWord] = []
        spellings: dict[str, SearchSpelling] = {}
        for one in changed:
            points, written = _weigh(one)
            words += [SearchWord(entry_id=numbers[one.key], stem=stem, points=n) for stem, n in points.items()]
            spellings |= written
        SearchWord.objects.bulk_create(words, batch_size=2_000, ignore_conflicts=True)
        ordered = [spellings[plain] for plain in sorted(spellings)]
        SearchSpelling.objects.bulk_create(ordered, batch_size=2_000, ignore_conflicts=True)
    return len(changed)


def _stamp(found: Found) -> str:
    said = [_EDITION, found.kind, found.title, found.address, found.summary, found.text]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


def _clean(text: str) -> str:
    """Lines as one, and none of the sign that PostgreSQL keeps in no text."""
    return _SPACES.sub(" ", composed(text.replace("\0", ""))).strip()


def _weigh(found: Found) -> tuple[dict[str, int], dict[str, SearchSpelling]]:
    """Stem → points, and how its words are written."""
    points: Counter[str] = Counter()
    spellings: dict[str, SearchSpelling] = {}

    def read(text: str) -> Counter[str]:
        counted: Counter[str] = Counter()
        clean = _clean(text)[:LONGEST_TEXT]
        for start, end, word in words_in(clean):
            counted[word.stem] += 1
            spellings.setdefault(
                word.plain,
                SearchSpelling(
                    plain=word.plain, written=clean[start:end].lower()[:60], stem=word.stem, length=len(word.plain)
                ),
            )
        return counted

    title, summary, text = read(found.title), read(found.summary), read(found.text)
    share = _TITLE * 2 / sqrt(max(len(title), 1))
    long = sqrt(max(1.0, text.total() / _USUAL_WORDS))
    for stem in title | summary | text:
        points[stem] = max(
            1,
            round(
                share * (stem in title) + _SUMMARY * (stem in summary) + _TEXT * log2(1 + text[stem]) / long
            ),
        )  # fmt: skip
    return points, spellings
