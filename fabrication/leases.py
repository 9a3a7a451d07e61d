# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who works on a job, or any row like it: called by a bell, claimed by compare-and-set, kept by a heartbeat, settled only by its owner.

``attempts`` is the fence. A claim raises it, and every later word of the worker is an UPDATE that asks
for the number it got: a worker that was thought dead and comes back changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.models import Manager, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from kombu.exceptions import OperationalError

from fabrication.models import AssignmentRun, Job

log = logging.getLogger(__name__)

#: Claims of one row before it is given up: a job that kills its worker must not do so for ever.
MAX_ATTEMPTS = 3

#: Seconds between two writes of the progress within a stage.
_PROGRESS_EVERY = 0.3


class LeaseLostError(Exception):
    """Another worker has taken the work over: stop, and say nothing more about it."""


def ring(task: Any, *what: int) -> None:
    """Tell the workers. Never raises for a broker that is away: the sweeper will ring again."""
    try:
        task.apply_async(args=what, retry=False)
    except (OperationalError, OSError):
        log.warning("could not ring %s for %s", task.name, what, exc_info=True)


def lease_duration() -> timedelta:
    return timedelta(seconds=settings.TRETEAU_LEASE_SECONDS)


def claim(rows: Manager | QuerySet, pk: int) -> Any | None:
    """A job or a run of ``rows``, now ours, or None if it is finished, in other hands, or tried too often."""
    began = Coalesce("started_at", Value(timezone.now()))
    return take(rows, pk, lease_duration(), stage="", progress=0, started_at=began)


def take(rows: Manager | QuerySet, pk: int, lasts: timedelta, **fields: Any) -> Any | None:
    """``claim`` of any row with a state, attempts and a lease; ``fields`` are written with them."""
    claimable = rows.claimable().filter(pk=pk)
    row = claimable.first()
    if row is None or row.attempts >= MAX_ATTEMPTS:
        return None
    # The number that was read is asked for again: of two workers that read the same row, one gets it.
    ours = claimable.filter(attempts=row.attempts)
    claimed = {"state": row.State.RUNNING, "attempts": row.attempts + 1}
    if not ours.update(**claimed, lease_until=timezone.now() + lasts, **fields):
        return None
    row.state, row.attempts = claimed["state"], claimed["attempts"]
    return row


class Lease:
    """A claimed job or run while it is worked on: ``with Lease(job) as lease: … lease.progress(stage, 0.4)``.

    A thread renews the lease, since one stage may compute longer than a lease lasts; when the process
    is killed the thread dies with it, and the lease runs out.
    """

    def __init__(self, row: Job | AssignmentRun) -> None:
        self._mine = type(row).objects.filter(pk=row.pk, state=row.State.RUNNING, attempts=row.attempts)
        self._lost = threading.Event()
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"lease-{row.pk}", daemon=True)
        self._stage = ""
        self._written = 0.0

    def __enter__(self) -> Lease:
        self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._heart.join()

    def progress(self, stage: str, done: float = 0.0) -> None:
        """Write where we are, ``done`` from 0 to 1 over the whole job, and renew the lease.

        Raises LeaseLostError."""
        if self._lost.is_set():
            raise LeaseLostError
        now = time.monotonic()
        if stage == self._stage and now - self._written < _PROGRESS_EVERY:
            return
        self._stage, self._written = stage, now
        percent = max(0, min(100, int(done * 100)))
        self._renew(stage=stage[:40], progress=percent)

    def keep(self, **fields: Any) -> None:
        """Write what was found so far. Raises LeaseLostError."""
        self._renew(**fields)

    def settle(self, state: Job.State | AssignmentRun.State, *, reason: str = "", fault: str = "", **made: Any) -> None:
        """End the work, with what it made. Raises LeaseLostError if it is not ours any more: our result is dropped."""
        if state == state.DONE:
            made["progress"] = 100
        settled = self._mine.update(
            state=state, lease_until=None, finished_at=timezone.now(), reason=reason, fault=fault, **made
        )
        if not settled:
            self._lost.set()
            raise LeaseLostError

    def _renew(self, **fields: Any) -> None:
        if not self._mine.update(lease_until=timezone.now() + lease_duration(), **fields):
            self._lost.set()
            raise LeaseLostError

    def _beat(self) -> None:
        try:
            while not self._over.wait(settings.TRETEAU_LEASE_SECONDS / 4):
                try:
                    self._renew()
                except LeaseLostError:
                    return
                except Error:
                    continue  # the database is away: try again, as long as the lease lasts
        finally:
            connection.close()  # this thread's own
