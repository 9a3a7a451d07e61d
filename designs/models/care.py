# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who looks after a model."""

from __future__ import annotations

from django.db import models


class Care(models.Model):
    """The organisation of designers that looks after a model and answers remarks on it. A coordinator says which: anybody may
    register an organisation of designers, nobody takes a model."""

    design = models.SlugField("modèle", max_length=50)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="designs_in_care")

    class Meta:
        verbose_name = "modèle confié"
        verbose_name_plural = "modèles confiés"
        ordering = ["design"]
        constraints = [
            models.UniqueConstraint(fields=["design", "organisation"], name="one_care_a_model_and_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.design} – {self.organisation}"
