# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages that are the same for every stranger are kept whole, compressed, and answered before a session is looked at.

Kept is what ``KEPT`` names: a view that is not there is never kept, however public it is (a job's page changes by the second). Neither
is anything for a person who is signed in or was told something, anything that sets a cookie, says ``private``, failed, streams, or is
larger than ``LARGEST``. All processes share the entries (``CACHES["pages"]``); their number is bounded, so is the query of their address,
and an entry lives ``TRETEAU_PAGE_SECONDS`` at most. ``forget`` makes all of them unreachable at once, when what was changed is committed:
the key holds a generation that was read before the page was made, so a page made of old rows is never found afterwards.

Editors' and coordinators' changes forget by themselves (cms/forgetting.py). Browsers ask each time, and get 304 by the ETag."""

from __future__ import annotations

import gzip
import hashlib
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import brotli
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

#: Names of addresses whose pages are the same for all strangers.
KEPT = frozenset(
    {
        "wagtail_serve", "models", "model", "workshops", "workshop", "campaigns", "campaign", "eligibility",
        "figures", "open-data", "site-map", "sitemap", "news-feed", "api-page",
    }
)  # fmt: skip
#: Characters of a query; a longer one is answered, and not kept.
LONGEST_QUERY = 160
#: Bytes of a page, before compression.
LARGEST = 1_048_576
#: Cookies of people to whom a page may say something of their own.
PERSONAL = frozenset({settings.SESSION_COOKIE_NAME, "messages"})
_GENERATION = "generation"
#: Headers that belong to one answer alone.
_OF_ONE_ANSWER = frozenset({"Set-Cookie", "Content-Length", "Content-Encoding", "Date", "ETag", "Cache-Control"})


@dataclass(frozen=True)
class Kept:
    """A page as it is stored: bytes by encoding, and what its headers say."""

    bodies: dict[str, bytes]
    headers: dict[str, str]
    etag: str

    @classmethod
    def of(cls, response: HttpResponse) -> Kept:
        content = bytes(response.content)
        return cls(
            # Without secrets there is nothing that compression could betray (BREACH).
            bodies={"br": brotli.compress(content, quality=6), "gzip": gzip.compress(content, 6, mtime=0)},
            headers={name: value for name, value in response.headers.items() if name not in _OF_ONE_ANSWER},
            etag=f'W/"{hashlib.sha256(content).hexdigest()[:32]}"',
        )

    def answer(self, request: HttpRequest) -> HttpResponse:
        accepted = _accepted(request)
        encoding = next((name for name in ("br", "gzip") if name in accepted), "")
        response = HttpResponse(self.bodies[encoding] if encoding else gzip.decompress(self.bodies["gzip"]))
        for name, value in self.headers.items():
            response.headers[name] = value
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["ETag"] = self.etag
        response.headers["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        return get_conditional_response(request, etag=self.etag, response=response) or response


def _accepted(request: HttpRequest) -> set[str]:
    """Encodings that the browser names, but those with ``q=0``."""
    accepted = set()
    for part in request.headers.get("Accept-Encoding", "").split(","):
        name, _, quality = part.partition(";")
        if quality.strip().replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            accepted.add(name.strip().lower())
    return accepted


_asked = threading.local()


def forget() -> None:
    """Public content changed: no kept page is answered again. Within a transaction it holds from its commit on, and a thousand
    calls cost one write."""
    if settings.TRETEAU_PAGE_SECONDS > 0:
        _asked.pending = True
        transaction.on_commit(_new_generation)


def _new_generation() -> None:
    if getattr(_asked, "pending", False):
        _asked.pending = False
        caches["pages"].set(_GENERATION, uuid.uuid4().hex, None)


def _generation() -> str:
    store = caches["pages"]
    generation = store.get(_GENERATION)
    if generation is None:
        generation = store.get_or_set(_GENERATION, lambda: uuid.uuid4().hex, None)
    return str(generation)


def _may_be_asked(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and settings.TRETEAU_PAGE_SECONDS > 0
        and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
        and "Authorization" not in request.headers
        and PERSONAL.isdisjoint(request.COOKIES)
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    says = response.headers.get("Cache-Control", "").lower()
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and request.resolver_match is not None
        and request.resolver_match.view_name in KEPT
        and not any(word in says for word in ("private", "no-store", "no-cache", "max-age=0"))
        and not response.has_header("Content-Encoding")
        and len(response.content) <= LARGEST
        # A token in the page is this visitor's, whether or not their cookie had to be set anew.
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
        and "CSRF_COOKIE" not in request.META
    )


def _key(request: HttpRequest, generation: str) -> str:
    parts = (generation, request.scheme, request.get_host(), request.get_full_path())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


class PageCacheMiddleware:
    """Stands before sessions, sign-in and everything else that costs a look at the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _may_be_asked(request):
            return self.get_response(request)
        try:
            key = _key(request, _generation())
        except DisallowedHost:
            return self.get_response(request)
        kept = caches["pages"].get(key)
        if isinstance(kept, Kept):
            return kept.answer(request)
        response = self.get_response(request)
        if not _may_be_kept(request, response):
            return response
        kept = Kept.of(response)
        caches["pages"].set(key, kept, settings.TRETEAU_PAGE_SECONDS)
        return kept.answer(request)
