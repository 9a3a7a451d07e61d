# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A script that does not end is stopped from within, a moment before the jail ends it: only there is the line known at which it
was. One that is deep in the kernel, or takes care not to be stopped, the jail ends without."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

#: A second less than the jail gives (fabrication.scripted.asking.LIMITS).
PATIENCE_S = 19.0


class StillRunningError(BaseException):
    """Of no kind that a script is likely to catch."""


@contextmanager
def stopped_in_time(seconds: float = PATIENCE_S) -> Iterator[None]:
    """Raises StillRunningError within it, once. Nothing where signals do not come: outside of a process's first thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise StillRunningError
