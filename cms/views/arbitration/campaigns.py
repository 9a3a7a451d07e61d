# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The coordinators' campaigns: the list, one's page with its envelopes, and the form that makes or changes one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User, is_coordinator
from cms.catalogue import titles
from cms.views.arbitration.campaign_forms import CampaignForm, EnvelopeForm, initial_of
from cms.views.makers.answers import attempt, refused, saved, seen_by, show
from designs.typography import SPACE
from fablabs.geography import department_name, departments, region_of, regions
from fablabs.services.refusals import RecordError
from fabrication.quoting.words import euros
from orders.arbitration.criteria import CRITERIA, weights_of
from orders.models import Campaign, State
from orders.services.campaigns import (
    edit_campaign as edit,
)
from orders.services.campaigns import (
    fingerprint,
    locks,
    make_campaign,
    publish,
    standing,
    withdraw_campaign,
)
from orders.services.envelopes import set_envelope

_both = require_http_methods(["GET", "HEAD", "POST"])
#: What a new campaign begins with: the programme's own terms.
_NEW: dict[str, Any] = {
    "territory": "france", "rate_percent": Decimal(80), "cap_eur": Decimal(40_000), "cap_basis": "order",
    "vat_percent": Decimal(20), "answer_days": 15,
}  # fmt: skip


def coordinator_or_404(request: HttpRequest) -> User:
    if not is_coordinator(request.user):
        raise Http404("Cette page est celle de la coordination.")
    return cast(User, request.user)


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """The newest first, with how many intentions and how much money is promised; three queries."""
    coordinator_or_404(request)
    money = dict(
        Campaign.objects.annotate(promised=Sum("envelopes__reserved_eur")).values_list("pk", "promised").order_by()
    )
    found = list(
        Campaign.objects.annotate(
            asked=Count("orders", filter=~Q(orders__state=State.DRAFT)),
            waiting=Count("orders", filter=Q(orders__state__in=[State.SUBMITTED, State.UNDER_REVIEW])),
        ).order_by("-opens_on", "-pk")  # counting drops the model's own order
    )
    lines = [{"campaign": one, "stage": stage_of(one), "promised": money.get(one.pk)} for one in found]
    context = {"title": "Campagnes", "section": "arbitration", "lines": lines}
    return show(request, "cms/arbitration/campaigns.html", context)


@require_safe
def campaign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    coordinator_or_404(request)
    found = _campaign_or_404(public_id)
    asked = request.GET.get("departement", "")
    initial = next(
        (
            {"department": one.department, "amount_eur": one.amount_eur}
            for one in found.envelopes.all()
            if one.department == asked
        ),
        {"department": asked},
    )
    return _campaign_page(request, found, EnvelopeForm(found, initial=initial))


@_both
def new_campaign(request: HttpRequest) -> HttpResponse:
    actor = coordinator_or_404(request)
    models = titles()
    begin = _NEW | {f"design_{name}": True for name in models}
    begin |= {f"weight_{criterion.name}": criterion.weight for criterion in CRITERIA}
    form = CampaignForm(request.POST if request.method == "POST" else None, models, {}, begin)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made: list[Campaign] = []
            status, _, _ = attempt(form, lambda: made.append(make_campaign(form.values(), actor=actor)))
            if not status:
                address = reverse("campaign-manage", args=[made[0].public_id])
                return saved(request, address, "La campagne est créée. Relisez-la, puis publiez-la.")
    context = {"title": "Nouvelle campagne", "form": form, "back": reverse("campaigns-manage"), "trail": _trail()}
    return show(request, "cms/arbitration/campaign_form.html", context, (form, ""), status=status)


@_both
def edit_campaign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    actor = coordinator_or_404(request)
    found = _campaign_or_404(public_id)
    now = standing(found)
    models = titles() | {name: name for name in now["designs"] if name not in titles()}
    form = CampaignForm(request.POST if request.method == "POST" else None, models, locks(found), initial_of(now))
    status, seen, others = 200, fingerprint(now), []
    back = reverse("campaign-manage", args=[found.public_id])
    if request.method == "POST":
        status, seen = 422, seen_by(request)
        if form.is_valid():
            given = form.values()
            status, _, changed = attempt(form, lambda: edit(found, given, actor=actor, seen=seen_by(request)))
            if not status:
                return saved(request, back)
            if changed:
                seen, others = changed, _conflict(given, standing(_campaign_or_404(public_id)))
    context = {
        "title": f"Modifier «{SPACE}{found.name}{SPACE}»",
        "form": form,
        "campaign": found,
        "back": back,
        "trail": _trail(found),
    }
    return show(
        request, "cms/arbitration/campaign_form.html", context, (form, ""), status=status, seen=seen, others=others
    )


