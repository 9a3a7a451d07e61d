# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the maker does with a quote: correct a line, add one, issue it, take it back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cms.views.quotes.forms import IssueForm, LineForm, NewLineForm, PricesForm, RemoveForm, WithdrawForm
from cms.views.quotes.overtaken import seen_by, told
from cms.views.quotes.reading import Seen, quote_response, seen_or_404
from fabrication.models import QuoteLine
from fabrication.quoting.errors import NotAllowedError, QuoteError
from fabrication.quoting.line import Section
from fabrication.quoting.services import add_line, change_line, fill_prices, issue, remove_line, waiting_for, withdraw
from fabrication.quoting.services.overtaken import seen_of


def _own_or_404(request: HttpRequest, public_id: UUID) -> Seen:
    seen = seen_or_404(request, public_id)
    if not seen.as_maker:
        raise Http404("Ce devis n’est pas à corriger par cette personne.")
    return seen


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """One line: another quantity or price, or off the quote."""
    seen = _own_or_404(request, public_id)
    found = seen.quote.lines.filter(pk=pk).first()
    # What somebody typed before it was removed or issued is answered with the reason, not with a page that isn't there.
    is_over = found is not None and (found.is_removed or not seen.quote.is_correctable)
    if found is None or (is_over and request.method != "POST"):
        raise Http404("Cette ligne n’est pas à corriger.")
    change, remove = LineForm.of(found), RemoveForm(prefix="retirer")
    overtaken: list[str] = []
    if request.method == "POST":
        try:
            if "retirer" in request.POST:
                remove = RemoveForm(request.POST, prefix="retirer")
                if remove.is_valid():
                    remove_line(found, actor=request.user, reason=remove.cleaned_data["raison"], seen=seen_by(request))  # type: ignore[arg-type]
                    messages.success(request, "La ligne est retirée. La raison est gardée avec le devis.")
                    return redirect("quote", public_id)
            else:
                change = LineForm(request.POST)
                if change.is_valid():
                    change_line(
                        found,
                        actor=request.user,  # type: ignore[arg-type]
                        quantity=change.cleaned_data["quantite"],
                        unit_price=change.cleaned_data["prix"],
                        reason=change.cleaned_data["raison"],
                        keep_price=change.cleaned_data["garder"],
                        seen=seen_by(request),
                    )
                    messages.success(request, "La ligne est corrigée. La raison est gardée avec le devis.")
                    return redirect("quote", public_id)
        except QuoteError as error:
            _refuse(remove if "retirer" in request.POST else change, error)
            overtaken = told(error, request)
        found.refresh_from_db()
        return _line_page(request, seen, found, change, remove, overtaken, status=409 if overtaken else 422)
    return _line_page(request, seen, found, change, remove)


def _line_page(
    request: HttpRequest,
    seen: Seen,
    found: QuoteLine,
    change: LineForm,
    remove: RemoveForm,
    overtaken: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    quote = seen.quote
    context = {
        "title": f"Corriger «\u00a0{found.label}\u00a0»",
        "quote": quote,
        "line": found,
        "change": change,
        "remove": remove,
        "overtaken": overtaken,
        "last_seen": _last_seen(request, seen, found, overtaken),
        "unit_words": f"Unité\u00a0: {found.unit}",
        "is_hardware": found.section == Section.HARDWARE,
        "section": "quotes",
        "trail": [
            {"url": reverse("quotes"), "title": "Mes devis"},
            {"url": reverse("quote", args=[quote.public_id]), "title": quote.reference or "Estimation"},
        ],
    }
    return render(request, "cms/quotes/line.html", context, status=status)


def _last_seen(request: HttpRequest, seen: Seen, found: QuoteLine, overtaken: Sequence[str]) -> str:
    """What the page showed; another form's mistake does not make the newest correction a seen one."""
    before = seen_by(request) if request.method == "POST" else None
    return seen_of(seen.quote, found) if overtaken or before is None else before


@require_POST
def added_line(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seen = _own_or_404(request, public_id)
    form = NewLineForm(request.POST)
    if form.is_valid():
        try:
            add_line(
                seen.quote,
                actor=request.user,  # type: ignore[arg-type]
                label=form.cleaned_data["designation"],
                quantity=form.cleaned_data["quantite"],
                unit=form.cleaned_data["unite"],
                unit_price=form.cleaned_data["prix"],
                reason=form.cleaned_data["raison"],
            )
        except QuoteError as error:
            _refuse(form, error)
        else:
            messages.success(request, "La ligne est ajoutée.")
            return redirect("quote", public_id)
    return quote_response(request, seen, new_line=form, status=422)


@require_POST
def filled_prices(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The prices that the tariff had not, all at once."""
    seen = _own_or_404(request, public_id)
    form = PricesForm(waiting_for(seen.quote), request.POST)
    if form.is_valid():
        try:
            quote = fill_prices(seen.quote, actor=request.user, prices=form.prices())  # type: ignore[arg-type]
        except QuoteError as error:
            _refuse(form, error)
        else:
            open_lines = sum(1 for found in quote.lines.all() if found.amount_eur is None and not found.is_removed)
            rest = f" Il reste {open_lines} ligne{'s' if open_lines > 1 else ''} à compléter." if open_lines else ""
            messages.success(request, "Les lignes sont complétées." + rest)
            return redirect("quote", public_id)
    return quote_response(request, seen, prices=form, status=422)


@require_POST
def issued(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seen = _own_or_404(request, public_id)
    form = IssueForm(request.POST)
    if form.is_valid():
        try:
            quote = issue(
                seen.quote,
                actor=request.user,  # type: ignore[arg-type]
                valid_until=form.cleaned_data["valable"],
                seen=seen_by(request),
            )
        except QuoteError as error:
            _refuse(form, error)
            if overtaken := told(error, request):
                return quote_response(
                    request, seen_or_404(request, public_id), issue=form, overtaken=overtaken, status=409
                )
        else:
            messages.success(request, f"Le devis n°\u00a0{quote.reference} est émis.")
            return redirect("quote", public_id)
    return quote_response(request, seen, issue=form, status=422)


@require_POST
def withdrawn(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seen = _own_or_404(request, public_id)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            withdraw(seen.quote, actor=request.user, reason=form.cleaned_data["raison"])  # type: ignore[arg-type]
        except QuoteError as error:
            _refuse(form, error)
        else:
            messages.success(request, "Le devis est retiré.")
            return redirect("quote", public_id)
    return quote_response(request, seen, withdraw=form, status=422)


def _refuse(form: forms.Form, error: QuoteError) -> None:
    """The service's sentence, beside its field if the form has it."""
    if isinstance(error, NotAllowedError):
        raise Http404(error.french) from error
    form.add_error(error.field if error.field in form.fields else None, error.french)
