# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Doing what the outbox says: at least once, each message under the identifier that it was born with.

A worker claims a row by compare-and-set (``attempts`` is the fence), sends, and says so. One that dies between the two
leaves a row whose lease runs out: the message goes out again under the same Message-ID, by which a mail reader knows it for
the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from orders.models import OutboxMessage

log = logging.getLogger(__name__)

#: Seconds until the next attempt after each that failed; the last one is repeated.
_PATIENCE = (10, 60, 300, 1_800, 7_200, 21_600)
#: Attempts, about three days of them, before a coordinator has to look.
MAX_ATTEMPTS = 16
#: Rows done by one call, so that a worker is not kept from other work.
_AT_ONCE = 50

Task = Callable[[OutboxMessage], None]

_tasks: dict[str, Task] = {}


def outbox_task(name: str) -> Callable[[Task], Task]:
    """What the worker does for a row of this name. It may run twice: it looks first whether it is done."""

    def register(function: Task) -> Task:
        if name in _tasks:
            raise KeyError(f"{name} is registered already")
        _tasks[name] = function
        return function

    return register


def send_waiting() -> int:
    """Those that are due, oldest first; returns how many were sent. Never raises for a row's own failure."""
    due = OutboxMessage.objects.claimable().order_by("due_at", "id").values_list("pk", flat=True)
    return sum(send(pk) for pk in list(due[:_AT_ONCE]))


def send(pk: int) -> bool:
    """Claim one row and do it; False if it is in other hands, done, or failed this time."""
    row = _claim(pk)
    if row is None:
        return False
    mine = OutboxMessage.objects.filter(pk=pk, state=OutboxMessage.State.SENDING, attempts=row.attempts)
    try:
        done = _do(row)
    except Exception as error:
        log.exception("outbox %s could not be sent (attempt %s)", row.key, row.attempts)
        over = row.attempts >= MAX_ATTEMPTS
        wait = _PATIENCE[min(row.attempts, len(_PATIENCE)) - 1]
        mine.update(
            state=OutboxMessage.State.FAILED if over else OutboxMessage.State.WAITING,
            lease_until=None,
            due_at=timezone.now() + timedelta(seconds=wait),
            fault=f"{type(error).__name__}: {error}"[:2_000],
        )
        return False
    if done:
        mine.update(state=OutboxMessage.State.SENT, lease_until=None, sent_at=timezone.now(), fault="")
    else:
        mine.update(state=OutboxMessage.State.DROPPED, lease_until=None, fault="nobody to send it to")
    return done


def try_again(pk: int) -> bool:
    """A coordinator's second chance for one that failed."""
    failed = OutboxMessage.objects.filter(pk=pk, state=OutboxMessage.State.FAILED)
    return bool(failed.update(state=OutboxMessage.State.WAITING, attempts=0, due_at=timezone.now()))


def _claim(pk: int) -> OutboxMessage | None:
    row = OutboxMessage.objects.claimable().filter(pk=pk).first()
    if row is None:
        return None
    ours = OutboxMessage.objects.claimable().filter(pk=pk, attempts=row.attempts)
    lease = timezone.now() + timedelta(seconds=settings.EMAIL_TIMEOUT + settings.TRETEAU_LEASE_SECONDS)
    if not ours.update(state=OutboxMessage.State.SENDING, attempts=row.attempts + 1, lease_until=lease):
        return None
    return (
        OutboxMessage.objects.select_related("event__order__organisation", "event__actor", "recipient")
        .filter(attempts=row.attempts + 1)
        .get(pk=pk)
    )


def _do(row: OutboxMessage) -> bool:
    """False: there is nobody any more to do it for."""
    if row.kind == OutboxMessage.Kind.TASK:
        _tasks[row.template](row)
        return True
    person = row.recipient
    if person is None or not person.is_active or not person.email:
        return False
    subject, body = words_of(row)
    message = EmailMessage(subject=subject, body=body, to=[person.email], headers={"Message-ID": row.message_id})
    if message.send() != 1:
        raise OSError("the mail server took no message")
    return True


def words_of(row: OutboxMessage) -> tuple[str, str]:
    """Subject and body: the template's first line, and the rest."""
    context: dict[str, Any] = {
        "event": row.event,
        "order": row.event.order if row.event else None,
        "person": row.recipient,
        "base": settings.WAGTAILADMIN_BASE_URL.rstrip("/"),
        "site": settings.WAGTAIL_SITE_NAME,
        **row.data,
    }
    text = render_to_string(f"orders/email/{row.template}.txt", context)
    subject, _, body = text.lstrip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"
