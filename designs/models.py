# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published state of a model, in the database: jobs, packages and orders point to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from designs.design import Design


class DesignRevision(models.Model):
    """One published drawing of a design. ``code_path`` names the class that draws it
    ("designs.chariot.Chariot"); ``defaults`` and ``texts`` are copies of what was published."""

    design = models.SlugField("modèle", max_length=50)
    number = models.PositiveIntegerField("révision")
    code_path = models.CharField("code", max_length=200)
    defaults = models.JSONField("valeurs par défaut")
    texts = models.JSONField("textes")
    published_at = models.DateTimeField("publiée le", auto_now_add=True)

    class Meta:
        verbose_name = "révision d’un modèle"
        verbose_name_plural = "révisions des modèles"
        ordering = ["design", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="one_row_a_revision"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="revision_number_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.design} r{self.number}"

    def drawing(self) -> Design:
        """The design in code. Raises UnknownDesignError, or LookupError if the code draws another
        revision by now: what was ordered is never drawn with a later drawing."""
        from designs.catalogue import design

        found = design(self.design)
        if found.revision != self.number:
            raise LookupError(f"{self} is no longer drawn by {self.code_path}, which is at revision {found.revision}")
        return found
