# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The buyer's page: the ranking of the whole order, whom it asked, what came, side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.progress import version_of, watched
from cms.views.choosing.access import (
    Choosing,
    bought_order,
    choosing_of,
    not_now,
    private,
    trail_of,
    workshop_or_404,
)
from cms.views.choosing.comparison import compare
from cms.views.choosing.forms import MessageForm
from cms.views.choosing.lines import MOST_EXCLUDED, MOST_SHOWN, SHOWN, lines_of, proposals_of
from cms.views.choosing.words import told
from cms.views.makers.words import error_lines
from cms.views.orders.acting import attempt, form_key_of, take_step, typed_words
from cms.views.orders.lines import line_rows
from fabrication.matching.record import DUTY
from fabrication.matching.scoring import TERMS
from fabrication.matching.words import figure, rule_of, weights_sentence
from orders.life.steps.choice import threshold_on
from orders.models import TO_CHOOSE, Order
from orders.services.answers import ANSWER_DAYS, MAY_ASK_AGAIN, MOST_ASKED, said_no
from orders.services.choosing import ask_workshop


@require_safe
def choice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    order = bought_order(request, public_id)
    return not_now(request, order) or choice_response(request, choosing_of(order))


@require_safe
def state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whether the page would say something else by now: a study is done, a workshop answered, a colleague chose."""
    order = bought_order(request, public_id)
    return watched(_version(choosing_of(order)) if order.state in TO_CHOOSE else "")


def _version(found: Choosing) -> str:
    whole = found.whole
    studied = (len(whole.pending), whole.failed, len(whole.able), len(whole.unable)) if whole else ()
    answers = [(answer.request.pk, answer.standing) for answer in found.answers]
    return version_of([found.order.version, *studied, "answers", *answers])


def choice_response(request: HttpRequest, found: Choosing, *, status: int = 200) -> HttpResponse:
    order, whole = found.order, found.whole
    lines = list(order.lines.select_related("revision", "lot"))
    shown = lines_of(whole, found.by_slug, proposals_of(order), said_no(order), found.places) if whole else []
    proposed = [line for line in shown if line.proposed]
    first = shown[:SHOWN] + [line for line in shown[SHOWN:] if line.proposed]
    context: dict[str, Any] = {
        "title": "Le choix de l’atelier",
        "section": "orders",
        "order": order,
        "rows": line_rows(line for line in lines if line.is_furniture),
        "asked": [told(answer) for answer in found.answers],
        "places": found.places,
        "most": MOST_ASKED,
        "waiting": any(answer.standing == "waiting" for answer in found.answers),
        "comparison": compare(order, found.answers, whole),
        "threshold": threshold_on(timezone.localdate()),
        "whole": whole,
        "version": _version(found),
        "why_none": found.why_none,
        "proposed": proposed,
        "best": first,
        "others": [line for line in shown if line not in first],
        "unshown": max(0, len(whole.able) - MOST_SHOWN) if whole else 0,
        "excluded": whole.unable[:MOST_EXCLUDED] if whole else (),
        "unshown_excluded": max(0, len(whole.unable) - MOST_EXCLUDED) if whole else 0,
        "every": sum(whole.history.values()) if whole else 0,
        "duty": DUTY,
        "trail": trail_of(order, choice=False),
    }
    if whole and whole.lines:
        weights = whole.lines[0].ranked.ranking.weights
        context |= {
            "weights_sentence": weights_sentence(weights),
            "rules": [(french, figure(weights.data()[name]), rule_of(name)) for name, (_, french) in TERMS.items()],
            "is_demo": any(one.is_demo for one in (*whole.able, *whole.unable)),
        }
    return private(render(request, "cms/choosing/choice.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: UUID, slug: str) -> HttpResponse:
    """One workshop is asked, with a message if the buyer has one."""
    order = bought_order(request, public_id)
    workshop = workshop_or_404(slug)
    form = MessageForm(request.POST if request.method == "POST" else None)
    passed = not_now(request, order)
    if passed is not None and not form.is_bound:
        return passed
    if form.is_bound and form.is_valid():
        message = form.cleaned_data["message"]
        answer = attempt(
            request,
            order,
            lambda: ask_workshop(
                order,
                workshop,
                actor=request.user,  # type: ignore[arg-type]
                message=message,
                form_key=form_key_of(request),
            ),
            form=form,
            done=f"Le devis est demandé à {workshop.name}, qui est prévenu par e-mail.",
            typed=typed_words(form),
        )
        if answer is not None:
            return _back(order) if answer.status_code == 302 else answer
    days = order.campaign.answer_days if order.campaign else ANSWER_DAYS
    found = choosing_of(order)
    former = found.by_slug.get(slug)
    whole = found.whole
    context = {
        "title": f"Demander un devis à {workshop.name}",
        "section": "orders",
        "order": order,
        "workshop": workshop,
        "ranked": whole.of(slug) if whole else None,
        "rows": line_rows(order.lines.filter(lot=None).select_related("revision", "lot")),
        "form": form,
        "errors": _lines(form),
        "days": days,
        "places": found.places,
        "former": told(former) if former else None,
        "may_ask": (former is None and found.places > 0)
        or (former is not None and former.standing in MAY_ASK_AGAIN and found.places > 0),
        "trail": trail_of(order),
    }
    return private(render(request, "cms/choosing/ask.html", context, status=422 if form.is_bound else 200))


@require_POST
def withdraw(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    order = bought_order(request, public_id)
    asked = order.quote_requests.select_related("workshop").filter(pk=pk).first()
    if asked is None:
        raise Http404("Cette demande n’existe pas.")
    form = forms.Form(request.POST)
    form.full_clean()
    answer = take_step(
        request,
        order,
        "withdraw_request",
        form=form,
        given={"request": asked},
        done=f"La demande à {asked.workshop.name} est retirée, et l’atelier prévenu.",
    )
    if answer is None:
        for line in form.non_field_errors():
            messages.error(request, line)
        return _back(order)
    return _back(order) if answer.status_code == 302 else answer


def _back(order: Order) -> HttpResponse:
    return redirect(reverse("order-choice", args=[order.public_id]) + "#demandes")


def _lines(form: forms.Form) -> list[Any]:
    return list(error_lines(form)) if form.is_bound else []
