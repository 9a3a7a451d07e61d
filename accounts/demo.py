# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invented people, one or two a role, to try the site with; their password stands on the sign-in page. On a demonstration's site
alone: anywhere else they are not made, and can't sign in (accounts/backends.py)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import ROLE_OF, Membership, Organisation, User

PASSWORD = "demonstration-treteau"


@dataclass(frozen=True)
class DemoPerson:
    email: str
    first_name: str
    last_name: str
    kind: Organisation.Kind
    organisation: str
    what: str  # for the sign-in page
    siren: str = ""  # invented, with a valid key; an establishment's where there is a SIRET
    siret: str = ""
    insee: str = ""
    department: str = ""


PEOPLE = (
    DemoPerson(
        "mairie@demo.example", "Camille", "Roux", Organisation.Kind.COLLECTIVITE, "Commune de Vézac-le-Haut",
        "une mairie qui commande", siret="99900001100018", insee="30189",
    ),
    DemoPerson(
        "france-services@demo.example", "Marion", "Delmas", Organisation.Kind.FRANCE_SERVICES,
        "France services La Grand-Combe", "un espace France services qui commande",
        siret="99900004500016", insee="30132",
    ),
    DemoPerson(
        "prefecture@demo.example", "Dominique", "Faure", Organisation.Kind.PREFECTURE, "Préfecture du Gard",
        "une préfecture qui arbitre", department="30",
    ),
    DemoPerson(
        "prefecture48@demo.example", "Claude", "Bastide", Organisation.Kind.PREFECTURE, "Préfecture de la Lozère",
        "la préfecture voisine, qui ne voit que son département", department="48",
    ),
    DemoPerson(
        "atelier@demo.example", "Sacha", "Morel", Organisation.Kind.MAKER, "Les Copeaux",
        "l’atelier Les Copeaux, à Nîmes", siren="999000029",
    ),
    DemoPerson(
        "atelier13@demo.example", "Farid", "Santoni", Organisation.Kind.MAKER, "La Cale",
        "l’atelier La Cale, à Marseille, à qui l’on demande aussi des devis", siren="999000060",
    ),
    DemoPerson(
        "design@demo.example", "Lou", "Bonnet", Organisation.Kind.DESIGNER, "Studio Varlope",
        "un bureau de création", siren="999000037",
    ),
    DemoPerson(
        "coordination@demo.example", "Alix", "Vernet", Organisation.Kind.COORDINATOR, "Coordination nationale",
        "la coordination",
    ),
)  # fmt: skip


@transaction.atomic
def load_people() -> list[User]:
    """Create them with their organisations; those that are there stay as they are. Nobody outside of demo settings."""
    if not settings.TRETEAU_DEMO:
        return []
    return [_load(person) for person in PEOPLE]


def demo_people() -> list[DemoPerson]:
    """Those who can sign in here: for the sign-in page."""
    if not settings.TRETEAU_DEMO:
        return []
    there = set(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
    return [person for person in PEOPLE if person.email in there]


def _load(person: DemoPerson) -> User:
    from allauth.account.models import EmailAddress

    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email, PASSWORD, first_name=person.first_name, last_name=person.last_name, is_demo=True
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    organisation = _organisation(person)
    Membership.objects.get_or_create(
        user=user, organisation=organisation, role=ROLE_OF[person.kind], defaults={"is_manager": True}
    )
    return user


def _organisation(person: DemoPerson) -> Organisation:
    """A maker's is the one that the demonstration's workshops came with, if they did."""
    known = Organisation.objects.filter(kind=person.kind, name=person.organisation, is_demo=True).first()
    if known is not None:
        if person.siret and not known.siret:  # of a demonstration from before buyers had one
            Organisation.objects.filter(pk=known.pk).update(siret=person.siret)
        return known
    return Organisation.objects.create(
        kind=person.kind,
        name=person.organisation,
        siren=person.siren or person.siret[:9],
        siret=person.siret,
        insee=person.insee,
        department=person.department,
        is_demo=True,
    )
