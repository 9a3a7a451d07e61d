# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which machines make a piece: found once by a worker, kept by its inputs (docs/matching.md)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class StudyQuerySet(models.QuerySet["Study"]):
    def claimable(self) -> StudyQuerySet:
        """Waiting, or left by a worker whose lease ran out."""
        return self.filter(Q(state=Study.State.QUEUED) | Q(state=Study.State.RUNNING, lease_until__lt=timezone.now()))


class Study(models.Model):
    """A piece whose needs are held against the machines there are. Only fabrication.matching.services changes a state.

    ``key`` is the SHA-256 of design, revision, parameters and software: other code or another revision is another
    study. Done: every kind of machine known at that moment has its row of ``Feasibility``; a new kind queues it again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "en attente"
        RUNNING = "running", "en cours"
        DONE = "done", "terminé"
        FAILED = "failed", "échoué"

    key = models.CharField(max_length=64, unique=True)
    design = models.CharField(max_length=130)  # identifier, or "identifier@digest" of an exact state
    content = models.CharField(max_length=64, blank=True, default="")  # Design.content_key of what was asked for
    parameters = models.JSONField()  # cleaned, every one of them
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    #: Counts the claims since it was queued; a worker's word holds only while its own number is here.
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(auto_now=True)
    fault = models.TextField(blank=True)  # English, for whoever repairs

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name = "étude de faisabilité"
        verbose_name_plural = "études de faisabilité"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="study_to_sweep")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]), name="study_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False, attempts__gte=1)
                | (~Q(state="running") & Q(lease_until=None)),
                name="study_running_has_a_lease",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(fault=""), name="study_failure_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.design} {self.key[:12]}"


class Feasibility(models.Model):
    """How a piece suits one kind of machine with one kind of stock. Written once: a machine that is changed is another
    kind. Only ``remedies`` come later."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="feasibilities")
    profile = models.CharField(max_length=64)  # SHA-256 of all that decides, fabrication/matching/profiles.py
    obstacles = models.JSONField(default=list)  # in the order in which they are told; empty: it is made there
    needs = models.JSONField(null=True, blank=True)  # PieceNeeds at that sheet; None: not drawn for it
    most = models.PositiveIntegerField(null=True, blank=True)  # pieces, where counted sheets are all that takes a part
    #: Sizes with which sheets that are too small would do (fabrication/matching/remedies.py); None: not looked for.
    remedies = models.JSONField(null=True, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "faisabilité"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["study", "profile"], name="one_feasibility_a_profile")]

    def __str__(self) -> str:
        return f"{self.study} × {self.profile[:12]}"
