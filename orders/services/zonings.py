# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An official list into the database: every valid line in one transaction, or none; the same file twice changes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from orders.eligibility.formats import read_official
from orders.eligibility.lines import Entry, Line, OfficialList
from orders.eligibility.zoning import Kind, Status
from orders.models import Zoning, ZoningList

NEW, CHANGED, SAME, KEPT, REMOVED, WRONG = "nouveau", "modifié", "inchangé", "gardé", "retiré", "erreur"
_FIELDS = ("status", "label", "siret", "valid_to")
_BATCH = 500


class ZoningImportError(ValueError):
    """The list can't be imported as it is; ``french`` is the sentence for people."""

    def __init__(self, english: str, french: str) -> None:
        super().__init__(english)
        self.french = french


@dataclass(frozen=True)
class Outcome:
    """What a line of the file did. Number 0: a zoning of an earlier file that this one doesn't have."""

    number: int
    label: str
    status: str
    words: str = ""


@dataclass(frozen=True)
class Report:
    """``outcomes`` in the order of the file; ``counts``: status → lines; ``is_new``: the list was not known."""

    source: OfficialList
    is_new: bool
    outcomes: tuple[Outcome, ...]

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(outcome.status for outcome in self.outcomes))


def read_list(
    kind: str,
    data: bytes,
    name: str,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    vintage: str = "",
    source: str = "",
) -> OfficialList:
    """The file, with what the caller knows better than the format. Raises UnreadableFileError, ZoningImportError."""
    official = read_official(Kind(kind), data, name)
    official = replace(
        official,
        vintage=vintage or official.vintage,
        source=(source or official.source)[:200],
        valid_from=valid_from or official.valid_from,
        valid_to=valid_to or official.valid_to,
    )
    if not official.vintage or len(official.vintage) > 20:
        raise ZoningImportError(
            "the file doesn't say its vintage: give it, 20 signs at most (2025-07-10, 2024-08 or 2024)",
            "Le fichier ne dit pas son millésime\u00a0: donnez-le (2025-07-10, 2024-08 ou 2024).",
        )
    if official.valid_to is not None and official.valid_to < official.valid_from:
        raise ZoningImportError(
            f"in force from {official.valid_from} to {official.valid_to}: the end is before the beginning",
            "La fin de validité est avant le début.",
        )
    if not any(line.entries for line in official.lines):
        fault = next((line.fault for line in official.lines if line.fault), "")
        raise ZoningImportError(
            f"no valid line; the first says: {fault}", f"Aucune ligne valable. La première dit\u00a0: {fault}"
        )
    return official


def import_list(
    official: OfficialList,
    *,
    file_name: str = "",
    data: bytes = b"",
    is_demo: bool = False,
    replace_all: bool = False,
    dry_run: bool = False,
) -> Report:
    """Write a list. What an earlier file of the same kind and vintage had and this one has not is kept, unless
    ``replace_all``: a file that was cut short loses nothing. Judgements of the past have their own lines frozen."""
    with transaction.atomic():
        row, is_new = _row(official, is_demo)
        outcomes = _write(row, official, replace_all)
        row.file_name, row.sha256 = file_name[:200], hashlib.sha256(data).hexdigest() if data else ""
        row.counts = _counts(row)
        row.save()
        if dry_run:
            transaction.set_rollback(True)
    return Report(official, is_new, tuple(outcomes))


def lists_shown(day: date) -> list[ZoningList]:
    """What answers rest on, for anybody: every official list, and the demonstration's where none is in force."""
    rows = list(ZoningList.objects.all())
    official = {
        row.kind
        for row in rows
        if not row.is_demo and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
    }
    return [row for row in rows if not (row.is_demo and row.kind in official)]


def _row(official: OfficialList, is_demo: bool) -> tuple[ZoningList, bool]:
    """The list's row, locked, with the days and the source of this file."""
    row, is_new = ZoningList.objects.select_for_update().get_or_create(
        kind=official.kind.value,
        vintage=official.vintage,
        is_demo=is_demo,
        defaults={"source": official.source, "valid_from": official.valid_from, "valid_to": official.valid_to},
    )
    row.source, row.is_complete = official.source, official.is_complete
    row.valid_from, row.valid_to = official.valid_from, official.valid_to
    return row, is_new


