# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing to the outbox, in the transaction of the step that it is about (sending: orders/services/sending.py)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from fabrication.leases import ring
from orders.life.parties import people_of
from orders.models import Event, Order, OutboxMessage

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from orders.life.step import Step
    from orders.life.table import Action, Party


def people_told(order: Order, action: Action) -> dict[Party, list[User]]:
    """The people of the parties that an action tells, as the order stands before it: a maker that the step takes away is
    told of it too."""
    return {party: list(people_of(party, order)) for party in action.tells}


def put_messages(step: Step, event: Event, before: dict[Party, list[User]]) -> None:
    """An e-mail to everybody of the parties that are told, but the actor."""
    told: dict[tuple[str, int], tuple[User, dict[str, Any]]] = {}
    for party, template, data in [(party, step.action.name, {}) for party in step.action.tells] + step.told:
        for person in (*people_of(party, step.order), *before.get(party, ())):
            if person != step.actor:
                told.setdefault((template, person.pk), (person, {"party": party.value, **data}))
    for person, template, data in step.written:
        if person != step.actor:
            told.setdefault((template, person.pk), (person, data))
    rows = [_email(event, template, person, data) for (template, _), (person, data) in told.items()]
    OutboxMessage.objects.bulk_create(rows)
    if rows:
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    """A doorbell, so that nobody waits for the next sweep; lost, it costs seconds."""
    from orders.tasks import send

    ring(send)


def _email(event: Event, template: str, person: User, data: dict[str, Any]) -> OutboxMessage:
    key = f"{event.order_id}.{event.sequence}.{template}.{person.pk}"
    row = outbox_row(event, template, key, data, event.at)
    row.recipient = person
    return row


def outbox_row(event: Event | None, template: str, key: str, data: dict[str, Any], due_at: datetime) -> OutboxMessage:
    return OutboxMessage(
        event=event,
        key=key,
        message_id=f"<{uuid.uuid4()}@{mail_domain()}>",
        template=template,
        data=data,
        due_at=due_at,
    )


def mail_domain() -> str:
    """Of a Message-ID: letters of ASCII alone (RFC 5322, 3.6.4), whatever the sender's address is written in."""
    try:
        return settings.TRETEAU_MAIL_DOMAIN.encode("idna").decode("ascii")
    except UnicodeError:
        return "localhost"