@require_POST
def publish_campaign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Or, with ``retirer``, back to a draft."""
    actor = coordinator_or_404(request)
    found = _campaign_or_404(public_id)
    address = reverse("campaign-manage", args=[found.public_id])
    withdraws = "retirer" in request.POST
    try:
        (withdraw_campaign if withdraws else publish)(found, actor=actor)
    except RecordError as error:
        return refused(request, address, error.french)
    words = "La campagne n’est plus publiée." if withdraws else "La campagne est publiée : les acheteurs la voient."
    return saved(request, address, words)


@require_POST
def envelope(request: HttpRequest, public_id: UUID) -> HttpResponse:
    actor = coordinator_or_404(request)
    found = _campaign_or_404(public_id)
    form = EnvelopeForm(found, request.POST)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        status, _, _ = attempt(form, lambda: set_envelope(found, given["department"], given["amount_eur"], actor=actor))
        if not status:
            words = f"Enveloppe de {department_name(given['department'])} : {euros(given['amount_eur'])}."
            return saved(request, f"{reverse('campaign-manage', args=[found.public_id])}#enveloppes", words)
    return _campaign_page(request, found, form, status=status)


def stage_of(campaign: Campaign) -> tuple[str, str]:
    """In a word, with the badge's colour."""
    today = timezone.localdate()
    if campaign.published_at is None:
        return "brouillon", "new"
    if today < campaign.opens_on:
        return "à venir", "info"
    return ("ouverte", "success") if campaign.is_open(today) else ("close", "")


def territory_words(codes: list[str]) -> str:
    """ "toute la France", "Occitanie, Cantal (15)": whole régions by their name."""
    if not codes:
        return "toute la France"
    whole = {
        region for region in regions() if all(code in codes for code in departments() if region_of(code) == region)
    }
    names = [name for code, name in regions().items() if code in whole]
    names += [
        f"{department_name(code)} ({code})" for code in codes if code in departments() and region_of(code) not in whole
    ]
    return ", ".join(names).replace("'", "’")


def _campaign_page(request: HttpRequest, found: Campaign, form: EnvelopeForm, *, status: int = 200) -> HttpResponse:
    envelopes = list(found.envelopes.all())
    context = {
        "title": found.name,
        "section": "arbitration",
        "campaign": found,
        "stage": stage_of(found),
        "territory": territory_words(found.departments),
        "models": titles(),
        "weights": [(one.label, weights_of(found.weights)[one.name]) for one in CRITERIA],
        "envelopes": [(department_name(one.department), one) for one in envelopes],
        "amount_eur": sum((one.amount_eur for one in envelopes), Decimal(0)),
        "reserved_eur": sum((one.reserved_eur for one in envelopes), Decimal(0)),
        "counts": _counts(found),
        "locked": bool(locks(found)),
        "form": form,
        "trail": _trail(),
    }
    return show(request, "cms/arbitration/campaign.html", context, (form, ""), status=status)


def _counts(campaign: Campaign) -> list[tuple[str, int]]:
    rows = campaign.orders.exclude(state=State.DRAFT).values("state").annotate(count=Count("pk")).order_by()
    by_state = {row["state"]: row["count"] for row in rows}
    return [(str(state.label), by_state[state]) for state in State if state in by_state]


def _campaign_or_404(public_id: UUID) -> Campaign:
    found = Campaign.objects.filter(public_id=public_id).prefetch_related("designs", "lots", "envelopes").first()
    if found is None:
        raise Http404("Cette campagne n’existe pas.")
    return found


def _conflict(typed: Mapping[str, Any], stored: Mapping[str, Any]) -> list[dict[str, str]]:
    """Where what was typed is not what stands there now."""
    labels = {name: str(field.verbose_name) for name in typed if (field := _field(name)) is not None}
    return [
        {"field": label, "before": str(stored[name]), "after": str(typed[name])}
        for name, label in labels.items()
        if stored[name] != typed[name]
    ]


def _field(name: str) -> Any:
    return next((field for field in Campaign._meta.fields if field.name == name), None)


def _trail(found: Campaign | None = None) -> list[dict[str, str]]:
    pages = [{"url": reverse("campaigns-manage"), "title": "Campagnes"}]
    if found is not None:
        pages.append({"url": reverse("campaign-manage", args=[found.public_id]), "title": found.name})
    return pages
