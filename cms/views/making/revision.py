# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model was published anew, and nothing of a line is cut: what changes for this workshop, and its choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.views.making.access import has_passed, lines_of, made_order, private, taken, trail_of
from cms.views.making.line import sizes_of
from cms.views.making.revision_changes import changes_for
from designs.models import DesignRevision
from orders.models import UNCUT, Order, OrderLine, RevisionChoice, State
from orders.services.moving import Offer, offers_of, proof_of
from orders.services.pieces import title_of
from orders.services.revision_news import said

_MOVES = {"passer": "move_revision", "garder": "keep_revision"}


class RevisionForm(forms.Form):
    revision = forms.RegexField(r"\A[0-9]{1,18}\Z", label="Votre choix", widget=forms.HiddenInput)
    choix = forms.ChoiceField(label="Votre choix", choices=[(name, name) for name in _MOVES], widget=forms.HiddenInput)


@dataclass(frozen=True)
class Changelog:
    """One revision after the one that is to be cut, as its designers describe it."""

    number: int
    changes: str


@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: HttpRequest, public_id: UUID, position: int) -> HttpResponse:
    """For the maker's people; anybody else's order is 404."""
    order = made_order(request, public_id)
    line = order.lines.select_related("revision", "moved_to").filter(position=position, lot=None).first()
    if line is None:
        raise Http404("Cette ligne n’est pas dans la commande.")
    line.order = order
    offer = offers_of([line]).get(line.pk)
    form = RevisionForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        passed = has_passed(request, order, *_MOVES.values(), form=form)
        if passed is not None:
            return passed
        if form.is_valid():
            answer = _chosen(request, order, line, form)
            if answer is not None:
                return answer
    proof = proof_of(offer) if offer is not None and State(order.state) in UNCUT else None
    context: dict[str, Any] = {
        "title": f"{title_of(line)}\u00a0: une révision plus récente"
        if offer
        else f"{title_of(line)}\u00a0: révisions",
        "section": "board",
        "order": order,
        "line": line,
        "sizes": sizes_of(line),
        "offer": offer,
        "proof": proof,
        "for_you": said(proof) if proof is not None else "",
        "changes": changes_for(offer) if offer is not None and proof is not None else None,
        "changelog": _changelog(offer) if offer is not None else [],
        "has_files": line.productions.filter(replaced_at=None).exists(),
        "choices": _choices(line),
        "errors": lines_of((form, "")),
        "here": reverse("making-revision", args=[order.public_id, position]),
        "back": reverse("making", args=[order.public_id]),
        "trail": trail_of(order, board=True),
    }
    return private(render(request, "cms/making/revision.html", context, status=422 if form.is_bound else 200))


def _chosen(request: HttpRequest, order: Order, line: OrderLine, form: RevisionForm) -> HttpResponse | None:
    moves = form.cleaned_data["choix"] == "passer"
    here = reverse("making", args=[order.public_id]) + f"#ligne-{line.position}"
    given = {"line": line.pk, "revision": int(form.cleaned_data["revision"])}
    answer = taken(request, order, _MOVES[form.cleaned_data["choix"]], here, form=form, given=given)
    if answer is not None and answer.status_code == 302:
        messages.success(request, _done(line, moves))
    return answer


def _done(line: OrderLine, moves: bool) -> str:
    if not moves:
        return "C’est noté\u00a0: vous gardez la révision prévue. Cette question ne sera plus posée."
    if line.productions.filter(replaced_at=None).exists():
        return "C’est noté, l’acheteur est prévenu. Les fichiers de la nouvelle révision se préparent."
    return "C’est noté, l’acheteur est prévenu. Les prochains fichiers seront ceux de la nouvelle révision."


def _changelog(offer: Offer) -> list[Changelog]:
    """Of every revision that lies between, the latest first."""
    rows = DesignRevision.objects.filter(
        design=offer.line.design, number__gt=offer.made.number, number__lte=offer.revision.number
    )
    return [
        Changelog(number, str((texts or {}).get("changes") or ""))
        for number, texts in rows.order_by("-number").values_list("number", "texts")
    ]


def _choices(line: OrderLine) -> list[tuple[RevisionChoice, str]]:
    rows = RevisionChoice.objects.filter(line=line).select_related("revision", "chosen_by").order_by("-pk")
    return [(row, _words(row)) for row in rows]


def _words(row: RevisionChoice) -> str:
    who = row.chosen_by.short_name if row.chosen_by else "l’atelier"
    number = cast(int, row.revision.number)
    what = f"est passé à la révision {number}" if row.moves else f"n’a pas pris la révision {number}"
    return f"Le {timezone.localtime(row.chosen_at):%d/%m/%Y}, l’atelier ({who}) {what}."
