# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workshops: what the map shows anybody, and nobody's name but those of structures."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router
from pydantic import Field

from cms.api.parts import USUAL, PageNumber, PageSize, part_of
from cms.api.problems import not_found
from cms.api.shapes import Listed, Workshop, WorkshopShort
from cms.findable.addresses import absolute
from cms.search.sources import public_workshops
from cms.views.geography.filters import bed_of
from fablabs.geography.territory import department_of
from fablabs.models import CuttingMachine, StockItem
from fablabs.models import Workshop as Row

router = Router(tags=["workshops"])
Department = Annotated[str, Field(pattern=r"^([0-9]{2,3}|2[AB])$", description="Code du département, par exemple 30.")]
ModelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,49}$", description="Identifiant d’un modèle.")]


@router.get("/workshops", response=Listed[WorkshopShort], summary="Les ateliers", url_name="workshops")
def workshops(
    request: HttpRequest,
    department: Department | None = None,
    model: ModelName | None = None,
    page: PageNumber = 1,
    page_size: PageSize = USUAL,
) -> Any:
    rows = _shown().select_related("maker__organisation").prefetch_related("maker__offers").order_by("slug")
    if model is not None:
        rows = rows.filter(maker__offers__design=model)
    if department is not None:
        # Corsica's and the overseas codes are not the first two signs of a commune's.
        codes = set(_shown().values_list("insee", flat=True))
        rows = rows.filter(insee__in=[code for code in codes if department_of(code) == department])
    return part_of(request, rows, page, page_size, _short)


@router.get("/workshops/{workshop}", response=Workshop, summary="Un atelier", url_name="workshop")
def workshop(request: HttpRequest, workshop: str) -> Any:
    row = _shown().with_equipment().filter(slug=workshop[:60]).first()
    if row is None:
        raise not_found(
            "Cet atelier n’existe pas, ou ne prend plus de commandes.", "There is no such workshop in service."
        )
    maker = row.maker
    return _short(row) | {
        "presentation": maker.presentation,
        "website": maker.website if maker.website.startswith(("https://", "http://")) else "",
        "siret": row.siret,
        "address": row.address,
        "postcode": row.postcode,
        "departments": [str(code) for code in row.departments],
        "radius_km": row.radius_km,
        "lead_days": row.lead_days,
        "machines": [_machine(one) for one in row.machines.all() if one.is_active],
        "panels": [_panel(one) for one in row.stock.all() if one.is_active],
    }


def _shown() -> Any:
    """On a site that is no demonstration, none that was invented for one."""
    return public_workshops() if settings.TRETEAU_DEMO else public_workshops().filter(is_demo=False)


def _short(row: Row) -> dict[str, Any]:
    return {
        "id": row.slug,
        "name": row.name,
        "organisation": row.maker.organisation.name,
        "kind": row.maker.kind,
        "insee": row.insee,
        "commune": row.commune,
        "place": None if row.latitude is None else {"latitude": row.latitude, "longitude": row.longitude},
        "takes_orders": row.state == Row.State.OPEN,
        "models": sorted(offer.design for offer in row.maker.offers.all()),
        "is_demo": row.is_demo,
        "url": absolute(reverse("workshop", args=[row.slug])),
        "api_url": absolute(reverse("api-workshop", args=[row.slug])),
    }


def _machine(row: CuttingMachine) -> dict[str, Any]:
    bed = bed_of(row.settings)
    process = row.settings.get("process")
    return {
        "name": row.name,
        "process": process if process in ("cnc-router", "laser") else None,
        "bed_mm": list(bed) if all(bed) else None,
        "max_thickness_mm": _number(row.settings.get("max_thickness_mm")),
    }


def _panel(row: StockItem) -> dict[str, Any]:
    return {
        "material": str(row.settings.get("material") or ""),
        "thickness_mm": _number(row.settings.get("measured_thickness_mm")),
        "origin": row.get_origin_display(),
    }


def _number(value: object) -> float | None:
    """A draft's settings hold whatever was typed."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
