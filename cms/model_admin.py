# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models in the administration, for their reviewers: history, comparison, preview, lock, workflow, a date to publish.

They are begun and drawn in the studio; what was published has its rows, which no page edits or deletes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, PublishingPanel
from wagtail.admin.ui.tables import LiveStatusTagColumn, UpdatedAtColumn
from wagtail.admin.widgets.datetime import AdminDateTimeInput
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, UnpublishView

from cms.answering import AnsweringEditView
from cms.model_admin_form import DraftForm, SourcesPanel, SpecificationPanel
from designs.models import DesignDraft
from designs.services.publishing import have_checked
from designs.studio_errors import PublicationRefused, StudioError


class _ReadAndReview(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail has no types
    """A model is begun in the studio, by whoever draws it, and never deleted: somebody may have ordered it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in ("add", "delete") and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class DraftEditView(AnsweringEditView):  # type: ignore[misc]
    """What the door to publication refuses is said above the form; what was typed is saved as a state all the same."""

    def run_action_method(self) -> HttpResponse | None:
        try:
            found: HttpResponse | None = super().run_action_method()
        except StudioError as error:
            for sentence in error.messages.values() or [error.french]:
                messages.error(self.request, sentence)
            if isinstance(error, PublicationRefused):
                have_checked(DesignDraft.objects.get(pk=self.object.pk).state(), error)
            return redirect(self.get_edit_url())
        return found


class NeverUnpublished(UnpublishView):  # type: ignore[misc]
    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404("what was published stays: somebody may have ordered it")


@hooks.register("construct_snippet_action_menu")
def without_unpublishing(items: list[Any], request: Any, context: dict[str, Any]) -> None:
    if context.get("model") is DesignDraft:
        items[:] = [item for item in items if item.name != "action-unpublish"]


@hooks.register("before_delete_snippet")
def never_deleted(request: Any, snippets: Iterable[Any]) -> None:
    """Many at once too, for which Wagtail asks the permissions alone: a superuser has all of them."""
    if any(isinstance(one, DesignDraft) for one in snippets):
        raise Http404("a model is never deleted")


class _LineagePanel(FieldPanel):  # type: ignore[misc]
    def format_value_for_display(self, value: Any) -> Any:
        return super().format_value_for_display(value) if value else "–"


class _DatePanel(PublishingPanel):  # type: ignore[misc]
    """A date to publish; none to take away what was published."""

    def __init__(self, **kwargs: Any) -> None:
        date = AdminDateTimeInput(
            js_overlay_parent_selector="#schedule-publishing-dialog",
            attrs={
                "data-controller": "w-action",
                "data-action": "w-dialog:hidden->w-action#reset",
                "data-w-dialog-target": "notify",
            },
        )
        super().__init__(**({"children": [FieldPanel("go_live_at", widget=date)]} | kwargs))


class DesignDraftViewSet(SnippetViewSet):  # type: ignore[misc]
    model = DesignDraft
    menu_label = "Modèles"
    menu_order = 160
    icon = "desktop"
    add_to_admin_menu = True
    copy_view_enabled = False
    edit_view_class = DraftEditView
    unpublish_view_class = NeverUnpublished
    permission_policy = _ReadAndReview(DesignDraft)
    list_display = ("__str__", "slug", "organisation", UpdatedAtColumn(), LiveStatusTagColumn())
    list_filter = ("live", "organisation")
    search_fields = ("title", "slug", "summary")
    ordering = ("title", "pk")
    list_per_page = 50
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("slug", read_only=True), FieldPanel("organisation", read_only=True), _LineagePanel("adapted_from", read_only=True)],
                heading="Le modèle",
            ),
            MultiFieldPanel(
                [FieldPanel("title"), FieldPanel("summary"), FieldPanel("story"), FieldPanel("credit"), FieldPanel("licence")],
                heading="Textes",
            ),
            MultiFieldPanel([FieldPanel("changes"), FieldPanel("version_step")], heading="La prochaine révision"),
            SpecificationPanel("content"),
            SourcesPanel(heading="Dessin"),
            _DatePanel(),
        ],
        base_form_class=DraftForm,
    )  # fmt: skip

    def get_queryset(self, request: Any) -> Any:
        return DesignDraft.objects.select_related("organisation", "latest_revision")


register_snippet(DesignDraftViewSet)
