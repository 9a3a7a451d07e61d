# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People and organisations for tests that need a database."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import ROLE_OF, Membership, Organisation, Role, User

PASSWORD = "treize tabourets bleus"


def make_person(email: str, name: str = "", *, verified: bool = True, **fields: Any) -> User:
    """Somebody with PASSWORD and a confirmed address; "Camille Roux" is first and last name."""
    first, _, last = name.partition(" ")
    user = User.objects.create_user(email, PASSWORD, first_name=first, last_name=last, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def make_organisation(kind: Organisation.Kind = Organisation.Kind.COLLECTIVITE, name: str = "", **fields: Any) -> Any:
    return Organisation.objects.create(kind=kind, name=name or f"Organisation {kind.value}", **fields)


def make_member(
    user: User, organisation: Organisation, role: Role | None = None, *, is_manager: bool = False
) -> Membership:
    """With the role of the organisation's kind, unless another is said."""
    role = role or ROLE_OF[Organisation.Kind(organisation.kind)]
    return Membership.objects.create(user=user, organisation=organisation, role=role, is_manager=is_manager)


def make_coordinator(email: str = "coordination@example.org") -> User:
    user = make_person(email, "Alix Vernet")
    make_member(user, make_organisation(Organisation.Kind.COORDINATOR), is_manager=True)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
