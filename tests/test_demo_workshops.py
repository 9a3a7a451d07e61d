# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's makers: invented, complete enough to try everything, and never in the way of what people did."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import Organisation
from accounts.registration import is_siren, is_siret
from fablabs.demo import load_workshops
from fablabs.geography import commune, territory
from fablabs.models import CuttingMachine, Maker, StockItem, Workshop
from fablabs.services.missing import missing

pytestmark = pytest.mark.django_db
MACHINES = Path(__file__).parents[1] / "examples" / "machines"
FIRST_FIVE = {
    "copeaux-nimes": "router-2500.toml",
    "scierie-aubusson": "router-1300.toml",
    "trusquin-morlaix": "router-2440-15mm.toml",
    "ligne-claire-saint-die": "laser-3000.toml",
    "petit-faisceau-saint-pierre": "laser-600.toml",
}


def test_every_row_passes_the_checks_of_its_model() -> None:
    for workshop in load_workshops(MACHINES):
        rows = [
            workshop,
            workshop.maker,
            workshop.maker.organisation,
            *workshop.machines.all(),
            *workshop.stock.all(),
            *workshop.closed_weeks.all(),
            *workshop.maker.offers.all(),
            *workshop.maker.evidence.all(),
        ]
        for row in rows:
            row.full_clean()


def test_their_numbers_have_valid_keys_and_can_be_nobodys() -> None:
    load_workshops(MACHINES)
    sirens = list(Organisation.objects.values_list("siren", flat=True))
    sirets = list(Workshop.objects.values_list("siret", flat=True))
    assert all(is_siren(n) and n.startswith("0") for n in sirens)
    assert all(is_siret(n) and n[:9] in sirens for n in sirets)
    assert len(set(sirets)) == len(sirets)


def test_they_stand_everywhere_in_france_and_are_of_every_kind() -> None:
    workshops = load_workshops(MACHINES)
    assert 38 <= len(workshops) <= 48
    assert {territory(w.insee) for w in workshops} == {"metropole", "corse", "971", "972", "973", "974", "976"}
    assert len({commune(w.insee).region for w in workshops}) == 18
    assert {m.kind for m in Maker.objects.all()} == set(Maker.Kind.values)
    assert {s.origin for s in StockItem.objects.all()} == set(StockItem.Origin.values)
    assert all(w.is_demo and w.maker.organisation.is_demo for w in workshops)
    assert all(w.commune == commune(w.insee).label for w in workshops)


def test_open_ones_lack_nothing_and_some_others_are_unfinished() -> None:
    load_workshops(MACHINES)
    open_ones = Workshop.objects.open_to_orders().with_equipment()
    lacking = {w.slug: missing(w) for w in open_ones if missing(w)}
    assert not lacking
    drafts = Workshop.objects.filter(state=Workshop.State.DRAFT)
    assert any(w.asked_at for w in drafts) and any(not w.is_candidate for w in drafts)


@pytest.mark.parametrize(("slug", "file"), FIRST_FIVE.items())
def test_the_first_five_have_the_machines_of_the_examples(slug: str, file: str) -> None:
    from fablabs.machine import read_machine

    load_workshops(MACHINES)
    workshop = Workshop.objects.get(slug=slug)
    example = read_machine(MACHINES / file)
    assert workshop.machine.machine == example.machine
    assert workshop.machine.stock.measured_thickness_mm == example.stock.measured_thickness_mm


def test_loading_twice_changes_nothing_of_what_somebody_did() -> None:
    load_workshops(MACHINES)
    edited = Workshop.objects.get(slug="copeaux-nimes")
    edited.name, edited.state = "Les Copeaux dorés", Workshop.State.CLOSED
    edited.save()
    gone = Workshop.objects.get(slug="bocage-mayenne")
    gone.delete()
    CuttingMachine.objects.filter(workshop__slug="rabot-limoges").delete()
    before = [list(model.objects.order_by("pk").values()) for model in (Workshop, Maker, CuttingMachine, StockItem)]
    load_workshops(MACHINES)
    assert [
        list(model.objects.order_by("pk").values()) for model in (Workshop, Maker, CuttingMachine, StockItem)
    ] == before


def test_loading_takes_a_handful_of_queries(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(16):
        load_workshops(MACHINES)


def test_a_workshop_of_the_same_slug_is_left_alone() -> None:
    from tests.workshops import make_workshop

    own = make_workshop(slug="rabot-limoges", name="Le vrai Rabot")
    load_workshops(MACHINES)
    assert Workshop.objects.get(slug="rabot-limoges").pk == own.pk
    assert not Organisation.objects.filter(name="Le Rabot").exists()
