# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two runs side by side."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.views.campaigns.access import run_or_404
from cms.views.campaigns.runs import trail
from fabrication.assignment.services import changes
from fabrication.models import AssignmentRun

_LINES_A_PAGE = 100


@require_safe
def compare(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """``avec``: the other run, which is shown as the earlier one."""
    after = run_or_404(request, public_id)
    try:
        before = run_or_404(request, UUID(request.GET.get("avec", "")))
    except ValueError as error:
        raise Http404("Cette répartition n’existe pas.") from error
    if not (before.state == after.state == AssignmentRun.State.DONE):
        raise Http404("Une de ces répartitions n’a pas de résultat.")
    found = changes(before, after)
    context = {
        "title": "Comparer deux répartitions",
        "before": before,
        "after": after,
        "rules": [(run, list(run.rules.all())) for run in (before, after)],
        "count": len(found),
        "lines": Paginator(found, _LINES_A_PAGE).get_page(request.GET.get("page")),
        "trail": trail(
            (f"Répartition «\u00a0{after.campaign}\u00a0»", reverse("campaign-run", args=[after.public_id]))
        ),
    }
    return render(request, "cms/campaigns/compare.html", context)
