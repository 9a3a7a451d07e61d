# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every answer of the API has: open to all origins, an ETag, a limit of how often, GET and HEAD alone."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from cms.api.problems import NOT_ALLOWED, TOO_MANY, ProblemError, problem_response

View = Callable[..., HttpResponse]
#: Seconds that an answer may be kept by whoever asked.
KEPT = 60
#: Seconds of a count, after which one may ask again.
WAIT = 60


def everybodys(view: View, action: str = "api") -> View:
    """The view as the API answers: HEAD as GET, OPTIONS for browsers of other sites, anything else refused."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answer(view, action, request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After, Deprecation, Sunset"
        response["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(login_not_required(answered))


def _may_ask(request: HttpRequest, action: str) -> bool:
    """Counts this one. By the minute of the clock: who waits for the next one may burst, which is no harm."""
    place = get_adapter().get_client_ip(request)
    key = f"{action}:{hashlib.sha256(place.encode()).hexdigest()[:24]}:{int(time.time()) // WAIT}"
    if caches["strangers"].add(key, 1, 2 * WAIT):
        return True
    try:
        return caches["strangers"].incr(key) <= settings.TRETEAU_API_LIMITS[action]
    except ValueError:  # thrown out in between
        return True


def _answer(view: View, action: str, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS"})
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
        response["Access-Control-Max-Age"] = "86400"
        return response
    if request.method not in ("GET", "HEAD"):
        response = problem_response(
            request,
            ProblemError(NOT_ALLOWED, "Utilisez GET ou HEAD : rien ne se change ici.", "Use GET or HEAD: nothing is changed here."),
        )  # fmt: skip
        response["Allow"] = "GET, HEAD, OPTIONS"
        return response
    if not _may_ask(request, action):
        return problem_response(
            request,
            ProblemError(
                TOO_MANY,
                "Attendez une minute, puis demandez moins souvent.",
                "Wait a minute, then ask less often.",
                wait_s=WAIT,
            ),
        )
    method, request.method = request.method, "GET"
    try:
        response = view(request, *args, **kwargs)
    finally:
        request.method = method
    if response.status_code != 200:
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Language"])
        return response
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.setdefault("Cache-Control", f"public, max-age={KEPT}")
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
