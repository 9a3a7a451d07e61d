# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published state of a model, in the database: jobs, packages and orders point to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from designs.errors import UnknownDesignError
from designs.kept import Kept

if TYPE_CHECKING:
    from designs.content import Content
    from designs.design import Design


class PublishedRevisions(models.Manager["DesignRevision"]):
    """Without candidates: what lists, pages and orders see unless they ask for more."""

    def get_queryset(self) -> models.QuerySet[DesignRevision]:
        return super().get_queryset().filter(number__isnull=False)


class DesignRevision(models.Model):
    """One drawing of a design, never changed once it is published.

    ``origin`` says who draws it: the code (``code_path`` names the class, "designs.chariot.Chariot") or the studio (``content``,
    designs.content.Content as data, found by its ``digest``). Without a number it is a candidate: what a draft held at one
    moment, so that it can be seen, checked and compared like a published one; publication gives it its number.
    ``defaults`` and ``texts`` are copies of what was published.
    """

    class Origin(models.TextChoices):
        CODE = "code", "livré avec le logiciel"
        STUDIO = "studio", "Studio"

    design = models.SlugField("modèle", max_length=50)
    number = models.PositiveIntegerField("révision", null=True, blank=True)
    version = models.CharField("version", max_length=20, default="1.0.0", blank=True)
    origin = models.CharField("origine", max_length=10, choices=Origin.choices, default=Origin.CODE)
    digest = models.CharField("empreinte", max_length=64, blank=True, db_index=True)  # SHA-256 of the content
    content = models.JSONField("contenu", default=dict, blank=True)
    code_path = models.CharField("code", max_length=200, blank=True)
    defaults = models.JSONField("valeurs par défaut")
    texts = models.JSONField("textes")
    draft = models.ForeignKey(
        "designs.DesignDraft", null=True, blank=True, on_delete=models.PROTECT, related_name="publications", verbose_name="brouillon"
    )  # fmt: skip
    adapted_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="adaptations", verbose_name="adaptée de"
    )
    created_at = models.DateTimeField("enregistrée le", default=timezone.now, editable=False)
    #: None for a candidate, which says so itself.
    published_at = models.DateTimeField("publiée le", null=True, blank=True, default=timezone.now)
    published_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="publiée par"
    )

    objects = PublishedRevisions()
    states = models.Manager["DesignRevision"]()

    class Meta:
        verbose_name = "révision d’un modèle"
        verbose_name_plural = "révisions des modèles"
        ordering = ["design", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="one_row_a_revision"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_from_1"),
            models.CheckConstraint(
                condition=Q(number=None, published_at=None) | Q(number__isnull=False, published_at__isnull=False),
                name="revision_numbered_when_published",
            ),
            # A revision that changes words alone has the content of the one before: only candidates are one a content.
            models.UniqueConstraint(
                fields=["design", "digest"], condition=Q(origin="studio", number=None), name="one_candidate_a_content"
            ),
            models.CheckConstraint(condition=Q(origin__in=["code", "studio"]), name="revision_origin_known"),
            models.CheckConstraint(
                condition=Q(origin="code", number__isnull=False) | Q(origin="studio") & ~Q(digest=""),
                name="revision_of_the_studio_has_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.design} r{self.number}" if self.number else f"{self.design} @{self.digest[:12]}"

    @property
    def is_candidate(self) -> bool:
        return self.number is None

    @property
    def content_key(self) -> str:
        """As ``Design.content_key``, without drawing it up."""
        return self.digest if self.origin == self.Origin.STUDIO else str(self.number)

    @property
    def title(self) -> str:
        return str(self.texts.get("title") or self.design)

    @property
    def reference(self) -> str:
        """What designs.catalogue.design finds this very drawing by."""
        return f"{self.design}@{self.content_key}"

    def contents(self) -> Content:
        """What draws it, as the studio keeps it; of a design in code read from the code that is there today.

        Raises UnknownDesignError where the code draws another revision by now, ContentError."""
        if self.origin == self.Origin.STUDIO:
            from designs.content import Content

            return Content.parse(self.content)
        from designs.sources import content_of

        return content_of(self.drawing())

    def drawing(self) -> Design:
        """The design that draws it. Raises UnknownDesignError, also if the code draws another revision by now: what was
        ordered is never drawn with a later drawing."""
        if self.origin == self.Origin.STUDIO:
            return drawn(self)
        from designs.catalogue import shipped

        found = shipped(self.design)
        if found.revision != self.number:
            raise UnknownDesignError(
                f"{self} is no longer drawn by {self.code_path}, which is at revision {found.revision}"
            )
        return found


#: Designs of the studio that this process has drawn up lately: content and words, not geometry.
_drawn: Kept[tuple[str, int, str, str, str], Design] = Kept(64)


def drawn(revision: DesignRevision) -> Design:
    """The studio's design of this row. The same content with the same words is the same design: remembered, so that a row
    that was read without its content need not be read again. Raises ContentError, DesignError."""
    key = (
        revision.design, revision.number or 0, revision.version, revision.digest, json.dumps(revision.texts, sort_keys=True),
    )  # fmt: skip
    known = _drawn.get(key)
    if known is None:
        from designs.drawers import drawn_by

        known = drawn_by(
            DesignRevision.Origin.STUDIO, revision.design, revision.number or 0, revision.contents(), revision.texts,
            revision.version,
        )  # fmt: skip
        _drawn.put(key, known)
    return known
