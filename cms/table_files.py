# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists as CSV, which streams (semicolons, decimal comma, as French spreadsheets read it), and XLSX. Whatever people typed is made
harmless here, for every list."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from designs.typography import french_number
from fabrication.spreadsheets import harmless

Cell = str | int | float | Decimal | date | datetime | None
#: What the address may ask for.
FORMS = ("csv", "xlsx")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Characters; openpyxl measures nothing.
_NARROWEST, _WIDEST = 12, 40


def table_response(
    form: str, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, places: int = 2
) -> HttpResponseBase:
    """``form``: one of ``FORMS``; ``name``: the file's, without its ending, dated today; ``places``: decimals of floats in CSV."""
    file_name = f"{slugify(name)}-{timezone.localdate().isoformat()}.{form}"
    if form == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            _csv(head, rows, places), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    else:
        response = FileResponse(_xlsx(name, head, rows), as_attachment=True, filename=file_name, content_type=_XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


class _Echo:
    """What csv writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]], places: int) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")  # type: ignore[arg-type]
    yield "\ufeff".encode() + str(writer.writerow(head)).encode()
    for cells in rows:
        yield str(writer.writerow([_text(cell, places) for cell in cells])).encode()


def _text(cell: Cell, places: int) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{_local(cell):%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, Decimal):
        return french_number(cell, 2, zeros=True)
    if isinstance(cell, float):
        return french_number(cell, places, zeros=True)
    return harmless(cell) if isinstance(cell, str) else cell


def _xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31].translate(str.maketrans(dict.fromkeys("[]:*?/\\", " "))))
    sheet.freeze_panes = "B2"
    for place, words in enumerate(head, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(_WIDEST, max(_NARROWEST, len(words) + 2))
    titles = [WriteOnlyCell(sheet, value=words) for words in head]
    for cell in titles:
        cell.font = Font(bold=True)
    sheet.append(titles)
    for cells in rows:
        sheet.append([_value(sheet, cell) for cell in cells])
    target = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    book.save(target)
    target.seek(0)
    return target


def _value(sheet: object, cell: Cell) -> object:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(cell, str):
        return harmless(cell)
    if not isinstance(cell, date):
        return cell
    dated = WriteOnlyCell(sheet, value=_local(cell) if isinstance(cell, datetime) else cell)  # type: ignore[arg-type]
    dated.number_format = "DD/MM/YYYY HH:MM" if isinstance(cell, datetime) else "DD/MM/YYYY"
    return dated


def _local(at: datetime) -> datetime:
    """As a French clock shows it: a spreadsheet knows no zones."""
    return timezone.localtime(at).replace(tzinfo=None) if timezone.is_aware(at) else at
