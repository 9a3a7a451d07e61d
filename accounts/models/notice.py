# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the site said to a person, kept for the bell, and when that person wants it by e-mail.

On the lowest floor, so that every part of the site may say something (accounts/services/notices.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models.person import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: User | AnonymousUser) -> NoticeQuerySet:
        """One's own: nobody reads another person's, a coordinator neither."""
        return self.filter(person=user) if user.is_authenticated else self.none()

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing that one person was told. Its words are made with it and stay; ``place`` and ``place_args`` name the page
    that it is about (a name of the site's addresses), which asks again who may see it."""

    class Kind(models.TextChoices):
        ORDER = "order", "commandes"
        QUOTE = "quote", "devis"
        WORKSHOP = "workshop", "atelier et fichiers"
        MODEL = "model", "remarques sur les modèles"
        ACCOUNT = "account", "compte et organisations"

    class Mail(models.TextChoices):
        SENT = "sent", "par e-mail aussi"  # at once, by a letter of its own
        WAITING = "waiting", "dans le prochain résumé"
        DIGESTED = "digested", "dans un résumé"
        NONE = "none", "ici seulement"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=160, unique=True)  # what it is and to whom: never twice
    kind = models.CharField("sujet", max_length=10, choices=Kind.choices)
    text = models.CharField("avis", max_length=200)
    place = models.CharField(max_length=60, blank=True)
    place_args = models.JSONField(default=list, blank=True)
    anchor = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.NONE)
    digested_on = models.DateField(null=True, blank=True)  # the day of the digest that told of it

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["person", "read_at", "-created_at"], name="notices_of_a_person"),
            models.Index(fields=["person", "mail"], condition=Q(mail="waiting"), name="notices_to_digest"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="notice_says_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["order", "quote", "workshop", "model", "account"]), name="notice_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(mail__in=["sent", "waiting", "none"], digested_on=None)
                | Q(mail="digested", digested_on__isnull=False),
                name="notice_digested_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class MailPace(models.Model):
    """How often a person wants e-mails about what may wait. No row: at once. ``digested_on``: the last day on which a digest
    was written, or would have been; of two workers, the one that raises it writes."""

    class Pace(models.TextChoices):
        NOW = "now", "Tout de suite, un message à chaque fois"
        DAILY = "daily", "Une fois par jour, un résumé à 7\N{NO-BREAK SPACE}h"
        WEEKLY = "weekly", "Une fois par semaine, un résumé le lundi à 7\N{NO-BREAK SPACE}h"
        NEVER = "never", "Jamais\N{NO-BREAK SPACE}: je lis mes avis sur le site"

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_pace")
    pace = models.CharField("rythme", max_length=6, choices=Pace.choices, default=Pace.NOW)
    digested_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "rythme des messages"
        verbose_name_plural = "rythmes des messages"
        constraints = [
            models.CheckConstraint(condition=Q(pace__in=["now", "daily", "weekly", "never"]), name="mail_pace_known")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.pace}"
