# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An e-mail to somebody who has no account: written with what it is about, sent by the worker at least once (cms/letters.py)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class LetterQuerySet(models.QuerySet["Letter"]):
    def claimable(self) -> LetterQuerySet:
        """Due, or left by a worker whose lease ran out."""
        now = timezone.now()
        return self.filter(
            Q(state=Letter.State.WAITING, due_at__lte=now) | Q(state=Letter.State.SENDING, lease_until__lt=now)
        )


class Letter(models.Model):
    """Words and address as they were when it was written. It goes with the registration or the message that it is about, and so
    does the address in it. ``message_id`` is made with the row and sent with each attempt."""

    class State(models.TextChoices):
        WAITING = "waiting", "en attente"
        SENDING = "sending", "en cours"
        SENT = "sent", "envoyé"
        FAILED = "failed", "échoué"

    key = models.CharField(max_length=120, unique=True)  # what it is, e.g. "meeting.12.reminder.340": never twice
    message_id = models.CharField(max_length=200, unique=True)
    registration = models.ForeignKey(
        "cms.Registration", null=True, blank=True, on_delete=models.CASCADE, related_name="letters"
    )
    contact_message = models.ForeignKey(
        "cms.ContactMessage", null=True, blank=True, on_delete=models.CASCADE, related_name="letters"
    )
    to = models.JSONField()  # addresses
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    calendar = models.TextField(blank=True)  # an iCalendar file, attached
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    #: Counts the claims; a worker's word holds only while its own number is still here.
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    fault = models.TextField(blank=True)  # English, for whoever repairs

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "lettre"
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "due_at"], name="letter_to_send")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "failed"]), name="letter_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False, attempts__gte=1)
                | (~Q(state="sending") & Q(lease_until=None)),
                name="letter_sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="letter_sent_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(registration__isnull=False) ^ Q(contact_message__isnull=False),
                name="letter_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.key
