# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list that somebody reads in: what it would change, then what it has changed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class ImportRun(models.Model):
    """``report`` has a row a line of the file: {number, label, status, words}. The file itself is kept until it is
    applied or given up: what is applied is what was shown."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "à confirmer"
        APPLIED = "applied", "importé"
        DROPPED = "dropped", "abandonné"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("fichier", max_length=200)
    sha256 = models.CharField(max_length=64)
    format = models.CharField("liste", max_length=40)
    data = models.BinaryField(blank=True, default=b"")
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.PREVIEWED)
    report = models.JSONField(default=list)
    counts = models.JSONField(default=dict)  # status → lines
    actor = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "import"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["previewed", "applied", "dropped"]), name="import_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False), name="import_applied_once_dated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_state_display()})"
