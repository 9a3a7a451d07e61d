# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workshops and the machine that each of them cuts on."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from fablabs.errors import MachineFileError
from fablabs.machine import MachineFile, parse_machine


def validate_machine_file(text: str) -> None:
    """A Django validator: the text is a machine file (docs/machines.md)."""
    try:
        parse_machine(text)
    except MachineFileError as error:
        raise ValidationError(f"Ce fichier machine n’est pas valide : {error}") from error


class Workshop(models.Model):
    """A place that cuts: who, where, on which machine (a machine file's TOML text)."""

    class Kind(models.TextChoices):
        FABLAB = "fablab", "Fablab"
        TIERS_LIEU = "tiers-lieu", "Tiers-lieu"
        ARTISAN = "artisan", "Artisan"
        COMPANY = "entreprise", "Entreprise"

    slug = models.SlugField("identifiant", max_length=60, unique=True)
    name = models.CharField("nom", max_length=120)
    commune = models.CharField("commune", max_length=120)
    kind = models.CharField("type", max_length=20, choices=Kind.choices)
    machine_file = models.TextField("fichier machine", max_length=20_000, validators=[validate_machine_file])
    is_demo = models.BooleanField("démonstration", default=False)

    class Meta:
        verbose_name = "atelier"
        verbose_name_plural = "ateliers"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["fablab", "tiers-lieu", "artisan", "entreprise"]),
                name="workshop_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.commune})"

    @property
    def machine(self) -> MachineFile:
        """Raises MachineFileError, which a saved and validated row does not."""
        return parse_machine(self.machine_file, self.slug)
