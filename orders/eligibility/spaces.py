# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of France Services spaces (ANCT). People's names, telephones and addresses of it are not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from accounts.registration import is_siret
from fablabs.imports.lines import LineError
from fablabs.imports.places import find_commune
from fablabs.imports.reading import Table
from orders.eligibility.lines import Entry, Line, once, read_line
from orders.eligibility.sheet import column
from orders.eligibility.zoning import Status

#: The first spaces were labelled on that day.
LABELS_FROM = date(2020, 1, 1)
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


def header(cells: Sequence[str]) -> dict[str, int] | None:
    name = column(cells, ("lib fs", "nom fs", "nom de la structure", "nom"))
    number = column(cells, ("id fs", "identifiant", "matricule fs", "id"))
    commune = column(cells, ("insee com", "code insee", "code commune"))
    if name is None or number is None or commune is None:
        return None
    more = {
        "postcode": column(cells, ("code postal", "cp")),
        "town": column(cells, ("lib com", "commune", "ville")),
        "siret": column(cells, ("siret",)),
        "label": column(cells, ("labellisation fs", "labellisation", "date de labellisation")),
    }
    return {"name": name, "number": number, "code": commune} | {k: at for k, at in more.items() if at is not None}


def space_lines(table: Table) -> tuple[Line, ...]:
    """Rows with "name", "number", "code" and, where the list has them, "postcode", "town", "siret", "label"."""
    return once([_line(number, row) for number, row in table.rows])


def _line(number: int, row: dict[str, str]) -> Line:
    name = " ".join(row["name"].replace("'", "’").split())[:200]

    def read() -> tuple[tuple[Entry, ...], tuple[str, ...]]:
        if not name:
            raise LineError("Le nom de l’espace manque.")
        if not row["number"]:
            raise LineError("L’identifiant de l’espace manque.")
        remarks = []
        code = row["code"].replace("=", "").strip(' "')
        place = find_commune(code, row.get("postcode", ""), row.get("town", ""))
        if code and code.zfill(5) != place.insee:
            remarks.append(f"le code {code} est lu comme {place.label} ({place.insee})")
        siret = re.sub(r"[\s\u00a0\u202f.]", "", row.get("siret", ""))
        if siret and not is_siret(siret):
            remarks.append(f"SIRET illisible, laissé de côté\u00a0: «\u00a0{siret[:20]}\u00a0»")
            siret = ""
        since, complaint = _since(row.get("label", ""))
        if complaint:
            remarks.append(complaint)
        entry = Entry(place.insee, Status.FULL, name, row["number"][:40], siret, since)
        return (entry,), tuple(remarks)

    return read_line(number, name, read)


def _since(text: str) -> tuple[date | None, str]:
    """The label's day in "Espace labellisé 01/02/2020"; a day that can't be is told and left out."""
    found = _DAY.search(text)
    if found is None:
        return None, ""
    try:
        return date(int(found[3]), int(found[2]), int(found[1])), ""
    except ValueError:
        return None, f"date de labellisation impossible\u00a0: {found[0]}"
