# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every page of an editor has."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class SitePageForm(WagtailAdminPageForm):  # type: ignore[misc]  # Wagtail has no types
    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Django asks for a hidden copy of a field whose default is computed, and Wagtail's pages have none: such a field would
        count as changed whenever the page is saved, and what was approved would have to be approved again."""
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            field.show_hidden_initial = False


class SitePage(Page):  # type: ignore[misc]  # Wagtail has no types
    """A page below the home page: with a picture for those who pass its address on, and its place in the main menu."""

    share_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name="image de partage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Montrée par les messageries et les réseaux quand on leur envoie l’adresse de la page. Sans elle, celle du site.",
    )

    base_form_class = SitePageForm
    promote_panels = [*Page.promote_panels, FieldPanel("share_image")]

    class Meta:
        abstract = True

    @property
    def section(self) -> str:
        """The first part of the page's address, "fabriquer" of /fabriquer/rejoindre/: the entry of the main menu that it
        belongs to; empty for the home page. Asks the database nothing."""
        parts = (self.url_path or "").strip("/").split("/")
        return parts[1] if len(parts) > 1 else ""

    @property
    def trail(self) -> list[dict[str, str]]:
        """What stands between the home page and this one, for _trail.html: titles and addresses."""
        above = self.get_ancestors().filter(depth__gt=2).live()
        return [{"title": page.title, "url": page.url or ""} for page in above]
