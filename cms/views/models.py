# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of models, and the page of one: what it is, what it costs near a commune, who makes it, its files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.models import Role, has_role
from cms.catalogue import published, revision_or_404
from cms.model_facts import (
    adapted_from,
    base_sizes,
    makers_of,
    pictures_shown,
    remarks_on,
    revisions_of,
    share_of,
    states_of,
    variants_of,
)
from cms.models import Question
from cms.packages import content_type
from cms.pictures_shown import drawn_number, measures
from cms.place_form import PlaceForm
from cms.price_range import nearby
from cms.published_files import files_of, job_of, read, sources_of
from cms.revision_pictures import read as read_picture
from cms.security import FILES
from cms.views.configurator import configurator_url
from designs.models import DesignRevision
from fabrication.judging.services import UNSOUND, is_red

#: Longer is no size and no sign's text.
_LONGEST = 60
#: What an address of the sizes' page holds beside sizes; a commune alone is this page's own question.
_OF_SIZES = ("quantite", "atelier")
_QUESTIONS = 8


@login_not_required
@require_safe
def catalogue_page(request: HttpRequest) -> HttpResponse:
    cards = published()
    context = {
        "title": "Les modèles",
        "section": "models",
        "cards": cards,
        "meta": {
            "title": "Les modèles",
            "description": f"{'Trois meubles' if len(cards) == 3 else 'Des meubles'} libres pour accueillir et accompagner : un comptoir qui voyage, une petite maison "
            "qui s’ouvre, un établi sur roulettes.",
            "image": "pictures/trio-share.jpg",
            "image_alt": "Les trois meubles dans une même salle.",
        },
    }  # fmt: skip
    return render(request, "cms/models.html", context)


@login_not_required
@require_safe
def model_page(request: HttpRequest, design: str) -> HttpResponse:
    revision = revision_or_404(design)
    drawing = revision.drawing()
    # Sizes were chosen on this page once: what was sent to somebody then leads to where they are chosen now.
    names = (*(parameter.name for parameter in drawing.parameters), *_OF_SIZES)
    if sizes := {name: request.GET[name][:_LONGEST] for name in names if name in request.GET}:
        if "commune" in request.GET:
            sizes["commune"] = request.GET["commune"][:_LONGEST]
        return redirect(configurator_url(design, sizes))
    asks = "commune" in request.GET
    place = PlaceForm(request.GET) if asks else PlaceForm()
    found = nearby(revision, drawing.clean({}), place.place, 1) if asks and place.place else None
    sizes_now = base_sizes(revision)
    job = job_of(revision)
    shown = pictures_shown(revision)
    views = shown.pictures
    in_repository = revision.origin == DesignRevision.Origin.CODE and drawn_number(design) == revision.number
    context: dict[str, Any] = {
        "title": drawing.title,
        "design": drawing,
        "revision": revision,
        "paragraphs": [p for p in drawing.story.split("\n\n") if p.strip()],
        "hero": views[0] if views else None,
        "views": views[1:],
        "older": shown.of,
        "has_people": bool(views) and not views[0].archive,
        "measures": measures(design) if in_repository else "",
        "states": states_of(drawing),
        "base": sizes_now,
        "place_form": place,
        "nearby": found,
        "makers": () if found else makers_of(design),
        "unsound": UNSOUND if is_red(revision) else "",
        "job": job,
        "files": files_of(job),
        "revisions": revisions_of(revision),
        "adapted_from": adapted_from(revision),
        "variants": variants_of(revision),
        "may_adapt": has_role(request.user, Role.DESIGNER),
        "remarks": remarks_on(design),
        "questions": list(Question.objects.live().about(design)[:_QUESTIONS]),
        "section": "models",
        "trail": [{"url": reverse("models"), "title": "Les modèles"}],
        "meta": share_of(drawing, views[0] if views and not shown.of else None),
    }
    status = 422 if asks and not place.is_valid() else 200
    response = render(request, "cms/model.html", context, status=status)
    if asks or not sizes_now.is_settled or (job and not job.is_finished):
        # Where somebody lives is nobody's to keep; and what is still being made is shown as soon as it is there.
        response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def model_file(request: HttpRequest, design: str, name: str) -> HttpResponse:
    """One of the model's own files, as a worker made it; 404 while it isn't made."""
    revision = revision_or_404(design)
    job = job_of(revision)
    try:
        if job is None:
            raise KeyError(name)
        content = read(job, name)
    except (KeyError, FileNotFoundError) as error:
        raise Http404("Ce fichier n’est pas encore prêt.") from error
    shown = name.endswith(".pdf")
    stem = f"{design}-r{revision.number}-{name}" if name != "LICENSE" else f"{design}-LICENSE.txt"
    kind = "text/plain; charset=utf-8" if name == "LICENSE" else content_type(name)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not shown, stem)
    # A PDF viewer is a page of the browser's own, which a sandbox would keep from starting.
    response["Content-Security-Policy"] = FILES if not shown else "default-src 'none'; object-src 'self'"
    response["Cache-Control"] = "public, max-age=600"
    return response


@login_not_required
@require_safe
def model_picture(request: HttpRequest, sha256: str, name: str) -> HttpResponse:
    """One that a worker drew of a published revision. The address holds the archive's SHA-256: it is kept for ever."""
    content = read_picture(sha256, name)
    if content is None:
        raise Http404("Cette image n’est plus gardée.")
    response = HttpResponse(content, content_type="image/webp" if name.endswith(".webp") else "image/jpeg")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = FILES
    return response


@login_not_required
@require_safe
def model_source(request: HttpRequest, design: str) -> HttpResponse:
    """The code that draws the models: what somebody needs who wants to change one."""
    revision = revision_or_404(design)
    response = HttpResponse(sources_of(revision), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{design}-r{revision.number}-sources.zip")
    response["Cache-Control"] = "public, max-age=600"
    return response
