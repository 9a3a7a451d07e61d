# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site is being worked on: a file that the operator touches says so, to every process at once and without a restart
(docs/operations.md). Nothing is asked of the database."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from cms.meetings.dates import PARIS, hour_of
from cms.views.errors import standing_alone

#: Those who keep the site go on, and sign in; files of pages that are open already are still fetched.
OPEN = ("/gestion/", "/compte/", "/static/", "/favicon.ico", "/robots.txt")
#: Minutes, where the file does not say; the longest that it may say; what is asked of robots at the least.
USUAL_MIN, LONGEST_MIN, LEAST_S = 15, 1_440, 60


def flag_file() -> Path:
    return Path(settings.TRETEAU_MAINTENANCE_FILE)


def ends_at() -> float | None:
    """When it will be over, in seconds of the clock: the file's time, and the minutes that are written in it. None: nothing is going
    on."""
    try:
        began = flag_file().stat().st_mtime
    except OSError:
        return None
    return began + 60 * _minutes()


def _minutes() -> int:
    try:
        text = flag_file().read_text("ascii")[:10].strip()
    except (OSError, UnicodeDecodeError):
        return USUAL_MIN
    return min(int(text), LONGEST_MIN) if text.isdecimal() and int(text) else USUAL_MIN


class MaintenanceMiddleware:
    """503 with Retry-After for all but ``OPEN``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        end = ends_at()
        if end is None or request.path.startswith(OPEN):
            return self.get_response(request)
        left = max(LEAST_S, math.ceil(end - time.time()))
        if request.path.endswith(".json"):
            response: HttpResponse = JsonResponse({"error": "maintenance"}, status=503)
        else:
            response = standing_alone("cms/maintenance.html", 503, {"until": _until(left)})
        response._has_been_logged = True  # type: ignore[attr-defined]  # meant, so no line of errors for every visitor
        response.headers["Retry-After"] = str(left)
        response.headers["Cache-Control"] = "no-store"
        return response


def _until(left: int) -> str:
    """ "14 h 35": to five minutes, upwards; nobody is to be disappointed by one."""
    end = datetime.now(PARIS) + timedelta(seconds=left)
    return hour_of(end + timedelta(minutes=-end.minute % 5))
