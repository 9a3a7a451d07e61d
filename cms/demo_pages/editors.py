# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two invented people of a demonstration who write the site: one writes, one reads before it is published. As the others of
accounts/demo.py they are made, and can sign in, on a demonstration's site alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group

from accounts.demo import PASSWORD
from accounts.models import User

#: Of cms/migrations/0006_moderation.py.
EDITORS_GROUP, MODERATORS_GROUP = "Éditeurs", "Modérateurs"


@dataclass(frozen=True)
class DemoEditor:
    email: str
    first_name: str
    last_name: str
    group: str
    what: str  # for the sign-in page


EDITORS = (
    DemoEditor(
        "redaction@demo.example", "Maël", "Thibaud", EDITORS_GROUP, "une personne qui écrit les pages (/gestion/)"
    ),
    DemoEditor(
        "moderation@demo.example",
        "Inès",
        "Carlier",
        MODERATORS_GROUP,
        "une personne qui relit et publie les pages (/gestion/)",
    ),
)


def load_editors() -> list[User]:
    """Those that are there stay as they are; nobody outside of demo settings."""
    from allauth.account.models import EmailAddress

    if not settings.TRETEAU_DEMO:
        return []
    made = []
    for editor in EDITORS:
        user = User.objects.filter(email=editor.email).first()
        if user is None:
            user = User.objects.create_user(
                editor.email, PASSWORD, first_name=editor.first_name, last_name=editor.last_name, is_demo=True
            )
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            user.groups.set(Group.objects.filter(name=editor.group))
        made.append(user)
    return made


def demo_editors() -> list[DemoEditor]:
    """Those who can sign in here: for the sign-in page."""
    if not settings.TRETEAU_DEMO:
        return []
    there = set(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
    return [editor for editor in EDITORS if editor.email in there]
