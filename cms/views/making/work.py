# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshop's page of an order: files, sheets, pieces, photos. Made for a telephone in a hall."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cms.views.making.access import lines_of, made_order, noted, pieces_of, private, taken, trail_of
from cms.views.making.forms import PhotoForm
from cms.views.making.line import lines_of_order, stages_form, works_of
from cms.views.making.marks import label_files
from cms.views.making.ticking import version
from orders.models import Order, State
from orders.services.cutting import CUTTING
from orders.services.delivering import whereabouts


@require_safe
def making(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return making_page(request, made_order(request, public_id))


def making_page(
    request: HttpRequest, order: Order, *, sent: tuple[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """``sent``: a form that was refused, by its place on the page ("stages-<line pk>", "photo"). ``?lecture=17,8&ligne=1``: what
    the calliper reads, of the line's position."""
    pieces = pieces_of(order)
    works = works_of(order, pieces, request.GET, sent)
    photo = sent[1] if sent and sent[0] == "photo" else PhotoForm(pieces, prefix="photo")
    shown = [(sent[1], "")] if sent else [(work.reading, "") for work in works]
    context = {
        "title": f"Fabriquer {order}",
        "section": "board",
        "order": order,
        "lines": works,
        "there": whereabouts(pieces),
        "version": version(order),
        "to_start": order.state == State.COMMITTED,
        "may_tick": order.state in CUTTING,
        "photo_form": photo if order.state in CUTTING else None,
        "photos": list(order.photos.select_related("piece", "file").order_by("-pk")[:60]),
        "claims": list(order.claims.filter(resolved_at=None).select_related("piece")),
        "labels": label_files(len(pieces)),
        "errors": lines_of(*shown),
        "trail": trail_of(order, board=True),
    }
    return private(render(request, "cms/making/making.html", context, status=status))


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
    line = next((line for line in lines_of_order(order) if line.position == position), None)
    if line is None:
        raise Http404("Cette ligne n’est pas dans la commande.")
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
def photo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order = made_order(request, public_id)
    form = PhotoForm(pieces_of(order), request.POST, request.FILES, prefix="photo")
    if form.is_valid():
        done = "La photo est ajoutée\u00a0: l’acheteur la voit."
        answer = noted(request, order, _here(order, "photos"), form, form.given(), done=done)
        if answer is not None:
            return answer
    return making_page(request, order, sent=("photo", form), status=422)
