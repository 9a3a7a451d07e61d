# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of models, and the page of one: sizes, view in volume, parts, and the order to make the files."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cms.catalogue import picture_of, published, revision_or_404
from cms.parameter_form import ParameterForm
from cms.production_form import ProductionForm
from cms.views.previews import PATIENCE, facts_context, preview_of
from designs.models import DesignRevision
from fabrication.errors import NotMakeableError
from fabrication.services import BusyError, request_package

#: Seconds that a page waits for its preview before it is shown without. With JavaScript the view
#: comes by itself; without, the page asks again.
_GLANCE = 1.0


@login_not_required
@require_safe
def catalogue_page(request: HttpRequest) -> HttpResponse:
    return render(request, "cms/models.html", {"title": "Les modèles", "section": "models", "cards": published()})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def model_page(request: HttpRequest, design: str) -> HttpResponse:
    revision = revision_or_404(design)
    if request.method == "POST":
        return _posted(request, revision)
    form = ParameterForm.of_request(revision.drawing(), request.GET)
    return _page(request, revision, form, ProductionForm(initial=_kept(request)))


def _kept(request: HttpRequest) -> dict[str, str]:
    """A job's page leads back here with what was asked for."""
    return {name: request.GET[name] for name in ("quantite", "atelier") if name in request.GET}


def _posted(request: HttpRequest, revision: DesignRevision) -> HttpResponse:
    form = ParameterForm.of_request(revision.drawing(), request.POST)
    if "produire" not in request.POST:
        kept = {name: request.POST[name][:60] for name in ("quantite", "atelier") if request.POST.get(name)}
        if form.values is None:
            return _page(request, revision, form, ProductionForm(initial=kept), status=422)
        if "commander" in request.POST:
            asked = {"modele": revision.design, **form.query(), "quantite": kept.get("quantite", "1")}
            return redirect(f"{reverse('order-new')}?{urlencode(asked)}")
        preview_of(revision, form.values, PATIENCE)
        query = urlencode(form.query() | kept)
        return redirect(reverse("model", args=[revision.design]) + (f"?{query}" if query else "") + "#taille")
    production = ProductionForm(request.POST)
    if not production.is_valid() or form.values is None:
        return _page(request, revision, form, production, status=422)
    try:
        job = request_package(
            revision, form.values, production.cleaned_data["atelier"], production.cleaned_data["quantite"]
        )
    except NotMakeableError as error:
        production.add_error("atelier", error.french)
        return _page(request, revision, form, production, status=422)
    except BusyError as error:
        production.add_error(None, error.french)
        return _page(request, revision, form, production, status=503)
    return redirect("job", job.public_id)


def _page(
    request: HttpRequest, revision: DesignRevision, form: ParameterForm, production: ProductionForm, status: int = 200
) -> HttpResponse:
    preview: dict[str, Any] = {"state": "invalid"}
    if form.values is not None:
        preview = preview_of(revision, form.values, _GLANCE)
    design = form.design
    context = {
        "title": design.title,
        "design": design,
        "revision": revision,
        "paragraphs": [p for p in design.story.split("\n\n") if p.strip()],
        "picture": picture_of(design.identifier),
        "form": form,
        "production": production,
        "preview": preview,
        "section": "models",
        "trail": [{"url": reverse("models"), "title": "Les modèles"}],
        **facts_context(preview),
    }
    return render(request, "cms/model.html", context, status=status)
