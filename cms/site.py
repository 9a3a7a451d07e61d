# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every page knows of the site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.demo import PASSWORD, demo_people


def site(request: HttpRequest) -> dict[str, Any]:
    return {"site_name": settings.WAGTAIL_SITE_NAME, "state_site": settings.TRETEAU_STATE_SITE}


def demonstration(request: HttpRequest) -> dict[str, Any]:
    """On a demonstration's site: who can sign in with which password, asked for by the sign-in page alone, and where
    messages lie that go nowhere."""
    if not settings.TRETEAU_DEMO:
        return {}
    from cms.demo_pages.editors import demo_editors  # with its texts, which no other site reads

    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    return {
        "demo_people": lambda: [*demo_people(), *demo_editors()],
        "demo_password": PASSWORD,
        "mail_folder": f"{settings.VAR.name}/{folder.name}/" if folder else "",
    }
