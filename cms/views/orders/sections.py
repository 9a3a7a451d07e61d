# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an order's page is made of: one section a part of its life, each shown to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cms.views.orders import arbitration, choosing, deliveries, history, intention, making, money, papers
from orders.life import Party
from orders.models import Order

#: The section's context, or None: nothing of it for these parties, or not yet.
Build = Callable[[HttpRequest, Order, frozenset[Party]], dict[str, Any] | None]


@dataclass(frozen=True)
class Section:
    name: str  # also its anchor on the page
    title: str
    template: str
    build: Build


#: From the top of the page to its end. What waits for the reader's hand comes first on the page, above all of them.
SECTIONS: tuple[Section, ...] = (
    Section("intention", "Ce qui est demandé", "cms/orders/_intention.html", intention.section),
    Section("arbitration", "La décision de la préfecture", "cms/orders/_arbitration.html", arbitration.section),
    Section("papers", "Les documents", "cms/orders/_papers.html", papers.section),
    Section("choosing", "L’atelier", "cms/orders/_choosing.html", choosing.section),
    Section("making", "La fabrication", "cms/orders/_making.html", making.section),
    Section("deliveries", "Les livraisons", "cms/orders/_deliveries.html", deliveries.section),
    Section("money", "Facture et subvention", "cms/orders/_money.html", money.section),
    Section("historique", "Historique", "cms/orders/_history.html", history.section),
)


def sections_of(request: HttpRequest, order: Order, parties: frozenset[Party]) -> list[dict[str, Any]]:
    """Those that have something for these parties: name, title, template and what the template shows."""
    found = []
    for section in SECTIONS:
        context = section.build(request, order, parties)
        if context is not None:
            found.append({"name": section.name, "title": section.title, "template": section.template, **context})
    return found
