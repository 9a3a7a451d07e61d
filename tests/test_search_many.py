# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a question finds where there is much to find, and how many queries it takes; ``make bench`` says how long."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from cms.models import SearchEntry, SearchSpelling, SearchWord
from cms.search.asking import ask, entries, offer

pytestmark = pytest.mark.django_db
PAGES, WORKSHOPS, WORDS = 500, 150, 4


@pytest.fixture
def much() -> None:
    """A site of this size, as rows: a word that every workshop has, one that every third page has, many that few have."""
    kinds = ["page"] * PAGES + ["workshop"] * WORKSHOPS
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(
                key=f"{kind}:{n}", kind=kind, title=f"Titre {n}", address=f"/{n}/", text="Un texte. " * 20, stamp=""
            )
            for n, kind in enumerate(kinds)
        ],
        batch_size=2_000,
    )
    rows = []
    for n, pk in enumerate(SearchEntry.objects.order_by("pk").values_list("pk", flat=True)):
        stems = {"ateli"} if n >= PAGES else {"port"} if n % 3 == 0 else {"boi"}
        stems |= {f"mot{(n * 31 + one * 977) % 3_000}" for one in range(WORDS - 1)}
        rows += [SearchWord(entry_id=pk, stem=stem, points=1 + len(stem)) for stem in stems]
    SearchWord.objects.bulk_create(rows, batch_size=5_000)
    words = ["atelier", "porte", "bois", *(f"mot{n}" for n in range(3_000))]
    SearchSpelling.objects.bulk_create(
        [SearchSpelling(plain=one, written=one, stem={"atelier": "ateli", "porte": "port", "bois": "boi"}.get(one, one), length=len(one))
         for one in words], batch_size=2_000,
    )  # fmt: skip


def test_a_question_finds_all_of_them_in_few_queries(
    much: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert len(ask("ateliers").ranked) == WORKSHOPS and len(ask("portes en bois").ranked) == PAGES
    for question in ("ateliers", "porte", "porte bois atelier", "atelire", "mot123 mot456", "inconnu"):
        with django_assert_max_num_queries(5):
            found = ask(question)
        with django_assert_max_num_queries(8):
            entries([pk for pk, _ in found.ranked[:28]])
    for begun in ("ate", "port", "mot1"):
        with django_assert_max_num_queries(11):
            offer(begun)
