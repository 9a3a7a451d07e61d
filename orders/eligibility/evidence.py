# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the lines of the lists in force to what each list says of one buyer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from designs.typography import listed
from fablabs.geography.search import fold
from orders.eligibility.groupings import commune_of, member_codes, territory_label
from orders.eligibility.judgement import BuyerFacts, Found
from orders.eligibility.zoning import Kind, ListInForce, Status, ZoningLine

#: Communes or districts that a reason names; more are counted.
NAMED = 3
#: Words that many spaces have in their names, and that many people leave out.
_COMMON = frozenset("france service services espace maison msap fs de du des d la le les l a au aux et en".split())
_RANK = (Status.FULL, Status.PARTIAL, Status.NONE, Status.SILENT)

#: INSEE code → its lines in one list.
Lines = Mapping[str, Sequence[ZoningLine]]


def found_for(facts: BuyerFacts, lists: Mapping[ListInForce, Lines], on: date) -> tuple[Found, ...]:
    """One for each list that speaks of this kind of buyer, in the order of the kinds; none where the territory is
    unknown."""
    codes, place = member_codes(facts), territory_label(facts)
    if not codes:
        return ()
    space = facts.kind == "france-services"
    return tuple(
        _space(facts, one, lists[one], place, codes[0], on) if space else _zoned(one, lists[one], place, codes, on)
        for one in sorted(lists, key=lambda each: list(Kind).index(each.kind))
        if (one.kind == Kind.FRANCE_SERVICES) == space
    )


def _zoned(one: ListInForce, lines: Lines, place: str, codes: Sequence[str], on: date) -> Found:
    best: list[tuple[str, Status]] = []
    for insee in codes:
        best.append((insee, _status(one, lines.get(insee, ()), on)))
    silent = sum(status == Status.SILENT for _, status in best)
    top = min((status for _, status in best), key=_RANK.index)
    if top == Status.NONE and silent:
        top = Status.SILENT
    classed = [insee for insee, status in best if status == top] if top in (Status.FULL, Status.PARTIAL) else []
    label, valid_to = "", None
    if len(codes) == 1:
        label, valid_to = _said(lines.get(codes[0], ()), top, on)
    names = [
        (found.name if found else insee).replace("'", "’")
        for insee in classed[:NAMED]
        if len(codes) > 1
        for found in (commune_of(insee),)
    ]
    return _found(
        one,
        status=top,
        place=place,
        label=label,
        places=tuple(names),
        classed=len(classed),
        communes=len(codes),
        silent=silent,
        valid_to=valid_to,
    )


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


def _said(lines: Iterable[ZoningLine], status: Status, on: date) -> tuple[str, date | None]:
    """The class or the districts of one commune, and the day on which that ends or ended."""
    held = [line for line in lines if line.holds_on(on) and line.status == status]
    if not held:
        past = [line.valid_to for line in lines if line.valid_to is not None and line.valid_to < on]
        return "", max(past, default=None)
    names = list(dict.fromkeys(line.label for line in held if line.label))
    more = len(names) - NAMED
    shown = [*names[:NAMED], f"{more} autre{'s' if more > 1 else ''}"] if more > 0 else names
    ends = [line.valid_to for line in held]
    until = None if status == Status.NONE or any(end is None for end in ends) else max(end for end in ends if end)
    return (listed(shown) if shown else ""), until


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