def _write(row: ZoningList, official: OfficialList, replace_all: bool) -> list[Outcome]:
    known = {(one.insee, one.code, one.valid_from): one for one in row.zonings.all()}
    new: list[Zoning] = []
    changed: list[Zoning] = []
    outcomes: list[Outcome] = []
    seen: set[tuple[str, str, date]] = set()
    for line in official.lines:
        if line.fault:
            outcomes.append(Outcome(line.number, line.label, WRONG, line.fault))
            continue
        status = _take(line, row, official, known, new, changed, seen)
        outcomes.append(Outcome(line.number, line.label, status, ", ".join(line.remarks)))
    stale, kept = _gone(known, seen, replace_all)
    outcomes += [Outcome(0, str(one), REMOVED if replace_all else KEPT, "n’est pas dans ce fichier") for one in kept]
    if replace_all:
        stale += kept
    for at in range(0, len(stale), _BATCH):
        Zoning.objects.filter(pk__in=[one.pk for one in stale[at : at + _BATCH]]).delete()
    Zoning.objects.bulk_create(new, batch_size=_BATCH)
    Zoning.objects.bulk_update(changed, _FIELDS, batch_size=_BATCH)
    return outcomes


def _take(
    line: Line,
    row: ZoningList,
    official: OfficialList,
    known: dict[tuple[str, str, date], Zoning],
    new: list[Zoning],
    changed: list[Zoning],
    seen: set[tuple[str, str, date]],
) -> str:
    """The line's zonings, each to where it belongs; what happened to the line as a whole."""
    told: set[str] = set()
    for entry in _within(line.entries, official):
        values = _values(entry, official)
        key = (entry.insee, entry.code, values["valid_from"])
        seen.add(key)
        found = known.get(key)
        if found is None:
            new.append(Zoning(list=row, **values))
            told.add(NEW)
        elif all(getattr(found, name) == values[name] for name in _FIELDS):
            told.add(SAME)
        else:
            for name in _FIELDS:
                setattr(found, name, values[name])
            changed.append(found)
            told.add(CHANGED)
    if told <= {SAME}:
        return SAME
    return NEW if told == {NEW} else CHANGED


def _within(entries: tuple[Entry, ...], official: OfficialList) -> list[Entry]:
    """Without what had ended before the list began (a class that another took the place of), unless that is all."""
    begins = official.valid_from
    return [one for one in entries if one.valid_to is None or one.valid_to >= begins] or list(entries)


def _values(entry: Entry, official: OfficialList) -> dict[str, Any]:
    """A zoning that had ended before its list began is kept with its last day alone: the list then says that the place was
    classed and until when, instead of nothing."""
    begins = entry.valid_from or official.valid_from
    ends = entry.valid_to or official.valid_to
    if ends is not None:
        begins = min(begins, ends)
    return {
        "insee": entry.insee,
        "code": entry.code,
        "status": entry.status.value,
        "label": entry.label,
        "siret": entry.siret,
        "valid_from": begins,
        "valid_to": ends,
    }


def _gone(
    known: dict[tuple[str, str, date], Zoning], seen: Iterable[tuple[str, str, date]], replace_all: bool
) -> tuple[list[Zoning], list[Zoning]]:
    """(Other days of a place that the file speaks of: they are out of date; places that it doesn't speak of)."""
    spoken = {(insee, code) for insee, code, _ in seen}
    missing = [one for key, one in known.items() if key not in seen]
    stale = [one for one in missing if (one.insee, one.code) in spoken]
    return stale, [one for one in missing if (one.insee, one.code) not in spoken]


def _counts(row: ZoningList) -> dict[str, int]:
    """Communes that the list names, those of them that are classed at some time, and its lines by status."""
    rows = list(row.zonings.values_list("insee", "status"))
    statuses = Counter(status for _, status in rows)
    classed = {insee for insee, status in rows if status != Status.NONE}
    return {"communes": len({insee for insee, _ in rows}), "classed": len(classed), **statuses}
