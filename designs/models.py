# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published state of a model, in the database: jobs, packages and orders point to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from designs.errors import UnknownDesignError

if TYPE_CHECKING:
    from designs.design import Design

#: Characters of a remark and of its author's name.
MAX_REMARK, MAX_AUTHOR = 2000, 100


class DesignRevision(models.Model):
    """One published drawing of a design. ``code_path`` names the class that draws it
    ("designs.chariot.Chariot"); ``defaults`` and ``texts`` are copies of what was published."""

    design = models.SlugField("modèle", max_length=50)
    number = models.PositiveIntegerField("révision")
    code_path = models.CharField("code", max_length=200)
    defaults = models.JSONField("valeurs par défaut")
    texts = models.JSONField("textes")
    published_at = models.DateTimeField("publiée le", auto_now_add=True)

    class Meta:
        verbose_name = "révision d’un modèle"
        verbose_name_plural = "révisions des modèles"
        ordering = ["design", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="one_row_a_revision"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="revision_number_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.design} r{self.number}"

    def drawing(self) -> Design:
        """The design in code. Raises UnknownDesignError, also if the code draws another
        revision by now: what was ordered is never drawn with a later drawing."""
        from designs.catalogue import design

        found = design(self.design)
        if found.revision != self.number:
            raise UnknownDesignError(
                f"{self} is no longer drawn by {self.code_path}, which is at revision {found.revision}"
            )
        return found


class Care(models.Model):
    """The organisation of designers that looks after a model and answers remarks on it. A coordinator says which: anybody may
    register an organisation of designers, nobody takes a model."""

    design = models.SlugField("modèle", max_length=50)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="designs_in_care")

    class Meta:
        verbose_name = "modèle confié"
        verbose_name_plural = "modèles confiés"
        ordering = ["design"]
        constraints = [
            models.UniqueConstraint(fields=["design", "organisation"], name="one_care_a_model_and_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.design} – {self.organisation}"


class Remark(models.Model):
    """What a maker found about a part; it stays with the revision that was cut, for its designer.

    ``parameters`` are the sizes in which it was found, if they are known; ``job_key`` is the key of the job whose
    files were cut."""

    class Status(models.TextChoices):
        OPEN = "open", "à lire"
        ANSWERED = "answered", "répondue"
        CLOSED = "closed", "close"

    revision = models.ForeignKey(
        DesignRevision, on_delete=models.CASCADE, related_name="remarks", verbose_name="révision"
    )
    part_code = models.CharField("pièce", max_length=10)
    text = models.TextField("remarque", max_length=MAX_REMARK)
    author = models.CharField("auteur", max_length=MAX_AUTHOR, blank=True)
    job_key = models.CharField("travail", max_length=64, blank=True)
    parameters = models.JSONField("dimensions", default=dict, blank=True)
    status = models.CharField("état", max_length=20, choices=Status.choices, default=Status.OPEN)
    answer = models.TextField("réponse", blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="par"
    )
    created_at = models.DateTimeField("reçue le", auto_now_add=True)

    class Meta:
        verbose_name = "remarque"
        verbose_name_plural = "remarques"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["status", "-created_at"], name="remarks_to_read")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="remark_says_something"),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "answered", "closed"]), name="remark_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.part_code}"
