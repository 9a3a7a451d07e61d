# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The coordination's list of dear quotes, and its decisions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cms.views.coordination import coordinators_only
from cms.views.quotes.forms import DecisionForm
from cms.views.quotes.listing import flagged_table
from cms.views.quotes.reading import quote_response, seen_or_404
from fabrication.models import Quote
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.rules import rules_on
from fabrication.quoting.services import clear, hide, show_again

_A_PAGE = 30
_ACTIONS = {"masquer": hide, "admettre": clear, "afficher": show_again}
_DONE = {
    "masquer": "Le devis est masqué.",
    "admettre": "Le prix est admis\u00a0: le devis n’est plus signalé.",
    "afficher": "Le devis est affiché à nouveau.",
}


@require_safe
def flagged(request: HttpRequest) -> HttpResponseBase:
    """Those that wait for a decision; then those that are hidden."""
    coordinators_only(request)
    table = flagged_table(request)
    if (file := table.file()) is not None:
        return file
    hidden = Quote.objects.filter(hidden_at__isnull=False).with_names().defer("figures", "terms", "parties")
    context = {
        "title": "Prix à examiner",
        "section": "quotes",
        "table": table,
        "page": table.page,
        "hidden": hidden.order_by("-hidden_at", "-pk")[:_A_PAGE],
        "rules": rules_on(timezone.localdate()),
        "trail": [{"url": reverse("quotes"), "title": "Les devis"}],
    }
    return render(request, "cms/quotes/flagged.html", context)


@require_POST
def decision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seen = seen_or_404(request, public_id)
    if not seen.as_coordinator:
        raise Http404("Cette décision est celle de la coordination.")
    form = DecisionForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["decision"]
        try:
            quote = _ACTIONS[chosen](seen.quote, actor=request.user, reason=form.cleaned_data["raison"])  # type: ignore[arg-type]
        except QuoteError as error:
            form.add_error(error.field if error.field in form.fields else None, error.french)
        else:
            told = ""
            if chosen == "masquer":
                told = (
                    " Le fabricant est prévenu par e-mail."
                    if quote.told_at
                    else " Le fabricant n’a pas pu être prévenu par e-mail\u00a0: le site réessaiera."
                )
            messages.success(request, _DONE[chosen] + told)
            return redirect("quote", public_id)
    return quote_response(request, seen, decision=form, status=422)
