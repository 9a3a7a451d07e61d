# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writing to the outbox and to people's bells, in the transaction of the step that it is about (sending:
orders/services/sending.py)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from accounts.models import MailPace, Notice
from accounts.services.notices import keep, mail_of, paces_of, shortened
from fabrication.leases import ring
from orders.life.parties import people_of
from orders.models import Event, Order, OutboxMessage

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from orders.life.step import Step
    from orders.life.table import Action, Party

#: Letters that no setting holds back: decisions about public money, what is signed, what ends an order. By template.
AT_ONCE = frozenset({"fund", "refuse_funding", "reconsider", "release_grant", "commit", "void", "cancel", "digest"})
#: Why a letter of the outbox is not sent: its reader has it in a digest, or on the site alone.
_LATER = "its reader wants no letter at once"


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
    put([_email(event, template, person, data) for (template, _), (person, data) in told.items()])


def put(rows: list[OutboxMessage], *, may_be_there: bool = False) -> None:
    """Letters, each with its recipient, and a notice for each, whether the letter goes at once or not. ``may_be_there``: rows
    whose key stands already are left out."""
    if not rows:
        return
    paces = paces_of(row.recipient_id for row in rows if row.recipient_id)
    texts: dict[str, str] = {}
    notices = []
    for row in rows:
        pace = paces.get(row.recipient_id or 0, MailPace.Pace.NOW)
        mail = mail_of(pace, has_letter=True, at_once=row.template in AT_ONCE)
        if mail != Notice.Mail.SENT:
            row.state, row.fault = OutboxMessage.State.DROPPED, _LATER
        said = f"{row.event_id} {row.template} {sorted(row.data.items())}"
        if said not in texts:
            texts[said] = _text(row)
        notices.append(_notice(row, texts[said], mail))
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=may_be_there)
    keep(notices)
    transaction.on_commit(_ring, robust=True)


def _text(row: OutboxMessage) -> str:
    from orders.services.letters import subject_of  # which reads orders

    return shortened(subject_of(row))


def _notice(row: OutboxMessage, text: str, mail: str) -> Notice:
    order = str(row.event.order.public_id) if row.event else row.data.get("public_id", "")
    quotes = row.template.startswith("quote_")
    if row.template == "new_revision":
        return Notice(
            person_id=row.recipient_id,
            key=row.key,
            kind=Notice.Kind.MODEL,
            text=text,
            place="making-revision",
            place_args=[order, row.data["position"]],
            created_at=row.due_at,
            mail=mail,
        )
    return Notice(
        person_id=row.recipient_id,
        key=row.key,
        kind=Notice.Kind.QUOTE if quotes else Notice.Kind.ORDER,
        text=text,
        place="order" if order else "",
        place_args=[order] if order else [],
        anchor="choosing" if quotes and order else "",
        created_at=row.due_at,
        mail=mail,
    )


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
