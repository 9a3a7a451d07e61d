# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coordinators read lists of makers and places in: choose, look at what would change, confirm."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
from cms.views.coordination import coordinators_only
from fablabs.imports.formats import FORMATS
from fablabs.imports.reading import MAX_BYTES, UnreadableFileError
from fablabs.imports.services import CHANGED, KEPT, NEW, SAME, WRONG, StaleImportError, apply, drop, preview
from fablabs.imports.template import COLUMNS
from fablabs.models import ImportRun
from fabrication.spreadsheets import harmless

_LINES_A_PAGE = 100
_NAMES = {known.identifier: known.french for known in FORMATS}
#: Status → what it says of many lines, the colour of its badge.
_STATUSES = {
    NEW: ("nouveaux", "new"),
    CHANGED: ("modifiés", "info"),
    SAME: ("inchangés", ""),
    KEPT: ("laissés tels quels", "warning"),
    WRONG: ("en erreur", "error"),
}


class _RunFilters(ListFilters):
    recherche = words_filter("Nom du fichier", "name")
    etat = choice_filter("État", {state.value: (str(state.label), Q(state=state)) for state in ImportRun.State}, "tous")


def list_name(run: ImportRun) -> str:
    return _NAMES.get(run.format, run.format)


def _counts(run: ImportRun) -> str:
    return ", ".join(f"{count} {status}" for status, count in run.counts.items())


_RUNS = (
    Column("fichier", "Fichier", (Lower("name"),), lambda run: run.name, words="fichier"),
    Column("liste", "Liste", ("format",), list_name, words="liste"),
    Column("etat", "État", ("state",), lambda run: run.get_state_display(), words="état"),
    Column("lignes", "Lignes", (), _counts, words="lignes"),
    Column("par", "Par", (Lower("actor__email"),), lambda run: str(run.actor or ""), words="par"),
    Column("lue", "Le", ("created_at",), lambda run: run.created_at, words="lue le", largest_first=True),
)
_LINES = (
    Column("ligne", "Ligne", cell=lambda row: row["number"], key=lambda row: row["number"], words="ligne"),
    Column("nom", "Nom", cell=lambda row: row["label"], key=lambda row: row["label"].casefold(), words="nom"),
    Column("resultat", "Résultat", cell=lambda row: row["status"], key=lambda row: row["status"], words="etat"),
    Column("remarque", "Remarque", cell=lambda row: row["words"], words="remarque"),
)


def runs(request: HttpRequest) -> HttpResponseBase:
    """The lists read in so far, and a form for another."""
    coordinators_only(request)
    error = ""
    if request.method == "POST":
        file = request.FILES.get("fichier")
        if file is None:
            error = "Choisissez un fichier."
        else:
            try:
                run = preview(file.read(MAX_BYTES + 1), file.name or "liste", actor=request.user)  # type: ignore[arg-type]
            except UnreadableFileError as refusal:
                error = refusal.french
            else:
                return redirect("import", run.public_id)
    found = ImportRun.objects.defer("data", "report").select_related("actor")
    table = Table(request, _RUNS, found, usual="-lue", name="imports", filters=_RunFilters)
    if (file := table.file()) is not None:
        return file
    for run in table.page:
        run.list_name = list_name(run)
    context = {
        "trail": [_workplace()], "table": table, "page": table.page, "error": error, "formats": FORMATS,
        "columns": COLUMNS,
    }  # fmt: skip
    return render(request, "cms/imports/runs.html", context, status=422 if error else 200)


@require_GET
def run_page(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """What each line would do, or did; ``etat`` narrows it to one status."""
    run = _run_or_404(request, public_id)
    chosen = request.GET.get("etat", "")
    rows = [row for row in run.report if chosen in ("", row["status"])]
    for row in rows:
        row["badge"] = _STATUSES.get(row["status"], ("", ""))[1]
    table = Table(request, _LINES, rows, usual="ligne", name="import-rapport", a_page=_LINES_A_PAGE)
    if (file := table.file()) is not None:
        return file
    context = {
        "trail": [_workplace(), {"url": reverse("imports"), "title": "Importer une liste"}],
        "run": run,
        "list_name": list_name(run),
        "table": table,
        "lines": table.page,
        "chosen": chosen,
        "counts": [
            (status, words, run.counts[status]) for status, (words, _) in _STATUSES.items() if run.counts.get(status)
        ],
        "useful": run.counts.get(NEW, 0) + run.counts.get(CHANGED, 0),
        "wrong": run.counts.get(WRONG, 0),
    }
    return render(request, "cms/imports/run.html", context)


@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    run = _run_or_404(request, public_id)
    try:
        apply(run, actor=request.user)  # type: ignore[arg-type]
    except StaleImportError as error:
        messages.error(request, error.french)
    except ValueError:
        messages.error(request, "Cette liste a déjà été importée ou abandonnée.")
    else:
        messages.success(request, "La liste est importée.")
    return redirect("import", public_id)


@require_POST
def give_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    run = _run_or_404(request, public_id)
    try:
        drop(run, actor=request.user)  # type: ignore[arg-type]
    except ValueError:
        messages.error(request, "Cette liste a déjà été importée ou abandonnée.")
    return redirect("imports")


@require_GET
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same as a table, for whoever mends the list."""
    run = _run_or_404(request, public_id)
    rows = [["ligne", "nom", "etat", "remarque"]]
    rows += [
        [str(row["number"]), *(harmless(row[name]) for name in ("label", "status", "words"))] for row in run.report
    ]
    response = HttpResponse("\ufeff" + _csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="import-rapport.csv"'
    return response


@require_GET
def template_file(request: HttpRequest, kind: str) -> HttpResponse | FileResponse:
    """Our template with one example, as CSV or XLSX."""
    coordinators_only(request)
    rows = [list(COLUMNS), [example for _, example in COLUMNS.values()]]
    if kind == "csv":
        response = HttpResponse("\ufeff" + _csv(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="modele-ateliers.csv"'
        return response
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Ateliers"
    for row in rows:
        sheet.append(row)
    for cells, (words, _) in zip(sheet.columns, COLUMNS.values(), strict=True):
        sheet.column_dimensions[cells[0].column_letter].width = max(14, min(40, len(words)))
        for cell in cells:
            cell.number_format = "@"  # text: a SIRET and a postcode keep their zeros
    explained = book.create_sheet("Colonnes")
    explained.append(["colonne", "à écrire", "exemple"])
    for column, (words, example) in COLUMNS.items():
        explained.append([column, words, example])
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    return FileResponse(data, as_attachment=True, filename="modele-ateliers.xlsx")


def _workplace() -> dict[str, str]:
    return {"url": reverse("workplace"), "title": "Mon espace"}


def _run_or_404(request: HttpRequest, public_id: UUID) -> ImportRun:
    coordinators_only(request)
    run = ImportRun.objects.defer("data").select_related("actor").filter(public_id=public_id).first()
    if run is None:
        raise Http404
    return run


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue()
