# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where pages went that have another address now: Wagtail keeps a redirect for each page that moves, editors write others."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware


class Redirects(RedirectMiddleware):  # type: ignore[misc]  # Wagtail has no types
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Asked when nothing else was found. An address that can't be read, //[, leads nowhere."""
        try:
            found: HttpResponseBase = super().process_response(request, response)
        except ValueError:
            return response
        return found
