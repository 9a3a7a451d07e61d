# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The home page: its words are an editor's; models, figures, workshops, news and meetings come from their own rows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from cms.models.base import SitePage


class StepBlock(blocks.StructBlock):  # type: ignore[misc]  # Wagtail has no types
    title = blocks.CharBlock(label="titre", max_length=60)
    text = blocks.TextBlock(label="texte", max_length=260, rows=3)
    address = blocks.CharBlock(
        label="lien",
        required=False,
        max_length=200,
        help_text="Une adresse de ce site, par exemple /eligibilite/.",
    )

    class Meta:
        icon = "list-ol"
        label = "étape"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned["address"]
        if address and (not address.startswith("/") or address.startswith("//") or "\\" in address):
            raise blocks.StructBlockValidationError(
                {"address": ValidationError("Une adresse de ce site : elle commence par une barre, /.")}
            )
        return cleaned


class HomePage(SitePage):
    heading = models.CharField(
        "grand titre",
        max_length=90,
        default="Des meubles libres, fabriqués près de chez vous",
        help_text="Une ligne ou deux.",
    )
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)
    hero_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Sans elle, les trois modèles ensemble, tels qu’ils sont dessinés.",
    )
    steps_title = models.CharField("titre des étapes", max_length=90, default="Comment ça marche")
    steps = StreamField(
        [("step", StepBlock())],
        verbose_name="étapes",
        blank=True,
        min_num=3,
        max_num=6,
        help_text="Quatre, si possible.",
    )
    people_title = models.CharField("titre", max_length=90, default="Qui prend part")
    people_text = RichTextField("texte", features=["bold", "italic", "link"], blank=True)

    max_count = 1
    content_panels = [
        *SitePage.content_panels,
        MultiFieldPanel(
            [FieldPanel("heading"), FieldPanel("introduction"), FieldPanel("hero_image")], "En haut de la page"
        ),
        MultiFieldPanel([FieldPanel("steps_title"), FieldPanel("steps")], "Les étapes"),
        MultiFieldPanel([FieldPanel("people_title"), FieldPanel("people_text")], "Qui prend part"),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("introduction"), index.SearchField("steps")]
    template = "cms/home.html"

    class Meta:
        verbose_name = "page d’accueil"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.home import sections

        return {**super().get_context(request, *args, **kwargs), **sections()}
