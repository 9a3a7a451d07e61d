# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an asked workshop does beside its quotes: say no."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.views.choosing.access import private
from cms.views.choosing.forms import DeclineForm
from cms.views.makers.words import error_lines
from cms.views.orders.acting import attempt, order_or_404, typed_words
from cms.views.orders.page import overtaken_response
from orders.life import OvertakenError
from orders.models import TO_CHOOSE
from orders.services.answers import Standing, answer_of
from orders.services.choosing import asked_of
from orders.services.choosing import decline as decline_request


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    order = order_or_404(request, public_id)
    asked = asked_of(request.user).select_related("workshop", "order").filter(order=order, pk=pk).first()
    if asked is None:
        raise Http404("Cette demande n’existe pas.")
    form = DeclineForm(request.POST if request.method == "POST" else None)
    standing = answer_of(asked, timezone.localdate()).standing
    if order.state not in TO_CHOOSE or standing not in (Standing.WAITING, Standing.OVERDUE):
        words = OvertakenError("the request waits for no answer", "Cette demande n’attend plus de réponse.")
        return overtaken_response(request, order, words, typed_words(form) if form.is_bound else [])
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        answer = attempt(
            request,
            order,
            lambda: decline_request(asked, actor=request.user, reason=reason),  # type: ignore[arg-type]
            form=form,
            typed=typed_words(form),
        )
        if answer is not None:
            if answer.status_code == 302:
                messages.success(request, "C’est noté, et l’acheteur est prévenu.")
                return redirect("board")
            return answer
    url = reverse("order", args=[order.public_id])
    context = {
        "title": "Décliner cette demande de devis",
        "section": "board",
        "order": order,
        "asked": asked,
        "form": form,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "back": f"{url}#choosing",
        "trail": [{"url": reverse("board"), "title": "Mon tableau"}, {"url": url, "title": str(order)}],
    }
    return private(render(request, "cms/choosing/decline.html", context, status=422 if form.is_bound else 200))
