# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The plan of the site, out of the editors' tree and our rooms: what is published stands here, what is not does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.catalogue import published
from cms.findable.rooms import ROOMS
from cms.search.sources import public_pages
from designs.typography import typeset
from orders.models import Campaign

#: Pages below one page that are named; a list of news grows for years, and has pages of its own.
_MOST_BELOW = 12


@dataclass
class Branch:
    title: str
    address: str
    sentence: str = ""
    below: list[Branch] = field(default_factory=list)
    more: int = 0  # that are not named here


@login_not_required
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {"title": "Plan du site", "section": "site-map", "parts": _parts(), "pages": _pages()}
    return render(request, "cms/findable/site_map.html", context)


def _parts() -> list[tuple[str, list[Branch]]]:
    """Our rooms under their headings, in the order of ROOMS."""
    parts: dict[str, list[Branch]] = {}
    for room in ROOMS:
        if room.part:
            branch = Branch(typeset(room.title), reverse(room.name), typeset(room.sentence))
            branch.below = _BELOW[room.name]() if room.name in _BELOW else []
            parts.setdefault(room.part, []).append(branch)
    return list(parts.items())


def _models() -> list[Branch]:
    return [Branch(card.title, reverse("model", args=[card.identifier])) for card in published()]


def _campaigns() -> list[Branch]:
    rows = Campaign.objects.published()[:_MOST_BELOW]
    return [Branch(row.name, reverse("campaign", args=[row.slug])) for row in rows]


_BELOW = {"models": _models, "campaigns": _campaigns}


def _pages() -> list[Branch]:
    """The editors' tree below the home page. A page below one that nobody may read is not reached, and not named."""
    roots: list[Branch] = []
    known: dict[str, Branch] = {}
    for page in public_pages().order_by("path").defer_streamfields():
        above = known.get(page.path[: -page.steplen])
        branch = Branch(page.title, page.get_url() or "/", page.search_description)
        if above is None:
            if page.depth > 2:
                continue  # not below the home page
            roots.append(branch)
        else:
            above.below.append(branch)
        known[page.path] = branch
    for branch in known.values():
        branch.more = max(0, len(branch.below) - _MOST_BELOW)
        branch.below = branch.below[:_MOST_BELOW]
    return roots
