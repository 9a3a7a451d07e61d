# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns as anybody may read them: when intentions are taken, of what, and what the State pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.catalogue import Card, published
from fablabs.geography import department_name
from orders.models import Campaign

#: Campaigns of the past that the list shows; older ones have their pages.
_PAST = 12


@dataclass(frozen=True)
class OfferedModel:
    card: Card
    most: int | None


@login_not_required
@require_safe
def campaigns_page(request: HttpRequest) -> HttpResponse:
    """Open, to come, past."""
    today = timezone.localdate()
    rows = Campaign.objects.published()
    context = {
        "title": "Les campagnes",
        "section": "campaigns",
        "open": list(rows.open_on(today).order_by("closes_on", "pk")),
        "coming": list(rows.filter(opens_on__gt=today).order_by("opens_on", "pk")),
        "past": list(rows.filter(closes_on__lt=today).order_by("-closes_on", "-pk")[:_PAST]),
    }
    return render(request, "cms/orders/campaigns.html", context)


@login_not_required
@require_safe
def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = Campaign.objects.published().filter(slug=slug).prefetch_related("designs", "lots").first()
    if campaign is None:
        raise Http404("Cette campagne n’existe pas.")
    today = timezone.localdate()
    context: dict[str, Any] = {
        "title": campaign.name,
        "section": "campaigns",
        "campaign": campaign,
        "is_open": campaign.is_open(today),
        "is_to_come": today < campaign.opens_on,
        "departments": [_department(code) for code in campaign.departments],
        "models": _models(campaign),
        "lots": list(campaign.lots.all()),
        "paragraphs": [text for text in campaign.presentation.split("\n\n") if text.strip()],
        "trail": [{"url": reverse("campaigns"), "title": "Les campagnes"}],
    }
    return render(request, "cms/orders/campaign.html", context)


def _models(campaign: Campaign) -> list[OfferedModel]:
    most = {row.design: row.largest_quantity for row in campaign.designs.all()}
    return [OfferedModel(card, most[card.identifier]) for card in published() if card.identifier in most]


def _department(code: str) -> str:
    try:
        return f"{department_name(code)} ({code})".replace("'", "’")
    except KeyError:
        return code
