# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming to a meeting, and not coming after all. Whoever does it is the person whose address it is, known by the letter that was sent
there: nobody has an account for this.

Every change of a meeting's queue is made under a lock of its calendar's row, so that two for the last place are one and the first who
waits."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cms.meetings.facts import facts_of
from cms.meetings.words import tell
from cms.models import MeetingCalendar, MeetingPage, Registration

State = Registration.State
#: A name of a host may hold ß, which is two letters when it is folded.
_LONGEST_KEY = 254


class MeetingClosedError(ValueError):
    """``french`` says why, to the person."""

    def __init__(self, message: str, french: str) -> None:
        super().__init__(message)
        self.french = french


@dataclass(frozen=True)
class Taken:
    """``was_full``: what the page says. It is about the meeting, not about the person: a stranger who types somebody's address learns
    nothing of whether that person comes."""

    registration: Registration
    was_full: bool


def register(meeting: MeetingPage, *, name: str, email: str, organisation: str = "") -> Taken:
    """A place, or a place in the queue; the letter that says which is written with it. Who is there already gets the letter again, and
    a corrected name. Raises MeetingClosedError."""
    with transaction.atomic():
        calendar = lock(meeting)
        meeting = MeetingPage.objects.get(pk=meeting.pk)  # as it is published now
        _refuse_closed(meeting)
        was_full = is_full(meeting)
        key = email.casefold()[:_LONGEST_KEY]
        found = Registration.objects.filter(meeting=meeting, email_key=key).first()
        if found is not None and found.state != State.CANCELLED:
            found.name, found.organisation = name, organisation or found.organisation
            found.save(update_fields=["name", "organisation"])
            found.meeting = meeting
            _confirm(found, calendar, again=True)
            return Taken(found, was_full)
        state = State.WAITING if was_full else State.REGISTERED
        if found is None:
            found = Registration(meeting=meeting, email_key=key)
        else:
            found.turns += 1
        found.name, found.email, found.organisation = name, email, organisation
        found.state, found.queued_at, found.cancelled_at, found.reminded_at = state, timezone.now(), None, None
        found.save()
        _confirm(found, calendar)
    return Taken(found, was_full)


def cancel(registration: Registration) -> Registration:
    """The place goes to the first who waits. Twice is once."""
    meeting = registration.meeting
    with transaction.atomic():
        calendar = lock(meeting)
        registration = Registration.objects.select_related("meeting").get(pk=registration.pk)
        if registration.state == State.CANCELLED:
            return registration
        registration.state, registration.cancelled_at = State.CANCELLED, timezone.now()
        registration.turns += 1
        registration.save(update_fields=["state", "cancelled_at", "turns"])
        tell(registration, "left", calendar, f"left.{registration.turns}")
        promote(registration.meeting, calendar)
    return registration


def promote(meeting: MeetingPage, calendar: MeetingCalendar) -> int:
    """Places that are free go to those who wait, first come first; returns how many. Only under the lock."""
    if meeting.is_over or meeting.is_cancelled or not meeting.live:
        return 0
    waiting = Registration.objects.filter(meeting=meeting, state=State.WAITING).order_by("queued_at", "pk")
    if meeting.places is not None:
        waiting = waiting[: max(0, meeting.places - places_taken(meeting))]
    moved = list(waiting)
    for registration in moved:
        registration.state = State.REGISTERED
        registration.turns += 1
        registration.save(update_fields=["state", "turns"])
        registration.meeting = meeting
        tell(registration, "promoted", calendar, f"promoted.{registration.turns}")
    return len(moved)


def lock(meeting: MeetingPage) -> MeetingCalendar:
    """The meeting's row for calendars, ours until the transaction ends."""
    calendar_of(meeting)
    return MeetingCalendar.objects.select_for_update().get(meeting=meeting)


def calendar_of(meeting: MeetingPage) -> MeetingCalendar:
    """Made with the first publication; a copy of a page gets its own when it is first asked for, as the page is then."""
    found, _ = MeetingCalendar.objects.get_or_create(
        meeting=meeting, defaults={"facts": lambda: facts_of(MeetingPage.objects.get(pk=meeting.pk))}
    )
    return found


def places_taken(meeting: MeetingPage) -> int:
    return Registration.objects.filter(meeting=meeting, state=State.REGISTERED).count()


def is_full(meeting: MeetingPage) -> bool:
    """Also while somebody waits: nobody who comes later passes by."""
    if meeting.places is None:
        return False
    waits = Registration.objects.filter(meeting=meeting, state=State.WAITING).exists()
    return waits or places_taken(meeting) >= meeting.places


def _refuse_closed(meeting: MeetingPage) -> None:
    if not meeting.live:
        raise MeetingClosedError("the meeting is not published", "Cette rencontre n’est plus annoncée.")
    if meeting.is_cancelled:
        raise MeetingClosedError("the meeting is cancelled", "Cette rencontre est annulée.")
    if meeting.is_over:
        raise MeetingClosedError("the meeting is over", "Cette rencontre est passée.")


def _confirm(registration: Registration, calendar: MeetingCalendar, *, again: bool = False) -> None:
    reason = "registered" if registration.state == State.REGISTERED else "waiting"
    # Asked for again on another minute, it is sent again: the first letter may be lost. Who presses twice gets it once.
    suffix = f".{timezone.now():%Y%m%d%H%M}" if again else ""
    tell(registration, reason, calendar, f"{reason}.{registration.turns}{suffix}")
