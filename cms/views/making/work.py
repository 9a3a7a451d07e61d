# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshop's page of an order: files, sheets, pieces, photos. Made for a telephone in a hall."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zipfile import BadZipFile

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cms.packages import PackageReader, package_reader
from cms.parameter_form import ParameterForm
from cms.stages import sentence
from cms.views.making.access import lines_of, made_order, noted, pieces_of, private, taken, trail_of
from cms.views.making.forms import PhotoForm, SheetsForm, StagesForm
from designs.errors import UnknownDesignError
from fabrication import artefacts
from fabrication.models import Job
from orders.models import Order, OrderLine, Piece, Production, State
from orders.services.delivering import whereabouts
from orders.services.pieces import WORKSHOP_STAGES, title_of

_WORKING = (State.IN_PRODUCTION, State.SHIPPED, State.DELIVERED, State.ACCEPTED)


@dataclass
class LineWork:
    """A line as the page shows it."""

    line: OrderLine
    title: str
    sizes: list[tuple[str, str]]
    pieces: list[Piece]
    stages: StagesForm
    productions: list[Production]
    production: Production | None = None
    sentence: str = ""
    sheets: list[dict[str, Any]] = field(default_factory=list)
    sheets_form: SheetsForm | None = None

    @property
    def to_cut(self) -> int:
        return sum(piece.stage == Piece.Stage.TO_CUT for piece in self.pieces)

    @property
    def without_files(self) -> int:
        return sum(piece.stage == Piece.Stage.TO_CUT and piece.production_id is None for piece in self.pieces)

    @property
    def in_workshop(self) -> int:
        return sum(piece.stage in WORKSHOP_STAGES for piece in self.pieces)

    @property
    def cut(self) -> int:
        return len(self.production.cut_sheets) if self.production else 0


