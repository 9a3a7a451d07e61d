# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stands in a workshop and what lies on its shelves, as a machine file has them (docs/machines.md)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from pydantic import ValidationError as Invalid

from fablabs.machine import Machine, MachineFile, sentences
from fablabs.stock import Stock


def validate_machine(data: Any) -> None:
    """A Django validator: the ``[machine]`` of a machine file, as data."""
    _validate(Machine, data, "Cette machine n’est pas décrite comme il faut")


def validate_stock(data: Any) -> None:
    """A Django validator: the ``[stock]`` of a machine file, as data."""
    _validate(Stock, data, "Ce panneau n’est pas décrit comme il faut")


def _validate(kind: type[Machine] | type[Stock], data: Any, words: str) -> None:
    try:
        kind.model_validate(data)
    except Invalid as error:
        raise ValidationError(f"{words} : {sentences(error)}") from error


class CuttingMachine(models.Model):
    """A machine at a workshop: ``settings`` is the ``[machine]`` table of a machine file, tools and layers in it."""

    workshop = models.ForeignKey("fablabs.Workshop", on_delete=models.CASCADE, related_name="machines")
    name = models.CharField("nom", max_length=120)
    settings = models.JSONField("réglages", validators=[validate_machine])
    is_active = models.BooleanField("en service", default=True)

    class Meta:
        verbose_name = "machine"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def machine(self) -> Machine:
        """Raises pydantic's ValidationError, which a saved and validated row does not."""
        return Machine.model_validate(self.settings)

    def file_with(self, item: StockItem) -> MachineFile | None:
        """This machine with that stock on it; None where the margin leaves nothing of the sheet."""
        try:
            return MachineFile.model_validate({"machine": self.settings, "stock": item.settings})
        except Invalid:
            return None


class StockItem(models.Model):
    """A material at a thickness, its sheets and offcuts: ``settings`` is the ``[stock]`` table of a machine file."""

    class Origin(models.TextChoices):
        NEW = "new", "neuf"
        RECYCLED = "recycled", "recyclé"  # a panel made of recovered matter
        RECLAIMED = "reclaimed", "réemploi"  # a panel that served before

    workshop = models.ForeignKey("fablabs.Workshop", on_delete=models.CASCADE, related_name="stock")
    settings = models.JSONField("panneau", validators=[validate_stock])
    origin = models.CharField("origine", max_length=10, choices=Origin.choices, default=Origin.NEW)
    is_active = models.BooleanField("disponible", default=True)

    class Meta:
        verbose_name = "stock"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(origin__in=["new", "recycled", "reclaimed"]), name="origin_known")
        ]

    def __str__(self) -> str:
        return f"{self.settings.get('material', '?')} {self.settings.get('measured_thickness_mm', '?')} mm"

    @property
    def as_stock(self) -> Stock:
        """Raises pydantic's ValidationError, which a saved and validated row does not."""
        return Stock.model_validate(self.settings)
