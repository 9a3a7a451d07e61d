# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Choosing a workshop before files are made: few of them, forty, four hundred; one machine with one panel among several."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cms.catalogue import sync_designs
from cms.production_form import MOST_IN_ONE_LIST, ProductionForm
from cms.views import configurator
from fablabs.machine import parse_machine
from fablabs.models import StockItem, Workshop
from fabrication import services
from fabrication.models import Job
from tests.running import ROOT
from tests.workshops import make_workshop, open_sites

pytestmark = pytest.mark.django_db

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()


@pytest.mark.parametrize("count", [1, 40, 400])
def test_the_list_takes_three_queries_however_many_workshops_there_are(
    count: int, django_assert_num_queries: Any
) -> None:
    open_sites(ROUTER, count)
    with django_assert_num_queries(3):
        regions = ProductionForm(initial={"atelier": "s0"}).regions()
    assert sum(len(region.workshops) for region in regions) == count
    assert [region.chosen for region in regions].count(True) == 1
    with django_assert_num_queries(3):
        assert ProductionForm({"atelier": "s0", "quantite": "1"}).is_valid()


def test_many_workshops_are_folded_by_region_and_the_chosen_one_is_open(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(configurator, "_GLANCE", 0)
    sync_designs()
    open_sites(ROUTER, MOST_IN_ONE_LIST)
    assert (
        "<details" not in unescape(client.get("/modeles/chariot/configurer/").content.decode()).split('id="atelier"')[1]
    )
    make_workshop(ROUTER, slug="copeaux-nimes", name="Les Copeaux")
    html = unescape(client.get("/modeles/chariot/configurer/?atelier=copeaux-nimes").content.decode())
    regions = re.findall(r'<details class="t-region"( open)?>\s*<summary>([^<]+?) <', html)
    assert regions == [("", "Île-de-France"), ("", "La Réunion"), ("", "Nouvelle-Aquitaine"), (" open", "Occitanie")]
    assert re.search(r'name="atelier" value="copeaux-nimes" checked', html)
    assert "réemploi" in html


def test_the_chosen_machine_and_panel_are_those_that_the_job_keeps(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(services, "ring", lambda pk, kind: None)
    sync_designs()
    workshop = make_workshop(ROUTER, slug="copeaux", name="Les Copeaux")
    second = StockItem.objects.create(
        workshop=workshop, settings=workshop.stock.get().settings | {"measured_thickness_mm": 18.2}, origin="recycled"
    )
    machine = workshop.machines.get()
    given = {"produire": "1", "quantite": "1"}
    assert client.post("/modeles/chariot/configurer/", given | {"atelier": "copeaux"}).status_code == 302
    assert parse_machine(Job.objects.latest("pk").machine_file).stock.measured_thickness_mm == 17.6
    assert (
        client.post(
            "/modeles/chariot/configurer/", given | {"atelier": f"copeaux:{machine.pk}-{second.pk}"}
        ).status_code
        == 302
    )
    assert parse_machine(Job.objects.latest("pk").machine_file).stock.measured_thickness_mm == 18.2


def test_what_is_no_choice_is_refused(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(configurator, "_GLANCE", 0)
    sync_designs()
    workshop = make_workshop(ROUTER, slug="copeaux", name="Les Copeaux")
    other = make_workshop(ROUTER, slug="autre", name="Autre")
    closed = make_workshop(ROUTER, slug="ferme", name="Fermé", state=Workshop.State.PAUSED)
    machine, item = workshop.machines.get(), workshop.stock.get()
    StockItem.objects.create(workshop=workshop, settings=item.settings | {"sheet_mm": [3050, 1525]})
    too_large = workshop.stock.last()
    for bad in (
        closed.slug, "personne", "copeaux:", f"copeaux:{machine.pk}-{other.stock.get().pk}",
        f"copeaux:{other.machines.get().pk}-{item.pk}", f"copeaux:{machine.pk}-{too_large.pk}", "copeaux:٣-٣",
        "copeaux:999999999999999999-1", "\x00", "x" * 10_000, "copeaux ", "🪚",
    ):  # fmt: skip
        answer = client.post("/modeles/chariot/configurer/", {"produire": "1", "quantite": "1", "atelier": bad})
        expected = 302 if bad == "copeaux " else 422  # a space at the end is nobody's choice
        assert answer.status_code == expected, bad[:40]
    assert Job.objects.filter(kind=Job.Kind.PACKAGE).count() == 1
