# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the administration shows besides pages: questions, and the way to makers' remarks."""

from __future__ import annotations

from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import LiveStatusTagColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms import model_admin  # noqa: F401  # registers its own
from cms.answering import AnsweringEditView
from cms.contact import admin as contact_admin  # noqa: F401  # registers its own
from cms.meetings import admin as meetings_admin  # noqa: F401
from cms.models import Question


@hooks.register("register_admin_menu_item")
def remarks() -> MenuItem:
    """Remarks are read, answered and closed on one page of the site, by its rules: nobody writes into their rows here."""
    return MenuItem("Remarques", reverse("remarks"), name="remarques", icon_name="comment", order=900)


class QuestionViewSet(SnippetViewSet):  # type: ignore[misc]
    """Questions with their drafts, their moderation and their history, beside the pages in the menu."""

    model = Question
    edit_view_class = AnsweringEditView
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
