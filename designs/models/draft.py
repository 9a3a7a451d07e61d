# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a designer works at: the next state of a model, with Wagtail's history, review and lock (docs/revisions.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from designs.design import TEXTS, Design
from designs.lineage import MAX_CREDIT

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.models import Revision


class DesignDraft(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):  # type: ignore[misc]
    """One row a model. The row holds what was published last (or, before that, what it began with); what is being worked at
    is the latest of its saved states (``state()``). ``content`` is designs.content.Content as data, or on its way to be.

    ``organisation`` is the bureau that works at it; a model's Care says who else. Only designs.services changes it."""

    class Step(models.TextChoices):
        MAJOR = "major", "majeure\N{NO-BREAK SPACE}: joints ou paramètres changés"
        MINOR = "minor", "mineure\N{NO-BREAK SPACE}: pièces changées, joints gardés"
        PATCH = "patch", "corrective\N{NO-BREAK SPACE}: textes, bornes élargies"

    slug = models.SlugField(
        "adresse", max_length=50, unique=True, help_text="Fin de l’adresse du modèle\N{NO-BREAK SPACE}; ne change plus."
    )
    title = models.CharField("titre", max_length=100)
    summary = models.CharField(
        "résumé", max_length=300, blank=True, help_text="Une phrase\N{NO-BREAK SPACE}: ce que c’est, à quoi cela sert."
    )
    story = models.TextField(
        "description", max_length=10_000, blank=True, help_text="Quelques paragraphes, séparés par une ligne vide."
    )
    credit = models.CharField("crédit", max_length=MAX_CREDIT, blank=True, help_text="Qui l’a dessiné, et d’après qui.")
    licence = models.CharField("licence", max_length=100, default=Design.licence, help_text="Identifiant SPDX.")
    changes = models.TextField(
        "ce qui change",
        max_length=2_000,
        blank=True,
        help_text="Pour qui connaît la révision précédente. Demandé pour publier.",
    )
    content = models.JSONField("dessin et paramètres", default=dict, blank=True)
    version_step = models.CharField(
        "version",
        max_length=10,
        choices=Step.choices,
        blank=True,
        help_text="Vide\N{NO-BREAK SPACE}: ce que la comparaison propose.",
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="drafts", verbose_name="bureau de création"
    )
    adapted_from = models.ForeignKey(
        "designs.DesignRevision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="adapté de",
    )
    created_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="commencé par"
    )
    created_at = models.DateTimeField("commencé le", auto_now_add=True)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="design_draft")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="design_draft",
        for_concrete_model=False,
    )

    class Meta:
        verbose_name = "modèle"
        verbose_name_plural = "modèles"
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="draft_has_a_title"),
            models.CheckConstraint(
                condition=Q(version_step__in=["", "major", "minor", "patch"]), name="draft_version_step_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def state(self) -> DesignDraft:
        """What is being worked at: the latest saved state, as an object that is not to be saved."""
        latest = self.latest_revision
        return latest.as_object() if latest else self

    @property
    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXTS}

    def with_content_json(self, content: Mapping[str, Any]) -> DesignDraft:
        """What belongs to the model and not to one of its states stays as it is, whichever state is looked at."""
        state: DesignDraft = super().with_content_json(content)
        state.expire_at = None
        for field in ("slug", "organisation_id", "adapted_from_id", "created_by_id", "created_at"):
            setattr(state, field, getattr(self, field))
        return state

    def save_revision(self, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any) -> Revision:
        """As Wagtail's, but what somebody was asked to read, or what waits for its date, is never written over: its approval
        would be one of other words."""
        seen = overwrite_revision is not None and (
            overwrite_revision.approved_go_live_at is not None
            or overwrite_revision.pk == self.live_revision_id
            or overwrite_revision.task_states.exists()
        )
        return super().save_revision(*args, overwrite_revision=None if seen else overwrite_revision, **kwargs)

    def unpublish(self, *args: Any, **kwargs: Any) -> None:
        """What was published stays: somebody may have ordered it."""
        raise PermissionDenied("a published model is never taken away")

    def publish(self, revision: Revision, user: Any = None, **options: Any) -> Any:
        """Wagtail's way to publication (its button, an approval, a date that has come) leads through the same door as the
        studio's. Raises PublicationRefused."""
        from designs.services.publishing import publish_state

        return publish_state(self, revision, user, **options)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "cms/studio/preview.html"
