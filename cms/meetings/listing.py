# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which meetings are shown where."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator

from cms.models import MeetingIndexPage, MeetingPage

_PAST_ON_A_PAGE = 12


def next_meeting() -> MeetingPage | None:
    """The next one that takes place and that anybody may see."""
    found: MeetingPage | None = MeetingPage.objects.live().public().upcoming().filter(is_cancelled=False).first()
    return found


def listed(index: MeetingIndexPage, page: str) -> dict[str, Any]:
    """All that come, cancelled ones too, so that nobody waits before a closed door; past ones a page at a time."""
    meetings = MeetingPage.objects.child_of(index).live().public()
    return {
        "upcoming": list(meetings.upcoming()),
        "past": Paginator(meetings.past(), _PAST_ON_A_PAGE).get_page(page),
    }
