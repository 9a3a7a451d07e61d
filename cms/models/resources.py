# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents to print, to read, to pass on."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.search import index

from cms.blocks import FilesField
from cms.models.base import SitePage


class ResourcesPage(SitePage):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)
    groups = FilesField(verbose_name="documents", blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*SitePage.content_panels, FieldPanel("introduction"), FieldPanel("groups")]
    search_fields = [*SitePage.search_fields, index.SearchField("introduction"), index.SearchField("groups")]
    template = "cms/resources.html"
    page_description = "Des documents à télécharger, par groupes."

    class Meta:
        verbose_name = "page de ressources"
        verbose_name_plural = "pages de ressources"
