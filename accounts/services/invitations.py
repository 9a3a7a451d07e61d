# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking an address to join an organisation, and answering.

The link finds the invitation; what lets somebody in is that the invited address is confirmed as theirs. So a link that
was passed on, or read over a shoulder, opens nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.errors import InvitationError, NotAllowedError, TooManyError
from accounts.models import ROLE_OF, Change, Invitation, Membership, Notice, Organisation, User
from accounts.models.invitation import hash_of, new_token
from accounts.services.notices import notify
from accounts.services.organisations import join, may_invite, note

log = logging.getLogger(__name__)

#: Open invitations of one organisation: more are no team.
MOST_OPEN = 50
#: Invitations and reminders that one person sends in a day.
MOST_A_DAY = 60
#: Before the same address is written to again.
PAUSE = timedelta(minutes=5)


def invite(
    actor: User, organisation: Organisation, email: str, *, is_manager: bool, link: Callable[[str], str]
) -> Invitation:
    """Write to an address; ``link`` makes the whole address of a token's page. A valid e-mail address is taken for granted.

    The answer's ``sent_at`` is None where the mail server was away: the invitation is there, and can be sent again.
    Raises NotAllowedError, InvitationError (already a member, already invited), TooManyError."""
    if not may_invite(actor, organisation):
        raise NotAllowedError("not this person's to invite", "Cette organisation n’est pas la vôtre.")
    email = email.strip().lower()
    role = ROLE_OF[Organisation.Kind(organisation.kind)]
    member = Membership.objects.filter(
        organisation=organisation,
        is_active=True,
        user__emailaddress__email=email,
        user__emailaddress__verified=True,
    )
    if member.exists():
        raise InvitationError("already a member", "Cette personne est déjà membre de l’organisation.", "email")
    if organisation.invitations.open().filter(email=email).exists():
        raise InvitationError(
            "already invited", "Cette adresse est déjà invitée : renvoyez-lui le message depuis la liste.", "email"
        )
    if organisation.invitations.open().count() >= MOST_OPEN:
        raise TooManyError("too many open invitations", f"{MOST_OPEN} invitations attendent déjà une réponse.", "email")
    _not_too_often(actor)
    token = new_token()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                organisation=organisation,
                email=email,
                role=role,
                is_manager=is_manager,
                token_hash=hash_of(token),
                invited_by=actor,
                expires_at=_end(),
            )
            note(organisation, Change.Action.INVITED, actor, email=["", email])
            _ring(invitation)
    except IntegrityError as error:
        raise InvitationError("already invited", "Cette adresse est déjà invitée.", "email") from error
    _send(invitation, link(token))
    return invitation


def send_again(actor: User, invitation: Invitation, *, link: Callable[[str], str]) -> Invitation:
    """A new link to the same address; the old one no longer works. Raises NotAllowedError, InvitationError, TooManyError."""
    token = new_token()
    with transaction.atomic():
        current = _locked(actor, invitation)
        if current.sent_at and timezone.now() - current.sent_at < PAUSE:
            raise TooManyError("just sent", "Ce message vient de partir : attendez cinq minutes avant de le renvoyer.")
        _not_too_often(actor)
        current.token_hash = hash_of(token)
        current.expires_at = _end()
        current.sent_at = None
        current.save(update_fields=["token_hash", "expires_at", "sent_at"])
        note(current.organisation, Change.Action.SENT_AGAIN, actor, email=[current.email, current.email])
    _send(current, link(token))
    return current


def revoke(actor: User, invitation: Invitation) -> None:
    """Take it back. Raises NotAllowedError, InvitationError."""
    with transaction.atomic():
        current = _locked(actor, invitation)
        current.revoked_at = timezone.now()
        current.save(update_fields=["revoked_at"])
        note(current.organisation, Change.Action.REVOKED, actor, email=[current.email, ""])


def find(token: str) -> Invitation | None:
    """The invitation of a link that still holds; None for every other."""
    return (
        Invitation.objects.waiting()
        .select_related("organisation", "invited_by")
        .filter(token_hash=hash_of(token))
        .first()
    )


