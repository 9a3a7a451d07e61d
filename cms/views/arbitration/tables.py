# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The listed intentions as CSV, which streams, and XLSX, for those who go on in a spreadsheet."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cms.views.arbitration.desk import desk_or_404
from cms.views.arbitration.listing import Listing, listing_of, titles
from designs.typography import french_number
from fabrication.spreadsheets import harmless
from orders.arbitration.criteria import CRITERIA, parts_of
from orders.models import Order, State
from orders.services.intentions import Row

Cell = str | int | float | Decimal | date | None

_HEAD = (
    "intention", "état", "acheteur", "SIRET", "commune de livraison", "code de la commune", "département", "habitants",
    "éligibilité", "classements", "demande", "professionnel", "mis à disposition de", "raisons", "déposée le",
    "souhaitée avant le", "estimation HT, de", "estimation HT, à", "dépense retenue HT", "subvention calculée",
    "subvention accordée", "raison de la décision", "points", *(f"points : {one.label}" for one in CRITERIA),
)  # fmt: skip
_VERDICTS = {"yes": "oui", "partly": "en partie", "unknown": "inconnue", "no": "non"}
#: Orders read at once while a file is written.
_BATCH = 500


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponseBase:
    """``form``: csv (semicolons, decimal comma, as French spreadsheets read it) or xlsx."""
    listing = listing_of(desk_or_404(request), request.GET)
    if listing is None:
        raise Http404("Il n’y a pas encore de campagne.")
    day = timezone.localdate().isoformat()
    name = f"intentions-{slugify(listing.campaign.slug)}-{day}.{form}"
    if form == "csv":
        response: HttpResponseBase = StreamingHttpResponse(_csv(listing), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response = FileResponse(
            _xlsx(listing),
            as_attachment=True,
            filename=name,
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    response["Cache-Control"] = "private, no-store"
    return response


def _cells(listing: Listing) -> Iterator[list[Cell]]:
    """A row each, in the list's order; what people typed is harmless."""
    models = titles()
    weights = listing.filters.weights
    for start in range(0, len(listing.rows), _BATCH):
        part = listing.rows[start : start + _BATCH]
        orders = (
            Order.objects.select_related("organisation")
            .prefetch_related("lines__lot")
            .defer("judgement")
            .in_bulk([row.pk for row in part])
        )
        for row in part:
            if (order := orders.get(row.pk)) is not None:
                yield _row(row, order, models, weights)


def _row(row: Row, order: Order, models: dict[str, str], weights: dict[str, int]) -> list[Cell]:
    receiver = f"{order.get_receiver_kind_display()} {order.receiver_name}".strip() if order.receiver_kind else ""
    who = f"{order.get_professional_display()} {order.professional_detail}".strip() if order.professional else ""
    return [
        row.reference,
        State(row.state).label,
        harmless(row.buyer_name),
        order.organisation.siret,
        harmless(row.commune),
        row.insee,
        row.department,
        row.facts.population,
        _VERDICTS.get(row.verdict, row.verdict),
        row.classes.upper(),
        harmless(asked_words(order, models)),
        harmless(who),
        harmless(receiver),
        harmless(order.reasons),
        timezone.localdate(order.submitted_at) if order.submitted_at else None,
        row.wanted_by,
        order.low_eur,
        row.high_eur,
        order.basis_eur,
        row.expected_eur,
        row.granted_eur,
        harmless(order.decision_reason),
        row.points,
        *(part.points for part in parts_of(row.facts, weights)),
    ]


def asked_words(order: Order, models: dict[str, str]) -> str:
    """ "4 × Chariot-établi, 2 × tablettes"."""
    return ", ".join(
        f"{line.quantity} × {models.get(line.design, line.design) if line.is_furniture else line.lot}"
        for line in order.lines.all()
    )


class _Echo:
    """What csv writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def _csv(listing: Listing) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")  # type: ignore[arg-type]
    yield "\ufeff".encode() + str(writer.writerow(_HEAD)).encode()
    for cells in _cells(listing):
        yield str(writer.writerow([_text(cell) for cell in cells])).encode()


def _text(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, Decimal):
        return french_number(cell, 2, zeros=True)
    if isinstance(cell, float):
        return french_number(cell, 1, zeros=True)
    return cell


def _xlsx(listing: Listing) -> IO[bytes]:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Intentions")
    sheet.freeze_panes = "B2"
    for place, width in enumerate((14, 18, 32, 16, 28), start=1):
        sheet.column_dimensions["ABCDE"[place - 1]].width = width
    head = [WriteOnlyCell(sheet, value=title) for title in _HEAD]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for cells in _cells(listing):
        sheet.append([_dated(sheet, cell) if isinstance(cell, date) else cell for cell in cells])
    target = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    book.save(target)
    target.seek(0)
    return target


def _dated(sheet: object, day: date) -> object:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=day)  # type: ignore[arg-type]
    cell.number_format = "DD/MM/YYYY"
    return cell
