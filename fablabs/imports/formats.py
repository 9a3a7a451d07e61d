# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lists that can be read in, by identifier, and which of them a table is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from fablabs.imports.lines import ContactEntry, Line
from fablabs.imports.lists import fablabs_io, recensement, tiers_lieux_2019
from fablabs.imports.reading import Table, UnreadableFileError
from fablabs.imports.template import template


@dataclass(frozen=True)
class ListFormat:
    """``needs``: columns without which a table is not this list, in capitals."""

    identifier: str
    french: str
    needs: frozenset[str]
    lines: Callable[[Table], Iterable[Line]]


FORMATS = (
    ListFormat("modele", "Modèle Tréteau", frozenset({"SIREN", "SIRET", "ATELIER", "TYPE"}), template),
    ListFormat("fablabs-io", "Export de fablabs.io", frozenset({"NAME", "KIND_NAME", "CAPABILITIES"}), fablabs_io),
    ListFormat("tiers-lieux-2019", "Tiers-lieux 2019", frozenset({"NOM_TL", "INSEECOM", "TYPO"}), tiers_lieux_2019),
    ListFormat(
        "recensement", "Recensement des tiers-lieux", frozenset({"NOM", "ADRESSE", "CODPOST", "VILLE"}), recensement
    ),
)


def format_of(table: Table) -> ListFormat:
    """Raises UnreadableFileError for a table that is none of the lists, naming its columns."""
    columns = {column.upper() for column in table.columns}
    for known in FORMATS:
        if known.needs <= columns:
            return known
    seen = ", ".join(table.columns)[:300]
    names = "\u00a0; ".join(known.french for known in FORMATS)
    raise UnreadableFileError(
        f"none of the known lists; columns: {seen}",
        f"Cette liste n’est pas reconnue. Listes lues\u00a0: {names}. Colonnes du fichier\u00a0: {seen}.",
    )


def read_lines(table: Table) -> tuple[ListFormat, list[Line]]:
    """Every line; a place that the list has twice is kept once, and the second says so."""
    known = format_of(table)
    if known.identifier == "modele":  # titles as one types them
        table = Table(
            tuple(c.lower() for c in table.columns),
            tuple((n, {c.lower(): v for c, v in row.items()}) for n, row in table.rows),
        )
    seen: dict[str, int] = {}
    result = []
    for line in known.lines(table):
        if isinstance(line.entry, ContactEntry):
            first = seen.setdefault(line.entry.source_id, line.number)
            if first != line.number:
                line = replace(line, entry=None, fault=f"Même lieu qu’à la ligne {first}\u00a0: lu une fois.")
        result.append(line)
    return known, result
