# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lists that class every commune: FRR (CSV) and ZRR (workbook or CSV, banner rows above the header).

A status is written in another way from vintage to vintage; what can't be understood is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fablabs.geography.search import fold
from fablabs.imports.lines import LineError
from fablabs.imports.reading import Table
from orders.eligibility.codes import codes_in, place_of
from orders.eligibility.lines import Entry, Line, once, read_line
from orders.eligibility.sheet import column
from orders.eligibility.zoning import Status

#: FRR took the place of ZRR (article 73 of the finance act for 2024); FRR+ came within it (decree 2025-628); the former ZRR
#: communes that were reinstated stay until the end of 2027 (article 99 of the finance act for 2025).
FRR_FROM = date(2024, 7, 1)
FRR_PLUS_FROM, BEFORE_FRR_PLUS = date(2025, 1, 1), date(2024, 12, 31)
BENEFICIARY_TO = date(2027, 12, 31)
#: The decree of 16 March 2017 came into force that day.
ZRR_FROM, ZRR_TO = date(2017, 7, 1), date(2024, 6, 30)

_CODES = ("code insee", "codgeo", "code commune", "insee com", "code geographique", "insee", "cog")
_NAMES = ("libgeo", "commune", "libelle", "nom de la commune", "lib com")


@dataclass(frozen=True)
class Class:
    """A status with its days; FRR+ has two, since the commune was FRR before."""

    status: Status
    label: str
    valid_from: date | None = None
    valid_to: date | None = None


def frr_header(cells: Sequence[str]) -> dict[str, int] | None:
    return _header(cells, ("classement", "frr", "zonage"))


def zrr_header(cells: Sequence[str]) -> dict[str, int] | None:
    simple = column(cells, ("zrr simp",))
    return _header(cells, ("classement", "zrr", "zonage"), simple)


def frr_classes(text: str) -> tuple[Class, ...]:
    """ "FRR socle", "FRR+", "Classée FRR partiellement", "Non classée"… Raises LineError."""
    words = fold(text)
    benefits = "beneficiaire" in words
    if re.search(r"\bnc\b|\bnon\b", words):
        return (Class(Status.NONE, "Non classée"),)
    if "partiel" in words:
        if benefits:
            return (Class(Status.PARTIAL, "FRR bénéficiaire partiellement", valid_to=BENEFICIARY_TO),)
        return (Class(Status.PARTIAL, "Classée FRR partiellement"),)
    if benefits:
        return (Class(Status.FULL, "FRR bénéficiaire", valid_to=BENEFICIARY_TO),)
    if re.search(r"frr\s*\+", text, re.IGNORECASE) or re.search(r"\bplus\b", words):
        return (
            Class(Status.FULL, "FRR socle", valid_to=BEFORE_FRR_PLUS),
            Class(Status.FULL, "FRR+", valid_from=FRR_PLUS_FROM),
        )
    if words in ("frr", "frr socle", "socle", "c", "classee", "classee frr", "classee en frr", "c classee en frr"):
        return (Class(Status.FULL, "FRR socle"),)
    raise LineError(f"Classement inconnu\u00a0: «\u00a0{text[:80]}\u00a0».")


def zrr_classes(text: str) -> tuple[Class, ...]:
    """ "C - Classée en ZRR", "P  Commune partiellement classée en ZRR", "NC"… Raises LineError."""
    words = fold(text)
    if re.match(r"nc\b|non\b", words) or re.search(r"\bnon classee?\b", words):
        return (Class(Status.NONE, "Non classée"),)
    if re.match(r"p[am]?\b", words) or "partiel" in words:
        return (Class(Status.PARTIAL, "Classée ZRR partiellement"),)
    if re.match(r"c\b", words) or re.search(r"\bclassee?\b", words) or words == "zrr":
        return (Class(Status.FULL, "ZRR"),)
    raise LineError(f"Classement inconnu\u00a0: «\u00a0{text[:80]}\u00a0».")


def classed_lines(table: Table, classes: Callable[[str], tuple[Class, ...]]) -> tuple[Line, ...]:
    """Rows with "code", "name" and "class". The communes that have become one are put together: alike they keep their
    class, unlike they are partly classed."""
    lines = [_line(number, row, classes) for number, row in table.rows]
    return once(_merged(lines))


def _line(number: int, row: dict[str, str], classes: Callable[[str], tuple[Class, ...]]) -> Line:
    def read() -> tuple[tuple[Entry, ...], tuple[str, ...]]:
        codes = codes_in(row["code"])
        if len(codes) > 1:
            raise LineError("Plusieurs codes de commune sur une ligne.")
        place, remark = place_of(codes[0])
        found = classes(row["class"]) if row["class"] else ()
        if not found:
            raise LineError("Le classement manque.")
        entries = tuple(Entry(place.insee, c.status, c.label, "", "", c.valid_from, c.valid_to) for c in found)
        return entries, (remark,) if remark else ()

    return read_line(number, f"{row['code']} {row.get('name', '')}".strip(), read)


def _merged(lines: list[Line]) -> list[Line]:
    """Of former communes that are one today, at least one of which is under a code that is no longer its own."""
    groups: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        if line.entries:
            groups.setdefault(line.entries[0].insee, []).append(place)
    for group in groups.values():
        if len(group) < 2 or not any(lines[place].remarks for place in group):
            continue
        own = {lines[place].label.split(" ")[0] for place in group}
        if len(own) < len(group):
            continue  # the same code twice is no merger
        first, *others = group
        if any(lines[place].entries != lines[first].entries for place in others):
            entries = (_together([entry for place in group for entry in lines[place].entries]),)
            note = f"réunit des communes classées différemment (lignes {', '.join(str(lines[p].number) for p in group)})\u00a0: classée en partie"
            lines[first] = replace(lines[first], entries=entries, remarks=(*lines[first].remarks, note))
        for place in others:
            told = f"comptée avec la ligne {lines[first].number}, qui est de la même commune aujourd’hui"
            lines[place] = replace(lines[place], entries=(), remarks=(*lines[place].remarks, told))
    return lines


def _together(entries: list[Entry]) -> Entry:
    """Partly classed for as long as any part is."""
    classed = [entry for entry in entries if entry.status != Status.NONE]
    ends = [entry.valid_to for entry in classed]
    last = None if any(end is None for end in ends) else max(end for end in ends if end is not None)
    return Entry(entries[0].insee, Status.PARTIAL, "Communes réunies, classées différemment", valid_to=last)


def _header(cells: Sequence[str], classes: Sequence[str], simple: int | None = None) -> dict[str, int] | None:
    code = column(cells, _CODES)
    classed = simple if simple is not None else column(cells, classes, part=True)
    if code is None or classed is None or code == classed:
        return None
    name = column(cells, _NAMES)
    return {"code": code, "class": classed} | ({"name": name} if name is not None else {})
