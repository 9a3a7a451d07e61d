# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters to people without an account. The orders' outbox writes to accounts, whose address may change meanwhile; here the address
is what somebody typed, and goes with what it was typed for. Sent as the outbox is (``orders/services/mailing.py``)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from email.utils import format_datetime

from django.core.mail import EmailMessage
from django.db import transaction

from cms.models import ContactMessage, Letter, Registration
from designs.typography import spaced
from fabrication.leases import ring
from orders.life.telling import mail_domain
from orders.services.mailing import send_due
from orders.services.post_office import PostOffice

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
    return send_due(Letter.objects, _deliver)


def _deliver(letter: Letter, post: PostOffice) -> dict[str, str]:
    post.deliver(_message(letter))
    return {}


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
