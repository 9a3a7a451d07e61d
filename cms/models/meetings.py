# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Online meetings, and who comes. The rules are in cms/meetings."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import PageManager, PageQuerySet
from wagtail.search import index

from cms.models.base import SitePage

_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
#: A meeting is planned within these years, and lasts no longer than a day: the rest is a slip of the keyboard.
_YEARS_AHEAD, _FIRST_YEAR = 5, 2020
_LONGEST = timedelta(hours=24)


def new_token() -> str:
    """192 bits: who has it is who it was sent to."""
    return secrets.token_urlsafe(24)


class MeetingQuerySet(PageQuerySet):  # type: ignore[misc]  # Wagtail has no types
    def upcoming(self) -> MeetingQuerySet:
        """Not over yet, the next one first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def past(self) -> MeetingQuerySet:
        """The last one first."""
        return self.filter(ends_at__lte=timezone.now()).order_by("-starts_at", "-pk")


class MeetingIndexPage(SitePage):
    introduction = RichTextField("introduction", features=["bold", "italic", "link"], blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.MeetingPage"]
    content_panels = [*SitePage.content_panels, FieldPanel("introduction")]
    search_fields = [*SitePage.search_fields, index.SearchField("introduction")]
    template = "cms/meetings.html"

    class Meta:
        verbose_name = "liste des rencontres"
        verbose_name_plural = "listes des rencontres"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.meetings.listing import listed

        return {**super().get_context(request, *args, **kwargs), **listed(self, request.GET.get("page", ""))}


class MeetingPage(SitePage):
    """``online_url`` is for those who registered: it stands in their letters and on their own page, and nowhere else."""

    summary = models.TextField("en deux phrases", max_length=400, help_text="Dans la liste et sur la page d’accueil.")
    audience = models.CharField(
        "pour qui", max_length=200, help_text="Exemple : « les communes et les espaces France services »."
    )
    starts_at = models.DateTimeField("début", db_index=True, help_text="À l’heure de Paris.")
    ends_at = models.DateTimeField("fin", db_index=True, help_text="À l’heure de Paris.")
    online_url = models.URLField(
        "lien de la visioconférence",
        max_length=500,
        blank=True,
        help_text="Envoyé aux inscrits, et montré à eux seuls. S’il change, ils reçoivent le nouveau à la publication.",
    )
    places = models.PositiveIntegerField(
        "nombre de places",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="Au-delà, une liste d’attente. Vide : sans limite.",
    )
    description = RichTextField("programme", features=_FEATURES, blank=True)
    is_cancelled = models.BooleanField(
        "annulée", default=False, help_text="À la publication, les inscrits reçoivent un message."
    )
    report = RichTextField(
        "compte rendu", features=_FEATURES, blank=True, help_text="Montré une fois la rencontre passée."
    )

    parent_page_types = ["cms.MeetingIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("audience"),
        MultiFieldPanel([FieldPanel("starts_at"), FieldPanel("ends_at"), FieldPanel("is_cancelled")], "Quand"),
        MultiFieldPanel([FieldPanel("online_url"), FieldPanel("places")], "Inscriptions"),
        FieldPanel("description"),
        FieldPanel("report"),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("summary"),
        index.SearchField("audience"),
        index.SearchField("description"),
        index.SearchField("report"),
        index.FilterField("starts_at"),
    ]
    template = "cms/meeting.html"
    search_kind = "meeting"
    objects = PageManager.from_queryset(MeetingQuerySet)()

    class Meta:
        verbose_name = "rencontre en ligne"
        verbose_name_plural = "rencontres en ligne"

    def clean(self) -> None:
        super().clean()
        errors = {}
        this_year = timezone.localdate().year
        for name in ("starts_at", "ends_at"):
            value = getattr(self, name)
            if isinstance(value, datetime) and not _FIRST_YEAR <= value.year <= this_year + _YEARS_AHEAD:
                errors[name] = f"Vérifiez l’année : entre {_FIRST_YEAR} et {this_year + _YEARS_AHEAD}."
        if not errors and isinstance(self.starts_at, datetime) and isinstance(self.ends_at, datetime):
            if self.ends_at <= self.starts_at:
                errors["ends_at"] = "La fin vient après le début."
            elif self.ends_at - self.starts_at > _LONGEST:
                errors["ends_at"] = "Une rencontre dure un jour au plus : vérifiez la date de fin."
        if self.online_url and not self.online_url.lower().startswith(("https://", "http://")):
            errors["online_url"] = "Un lien qui commence par https://."
        if errors:
            raise ValidationError(errors)

    @property
    def when(self) -> str:
        from cms.meetings.dates import when

        return when(self.starts_at, self.ends_at)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from cms.views.meetings import meeting_page

        return meeting_page(self, request)


class MeetingCalendar(models.Model):
    """What calendars know of a meeting, apart from the page: an editor who goes back to an older version of the page does not
    take back what was announced. ``facts`` are those of the last announcement."""

    meeting = models.OneToOneField(MeetingPage, primary_key=True, on_delete=models.CASCADE, related_name="calendar")
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    #: How many were registered, once their names were erased.
    registered_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "agenda d’une rencontre"

    def __str__(self) -> str:
        return f"{self.uid} ({self.sequence})"


class Registration(models.Model):
    """Somebody who wants to come. One row for an address and a meeting: who leaves and comes again gets the same one, at the end of
    the queue. ``token`` leads to this person's own page."""

    class State(models.TextChoices):
        REGISTERED = "registered", "inscrit"
        WAITING = "waiting", "en liste d’attente"
        CANCELLED = "cancelled", "désinscrit"

    meeting = models.ForeignKey(
        MeetingPage, verbose_name="rencontre", on_delete=models.CASCADE, related_name="registrations"
    )
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    name = models.CharField("nom", max_length=120)
    email = models.EmailField("adresse électronique", max_length=254)
    email_key = models.CharField(max_length=254, editable=False)  # in small letters: one person, one place
    organisation = models.CharField("structure", max_length=200, blank=True)
    state = models.CharField("état", max_length=10, choices=State.choices)
    queued_at = models.DateTimeField("inscription le", default=timezone.now)
    cancelled_at = models.DateTimeField("désinscription le", null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    #: How often this person left or came back: what tells the letters, and the versions of the calendar's entry, apart.
    turns = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "inscription"
        ordering = ["queued_at", "pk"]
        indexes = [models.Index(fields=["meeting", "state", "queued_at"], name="registration_queue")]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "email_key"], name="one_registration_an_address"),
            models.CheckConstraint(
                condition=Q(state__in=["registered", "waiting", "cancelled"]), name="registration_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
                name="registration_cancelled_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_state_display()}"

    @property
    def meeting_title(self) -> str:
        return str(self.meeting.title)

    @property
    def own_page(self) -> str:
        """Where the person, or an editor whom the person called, takes the registration back."""
        from cms.meetings.words import own_address

        return own_address(self)
