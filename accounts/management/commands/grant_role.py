# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py grant_role EMAIL ROLE [--organisation …]``: the roles that nobody takes by himself, given on the server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.errors import AccountError
from accounts.models import ROLE_OF, Change, Organisation, Role, User
from accounts.services.organisations import grant_role, note


class Command(BaseCommand):
    help = "Give a person a role in an organisation, for instance the first coordinator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="of a person who has an account")
        parser.add_argument("role", choices=list(Role.values))
        parser.add_argument(
            "--organisation",
            default="",
            help="its number, SIREN or exact name; needed but for a coordinator, whose first organisation is made",
        )
        parser.add_argument(
            "--create", action="store_true", help="make the préfecture or coordination of this name if it is not there"
        )
        parser.add_argument("--department", default="", help="of a préfecture that is made: 30, 2A, 974")
        parser.add_argument("--member", action="store_true", help="a plain member, who removes nobody")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        role = Role(options["role"])
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"no account has the address {options['email']}: the person signs up first")
        try:
            organisation = self._organisation(role, options)
            membership = grant_role(user, role, organisation, is_manager=not options["member"])
        except (AccountError, ValidationError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(membership))

    def _organisation(self, role: Role, options: dict[str, Any]) -> Organisation:
        kinds = [kind for kind, given in ROLE_OF.items() if given == role]
        known = Organisation.objects.filter(kind__in=kinds, archived_at=None)
        word = options["organisation"].strip()
        if not word and role == Role.COORDINATOR:
            return known.first() or self._make(kinds[0], "Coordination", "")
        if not word:
            raise CommandError(f"--organisation says where this person is {role}")
        found = list(known.filter(siren=word) if word.isdigit() and len(word) == 9 else known.filter(name=word))
        if not found and word.isdigit() and len(word) < 9:
            found = list(known.filter(pk=int(word)))
        if len(found) > 1:
            raise CommandError(f"{word} names several: {', '.join(f'{o.pk} {o.name}' for o in found)}")
        if found:
            return found[0]
        if not options["create"] or len(kinds) > 1 or kinds[0] not in (
            Organisation.Kind.PREFECTURE, Organisation.Kind.COORDINATOR,
        ):  # fmt: skip
            raise CommandError(f"no organisation with people of the role {role} is called {word}")
        return self._make(kinds[0], word, options["department"])

    def _make(self, kind: Organisation.Kind, name: str, department: str) -> Organisation:
        organisation = Organisation(kind=kind, name=name, department=department)
        organisation.full_clean()
        organisation.save()
        note(organisation, Change.Action.CREATED, None, name=["", name])
        return organisation
