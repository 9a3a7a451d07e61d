# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page of text: how it works, the rooms for makers, legal texts."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from cms.models.base import SitePage

#: No embeds (they load from other sites) and no first-level titles (the page has one).
_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "image", "hr"]


class StandardPage(SitePage):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)
    body = RichTextField("texte", features=_FEATURES, blank=True)

    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    content_panels = [*SitePage.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    template = "cms/standard.html"

    class Meta:
        verbose_name = "page courante"
        verbose_name_plural = "pages courantes"
