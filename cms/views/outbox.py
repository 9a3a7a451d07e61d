# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages that did not go: the coordination sees them, with what the mail server said, and may try again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cms.views.coordination import coordinators_only
from designs.typography import SPACE
from orders.life import ACTIONS
from orders.models import OutboxMessage
from orders.services.sending import try_again

_A_PAGE = 50
_STATE = OutboxMessage.State
#: Messages that are no action's own.
_OTHER = {
    "quote_asked": "un devis est demandé",
    "quote_withdrawn": "un devis n’est plus attendu",
    "quote_not_chosen": "un autre atelier est choisi",
    "quote_reminder": "rappel d’un devis attendu",
    "quote_overdue": "un atelier n’a pas répondu",
}


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Those that failed first, then those that wait, the longest first."""
    coordinators_only(request)
    counts = OutboxMessage.objects.aggregate(
        failed=Count("pk", filter=Q(state=_STATE.FAILED)),
        waiting=Count("pk", filter=Q(state__in=[_STATE.WAITING, _STATE.SENDING])),
        dropped=Count("pk", filter=Q(state=_STATE.DROPPED)),
        sent=Count("pk", filter=Q(state=_STATE.SENT)),
    )
    open_ones = OutboxMessage.objects.filter(state__in=[_STATE.FAILED, _STATE.WAITING, _STATE.SENDING])
    # "failed" comes before "sending" and "waiting".
    found = open_ones.select_related("event__order", "recipient").order_by("state", "created_at", "pk")
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Messages en souffrance",
        "section": "coordination",
        "counts": counts,
        "page": page,
        "rows": [{"message": message, "about": _about(message)} for message in page],
        "now": timezone.now(),
        "trail": [],
    }
    return render(request, "cms/outbox.html", context)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    coordinators_only(request)
    row = OutboxMessage.objects.filter(pk=pk).first()
    if row is None:
        raise Http404("Ce message n’existe pas.")
    if try_again(pk):
        messages.success(request, f"Le message repart{SPACE}: il sera envoyé dans quelques secondes.")
    else:
        messages.info(request, f"Ce message n’attend plus{SPACE}: il est {row.get_state_display()}.")
    return redirect("outbox")


def _about(message: OutboxMessage) -> str:
    action = ACTIONS.get(message.template)
    return action.label if action else _OTHER.get(message.template, message.template).capitalize()
