# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was asked for: its section of the order's page, and the page that amends it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cms.roads import site_roads
from cms.views.makers.words import error_lines
from cms.views.orders.acting import order_or_404, take_step
from cms.views.orders.forms import AmendLinesForm, Together, WhereForm, WhyForm
from cms.views.orders.lines import line_rows
from cms.views.orders.words import day_words
from orders.life import Party
from orders.life.parties import parties_of
from orders.models import Order, State
from orders.services.drafting import may_amend
from orders.services.estimating import estimate_order, keep, subsidy_of, used_basis

#: Who may read whom to call: those who have to.
_CALLS = frozenset({Party.BUYER, Party.PREFECTURE, Party.MAKER})
#: Who may read why, and by which right: not the makers.
_JUDGES = frozenset({Party.BUYER, Party.PREFECTURE, Party.COORDINATOR})


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    rows = line_rows(order.lines.select_related("revision", "lot"))
    judges = bool(parties & _JUDGES)
    used = used_basis(order) if judges and order.granted_eur is None else None
    return {
        "rows": rows,
        "shows_contact": bool(parties & _CALLS) and bool(order.contact_name or order.contact_email),
        "shows_reasons": judges,
        # A workshop that was only asked is no party: neither what another one takes, nor what all of them ask for.
        "shows_price": bool(parties),
        "hides_estimates": not judges,
        # The préfecture's own section shows it beside its decision.
        "judgement": order.judgement if judges and (order.campaign is None or parties == {Party.BUYER}) else None,
        "low_grant": subsidy_of(order, order.low_eur, used) if used is not None and order.low_eur is not None else None,
        "high_grant": subsidy_of(order, order.high_eur, used)
        if used is not None and order.high_eur is not None
        else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Quantities and texts of what is submitted already; the models and their sizes stay."""
    order = order_or_404(request, public_id)
    if Party.BUYER not in parties_of(request.user, order):  # type: ignore[arg-type]
        raise Http404("Cette commande n’est pas à vous.")
    lines = list(order.lines.select_related("revision", "lot"))
    if request.method != "POST":
        if not may_amend(order):
            messages.error(request, _too_late(order))
            return redirect("order", order.public_id)
        forms = Together(
            AmendLinesForm(lines),
            WhyForm(initial=WhyForm.initial_of(order)),
            WhereForm(initial=WhereForm.initial_of(order)),
        )
        return _page(request, order, forms)
    counts = AmendLinesForm(lines, request.POST)
    why = WhyForm(request.POST, initial=WhyForm.initial_of(order))
    where = WhereForm(request.POST, initial=WhereForm.initial_of(order))
    forms = Together(counts, why, where)
    if forms.is_valid():
        given = {"quantities": counts.quantities(), **why.values(), **where.values()}
        answer = take_step(
            request, order, "amend", form=forms, given=given, done="L’intention est modifiée.", anchor="intention"
        )
        if answer is not None:
            if answer.status_code == 302:
                fresh = order_or_404(request, public_id)
                keep(fresh, estimate_order(fresh, roads=site_roads()))
            return answer
    return _page(request, order, forms, status=422)


def _too_late(order: Order) -> str:
    if order.state != State.SUBMITTED or order.campaign is None:
        return "Cette intention ne peut plus être modifiée."
    return (
        f"La campagne est close depuis le {day_words(order.campaign.closes_on)}\u00a0: l’intention ne change plus. Si la "
        "préfecture a besoin de précisions, elle vous le demande et l’intention s’ouvre à nouveau."
    )


def _page(request: HttpRequest, order: Order, forms: Together, status: int = 200) -> HttpResponse:
    counts, why, where = forms.parts
    url = reverse("order", args=[order.public_id])
    context = {
        "title": "Modifier l’intention",
        "section": "orders",
        "order": order,
        "rows": [(row, counts[f"line-{row.line.pk}"]) for row in line_rows(counts.own)],  # type: ignore[attr-defined]
        "why": why,
        "where": where,
        "errors": [line for part in forms.parts if part.is_bound for line in error_lines(part)],
        "question": order.events.filter(action="send_back").order_by("-sequence").first()
        if order.sent_back_at
        else None,
        "back": url,
        "trail": [{"url": reverse("orders"), "title": "Mes commandes"}, {"url": url, "title": str(order)}],
    }
    response = render(request, "cms/orders/amend.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
