# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What editors write: pages, questions, pictures. The pages of models, workshops and orders are plain views (cms/views)."""

from __future__ import annotations

from cms.models.base import SitePage
from cms.models.contact import ContactMessage, ContactPage, ContactSubject
from cms.models.home import HomePage
from cms.models.images import SiteImage, SiteRendition
from cms.models.letter import Letter
from cms.models.meetings import MeetingCalendar, MeetingIndexPage, MeetingPage, Registration
from cms.models.news import NewsIndexPage, NewsPage
from cms.models.question import Audience, FaqPage, Question
from cms.models.resources import ResourcesPage
from cms.models.search import SearchEntry, SearchSpelling, SearchWord
from cms.models.standard import StandardPage

__all__ = [
    "Audience",
    "ContactMessage",
    "ContactPage",
    "ContactSubject",
    "FaqPage",
    "HomePage",
    "Letter",
    "MeetingCalendar",
    "MeetingIndexPage",
    "MeetingPage",
    "NewsIndexPage",
    "NewsPage",
    "Question",
    "Registration",
    "ResourcesPage",
    "SearchEntry",
    "SearchSpelling",
    "SearchWord",
    "SiteImage",
    "SitePage",
    "SiteRendition",
    "StandardPage",
]
