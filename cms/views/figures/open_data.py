# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables for everybody: a page that says what they hold, and the tables, written while they are read."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from designs.typography import typeset
from orders.services.open_data import LICENCE, TABLES, Table


@login_not_required
@require_safe
def open_data_page(request: HttpRequest) -> HttpResponse:
    tables = [
        {
            "name": table.name,
            "title": table.title,
            "sentence": typeset(table.sentence),
            "columns": [
                {
                    "name": one.name,
                    "kind": one.kind,
                    "unit": one.unit,
                    "meaning": typeset(one.meaning),
                    "source": one.source,
                }
                for one in table.columns
            ],
        }
        for table in TABLES.values()
    ]
    context: dict[str, Any] = {
        "title": "Données ouvertes", "section": "figures", "tables": tables, "licence": LICENCE,
    }  # fmt: skip
    return render(request, "cms/figures/open_data.html", context)


@login_not_required
@require_safe
def table(request: HttpRequest, name: str) -> HttpResponseBase:
    """UTF-8 without a byte-order mark, commas, points in decimals, RFC 4180 lines: for programs; spreadsheets ask for the coding."""
    found = TABLES.get(name)
    if found is None:
        raise Http404("Ce fichier n’existe pas.")
    response = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8; header=present")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="treteau-{found.name}-{day}.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    return response


class _Echo:
    """Gives a writer's text straight back."""

    def write(self, text: str) -> str:
        return text


def _csv(found: Table) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield writer.writerow([column.name for column in found.columns]).encode()
    for row in found.rows():
        yield writer.writerow(["" if value is None else value for value in row]).encode()
