# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the database was asked is not asked again within the same request.

Outside of requests (workers, commands, tests of services) nothing is kept: rows change there while the process lives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.signals import request_finished, request_started

T = TypeVar("T")
_request = threading.local()


def once_a_request(name: str, ask: Callable[[], T]) -> T:
    """What ``ask`` answers, remembered under ``name`` until the request is over or ``ask_again`` is called."""
    kept: dict[str, Any] | None = getattr(_request, "kept", None)
    if kept is None:
        return ask()
    if name not in kept:
        kept[name] = ask()
    found: T = kept[name]
    return found


def ask_again(name: str) -> None:
    kept: dict[str, Any] | None = getattr(_request, "kept", None)
    if kept is not None:
        kept.pop(name, None)


def _begin(**_: Any) -> None:
    _request.kept = {}


def _end(**_: Any) -> None:
    _request.kept = None


def connect() -> None:
    """Called once, when the site starts."""
    request_started.connect(_begin, dispatch_uid="designs.once")
    request_finished.connect(_end, dispatch_uid="designs.once")