@require_safe
def making(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return making_page(request, made_order(request, public_id))


def making_page(
    request: HttpRequest, order: Order, *, sent: tuple[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """``sent``: a form that was refused, by its place on the page ("stages-<line pk>", "sheets-<line pk>", "photo")."""
    pieces = pieces_of(order)
    lines = [_work(line, pieces, sent) for line in _lines(order)]
    there = whereabouts(pieces)
    photo = sent[1] if sent and sent[0] == "photo" else PhotoForm(pieces, prefix="photo")
    context = {
        "title": f"Fabriquer {order}",
        "section": "board",
        "order": order,
        "lines": lines,
        "there": there,
        "to_start": order.state == State.COMMITTED,
        "photo_form": photo if order.state in _WORKING else None,
        "photos": list(order.photos.select_related("piece", "file").order_by("-pk")[:60]),
        "claims": list(order.claims.filter(resolved_at=None).select_related("piece")),
        "errors": lines_of((sent[1], "")) if sent else [],
        "trail": trail_of(order, board=True),
    }
    return private(render(request, "cms/making/making.html", context, status=status))


def _lines(order: Order) -> list[OrderLine]:
    found = order.lines.filter(lot=None).select_related("revision").order_by("position")
    return list(found.prefetch_related("productions__job__package", "productions__machine"))


def _work(line: OrderLine, pieces: list[Piece], sent: tuple[str, forms.Form] | None) -> LineWork:
    own = [piece for piece in pieces if piece.line_id == line.pk]
    place, form = sent or ("", None)
    stages = form if isinstance(form, StagesForm) and place == f"stages-{line.pk}" else None
    productions = list(line.productions.all())
    found = LineWork(line, title_of(line), sizes_of(line), own, stages or stages_form(line, own), productions)
    found.production = next((row for row in productions if row.replaced_at is None), None)
    if found.production is not None:
        found.sentence = sentence(found.production.job)
        package = package_of(found.production.job)
        if package is not None:
            sheets = form if isinstance(form, SheetsForm) and place == f"sheets-{line.pk}" else None
            found.sheets_form = sheets or sheets_form(line, found.production, package)
            ticked = found.sheets_form.ticked()
            found.sheets = [{**sheet, "ticked": sheet["index"] in ticked} for sheet in package.sheet_pictures()]
    return found


def stages_form(line: OrderLine, pieces: list[Piece], data: Any = None) -> StagesForm:
    return StagesForm(pieces, data, prefix=f"l{line.pk}")


def sheets_form(line: OrderLine, production: Production, package: PackageReader, data: Any = None) -> SheetsForm:
    count = len(package.manifest["sheets"])
    return SheetsForm(
        count, data, prefix=f"s{line.pk}", initial={"sheets": [str(number) for number in production.cut_sheets]}
    )


def package_of(job: Job) -> PackageReader | None:
    """None while there is none, or if its file is gone."""
    if job.package is None:
        return None
    with suppress(OSError, BadZipFile, StopIteration):
        return package_reader(artefacts.file_of(job.package))
    return None


def sizes_of(line: OrderLine) -> list[tuple[str, str]]:
    """What is not the model's own: label and value."""
    assert line.revision is not None
    found = [("Matière", line.material), ("Finition", line.finish)]
    try:
        form = ParameterForm(line.revision.drawing(), line.parameters)
    except UnknownDesignError:
        return [row for row in found if row[1]]
    changed = form.query()
    sizes = [
        (str(f.label), f"{f.value}\u00a0{f.unit}" if f.unit else str(f.value)) for f in form.fields if f.name in changed
    ]
    return [row for row in [*sizes, *found] if row[1]]


def _line_or_404(order: Order, position: int) -> OrderLine:
    line = next((line for line in _lines(order) if line.position == position), None)
    if line is None:
        raise Http404("Cette ligne n’est pas dans la commande.")
    return line


def _here(order: Order, anchor: str = "") -> str:
    return reverse("making", args=[order.public_id]) + (f"#{anchor}" if anchor else "")


@require_POST
def start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order = made_order(request, public_id)
    done = "C’est parti\u00a0: chaque exemplaire a son numéro. Mesurez un panneau, puis préparez les fichiers."
    answer = taken(request, order, "start", _here(order), done=done)
    assert answer is not None
    return answer


@require_POST
def stages(request: HttpRequest, public_id: UUID, position: int) -> HttpResponse:
    """How far the pieces of a line are."""
    order = made_order(request, public_id)
    line = _line_or_404(order, position)
    form = stages_form(line, [piece for piece in pieces_of(order) if piece.line_id == line.pk], request.POST)
    if form.is_valid():
        answer = noted(
            request, order, _here(order, f"ligne-{position}"), form,
            {"stages": form.stages(), "seen_stages": form.shown()},
            note=form.cleaned_data["note"], done="L’avancement est noté.",
        )  # fmt: skip
        if answer is not None:
            return answer
    return making_page(request, order, sent=(f"stages-{line.pk}", form), status=422)


@require_POST
def sheets(request: HttpRequest, public_id: UUID, position: int) -> HttpResponse:
    """Which sheets are cut."""
    order = made_order(request, public_id)
    line = _line_or_404(order, position)
    production = next((row for row in line.productions.all() if row.replaced_at is None), None)
    package = package_of(production.job) if production else None
    if production is None or package is None:
        raise Http404("Ces fichiers ne sont pas prêts.")
    form = sheets_form(line, production, package, request.POST)
    if form.is_valid() and form.cleaned_data["production"] not in (None, production.pk):
        form.add_error(
            None, "Entre-temps, d’autres fichiers ont été préparés pour cette ligne\u00a0: cochez de nouveau."
        )
    if form.is_valid():
        given = {
            "production": production.pk,
            "sheets": [int(value) for value in form.cleaned_data["sheets"]],
            "most_sheets": len(package.manifest["sheets"]),
            "seen_sheets": form.shown(),
        }
        done = "Les panneaux découpés sont notés."
        answer = noted(request, order, _here(order, f"ligne-{position}"), form, given, done=done)
        if answer is not None:
            return answer
    return making_page(request, order, sent=(f"sheets-{line.pk}", form), status=422)


@require_POST
def photo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order = made_order(request, public_id)
    form = PhotoForm(pieces_of(order), request.POST, request.FILES, prefix="photo")
    if form.is_valid():
        done = "La photo est ajoutée\u00a0: l’acheteur la voit."
        answer = noted(request, order, _here(order, "photos"), form, form.given(), done=done)
        if answer is not None:
            return answer
    return making_page(request, order, sent=("photo", form), status=422)
