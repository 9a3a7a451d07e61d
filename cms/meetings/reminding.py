# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A word the day before, by Paris's calendar: a day of 23 or 25 hours is a day."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cms.meetings.dates import PARIS
from cms.meetings.registering import lock
from cms.meetings.words import tell
from cms.models import MeetingPage, Registration

#: Nobody's telephone rings at night.
_FIRST_HOUR = 8
#: Who registered within these hours has the letter at hand.
_FRESH = timedelta(hours=12)


def remind() -> int:
    """For the worker, as often as it likes; returns how many letters were written. If no worker ran the day before, the morning of the
    day itself is late, and better than nothing."""
    now = timezone.now()
    local = now.astimezone(PARIS)
    if local.hour < _FIRST_HOUR:
        return 0
    tomorrow = local.date() + timedelta(days=1)
    # No day has more than 25 hours, and a meeting of tomorrow's last minute is within two days.
    soon = MeetingPage.objects.live().filter(
        is_cancelled=False, starts_at__gt=now, starts_at__lte=now + timedelta(hours=50)
    )
    written = 0
    for meeting in soon:
        if meeting.starts_at.astimezone(PARIS).date() <= tomorrow:
            written += _remind_of(meeting)
    return written


def _remind_of(meeting: MeetingPage) -> int:
    to_tell = Registration.objects.filter(meeting=meeting, state=Registration.State.REGISTERED, reminded_at=None)
    if not to_tell.exists():
        return 0
    written = 0
    with transaction.atomic():
        calendar = lock(meeting)
        now = timezone.now()
        for registration in to_tell.order_by("pk"):
            registration.meeting = meeting
            Registration.objects.filter(pk=registration.pk).update(reminded_at=now)
            if now - registration.queued_at < _FRESH:
                continue
            key = f"reminder.{registration.turns}.{meeting.starts_at:%Y%m%d%H%M}"
            written += tell(registration, "reminder", calendar, key) is not None
    return written
