# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A defect: told, answered, closed. Everybody of the order reads a claim; the buyer tells, the maker answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cms.views.making.access import has_passed, lines_of, order_of, package_of, pieces_of, private, taken, trail_of
from cms.views.making.forms import AnswerForm, ClaimForm
from orders.life import ACTIONS, Party
from orders.models import Claim, Event, Order, Piece, State

_READERS = (Party.BUYER, Party.MAKER, Party.COORDINATOR)
_both = require_http_methods(["GET", "HEAD", "POST"])


@_both
def new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order, _ = order_of(request, public_id, Party.BUYER)
    pieces = [piece for piece in pieces_of(order) if piece.stage == Piece.Stage.DELIVERED]
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ClaimForm(pieces, _codes(pieces), *sent)
    passed = has_passed(request, order, "claim", form=form)
    if passed is not None:
        return passed
    if form.is_bound and form.is_valid():
        given = {
            "piece": int(form.cleaned_data["piece"]),
            "part": form.cleaned_data["part"],
            "photos": form.cleaned_data["photos"],
        }
        place = reverse("order", args=[order.public_id]) + "#deliveries"
        answer = taken(
            request, order, "claim", place, form=form, given=given, note=form.cleaned_data["note"],
            fields={"photo": "photos"}, done="Le défaut est signalé\u00a0: l’atelier et la coordination sont prévenus.",
        )  # fmt: skip
        if answer is not None:
            return answer
    context = {
        "title": "Signaler un défaut",
        "section": "orders",
        "order": order,
        "form": form,
        "pieces": pieces,
        "errors": lines_of((form, "")),
        "back": reverse("order", args=[order.public_id]),
        "trail": trail_of(order),
    }
    return private(render(request, "cms/making/claim_new.html", context, status=422 if form.is_bound else 200))


@_both
def claim(request: HttpRequest, public_id: UUID, claim_id: UUID) -> HttpResponse:
    """Read by all; the maker's (or the coordination's) answer comes here."""
    order, parties = order_of(request, public_id, *_READERS)
    row = _claim_or_404(order, claim_id)
    may_answer = bool(ACTIONS["answer_claim"].parties & parties)
    if request.method == "POST" and not may_answer:
        raise Http404("Cette réclamation n’est pas à répondre par cette personne.")
    form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
    if form.is_bound:
        passed = has_passed(request, order, "answer_claim", form=form)
        if passed is not None:
            return passed
        if form.is_valid():
            given = {"claim": row.pk, "remedy": form.cleaned_data["remedy"]}
            answer = taken(
                request, order, "answer_claim", _place(order, row), form=form, given=given,
                note=form.cleaned_data["note"], done="Votre réponse est envoyée à l’acheteur.",
            )  # fmt: skip
            if answer is not None:
                return answer
    return claim_page(request, order, row, parties, form, status=422 if form.is_bound else 200)


@require_POST
def resolve(request: HttpRequest, public_id: UUID, claim_id: UUID) -> HttpResponse:
    order, parties = order_of(request, public_id, *ACTIONS["resolve_claim"].parties)
    row = _claim_or_404(order, claim_id)
    form = forms.Form(request.POST)
    form.full_clean()
    passed = has_passed(request, order, "resolve_claim", form=form)
    if passed is not None:
        return passed
    answer = taken(
        request, order, "resolve_claim", _place(order, row), form=form, given={"claim": row.pk},
        done="La réclamation est close.",
    )  # fmt: skip
    if answer is not None:
        return answer
    return claim_page(request, order, row, parties, AnswerForm(), status=422, refused=form)


def claim_page(
    request: HttpRequest,
    order: Order,
    row: Claim,
    parties: frozenset[Party],
    form: AnswerForm,
    *,
    status: int,
    refused: forms.Form | None = None,
) -> HttpResponse:
    new_piece = Piece.objects.filter(replaces=row.piece_id).first()
    standing = State(order.state) in ACTIONS["claim"].sources
    remade = row.remedy == Claim.Remedy.REMAKE
    open_ = row.resolved_at is None and standing
    context: dict[str, Any] = {
        "title": f"Réclamation, exemplaire {row.piece.serial}",
        "section": "orders",
        "order": order,
        "claim": row,
        "new_piece": new_piece if remade else None,
        "photos": _photos(order, row),
        "form": form,
        "may_answer": open_ and bool(ACTIONS["answer_claim"].parties & parties) and not remade,
        "may_resolve": open_ and bool(ACTIONS["resolve_claim"].parties & parties) and bool(row.remedy),
        "to_wait": remade and (new_piece is None or new_piece.stage not in ("delivered", "replaced")),
        "maker": Party.MAKER in parties,
        # Only a part of files that are there can be made again.
        "remakes_part": Party.MAKER in parties and row.part in _codes([row.piece]).get(str(row.piece_id), ()),
        "errors": lines_of((form, ""), *([(refused, "")] if refused is not None else [])),
        "trail": trail_of(order, board=Party.MAKER in parties),
    }
    return private(render(request, "cms/making/claim.html", context, status=status))


def _codes(pieces: list[Piece]) -> dict[str, list[str]]:
    """The codes of each piece's parts, where its files are there."""
    jobs = {piece.production.job_id: piece.production.job for piece in pieces if piece.production}
    packages = {pk: package_of(job) for pk, job in jobs.items()}
    found = {}
    for piece in pieces:
        package = packages[piece.production.job_id] if piece.production else None
        if package is not None:
            found[str(piece.pk)] = [str(part["code"]) for part in package.manifest["parts"]]
    return found


def _claim_or_404(order: Order, claim_id: UUID) -> Claim:
    found = (
        order.claims.select_related("piece__line__revision", "piece__production__job__package")
        .filter(public_id=claim_id)
        .first()
    )
    if found is None:
        raise Http404("Cette réclamation n’existe pas.")
    return found


def _photos(order: Order, row: Claim) -> list[Any]:
    """Those that came with it: the claim's own event names it."""
    events = Event.objects.filter(order=order, action="claim", data__claim=row.pk)
    return list(order.photos.filter(event__in=events).select_related("file", "piece"))


def _place(order: Order, row: Claim) -> str:
    return reverse("claim", args=[order.public_id, row.public_id])
