# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a maker answered once a model that it is to cut was published anew."""

from __future__ import annotations

from django.db import models

from orders.models.order import OrderLine


class RevisionChoice(models.Model):
    """Of one line and one later revision of its model: cut that one instead (``moves``), or stay with the one that was to be
    cut. Written once: nobody is asked twice about the same revision."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="revision_choices")
    revision = models.ForeignKey("designs.DesignRevision", on_delete=models.PROTECT, related_name="+")
    moves = models.BooleanField("passe à cette révision")
    chosen_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    chosen_at = models.DateTimeField("le")

    class Meta:
        verbose_name = "choix d’une révision"
        verbose_name_plural = "choix de révisions"
        ordering = ["line", "pk"]
        constraints = [models.UniqueConstraint(fields=["line", "revision"], name="one_answer_a_line_and_revision")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.revision}"
