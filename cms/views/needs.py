# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a piece in chosen sizes takes: whole sheets, and money near a commune. Asked for apart from the view, which waits
for neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cms.catalogue import revision_or_404
from cms.parameter_form import ParameterForm
from cms.place_form import PlaceForm
from cms.price_range import PriceRange, nearby
from cms.views.previews import PATIENCE, read_facts, wait_for
from designs.models import DesignRevision
from fablabs.geography import Commune
from fabrication.models import Job
from fabrication.services import BusyError, request_sheets

#: Workshops' machines that were never held against these sizes are looked at by workers, one after the other: seconds.
_PRICES_AGAIN_MS = 1500


@dataclass(frozen=True)
class Needs:
    """``sheets`` is what fabrication/sheets_needed.py counted, None while it does or if it can't; ``reason`` (French) says
    why it can't. ``pending``: workshops that are still looked at, so the price may yet come or change."""

    is_counted: bool
    sheets: dict[str, Any] | None
    reason: str
    place: Commune | None
    price: PriceRange | None
    pending: int

    def context(self) -> dict[str, Any]:
        return {"needs": self, "sheets": self.sheets, "price": self.price, "place": self.place}


def needs_of(revision: DesignRevision, values: dict[str, Any], place: Commune | None, seconds: float) -> Needs:
    """Waits so many seconds for the sheets, and for no price."""
    found = nearby(revision, values, place) if place else None
    price, pending = (found.price, found.pending) if found else (None, 0)
    try:
        job = wait_for(request_sheets(revision, values), seconds)
    except BusyError as error:
        return Needs(False, None, error.french, place, price, pending)
    sheets = None
    if job.state == Job.State.DONE:
        assert job.facts
        sheets = read_facts(job.facts)
    return Needs(job.is_finished, sheets, job.reason, place, price, pending)


@login_not_required
@require_safe
def needs_state(request: HttpRequest, design: str) -> HttpResponse:
    """JSON: ``state`` "ready", "computing" (ask again in ``again_ms``) or "invalid"; the first two with ``needs``, HTML."""
    revision = revision_or_404(design)
    form = ParameterForm.of_request(revision.drawing(), request.GET)
    if form.values is None:
        return _answer({"state": "invalid"}, 422)
    place = PlaceForm.of_link(request.GET.get("commune", "")).place
    needs = needs_of(revision, form.values, place, PATIENCE)
    shown = render_to_string("cms/_needs.html", needs.context())
    if needs.is_counted and not needs.pending:
        return _answer({"state": "ready", "needs": shown}, 200)
    return _answer({"state": "computing", "needs": shown, "again_ms": _PRICES_AGAIN_MS}, 202)


def _answer(data: dict[str, Any], status: int) -> HttpResponse:
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response
