# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The legal entity that makes furniture, what it offers, and what it can show for it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Role, is_coordinator

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class MakerQuerySet(models.QuerySet["Maker"]):
    def editable_by(self, user: User | AnonymousUser) -> MakerQuerySet:
        """A maker's own people and the coordinators; nobody else."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(
            organisation__memberships__user=user,
            organisation__memberships__role=Role.MAKER,
            organisation__memberships__is_active=True,
            organisation__archived_at=None,
            archived_at=None,
        ).distinct()


class Maker(models.Model):
    """One registration a legal entity: its organisation holds name and SIREN, its workshops the places."""

    class Kind(models.TextChoices):
        FABLAB = "fablab", "Fablab"
        TIERS_LIEU = "tiers-lieu", "Tiers-lieu"
        ARTISAN = "artisan", "Artisan"
        MANUFACTURE = "manufacture", "Manufacture"

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="maker")
    kind = models.CharField("type", max_length=20, choices=Kind.choices)
    presentation = models.TextField("présentation", max_length=4_000, blank=True)
    website = models.URLField("site internet", blank=True)
    #: 0: not liable (franchise en base). A share, not a percentage.
    vat_rate = models.DecimalField(
        "taux de TVA",
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.2"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("0.5"))],
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = MakerQuerySet.as_manager()

    class Meta:
        verbose_name = "fabricant"
        ordering = ["organisation__name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["fablab", "tiers-lieu", "artisan", "manufacture"]), name="maker_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.organisation.name


class Offer(models.Model):
    """A model that a maker offers, with its own price for one and how many it takes on; no row: it offers none."""

    maker = models.ForeignKey(Maker, on_delete=models.CASCADE, related_name="offers")
    design = models.SlugField("modèle", max_length=60)  # a design's identifier
    price_eur = models.DecimalField(
        "prix HT d’un exemplaire",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # without VAT; none: by quote
    smallest_quantity = models.PositiveIntegerField("à partir de", default=1, validators=[MinValueValidator(1)])
    largest_quantity = models.PositiveIntegerField("jusqu’à", null=True, blank=True)

    class Meta:
        verbose_name = "modèle proposé"
        ordering = ["design"]
        constraints = [
            models.UniqueConstraint(fields=["maker", "design"], name="one_offer_a_design"),
            models.CheckConstraint(
                condition=Q(largest_quantity=None) | Q(largest_quantity__gte=F("smallest_quantity")),
                name="offer_quantities_in_order",
                violation_error_message="La plus grande quantité est inférieure à la plus petite.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.design} ({self.maker})"


class Evidence(models.Model):
    """What a maker shows for one of the programme's four criteria: a fact with dates, not a mark."""

    class Criterion(models.TextChoices):
        TECHNICAL = "technical", "technique"
        ENVIRONMENTAL = "environmental", "environnemental"
        SOCIAL = "social", "social"
        ECONOMIC = "economic", "économique"

    maker = models.ForeignKey(Maker, on_delete=models.CASCADE, related_name="evidence")
    criterion = models.CharField("critère", max_length=20, choices=Criterion.choices)
    title = models.CharField("fait", max_length=160)
    detail = models.TextField("détail", max_length=2_000, blank=True)
    link = models.URLField("lien", blank=True)
    dated = models.DateField("date")
    valid_until = models.DateField("valable jusqu’au", null=True, blank=True)

    class Meta:
        verbose_name = "élément de preuve"
        verbose_name_plural = "éléments de preuve"
        ordering = ["criterion", "-dated", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(criterion__in=["technical", "environmental", "social", "economic"]),
                name="evidence_criterion_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("dated")),
                name="evidence_dates_in_order",
                violation_error_message="La fin de validité précède la date du fait.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
