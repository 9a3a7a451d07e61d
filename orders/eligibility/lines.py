# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a line of an official list becomes, or why nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from fablabs.imports.lines import LineError
from orders.eligibility.zoning import Kind, Status


@dataclass(frozen=True)
class Entry:
    """One zoning. A day that is None is the list's own."""

    insee: str
    status: Status
    label: str
    code: str = ""
    siret: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Line:
    """A line of the file, numbered as a spreadsheet counts. ``label`` is for the report. ``fault``: why it was left out;
    ``remarks``: what was mended. Both are French."""

    number: int
    label: str
    entries: tuple[Entry, ...] = ()
    fault: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfficialList:
    """A whole list with what the format knows of it. ``vintage`` is "" where the file doesn't say it."""

    kind: Kind
    vintage: str
    source: str
    valid_from: date
    valid_to: date | None
    is_complete: bool
    lines: tuple[Line, ...]


def read_line(number: int, label: str, read: Callable[[], tuple[tuple[Entry, ...], tuple[str, ...]]]) -> Line:
    """``read`` gives entries and remarks, or raises LineError with the fault."""
    try:
        entries, remarks = read()
    except LineError as error:
        return Line(number, label[:200], fault=str(error))
    return Line(number, label[:200], entries, remarks=remarks)


def once(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Each place and number once. A line that says the same as an earlier one is left out; two that contradict each
    other are both: which is right nobody knows."""
    known = list(lines)
    first: dict[tuple[str, str, date | None], int] = {}
    for place, line in enumerate(known):
        for entry in line.entries:
            other = first.setdefault((entry.insee, entry.code, entry.valid_from), place)
            if other == place:
                continue
            if entry in known[other].entries:
                known[place] = replace(
                    line, entries=(), fault=f"Même zonage qu’à la ligne {known[other].number}\u00a0: lu une fois."
                )
            else:
                for one, its in ((place, other), (other, place)):
                    fault = f"Dit autre chose que la ligne {known[its].number} de la même commune\u00a0: aucune des deux n’est lue."
                    known[one] = replace(known[one], entries=(), fault=fault)
            break
    return tuple(known)
