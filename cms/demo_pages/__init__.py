# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The editors' pages of a new site, one room a file. What an editor has changed since is left alone."""

from __future__ import annotations

from wagtail.models import Locale

from cms.demo_pages.contact import load_contact
from cms.demo_pages.editors import load_editors
from cms.demo_pages.home import load_home
from cms.demo_pages.how import load_how
from cms.demo_pages.legal import load_legal
from cms.demo_pages.making import load_making
from cms.demo_pages.meetings import load_meetings
from cms.demo_pages.news import load_news
from cms.demo_pages.questions import load_questions
from cms.demo_pages.resources import load_resources
from cms.models import HomePage


def load_pages() -> HomePage:
    """The home page at the root of the default site, and every page below it; on a demonstration those who
    write them. Run twice, it changes nothing."""
    Locale.objects.get_or_create(language_code="fr")
    home = load_home()
    load_how(home)
    load_making(home)
    load_questions(home)
    load_news(home)
    load_resources(home)
    load_legal(home)
    load_meetings(home)
    load_contact(home)
    load_editors()
    return home
