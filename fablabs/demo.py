# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Five invented workshops in real communes, to try the site with. No such workshop exists."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fablabs.models import Workshop


@dataclass(frozen=True)
class DemoWorkshop:
    slug: str
    name: str
    commune: str
    kind: Workshop.Kind
    machine_file: str  # of examples/machines


WORKSHOPS = (
    DemoWorkshop("copeaux-nimes", "Les Copeaux", "Nîmes (Gard)", Workshop.Kind.FABLAB, "router-2500.toml"),
    DemoWorkshop("scierie-aubusson", "La Scierie", "Aubusson (Creuse)", Workshop.Kind.TIERS_LIEU, "router-1300.toml"),
    DemoWorkshop(
        "trusquin-morlaix", "Le Trusquin", "Morlaix (Finistère)", Workshop.Kind.ARTISAN, "router-2440-15mm.toml"
    ),
    DemoWorkshop(
        "ligne-claire-saint-die",
        "Ligne claire",
        "Saint-Dié-des-Vosges (Vosges)",
        Workshop.Kind.COMPANY,
        "laser-3000.toml",
    ),
    DemoWorkshop(
        "petit-faisceau-saint-pierre",
        "Le Petit Faisceau",
        "Saint-Pierre (La Réunion)",
        Workshop.Kind.FABLAB,
        "laser-600.toml",
    ),
)


def load_workshops(folder: Path) -> list[Workshop]:
    """Create or refresh the five, with the machine files of ``folder``.

    Raises OSError for a missing file, ValidationError for one that is not valid."""
    loaded = []
    for demo in WORKSHOPS:
        workshop = Workshop.objects.filter(slug=demo.slug).first() or Workshop(slug=demo.slug)
        workshop.name, workshop.commune, workshop.kind = demo.name, demo.commune, demo.kind
        workshop.machine_file = (folder / demo.machine_file).read_text(encoding="utf-8")
        workshop.is_demo = True
        workshop.full_clean()
        workshop.save()
        loaded.append(workshop)
    return loaded
