# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The studio's form without scripts sends all of a model's files at once: more than any other form of the site may have."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

#: 500 kB of script, of which a form writes each line end and bracket as three signs.
MAX_BYTES = 2_000_000


class LargeDraftsMiddleware:
    """Before the one that looks for the form's token, which reads the form. Only for who is signed in; what is larger still is
    refused as everywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and _is_a_draft(request):
            request._body = request.read(MAX_BYTES)  # type: ignore[attr-defined]  # as HttpRequest.body keeps it
        return self.get_response(request)


def _is_a_draft(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdecimal() and len(length) < 9 and int(length) <= MAX_BYTES):
        return False
    if request.content_type != "application/x-www-form-urlencoded" or SESSION_KEY not in request.session:
        return False
    try:
        return resolve(request.path_info).url_name == "studio-save"
    except Resolver404:
        return False
