# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Doing what the outbox says (``orders/services/mailing.py`` says how)."""

from __future__ import annotations

from django.utils import timezone

from orders.models import OutboxMessage
from orders.services.letters import letter_of
from orders.services.mailing import send_due, send_one
from orders.services.post_office import PostOffice

ROWS = OutboxMessage.objects.select_related("event__order__organisation", "event__actor", "recipient")


def send_waiting() -> int:
    return send_due(ROWS, _deliver)


def send(pk: int, post: PostOffice) -> bool:
    return send_one(ROWS, pk, post, _deliver)


def try_again(pk: int) -> bool:
    """A coordinator's second chance for one that failed, or that waits for its next attempt. It keeps its identifier, and
    its count of attempts: the fence never goes back."""
    stuck = OutboxMessage.objects.filter(pk=pk, state__in=[OutboxMessage.State.FAILED, OutboxMessage.State.WAITING])
    return bool(stuck.update(state=OutboxMessage.State.WAITING, due_at=timezone.now()))


def _deliver(row: OutboxMessage, post: PostOffice) -> dict[str, str]:
    person = row.recipient
    if person is None or not person.is_active:
        return _dropped("the person is gone")
    if not person.email:
        return _dropped("the person has no address")
    post.deliver(letter_of(row, person.email))
    return {}


def _dropped(why: str) -> dict[str, str]:
    return {"state": OutboxMessage.State.DROPPED, "fault": why}
