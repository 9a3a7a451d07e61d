# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from cms.models.base import SitePage


class HomePage(SitePage):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)

    max_count = 1
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]
    template = "cms/home.html"

    class Meta:
        verbose_name = "page d’accueil"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import published

        cards = published()
        hero = next((card.picture for card in cards if card.picture), "")
        return {**super().get_context(request, *args, **kwargs), "cards": cards, "hero": hero}
