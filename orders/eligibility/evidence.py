# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the lines of the lists in force to what each list says of one buyer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from heapq import nsmallest

from designs.typography import listed
from fablabs.geography.search import fold
from orders.eligibility.groupings import commune_of, member_codes, territory_label
from orders.eligibility.judgement import BuyerFacts, Found
from orders.eligibility.zoning import Kind, ListInForce, Status, ZoningLine

#: Communes or districts that a reason names; more are counted.
NAMED = 3
#: Words that many spaces have in their names, and that many people leave out.
_COMMON = frozenset(
    [
        "france",
        "service",
        "services",
        "espace",
        "maison",
        "msap",
        "fs",
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "les",
        "l",
        "a",
        "au",
        "aux",
        "et",
        "en",
    ]
)
_RANK = (Status.FULL, Status.PARTIAL, Status.NONE, Status.SILENT)

#: INSEE code → its lines in one list.
Lines = Mapping[str, Sequence[ZoningLine]]


def found_for(facts: BuyerFacts, lists: Mapping[ListInForce, Lines], on: date) -> tuple[Found, ...]:
    """One for each list that speaks of this kind of buyer, in the order of the kinds; of a territory that nobody knows
    they say nothing, of no commune."""
    codes, place = member_codes(facts), territory_label(facts)
    space = facts.kind == "france-services"
    found = []
    for one in sorted(lists, key=lambda each: list(Kind).index(each.kind)):
        if (one.kind == Kind.FRANCE_SERVICES) != space:
            continue
        if not codes:
            found.append(_found(one, status=Status.SILENT, place=place, communes=0))
        elif space:
            found.append(_space(facts, one, lists[one], place, codes[0], on))
        else:
            found.append(_zoned(one, lists[one], place, codes, on))
    return tuple(found)


def _zoned(one: ListInForce, lines: Lines, place: str, codes: Sequence[str], on: date) -> Found:
    best: list[tuple[str, Status]] = []
    for insee in codes:
        best.append((insee, _status(one, lines.get(insee, ()), on)))
    silent = sum(status == Status.SILENT for _, status in best)
    top = min((status for _, status in best), key=_RANK.index)
    if top == Status.NONE and silent:
        top = Status.SILENT
    classed = [insee for insee, status in best if status == top] if top in (Status.FULL, Status.PARTIAL) else []
    if len(codes) == 1:
        label, places, valid_to = _said(lines.get(codes[0], ()), top, on)
    else:
        label, places, valid_to = "", _largest(classed), None
    return _found(
        one,
        status=top,
        place=place,
        label=label,
        places=places,
        classed=len(classed),
        communes=len(codes),
        silent=silent,
        valid_to=valid_to,
    )


def _largest(codes: Sequence[str]) -> tuple[str, ...]:
    """The names of a few communes that people know."""
    places = [place for insee in codes if (place := commune_of(insee)) is not None]
    some = nsmallest(NAMED, places, key=lambda place: (-place.population, place.insee))
    return tuple(place.name.replace("'", "’") for place in some)


def _status(one: ListInForce, lines: Iterable[ZoningLine], on: date) -> Status:
    known = list(lines)
    held = [line.status for line in known if line.holds_on(on)]
    if held:
        return min(held, key=_RANK.index)
    if any(line.valid_to is not None and line.valid_to < on for line in known):
        return Status.NONE  # it was classed, and is no longer
    if known:
        return Status.SILENT  # it is to be, and the list that held before is not here
    return Status.NONE if one.is_complete else Status.SILENT


def _said(lines: Sequence[ZoningLine], status: Status, on: date) -> tuple[str, tuple[str, ...], date | None]:
    """The class, or the districts, of one commune; the districts' names; the day on which that ends or ended."""
    held = [line for line in lines if line.holds_on(on) and line.status == status]
    if not held:
        past = [line.valid_to for line in lines if line.valid_to is not None and line.valid_to < on]
        return "", (), max(past, default=None)
    names = list(dict.fromkeys(line.label for line in held if line.label))
    ends = [line.valid_to for line in held if line.valid_to is not None]
    until = max(ends) if len(ends) == len(held) and status != Status.NONE else None
    more = len(names) - NAMED
    shown = [*names[:NAMED], f"{more} autre{'s' if more > 1 else ''}"] if more > 0 else names
    districts = tuple(names[:NAMED]) if any(line.code for line in held) else ()
    return (listed(shown) if shown else ""), districts, until


def _space(facts: BuyerFacts, one: ListInForce, lines: Lines, place: str, insee: str, on: date) -> Found:
    """The space by its SIRET, else by its name in its commune."""
    there = [line for line in lines.get(insee, ()) if line.holds_on(on) and line.status == Status.FULL]
    match = next((line for line in there if facts.siret and line.siret == facts.siret), None)
    if match is None and facts.name:
        match = _named(facts.name, there, place)
    if match is not None:
        return _found(one, status=Status.FULL, place=place, label=match.label, classed=1, valid_to=match.valid_to)
    names = tuple(line.label for line in there)
    return _found(one, status=Status.SILENT, place=place, places=names, classed=len(there), silent=1)


def _named(name: str, there: Sequence[ZoningLine], place: str) -> ZoningLine | None:
    """Written alike, or alike but for the words that all have and the commune's; None where two answer."""
    same = [line for line in there if fold(line.label) == fold(name)]
    if not same:
        same = [line for line in there if _own_words(line.label, place) == _own_words(name, place)]
    return same[0] if len(same) == 1 else None


def _own_words(name: str, place: str) -> frozenset[str]:
    return frozenset(fold(name).split()) - _COMMON - frozenset(re.split(r"\s+", fold(place)))


def _found(one: ListInForce, *, valid_to: date | None = None, **said: object) -> Found:
    return Found(
        kind=one.kind.value,
        vintage=one.vintage,
        source=one.source,
        valid_from=one.valid_from,
        valid_to=valid_to,
        is_demo=one.is_demo,
        **said,  # type: ignore[arg-type]
    )
