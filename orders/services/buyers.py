# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a buying organisation is: its level and its territory, and what its invoices must carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import BUYERS, Change, Membership, Organisation, Role, is_coordinator
from accounts.services.organisations import note
from fablabs.geography import UnknownCommuneError, commune, department_name, epci_name, region_name, region_of
from orders.eligibility.judgement import BuyerFacts
from orders.eligibility.siret import facts_of_number
from orders.life.errors import NotAllowedError, RefusedError
from orders.models import Buyer
from orders.services import eligibility

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User

_LEVELS = {"commune": Buyer.Level.COMMUNE, "epci": Buyer.Level.EPCI, "departement": Buyer.Level.DEPARTEMENT}


def buying_organisations(user: User | AnonymousUser) -> QuerySet[Organisation]:
    """Those that this person orders for, by name."""
    if not user.is_authenticated:
        return Organisation.objects.none()
    return Organisation.objects.filter(
        memberships__user=user,
        memberships__role=Role.BUYER,
        memberships__is_active=True,
        archived_at=None,
        kind__in=BUYERS,
    ).distinct()


def buys_for(user: User | AnonymousUser, organisation: Organisation) -> bool:
    return buying_organisations(user).filter(pk=organisation.pk).exists()


def buyer_of(organisation: Organisation) -> Buyer:
    """Made at first need, from what the organisation's numbers say: an intercommunalité by its SIREN, a commune or a
    département by its own; else the commune where it is. A France Services space has its commune's territory."""
    found = Buyer.objects.filter(organisation=organisation).first()
    if found is not None:
        return found
    level, territory = _guessed(organisation)
    buyer, _ = Buyer.objects.get_or_create(organisation=organisation, defaults={"level": level, "territory": territory})
    return buyer


def _guessed(organisation: Organisation) -> tuple[Buyer.Level, str]:
    if organisation.kind == Organisation.Kind.COLLECTIVITE:
        # The number's own key was checked when the organisation was registered; here a SIREN alone is enough.
        told = facts_of_number(organisation.siret)
        if told is None and _is_epci(organisation.siren):
            return Buyer.Level.EPCI, organisation.siren
        if told is not None and told.level in _LEVELS:
            return _LEVELS[told.level], told.territory
    return Buyer.Level.COMMUNE, organisation.insee


def _is_epci(siren: str) -> bool:
    try:
        return bool(siren and epci_name(siren))
    except KeyError:
        return False


def facts_of(buyer: Buyer) -> BuyerFacts:
    """What the buyer is judged by. A collectivité's territory that nobody said yet is its commune."""
    return eligibility.facts_of(buyer.organisation, buyer.level, buyer.territory)


def territory_words(buyer: Buyer) -> str:
    """ "Nîmes (Gard)", "CA Nîmes Métropole", "Occitanie"; "" for one that nobody knows."""
    code = buyer.territory
    try:
        if buyer.level == Buyer.Level.COMMUNE:
            return commune(code or buyer.organisation.insee).label
        names = {
            Buyer.Level.EPCI: epci_name,
            Buyer.Level.DEPARTEMENT: department_name,
            Buyer.Level.REGION: region_name,
        }
        return names[Buyer.Level(buyer.level)](code).replace("'", "’")
    except (KeyError, UnknownCommuneError):
        return ""


def place_of(organisation: Organisation) -> tuple[str, str]:
    """Codes of the département and of the région whose préfecture decides: those of the organisation's commune; ("", "")
    where it has none that is known."""
    try:
        department = commune(organisation.insee).department
        return department, region_of(department)
    except (UnknownCommuneError, KeyError):
        return "", ""


@transaction.atomic
def change_buyer(
    actor: User,
    organisation: Organisation,
    *,
    level: str,
    territory: str,
    service_code: str = "",
    needs_engagement: bool = False,
) -> Buyer:
    """By somebody who buys for it, or a coordinator. The change is kept in the organisation's history: what a buyer says it is
    decides what it has a right to. Raises NotAllowedError, RefusedError."""
    if not (is_coordinator(actor) or _is_member(actor, organisation)):
        raise NotAllowedError(f"{actor} does not buy for {organisation.pk}", "Cette organisation n’est pas à vous.")
    row = Buyer.objects.select_for_update().get(pk=buyer_of(organisation).pk)
    values = {
        "level": level,
        "territory": territory,
        "service_code": service_code.strip(),
        "needs_engagement": needs_engagement,
    }
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    if level != Buyer.Level.OTHER and not territory_words(row):
        raise RefusedError(f"no such {level}: {territory!r}", "Ce territoire n’est pas connu.", "territory")
    if organisation.kind == Organisation.Kind.FRANCE_SERVICES and level != Buyer.Level.COMMUNE:
        raise RefusedError("a space has its commune's territory", "Un espace France services a une commune.", "level")
    row.save()
    changed = {name: [before[name], values[name]] for name in values if before[name] != values[name]}
    if changed:
        note(organisation, Change.Action.EDITED, actor, **changed)
    return row


def _is_member(actor: User, organisation: Organisation) -> bool:
    return Membership.objects.filter(
        user=actor, organisation=organisation, role=Role.BUYER, is_active=True, organisation__archived_at=None
    ).exists()
