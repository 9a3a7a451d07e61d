# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers and workshops for tests that need a database."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from fablabs.machine import parse_machine
from fablabs.models import CuttingMachine, Maker, Offer, StockItem, Workshop
from tests.people import make_member, make_person


def make_workshop(machine_file: str = "", slug: str = "w", **fields: Any) -> Workshop:
    """An open workshop at Nîmes of a maker of its own, with the machine and the stock of a machine file's text, if any;
    ``fields`` are the workshop's."""
    organisation = Organisation.objects.create(kind=Organisation.Kind.MAKER, name=fields.get("name", "Atelier"))
    values: dict[str, Any] = {
        "name": "Atelier",
        "insee": "30189",
        "commune": "Nîmes (Gard)",
        "latitude": 43.8367,
        "longitude": 4.3601,
        "state": Workshop.State.OPEN,
        "validated_at": timezone.now(),
    }
    workshop = Workshop.objects.create(
        maker=Maker.objects.create(organisation=organisation, kind=Maker.Kind.FABLAB), slug=slug, **values | fields
    )
    if machine_file:
        equip(workshop, machine_file)
    return workshop


def equip(workshop: Workshop, machine_file: str) -> None:
    """Take away what stands there, and put this machine and stock in its place."""
    workshop.machines.all().delete()
    workshop.stock.all().delete()
    file = tomllib.loads(machine_file)
    machine = CuttingMachine(workshop=workshop, name=file["machine"]["name"], settings=file["machine"])
    stock = StockItem(workshop=workshop, settings=file["stock"])
    for row in (machine, stock):
        row.full_clean()
        row.save()


def with_key(digits: str) -> str:
    """Digits with the last one that makes a SIREN or a SIRET of them."""
    for last in "0123456789":
        text = digits + last
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text))]
        if sum(value // 10 + value % 10 for value in doubled) % 10 == 0:
            return text
    raise AssertionError(digits)


#: Of nobody: 9 begins no SIREN that was given out.
SIREN = with_key("98765432")
SIRET = with_key(f"{SIREN}0001")


def make_maker_person(workshop: Workshop, email: str = "atelier@example.org") -> Any:
    """Somebody of the workshop's maker, who may edit its record."""
    user = make_person(email, "Dominique Faure")
    make_member(user, workshop.maker.organisation)
    return user


def complete(workshop: Workshop) -> None:
    """Give a draft all that a validation asks for."""
    organisation = workshop.maker.organisation
    organisation.siren = SIREN
    organisation.save()
    workshop.siret, workshop.address, workshop.postcode = SIRET, "3 rue des Copeaux", "30000"
    workshop.machine_hour_eur, workshop.hand_hour_eur = Decimal(60), Decimal(38)
    workshop.units_per_week, workshop.lead_days = Decimal(3), 21
    workshop.state, workshop.validated_at = Workshop.State.DRAFT, None
    workshop.save()
    for item in workshop.stock.all():
        item.settings["price_eur"] = 84.5
        item.save()
    Offer.objects.create(maker=workshop.maker, design="chariot", price_eur=Decimal(640))


_PLACES = (
    ("30189", "Nîmes (Gard)"),
    ("23008", "Aubusson (Creuse)"),
    ("97416", "Saint-Pierre (La Réunion)"),
    ("75056", "Paris"),
)


def open_sites(machine_file: str, count: int) -> Maker:
    """Many open sites of one maker in four régions, each with a machine and two panels."""
    file = parse_machine(machine_file).model_dump(mode="json", exclude_unset=True, exclude_none=True)
    maker = Maker.objects.create(
        organisation=Organisation.objects.create(kind=Organisation.Kind.MAKER, name="Tous"), kind=Maker.Kind.FABLAB
    )
    sites = Workshop.objects.bulk_create(
        Workshop(
            maker=maker, slug=f"s{n}", name=f"Site {n}", insee=_PLACES[n % 4][0], commune=_PLACES[n % 4][1],
            state=Workshop.State.OPEN, validated_at="2026-01-01T00:00:00Z",
        )
        for n in range(count)
    )  # fmt: skip
    CuttingMachine.objects.bulk_create(
        CuttingMachine(workshop=site, name="Routeur", settings=file["machine"]) for site in sites
    )
    for origin in ("new", "reclaimed"):
        StockItem.objects.bulk_create(StockItem(workshop=site, settings=file["stock"], origin=origin) for site in sites)
    return maker
