# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A worker whose child was killed begins anew.

With a broker that is no socket (the folder), Celery hands work to its child through one queue with one lock. A child that is
killed while it waits for work (the kernel does so when memory is short) takes the lock with it: the next child waits for ever,
and so do all jobs and messages, while the parent looks well. Nor does it miss its clock (``--beat``), without which nothing lost is
looked for. The parent therefore starts itself again in its own place: same
process number, so that no supervisor has to notice.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

_EVERY_S = 1.0


def watch(consumer: Any, **_: Any) -> None:
    """A receiver of ``worker_ready``."""
    pool = getattr(getattr(consumer, "pool", None), "_pool", None)
    clock = getattr(getattr(consumer, "controller", None), "beat", None)
    if hasattr(pool, "_pool"):
        threading.Thread(target=_watch, args=(pool, clock), name="pool-guard", daemon=True).start()


def _watch(pool: Any, clock: Any) -> None:
    known: dict[int, Any] = {}
    while True:
        time.sleep(_EVERY_S)
        now = {process.pid: process for process in list(pool._pool)}
        for pid, process in known.items():
            # One that was replaced after its time, or for its memory, has left by itself: 0 or more.
            if pid not in now and (process.exitcode or 0) < 0:
                log.error("the child %s was killed by signal %s: the worker begins anew", pid, -process.exitcode)
                _begin_anew()
        known = now
        if clock is not None and clock.exitcode is not None:
            log.error("the clock has stopped: the worker begins anew")
            _begin_anew()


def _begin_anew() -> None:
    """The same command in the same process; its other children (the clock among them) go first."""
    for child in _children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)
    logging.shutdown()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _children() -> list[int]:
    """Of this process, as Linux lists them."""
    found = []
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):
            found += [int(pid) for pid in (thread / "children").read_text().split()]
    return found
