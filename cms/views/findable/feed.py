# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""/actualites/flux.xml: the latest news as RSS 2.0, with whole addresses. What is not published or shut away is not in it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed
from django.views.decorators.http import require_safe

from cms.findable.addresses import absolute
from cms.html_words import html_words, one_line
from cms.models import NewsPage

#: News in the feed.
_LATEST = 20


@login_not_required
@require_safe
def news_feed(request: HttpRequest) -> HttpResponse:
    feed = Rss201rev2Feed(
        title=f"Actualités de {settings.WAGTAIL_SITE_NAME}",
        link=absolute("/actualites/"),
        description="Modèles, ateliers, campagnes et rencontres : ce qui est nouveau.".replace(" :", "\u00a0:"),
        language="fr",
        feed_url=absolute(reverse("news-feed")),
        ttl="60",
    )
    for page in NewsPage.objects.latest_first()[:_LATEST]:
        address = absolute(page.get_url() or "/")
        feed.add_item(
            title=one_line(page.title), link=address, unique_id=address, description=html_words(page.summary),
            pubdate=_moment(page), updateddate=page.last_published_at, enclosures=_picture(page),
        )  # fmt: skip
    response = HttpResponse(content_type=f"{feed.content_type.partition(';')[0]}; charset=utf-8")
    feed.write(response, "utf-8")
    return response


def _moment(page: Any) -> datetime:
    """The day that the editor gave, at the hour of the publication if it was that day."""
    first: datetime | None = page.first_published_at
    if first is not None and timezone.localtime(first).date() == page.date:
        return first
    return timezone.make_aware(datetime.combine(page.date, time(9)))


def _picture(page: Any) -> list[Enclosure]:
    if page.picture is None:
        return []
    try:
        made = page.picture.get_rendition("fill-960x540|format-jpeg|jpegquality-80")
        return [Enclosure(absolute(made.url), str(made.file.size), "image/jpeg")]
    except OSError:  # its file is gone
        return []
