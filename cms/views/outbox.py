# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages that did not go: the coordination sees them, with what the mail server said, and may try again."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
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
    "digest": "résumé des avis",
}


@require_safe
def outbox(request: HttpRequest) -> HttpResponseBase:
    """Those that failed first, then those that wait, the longest first, unless the address sorts otherwise."""
    coordinators_only(request)
    counts = OutboxMessage.objects.aggregate(
        failed=Count("pk", filter=Q(state=_STATE.FAILED)),
        waiting=Count("pk", filter=Q(state__in=[_STATE.WAITING, _STATE.SENDING])),
        dropped=Count("pk", filter=Q(state=_STATE.DROPPED)),
        sent=Count("pk", filter=Q(state=_STATE.SENT)),
    )
    table = _table(request)
    if (file := table.file()) is not None:
        return file
    page = table.page
    context = {
        "title": "Messages en souffrance",
        "section": "coordination",
        "counts": counts,
        "page": page,
        "table": table,
        "rows": [{"message": message, "about": _about(message)} for message in page],
        "now": timezone.now(),
        "trail": [],
    }
    return render(request, "cms/outbox.html", context)


class _Filters(ListFilters):
    recherche = words_filter(
        "Personne, adresse ou message du serveur",
        "recipient__email",
        "recipient__first_name",
        "recipient__last_name",
        "fault",
    )
    etat = choice_filter(
        "État",
        {
            "echoues": ("échoués", Q(state=_STATE.FAILED)),
            "en-attente": ("en attente", Q(state__in=[_STATE.WAITING, _STATE.SENDING])),
        },
        "tous",
    )


def _table(request: HttpRequest) -> Table:
    open_ones = OutboxMessage.objects.filter(state__in=[_STATE.FAILED, _STATE.WAITING, _STATE.SENDING])
    columns = (
        Column("message", "Message", ("template",), _about, words="message"),
        Column("ecrit", "Écrit", ("created_at",), lambda row: row.created_at, words="écrit le"),
        Column("commande", "Commande", ("event__order__year", "event__order__number"), _order, is_shown=False),
        Column("pour", "Pour", (Lower("recipient__email"),), lambda row: row.recipient.email if row.recipient else ""),
        # "failed" comes before "sending" and "waiting".
        Column("etat", "Où il en est", ("state", "created_at"), lambda row: row.get_state_display(), words="état"),
        Column("essais", "Essais", ("attempts",), lambda row: row.attempts, largest_first=True, is_shown=False),
        Column("reponse", "Réponse du serveur", (), lambda row: row.fault, is_shown=False),
    )
    rows = open_ones.select_related("event__order", "recipient")
    return Table(request, columns, rows, usual="etat", name="messages-en-souffrance", filters=_Filters, a_page=_A_PAGE)


def _order(message: OutboxMessage) -> str:
    return str(message.event.order) if message.event else ""


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
