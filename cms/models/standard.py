# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A page of text: how it works, the rooms for makers, legal texts."""

from __future__ import annotations

from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.search import index

from cms.blocks import BodyField
from cms.models.base import SitePage


class StandardPage(SitePage):
    introduction = RichTextField(
        "introduction",
        features=["bold", "italic", "link"],
        blank=True,
        help_text="Deux ou trois lignes : à qui s’adresse la page, et ce qu’on y apprend.",
    )
    body = BodyField(verbose_name="contenu", blank=True)

    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    content_panels = [*SitePage.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    template = "cms/standard.html"
    page_description = "Un texte fait de blocs, avec des pages en dessous si besoin."

    class Meta:
        verbose_name = "page courante"
        verbose_name_plural = "pages courantes"
