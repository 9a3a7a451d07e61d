# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a maker can show for the programme's four criteria: facts with dates."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.maker_forms.record import EvidenceForm
from cms.views.makers.access import evidence_or_404, maker_or_404
from cms.views.makers.answers import attempt, saved, seen_by, show
from cms.views.makers.sections import trail_of
from fablabs.models import Evidence, Maker
from fablabs.services.editing import fingerprint, stored
from fablabs.services.offering import EVIDENCE_FIELDS, add_evidence, change_evidence, withdraw_evidence
from fablabs.services.refusals import NotAllowedError

_both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def facts(request: HttpRequest, maker_pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    rows = list(maker.evidence.all())
    groups = [
        (str(label).capitalize(), [row for row in rows if row.criterion == value])
        for value, label in Evidence.Criterion.choices
    ]
    context = {
        "title": "Ce que vous pouvez montrer",
        "maker": maker,
        "groups": groups,
        "today": timezone.localdate(),
        "trail": trail_of(maker),
    }
    return render(request, "cms/makers/evidence.html", context)


@_both
def add(request: HttpRequest, maker_pk: int) -> HttpResponse:
    return _page(request, maker_or_404(request, maker_pk), None)


@_both
def fact(request: HttpRequest, maker_pk: int, pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    return _page(request, maker, evidence_or_404(maker, pk))


def _page(request: HttpRequest, maker: Maker, row: Evidence | None) -> HttpResponse:
    standing = stored(row, EVIDENCE_FIELDS) if row else {}
    seen, status, others = fingerprint(standing), 200, []
    form = EvidenceForm(request.POST) if request.method == "POST" else EvidenceForm(initial=standing)
    back = reverse("maker-evidence", args=[maker.pk])
    if request.method == "POST":
        status, seen = 422, seen_by(request)
        if form.is_valid():
            given = form.cleaned_data
            status, others, now = attempt(
                form,
                lambda: (
                    change_evidence(row, given, actor=request.user, seen=seen)  # type: ignore[arg-type]
                    if row
                    else add_evidence(maker, given, actor=request.user)
                ),  # type: ignore[arg-type]
                given,
            )
            if not status:
                return saved(request, back)
            seen = now or seen
    context = {
        "title": row.title if row else "Un fait à montrer",
        "introduction": "Un fait vérifiable, avec sa date : un label, une convention, une formation, un chantier livré. "
        "Rien n’est noté.",
        "form": form,
        "withdraw": reverse("maker-evidence-withdraw", args=[maker.pk, row.pk]) if row else "",
        "trail": trail_of(maker),
        "back": back,
    }
    return show(request, "cms/makers/form.html", context, (form, ""), status=status, seen=seen, others=others)


@require_POST
def withdraw(request: HttpRequest, maker_pk: int, pk: int) -> HttpResponse:
    maker = maker_or_404(request, maker_pk)
    try:
        withdraw_evidence(evidence_or_404(maker, pk), actor=request.user)  # type: ignore[arg-type]
    except (NotAllowedError, Evidence.DoesNotExist) as error:
        raise Http404("Ce fait n’existe pas.") from error
    return saved(request, reverse("maker-evidence", args=[maker.pk]), "Le fait est retiré. L’historique le garde.")
