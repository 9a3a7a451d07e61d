# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""sitemap.xml: every page that a search engine is welcome to, with the day of its last change where one is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.catalogue import published
from cms.findable.addresses import base
from cms.findable.rooms import INDEXED, ROOMS
from cms.search.sources import public_pages, public_workshops
from designs.models import DesignRevision
from fablabs.models import Change
from orders.models import Campaign


class _Ours(Sitemap[Any]):
    """Under the name that the installation gives itself, whichever way this request came."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(base()).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(base()).netloc

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        return super().get_urls(page=page, site=site or object(), protocol=protocol)


class Pages(_Ours):
    def items(self) -> Any:
        return public_pages().order_by("path")

    def location(self, item: Any) -> str:
        return str(urlsplit(item.get_url() or "/").path)

    def lastmod(self, item: Any) -> datetime | None:
        moment: datetime | None = item.last_published_at
        return moment


class Models(_Ours):
    def items(self) -> list[tuple[str, datetime]]:
        shown = [card.identifier for card in published()]
        rows = DesignRevision.objects.filter(design__in=shown).values("design").order_by("design")
        return [(row["design"], row["last"]) for row in rows.annotate(last=Max("published_at"))]

    def location(self, item: tuple[str, datetime]) -> str:
        return reverse("model", args=[item[0]])

    def lastmod(self, item: tuple[str, datetime]) -> datetime:
        return item[1]


class Workshops(_Ours):
    def items(self) -> Any:
        changes = Change.objects.filter(workshop=OuterRef("pk")).order_by("-at").values("at")[:1]
        return public_workshops().annotate(changed=Subquery(changes)).only("slug", "validated_at").order_by("slug")

    def location(self, item: Any) -> str:
        return reverse("workshop", args=[item.slug])

    def lastmod(self, item: Any) -> datetime | None:
        moment: datetime | None = item.changed or item.validated_at
        return moment


class Campaigns(_Ours):
    def items(self) -> QuerySet[Campaign]:
        return Campaign.objects.published().order_by("-opens_on", "-pk")

    def location(self, item: Campaign) -> str:
        return reverse("campaign", args=[item.slug])

    def lastmod(self, item: Campaign) -> datetime | None:
        return item.published_at


class Rooms(_Ours):
    """They change with what is in them: no day of theirs would be true."""

    def items(self) -> list[str]:
        return [room.name for room in ROOMS if room.name in INDEXED]

    def location(self, item: str) -> str:
        return reverse(item)


SECTIONS = {
    "pages": Pages, "rooms": Rooms, "models": Models, "campaigns": Campaigns, "workshops": Workshops,
}  # fmt: skip


@login_not_required
@require_safe
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    return sitemap(request, sitemaps=SECTIONS, template_name="cms/findable/sitemap.xml")
