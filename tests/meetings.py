# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Meetings for tests that need a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cms.demo_pages.home import load_home
from cms.meetings.announcing import announce
from cms.meetings.form import RegistrationForm
from cms.models import MeetingIndexPage, MeetingPage
from cms.visitor_form import LEAST_SECONDS

SECRET_LINK = "https://visio.example.org/porte-derobee"


def make_meeting(slug: str = "rencontre", starts_at: datetime | None = None, **fields: Any) -> MeetingPage:
    """Published, in five days unless another day is said, an hour long."""
    home = load_home()
    index = MeetingIndexPage.objects.first()
    if index is None:
        index = MeetingIndexPage(title="Rencontres en ligne", slug="rencontres")
        home.add_child(instance=index)
    starts_at = starts_at or timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=5)
    values: dict[str, Any] = {
        "title": "Une rencontre",
        "summary": "Deux phrases.",
        "audience": "tout le monde",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "online_url": SECRET_LINK,
    }
    page = MeetingPage(slug=slug, **{**values, **fields})
    index.add_child(instance=page)
    announce(page)  # what Wagtail's publication calls, without the revision that it costs
    return MeetingPage.objects.get(pk=page.pk)


def published_again(page: MeetingPage, **changes: Any) -> MeetingPage:
    """As an editor does it: the page of today, changed, through a revision."""
    page = MeetingPage.objects.get(pk=page.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return MeetingPage.objects.get(pk=page.pk)


def filled_in(monkeypatch: Any, **fields: str) -> dict[str, str]:
    """A form as a person sends it, some seconds after the page was made."""
    import time

    now = time.time()
    monkeypatch.setattr("cms.visitor_form.time.time", lambda: now - LEAST_SECONDS - 1)
    stamp = RegistrationForm().stamp
    monkeypatch.setattr("cms.visitor_form.time.time", lambda: now)
    return {"name": "Camille Roux", "email": "camille@mairie.example", "site_web": "", "moment": stamp, **fields}
