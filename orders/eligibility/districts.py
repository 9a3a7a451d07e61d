# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of priority districts (QPV): ANCT's CSV, or the outlines as JSON ({"qpvs": [{code, label, insee: […]}]})."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from fablabs.imports.lines import LineError
from fablabs.imports.reading import MAX_ROWS, Table, UnreadableFileError
from orders.eligibility.codes import codes_in, place_of
from orders.eligibility.lines import Entry, Line, once, read_line
from orders.eligibility.sheet import column
from orders.eligibility.zoning import Status

#: Decree 2023-1314 for the mainland, decree 2024-1212 overseas; the districts of 2015 (decree 2014-1750) held before.
NEW_FROM, NEW_FROM_OVERSEAS = date(2024, 1, 1), date(2025, 1, 1)
OLD_FROM, OLD_TO, OLD_TO_OVERSEAS = date(2015, 1, 1), date(2023, 12, 31), date(2024, 12, 31)
#: The outlines unpack to some megabytes.
_MAX_UNPACKED = 60_000_000
_DISTRICT = re.compile(r"Q[NP][0-9A-Z]{6}", re.ASCII)


def header(cells: Sequence[str]) -> dict[str, int] | None:
    code = column(cells, ("code qp", "code quartier", "code qpv", "codeqp", "codeqpv"))
    communes = column(cells, ("insee com", "code insee", "code commune", "codes insee", "insee"))
    if code is None or communes is None:
        return None
    name = column(cells, ("lib qp", "nom qp", "quartier prioritaire", "nom du quartier", "libelle"))
    return {"district": code, "code": communes} | ({"name": name} if name is not None else {})


def json_table(data: bytes, name: str) -> Table | None:
    """The rows of the outlines' file, packed with gzip or not; None if the file is no JSON object. Outlines are not read:
    a commune is looked up, not an address. Raises UnreadableFileError."""
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(_MAX_UNPACKED + 1)
        except (OSError, EOFError) as error:
            raise UnreadableFileError(f"{name}: broken gzip", "Ce fichier compressé ne s’ouvre pas.") from error
    if data.lstrip()[:1] != b"{":
        return None
    if len(data) > _MAX_UNPACKED:
        raise UnreadableFileError(f"{name}: too large once unpacked", "Ce fichier est trop grand une fois ouvert.")
    try:
        districts = json.loads(data)["qpvs"]
        rows = tuple((number, _row(entry)) for number, entry in enumerate(districts, start=1))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableFileError(
            f'{name}: JSON with "qpvs": [{{code, label, insee}}] is expected',
            "Ce JSON n’est pas celui des contours de quartiers\u00a0: «\u00a0qpvs\u00a0» attendu, avec code, label et insee.",
        ) from error
    if not rows or len(rows) > MAX_ROWS:
        raise UnreadableFileError(f"{name}: {len(rows)} districts", f"Ce fichier a {len(rows)} quartiers.")
    return Table(("code", "label", "insee"), rows)


def district_lines(table: Table) -> tuple[Line, ...]:
    """Rows with "district", "code" (of one or more communes) and "name"."""
    return once([_line(number, row) for number, row in table.rows])


def vintage_of(lines: Sequence[Line]) -> str:
    """The codes of 2024 begin with QN, those of 2015 with QP."""
    kinds = {entry.code[:2] for line in lines for entry in line.entries}
    return "2024" if "QN" in kinds else "2015" if "QP" in kinds else ""


def _row(entry: dict[str, Any]) -> dict[str, str]:
    communes = entry["insee"]
    if not isinstance(communes, list):
        communes = [communes]
    label = str(entry.get("label") or "").replace("\0", "").encode("utf-8", "ignore").decode()
    return {"district": str(entry["code"]), "name": label, "code": ";".join(str(code) for code in communes)}


def _line(number: int, row: dict[str, str]) -> Line:
    district = row["district"].strip(' ="').upper()
    label = " ".join(row.get("name", "").replace("'", "’").split())[:200]

    def read() -> tuple[tuple[Entry, ...], tuple[str, ...]]:
        if not _DISTRICT.fullmatch(district):
            raise LineError(f"«\u00a0{district[:40]}\u00a0» n’est pas un code de quartier prioritaire.")
        places = [place_of(code) for code in codes_in(row["code"])]
        names = dict.fromkeys(place.insee for place, _ in places)
        entries = tuple(_entry(insee, label or district, district) for insee in names)
        return entries, tuple(remark for _, remark in places if remark)

    return read_line(number, f"{district} {label}".strip(), read)


def _entry(insee: str, label: str, district: str) -> Entry:
    overseas = insee[:2] in ("97", "98")
    if district.startswith("QP"):
        return Entry(insee, Status.FULL, label, district, "", OLD_FROM, OLD_TO_OVERSEAS if overseas else OLD_TO)
    return Entry(insee, Status.FULL, label, district, "", NEW_FROM_OVERSEAS if overseas else NEW_FROM)
