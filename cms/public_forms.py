# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms that a stranger may send, without a cookie and without a token: the browser says where they come from.

A token ties a form to a cookie, and a page with either can't be kept for the next visitor. Every browser of today says with a POST
where it started: ``Sec-Fetch-Site`` (on HTTPS and on loopback) and ``Origin`` (docs/decisions/0025-forms-by-their-origin.md).
Other sites can neither set nor leave out these headers, and what says neither needs Django's token as ever."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def sent_from_this_site(request: HttpRequest) -> bool:
    """Whether the browser itself says that this request was made by a page of this very site."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and (
        origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS
    )


def public_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose form stands on a public page, without ``{% csrf_token %}``: it takes what its own site sent, and from
    a client that doesn't say where it sends from a token, or nothing."""
    strict = csrf_protect(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in SAFE or sent_from_this_site(request):
            return view(request, *args, **kwargs)
        return strict(request, *args, **kwargs)

    return csrf_exempt(guarded)
