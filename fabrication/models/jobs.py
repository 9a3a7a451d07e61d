# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Jobs and what they made. The rows are the truth about work to be done (docs/operations.md)."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

#: Copies of one piece in one package made on the site, where others wait too; the shell takes more.
MAX_QUANTITY = 100


class Artefact(models.Model):
    """A file that was made: found by ``key`` (its inputs), kept at ``path`` (its content), both SHA-256."""

    class Kind(models.TextChoices):
        PACKAGE = "package", "archive de fabrication"
        VIEW = "view", "vue en volume"
        FACTS = "facts", "fiche"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=120)  # below the artefacts' folder
    name = models.CharField(max_length=200)  # for people who download it
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "artefact"

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class JobQuerySet(models.QuerySet["Job"]):
    def claimable(self) -> JobQuerySet:
        """Waiting, or left by a worker whose lease ran out."""
        return self.filter(
            Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=timezone.now()),
        )

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(models.Model):
    """One piece of work for a worker. Only fabrication.services changes a state."""

    class Kind(models.TextChoices):
        PACKAGE = "package", "fichiers de fabrication"
        PREVIEW = "preview", "aperçu"
        LAYOUT = "layout", "meilleure disposition"
        QUOTE = "quote", "chiffrage"
        SHEETS = "sheets", "panneaux nécessaires"
        CHECK = "check", "vérification d’un modèle"
        CHANGES = "changes", "comparaison de deux révisions"
        PICTURES = "pictures", "images du modèle"

    class State(models.TextChoices):
        QUEUED = "queued", "en attente"
        RUNNING = "running", "en cours"
        DONE = "done", "terminé"
        REFUSED = "refused", "refusé"  # this can't be made, and the reason says why
        FAILED = "failed", "échoué"  # we could not; the fault is ours

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    revision = models.ForeignKey("designs.DesignRevision", on_delete=models.PROTECT, related_name="jobs")
    #: What a comparison is made against; none: nothing is published yet.
    against = models.ForeignKey(
        "designs.DesignRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="compared"
    )
    parameters = models.JSONField()  # cleaned, every one of them
    workshop = models.ForeignKey("fablabs.Workshop", null=True, blank=True, on_delete=models.SET_NULL)
    machine_file = models.TextField(blank=True)  # the workshop's at that time; empty where no machine is meant
    quantity = models.PositiveIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(MAX_QUANTITY)]
    )
    key = models.CharField(max_length=64, db_index=True)
    #: By what it was to be made, beside its inputs (artefacts.software_key): what an older software said of a model is no word of
    #: today's on it.
    software = models.CharField(max_length=64, blank=True)
    scale = models.PositiveSmallIntegerField(default=1)  # 5: a model of 1:5
    #: Codes of the parts that are wanted; empty: all of them.
    only = models.JSONField(default=list, blank=True)
    #: Where every copy lies. A package keeps the one that it was given; a search starts from the one
    #: that it was given and puts a better one in its place each time that it finds one.
    layout = models.JSONField(null=True, blank=True)
    #: The package whose layout is to be improved; the search that found a package's layout.
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers")
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)  # that a search may take

    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    #: Counts the claims; a worker's word holds only while its own number is still here.
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)  # French, for the page
    fault = models.TextField(blank=True)  # English, for whoever repairs
    #: Where in a designer's script a refusal points: {file, line, column, kind, french, english}, 20 at most.
    errors = models.JSONField(default=list, blank=True)

    package = models.ForeignKey(Artefact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    view = models.ForeignKey(Artefact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    facts = models.ForeignKey(Artefact, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    #: What a check's facts say, so that red ones are found without reading files; None for all else.
    is_green = models.BooleanField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "travail"
        verbose_name_plural = "travaux"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_to_sweep")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["package", "preview", "layout", "quote", "sheets", "check", "changes", "pictures"]
                ),
                name="job_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY), name="job_quantity_bounded"
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(kind__in=["preview", "sheets", "check", "changes", "pictures"]) | ~Q(machine_file=""),
                name="package_job_has_a_machine",
            ),
            models.CheckConstraint(
                name="job_state_has_its_fields",
                condition=Q(state="queued", attempts=0, lease_until=None, started_at=None, finished_at=None)
                | Q(
                    state="running",
                    attempts__gte=1,
                    lease_until__isnull=False,
                    started_at__isnull=False,
                    finished_at=None,
                )
                | Q(state__in=["done", "refused", "failed"], lease_until=None, finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="job_refusal_says_why",
                condition=(Q(state__in=["refused", "failed"]) & ~Q(reason=""))
                | (Q(state__in=["queued", "running", "done"]) & Q(reason="")),
            ),
            models.CheckConstraint(
                name="job_done_has_its_artefacts",
                condition=Q(
                    state="done", kind__in=["package", "pictures"], package__isnull=False, view=None, facts=None
                )
                | Q(state="done", kind="preview", package=None, view__isnull=False, facts__isnull=False)
                | Q(state="done", kind="layout", package=None, view=None, facts=None)
                | Q(
                    state="done",
                    kind__in=["quote", "sheets", "check", "changes"],
                    package=None,
                    view=None,
                    facts__isnull=False,
                )
                | (~Q(state="done") & Q(package=None, view=None, facts=None)),
            ),
            models.CheckConstraint(name="job_against_is_a_comparison", condition=Q(kind="changes") | Q(against=None)),
            models.CheckConstraint(
                name="job_colour_is_a_finished_checks", condition=Q(is_green=None) | Q(kind="check", state="done")
            ),
            models.CheckConstraint(
                name="job_search_has_a_start_and_an_end",
                condition=Q(kind="layout", layout__isnull=False, seconds__isnull=False)
                | (~Q(kind="layout") & Q(seconds=None)),
            ),
            models.UniqueConstraint(
                fields=["based_on"],
                condition=Q(kind="layout", state__in=["queued", "running"]),
                name="one_search_a_package_at_a_time",
            ),
            models.CheckConstraint(
                name="job_times_are_in_order",
                condition=Q(started_at=None) | Q(finished_at=None) | Q(finished_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_finished(self) -> bool:
        return self.state in (Job.State.DONE, Job.State.REFUSED, Job.State.FAILED)
