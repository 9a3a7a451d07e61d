# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The official lists by their kind: how each is read, and what is known of it without being told."""

from __future__ import annotations

import re
from datetime import date

from fablabs.geography.search import fold
from orders.eligibility import classes, districts, spaces
from orders.eligibility.lines import OfficialList
from orders.eligibility.sheet import read_sheet
from orders.eligibility.zoning import Kind

_MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
           "decembre")  # fmt: skip


def read_official(kind: Kind, data: bytes, name: str = "file") -> OfficialList:
    """The list with its lines, faults among them. Raises UnreadableFileError."""
    if kind in (Kind.FRR, Kind.ZRR):
        return _classes(kind, data, name)
    if kind == Kind.QPV:
        table = districts.json_table(data, name)
        if table is None:
            table = read_sheet(data, name, districts.header, "code_qp, insee_com")
        lines = districts.district_lines(table)
        vintage = districts.vintage_of(lines)
        days: tuple[date, date | None] = (districts.NEW_FROM, None)
        if vintage == "2015":
            days = (districts.OLD_FROM, districts.OLD_TO_OVERSEAS)
        return OfficialList(kind, vintage, "ANCT, liste des quartiers prioritaires", days[0], days[1], True, lines)
    table = read_sheet(data, name, spaces.header, "id_fs, lib_fs, insee_com")
    return OfficialList(
        kind, _vintage_in(name), "ANCT, liste des espaces France services", spaces.LABELS_FROM, None, False,
        spaces.space_lines(table),
    )  # fmt: skip


def _classes(kind: Kind, data: bytes, name: str) -> OfficialList:
    days: tuple[date, date | None]
    if kind == Kind.FRR:
        table = read_sheet(data, name, classes.frr_header, "Code_insee, Classement")
        lines = classes.classed_lines(table, classes.frr_classes)
        source, days = "DGCL, communes classées en FRR", (classes.FRR_FROM, None)
    else:
        table = read_sheet(data, name, classes.zrr_header, "CODGEO, ZRR_SIMP")
        lines = classes.classed_lines(table, classes.zrr_classes)
        source, days = "ANCT, communes classées en ZRR", (classes.ZRR_FROM, classes.ZRR_TO)
    vintage = next(filter(None, map(_vintage_in, (*table.columns, name))), "")
    return OfficialList(kind, vintage, source, days[0], days[1], False, lines)


def _vintage_in(text: str) -> str:
    """ "au 10 juillet 2025" → "2025-07-10"; a file's name "…-2024-08.csv" → "2024-08", "…20240812" → "2024-08-12",
    "…cog2021.xls" → "2021"; "" where nothing is said."""
    words = fold(text)
    if found := re.search(rf"\b(\d{{1,2}})(?:er)? ({'|'.join(_MONTHS)}) (20\d\d)\b", words):
        day = _day(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
        return day.isoformat() if day else ""
    if found := re.search(rf"({'|'.join(_MONTHS)}) ?(20\d\d)", words):
        return f"{found[2]}-{_MONTHS.index(found[1]) + 1:02}"
    if found := re.search(
        r"(?<!\d)(20\d\d)[-_ ]?(0[1-9]|1[0-2])(?:[-_ ]?(0[1-9]|[12]\d|3[01]))?(?!\d)", text, re.ASCII
    ):
        return "-".join(part for part in found.groups() if part)
    found = re.search(r"(?<!\d)20\d\d(?!\d)", text, re.ASCII)
    return found[0] if found else ""


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
