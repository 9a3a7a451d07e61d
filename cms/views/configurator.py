# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model in the sizes that a person chooses: sizes, view in volume, parts, and the order to make the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cms.catalogue import picture_of, revision_or_404
from cms.parameter_form import ParameterForm
from cms.place_form import PlaceForm
from cms.production_form import ProductionForm
from cms.public_forms import public_form
from cms.views.needs import needs_of
from cms.views.previews import PATIENCE, facts_context, preview_of
from designs.models import DesignRevision
from fabrication.errors import NotMakeableError
from fabrication.judging.services import UNSOUND, is_red
from fabrication.services import BusyError, request_package

#: Seconds that a page waits for its preview before it is shown without. With JavaScript the view
#: comes by itself; without, the page asks again.
_GLANCE = 1.0
#: What an address holds beside the design's own parameters.
KEPT = ("quantite", "atelier", "commune")


def configurator_url(design: str, query: Mapping[str, str] | None = None) -> str:
    """The configurator of a design in these sizes (``ParameterForm.query()``, and what ``KEPT`` names)."""
    return reverse("configure", args=[design]) + (f"?{urlencode(query)}" if query else "")


@login_not_required
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def configurator_page(request: HttpRequest, design: str) -> HttpResponse:
    revision = revision_or_404(design)
    if request.method == "POST":
        return _posted(request, revision)
    form = ParameterForm.of_request(revision.drawing(), request.GET)
    # A job's page leads back here with what was asked for.
    production = ProductionForm(initial={name: request.GET[name] for name in KEPT[:2] if name in request.GET})
    return _page(request, revision, form, production, PlaceForm.of_link(request.GET.get("commune", "")))


def _posted(request: HttpRequest, revision: DesignRevision) -> HttpResponse:
    form = ParameterForm.of_request(revision.drawing(), request.POST)
    place = PlaceForm(request.POST)
    if "produire" not in request.POST:
        return _without_files(request, revision, form, place)
    production = ProductionForm(request.POST)
    if not production.is_valid() or form.values is None:
        return _page(request, revision, form, production, place, status=422)
    try:
        job = request_package(
            revision, form.values, production.cleaned_data["atelier"], production.cleaned_data["quantite"]
        )
    except NotMakeableError as error:
        production.add_error("atelier", error.french)
        return _page(request, revision, form, production, place, status=422)
    except BusyError as error:
        production.add_error(None, error.french)
        return _page(request, revision, form, production, place, status=503)
    return redirect("job", job.public_id)


def _without_files(
    request: HttpRequest, revision: DesignRevision, form: ParameterForm, place: PlaceForm
) -> HttpResponse:
    """To an order, to a quote, or here again with the sizes in the address."""
    kept = {name: request.POST[name][:60] for name in KEPT[:2] if request.POST.get(name)}
    if form.values is None or (not place.is_valid() and "commander" not in request.POST):
        return _page(request, revision, form, ProductionForm(initial=kept), place, status=422)
    kept = {**form.query(), **kept}
    if "commander" in request.POST:
        asked = {"modele": revision.design, **form.query(), "quantite": kept.get("quantite", "1")}
        return redirect(f"{reverse('order-new')}?{urlencode(asked)}")
    if place.kept:
        kept["commune"] = place.kept
    if "devis" in request.POST:
        return redirect(f"{reverse('quote-ask', args=[revision.design])}?{urlencode(kept)}")
    preview_of(revision, form.values, PATIENCE)
    return redirect(configurator_url(revision.design, kept) + "#taille")


def _page(
    request: HttpRequest,
    revision: DesignRevision,
    form: ParameterForm,
    production: ProductionForm,
    place: PlaceForm,
    status: int = 200,
) -> HttpResponse:
    preview: dict[str, Any] = {"state": "invalid"}
    needs: dict[str, Any] = {"place": place.place}
    waits = False
    if form.values is not None:
        preview = preview_of(revision, form.values, _GLANCE)
        waits = preview["state"] in ("computing", "busy")
        if preview["state"] == "ready":
            found = needs_of(revision, form.values, place.place, _GLANCE)
            needs, waits = found.context(), not found.is_counted
    design = revision.drawing()
    kept = {"commune": place.kept} if place.kept else {}
    context = {
        "title": f"{design.title} à vos mesures" if design.parameters else design.title,
        "design": design,
        "revision": revision,
        "unsound": UNSOUND if is_red(revision) else "",
        "picture": picture_of(revision),
        "form": form,
        "production": production,
        "place_form": place,
        "base_url": configurator_url(design.identifier, kept),
        "preview": preview,
        "waits": waits,
        "section": "models",
        "trail": [
            {"url": reverse("models"), "title": "Les modèles"},
            {"url": reverse("model", args=[design.identifier]), "title": design.title},
        ],
        **facts_context(preview),
        **needs,
    }
    response = render(request, "cms/configurator.html", context, status=status)
    if waits:
        response["Cache-Control"] = "no-store"
    return response
