# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answering a snippet's review on the page where it is edited."""

from __future__ import annotations

from typing import Any

from wagtail.snippets.views.snippets import EditView


class AnsweringEditView(EditView):  # type: ignore[misc]  # Wagtail has no types
    """Who answers without a change answers the state that was read. Wagtail (7.4) saves it once more, and a review that asks for
    approval of every change then never ends: the approval is of the state before."""

    def save_instance(self) -> Any:
        if self.action == "workflow-action" and not self.form.has_changed():
            self.has_content_changes = False
            self.new_revision = self.object.latest_revision
            return self.object
        return super().save_instance()
