# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns, figures, communes, and whether a commune may order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Router
from pydantic import Field

from cms.api.parts import USUAL, PageNumber, PageSize, part_of
from cms.api.problems import INVALID, ProblemError, not_found
from cms.api.shapes import Campaign, Commune, Eligibility, Listed, Statistics
from cms.findable.addresses import absolute
from fablabs.geography import Commune as Place
from fablabs.geography import search
from orders.eligibility.groupings import commune_of
from orders.eligibility.judgement import BuyerFacts
from orders.models import Campaign as Row
from orders.services.eligibility import judge_on
from orders.services.figures import Amount, figures_of, scope_of

router = Router()
State = Literal["coming", "open", "closed"]
Question = Annotated[
    str, Field(min_length=1, max_length=100, description="Nom, début de nom, code postal ou code INSEE.")
]
Code = Annotated[str, Field(pattern=r"^[0-9][0-9ABab][0-9]{3}$", description="Code INSEE de la commune.")]
TerritoryKey = Annotated[
    str, Field(max_length=20, description="Vide : la France ; sinon region-76, departement-30… (codes de l’INSEE).")
]
_OFFERED = 20


@router.get(
    "/campaigns", response=Listed[Campaign], summary="Les campagnes publiées", tags=["campaigns"], url_name="campaigns"
)
def campaigns(
    request: HttpRequest, state: State | None = None, page: PageNumber = 1, page_size: PageSize = USUAL
) -> Any:
    today = timezone.localdate()
    rows = _campaigns()
    if state is not None:
        rows = rows.filter(**{"coming": {"opens_on__gt": today}, "closed": {"closes_on__lt": today},
                              "open": {"opens_on__lte": today, "closes_on__gte": today}}[state])  # fmt: skip
    return part_of(request, rows, page, page_size, lambda row: _campaign(row, today))


@router.get("/campaigns/{campaign}", response=Campaign, summary="Une campagne", tags=["campaigns"], url_name="campaign")
def campaign(request: HttpRequest, campaign: str) -> Any:
    row = _campaigns().filter(slug=campaign[:60]).first()
    if row is None:
        raise not_found("Cette campagne n’existe pas, ou n’est pas publiée.", "There is no such published campaign.")
    return _campaign(row, timezone.localdate())


def _campaigns() -> Any:
    rows = Row.objects.published().prefetch_related("designs", "lots").order_by("-opens_on", "-pk")
    return rows if settings.TRETEAU_DEMO else rows.filter(is_demo=False)


def _campaign(row: Row, today: date) -> dict[str, Any]:
    return {
        "id": row.slug, "name": row.name, "presentation": row.presentation,
        "state": "coming" if today < row.opens_on else "closed" if today > row.closes_on else "open",
        "opens_on": row.opens_on, "closes_on": row.closes_on, "decides_on": row.decides_on, "delivers_on": row.delivers_on,
        "departments": [str(code) for code in row.departments], "rate": row.rate, "cap_eur": row.cap_eur,
        "cap_basis": row.cap_basis,
        "models": [{"id": one.design, "largest_quantity": one.largest_quantity} for one in row.designs.all()],
        "lots": [
            {"kind": one.kind, "configuration": one.configuration, "low_eur": one.low_eur, "high_eur": one.high_eur}
            for one in row.lots.all()
        ],
        "is_demo": row.is_demo,
        "url": absolute(reverse("campaign", args=[row.slug])),
        "api_url": absolute(reverse("api-campaign", args=[row.slug])),
    }  # fmt: skip


@router.get(
    "/communes", response=list[Commune], summary="Chercher une commune", tags=["communes"], url_name="communes",
    description=f"Sans accents ni majuscules, la meilleure réponse d’abord, {_OFFERED} au plus.",
)  # fmt: skip
def communes(request: HttpRequest, q: Question) -> Any:
    return [_commune(found) for found in search(q, _OFFERED)]


def _commune(found: Place) -> dict[str, Any]:
    return {
        "insee": found.insee, "name": found.name, "label": found.label, "department": found.department,
        "region": found.region, "postcodes": list(found.postcodes), "population": found.population,
        "place": {"latitude": found.latitude, "longitude": found.longitude},
    }  # fmt: skip


@router.get(
    "/eligibility/{insee}", response=Eligibility, summary="Une commune peut-elle commander ?", tags=["communes"], url_name="eligibility",
    description="Par les listes officielles en vigueur aujourd’hui. La préfecture décide ; ceci n’engage personne.",
)  # fmt: skip
def eligibility(request: HttpRequest, insee: Code) -> Any:
    found = commune_of(insee.upper())
    if found is None:
        raise not_found("Aucune commune n’a ce code.", "No commune has this code.")
    today = timezone.localdate()
    said = judge_on(BuyerFacts("collectivite", "commune", found.insee, found.insee), today)
    query = urlencode({"qui": "commune", "commune": found.label, "commune_insee": found.insee})
    return {
        "commune": _commune(found),
        "on": today,
        "verdict": said.verdict.value,
        "reasons": list(said.reasons),
        "next_step": said.next_step,
        "zonings": [
            {
                "kind": str(one.kind), "vintage": one.vintage, "source": one.source, "status": str(one.status),
                "place": one.place, "valid_from": one.valid_from, "valid_to": one.valid_to, "is_demo": one.is_demo,
            }
            for one in said.zonings
        ],
        "url": absolute(f"{reverse('eligibility')}?{query}"),
    }  # fmt: skip


@router.get(
    "/statistics", response=Statistics, summary="Les chiffres", tags=["statistics"], url_name="statistics",
    description="Ce que montre la page des statistiques. Un nombre si petit qu’il désignerait quelqu’un est caché (null).",
)  # fmt: skip
def statistics(request: HttpRequest, territory: TerritoryKey = "") -> Any:
    scope = scope_of(territory)
    if scope is None:
        wrong = [("territory", "Aucun territoire n’a ce nom.", "is no territory")]
        raise ProblemError(INVALID, "Ce territoire n’existe pas.", "There is no such territory.", wrong)
    found = figures_of(scope)
    kind = "departement" if scope.kind else "region"
    names = {code: scope_of(f"{kind}-{code}") for code in found.territories}
    return {
        "territory": scope.key or "france",
        "name": scope.name,
        "orders": found.total,
        "stages": {name: _count(value) for name, value in found.stages.items()},
        "pieces_ordered": _count(found.pieces),
        "pieces_made": _count(found.made),
        "pieces_delivered": _count(found.delivered),
        "granted_eur": None if found.granted_eur is None else Decimal(found.granted_eur),
        "makers": found.makers,
        "communes": found.communes,
        "models": {name: _count(value) for name, value in found.models.items()},
        "months": {name: _count(value) for name, value in found.months.items()},
        "territories": [
            {"code": code, "name": one.name, "orders": _count(found.territories[code]["total"])}
            for code, one in sorted(names.items())
            if one is not None
        ],
        "has_demo": settings.TRETEAU_DEMO and found.has_demo,
    }


def _count(value: Amount | None) -> int | None:
    return None if value is None else int(value)
