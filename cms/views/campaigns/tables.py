# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A run's lines as CSV and XLSX, for those who go on in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cms.views.campaigns.runs import run_or_404
from designs.typography import french_number
from fabrication.models import AssignmentRun
from fabrication.spreadsheets import harmless

_HEAD = ("commande", "commune", "modèle", "quantité", "atelier", "nom de l’atelier", "distance (km)", "raison")
Cell = str | int | float | None


@require_safe
def table(request: HttpRequest, public_id: UUID, form: str) -> HttpResponse:
    """``form``: csv (semicolons, decimal comma, as French spreadsheets read it) or xlsx."""
    try:
        run = run_or_404(request, UUID(str(public_id)))
    except ValueError as error:  # the address takes any 36 of an identifier's signs
        raise Http404("Cette répartition n’existe pas.") from error
    if run.state != AssignmentRun.State.DONE:
        raise Http404("Cette répartition n’a pas de résultat.")
    if form == "csv":
        content, kind = _csv(run), "text/csv; charset=utf-8"
    else:
        content, kind = _xlsx(run), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content, content_type=kind)
    name = f"repartition-{slugify(run.campaign) or 'campagne'}-{run.pk}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(run: AssignmentRun) -> Iterator[tuple[Cell, ...]]:
    fields = ("demand", "place", "design", "quantity", "maker", "maker_name", "metres", "reason")
    for demand, place, design, quantity, maker, name, metres, reason in run.rows.order_by("position").values_list(
        *fields
    ):
        km = None if metres is None else metres / 1000
        yield (harmless(demand), place, design, quantity, harmless(maker), harmless(name), km, harmless(reason))


def _csv(run: AssignmentRun) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEAD)
    for row in _rows(run):
        writer.writerow([french_number(cell, 3, zeros=True) if isinstance(cell, float) else cell for cell in row])
    return target.getvalue().encode("utf-8-sig")


def _xlsx(run: AssignmentRun) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Répartition"
    sheet.append(list(_HEAD))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in _rows(run):
        sheet.append(list(row))
    for letter, width in zip("ABCDEFGH", (16, 28, 14, 10, 22, 30, 14, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for (cell,) in sheet.iter_rows(min_row=2, min_col=7, max_col=7):
        cell.number_format = "0.0"
    sheet.freeze_panes = "A2"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
