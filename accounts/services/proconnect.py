# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose account it is that ProConnect signs in. What arrives here was verified against ProConnect's keys (cms/proconnect.py).

ProConnect vouches for the address, so an account that has confirmed the same address is the same person's. An address
that an account only claims proves nothing: whoever typed it may have waited for its owner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import AccountError
from accounts.models import ProConnectIdentity, User


class ProConnectError(AccountError):
    """ProConnect did not answer, or what it answered lets nobody in."""


@dataclass(frozen=True)
class Vouched:
    """What ProConnect said of a person. ``siret`` is blank where it is none, or where the assurance is too low for it."""

    issuer: str
    subject: str
    email: str  # a valid address in small letters
    first_name: str = ""
    last_name: str = ""
    siret: str = ""
    idp_id: str = ""
    acr: str = ""


class Arrival(Enum):
    KNOWN = "came by ProConnect before"
    JOINED = "an account with this confirmed address was there"
    NEW = "the account was made now"


def known_person(vouched: Vouched) -> User | None:
    """Whose it is already; looks, and changes nothing."""
    identity = _identity(vouched)
    return identity.user if identity else _confirmed(vouched.email)


def person_of(vouched: Vouched) -> tuple[User, Arrival]:
    """The account that ProConnect's person signs in to: the one that it came to before, else the one whose confirmed
    address is theirs, else a new one. May it sign in, and its second factor, are asked afterwards, as for a password.

    Raises ProConnectError where an account in use has this address and never confirmed it."""
    try:
        with transaction.atomic():
            return _person_of(vouched)
    except IntegrityError:  # the same person in two windows
        with transaction.atomic():
            return _person_of(vouched)


def _person_of(vouched: Vouched) -> tuple[User, Arrival]:
    identity = _identity(vouched)
    if identity is not None:
        identity.last_at = timezone.now()
        identity.save(update_fields=["last_at"])
        return identity.user, Arrival.KNOWN
    user = _confirmed(vouched.email)
    arrival = Arrival.JOINED if user else Arrival.NEW
    user = user or _new(vouched)
    ProConnectIdentity.objects.create(user=user, issuer=vouched.issuer, subject=vouched.subject)
    return user, arrival


def _identity(vouched: Vouched) -> ProConnectIdentity | None:
    return (
        ProConnectIdentity.objects.select_related("user").filter(issuer=vouched.issuer, subject=vouched.subject).first()
    )


def _confirmed(email: str) -> User | None:
    address = EmailAddress.objects.select_related("user").filter(email=email, verified=True).first()
    return address.user if address else None


def _new(vouched: Vouched) -> User:
    """An account without a password. One that was asked for with this address and never used becomes it: who asked for it
    can't have been in, and their password goes."""
    # Added to another account and never confirmed: bars nobody (as at sign-up).
    EmailAddress.objects.filter(email=vouched.email, verified=False, primary=False).delete()
    user = User.objects.select_for_update().filter(email=vouched.email).first()
    meanwhile = _confirmed(vouched.email) if user else None
    if meanwhile:  # made, or confirmed, in another window since we looked
        return meanwhile
    names = {"first_name": vouched.first_name, "last_name": vouched.last_name}
    if user is None:
        user = User.objects.create_user(vouched.email, None, **names)
    else:
        _refuse_what_was_used(user)
        user.set_unusable_password()
        user.first_name, user.last_name = names["first_name"], names["last_name"]
        user.save(update_fields=["password", "first_name", "last_name"])
        Authenticator.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=vouched.email, verified=True, primary=True)
    return user


def _refuse_what_was_used(user: User) -> None:
    used = user.last_login or user.is_staff or user.is_superuser or user.is_demo or not user.is_active
    if (
        used
        or user.memberships.exists()
        or user.groups.exists()
        or user.emailaddress_set.filter(verified=True).exists()
    ):
        raise ProConnectError(
            f"account {user.pk} has the address and never confirmed it",
            f"Un compte existe déjà avec l’adresse {user.email}, qui n’y a pas été confirmée. Connectez-vous avec votre mot "
            "de passe et confirmez-la ; ProConnect ouvrira ensuite ce compte.",
        )
