# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Assignments of a campaign's orders to makers: what they were made from, what they said, what was proposed of them.

Only fabrication.assignment.services changes them. Distances are whole metres, costs piece-metres (docs/assignment.md).
"""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class AssignmentRunQuerySet(models.QuerySet["AssignmentRun"]):
    def claimable(self) -> AssignmentRunQuerySet:
        """Waiting, or left by a worker whose lease ran out."""
        waiting = Q(state=AssignmentRun.State.QUEUED)
        return self.filter(waiting | Q(state=AssignmentRun.State.RUNNING, lease_until__lt=timezone.now()))

    def for_lists(self) -> AssignmentRunQuerySet:
        """Without the inputs, which are large."""
        return self.select_related("created_by", "parent").defer("inputs")


class AssignmentRun(models.Model):
    """One assignment. Its inputs never change; another try is another run that names its parent."""

    class State(models.TextChoices):
        QUEUED = "queued", "en attente"
        RUNNING = "running", "en cours"
        DONE = "done", "terminée"
        REFUSED = "refused", "refusée"  # these rules can't be kept, and the reason says why
        FAILED = "failed", "échouée"

    class Makers(models.TextChoices):
        SITE = "site", "ateliers ouverts du site"
        TABLE = "table", "tableau envoyé"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.CharField("campagne", max_length=80)  # runs of one campaign replace each other's proposals
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    created_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    inputs = models.BinaryField()  # orders and makers, JSON, zlib
    inputs_sha256 = models.CharField(max_length=64)
    makers = models.CharField(max_length=10, choices=Makers.choices)
    orders_count = models.PositiveIntegerField()
    makers_count = models.PositiveIntegerField()
    today = models.DateField()  # deadlines and closed weeks are counted from it
    radius_km = models.FloatField("rayon", validators=[MinValueValidator(0)])
    weeks = models.PositiveSmallIntegerField("semaines", validators=[MinValueValidator(1), MaxValueValidator(104)])
    unserved_km = models.FloatField(default=1000)
    balance_km = models.FloatField(default=0)
    steps = models.PositiveIntegerField()  # of the search

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    #: Counts the claims; a worker's word holds only while its own number is still here.
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)  # French, for the page
    fault = models.TextField(blank=True)  # English, for whoever repairs

    #: Of the answer, once there is one: pieces, orders, piece-metres.
    capacity = models.PositiveBigIntegerField(null=True, blank=True)
    served = models.PositiveBigIntegerField(null=True, blank=True)
    unserved = models.PositiveBigIntegerField(null=True, blank=True)
    unserved_orders = models.PositiveIntegerField(null=True, blank=True)
    split_orders = models.PositiveIntegerField(null=True, blank=True)
    metres = models.PositiveBigIntegerField(null=True, blank=True)
    objective_m = models.PositiveBigIntegerField(null=True, blank=True)
    bound_m = models.PositiveBigIntegerField(null=True, blank=True)
    nearest_unserved = models.PositiveBigIntegerField(null=True, blank=True)
    nearest_unserved_orders = models.PositiveIntegerField(null=True, blank=True)
    nearest_metres = models.PositiveBigIntegerField(null=True, blank=True)
    nearest_objective_m = models.PositiveBigIntegerField(null=True, blank=True)
    proven = models.BooleanField(default=False)  # no whole-order answer is better
    steps_made = models.PositiveIntegerField(null=True, blank=True)
    cut = models.BooleanField(default=False)  # by the clock

    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)  # its proposals, by another run's

    objects = AssignmentRunQuerySet.as_manager()

    class Meta:
        verbose_name = "répartition"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="run_to_sweep")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "refused", "failed"]), name="run_state_known"
            ),
            models.CheckConstraint(condition=Q(makers__in=["site", "table"]), name="run_makers_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="run_progress_is_a_percentage"),
            models.CheckConstraint(
                name="run_state_has_its_fields",
                condition=Q(state="queued", lease_until=None, finished_at=None)
                | Q(state="running", attempts__gte=1, lease_until__isnull=False, finished_at=None)
                | Q(state__in=["done", "refused", "failed"], lease_until=None, finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="run_done_has_its_answer",
                condition=Q(state="done", objective_m__isnull=False, bound_m__isnull=False, served__isnull=False)
                | (~Q(state="done") & Q(objective_m=None, proposed_at=None)),
            ),
            models.CheckConstraint(
                name="run_refusal_says_why",
                condition=(Q(state__in=["refused", "failed"]) & ~Q(reason=""))
                | (Q(state__in=["queued", "running", "done"]) & Q(reason="")),
            ),
            models.CheckConstraint(
                name="run_bound_is_below", condition=Q(objective_m=None) | Q(objective_m__gte=F("bound_m"))
            ),
            models.CheckConstraint(
                name="run_replaced_was_proposed", condition=Q(replaced_at=None) | Q(proposed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.public_id}"

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.REFUSED, self.State.FAILED)

    @property
    def is_proposed(self) -> bool:
        """Its proposals stand."""
        return self.proposed_at is not None and self.replaced_at is None

    @property
    def gap(self) -> float | None:
        """Above the lower bound, as a share of it."""
        if self.objective_m is None or self.bound_m is None:
            return None
        return (self.objective_m - self.bound_m) / self.bound_m if self.bound_m else 0.0

    @property
    def mean_km(self) -> float | None:
        """Of a piece that is made."""
        return self.metres / 1000 / self.served if self.served and self.metres is not None else None

    @property
    def nearest_served(self) -> int | None:
        if self.served is None or self.unserved is None or self.nearest_unserved is None:
            return None
        return self.served + self.unserved - self.nearest_unserved

    @property
    def nearest_mean_km(self) -> float | None:
        served = self.nearest_served
        return self.nearest_metres / 1000 / served if served and self.nearest_metres is not None else None


class AssignmentRule(models.Model):
    """A pair that a coordinator pinned or forbade for a run."""

    class Kind(models.TextChoices):
        PIN = "pin", "imposer"
        FORBID = "forbid", "écarter"

    run = models.ForeignKey(AssignmentRun, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    demand = models.CharField("commande", max_length=200)
    maker = models.CharField("atelier", max_length=200)

    class Meta:
        verbose_name = "règle de répartition"
        verbose_name_plural = "règles de répartition"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["pin", "forbid"]), name="rule_kind_known"),
            models.UniqueConstraint(fields=["run", "demand", "maker"], name="one_rule_a_pair"),
            models.UniqueConstraint(fields=["run", "demand"], condition=Q(kind="pin"), name="one_pin_an_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.demand} – {self.maker}"


class AssignmentRow(models.Model):
    """A line of a run's answer: pieces of an order at a maker, or left out (``maker`` empty)."""

    run = models.ForeignKey(AssignmentRun, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    demand = models.CharField(max_length=200)
    place = models.CharField(max_length=160)  # as people read it
    design = models.CharField(max_length=60)
    quantity = models.PositiveIntegerField()
    maker = models.CharField(max_length=200, blank=True)
    maker_name = models.CharField(max_length=200, blank=True)
    metres = models.PositiveIntegerField(null=True, blank=True)
    why = models.CharField(max_length=20)  # fabrication.assignment.reasons.Why
    reason = models.TextField()  # French

    class Meta:
        verbose_name = "ligne de répartition"
        verbose_name_plural = "lignes de répartition"
        ordering = ["position"]
        indexes = [models.Index(fields=["run", "maker"], name="row_by_maker")]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_row_a_position"),
            models.CheckConstraint(
                condition=Q(maker="", metres=None) | (~Q(maker="") & Q(metres__isnull=False)),
                name="row_maker_is_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand} → {self.maker or '–'}"


class Proposal(models.Model):
    """A maker proposed to a buyer for an order; the buyer chooses. Replaced ones are kept."""

    run = models.ForeignKey(AssignmentRun, on_delete=models.PROTECT, related_name="proposals")
    campaign = models.CharField(max_length=80)
    demand = models.CharField(max_length=200, db_index=True)
    workshop = models.ForeignKey("fablabs.Workshop", on_delete=models.PROTECT, related_name="proposals")
    quantity = models.PositiveIntegerField()
    metres = models.PositiveIntegerField()
    proposed_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "proposition"
        ordering = ["-proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "demand", "workshop"],
                condition=Q(replaced_at=None),
                name="one_standing_proposal_a_pair",
            )
        ]

    def __str__(self) -> str:
        return f"{self.demand} → {self.workshop_id}"
