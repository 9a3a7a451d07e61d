# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns, buyers, préfectures and orders for tests that need a database."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organisation, User
from cms.catalogue import sync_designs
from designs.models import DesignRevision
from fablabs.models import Workshop
from orders.models import BOOKED, RECEIVED, Campaign, CampaignDesign, Envelope, Order, OrderLine, State
from orders.services.numbering import next_number
from tests.people import make_member, make_organisation, make_person
from tests.workshops import with_key

#: A judgement as it is frozen with an order: a commune of the Gard in an FRR of 2025.
JUDGEMENT: dict[str, Any] = {"verdict": "yes", "reasons": ["Commune classée en FRR."]}


def make_campaign(**fields: Any) -> Campaign:
    """Open for a month to all of France, with the three models and 80 % of at most 40 000 €."""
    today = timezone.localdate()
    values: dict[str, Any] = {
        "slug": "printemps",
        "name": "Campagne de printemps",
        "opens_on": today - timedelta(days=10),
        "closes_on": today + timedelta(days=20),
        "cap_eur": Decimal(40_000),
        "published_at": timezone.now(),
    }
    campaign = Campaign.objects.create(**values | fields)
    for design in ("chariot", "maisonnette", "porte"):
        CampaignDesign.objects.create(campaign=campaign, design=design)
    return campaign


def make_envelope(campaign: Campaign, amount: int = 100_000, department: str = "30") -> Envelope:
    return Envelope.objects.create(campaign=campaign, department=department, amount_eur=Decimal(amount))


def make_buyer(email: str = "mairie@example.org", insee: str = "30189", number: int = 1, **fields: Any) -> User:
    """A clerk of a commune (Nîmes) of its own; ``number`` makes another SIREN."""
    siren = with_key(f"9876{number:04}")
    values: dict[str, Any] = {"name": f"Commune {number}", "siren": siren, "siret": with_key(f"{siren}0001")}
    organisation = make_organisation(Organisation.Kind.COLLECTIVITE, insee=insee, **values | fields)
    user = make_person(email, "Camille Roux")
    make_member(user, organisation, is_manager=True)
    return user


def make_prefecture(email: str = "prefecture@example.org", department: str = "30") -> User:
    organisation = make_organisation(
        Organisation.Kind.PREFECTURE, name=f"Préfecture {department}", department=department
    )
    user = make_person(email, "Dominique Faure")
    make_member(user, organisation)
    return user


def organisation_of(user: User) -> Organisation:
    return Organisation.objects.get(memberships__user=user)


def revision_of(design: str = "chariot") -> DesignRevision:
    found = DesignRevision.objects.filter(design=design).order_by("-number").first()
    return found or next(revision for revision in sync_designs() if revision.design == design)


def make_line(order: Order, design: str = "chariot", quantity: int = 2, **fields: Any) -> OrderLine:
    revision = revision_of(design)
    values: dict[str, Any] = {"parameters": revision.drawing().clean({}), "low_eur": 450, "high_eur": 600}
    return OrderLine.objects.create(
        order=order,
        position=order.lines.count() + 1,
        design=design,
        revision=revision,
        quantity=quantity,
        **values | fields,
    )


def make_order(
    buyer: User,
    state: State = State.DRAFT,
    *,
    campaign: Campaign | None = None,
    workshop: Workshop | None = None,
    lines: int = 1,
    **fields: Any,
) -> Order:
    """An order of two chariots in a state, with what its constraints ask for: rows as they would be, without the events and
    the money of the way there. From the maker's choice on it needs a ``workshop``."""
    organisation = organisation_of(buyer)
    now, today = timezone.now(), timezone.localdate()
    values: dict[str, Any] = {
        "form_key": uuid.uuid4(),
        "campaign": campaign,
        "organisation": organisation,
        "department": organisation.insee[:2],
        "created_by": buyer,
        "state": state,
        "professional": Order.Professional.CONSEILLER,
        "reasons": "L’accueil numérique de la médiathèque ouvre au printemps.",
        "insee": organisation.insee,
        "commune": "Nîmes (Gard)",
        "address": "Place de la Mairie",
        "postcode": "30000",
        "contact_name": "Camille Roux",
        "contact_email": buyer.email,
        "low_eur": Decimal(900),
        "high_eur": Decimal(1200),
    }
    reached = _REACHED[state]
    if "submitted" in reached:
        values |= {
            "year": today.year,
            "number": _number(today),
            "submitted_at": now,
            "verdict": "yes",
            "judgement": JUDGEMENT,
        }
    if "decided" in reached:
        values |= {"decided_at": now, "basis_eur": Decimal(1200), "granted_eur": Decimal(960)}
    if state == State.NOT_FUNDED:
        values |= {"decided_at": now, "decision_reason": "L’enveloppe est épuisée."}
    if "agreed" in reached:
        values |= {"agreement_signed_at": now}
    if state in BOOKED or state in RECEIVED:
        values |= {"workshop": workshop, "chosen_at": now, "net_eur": Decimal(1100), "vat_eur": Decimal(220)}
    for name in ("committed", "started", "shipped", "delivered", "accepted", "ended"):
        if name in reached:
            values[f"{name}_at"] = now
    order = Order.objects.create(**values | fields)
    for _ in range(lines):
        make_line(order)
    return order


def _number(today: date) -> int:
    from django.db import transaction

    with transaction.atomic():
        return next_number("order", today.year)


_WAY = (
    ("submitted", State.SUBMITTED),
    ("decided", State.FUNDED),
    ("agreed", State.AGREEMENT_SIGNED),
    ("chosen", State.MAKER_CHOSEN),
    ("committed", State.COMMITTED),
    ("started", State.IN_PRODUCTION),
    ("shipped", State.SHIPPED),
    ("delivered", State.DELIVERED),
    ("accepted", State.ACCEPTED),
    ("ended", State.CLOSED),
)
#: State → what has happened to an order that is funded all the way.
_REACHED: dict[State, frozenset[str]] = {
    state: frozenset(name for name, _ in _WAY[: place + 1]) for place, (_, state) in enumerate(_WAY)
} | {
    State.DRAFT: frozenset(),
    State.UNDER_REVIEW: frozenset({"submitted"}),
    State.NOT_FUNDED: frozenset({"submitted"}),
    State.SELF_FUNDED: frozenset({"submitted"}),
    State.WITHDRAWN: frozenset({"submitted", "ended"}),
    State.CANCELLED: frozenset({"submitted", "ended"}),
}
