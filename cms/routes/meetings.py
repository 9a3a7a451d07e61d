# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Beside the meetings' pages, which are Wagtail's: calendar files, and the page of somebody who registered."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from cms.views import meetings

_TOKEN = r"(?P<token>[A-Za-z0-9_-]{32})"

urlpatterns: list[URLPattern | URLResolver] = [
    path("rencontres/<str:slug>.ics", meetings.meeting_calendar, name="meeting-calendar"),
    re_path(rf"^rencontres/inscription/{_TOKEN}/$", meetings.registration, name="registration"),
    re_path(
        rf"^rencontres/inscription/{_TOKEN}/agenda\.ics$", meetings.registration_calendar, name="registration-calendar"
    ),
]
