# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How far long work is, in one shape for every page that waits for some (cms/static_src/progress.js reads it)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import JsonResponse

from cms.stages import Stage


@dataclass(frozen=True)
class Progress:
    """``percent`` 0 to 100, None where nobody can say; ``sentence`` French, for a live region; ``version`` changes whenever the page
    would say something else (``version_of``), "" where only the end counts."""

    state: str
    is_finished: bool
    percent: int | None = None
    sentence: str = ""
    stages: tuple[Stage, ...] = ()
    version: str = ""

    def as_json(self) -> dict[str, Any]:
        """{"state", "finished", "progress", "sentence", "stages": ["done" | "current" | "next"], "version"}."""
        return {
            "state": self.state,
            "finished": self.is_finished,
            "progress": self.percent,
            "sentence": self.sentence,
            "stages": [stage.state for stage in self.stages],
            "version": self.version,
        }


def progress_response(progress: Progress) -> JsonResponse:
    response = JsonResponse(progress.as_json(), json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, no-store"
    return response


def watched(version: str) -> JsonResponse:
    """Of a page that waits for nothing and is never finished: only whether it would say something else by now."""
    return progress_response(Progress("watched", is_finished=False, version=version))


def version_of(parts: Iterable[object]) -> str:
    """The same for the same parts; short enough for an attribute."""
    return hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:16]
