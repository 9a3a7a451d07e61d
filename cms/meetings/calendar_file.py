# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A meeting as a calendar file (iCalendar, RFC 5545). Its identifier never changes and its sequence goes up with each change that was
announced, so a calendar that reads the file again moves its entry instead of adding another."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.conf import settings
from icalendar import Calendar, Event
from icalendar.enums import STATUS

from cms.meetings.dates import PARIS
from cms.models import MeetingCalendar, MeetingPage, Registration
from orders.life.telling import mail_domain

_PRODUCT = "-//Treteau//Rencontres//FR"


def calendar_file(meeting: MeetingPage, calendar: MeetingCalendar, registration: Registration | None = None) -> str:
    """Text with CRLF. With the link for a ``registration`` that holds; for one that was cancelled, an entry that is struck out. Each
    time that this person left or came back is a version of its own for this person's calendar."""
    gone = registration is not None and registration.state == Registration.State.CANCELLED
    coming = registration is not None and registration.state == Registration.State.REGISTERED
    cancelled = gone or meeting.is_cancelled or not meeting.live
    stamp = calendar.changed_at
    if registration is not None:
        stamp = max(moment for moment in (stamp, registration.queued_at, registration.cancelled_at) if moment)
    address = page_address(meeting)
    link = meeting.online_url if coming and not cancelled else ""
    lines = [
        meeting.summary,
        f"Lien de la visioconférence : {link}" if link else "",
        f"La page de la rencontre : {address}",
    ]
    start, end = _local(meeting.starts_at), _local(meeting.ends_at)
    if start.fold or end.fold:
        # An hour that comes twice is the first one wherever it is written with its zone (RFC 5545, 3.3.5).
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    event = Event.new(
        uid=f"{calendar.uid}@{mail_domain()}",
        sequence=calendar.sequence + (registration.turns if registration is not None else 0),
        stamp=stamp.astimezone(UTC).replace(microsecond=0),
        last_modified=stamp.astimezone(UTC).replace(microsecond=0),
        start=start,
        end=end,
        summary=meeting.title,
        description="\n\n".join(line for line in lines if line),
        location=link or "En ligne",
        url=address,
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
    )
    file = Calendar.new(prodid=_PRODUCT, subcomponents=[event])
    del file["UID"]  # a new one each time: the entry has its own
    # The rules of one year before to one year after are enough, and a tenth of all.
    year = _local(meeting.starts_at).year
    file.add_missing_timezones(first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    text: str = file.to_ical().decode("utf-8")
    return text


def page_address(meeting: MeetingPage) -> str:
    """Absolute, from the site's own setting: in a letter there is no request to ask."""
    # The first part of url_path is the home page's own.
    path = "/" + meeting.url_path.strip("/").partition("/")[2] + "/"
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path


def _local(moment: datetime) -> datetime:
    return moment.astimezone(PARIS).replace(second=0, microsecond=0)
