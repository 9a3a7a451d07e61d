# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sending rows by e-mail: at least once, each under the identifier that it was born with.

A worker claims a row by compare-and-set (``attempts`` is the fence, and only grows), sends, and says so. One that dies
between the two leaves a row whose lease runs out: the message goes out again under the same Message-ID, by which a mail
reader knows it for the same. A row has a ``state`` (waiting, sending, sent, failed), ``attempts``, ``due_at``, ``lease_until``,
``sent_at``, ``fault`` and a ``key``; its rows know which of them are ``claimable``.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Manager, QuerySet
from django.utils import timezone

from orders.services.post_office import PostOffice

log = logging.getLogger(__name__)

#: Does what the row says; returns the fields that end it otherwise than as sent, {} where it went out.
Deliver = Callable[[Any, PostOffice], dict[str, str]]

#: Seconds until the next attempt after each that failed; the last one is repeated.
_PATIENCE = (10, 60, 300, 1_800, 7_200, 21_600)
#: Attempts, nearly three days of them, before somebody has to look.
MAX_ATTEMPTS = 16
#: Rows, and seconds, of one round, so that a worker is not kept from other work.
_AT_ONCE = 500
_ROUND_S = 20.0
#: Steps of one delivery over an open connection (sender, receiver, data, content) and one to spare: each may take as long
#: as the mail server's timeout.
_STEPS = 5


def send_due(rows: Manager | QuerySet, deliver: Deliver) -> int:
    """Those that are due, oldest first; returns how many were sent. Never raises for a row's own failure. While the mail
    server is away no message is tried, so none runs out of attempts."""
    due = rows.claimable().order_by("due_at", "id").values_list("pk", flat=True)
    sent, begun = 0, time.monotonic()
    with PostOffice() as post:
        for pk in list(due[:_AT_ONCE]):
            if time.monotonic() - begun > _ROUND_S or not post.is_open():
                break
            sent += send_one(rows, pk, post, deliver)
    return sent


def send_one(rows: Manager | QuerySet, pk: int, post: PostOffice, deliver: Deliver) -> bool:
    """Claim one row and send it; False if it is in other hands, done, or failed this time."""
    row = claim(rows, pk)
    if row is None:
        return False
    mine = rows.filter(pk=pk, state=row.State.SENDING, attempts=row.attempts)
    try:
        otherwise = deliver(row, post)
    except Exception as error:
        # What a mail server says is no fault of ours: one line of it.
        ours = not isinstance(error, OSError)
        log.warning("%s not sent, attempt %s: %s", row.key, row.attempts, repr(error)[:300], exc_info=ours)
        tried = (row.attempts - 1) % MAX_ATTEMPTS + 1  # since somebody last asked for it
        mine.update(
            state=row.State.FAILED if tried == MAX_ATTEMPTS else row.State.WAITING,
            lease_until=None,
            due_at=timezone.now() + timedelta(seconds=_PATIENCE[min(tried, len(_PATIENCE)) - 1]),
            fault=f"{type(error).__name__}: {error}"[:2_000].replace("\x00", " "),
        )
        return False
    if otherwise:
        mine.update(lease_until=None, **otherwise)
        return False
    mine.update(state=row.State.SENT, lease_until=None, sent_at=timezone.now(), fault="")
    return True


def claim(rows: Manager | QuerySet, pk: int) -> Any | None:
    """The row, now ours, or None."""
    claimable = rows.claimable().filter(pk=pk)
    row = claimable.first()
    if row is None:
        return None
    lease = timezone.now() + timedelta(seconds=_STEPS * settings.EMAIL_TIMEOUT + settings.TRETEAU_LEASE_SECONDS)
    # The number that was read is asked for again: of two workers that read the same row, one gets it.
    ours = claimable.filter(attempts=row.attempts)
    if not ours.update(state=row.State.SENDING, attempts=row.attempts + 1, lease_until=lease):
        return None
    return rows.filter(pk=pk, attempts=row.attempts + 1).first()
