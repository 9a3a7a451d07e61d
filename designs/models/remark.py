# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What makers found about parts."""

from __future__ import annotations

from django.db import models

from designs.models.revision import DesignRevision

#: Characters of a remark and of its author's name.
MAX_REMARK, MAX_AUTHOR = 2000, 100


class Remark(models.Model):
    """What a maker found about a part; it stays with the revision that was cut, for its designer.

    ``parameters`` are the sizes in which it was found, if they are known; ``job_key`` is the key of the job whose
    files were cut. ``closed_by`` is the later revision that took it into account; ``written_by`` is told of it."""

    class Status(models.TextChoices):
        OPEN = "open", "à lire"
        ANSWERED = "answered", "répondue"
        CLOSED = "closed", "close"

    revision = models.ForeignKey(
        DesignRevision, on_delete=models.CASCADE, related_name="remarks", verbose_name="révision"
    )
    part_code = models.CharField("pièce", max_length=10)
    text = models.TextField("remarque", max_length=MAX_REMARK)
    author = models.CharField("auteur", max_length=MAX_AUTHOR, blank=True)
    written_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    job_key = models.CharField("travail", max_length=64, blank=True)
    parameters = models.JSONField("dimensions", default=dict, blank=True)
    status = models.CharField("état", max_length=20, choices=Status.choices, default=Status.OPEN)
    answer = models.TextField("réponse", blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="par"
    )
    closed_by = models.ForeignKey(
        DesignRevision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="closes",
        verbose_name="prise en compte par",
    )
    created_at = models.DateTimeField("reçue le", auto_now_add=True)

    class Meta:
        verbose_name = "remarque"
        verbose_name_plural = "remarques"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["status", "-created_at"], name="remarks_to_read")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="remark_says_something"),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "answered", "closed"]), name="remark_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.part_code}"
