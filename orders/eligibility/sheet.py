# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An official list as rows of texts, with the banner that may stand above its header: fablabs.imports.reading takes the
first row for the header, ministries put a title there. Encodings, workbooks and their limits are read there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from fablabs.geography.search import fold
from fablabs.imports.reading import (
    MAX_BYTES,
    MAX_ROWS,
    Table,
    UnreadableFileError,
    clean,
    csv_rows,
    decoded,
    spreadsheet_rows,
)

#: Rows above the header that are looked at.
_BANNER_ROWS = 30

#: The columns of a row of titles by what they are for, or None where it is no header of this list.
Header = Callable[[Sequence[str]], dict[str, int] | None]


def read_sheet(data: bytes, name: str, header: Header, wanted: str) -> Table:
    """Rows below the first one that ``header`` knows, with its names for the columns. ``wanted`` names the missing columns
    in the refusal. Formulas are not worked out: their last value counts. Raises UnreadableFileError."""
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(
            f"{name}: larger than {MAX_BYTES // 1_000_000} MB", f"Ce fichier dépasse {MAX_BYTES // 1_000_000}\u00a0Mo."
        )
    columns: dict[str, int] | None = None
    rows: list[tuple[int, dict[str, str]]] = []
    titles: tuple[str, ...] = ()
    for count, (number, cells) in enumerate(_rows(data, name)):
        if columns is None:
            if count >= _BANNER_ROWS:
                break
            columns = header(cells)
            titles = tuple(cells) if columns is not None else ()
            continue
        if not any(cells) or header(cells) is not None:  # a second header, in another language or for machines
            continue
        rows.append((number, {key: cells[at] if at < len(cells) else "" for key, at in columns.items()}))
        if len(rows) > MAX_ROWS:
            raise UnreadableFileError(f"{name}: more than {MAX_ROWS} rows", f"Ce fichier a plus de {MAX_ROWS} lignes.")
    if columns is None:
        raise UnreadableFileError(
            f"{name}: no header with {wanted} in the first {_BANNER_ROWS} rows",
            f"Aucune ligne de titres avec {wanted} dans les {_BANNER_ROWS} premières lignes.",
        )
    if not rows:
        raise UnreadableFileError(f"{name}: no row", "Ce fichier ne contient aucune ligne sous ses titres de colonnes.")
    return Table(titles, tuple(rows))


def column(cells: Sequence[str], names: Iterable[str], *, part: bool = False) -> int | None:
    """The place of the first of the names that is a title, whatever its capitals, accents and signs; with ``part``, of the
    first title that has one of them in it."""
    titles = [fold(cell) for cell in cells]
    for name in names:
        for place, title in enumerate(titles):
            if title == name or (part and name in title):
                return place
    return None


def _rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    if data[:4] == b"PK\x03\x04":
        source = spreadsheet_rows(data, name)
    else:
        text = decoded(data, name)
        source = csv_rows(text, _delimiter(text), name)
    for number, cells in source:
        yield number, [clean(cell) for cell in cells]


def _delimiter(text: str) -> str:
    """A banner has commas of its own: the separator is what stands in most of the lines."""
    lines = text.split("\n", _BANNER_ROWS * 2)[: _BANNER_ROWS * 2]
    return max(";\t,", key=lambda sign: sum(line.count(sign) > 0 for line in lines))
