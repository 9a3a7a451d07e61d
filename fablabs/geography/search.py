# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Communes as one types them: by name, by the beginning of a name, by postcode or by INSEE code.

Accents, capitals, hyphens and apostrophes don't count; "st" is "saint". The last words may name or number a
département: "la rochelle 17", "saint denis reunion".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cache

from fablabs.geography.communes import Commune, by_code, departments, former_codes
from fablabs.geography.territory import department_of

#: Longer input names no commune: the longest has 45 letters, its département some twenty more.
LONGEST = 100
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_CODE = re.compile(r"[0-9]{1,5}|2[ab][0-9]{0,3}")
#: INSEE's marks of an article that people leave out.
_ARTICLES = ("le ", "la ", "les ", "l ", "los ", "las ")


def fold(text: str) -> str:
    """ "L'Haÿ-les-Roses" → "l hay les roses", "St-Étienne" → "saint etienne"."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).casefold()
    words = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split()
    return " ".join(_SHORT.get(word, word) for word in words)


def search(text: str, limit: int = 10) -> list[Commune]:
    """The communes that somebody may mean, best first: the whole name before its beginning, its beginning before a word
    within it, then the larger one; a former commune's name gives the commune of today. Empty for empty input."""
    words = fold(text[:LONGEST])
    if not words or limit < 1:
        return []
    if _CODE.fullmatch(words.replace(" ", "")):
        found = _by_code(words.replace(" ", "").upper())
        if found:
            return found[:limit]
    ranked = _by_name(words, None)
    for department, rest in _with_department(words):
        for insee, rank in _by_name(rest, department).items():
            ranked[insee] = min(rank, ranked.get(insee, rank))
    table = by_code()
    order = sorted(ranked, key=lambda insee: (ranked[insee], -table[insee].population, insee))
    return [table[insee] for insee in order[:limit]]


def named(text: str) -> list[Commune]:
    """The communes that the text names in full, the largest first: one for a label as ``Commune.label`` writes it, a
    postcode's or a name's several."""
    words = fold(text[:LONGEST])
    code = words.replace(" ", "").upper()
    table = by_code()
    if _CODE.fullmatch(code.lower()) and len(code) == 5:
        exact = {c.insee for c in _by_code(code)}
    else:
        exact = {insee for insee, rank in _by_name(words, None).items() if rank <= _NAME}
        if not exact:
            for department, rest in _with_department(words):
                exact |= {insee for insee, rank in _by_name(rest, department).items() if rank <= _NAME}
    return [table[insee] for insee in sorted(exact, key=lambda insee: (-table[insee].population, insee))]


# Ranks, the lower the better.
_NAME, _WITHOUT_ARTICLE, _BEGINNING, _FORMER, _WITHIN = range(5)


@cache
def _names() -> tuple[list[str], list[tuple[str, int]]]:
    """Folded beginnings in order, and for each the commune and what kind of beginning it is."""
    entries: list[tuple[str, str, int]] = []
    for insee, commune in by_code().items():
        name = fold(commune.name)
        entries.append((name, insee, _NAME))
        for article in _ARTICLES:
            if name.startswith(article):
                entries.append((name[len(article) :], insee, _WITHOUT_ARTICLE))
        entries += [
            (name[place.start() :], insee, _WITHIN) for place in re.finditer(r"(?<= )(?:[^ ]{4,})", name)
        ]  # "remy" finds Saint-Rémy; "de" finds nothing
    for name, insee in former_codes().values():
        entries.append((fold(name), insee, _FORMER))
    entries.sort()
    return [name for name, _, _ in entries], [(insee, kind) for _, insee, kind in entries]


def _by_name(words: str, department: str | None) -> dict[str, int]:
    """Commune → rank, of those whose name or part of a name begins so."""
    names, owners = _names()
    found: dict[str, int] = {}
    place = bisect_left(names, words)
    while place < len(names) and names[place].startswith(words):
        insee, kind = owners[place]
        if department is None or department_of(insee) == department:
            whole = len(names[place]) == len(words)
            rank = kind if kind != _NAME or whole else _BEGINNING
            if kind == _WITHOUT_ARTICLE and not whole:
                rank = _BEGINNING
            found[insee] = min(rank, found.get(insee, rank))
        place += 1
    return found


@cache
def _department_words() -> dict[str, str]:
    """Folded names and codes of départements → code."""
    return {fold(name): code for code, name in departments().items()} | {code.lower(): code for code in departments()}


def _with_department(words: str) -> list[tuple[str, str]]:
    """Ways to read the last words as a département: (its code, the words before it)."""
    parts = words.split(" ")
    found = []
    for cut in range(1, len(parts)):
        tail = " ".join(parts[cut:])
        code = _department_words().get(tail) or _department_words().get(f"la {tail}")
        if code:
            found.append((code, " ".join(parts[:cut])))
        elif cut == len(parts) - 1 and re.fullmatch(r"[0-9]{5}", tail):
            found.append((department_of(tail) if tail[:2] != "20" else "2A", " ".join(parts[:cut])))
    return found


@cache
def _postcodes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for insee, commune in by_code().items():
        for postcode in commune.postcodes:
            found.setdefault(postcode, []).append(insee)
    return found


def _by_code(code: str) -> list[Commune]:
    """A whole code's communes, or those whose postcode or INSEE code begins so, the largest first."""
    table = by_code()
    if len(code) == 5:
        found = set(_postcodes().get(code, ()))
        if code in table:
            found.add(code)
        elif not found and code in former_codes():
            found.add(former_codes()[code][1])
    elif len(code) >= 2:
        found = {insee for postcode, owners in _postcodes().items() if postcode.startswith(code) for insee in owners}
        found |= {insee for insee in table if insee.startswith(code)}
    else:
        found = set()
    return [table[insee] for insee in sorted(found, key=lambda insee: (-table[insee].population, insee))]
