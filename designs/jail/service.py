# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The jailer as a service, and its check: what ``manage.py jail`` and ``python -m designs.jail`` do."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from designs.jail import places
from designs.jail.client import run
from designs.jail.entries import ENTRIES
from designs.jail.errors import JailError
from designs.jail.jailer import Jailer
from designs.jail.limits import Limits
from designs.jail.pool import Pool
from designs.jail.trial import why_not
from designs.jail.wire import answers

Say = Callable[[str], object]

#: A machine without a jail may get one; another jailer may end.
_AGAIN_S = 60.0


def serve(say: Say) -> int:
    """Until SIGTERM or SIGINT. Where no jail is possible it says why, and waits: a service that ended would take its
    neighbours along."""
    stopping = threading.Event()
    serving: list[Jailer] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()
        for jailer in serving:
            jailer.close()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    said = ""
    while not stopping.is_set():
        why = _obstacle()
        if why:
            if why != said:
                say(why)
            said = why
            stopping.wait(_AGAIN_S)
            continue
        pool = Pool()
        try:
            serving.append(Jailer(places.socket(), pool))
            say(f"the jailer listens at {places.socket()}")
            if not stopping.is_set():
                serving[-1].serve()
        finally:
            for jailer in serving:
                jailer.close()
            serving.clear()
            pool.close()
    return 0


def _obstacle() -> str | None:
    if answers(places.socket()):
        return f"a jailer listens at {places.socket()} already"
    places.var().mkdir(parents=True, exist_ok=True)
    return why_not()


def check(say: Say) -> int:
    """Tries the walls from inside, and says of each whether it held. 0 if all did."""
    why = why_not()
    if why:
        say(why)
        return 1
    fell = 0
    start = time.monotonic()
    try:
        answer = run("probe", b"", limits=Limits(seconds=20))
    except JailError as error:
        say(f"no answer: {error}")
        return 1
    for attempt, held in json.loads(answer.output).items():
        fell += not held
        say(f"{'held' if held else 'FELL':6} {attempt}")
    say(f"{answer.seconds:.3f} s for a job, {time.monotonic() - start:.3f} s with the wait for it")
    for entry in ENTRIES:
        try:
            run(entry, b"", limits=Limits(seconds=20))
        except JailError as error:
            if error.kind == "unavailable":  # any other end is that of an empty request
                fell += 1
                say(f"LACKS  {error}")
    return 1 if fell else 0
