# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Warm zygotes, a thread for each, and the queue before them."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from designs.jail.errors import JailError, busy, crashed, full, too_large, unavailable
from designs.jail.limits import Answer, Limits
from designs.jail.slots import ZYGOTES
from designs.jail.turns import Turns
from designs.jail.zygote import Zygote

logger = logging.getLogger(__name__)

#: How long a job waits for its turn.
PATIENCE_S = 60.0
#: How many may wait.
LONGEST_QUEUE = 64
#: After so many jobs a zygote is replaced, whatever its state.
JOBS_OF_A_ZYGOTE = 500
#: Between two tries to start a zygote where it fails.
_REST_S = 5.0
_NOT_NOW = "Les calculs ne démarrent pas en ce moment. Réessayez dans une minute."


@dataclass(eq=False)
class _Job:
    entry: str
    request: bytes
    limits: Limits
    answer: Future[Answer] = field(default_factory=Future)


class Pool:
    """At most ``zygotes`` jobs run at once; the others wait their turn. ``close`` ends everything.
    ``trial`` is for tests alone: see Zygote."""

    def __init__(
        self,
        zygotes: int = ZYGOTES,
        *,
        trial: tuple[Mapping[str, str], str] | None = None,
        jobs_of_a_zygote: int = JOBS_OF_A_ZYGOTE,
        longest_queue: int = LONGEST_QUEUE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._trial = trial
        self._jobs_of_a_zygote = jobs_of_a_zygote
        self._patience_s = patience_s
        self._turns: Turns[_Job] = Turns(longest_queue)
        self._closed = threading.Event()
        self._zygotes: dict[int, Zygote] = {}
        # Each thread stays as long as its zygotes do: the kernel ends a zygote with the thread that made it.
        self._threads = [
            threading.Thread(target=self._serve, args=(place,), name=f"jail {place}", daemon=True)
            for place in range(zygotes)
        ]
        for thread in self._threads:
            thread.start()

    def run(self, entry: str, request: bytes, limits: Limits, asker: str = "") -> Answer:
        """Waits for a turn, then for the answer. Raises JailError."""
        limits = limits.bounded()
        if len(request) > limits.request_bytes:
            raise too_large(len(request), limits.request_bytes)
        job = _Job(entry, request, limits)
        if self._closed.is_set() or not self._turns.offer(asker, job):
            raise full()
        with contextlib.suppress(TimeoutError):
            return job.answer.result(self._patience_s)
        if self._turns.withdraw(asker, job):
            raise busy(self._patience_s)
        return job.answer.result()  # its turn has come; its own limit ends it

    @property
    def zygotes(self) -> list[Zygote]:
        """Those that are warm now."""
        return list(self._zygotes.values())

    def close(self) -> None:
        """Ends what runs and what waits."""
        self._closed.set()
        for zygote in self.zygotes:
            zygote.end()
        for thread in self._threads:
            thread.join()
        while job := self._turns.take(0):
            job.answer.set_exception(full())

    def _serve(self, place: int) -> None:
        job: _Job | None = None
        while not self._closed.is_set():
            zygote = self._started(job)
            if not zygote:
                job = None
                continue
            self._zygotes[place] = zygote
            try:
                while not self._closed.is_set() and zygote.well and zygote.jobs < self._jobs_of_a_zygote:
                    job = job or self._turns.take(0.5)
                    if job and zygote.well:  # else the next zygote takes it
                        _answer(zygote, job)
                        job = None
            finally:
                del self._zygotes[place]
                zygote.close()
        if job:
            job.answer.set_exception(full())

    def _started(self, job: _Job | None) -> Zygote | None:
        """A new zygote. Where none starts, those who wait get to know why, and it is tried again a little later."""
        try:
            zygote = Zygote(self._trial)
        except Exception as error:
            logger.error("a zygote did not start: %s", error)
            why = error if isinstance(error, JailError) else unavailable(f"{type(error).__name__}: {error}", _NOT_NOW)
            if job:
                job.answer.set_exception(why)
            self._refuse(why)
            return None
        for entry, reason in zygote.missing.items():
            logger.warning("the jail lacks %s: %s", entry, reason)
        return zygote

    def _refuse(self, error: JailError) -> None:
        """Those who wait get to know why nothing comes, until it's time to try again."""
        end = time.monotonic() + _REST_S
        while not self._closed.is_set() and time.monotonic() < end:
            job = self._turns.take(0.5)
            if job:
                job.answer.set_exception(error)


def _answer(zygote: Zygote, job: _Job) -> None:
    try:
        job.answer.set_result(zygote.run(job.entry, job.request, job.limits))
    except JailError as error:
        job.answer.set_exception(error)
    except Exception as error:
        zygote.ill = True
        logger.exception("a zygote is given up")
        job.answer.set_exception(crashed(type(error).__name__))
