# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quotes for tests that need a database: a real plan's figures, measured once a process and kept for every job."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone

from accounts.models import User
from cms.catalogue import sync_designs
from designs.models import DesignRevision
from fablabs.machine import parse_machine
from fablabs.models import Workshop
from fabrication import artefacts
from fabrication.models import Artefact, Job, Quote
from fabrication.quoting.figures import CutFigures, figures_as_data
from fabrication.quoting.measuring import plan_figures
from fabrication.quoting.services import complete_of_job, request_quote
from tests.people import make_member, make_person
from tests.running import ROOT
from tests.workshops import make_workshop

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text().replace("[stock]", "[stock]\nprice_eur = 98")
TARIFF: dict[str, Any] = {
    "machine_hour_eur": Decimal(45),
    "hand_hour_eur": Decimal(38),
    "delivery_km_eur": Decimal("0.70"),
    "minimum_eur": Decimal(150),
    "lead_days": 20,
}
ALES = "30007"


@cache
def figures_of_porte() -> CutFigures:
    return plan_figures("porte", {}, parse_machine(ROUTER), 1)


def porte() -> DesignRevision:
    return next(r for r in sync_designs() if r.design == "porte")


def priced_workshop(slug: str = "copeaux", machine_file: str = ROUTER, **fields: Any) -> Workshop:
    made = make_workshop(machine_file, slug=slug, **{"name": f"Atelier {slug}"} | TARIFF | fields)
    return Workshop.objects.with_equipment().get(pk=made.pk)


def people_of(workshop: Workshop, email: str = "") -> User:
    user = make_person(email or f"{workshop.slug}@example.org", "Sacha Noir")
    make_member(user, workshop.maker.organisation)
    return user


def answer(job: Job) -> None:
    """What the worker would do, with the figures of one piece multiplied."""
    one = figures_of_porte()
    figures = replace(
        one,
        quantity=job.quantity,
        sheets=one.sheets * job.quantity,
        parts=one.parts * job.quantity,
        hardware=tuple(replace(h, quantity=h.quantity * job.quantity) for h in one.hardware),
    )
    content = json.dumps(figures_as_data(figures)).encode()
    kept = artefacts.store(Artefact.Kind.FACTS, job.key, content, "chiffres.json")
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, attempts=1, started_at=now, finished_at=now, lease_until=None, progress=100, facts=kept
    )
    complete_of_job(job.pk)


def asked(workshop: Workshop, actor: User, quantity: int = 1, **more: Any) -> Quote:
    """A quote with its lines, delivered at Alès unless another place is said."""
    given = more.pop("given", {})
    quote = request_quote(porte(), given, workshop, actor=actor, quantity=quantity, **{"insee": ALES} | more)
    if quote.state == Quote.State.COMPUTING:
        answer(quote.job)
        quote.refresh_from_db()
    return quote
