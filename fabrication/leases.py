# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who works on a job: claimed by compare-and-set, kept by a heartbeat, settled only by its owner.

``attempts`` is the fence. A claim raises it, and every later word of the worker is an UPDATE that asks
for the number it got: a worker that was thought dead and comes back changes nothing.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from fabrication.models import Artefact, Job

#: Claims of one job before it is given up: a job that kills its worker must not do so for ever.
MAX_ATTEMPTS = 3

#: Seconds between two writes of the progress within a stage.
_PROGRESS_EVERY = 0.3


class LeaseLostError(Exception):
    """Another worker has taken the job over: stop, and say nothing more about it."""


def lease_duration() -> timedelta:
    return timedelta(seconds=settings.TRETEAU_LEASE_SECONDS)


def claim(pk: int) -> Job | None:
    """The job, now ours, or None if it is finished, in other hands, or tried too often."""
    job = Job.objects.claimable().filter(pk=pk).select_related("revision", "workshop").first()
    if job is None or job.attempts >= MAX_ATTEMPTS:
        return None
    now = timezone.now()
    # The number that was read is asked for again: of two workers that read the same row, one gets it.
    ours = Job.objects.claimable().filter(pk=pk, attempts=job.attempts)
    if not ours.update(
        state=Job.State.RUNNING,
        attempts=job.attempts + 1,
        lease_until=now + lease_duration(),
        started_at=job.started_at or now,
        stage="",
        progress=0,
    ):
        return None
    job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
    return job


class Lease:
    """A claimed job while it is worked on: ``with Lease(job) as lease: … lease.progress(stage, 0.4)``.

    A thread renews the lease, since one stage may compute longer than a lease lasts; when the process
    is killed the thread dies with it, and the lease runs out.
    """

    def __init__(self, job: Job) -> None:
        self._mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
        self._lost = threading.Event()
        self._over = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"lease-{job.pk}", daemon=True)
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

    def settle(self, state: Job.State, *, reason: str = "", fault: str = "", **artefacts: Artefact) -> None:
        """End the job. Raises LeaseLostError if it is not ours any more: our result is dropped."""
        fields: dict[str, Any] = {"progress": 100} if state == Job.State.DONE else {}
        settled = self._mine.update(
            state=state, lease_until=None, finished_at=timezone.now(), reason=reason, fault=fault, **artefacts, **fields
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
