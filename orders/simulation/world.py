# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who takes part in a simulated campaign: rows as registration, coordination and makers would have left them."""

from __future__ import annotations

import tomllib
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from accounts.models import ROLE_OF, Membership, Organisation, User
from designs.models import DesignRevision
from fablabs.models import CuttingMachine, Maker, StockItem, Workshop
from orders.models import Campaign, CampaignDesign, Envelope, Order, OrderLine
from orders.services.drafting import save_draft, start_draft

_MACHINE = Path(__file__).resolve().parents[2] / "examples" / "machines" / "router-2500.toml"
#: Communes of the buyers, and so the départements of the préfectures: Nîmes and Mende.
_COMMUNES = ("30189", "48095")
_WORKSHOPS = 3


@dataclass(frozen=True)
class World:
    campaign: Campaign
    buyers: list[User]
    prefectures: list[User]
    makers: list[User]
    coordinator: User
    workshops: list[Workshop]
    revision: DesignRevision


def build_world(revision: DesignRevision, buyers: int, envelope_eur: Decimal) -> World:
    """Two départements with an envelope each, two agents in each préfecture, ``buyers`` communes with a clerk, three
    workshops of three makers, a coordinator."""
    today = timezone.localdate()
    campaign = Campaign.objects.create(
        slug=f"simulation-{uuid.uuid4().hex[:8]}",
        name="Campagne simulée",
        opens_on=today - timedelta(days=5),
        closes_on=today + timedelta(days=30),
        decides_on=today + timedelta(days=60),
        cap_eur=Decimal(40_000),
        published_at=timezone.now(),
    )
    CampaignDesign.objects.create(campaign=campaign, design=revision.design)
    for insee in _COMMUNES:
        Envelope.objects.create(campaign=campaign, department=insee[:2], amount_eur=envelope_eur)
    kind = Organisation.Kind
    agents = []
    for insee in _COMMUNES:
        prefecture = Organisation.objects.create(
            kind=kind.PREFECTURE, name=f"Préfecture {insee[:2]}", department=insee[:2]
        )
        agents += [_member(prefecture, f"agent{n}.{insee[:2]}") for n in (1, 2)]
    clerks = []
    for number in range(buyers):
        insee = _COMMUNES[number % len(_COMMUNES)]
        siren = _with_key(f"97{number:06}")
        town = Organisation.objects.create(
            kind=kind.COLLECTIVITE, name=f"Commune {number}", insee=insee, siren=siren, siret=_with_key(f"{siren}0001")
        )
        clerks.append(_member(town, f"mairie{number}"))
    coordination = Organisation.objects.create(kind=kind.COORDINATOR, name="Coordination")
    sites = [_workshop(number) for number in range(_WORKSHOPS)]
    makers = [_member(site.maker.organisation, f"atelier{number}") for number, site in enumerate(sites)]
    return World(campaign, clerks, agents, makers, _member(coordination, "coordination"), sites, revision)


def begin(world: World, buyer: User, quantity: int, price_eur: Decimal, form_key: uuid.UUID) -> Order:
    """A draft with all that a submission asks for, its estimate too; the same one for the same key."""
    town = Organisation.objects.get(memberships__user=buyer)
    order = start_draft(buyer, town, world.campaign, form_key)
    fields = {
        "professional": "conseiller",
        "reasons": "L’accueil numérique de la médiathèque ouvre au printemps.",
        "address": "Place de la Mairie",
        "postcode": "30000",
        "contact_name": "Camille Roux",
        "contact_email": "mairie@example.org",
    }
    order = save_draft(order, buyer, fields).order
    values = world.revision.drawing().clean({})
    OrderLine.objects.get_or_create(
        order=order,
        position=1,
        defaults={
            "design": world.revision.design,
            "revision": world.revision,
            "parameters": values,
            "quantity": quantity,
            "high_eur": price_eur,
        },
    )
    Order.objects.filter(pk=order.pk).update(low_eur=price_eur * quantity, high_eur=price_eur * quantity)
    order.refresh_from_db()
    return order


def _member(organisation: Organisation, name: str) -> User:
    user = User.objects.create_user(f"{name}@simulation.example.org", None, first_name="Camille", last_name="Roux")
    role = ROLE_OF[Organisation.Kind(organisation.kind)]
    Membership.objects.create(user=user, organisation=organisation, role=role, is_manager=True)
    return user


def _workshop(number: int) -> Workshop:
    siren = _with_key(f"96{number:06}")
    organisation = Organisation.objects.create(
        kind=Organisation.Kind.MAKER, name=f"Atelier {number}", siren=siren, siret=_with_key(f"{siren}0001")
    )
    site = Workshop.objects.create(
        maker=Maker.objects.create(organisation=organisation, kind=Maker.Kind.FABLAB),
        slug=f"atelier-simule-{number}",
        name=f"Atelier {number}",
        siret=organisation.siret,
        insee="30189",
        commune="Nîmes (Gard)",
        latitude=43.8367,
        longitude=4.3601,
        state=Workshop.State.OPEN,
        validated_at=timezone.now(),
        machine_hour_eur=Decimal(45),
        hand_hour_eur=Decimal(38),
        delivery_km_eur=Decimal("0.70"),
        minimum_eur=Decimal(150),
        lead_days=20,
    )
    file = tomllib.loads(_MACHINE.read_text(encoding="utf-8"))
    CuttingMachine.objects.create(workshop=site, name=file["machine"]["name"], settings=file["machine"])
    StockItem.objects.create(workshop=site, settings=file["stock"] | {"price_eur": 98})
    return site


def _with_key(digits: str) -> str:
    """Digits and the last one that makes a SIREN or a SIRET of them (Luhn)."""
    for last in "0123456789":
        text = digits + last
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text))]
        if sum(value // 10 + value % 10 for value in doubled) % 10 == 0:
            return text
    raise AssertionError(digits)
