# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many of one kind that wait are one line: how many, and since when the oldest does."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min

from cms.dashboards.parts import Task
from cms.templatetags.french import plural


def counted(rows: Any, moment: str, words: str, action: str, url: str, detail: str) -> Task | None:
    """``words``: of one, of several. None where there are none. One query."""
    found = rows.order_by().aggregate(count=Count("pk", distinct=True), since=Min(moment))
    if not found["count"]:
        return None
    return Task(plural(found["count"], words), action, url, detail, found["since"], name=words.split(",")[1])
