# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who answers which question, and what people wrote. The rules are in cms/contact."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.search import index

from cms.models.base import SitePage

_MOST_ADDRESSES = 10


def addresses_in(text: str) -> list[str]:
    """One a line, or with commas or semicolons between them; the same one once."""
    return list(dict.fromkeys(address for address in re.split(r"[\s,;]+", text) if address))


def validate_addresses(text: str) -> None:
    found = addresses_in(text)
    for address in found:
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValidationError(f"« {address[:60]} » n’est pas une adresse électronique.") from error
    if not found or len(found) > _MOST_ADDRESSES:
        raise ValidationError(f"Une adresse au moins, {_MOST_ADDRESSES} au plus.")


class ContactPage(SitePage):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)
    aside = RichTextField(
        "à côté du formulaire",
        features=["h2", "h3", "bold", "ol", "ul", "link"],
        blank=True,
        help_text="Ce qui répond souvent avant même d’écrire : les questions, l’éligibilité, les ateliers.",
    )

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*SitePage.content_panels, FieldPanel("introduction"), FieldPanel("aside")]
    search_fields = [*SitePage.search_fields, index.SearchField("introduction")]
    template = "cms/contact.html"

    class Meta:
        verbose_name = "page de contact"
        verbose_name_plural = "pages de contact"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from cms.views.contact import contact_page

        return contact_page(self, request)


class ContactSubject(models.Model):
    """What somebody may write about, and the team that answers."""

    title = models.CharField("sujet", max_length=100, unique=True, help_text="Comme il se lit dans la liste.")
    slug = models.SlugField(
        "identifiant", max_length=40, unique=True, help_text="Pour un lien : /contact/?sujet=presse."
    )
    hint = models.CharField(
        "avant d’écrire",
        max_length=300,
        blank=True,
        help_text="Montré sous le sujet. Exemple : « Indiquez le numéro de votre commande, s’il y en a un ».",
    )
    recipients = models.TextField(
        "adresses de l’équipe",
        validators=[validate_addresses],
        help_text="Une par ligne. Elles ne sont montrées à personne.",
    )
    answer_days = models.PositiveSmallIntegerField(
        "réponse sous (jours ouvrés)", default=5, help_text="Annoncé à la personne qui écrit."
    )
    position = models.PositiveSmallIntegerField("rang", default=0)
    is_active = models.BooleanField("proposé", default=True)

    panels = [
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldPanel("hint"),
        FieldPanel("recipients"),
        FieldPanel("answer_days"),
        FieldPanel("position"),
        FieldPanel("is_active"),
    ]

    class Meta:
        verbose_name = "sujet de contact"
        verbose_name_plural = "sujets de contact"
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    def addresses(self) -> list[str]:
        return addresses_in(self.recipients)


class ContactMessage(models.Model):
    """Kept before anything is sent. ``is_suspect``: the trap's field was filled in; nobody is written to, and the team finds it in
    its list."""

    class State(models.TextChoices):
        NEW = "new", "à traiter"
        ANSWERED = "answered", "répondu"
        SET_ASIDE = "set_aside", "sans suite"

    number = models.CharField("numéro", max_length=20, unique=True)
    subject = models.ForeignKey(ContactSubject, verbose_name="sujet", on_delete=models.PROTECT, related_name="messages")
    name = models.CharField("nom", max_length=120)
    email = models.EmailField("adresse électronique", max_length=254)
    organisation = models.CharField("structure", max_length=200, blank=True)
    text = models.TextField("message")
    is_suspect = models.BooleanField("suspect", default=False)
    digest = models.CharField(
        max_length=64, db_index=True
    )  # of address, subject and words: sent twice, it is one message
    created_at = models.DateTimeField("reçu le", auto_now_add=True, db_index=True)
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.NEW)
    note = models.TextField("note de l’équipe", blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", verbose_name="par", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = "message reçu"
        verbose_name_plural = "messages reçus"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["new", "answered", "set_aside"]), name="contact_state_known"),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) | (~Q(state="answered") & Q(answered_at=None)),
                name="contact_answered_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.number
