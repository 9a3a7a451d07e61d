# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers and workshops for tests that need a database."""

from __future__ import annotations

import tomllib
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from fablabs.models import CuttingMachine, Maker, StockItem, Workshop


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
