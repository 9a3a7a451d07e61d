# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What browsers and robots ask of any site, unasked."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.findable.addresses import absolute

_SHUT = ("apercus", "compte", "coordination", "espace", "gestion", "invitations", "travaux")
#: What somebody typed is no page; robots that follow every question would ask for ever.
_ENDLESS = ("recherche/?", "ou-fabriquer/?", "recherche/suggestions.json", "communes.json")
_ROBOTS = "User-agent: *\n" + "".join(
    f"Disallow: /{path}\n" for path in (*(f"{folder}/" for folder in _SHUT), *_ENDLESS)
)


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("site/mark.svg"))


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        f"{_ROBOTS}\nSitemap: {absolute(reverse('sitemap'))}\n", content_type="text/plain; charset=utf-8"
    )