def is_addressed_to(invitation: Invitation, user: User) -> bool:
    """Has this person confirmed the invited address as their own?"""
    return Invitation.objects.addressed_to(user).filter(pk=invitation.pk).exists()


def accept(actor: User, invitation: Invitation) -> Membership:
    """Join. Raises InvitationError for one that is too old, used, taken back or to another address."""
    with transaction.atomic():
        current = _answered_by(actor, invitation)
        current.accepted_at = timezone.now()
        current.accepted_by = actor
        current.save(update_fields=["accepted_at", "accepted_by"])
        membership = join(
            current.organisation, actor, ROLE_OF[Organisation.Kind(current.organisation.kind)],
            is_manager=current.is_manager,
        )  # fmt: skip
        note(current.organisation, Change.Action.JOINED, actor, role=["", membership.role])
        if current.invited_by is not None and current.invited_by != actor:
            notify(
                [current.invited_by],
                f"joined.{current.pk}",
                f"{actor.shown_name} a rejoint {current.organisation.name}",
                kind=Notice.Kind.ACCOUNT,
                place="organisation",
                args=[current.organisation_id],
            )
    return membership


def _ring(invitation: Invitation) -> None:
    """Who has an account already finds it in the bell too."""
    people = User.objects.filter(
        is_active=True, emailaddress__email=invitation.email, emailaddress__verified=True
    ).values_list("pk", flat=True)
    notify(
        people,
        f"invited.{invitation.pk}",
        f"Vous êtes invité à rejoindre {invitation.organisation.name}",
        kind=Notice.Kind.ACCOUNT,
        place="workplace",
        has_letter=True,
    )


def decline(actor: User, invitation: Invitation) -> None:
    """No, thank you. Raises as ``accept`` does."""
    with transaction.atomic():
        current = _answered_by(actor, invitation)
        current.revoked_at = timezone.now()
        current.save(update_fields=["revoked_at"])
        note(current.organisation, Change.Action.DECLINED, actor, email=[current.email, ""])


def _end() -> datetime:
    return timezone.now() + timedelta(days=settings.TRETEAU_INVITATION_DAYS)


def _not_too_often(actor: User) -> None:
    since = timezone.now() - timedelta(days=1)
    sent = Change.objects.filter(
        actor=actor, at__gt=since, action__in=[Change.Action.INVITED, Change.Action.SENT_AGAIN]
    ).count()
    if sent >= MOST_A_DAY:
        raise TooManyError(
            "too many invitations in a day", f"{MOST_A_DAY} messages au plus par jour : continuez demain.", "email"
        )


def _locked(actor: User, invitation: Invitation) -> Invitation:
    current = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
    if not may_invite(actor, current.organisation):
        raise NotAllowedError("not this person's invitation", "Cette invitation n’est pas de votre organisation.")
    if current.accepted_at or current.revoked_at:
        raise InvitationError("already answered or taken back", "Cette invitation n’est plus en attente.")
    return current


def _answered_by(actor: User, invitation: Invitation) -> Invitation:
    current = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .waiting()
        .filter(pk=invitation.pk)
        .first()
    )
    if current is None:
        raise InvitationError(
            "too old, used or taken back", "Cette invitation n’est plus valable : demandez-en une autre."
        )
    if not is_addressed_to(current, actor):
        raise InvitationError(
            "another address was invited", "Cette invitation est adressée à une autre adresse que les vôtres."
        )
    return current


def _send(invitation: Invitation, link: str) -> None:
    """After the rows are there: a message about nothing would be worse than a row without a message."""
    words = {"invitation": invitation, "link": link, "site_name": settings.WAGTAIL_SITE_NAME}
    subject = " ".join(render_to_string("accounts/invitation_subject.txt", words).split())
    message = EmailMessage(subject, render_to_string("accounts/invitation_message.txt", words), to=[invitation.email])
    try:
        message.send()
    except (SMTPException, OSError):
        log.exception("invitation %s could not be sent", invitation.pk)
        return
    invitation.sent_at = timezone.now()
    invitation.save(update_fields=["sent_at"])
