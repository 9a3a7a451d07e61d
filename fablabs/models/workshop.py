# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's site: where it is, how much it can make, by when and at what price."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Role, is_coordinator, validate_siret
from fablabs.errors import MachineFileError
from fablabs.machine import MachineFile, machine_text

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from fablabs.models.equipment import CuttingMachine, StockItem

_EURO = {
    "max_digits": 9,
    "decimal_places": 2,
    "null": True,
    "blank": True,
    "validators": [MinValueValidator(Decimal(0))],
}


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def open_to_orders(self) -> WorkshopQuerySet:
        return self.filter(state=Workshop.State.OPEN, maker__archived_at=None, maker__organisation__archived_at=None)

    def with_equipment(self) -> WorkshopQuerySet:
        """Everything that ``machine_files`` and a ranking read, in a constant number of queries."""
        return self.select_related("maker__organisation").prefetch_related(
            "machines", "stock", "closed_weeks", "maker__offers", "maker__evidence"
        )

    def editable_by(self, user: User | AnonymousUser) -> WorkshopQuerySet:
        """Its maker's people and the coordinators."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self
        return self.filter(
            maker__organisation__memberships__user=user,
            maker__organisation__memberships__role=Role.MAKER,
            maker__organisation__memberships__is_active=True,
            maker__organisation__archived_at=None,
            maker__archived_at=None,
        ).distinct()


class Workshop(models.Model):
    """A site of a maker, with an establishment's number, an address, machines and stock.

    Coordinates are WGS84 degrees, of the address or of the commune. What is not known is None or blank, and stays
    unknown: nothing takes its place.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "à valider"
        OPEN = "open", "ouvert aux commandes"
        PAUSED = "paused", "en pause"
        CLOSED = "closed", "fermé"

    maker = models.ForeignKey("fablabs.Maker", on_delete=models.PROTECT, related_name="workshops")
    slug = models.SlugField("identifiant", max_length=60, unique=True)
    name = models.CharField("nom", max_length=120)
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[validate_siret])
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    insee = models.CharField("code de la commune", max_length=5, db_index=True)
    commune = models.CharField("commune", max_length=120)  # as people read it, e.g. "Nîmes (Gard)"
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    state = models.CharField("état", max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField("raison", max_length=500, blank=True)
    asked_at = models.DateTimeField("validation demandée le", null=True, blank=True)
    #: Paused by a coordinator: only a coordinator lifts it.
    is_held = models.BooleanField("suspendu par la coordination", default=False)
    validated_at = models.DateTimeField(null=True, blank=True)
    validated_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    #: Served: all within the radius (km by estimated road; none: no limit) and, if any are named, in these départements.
    radius_km = models.PositiveIntegerField("rayon desservi", null=True, blank=True)
    departments = models.JSONField("départements desservis", default=list, blank=True)  # codes, e.g. ["30", "34"]

    units_per_week = models.DecimalField(
        "exemplaires par semaine",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    lead_days = models.PositiveSmallIntegerField(
        "délai en jours", null=True, blank=True, validators=[MaxValueValidator(730)]
    )  # from the commitment to the delivery of a first piece
    machine_hour_eur = models.DecimalField("heure de machine HT", **_EURO)
    hand_hour_eur = models.DecimalField("heure de main-d’œuvre HT", **_EURO)
    delivery_km_eur = models.DecimalField("livraison HT par kilomètre", **_EURO)  # both ways are driven and paid
    minimum_eur = models.DecimalField("minimum de commande HT", **_EURO)
    finishes = models.JSONField("finitions", default=list, blank=True)  # short texts, e.g. ["huile", "vernis"]
    is_demo = models.BooleanField("démonstration", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkshopQuerySet.as_manager()
    _pair: tuple[CuttingMachine, StockItem] | None = None  # chosen for this instance, in no row

    class Meta:
        verbose_name = "atelier"
        verbose_name_plural = "ateliers"
        ordering = ["id"]
        indexes = [models.Index(fields=["latitude", "longitude"], name="workshop_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["siret"],
                condition=~Q(siret=""),
                name="one_workshop_a_siret",
                violation_error_message="Un atelier est déjà inscrit avec ce SIRET.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open", "paused", "closed"]), name="workshop_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(validated_at__isnull=False),
                name="workshop_open_once_validated",
                violation_error_message="Un atelier s’ouvre aux commandes une fois validé par la coordination.",
            ),
            models.CheckConstraint(condition=Q(asked_at=None) | Q(state="draft"), name="workshop_asks_while_a_draft"),
            models.CheckConstraint(condition=Q(is_held=False) | Q(state="paused"), name="workshop_held_is_paused"),
            models.CheckConstraint(
                condition=(Q(latitude=None) & Q(longitude=None))
                | (Q(latitude__gte=-90) & Q(latitude__lte=90) & Q(longitude__gte=-180) & Q(longitude__lte=180)),
                name="workshop_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def pairs(self) -> list[tuple[CuttingMachine, StockItem]]:
        """Each machine in use with each stock in use that lies within its bed's thickness, first ones first."""
        machines = [m for m in self.machines.all() if m.is_active]
        items = [s for s in self.stock.all() if s.is_active]
        return [(m, s) for m in machines for s in items]

    def machine_files(self) -> list[MachineFile]:
        """One for each of ``pairs``; those whose margin leaves nothing of the sheet are left out."""
        found = (machine.file_with(item) for machine, item in self.pairs())
        return [file for file in found if file is not None]

    def with_pair(self, machine: CuttingMachine, item: StockItem) -> Workshop:
        """This workshop, whose ``machine`` is from now on this machine with this stock on it."""
        self._pair = (machine, item)
        return self

    @property
    def machine(self) -> MachineFile:
        """The pair that was chosen, or the first machine with the first stock that lies on it. Raises MachineFileError
        without one."""
        if self._pair is not None:
            machine, item = self._pair
            files = [file for file in [machine.file_with(item)] if file]
        else:
            files = self.machine_files()
        if not files:
            raise MachineFileError(f"{self.slug}: no machine in use with stock for it")
        return files[0]

    @property
    def machine_file(self) -> str:
        """The same as the text that a job keeps. Raises MachineFileError."""
        return machine_text(self.machine)

    @property
    def is_candidate(self) -> bool:
        """Can it be asked to make anything? A place without a machine or stock is a contact."""
        return bool(self.pairs())


class ClosedWeek(models.Model):
    """A week, by its Monday, in which a workshop makes nothing."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="closed_weeks")
    monday = models.DateField("semaine du")
    reason = models.CharField("raison", max_length=120, blank=True)

    class Meta:
        verbose_name = "semaine fermée"
        verbose_name_plural = "semaines fermées"
        ordering = ["monday"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "monday"], name="a_week_is_closed_once"),
            models.CheckConstraint(condition=Q(monday__iso_week_day=1), name="a_closed_week_begins_on_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.workshop}, {self.monday:%G-W%V}"
