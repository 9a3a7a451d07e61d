# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Zonings as they were imported: which list, of which day, says what of which commune."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from orders.eligibility.zoning import Kind, Status


class ZoningListQuerySet(models.QuerySet["ZoningList"]):
    def in_force(self, day: date) -> ZoningListQuerySet:
        """Several of a kind may be: orders.eligibility.zoning.best_of says which decides."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class ZoningList(models.Model):
    """An official list that was read in. ``vintage``: "2025-07-10", "2024-08", "2024". ``is_complete``: a commune that it
    doesn't name has no such zoning. ``counts``: {"communes": …, status: lines…}, for pages."""

    kind = models.CharField("zonage", max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    vintage = models.CharField("millésime", max_length=20)
    source = models.CharField("source", max_length=200)
    valid_from = models.DateField("en vigueur depuis")
    valid_to = models.DateField("en vigueur jusqu’à", null=True, blank=True)
    is_complete = models.BooleanField("cite toutes les communes concernées", default=False)
    is_demo = models.BooleanField("démonstration", default=False)
    file_name = models.CharField("fichier", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    imported_at = models.DateTimeField("importée le", auto_now=True)

    objects = ZoningListQuerySet.as_manager()

    class Meta:
        verbose_name = "liste de zonage"
        verbose_name_plural = "listes de zonage"
        ordering = ["kind", "-valid_from", "-vintage", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "vintage", "is_demo"], name="one_zoning_list_a_vintage"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="zoning_list_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="zoning_list_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.vintage}"


class Zoning(models.Model):
    """What a list says of one commune, from one day to another, both included. ``code``: the district's or the space's
    number in its list, blank for the class of a whole commune."""

    list = models.ForeignKey(ZoningList, on_delete=models.CASCADE, related_name="zonings")
    insee = models.CharField("code de la commune", max_length=5)
    code = models.CharField("identifiant dans la liste", max_length=40, blank=True)
    status = models.CharField("classement", max_length=8, choices=[(s.value, s.value) for s in Status if s != "silent"])
    label = models.CharField("libellé", max_length=200, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    valid_from = models.DateField("depuis")
    valid_to = models.DateField("jusqu’à", null=True, blank=True)

    class Meta:
        verbose_name = "zonage"
        ordering = ["list_id", "insee", "code", "valid_from"]
        constraints = [
            # Also the index that a judgement reads by: list, then commune.
            models.UniqueConstraint(fields=["list", "insee", "code", "valid_from"], name="one_zoning_a_place_and_day"),
            models.CheckConstraint(condition=Q(status__in=["full", "partial", "none"]), name="zoning_status_known"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="zoning_days_in_order"
            ),
        ]
        indexes = [models.Index(fields=["siret"], name="zoning_siret", condition=~Q(siret=""))]

    def __str__(self) -> str:
        return f"{self.insee} {self.label or self.status}"
