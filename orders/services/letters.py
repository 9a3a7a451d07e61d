# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of an e-mail about an order: made when it is sent, from the event's facts, for the one who gets it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.services.notices import stop_token
from designs.typography import spaced
from fabrication.quoting.words import euros
from orders.life.telling import AT_ONCE
from orders.models import Claim, Delivery, Event, Order, OutboxMessage
from orders.services.digesting import digest_facts

#: Characters of a subject; the order's number comes first in it.
_MOST_SUBJECT = 150
_SPACES = re.compile(" {2,}")
_KEPT = "\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


def letter_of(row: OutboxMessage, address: str) -> EmailMessage:
    """Under the identifier and the date that the message was born with: sent again, it is the same message (RFC 5322,
    3.6.4). No machine answers it (RFC 3834)."""
    subject, body = words_of(row)
    headers = {
        "Message-ID": row.message_id,
        "Date": _date(row),
        "Auto-Submitted": "auto-generated",
    }
    if _may_be_stopped(row):
        # One click in a mail reader, which asks for it by a POST (RFC 8058).
        headers["List-Unsubscribe"] = f"<{_base()}{reverse('notices-stop', args=[stop_token(row.recipient)])}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(subject=subject, body=body, to=[address], headers=headers)


def words_of(row: OutboxMessage) -> tuple[str, str]:
    """Subject and body, each of its own block of the template. Whatever somebody typed into a name or a reason, the
    subject is one line, and no control character gets anywhere."""
    event, person = row.event, row.recipient
    order = event.order if event else None
    sees = order is not None and person is not None and Order.objects.visible_to(person).filter(pk=order.pk).exists()
    context = _context(row) | {"person": person, "sees_order": sees, "may_be_stopped": _may_be_stopped(row)}
    body = _plain(render_to_string(_template(row), context | {"part": "body"}))
    lines = [line.rstrip() for line in body.strip().split("\n")]
    # Blocks that are empty for this reader leave no hole.
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return _subject(row, context), spaced("\n".join(kept)) + "\n"


def subject_of(row: OutboxMessage) -> str:
    """The same for everybody who gets it: what the bell says too."""
    return _subject(row, _context(row))


def _subject(row: OutboxMessage, context: dict[str, Any]) -> str:
    subject = _plain(render_to_string(_template(row), context | {"part": "subject"}))
    subject = _SPACES.sub(" ", subject.replace("\n", " ")).strip()
    if len(subject) > _MOST_SUBJECT:
        subject = subject[: _MOST_SUBJECT - 1].rstrip() + "…"
    return spaced(subject)


def _context(row: OutboxMessage) -> dict[str, Any]:
    event = row.event
    return {
        "event": event,
        "order": event.order if event else None,
        "base": _base(),
        "site": settings.WAGTAIL_SITE_NAME,
        **_facts(event),
        **(digest_facts(row) if row.template == "digest" else {}),
        **row.data,
    }


def _template(row: OutboxMessage) -> str:
    return f"orders/email/{row.template}.txt"


def _base() -> str:
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/")


def _may_be_stopped(row: OutboxMessage) -> bool:
    """A digest, and all that a setting may hold back."""
    return row.recipient is not None and (row.template == "digest" or row.template not in AT_ONCE)


def _facts(event: Event | None) -> dict[str, Any]:
    """What templates say of the event: amounts as people read them, the delivery and the claim that it is about."""
    if event is None:
        return {}
    data = event.data
    found: dict[str, Any] = {"money": {name[:-4]: _euros(data[name]) for name in data if name.endswith("_eur")}}
    if "delivery" in data:
        found["delivery"] = Delivery.objects.filter(pk=data["delivery"], order=event.order_id).first()
    if "claim" in data:
        found["claim"] = Claim.objects.select_related("piece").filter(pk=data["claim"], order=event.order_id).first()
    return found


def _euros(text: Any) -> str:
    try:
        return euros(Decimal(str(text)))
    except InvalidOperation:
        return str(text)


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c.isprintable() or c in _KEPT else " " for c in text)


def _date(row: OutboxMessage) -> str:
    return format_datetime(row.created_at)
