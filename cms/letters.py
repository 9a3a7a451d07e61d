# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters to people without an account. The orders' outbox writes to accounts, whose address may change meanwhile; here the address
is what somebody typed, and goes with what it was typed for. Done as the orders' outbox is: at least once, each letter under the
identifier that it was born with; while the mail server is away none is tried."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from cms.models import ContactMessage, Letter, Registration
from designs.typography import spaced
from fabrication.leases import ring
from orders.life.telling import mail_domain
from orders.services.post_office import PostOffice
from orders.services.sending import MAX_ATTEMPTS

log = logging.getLogger(__name__)

#: Seconds until the next attempt after each that failed; the last one is repeated.
_PATIENCE = (10, 60, 300, 1_800, 7_200, 21_600)
#: Rows, and seconds, of one round, so that a worker is not kept from other work.
_AT_ONCE = 500
_ROUND_S = 20.0
#: Steps of one delivery over an open connection (sender, receiver, data, content) and one to spare.
_STEPS = 5
_MOST_SUBJECT = 150
_SPACES = re.compile(" {2,}")
_KEPT = "\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


def write(
    key: str,
    about: Registration | ContactMessage,
    *,
    to: Sequence[str],
    subject: str,
    body: str,
    reply_to: str = "",
    calendar: str = "",
) -> Letter | None:
    """In the transaction of what it is about. None if it was written before: ``key`` says what it is. Whatever somebody typed into a
    name, the subject is one line, and no control character gets anywhere."""
    letter, is_new = Letter.objects.get_or_create(
        key=key,
        defaults={
            "message_id": f"<{uuid.uuid4()}@{mail_domain()}>",
            "registration": about if isinstance(about, Registration) else None,
            "contact_message": about if isinstance(about, ContactMessage) else None,
            "to": list(to),
            "reply_to": reply_to,
            "subject": one_line(subject),
            "body": spaced(plain(body).strip()) + "\n",
            "calendar": calendar,
        },
    )
    if not is_new:
        return None
    transaction.on_commit(_ring, robust=True)
    return letter


def one_line(text: str) -> str:
    line = _SPACES.sub(" ", spaced(plain(text)).replace("\n", " ")).strip()
    return line if len(line) <= _MOST_SUBJECT else line[: _MOST_SUBJECT - 1].rstrip() + "…"


def plain(text: str) -> str:
    """Without control characters; line ends are \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c.isprintable() or c in _KEPT else " " for c in text)


def send_waiting() -> int:
    """Those that are due, oldest first; returns how many were sent. Never raises for a row's own failure."""
    due = Letter.objects.claimable().order_by("due_at", "id").values_list("pk", flat=True)
    sent, begun = 0, time.monotonic()
    with PostOffice() as post:
        for pk in list(due[:_AT_ONCE]):
            if time.monotonic() - begun > _ROUND_S or not post.is_open():
                break
            sent += send(pk, post)
    return sent


def send(pk: int, post: PostOffice) -> bool:
    """Claim one and deliver it; False if it is in other hands, done, or failed this time."""
    letter = _claim(pk)
    if letter is None:
        return False
    mine = Letter.objects.filter(pk=pk, state=Letter.State.SENDING, attempts=letter.attempts)
    try:
        post.deliver(_message(letter))
    except Exception as error:
        ours = not isinstance(error, OSError)  # what a mail server says is no fault of ours: one line of it
        log.warning("letter %s not sent, attempt %s: %s", letter.key, letter.attempts, repr(error)[:300], exc_info=ours)
        mine.update(
            state=Letter.State.FAILED if letter.attempts >= MAX_ATTEMPTS else Letter.State.WAITING,
            lease_until=None,
            due_at=timezone.now() + timedelta(seconds=_PATIENCE[min(letter.attempts, len(_PATIENCE)) - 1]),
            fault=plain(f"{type(error).__name__}: {error}")[:2_000],
        )
        return False
    mine.update(state=Letter.State.SENT, lease_until=None, sent_at=timezone.now(), fault="")
    return True


def _claim(pk: int) -> Letter | None:
    row = Letter.objects.claimable().filter(pk=pk).first()
    if row is None:
        return None
    seconds = _STEPS * settings.EMAIL_TIMEOUT + settings.TRETEAU_LEASE_SECONDS
    lease = timezone.now() + timedelta(seconds=seconds)
    # The number that was read is asked for again: of two workers that read the same row, one gets it.
    ours = Letter.objects.claimable().filter(pk=pk, attempts=row.attempts)
    if not ours.update(state=Letter.State.SENDING, attempts=row.attempts + 1, lease_until=lease):
        return None
    return Letter.objects.filter(pk=pk, attempts=row.attempts + 1).first()


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=letter.to,
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={
            "Message-ID": letter.message_id,
            "Date": format_datetime(letter.created_at),
            "Auto-Submitted": "auto-generated",
        },
    )
    if letter.calendar:
        message.attach("rencontre.ics", letter.calendar, "text/calendar")
    return message


def _ring() -> None:
    """A doorbell, so that nobody waits for the next sweep; lost, it costs seconds."""
    from cms.meetings.tasks import send_letters

    ring(send_letters)
