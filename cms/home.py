# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the home page shows besides its editor's words: each section from its own rows, none invented."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from cms.catalogue import published
from cms.home_map import HEIGHT, WIDTH, dots
from cms.meetings.listing import next_meeting
from cms.models import NewsPage
from cms.pictures_shown import picture
from fablabs.models import Workshop
from orders.services.figures import figures_of, scope_of

_NEWS = 3


def sections() -> dict[str, Any]:
    workshops = list(
        Workshop.objects.open_to_orders().order_by("pk").values_list("longitude", "latitude", "maker_id", "is_demo")
    )
    figures, is_demo = _figures(len(workshops))
    return {
        "cards": published(),
        "hero": picture("", "trio"),
        "figures": figures,
        "is_demo": settings.TRETEAU_DEMO and (is_demo or any(row[3] for row in workshops)),
        "map": {"width": WIDTH, "height": HEIGHT, "dots": dots((row[0], row[1]) for row in workshops)},
        "workshops_count": len(workshops),
        "news": list(NewsPage.objects.latest_first()[:_NEWS]),
        "meeting": next_meeting(),
    }


def _figures(workshops: int) -> tuple[list[tuple[int, str]], bool]:
    """(how many, of what), and whether orders among them are invented. What is hidden for being few (docs/figures.md) and what is
    none yet is left out: an empty counter says nothing to anybody."""
    scope = scope_of("")
    assert scope is not None  # France
    found = figures_of(scope)
    rows = (
        (workshops, "atelier en service,ateliers en service"),
        (found.communes, "commune desservie,communes desservies"),
        (found.total, "commande,commandes"),
        (found.made, "meuble fabriqué,meubles fabriqués"),
    )
    shown = []
    for count, words in rows:
        if count:
            one, many = words.split(",")
            shown.append((int(count), one if count < 2 else many))
    return shown, found.has_demo
