# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs: the list of them, a new one, one's page while it is computed and once it is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cms.progress import Progress, progress_response
from cms.stages import sentence_of, stages_of
from cms.views.campaigns.access import run_or_404
from cms.views.campaigns.forms import CampaignOrdersForm, RunForm
from cms.views.campaigns.tables import lines_table, runs_table
from cms.views.coordination import coordinators_only
from designs.typography import typeset
from fabrication.assignment.services import RunError, propose, request_run
from fabrication.models import AssignmentRun
from orders.services.campaign_runs import campaigns_to_spread, request_campaign_run

_STAGES = {
    "feasibility": "Quels ateliers peuvent fabriquer quels meubles",
    "search": "Recherche de la meilleure répartition",
    "writing": "Contrôle et écriture du résultat",
}


@require_safe
def runs(request: HttpRequest) -> HttpResponseBase:
    coordinators_only(request)
    table = runs_table(request)
    if (file := table.file()) is not None:
        return file
    context = {"title": "Répartir une campagne", "table": table, "page": table.page}
    return render(request, "cms/campaigns/runs.html", context)


def new_run(request: HttpRequest) -> HttpResponse:
    coordinators_only(request)
    form = RunForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        settings = form.settings(values["campagne"], timezone.localdate())
        try:
            run = request_run(request.user, values["commandes"], settings, makers=values["ateliers"])
        except RunError as error:
            form.add_error(None, typeset(error.french))
        else:
            return redirect("campaign-run", run.public_id)
    context = {"title": "Nouvelle répartition", "form": form, "campaigns": campaigns_to_spread(), "trail": trail()}
    return render(request, "cms/campaigns/new.html", context, status=422 if form.errors else 200)


def campaign_orders_run(request: HttpRequest) -> HttpResponse:
    """Of the site's own orders that may choose a workshop; proposals go to their buyers under the campaign's name."""
    coordinators_only(request)
    campaigns = campaigns_to_spread()
    form = CampaignOrdersForm(campaigns, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        campaign = form.chosen()
        settings = form.settings(campaign.slug, timezone.localdate())
        try:
            run = request_campaign_run(request.user, campaign, settings)  # type: ignore[arg-type]
        except RunError as error:
            form.add_error(None, typeset(error.french))
        else:
            return redirect("campaign-run", run.public_id)
    context = {"title": "Répartir les commandes d’une campagne", "form": form, "campaigns": campaigns, "trail": trail()}
    return render(request, "cms/campaigns/orders.html", context, status=422 if form.errors else 200)


@require_safe
def run_page(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Progress, a refusal, or the result with its lines."""
    run = run_or_404(request, public_id)
    context: dict[str, Any] = {
        "title": f"Répartition «\u00a0{run.campaign}\u00a0»",
        "run": run,
        "rules": list(run.rules.all()),
        "trail": trail(),
    }
    if run.state != AssignmentRun.State.DONE:
        return render(
            request,
            "cms/campaigns/waiting.html",
            context | {"progress": _progress(run)},
        )
    table = lines_table(request, run)
    if (file := table.file()) is not None:
        return file
    others = (
        AssignmentRun.objects.filter(state=AssignmentRun.State.DONE, inputs_sha256=run.inputs_sha256)
        .exclude(pk=run.pk)
        .defer("inputs")[:20]
    )
    context |= {
        "table": table,
        "lines": table.page,
        "others": list(others),
        "ordered": (run.served or 0) + (run.unserved or 0),
        "gap_percent": None if run.gap is None else run.gap * 100,
        "saved": (run.nearest_unserved or 0) - (run.unserved or 0),
    }
    return render(request, "cms/campaigns/run.html", context)


@require_safe
def run_state(request: HttpRequest, public_id: UUID) -> JsonResponse:
    run = run_or_404(request, public_id)
    return progress_response(_progress(run))


def _progress(run: AssignmentRun) -> Progress:
    return Progress(
        run.state, run.is_finished, run.progress, sentence_of(run, _STAGES), tuple(stages_of(_STAGES, run.stage))
    )


@require_POST
def propose_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    run = run_or_404(request, public_id)
    try:
        count = propose(request.user, run)
    except RunError as error:
        messages.error(request, typeset(error.french))
    else:
        plural = "propositions sont gardées" if count > 1 else "proposition est gardée"
        messages.success(request, f"{count} {plural}. Les acheteurs restent libres de choisir un autre atelier.")
    return redirect("campaign-run", run.public_id)


def trail(*more: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the list of runs: title and address of each further page."""
    pages = (("Répartir une campagne", reverse("campaign-runs")), *more)
    return [{"title": title, "url": url} for title, url in pages]
