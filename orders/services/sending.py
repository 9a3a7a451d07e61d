# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Doing what the outbox says: at least once, each message under the identifier that it was born with.

A worker claims a row by compare-and-set (``attempts`` is the fence, and only grows), sends, and says so. One that dies
between the two leaves a row whose lease runs out: the message goes out again under the same Message-ID, by which a mail
reader knows it for the same.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from orders.models import OutboxMessage
from orders.services.letters import letter_of
from orders.services.post_office import PostOffice

log = logging.getLogger(__name__)

#: Seconds until the next attempt after each that failed; the last one is repeated.
_PATIENCE = (10, 60, 300, 1_800, 7_200, 21_600)
#: Attempts, nearly three days of them, before a coordinator has to look.
MAX_ATTEMPTS = 16
#: Rows, and seconds, of one round, so that a worker is not kept from other work.
_AT_ONCE = 500
_ROUND_S = 20.0
#: Steps of one delivery over an open connection (sender, receiver, data, content) and one to spare: each may take as long
#: as the mail server's timeout.
_STEPS = 5


def send_waiting() -> int:
    """Those that are due, oldest first; returns how many were sent. Never raises for a row's own failure. While the mail
    server is away no message is tried, so none runs out of attempts."""
    due = OutboxMessage.objects.claimable().order_by("due_at", "id").values_list("pk", flat=True)
    sent, begun = 0, time.monotonic()
    with PostOffice() as post:
        for pk in list(due[:_AT_ONCE]):
            if time.monotonic() - begun > _ROUND_S or not post.is_open():
                break
            sent += send(pk, post)
    return sent


def send(pk: int, post: PostOffice) -> bool:
    """Claim one row and do it; False if it is in other hands, done, or failed this time."""
    row = _claim(pk)
    if row is None:
        return False
    mine = OutboxMessage.objects.filter(pk=pk, state=OutboxMessage.State.SENDING, attempts=row.attempts)
    try:
        why_not = _do(row, post)
    except Exception as error:
        # What a mail server says is no fault of ours: one line of it.
        ours = not isinstance(error, OSError)
        log.warning("outbox %s not sent, attempt %s: %s", row.key, row.attempts, repr(error)[:300], exc_info=ours)
        tried = (row.attempts - 1) % MAX_ATTEMPTS + 1  # since a coordinator last asked for it
        wait = _PATIENCE[min(tried, len(_PATIENCE)) - 1]
        mine.update(
            state=OutboxMessage.State.FAILED if tried == MAX_ATTEMPTS else OutboxMessage.State.WAITING,
            lease_until=None,
            due_at=timezone.now() + timedelta(seconds=wait),
            fault=f"{type(error).__name__}: {error}"[:2_000].replace("\x00", " "),
        )
        return False
    if why_not:
        mine.update(state=OutboxMessage.State.DROPPED, lease_until=None, fault=why_not)
        return False
    mine.update(state=OutboxMessage.State.SENT, lease_until=None, sent_at=timezone.now(), fault="")
    return True


def try_again(pk: int) -> bool:
    """A coordinator's second chance for one that failed, or that waits for its next attempt. It keeps its identifier, and
    its count of attempts: the fence never goes back."""
    stuck = OutboxMessage.objects.filter(pk=pk, state__in=[OutboxMessage.State.FAILED, OutboxMessage.State.WAITING])
    return bool(stuck.update(state=OutboxMessage.State.WAITING, due_at=timezone.now()))


def _claim(pk: int) -> OutboxMessage | None:
    row = OutboxMessage.objects.claimable().filter(pk=pk).first()
    if row is None:
        return None
    seconds = _STEPS * settings.EMAIL_TIMEOUT + settings.TRETEAU_LEASE_SECONDS
    lease = timezone.now() + timedelta(seconds=seconds)
    # The number that was read is asked for again: of two workers that read the same row, one gets it.
    ours = OutboxMessage.objects.claimable().filter(pk=pk, attempts=row.attempts)
    if not ours.update(state=OutboxMessage.State.SENDING, attempts=row.attempts + 1, lease_until=lease):
        return None
    claimed = OutboxMessage.objects.select_related("event__order__organisation", "event__actor", "recipient")
    return claimed.filter(pk=pk, attempts=row.attempts + 1).first()


def _do(row: OutboxMessage, post: PostOffice) -> str:
    """Why there is nothing to do any more; "" once it is done."""
    person = row.recipient
    if person is None or not person.is_active:
        return "the person is gone"
    if not person.email:
        return "the person has no address"
    post.deliver(letter_of(row, person.email))
    return ""
