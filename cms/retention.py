# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names and addresses of people without an account, and when they go: with ``manage.py erase_personal_data``, as those of orders do
(docs/retention.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from cms.models import ContactMessage, MeetingCalendar, Registration
from orders.services.retention import Kind, register_kind

_BATCH = 500


def _registrations(before: datetime, does: bool) -> list[str]:
    """With their letters. How many came stays with the meeting."""
    rows = Registration.objects.filter(meeting__ends_at__lt=before)
    meetings = list(rows.order_by().values_list("meeting_id", flat=True).distinct()) if does else []
    for start in range(0, len(meetings), _BATCH):
        counted = Registration.objects.filter(meeting__in=meetings[start : start + _BATCH]).values("meeting_id")
        came = counted.order_by().annotate(n=Count("pk", filter=Q(state=Registration.State.REGISTERED)))
        for row in came:
            MeetingCalendar.objects.filter(meeting=row["meeting_id"]).update(registered_count=row["n"])
    return _deleted(rows, does)


def _contact_messages(before: datetime, does: bool) -> list[str]:
    return _deleted(ContactMessage.objects.filter(created_at__lt=before), does)


def _deleted(rows: QuerySet[Any], does: bool) -> list[str]:
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _BATCH) if does else ():
        rows.model.objects.filter(pk__in=keys[start : start + _BATCH]).delete()
    return [str(key) for key in keys]


REGISTRATIONS = Kind(
    "registrations",
    30,
    "who registered for an online meeting, and the letters about it",
    "until the meeting is over, and a month for its report and questions",
    _registrations,
)
CONTACT_MESSAGES = Kind(
    "contact_messages",
    365,
    "messages of the contact form, with who wrote them",
    "until the answer, and a year to take it up again",
    _contact_messages,
)


def register() -> None:
    for kind in (REGISTRATIONS, CONTACT_MESSAGES):
        register_kind(kind)
