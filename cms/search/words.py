# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a word is for the search: without accents and capitals, without its ending, and not one that every sentence has."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from fablabs.geography.search import fold

#: Characters of a question that are read; words of it that are looked for.
LONGEST_QUESTION, MOST_WORDS = 200, 8
#: Characters of a word: what is longer is a sum or a key, and nobody types it.
LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
_STEMMER = snowballstemmer.stemmer("french")
_ONE_AT_A_TIME = threading.Lock()  # a stemmer keeps the word that it works on

#: Without accents; what stands before an apostrophe is a word of one letter.
_SAID = """
a ai as au aux avec c ce ceci cela celle celles celui ces cet cette ceux chez comme comment d dans de des donc dont du
elle elles en es est et eu eux il ils j je l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni nos notre
nous on ont ou par pas pour qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont sous sur t ta
te tes toi ton tu un une vos votre vous y etre avoir fait faire peut plus tres
"""
STOP_WORDS = frozenset(_SAID.split())


@dataclass(frozen=True)
class Word:
    plain: str  # "ateliers"
    stem: str  # "ateli"


@lru_cache(maxsize=60_000)
def word_of(written: str) -> Word | None:
    """None for a stop word and for what is no word of a language: a single letter, forty-one of them."""
    plain = fold(written).replace(" ", "").replace("\0", "")
    if not plain or len(plain) > LONGEST_WORD or plain in STOP_WORDS or (len(plain) == 1 and not plain.isdigit()):
        return None
    with _ONE_AT_A_TIME:
        stem = str(_STEMMER.stemWord(plain))
    # Without its accents "fabriquées" ends in two letters that the stemmer takes for one ending.
    stem = stem.rstrip("e") if len(stem) > 4 else stem
    return Word(plain, stem[:LONGEST_WORD])


def words_in(text: str) -> Iterator[tuple[int, int, Word]]:
    """Where each word that counts begins and ends. ``text`` is composed (NFC), as ``composed`` gives it."""
    for found in _WORD.finditer(text):
        if (word := word_of(found[0].lower())) is not None:
            yield found.start(), found.end(), word


def composed(text: str) -> str:
    """An accent is part of its letter, and a soft hyphen parts no word."""
    return unicodedata.normalize("NFC", text).replace("\N{SOFT HYPHEN}", "")


def question_words(question: str) -> list[Word]:
    """The words to look for, each once, the first eight. ``st`` is not yet read as "saint" here but by ``fold``."""
    found = {word.stem: word for _, _, word in words_in(composed(question[:LONGEST_QUESTION]))}
    return list(found.values())[:MOST_WORDS]
