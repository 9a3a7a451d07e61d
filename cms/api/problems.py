# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What went wrong, for programs and for who wrote them: application/problem+json (RFC 9457), in French, or in English for who prefers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation.trans_real import parse_accept_lang_header

from cms.findable.addresses import absolute


@dataclass(frozen=True)
class Kind:
    """``slug`` is its place on the page of the API, where ``type`` leads."""

    status: int
    slug: str
    french: str
    english: str


NOT_FOUND = Kind(404, "introuvable", "Introuvable", "Not found")
NOT_ALLOWED = Kind(405, "methode", "Cette API se lit seulement", "This API is read-only")
INVALID = Kind(422, "refuse", "Demande refusée", "Invalid request")
TOO_MANY = Kind(429, "trop-souvent", "Trop de demandes", "Too many requests")
BUSY = Kind(503, "occupe", "Trop de travail en cours", "Busy")
KINDS = (NOT_FOUND, NOT_ALLOWED, INVALID, TOO_MANY, BUSY)


class ProblemError(Exception):
    """``errors``: (name of the parameter, French, English)."""

    def __init__(
        self,
        kind: Kind,
        french: str,
        english: str,
        errors: Iterable[tuple[str, str, str]] = (),
        wait_s: int | None = None,
    ) -> None:
        super().__init__(english)
        self.kind, self.french, self.english, self.errors, self.wait_s = kind, french, english, tuple(errors), wait_s


def prefers_english(request: HttpRequest) -> bool:
    """By ``Accept-Language``: French unless English is asked for before it."""
    for language, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200].lower()):
        if language.split("-")[0] in ("fr", "en"):
            return language.startswith("en")
    return False


def problem_response(request: HttpRequest, error: ProblemError) -> JsonResponse:
    english = prefers_english(request)
    said: dict[str, Any] = {
        "type": f"{absolute(reverse('api-page'))}#{error.kind.slug}",
        "title": error.kind.english if english else error.kind.french,
        "status": error.kind.status,
        "detail": error.english if english else error.french,
        "instance": request.path,
        "errors": [{"name": name, "reason": en if english else fr} for name, fr, en in error.errors],
    }
    response = JsonResponse(said, status=error.kind.status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/problem+json"
    response["Content-Language"] = "en" if english else "fr"
    if error.wait_s is not None:
        response["Retry-After"] = str(error.wait_s)
    return response


def not_found(what_french: str, what_english: str) -> ProblemError:
    return ProblemError(NOT_FOUND, what_french, what_english)
