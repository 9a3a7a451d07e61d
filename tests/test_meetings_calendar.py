# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A meeting's calendar file, read back by a program that shares no code with the one that wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event, EventStatus

from cms.meetings.calendar_file import calendar_file
from cms.meetings.dates import when
from cms.meetings.registering import cancel, register
from cms.models import MeetingCalendar, MeetingPage, Registration
from tests.meetings import SECRET_LINK, make_meeting, published_again

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def read(text: str) -> Event:
    calendar: Calendar = IcsCalendarStream.calendar_from_ics(text)
    (event,) = calendar.events
    return event


def file_of(meeting: MeetingPage, registration: Registration | None = None) -> str:
    meeting = MeetingPage.objects.get(pk=meeting.pk)
    return calendar_file(meeting, MeetingCalendar.objects.get(meeting=meeting), registration)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (datetime(2027, 3, 27, 9, 0, tzinfo=PARIS), "samedi 27 mars 2027, de 9 h à 10 h"),  # winter, the day before
        (datetime(2027, 3, 28, 9, 0, tzinfo=PARIS), "dimanche 28 mars 2027, de 9 h à 10 h"),  # summer
        (datetime(2027, 3, 28, 1, 30, tzinfo=PARIS), "dimanche 28 mars 2027, de 1 h 30 à 3 h 30"),  # the hour that is not
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "dimanche 25 octobre 2026, de 2 h 30 à 3 h 30"),  # the second 2:30
        (datetime(2027, 7, 1, 14, 5, tzinfo=PARIS), "jeudi 1er juillet 2027, de 14 h 05 à 15 h 05"),
        (datetime(2027, 1, 31, 23, 30, tzinfo=PARIS), "du dimanche 31 janvier 2027, 23 h 30, au lundi 1er février 2027, 0 h 30"),
    ],
)  # fmt: skip
def test_the_moment_is_the_same_for_another_reader_and_for_people(start: datetime, said: str) -> None:
    start = start.astimezone(UTC)
    meeting = make_meeting(starts_at=start)
    text = file_of(meeting)
    event = read(text)
    assert event.dtstart.astimezone(UTC) == start and event.dtend.astimezone(UTC) == start + timedelta(hours=1)
    if not start.astimezone(PARIS).fold:
        assert "DTSTART;TZID=Europe/Paris" in text and "BEGIN:VTIMEZONE" in text
    assert when(meeting.starts_at, meeting.ends_at).replace("\N{NO-BREAK SPACE}", " ") == said


def test_lines_are_short_and_end_as_the_standard_says_whatever_an_editor_typed() -> None:
    title = "Réunion ; à 14 h, « élus\\agents » " + "é" * 150
    meeting = make_meeting(title=title, summary="Une ligne,\nune autre ; END:VEVENT\nATTENDEE:mailto:x@example.org")
    data = file_of(meeting).encode()
    lines = data.split(b"\r\n")
    assert b"\n" not in b"".join(lines) and max(map(len, lines)) <= 75
    event = read(data.decode())
    assert event.summary == title and "END:VEVENT\nATTENDEE" in str(event.description) and not event.attendees


def test_a_change_keeps_the_identifier_and_raises_the_sequence() -> None:
    meeting = make_meeting()
    first = read(file_of(meeting))
    published_again(meeting, report="<p>Rien qui soit dans un agenda.</p>")
    assert read(file_of(meeting)).sequence == first.sequence == 0
    later = meeting.starts_at + timedelta(days=1)
    published_again(meeting, starts_at=later, ends_at=later + timedelta(hours=1))
    second = read(file_of(meeting))
    assert (second.uid, second.sequence) == (first.uid, 1) and second.dtstart == later
    published_again(meeting, is_cancelled=True)
    third = read(file_of(meeting))
    assert (third.uid, third.sequence, third.status) == (first.uid, 2, EventStatus.CANCELLED)
    # A copy of the page is another meeting.
    copy = make_meeting("copie")
    assert read(file_of(copy)).uid != first.uid


def test_only_who_comes_has_the_link_and_who_leaves_has_a_newer_entry_struck_out() -> None:
    meeting = make_meeting()
    one = register(meeting, name="Camille", email="c@example.org").registration
    public, own = file_of(meeting), file_of(meeting, one)
    assert SECRET_LINK not in public.replace("\r\n ", "") and read(public).location == "En ligne"
    assert read(own).location == SECRET_LINK and read(own).uid == read(public).uid
    gone = cancel(one)
    struck = read(file_of(meeting, gone))
    assert struck.status == EventStatus.CANCELLED and struck.sequence > read(own).sequence
    assert SECRET_LINK not in file_of(meeting, gone).replace("\r\n ", "")
    back = register(meeting, name="Camille", email="c@example.org").registration
    again = read(file_of(meeting, back))
    assert again.status == EventStatus.CONFIRMED and again.sequence > struck.sequence


def test_the_same_meeting_is_the_same_file() -> None:
    meeting = make_meeting()
    assert file_of(meeting) == file_of(meeting)
