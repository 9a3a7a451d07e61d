# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters that may wait, gathered into one a day or a week for those who want it so.

A digest is a row of the outbox, written with the day in ``MailPace.digested_on`` and with the notices that it tells of, in one
transaction: a worker that dies leaves all of it or nothing, and of two workers one raises the day. So there is one digest a person
and day, and the outbox carries it."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import MailPace, Notice
from accounts.services.notices import address_of, last_due
from orders.life.telling import outbox_row
from orders.models import OutboxMessage

log = logging.getLogger(__name__)

_Pace = MailPace.Pace
#: People of one round, so that a worker is not kept from other work: the next round takes the others.
_AT_ONCE = 500
#: Notices in a letter; whoever has more reads them on the site.
_MOST_TOLD = 40


def write_digests(now: datetime | None = None) -> int:
    """All that are due by now; returns how many letters were written. Late rounds catch up: a day that nobody worked at 7:00 is
    told of when somebody works again, a Monday on the Tuesday."""
    day = last_due(now or timezone.now())
    monday = day - timedelta(days=day.weekday())
    # At once, since lately: what still waits is told of once more.
    daily = Q(pace__in=[_Pace.DAILY, _Pace.NOW]) & _before(day)
    weekly = Q(pace=_Pace.WEEKLY) & _before(monday)
    due = MailPace.objects.filter(daily | weekly, person__is_active=True).order_by("digested_on", "pk")
    return sum(_write(row, day) for row in due[:_AT_ONCE])


def _before(day: date) -> Q:
    return Q(digested_on=None) | Q(digested_on__lt=day)


def _write(row: MailPace, day: date) -> bool:
    with transaction.atomic():
        mine = MailPace.objects.filter(pk=row.pk, pace=row.pace, digested_on=row.digested_on)
        if not mine.update(digested_on=day):
            return False  # another worker was quicker, or the person asks for something else by now
        waiting = Notice.objects.filter(person=row.person_id, mail=Notice.Mail.WAITING)
        # What was read on the site meanwhile is no news.
        waiting.filter(read_at__isnull=False).update(mail=Notice.Mail.NONE)
        if not waiting.update(mail=Notice.Mail.DIGESTED, digested_on=day):
            return False
        data = {"day": day.isoformat(), "weekly": row.pace == _Pace.WEEKLY}
        letter = outbox_row(None, "digest", f"digest.{row.person_id}.{day.isoformat()}", data, timezone.now())
        letter.recipient_id = row.person_id
        OutboxMessage.objects.bulk_create([letter])
    return True


def digest_facts(row: OutboxMessage) -> dict[str, Any]:
    """What the letter says: notices by subject, those of one page together with its path, oldest first; ``more``: those that it
    only counts."""
    day = date.fromisoformat(row.data["day"])
    told = Notice.objects.filter(person=row.recipient_id, digested_on=day).order_by("created_at", "pk")
    count = told.count()
    parts: dict[str, dict[str, list[str]]] = {}
    for notice in told[:_MOST_TOLD]:
        pages = parts.setdefault(notice.get_kind_display().capitalize(), {})
        pages.setdefault(address_of(notice), []).append(notice.text)
    shown = [(title, list(pages.items())) for title, pages in sorted(parts.items())]
    return {"on": day, "count": count, "more": max(0, count - _MOST_TOLD), "parts": shown}
