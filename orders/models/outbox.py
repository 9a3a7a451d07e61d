# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is still to be done because of an event: written in the event's transaction, done by the worker at least once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def claimable(self) -> OutboxQuerySet:
        """Due, or left by a worker whose lease ran out."""
        now = timezone.now()
        return self.filter(
            Q(state=OutboxMessage.State.WAITING, due_at__lte=now)
            | Q(state=OutboxMessage.State.SENDING, lease_until__lt=now)
        )


class OutboxMessage(models.Model):
    """An e-mail to one person. ``message_id`` is made with the row and sent with each attempt, so a mail server
    that gets it twice knows it for the same. Its words are made when it is sent, from ``template`` and ``data``;
    ``recipient`` is a person, whose address may change meanwhile."""

    class State(models.TextChoices):
        WAITING = "waiting", "en attente"
        SENDING = "sending", "en cours"
        SENT = "sent", "envoyé"
        FAILED = "failed", "échoué"  # after many attempts; a coordinator sees it and may try again
        DROPPED = "dropped", "sans objet"  # nobody to send it to any more, or no letter at once is wanted

    event = models.ForeignKey("orders.Event", null=True, blank=True, on_delete=models.PROTECT, related_name="outbox")
    key = models.CharField(max_length=120, unique=True)  # what it is, e.g. "C-2026-00042.3.funded.17": never twice
    message_id = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=60)
    recipient = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    #: Counts the claims; a worker's word holds only while its own number is still here.
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    fault = models.TextField(blank=True)  # English, for whoever repairs

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi"
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_to_send")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "failed", "dropped"]), name="outbox_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False, attempts__gte=1)
                | (~Q(state="sending") & Q(lease_until=None)),
                name="outbox_sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="outbox_sent_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.key
