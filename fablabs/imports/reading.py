# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A file of any of the accepted kinds → a table of texts. What is no such file is refused in words."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

#: Larger than any list of places; smaller than what would fill a worker.
MAX_BYTES = 10_000_000
MAX_ROWS = 50_000
#: What a spreadsheet may unpack to: it is a zip archive, and may be a bomb.
MAX_UNPACKED_BYTES = 100_000_000
_MAX_CELL = 10_000
#: Rows of a sheet that are looked at, empty ones with them, and columns.
_MAX_SHEET_ROWS, _MAX_COLUMNS = 2 * MAX_ROWS, 300


class UnreadableFileError(ValueError):
    """No table can be read from it; ``french`` is the sentence for people."""

    def __init__(self, english: str, french: str) -> None:
        super().__init__(english)
        self.french = french


@dataclass(frozen=True)
class Table:
    """``rows``: (number in the file as a spreadsheet counts, column → text, stripped); empty rows are left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_table(data: bytes, name: str = "file") -> Table:
    """CSV (comma, semicolon or tab; UTF-8 with or without BOM, else Windows-1252), XLSX (first sheet) or a JSON list of
    flat objects. Raises UnreadableFileError."""
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(
            f"{name}: larger than {MAX_BYTES // 1_000_000} MB",
            f"Ce fichier dépasse {MAX_BYTES // 1_000_000}\u00a0Mo\u00a0: ce n’est sans doute pas la bonne liste.",
        )
    if data[:4] == b"PK\x03\x04":
        return _table(spreadsheet_rows(data, name), name)
    text = decoded(data, name)
    if text.lstrip()[:1] == "[":
        return _json(text, name)
    first = text.split("\n", 1)[0]
    return _table(csv_rows(text, max(";,\t", key=first.count), name), name)


def decoded(data: bytes, name: str) -> str:
    """UTF-8 with or without its mark, else Windows-1252. Raises UnreadableFileError for what is no text."""
    if b"\0" in data:
        raise UnreadableFileError(
            f"{name}: neither text nor a spreadsheet",
            "Ce fichier n’est ni un texte (CSV, JSON) ni un classeur XLSX. Un ancien classeur (.xls) ou un document "
            "OpenDocument s’enregistre en CSV depuis le tableur.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def csv_rows(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number in the file. Raises UnreadableFileError."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        while True:
            # A quoted cell may hold line breaks: a row has the number of its first line.
            number = reader.line_num + 1
            row = next(reader, None)
            if row is None:
                return
            yield number, row
    except csv.Error as error:
        raise UnreadableFileError(
            f"{name}: line {reader.line_num}: {error}",
            f"La ligne {reader.line_num} n’est pas du CSV valable\u00a0: vérifiez les guillemets.",
        ) from error


def spreadsheet_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """Of the first sheet, formulas by their last value. Raises UnreadableFileError."""
    broken = UnreadableFileError(
        f"{name}: no readable XLSX workbook",
        "Ce classeur ne s’ouvre pas. Enregistrez-le de nouveau en XLSX, ou en CSV.",
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise broken
    except zipfile.BadZipFile as error:
        raise broken from error
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        # A number of a row or column is only said, and may be any: what lies between is made up as it is read.
        rows = sheet.iter_rows(values_only=True, max_row=_MAX_SHEET_ROWS, max_col=_MAX_COLUMNS)
        for number, row in enumerate(rows, start=1):
            yield number, [_cell(value) for value in row]
    except UnreadableFileError:
        raise
    except Exception as error:  # openpyxl lets through whatever a broken part of the archive makes Python say
        raise broken from error


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a postcode typed as a number
    return _plain(value)


def _json(text: str, name: str) -> Table:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            f"{name}: not valid JSON: {error}", "Ce fichier n’est pas du JSON valable."
        ) from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableFileError(
            f"{name}: a JSON list of objects is expected", "Une liste JSON d’objets est attendue, un objet par lieu."
        )
    columns = tuple(dict.fromkeys(clean(str(key)) for entry in entries for key in entry))
    rows = [
        (number, {clean(str(k)): _plain(v) for k, v in entry.items()}) for number, entry in enumerate(entries, start=1)
    ]
    return _bounded(columns, rows, name)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(_plain(item) for item in value)
    return "" if value is None else clean(str(value))


def clean(text: str) -> str:
    """Without what no database takes: NUL, and halves of a character that JSON can write."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().strip()[:_MAX_CELL]


def _table(lines: Iterable[tuple[int, list[str]]], name: str) -> Table:
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in lines:
        cells = [cell.strip()[:_MAX_CELL] for cell in cells]
        if not any(cells):
            continue
        if not columns:
            columns = tuple(cells)
            continue
        rows.append((number, {column: cell for column, cell in zip(columns, cells, strict=False) if column}))
        if len(rows) > MAX_ROWS:
            break
    return _bounded(columns, rows, name)


def _bounded(columns: tuple[str, ...], rows: list[tuple[int, dict[str, str]]], name: str) -> Table:
    if not rows:
        raise UnreadableFileError(f"{name}: no row", "Ce fichier ne contient aucune ligne sous ses titres de colonnes.")
    if len(rows) > MAX_ROWS:
        raise UnreadableFileError(
            f"{name}: more than {MAX_ROWS} rows",
            f"Ce fichier a plus de {MAX_ROWS // 1000}\u202f000 lignes\u00a0: coupez-le en plusieurs.",
        )
    return Table(columns, tuple(rows))
