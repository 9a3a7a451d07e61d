# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What calendars hold of a meeting."""

from __future__ import annotations

from typing import Any

from cms.models import MeetingPage


def facts_of(meeting: MeetingPage) -> dict[str, Any]:
    return {
        "title": meeting.title,
        "summary": meeting.summary,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "online_url": meeting.online_url,
        "takes_place": bool(meeting.live and not meeting.is_cancelled),
    }
