# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The purchase thresholds, with their days: what a public buyer may buy without a tender."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.views.arbitration.campaign_forms import ThresholdForm
from cms.views.arbitration.campaigns import coordinator_or_404
from cms.views.makers.answers import attempt, refused, saved, show
from fablabs.services.refusals import RecordError
from orders.models import PurchaseThreshold
from orders.services.thresholds import remove_threshold, set_threshold

_both = require_http_methods(["GET", "HEAD", "POST"])


@_both
def thresholds(request: HttpRequest) -> HttpResponse:
    """All of them, and the form of a new one."""
    actor = coordinator_or_404(request)
    form = ThresholdForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            status, _, _ = attempt(
                form, lambda: set_threshold(given["amount_eur"], given["valid_from"], given["source"], actor=actor)
            )
            if not status:
                return saved(request, reverse("purchase-thresholds"), "Le seuil est ajouté.")
    today = timezone.localdate()
    rows = [
        {
            "threshold": one,
            "holds": one.valid_from <= today and (one.valid_to is None or today <= one.valid_to),
            "begun": one.valid_from <= today,
        }
        for one in PurchaseThreshold.objects.all()
    ]
    context = {
        "title": "Seuils d’achat de gré à gré",
        "form": form,
        "rows": rows,
        "trail": [{"url": reverse("campaigns-manage"), "title": "Campagnes"}],
    }
    return show(request, "cms/arbitration/thresholds.html", context, (form, ""), status=status)


@_both
def threshold(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them changed, or taken away before it begins."""
    actor = coordinator_or_404(request)
    found = PurchaseThreshold.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("Ce seuil n’existe pas.")
    back = reverse("purchase-thresholds")
    if request.method == "POST" and "retirer" in request.POST:
        try:
            remove_threshold(found, actor=actor)
        except RecordError as error:
            return refused(request, back, error.french)
        return saved(request, back, "Le seuil est retiré.")
    initial = {"amount_eur": found.amount_eur, "valid_from": found.valid_from, "source": found.source}
    form = ThresholdForm(request.POST if request.method == "POST" else None, initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            status, _, _ = attempt(
                form,
                lambda: set_threshold(
                    given["amount_eur"], given["valid_from"], given["source"], actor=actor, threshold=found
                ),
            )
            if not status:
                return saved(request, back)
    context = {
        "title": "Modifier un seuil d’achat",
        "form": form,
        "back": back,
        "may_go": found.valid_from > timezone.localdate(),
        "trail": [
            {"url": reverse("campaigns-manage"), "title": "Campagnes"},
            {"url": back, "title": "Seuils d’achat de gré à gré"},
        ],
    }
    return show(request, "cms/arbitration/threshold.html", context, (form, ""), status=status)
