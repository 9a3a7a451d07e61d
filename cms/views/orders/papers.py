# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The papers of an order: its section, the pages where they are prepared and sent back signed, and the files themselves."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from cms.security import FILES
from cms.views.orders.acting import order_or_404, take_step
from cms.views.orders.paper_forms import CommitmentForm, PrepareForm, SignedForm
from cms.views.orders.paper_pages import order_for, page
from orders.life import ACTIONS, Party
from orders.life.parties import parties_of
from orders.models import Buyer, Document, Order, State, StoredFile
from orders.papers.words import TITLES
from orders.services import storage
from orders.services.papers import is_ready, may_open, may_read, papers_for, printed, standing

#: Name of a form's button → the step.
_AGREEMENT = {"preparer": "prepare_agreement", "envoyer": "send_agreement", "enregistrer": "sign_agreement"}
_COMMITMENT = {"preparer": "prepare_commitment", "envoyer": "commit"}
_PDF = "default-src 'none'; object-src 'self'"
_DONE = {
    "prepare_agreement": "La convention est prête.",
    "send_agreement": "La convention est envoyée à la préfecture.",
    "sign_agreement": "La convention est enregistrée. L’acheteur peut choisir son atelier.",
    "prepare_commitment": "Le bon d’engagement est prêt\u00a0: imprimez-le, signez-le, puis envoyez-le ici.",
    "commit": "Le bon d’engagement est envoyé\u00a0: l’atelier est prévenu et peut commencer.",
}


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    rows = [_row(order, paper) for paper in papers_for(order, parties)]
    if not rows:
        return None
    return {
        "standing": [row for row in rows if not row["replaced_at"]],
        "replaced": [row for row in rows if row["replaced_at"]],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Prepared by either, signed and sent by the buyer, recorded with both signatures by the préfecture."""
    order, parties = order_for(request, public_id, frozenset({Party.BUYER, Party.PREFECTURE, Party.COORDINATOR}))
    if order.granted_eur is None:
        raise Http404("Cette commande n’a pas de convention.")
    sent = SignedForm(prefix="envoi")
    recorded = SignedForm(prefix="enregistrement")
    if request.method == "POST":
        action = _step_of(request, _AGREEMENT, parties)
        form: forms.Form = PrepareForm(request.POST)
        if action == "send_agreement":
            form = sent = SignedForm(request.POST, request.FILES, prefix="envoi")
        elif action == "sign_agreement":
            form = recorded = SignedForm(request.POST, request.FILES, prefix="enregistrement")
        if form.is_valid():
            answer = take_step(request, order, action, form=form, done=_DONE[action], anchor="papers")
            if answer is not None:
                return _back(answer, order, "order-agreement") if action == "prepare_agreement" else answer
    else:
        form = PrepareForm()
    ready = order.state == State.FUNDED and is_ready(order, Document.Kind.AGREEMENT)
    context = {
        "paper": _shown(order, Document.Kind.AGREEMENT, parties),
        "ready": ready,
        "is_open": order.state == State.FUNDED,
        "may_prepare": bool(parties & {Party.BUYER, Party.PREFECTURE}),
        "sent": sent if Party.BUYER in parties else None,
        "recorded": recorded if Party.PREFECTURE in parties else None,
        "general": form.non_field_errors(),
    }
    return page(request, order, "La convention de subvention", "agreement", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
def commitment_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Prepared, signed and sent by the buyer."""
    order, parties = order_for(request, public_id, frozenset({Party.BUYER}))
    if order.workshop is None or order.net_eur is None:
        raise Http404("Cette commande n’a pas encore d’atelier.")
    buyer = Buyer.objects.filter(organisation=order.organisation).first()
    numbers = CommitmentForm(
        initial={
            "engagement_number": order.engagement_number,
            "service_code": order.service_code or (buyer.service_code if buyer else ""),
        }
    )
    sent = SignedForm()
    form: forms.Form = numbers
    if request.method == "POST":
        action = _step_of(request, _COMMITMENT, parties)
        if action == "prepare_commitment":
            form = numbers = CommitmentForm(request.POST)
        else:
            form = sent = SignedForm(request.POST, request.FILES)
        if form.is_valid():
            answer = take_step(request, order, action, form=form, done=_DONE[action], anchor="papers")
            if answer is not None:
                return _back(answer, order, "order-commitment") if action == "prepare_commitment" else answer
    context = {
        "paper": _shown(order, Document.Kind.COMMITMENT, parties),
        "ready": order.state == State.MAKER_CHOSEN and is_ready(order, Document.Kind.COMMITMENT),
        "is_open": order.state == State.MAKER_CHOSEN,
        "needs_number": buyer is not None and buyer.needs_engagement,
        "numbers": numbers,
        "sent": sent,
        "general": form.non_field_errors(),
    }
    return page(request, order, "Le bon d’engagement", "commitment", context, form)


@require_safe
def order_paper(request: HttpRequest, public_id: UUID, paper_id: UUID) -> HttpResponse | FileResponse:
    """The PDF of a numbered paper; printed now if the worker has not yet."""
    order = order_or_404(request, public_id)
    paper = order.documents.select_related("pdf").filter(public_id=paper_id).first()
    if paper is None or not may_read(paper, order, parties_of(request.user, order)):  # type: ignore[arg-type]
        raise Http404("Ce document n’existe pas.")
    return file_response(request, printed(paper))


@require_safe
def order_file(request: HttpRequest, public_id: UUID, file_id: UUID) -> HttpResponse | FileResponse:
    """A scan or a photo of the order, for those whom it concerns."""
    order = order_or_404(request, public_id)
    file = order.files.filter(public_id=file_id).first()
    parties = parties_of(request.user, order)  # type: ignore[arg-type]
    if file is None or not may_open(file, order, parties, cast(User, request.user)):
        raise Http404("Ce fichier n’existe pas.")
    return file_response(request, file)


def file_response(request: HttpRequest, file: StoredFile) -> FileResponse:
    """Handed out as what it was found to be, and nothing in it runs; "?voir" shows it instead of saving it."""
    try:
        content = storage.opened(file)
    except FileNotFoundError as error:
        raise Http404("Ce fichier n’est plus gardé.") from error
    response = FileResponse(
        content, as_attachment="voir" not in request.GET, filename=file.name, content_type=file.content_type
    )
    # A PDF viewer is a page of the browser's own, which a sandbox would keep from starting.
    response["Content-Security-Policy"] = FILES if file.content_type != "application/pdf" else _PDF
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _step_of(request: HttpRequest, steps: dict[str, str], parties: frozenset[Party]) -> str:
    action = steps.get(request.POST.get("geste", ""), "")
    if not action or not ACTIONS[action].parties & parties:
        raise Http404("Cette commande n’est pas à vous.")
    return action


def _back(answer: HttpResponse, order: Order, name: str) -> HttpResponse:
    """After preparing, on with signing: to the same page instead of the order's."""
    if answer.status_code == 302:
        answer["Location"] = reverse(name, args=[order.public_id])
    return answer


def _shown(order: Order, kind: str, parties: frozenset[Party]) -> dict[str, Any] | None:
    paper = standing(order, kind)
    return _row(order, paper) if paper is not None and may_read(paper, order, parties) else None


def _row(order: Order, paper: Document) -> dict[str, Any]:
    def address(file: StoredFile | None) -> str:
        return reverse("order-file", args=[order.public_id, file.public_id]) if file is not None else ""

    return {
        "title": TITLES[paper.kind],
        "reference": paper.reference,
        "made_at": paper.made_at,
        "url": reverse("order-paper", args=[order.public_id, paper.public_id]),
        "signed_url": address(paper.signed),
        "signed_at": paper.signed_at,
        "buyer_signed_url": address(paper.buyer_signed),
        "buyer_signed_at": paper.buyer_signed_at,
        "replaced_at": paper.replaced_at,
    }
