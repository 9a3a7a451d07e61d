# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Without a jailer each process makes a zygote of its own; this keeps them at two for the whole machine."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from designs.jail import places

ZYGOTES = 2
_LOOK_AGAIN_S = 0.1


@contextlib.contextmanager
def slot(patience_s: float) -> Iterator[bool]:
    """One of the places for a zygote, taken while inside; False when none was free for that long."""
    places.var().mkdir(parents=True, exist_ok=True)
    files = [
        os.open(places.var() / f"jail.{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for number in range(ZYGOTES)
    ]
    try:
        yield _taken(files, time.monotonic() + patience_s)
    finally:
        for file in files:
            os.close(file)


def _taken(files: list[int], deadline: float) -> bool:
    while True:
        for file in files:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_LOOK_AGAIN_S)
