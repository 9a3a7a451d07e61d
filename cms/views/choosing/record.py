# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The record of a choice, to be kept: for the buyer, its préfecture and the coordination, not for the workshops."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cms.views.orders.acting import order_or_404
from orders.life import Party
from orders.life.parties import parties_of
from orders.models import Choice
from orders.services.choice_files import csv_of, pdf_of

#: Who reads why a workshop was chosen, and among whom.
READERS = frozenset({Party.BUYER, Party.PREFECTURE, Party.COORDINATOR})


@require_safe
def record_pdf(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    choice = _choice_or_404(request, public_id, pk)
    return _file(choice, pdf_of(choice), "application/pdf", "pdf")


@require_safe
def record_csv(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    choice = _choice_or_404(request, public_id, pk)
    return _file(choice, csv_of(choice), "text/csv; charset=utf-8", "csv")


def _choice_or_404(request: HttpRequest, public_id: UUID, pk: int) -> Choice:
    order = order_or_404(request, public_id)
    if not READERS & parties_of(request.user, order):  # type: ignore[arg-type]
        raise Http404("Ce dossier n’est pas à vous.")
    found = (
        Choice.objects.select_related("workshop__maker__organisation", "order__organisation", "order__campaign")
        .filter(order=order, pk=pk)
        .first()
    )
    if found is None:
        raise Http404("Ce choix n’existe pas.")
    return found


def _file(choice: Choice, content: bytes, kind: str, suffix: str) -> HttpResponse:
    name = f"choix-{choice.order.reference}-{timezone.localdate(choice.chosen_at):%Y-%m-%d}.{suffix}"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response
