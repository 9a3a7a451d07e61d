# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""News, and the page that lists them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import PageManager, PageQuerySet
from wagtail.search import index

from cms.blocks import BodyField
from cms.models.base import SitePage

#: News on one page of the list.
_ON_A_PAGE = 9


class NewsQuerySet(PageQuerySet):  # type: ignore[misc]  # Wagtail has no types
    def latest_first(self) -> NewsQuerySet:
        """What anybody may read, with its picture."""
        return self.live().public().select_related("picture").order_by("-date", "-pk")


class NewsIndexPage(SitePage):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]
    search_fields = [*SitePage.search_fields, index.SearchField("introduction")]
    template = "cms/news.html"
    page_description = "La liste des actualités, la plus récente d’abord."

    class Meta:
        verbose_name = "liste des actualités"
        verbose_name_plural = "listes des actualités"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        news = NewsPage.objects.child_of(self).latest_first().prefetch_related("picture__renditions")
        # What can't be a number of a page is the first one, what is too large the last one.
        listed = Paginator(news, _ON_A_PAGE).get_page(request.GET.get("page", "1")[:10])
        return {**super().get_context(request, *args, **kwargs), "news": listed}


class NewsPage(SitePage):
    date = models.DateField(
        "date",
        default=timezone.localdate,
        help_text="Montrée au lecteur. Pour paraître plus tard : « Publication programmée ».",
    )
    summary = models.TextField("résumé", max_length=300, help_text="Une ou deux phrases, montrées dans la liste.")
    picture = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = BodyField(verbose_name="contenu", blank=True)

    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("date"),
        FieldPanel("summary"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.FilterField("date"),
    ]
    template = "cms/news_page.html"
    page_description = "Un article daté, avec un résumé et une image."

    objects = PageManager.from_queryset(NewsQuerySet)()

    class Meta:
        verbose_name = "actualité"
        verbose_name_plural = "actualités"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        others = (
            NewsPage.objects.sibling_of(self, inclusive=False).latest_first() if self.path else NewsPage.objects.none()
        )
        return {**super().get_context(request, *args, **kwargs), "others": others[:3]}
