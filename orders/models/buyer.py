# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a buying organisation is, for its eligibility and its invoices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Buyer(models.Model):
    """One for each organisation that orders. ``territory``: INSEE code of a commune, SIREN of an EPCI, code of a
    département or of a région, as the level says; a France Services space has its commune's."""

    class Level(models.TextChoices):
        COMMUNE = "commune", "commune"
        EPCI = "epci", "intercommunalité"
        DEPARTEMENT = "departement", "département"
        REGION = "region", "région"
        OTHER = "other", "autre groupement"

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="buyer")
    level = models.CharField("échelon", max_length=12, choices=Level.choices, default=Level.COMMUNE)
    territory = models.CharField("territoire", max_length=9, blank=True)
    #: Chorus Pro, where the buyer asks for it: the service that pays.
    service_code = models.CharField("code service", max_length=100, blank=True)
    needs_engagement = models.BooleanField("demande un numéro d’engagement sur ses factures", default=False)

    class Meta:
        verbose_name = "acheteur"
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["commune", "epci", "departement", "region", "other"]), name="buyer_level_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)
