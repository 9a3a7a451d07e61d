# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Five invented workshops in real communes, to try the site with. No such workshop exists."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accounts.models import Organisation
from fablabs.models import CuttingMachine, Maker, StockItem, Workshop


@dataclass(frozen=True)
class DemoWorkshop:
    slug: str
    name: str
    commune: str
    insee: str
    kind: Maker.Kind
    machine_file: str  # of examples/machines


WORKSHOPS = (
    DemoWorkshop("copeaux-nimes", "Les Copeaux", "Nîmes (Gard)", "30189", Maker.Kind.FABLAB, "router-2500.toml"),
    DemoWorkshop(
        "scierie-aubusson", "La Scierie", "Aubusson (Creuse)", "23008", Maker.Kind.TIERS_LIEU, "router-1300.toml"
    ),
    DemoWorkshop(
        "trusquin-morlaix", "Le Trusquin", "Morlaix (Finistère)", "29151", Maker.Kind.ARTISAN, "router-2440-15mm.toml"
    ),
    DemoWorkshop(
        "ligne-claire-saint-die",
        "Ligne claire",
        "Saint-Dié-des-Vosges (Vosges)",
        "88413",
        Maker.Kind.MANUFACTURE,
        "laser-3000.toml",
    ),
    DemoWorkshop(
        "petit-faisceau-saint-pierre",
        "Le Petit Faisceau",
        "Saint-Pierre (La Réunion)",
        "97416",
        Maker.Kind.FABLAB,
        "laser-600.toml",
    ),
)


def load_workshops(folder: Path) -> list[Workshop]:
    """Create the five, with the machine files of ``folder``; one that is there already stays as its maker left it.

    Raises OSError for a missing file, ValidationError for one that is not valid."""
    return [_load(demo, folder) for demo in WORKSHOPS]


def _load(demo: DemoWorkshop, folder: Path) -> Workshop:
    if found := Workshop.objects.filter(slug=demo.slug).first():
        return found
    file = tomllib.loads((folder / demo.machine_file).read_text(encoding="utf-8"))
    organisation = Organisation.objects.create(kind=Organisation.Kind.MAKER, name=demo.name, is_demo=True)
    workshop = Workshop(
        maker=Maker.objects.create(organisation=organisation, kind=demo.kind),
        slug=demo.slug,
        name=demo.name,
        insee=demo.insee,
        commune=demo.commune,
        state=Workshop.State.OPEN,
        validated_at=timezone.now(),
        is_demo=True,
    )
    workshop.full_clean()
    workshop.save()
    machine = CuttingMachine(workshop=workshop, name=file["machine"]["name"], settings=file["machine"])
    for row in (machine, StockItem(workshop=workshop, settings=file["stock"])):
        row.full_clean()
        row.save()
    return workshop
