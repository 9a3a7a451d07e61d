# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A clock that the demonstration's loader sets back, so that orders take their real steps on days that are over: numbers, papers,
judgements and histories all agree. In a command, a process of its own, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone


class Clock:
    """``now`` is what Django says the time is; it never goes beyond the real moment."""

    def __init__(self, real: datetime) -> None:
        self._real = real
        self._now = real

    def set(self, days_ago: float) -> None:
        self._now = self._real - timedelta(days=max(0.0, days_ago))

    def now(self) -> datetime:
        """A little later each time: no two events at one moment."""
        self._now = min(self._now + timedelta(milliseconds=1), self._real)
        return self._now


@contextmanager
def demo_clock() -> Iterator[Clock]:
    before = timezone.now
    clock = Clock(before())
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = before
