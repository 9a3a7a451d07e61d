# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages are sent compressed. Files are not: archives, pictures and PDFs are so already, and a browser wants to know their length."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

#: What shrinks to a fraction; besides them all that begins with ``text/``.
TEXT = frozenset(
    {
        "application/json", "application/geo+json", "application/xml", "application/rss+xml", "application/atom+xml",
        "application/ld+json", "application/yaml", "image/svg+xml", "application/vnd.oai.openapi+json",
    }
)  # fmt: skip


class CompressionMiddleware(GZipMiddleware):
    """Django's, for whole answers of text. It adds a random number of bytes to each (BREACH: what is secret on a page can't be told from
    its compressed length); pages for strangers come compressed from their cache and pass."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if response.streaming or kind == "text/event-stream" or not (kind.startswith("text/") or kind in TEXT):
            return response
        return super().process_response(request, response)
