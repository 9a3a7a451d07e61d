# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages that editors write. The pages of models and jobs are plain views (cms/views)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

#: No embeds (they load from other sites) and no first-level titles (the page has one).
_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "image", "hr"]


class HomePage(Page):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)

    max_count = 1
    subpage_types = ["cms.StandardPage"]
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    template = "cms/home.html"

    class Meta:
        verbose_name = "page d’accueil"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import published

        cards = published()
        hero = next((card.picture for card in cards if card.picture), "")
        return {**super().get_context(request, *args, **kwargs), "cards": cards, "hero": hero}


class StandardPage(Page):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)
    body = RichTextField("texte", features=_FEATURES, blank=True)

    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    template = "cms/standard.html"

    class Meta:
        verbose_name = "page courante"
