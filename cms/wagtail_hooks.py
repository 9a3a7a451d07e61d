# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the administration shows besides pages: questions, and makers' remarks, to be read and answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import LiveStatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.contact import admin as contact_admin  # noqa: F401  # registers its own
from cms.meetings import admin as meetings_admin  # noqa: F401
from cms.models import Question
from designs.models import Remark


class _ReadAndAnswer(ModelPermissionPolicy):  # type: ignore[misc]
    """Remarks come from the pages of finished files; nobody writes one here in a maker's name."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "add" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class RemarkViewSet(ModelViewSet):  # type: ignore[misc]  # Wagtail has no types
    """What a maker wrote stays as it is; its state and the answer are the designer's."""

    model = Remark
    menu_label = "Remarques"
    icon = "comment"
    add_to_admin_menu = True
    copy_view_enabled = False
    permission_policy = _ReadAndAnswer(Remark)
    list_display = ("__str__", "text", "author", "status", "created_at")
    list_filter = ("status", "revision")
    form_fields = ("status", "answer")
    panels = [
        FieldPanel("revision", read_only=True),
        FieldPanel("part_code", read_only=True),
        FieldPanel("text", read_only=True),
        FieldPanel("author", read_only=True),
        FieldPanel("job_key", read_only=True),
        FieldPanel("parameters", read_only=True),
        FieldPanel("status"),
        FieldPanel("answer"),
    ]


@hooks.register("register_admin_viewset")
def remarks() -> RemarkViewSet:
    return RemarkViewSet("remarques")


class QuestionViewSet(SnippetViewSet):  # type: ignore[misc]
    """Questions with their drafts, their moderation and their history, beside the pages in the menu."""

    model = Question
    menu_label = "Questions"
    menu_order = 150
    icon = "help"
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ("question", "audience", "order", LiveStatusTagColumn())
    list_filter = ("audience", "live")
    ordering = ("audience", "order", "pk")
    search_fields = ("question", "answer")
    list_per_page = 50


register_snippet(QuestionViewSet)
