# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns: when intentions are collected, what they may ask for, how far the State pays, and from which money."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

MONEY = {"max_digits": 12, "decimal_places": 2}
_NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def published(self) -> CampaignQuerySet:
        return self.filter(published_at__isnull=False)

    def open_on(self, day: date) -> CampaignQuerySet:
        """Intentions are taken that day."""
        return self.published().filter(opens_on__lte=day, closes_on__gte=day)

    def visible_to(self, user: User | AnonymousUser) -> CampaignQuerySet:
        """Published ones are everybody's; drafts are the coordinators'."""
        from accounts.models import is_coordinator

        return self if is_coordinator(user) else self.published()


class Campaign(models.Model):
    """Dates are whole days of Paris, both included. ``departments`` empty: all of France.

    The State pays ``rate`` of the expense without VAT (domain.md: 80 %), of at most ``cap_eur`` of expense; the published
    limit reads both ways, so ``cap_basis`` says whether it holds for each order or for all of a buyer's orders together.
    """

    class CapBasis(models.TextChoices):
        ORDER = "order", "pour chaque commande"
        EXPENSE = "expense", "pour toutes les dépenses d’une même collectivité"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField("identifiant", max_length=60, unique=True)
    name = models.CharField("nom", max_length=120)
    presentation = models.TextField("présentation", max_length=4_000, blank=True)
    opens_on = models.DateField("ouverture")
    closes_on = models.DateField("dernier jour pour déposer")
    decides_on = models.DateField("décisions au plus tard le", null=True, blank=True)
    delivers_on = models.DateField("livraisons au plus tard le", null=True, blank=True)
    departments = models.JSONField("départements", default=list, blank=True)  # codes, e.g. ["30", "48"]
    rate = models.DecimalField(
        "taux de subvention",
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.800"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )
    cap_eur = models.DecimalField("plafond de dépense HT", validators=_NOT_NEGATIVE, null=True, blank=True, **MONEY)
    cap_basis = models.CharField("plafond appliqué", max_length=10, choices=CapBasis.choices, default=CapBasis.ORDER)
    vat_rate = models.DecimalField(
        "taux de TVA",
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.200"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )
    #: Days that a maker has to answer a question for a quote.
    answer_days = models.PositiveSmallIntegerField(
        "délai de réponse des ateliers", default=15, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    #: Points of each criterion of the arbitration list: {"eligibility": 40, …}; empty: those of orders/arbitration.
    weights = models.JSONField("poids des critères", default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_demo = models.BooleanField("démonstration", default=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "campagne"
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="campaign_closes_after_it_opens",
                violation_error_message="Le dernier jour vient avant l’ouverture.",
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="campaign_rate_is_a_share"),
            models.CheckConstraint(condition=Q(vat_rate__gte=0, vat_rate__lte=1), name="campaign_vat_is_a_share"),
            models.CheckConstraint(condition=Q(cap_eur=None) | Q(cap_eur__gte=0), name="campaign_cap_not_negative"),
            models.CheckConstraint(condition=Q(cap_basis__in=["order", "expense"]), name="campaign_cap_basis_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, today: date | None = None) -> bool:
        day = today or timezone.localdate()
        return self.published_at is not None and self.opens_on <= day <= self.closes_on

    def covers(self, department: str) -> bool:
        return not self.departments or department in self.departments


class CampaignDesign(models.Model):
    """A model that may be asked for in a campaign, by the design's identifier."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="designs")
    design = models.SlugField("modèle", max_length=60)
    largest_quantity = models.PositiveSmallIntegerField("au plus, par commande", null=True, blank=True)

    class Meta:
        verbose_name = "modèle proposé"
        ordering = ["campaign", "design"]
        constraints = [models.UniqueConstraint(fields=["campaign", "design"], name="one_offer_of_a_model_a_campaign")]

    def __str__(self) -> str:
        return self.design


class EquipmentLot(models.Model):
    """A kind of refurbished device with the least that it must be (domain.md: four lots, data of a campaign)."""

    class Kind(models.TextChoices):
        TABLET = "tablet", "tablettes"
        SMARTPHONE = "smartphone", "téléphones"
        DESKTOP = "desktop", "ordinateurs fixes"
        LAPTOP = "laptop", "ordinateurs portables"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="lots")
    kind = models.CharField("appareil", max_length=12, choices=Kind.choices)
    configuration = models.TextField("configuration minimale", max_length=1_000)
    low_eur = models.DecimalField("prix HT, de", validators=_NOT_NEGATIVE, null=True, blank=True, **MONEY)
    high_eur = models.DecimalField("prix HT, à", validators=_NOT_NEGATIVE, null=True, blank=True, **MONEY)

    class Meta:
        verbose_name = "lot d’équipement"
        verbose_name_plural = "lots d’équipement"
        ordering = ["campaign", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind"], name="one_lot_of_a_kind_a_campaign"),
            models.CheckConstraint(
                condition=Q(kind__in=["tablet", "smartphone", "desktop", "laptop"]), name="lot_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(low_eur=None) | Q(high_eur=None) | Q(high_eur__gte=F("low_eur")), name="lot_prices_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class PurchaseThreshold(models.Model):
    """Below it a public buyer may buy without a tender, between two days (domain.md: 40 000 € HT, 60 000 since 1 April
    2026). Euros without VAT."""

    amount_eur = models.DecimalField("seuil HT", validators=_NOT_NEGATIVE, **MONEY)
    valid_from = models.DateField("à partir du")
    valid_to = models.DateField("jusqu’au", null=True, blank=True)
    source = models.CharField("source", max_length=200, blank=True)

    class Meta:
        verbose_name = "seuil d’achat"
        verbose_name_plural = "seuils d’achat"
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="one_threshold_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="threshold_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_eur} € HT – {self.valid_from}"


class Envelope(models.Model):
    """The money of a campaign in a département. ``reserved_eur`` is the sum of its ``GrantEntry`` rows, changed in the same
    transaction with this row locked (orders/services/envelopes.py), so it never exceeds the amount."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="envelopes")
    department = models.CharField("département", max_length=3)
    amount_eur = models.DecimalField("enveloppe", validators=_NOT_NEGATIVE, **MONEY)
    reserved_eur = models.DecimalField("engagé", default=Decimal(0), editable=False, **MONEY)

    class Meta:
        verbose_name = "enveloppe"
        ordering = ["campaign", "department"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "department"], name="one_envelope_a_department"),
            models.CheckConstraint(
                condition=Q(reserved_eur__gte=0) & Q(reserved_eur__lte=F("amount_eur")),
                name="envelope_never_exceeded",
                violation_error_message="L’enveloppe ne peut pas être inférieure à ce qui est déjà engagé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} – {self.department}"

    @property
    def left_eur(self) -> Decimal:
        return self.amount_eur - self.reserved_eur
