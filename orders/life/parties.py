# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""For whom a person acts on an order, and who are the people of a party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import Membership, Organisation, Role, User, is_coordinator
from orders.life.table import Party
from orders.models import PUBLIC, WITH_MAKER, Order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser


def parties_of(actor: User | AnonymousUser | None, order: Order) -> frozenset[Party]:
    """All those for whom this person may act on this order; nobody (None) is the system."""
    if actor is None:
        return frozenset({Party.SYSTEM})
    if not actor.is_authenticated or not actor.is_active:
        return frozenset()
    held = {
        party
        for party in (Party.BUYER, Party.PREFECTURE, Party.MAKER)
        if _memberships(party, order).filter(user=actor).exists()
    }
    if is_coordinator(actor):
        held.add(Party.COORDINATOR)
    return frozenset(held)


def people_of(party: Party, order: Order) -> QuerySet[User]:
    """Those who are told: active people of the party, each once."""
    if party is Party.COORDINATOR:
        memberships = Membership.objects.filter(role=Role.COORDINATOR, is_active=True, organisation__archived_at=None)
    else:
        memberships = _memberships(party, order)
    return User.objects.filter(is_active=True, pk__in=memberships.values("user")).order_by("pk")


def first_of(parties: Iterable[Party], wanted: Iterable[Party]) -> Party | None:
    """In the order in which Party names them: who buys and coordinates acts as the buyer where a buyer may."""
    common = set(parties) & set(wanted)
    return next((party for party in Party if party in common), None)


def _memberships(party: Party, order: Order) -> QuerySet[Membership]:
    there = Membership.objects.filter(is_active=True, organisation__archived_at=None)
    if party is Party.BUYER:
        return there.filter(role=Role.BUYER, organisation=order.organisation_id)
    if party is Party.PREFECTURE and order.state in PUBLIC and order.department:
        return there.filter(
            role=Role.PREFECTURE,
            organisation__kind=Organisation.Kind.PREFECTURE,
            organisation__department=order.department,
        )
    if party is Party.MAKER and order.workshop_id and order.state in WITH_MAKER:
        return there.filter(Q(organisation__maker__workshops=order.workshop_id), role=Role.MAKER)
    return there.none()
