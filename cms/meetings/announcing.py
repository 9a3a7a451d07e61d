# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an editor's publication of a meeting means for calendars and for those who come."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.meetings.facts import facts_of
from cms.meetings.registering import lock, promote
from cms.meetings.words import tell
from cms.models import MeetingPage, Registration

#: Of these changes everybody is told; of a title, only calendars.
_TOLD = ("starts_at", "ends_at", "online_url", "takes_place")


def announce(meeting: MeetingPage) -> None:
    """After each publication, and after the page was taken off: a changed entry gets the next sequence, those who come are told what
    changed, and those who wait get the places that there are now. Published twice, nothing happens twice."""
    with transaction.atomic():
        calendar = lock(meeting)
        meeting = MeetingPage.objects.get(pk=meeting.pk)
        facts, before = facts_of(meeting), calendar.facts
        if facts == before:
            promote(meeting, calendar)
            return
        calendar.facts, calendar.changed_at = facts, timezone.now()
        calendar.sequence += 1
        calendar.save()
        changed = {name for name in _TOLD if facts[name] != before.get(name)}
        if changed and not meeting.is_over:
            _tell_everybody(meeting, calendar, changed)
        promote(meeting, calendar)


def _tell_everybody(meeting: MeetingPage, calendar: Any, changed: set[str]) -> None:
    takes_place = calendar.facts["takes_place"]
    if not takes_place and "takes_place" not in changed:
        return  # it was called off before: another hour of it is nobody's business
    people = Registration.objects.filter(meeting=meeting).exclude(state=Registration.State.CANCELLED)
    if changed == {"online_url"}:
        people = people.filter(state=Registration.State.REGISTERED)  # who waits has no link
    reason = "changed" if takes_place else "cancelled"
    for registration in people.order_by("queued_at", "pk"):
        registration.meeting = meeting
        if "starts_at" in changed and registration.reminded_at is not None:
            # Of the new day, too.
            Registration.objects.filter(pk=registration.pk).update(reminded_at=None)
        tell(registration, reason, calendar, f"{reason}.{calendar.sequence}")
