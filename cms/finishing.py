# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an approval leads to: a page appears; a model is publishable, and is published on its date if it has one.

Wagtail imports this while its own models load, so everything is imported within."""

from __future__ import annotations

from typing import Any


def finish(workflow_state: Any, user: Any = None) -> None:
    """WAGTAIL_FINISH_WORKFLOW_ACTION."""
    from wagtail.workflows import publish_workflow_state

    from designs.models import DesignDraft
    from designs.services.publishing import keep_date

    if isinstance(workflow_state.content_object, DesignDraft):
        keep_date(workflow_state.content_object, user)
    else:
        publish_workflow_state(workflow_state, user)
