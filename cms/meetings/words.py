# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters about a meeting: templates in cms/templates/cms/letters, one a reason."""

from __future__ import annotations

import re

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from cms.letters import write
from cms.meetings.calendar_file import calendar_file, page_address
from cms.meetings.dates import when
from cms.models import Letter, MeetingCalendar, Registration

#: Left by what is empty for this reader.
_HOLES = re.compile(r"\n{3,}")
#: Reason → what the subject begins with; the meeting's title follows.
SUBJECTS = {
    "registered": "Votre inscription",
    "waiting": "Liste d’attente",
    "promoted": "Une place s’est libérée",
    "left": "Désinscription",
    "changed": "Changement",
    "cancelled": "Rencontre annulée",
    "reminder": "Rappel",
}


def tell(registration: Registration, reason: str, calendar: MeetingCalendar, key: str) -> Letter | None:
    """One letter of this reason; None if it was written before under this key."""
    meeting = registration.meeting
    context = {
        "registration": registration,
        "meeting": meeting,
        "when": when(meeting.starts_at, meeting.ends_at),
        "link": meeting.online_url if registration.state == Registration.State.REGISTERED else "",
        "own_address": own_address(registration),
        "page_address": page_address(meeting),
        "site": settings.WAGTAIL_SITE_NAME,
    }
    return write(
        f"meeting.{meeting.pk}.{registration.pk}.{key}",
        registration,
        to=[registration.email],
        subject=f"{SUBJECTS[reason]} : {meeting.title}",
        body=_HOLES.sub("\n\n", render_to_string(f"cms/letters/{reason}.txt", context)),
        # Who waits has nothing to put into a calendar yet.
        calendar=""
        if registration.state == Registration.State.WAITING
        else calendar_file(meeting, calendar, registration),
    )


def own_address(registration: Registration) -> str:
    path = reverse("registration", args=[registration.token])
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path
