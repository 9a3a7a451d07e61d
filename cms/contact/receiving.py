# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A message comes in: a row first, in the same transaction as the letters to the team and to whoever wrote. Nothing is sent within a
request, so a mail server that is away loses nothing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cms.letters import plain, write
from cms.models import ContactMessage, ContactSubject

#: The same words of the same person within this time are the same message: a form that was sent twice.
_TWICE = timedelta(hours=1)
#: Letters and figures that nobody reads for one another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def receive(
    subject: ContactSubject, *, name: str, email: str, text: str, organisation: str = "", is_suspect: bool = False
) -> ContactMessage:
    """The message, kept; what was sent twice is the first one. Of a suspect one nobody is written to."""
    text = plain(text).strip()
    digest = hashlib.sha256("\x00".join((email.casefold(), subject.slug, text)).encode()).hexdigest()
    with transaction.atomic():
        # Two clicks at once come one after the other.
        subject = ContactSubject.objects.select_for_update().get(pk=subject.pk)
        known = ContactMessage.objects.filter(digest=digest, created_at__gt=timezone.now() - _TWICE).first()
        if known is not None:
            return known
        message = ContactMessage.objects.create(
            number=_new_number(),
            subject=subject,
            name=name,
            email=email,
            organisation=organisation,
            text=text,
            is_suspect=is_suspect,
            digest=digest,
        )
        if not is_suspect:
            _write_letters(message)
    return message


def mark(message: ContactMessage, state: str, *, actor: User, note: str | None = None) -> ContactMessage:
    """What a team says of a message."""
    with transaction.atomic():
        message = ContactMessage.objects.select_for_update().get(pk=message.pk)
        answered = state == ContactMessage.State.ANSWERED
        if answered and message.state != ContactMessage.State.ANSWERED:
            message.answered_at, message.answered_by = timezone.now(), actor
        elif not answered:
            message.answered_at = message.answered_by = None
        message.state = ContactMessage.State(state)
        if note is not None:
            message.note = note
        message.save()
    return message


def _new_number() -> str:
    """ "M-2026-7KQ4X": nobody counts messages, or guesses another's, by it."""
    year = timezone.localdate().year
    for _ in range(20):
        number = f"M-{year}-{''.join(secrets.choice(_ALPHABET) for _ in range(5))}"
        if not ContactMessage.objects.filter(number=number).exists():
            return number
    raise RuntimeError("no free number of a message was found in twenty tries")


def _write_letters(message: ContactMessage) -> None:
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    context = {"message": message, "site": settings.WAGTAIL_SITE_NAME, "base": base}
    admin_address = base + reverse("messages_recus:edit", args=[message.pk])
    write(
        f"contact.{message.pk}.team",
        message,
        to=message.subject.addresses(),
        reply_to=message.email,
        subject=f"[{message.number}] {message.subject.title} – {message.name}",
        body=render_to_string("cms/letters/contact_team.txt", context | {"admin_address": admin_address}),
    )
    write(
        f"contact.{message.pk}.sender",
        message,
        to=[message.email],
        subject=f"Votre message {message.number} nous est parvenu",
        body=render_to_string("cms/letters/contact_sender.txt", context),
    )
