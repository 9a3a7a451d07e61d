# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshops on a map and in a list, and the page of one. Everybody may look; drafts are for their own people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.catalogue import published
from cms.commune_field import CommuneField
from cms.roads import site_roads
from cms.security import PAGES
from cms.views.geography.filters import WorkshopFilters
from cms.views.geography.places import find_contacts, find_workshops, points
from cms.views.geography.words import kilometres, machines_of, served, stock_of
from fablabs.geography import Commune, NotConnectedError, UnknownCommuneError, commune
from fablabs.models import Contact, CuttingMachine, Evidence, StockItem, Workshop

#: Entries on a page; the map shows them all.
_WORKSHOPS, _CONTACTS = 24, 48
_CRITERIA = Evidence.Criterion.values  # in the programme's order
#: What anybody may see: who takes orders, and who takes none for a while.
_PUBLIC = (Workshop.State.OPEN, Workshop.State.PAUSED)

#: As plain lists: a manager for each of 1,500 workshops takes longer than reading them all.
_IN_USE = (
    Prefetch("machines", CuttingMachine.objects.filter(is_active=True), to_attr="machines_in_use"),
    Prefetch("stock", StockItem.objects.filter(is_active=True), to_attr="panels_in_use"),
)


@login_not_required
@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    shown = list(_public().select_related("maker__organisation").prefetch_related(*_IN_USE))
    filters = WorkshopFilters(request.GET, shown)
    entries, overseas = find_workshops(filters, shown)
    contacts, contacts_overseas = [], 0
    if filters.asked("contacts"):
        contacts, contacts_overseas = find_contacts(filters, Contact.objects.filter(maker=None))
    near = urlencode({"commune": filters.near.label, "commune_insee": filters.near.insee}) if filters.near else ""
    context = {
        "title": "Les ateliers",
        "section": "workshops",
        "filters": filters,
        "entries": _page(entries, request.GET.get("page"), _WORKSHOPS),
        "contacts": _page(contacts, request.GET.get("page-contacts"), _CONTACTS),
        "overseas": overseas + contacts_overseas,
        "places": points(entries, contacts, filters.near) | {"near": f"?{near}" if near else ""},
        "query": _query(request.GET, "page"),
        "contacts_query": _query(request.GET, "page-contacts"),
        "near_query": near,
        "detour": getattr(site_roads(), "factor", None),
        "tiles": settings.TRETEAU_MAP_TILES,
        "tiles_credit": settings.TRETEAU_MAP_TILES_CREDIT,
    }
    response = render(request, "cms/geography/workshops.html", context)
    if context["tiles"]:
        # The page with the map, and no other, may show pictures of this one server.
        response.headers["Content-Security-Policy"] = PAGES.replace("img-src", f"img-src {tile_origin()}", 1)
    return response


def tile_origin() -> str:
    """``https://{s}.tiles.example/{z}/{x}/{y}.png`` → ``https://*.tiles.example``, as a policy names it."""
    parts = urlsplit(str(settings.TRETEAU_MAP_TILES))
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


def _public() -> Any:
    return Workshop.objects.filter(state__in=_PUBLIC, maker__archived_at=None, maker__organisation__archived_at=None)


def _page(entries: Sequence[Any], number: str | None, size: int) -> Page[Any]:
    """The first one for a number that is none, the last one for a number too large."""
    return Paginator(entries, size).get_page(number)


def _query(given: QueryDict, name: str) -> str:
    """The address without one of its parameters, ready for another value of it."""
    kept = given.copy()
    kept.pop(name, None)
    return f"{kept.urlencode()}&" if kept else ""


class _FromWhere(forms.Form):
    commune = CommuneField(label="Votre commune", help_text="Nom ou code postal, par exemple Nîmes.")


@login_not_required
@require_safe
def workshop(request: HttpRequest, slug: str) -> HttpResponse:
    found = _visible_to(request, slug)
    asked = "commune" in request.GET
    form = _FromWhere(request.GET if asked else None)
    origin: Commune | None = form.cleaned_data["commune"] if asked and form.is_valid() else None
    titles = {card.identifier: card.title for card in published()}
    takes_orders = found.state == Workshop.State.OPEN and found.is_candidate
    context = {
        "title": found.name,
        "section": "workshops",
        "trail": [{"url": reverse("workshops"), "title": "Les ateliers"}],
        "workshop": found,
        "maker": found.maker,
        "machines": machines_of(found),
        "stock": stock_of(found),
        "offers": [(titles[offer.design], offer) for offer in found.maker.offers.all() if offer.design in titles],
        "chosen": f"?atelier={found.slug}" if takes_orders else "",
        "evidence": sorted(found.maker.evidence.all(), key=lambda fact: _CRITERIA.index(fact.criterion)),
        "served": served(found),
        "form": form,
        "origin": origin,
        **_way(origin, found),
    }
    return render(request, "cms/geography/workshop.html", context)


def _visible_to(request: HttpRequest, slug: str) -> Workshop:
    """Raises Http404, for a draft of somebody else's too."""
    for candidates in (_public(), Workshop.objects.editable_by(request.user)):
        if (found := candidates.with_equipment().filter(slug=slug).first()) is not None:
            return found
    raise Http404(f"no workshop {slug!r} for this person")


def _way(origin: Commune | None, workshop: Workshop) -> dict[str, str]:
    if origin is None:
        return {}
    try:
        km = site_roads().km(origin, commune(workshop.insee))
    except NotConnectedError as error:
        return {"no_way": error.french}
    except UnknownCommuneError:
        return {"no_way": "La commune de cet atelier n’est pas connue\u00a0: pas de distance à donner."}
    away = {"distance": kilometres(km)}
    if workshop.radius_km is not None and km > workshop.radius_km:
        away["no_way"] = f"Cet atelier ne livre pas si loin\u00a0: {workshop.radius_km}\u00a0km au plus. Demandez-lui."
    elif workshop.departments and origin.department not in workshop.departments:
        away["no_way"] = "Cet atelier ne livre pas dans votre département. Demandez-lui."
    return away
