# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of models, and the page of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.catalogue import picture_of, published, revision_or_404
from cms.views.configurator import KEPT, configurator_url

#: Longer is no size and no sign's text.
_LONGEST = 60


@login_not_required
@require_safe
def catalogue_page(request: HttpRequest) -> HttpResponse:
    return render(request, "cms/models.html", {"title": "Les modèles", "section": "models", "cards": published()})


@login_not_required
@require_safe
def model_page(request: HttpRequest, design: str) -> HttpResponse:
    revision = revision_or_404(design)
    drawing = revision.drawing()
    # Sizes were chosen on this page once: what was sent to somebody then leads to where they are chosen now.
    names = (*(parameter.name for parameter in drawing.parameters), *KEPT)
    if sizes := {name: request.GET[name][:_LONGEST] for name in names if name in request.GET}:
        return redirect(configurator_url(design, sizes))
    context = {
        "title": drawing.title,
        "design": drawing,
        "revision": revision,
        "paragraphs": [p for p in drawing.story.split("\n\n") if p.strip()],
        "picture": picture_of(drawing.identifier),
        "section": "models",
        "trail": [{"url": reverse("models"), "title": "Les modèles"}],
    }
    return render(request, "cms/model.html", context)
