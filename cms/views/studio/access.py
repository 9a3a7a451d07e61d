# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who gets which draft on the studio's pages, and what all of its pages have: the way back, and that no cache keeps them."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User
from designs.models import DesignDraft
from designs.services.roles import draft_of, draft_to_read
from designs.studio_errors import NotYoursError

_NO_MODEL = "Ce modèle n’existe pas."


def actor_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def draft_or_404(request: HttpRequest, slug: str) -> DesignDraft:
    """For whoever works at it."""
    try:
        return draft_of(request.user, slug)
    except NotYoursError as error:
        raise Http404(_NO_MODEL) from error


def draft_to_read_or_404(request: HttpRequest, slug: str) -> DesignDraft:
    """For reviewers, too."""
    try:
        return draft_to_read(request.user, slug)
    except NotYoursError as error:
        raise Http404(_NO_MODEL) from error


def trail() -> list[dict[str, str]]:
    return [{"title": "Mon espace", "url": reverse("workplace")}, {"title": "Studio", "url": reverse("studio")}]


def private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
