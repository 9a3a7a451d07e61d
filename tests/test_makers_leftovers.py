# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small things of a maker's record: titles, folded lists, drawings of offcuts, and a file that asks before it replaces."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.views.makers.outlines import outline_of
from cms.views.makers.stocks import _named
from designs.models import DesignRevision
from fablabs.models import Change, CuttingMachine, Offer, StockItem, Workshop
from fablabs.services.history import without_echo
from fabrication.models import Job
from tests.maker_pages import site, text_of
from tests.people import make_coordinator, signed_in
from tests.running import ROOT
from tests.workshops import make_maker_person, make_workshop

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()
IMPORT = site("machines/importer/")


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(ROUTER, slug="copeaux", name="Atelier des Copeaux")


@pytest.fixture
def maker_client(workshop: Workshop) -> Client:
    return signed_in(make_maker_person(workshop))


def test_a_subject_does_not_say_its_kind_twice() -> None:
    assert without_echo("atelier Atelier du Bois") == "Atelier du Bois"
    assert without_echo("machine Machine laser") == "Machine laser"
    assert without_echo("atelier Les Copeaux") == "atelier Les Copeaux"
    assert without_echo("atelier Ateliers du Gard") == "atelier Ateliers du Gard"
    assert without_echo("prix de Atelier du Bois") == "prix d’Atelier du Bois"
    assert without_echo("Votre atelier Atelier du Bois est suspendu") == "Votre Atelier du Bois est suspendu"


def test_the_history_says_neither_atelier_atelier_nor_a_models_identifier(
    workshop: Workshop, maker_client: Client
) -> None:
    values = {"chariot.price_eur": [None, "640"]}
    for subject in (f"atelier {workshop.name}", f"prix de {workshop.name}"):
        Change.objects.create(maker=workshop.maker, workshop=workshop, action="changed", subject=subject, values=values)
    page = text_of(maker_client.get(f"/espace/fabricant/{workshop.maker_id}/historique/"))
    assert "<b>Atelier des Copeaux</b>" in page and "<b>Prix d’Atelier des Copeaux</b>" in page
    assert "telier Atelier" not in page
    assert "<li>Chariot-établi, prix" in page


def test_offers_bear_the_models_title_for_the_maker_and_the_coordination(
    workshop: Workshop, maker_client: Client
) -> None:
    Offer.objects.create(maker=workshop.maker, design="chariot", price_eur=640)
    titles = []
    for client, address in (
        (maker_client, f"/espace/fabricant/{workshop.maker_id}/"),
        (signed_in(make_coordinator()), "/coordination/ateliers/copeaux/"),
    ):
        found = re.search(
            r"(?:<li>|<dd>)(Chariot-établi)\s*[(:]\s*640", text_of(client.get(address)).replace("\xa0", " ")
        )
        assert found, address
        titles.append(found[1])
    assert titles[0] == titles[1]


def test_the_coordination_sees_each_panel_once_however_many_machines_there_are(workshop: Workshop) -> None:
    machine, item = workshop.machines.get(), workshop.stock.get()
    for number in range(3):
        settings = {**machine.settings, "name": f"Routeur {number}"}
        CuttingMachine.objects.create(workshop=workshop, name=f"Routeur {number}", settings=settings)
    for number in range(6):
        StockItem.objects.create(workshop=workshop, settings={**item.settings, "material": f"contreplaqué n° {number}"})
    page = text_of(signed_in(make_coordinator()).get("/coordination/ateliers/copeaux/"))
    for number in range(6):
        assert len(re.findall(f"ontreplaqué n°\\s{number} ", page)) == 1
    assert page.count("Les mêmes panneaux.") == 3
    assert re.search(r"<details><summary>7.panneaux</summary>", page)


def test_an_offcut_is_drawn_and_told_in_words() -> None:
    whole = outline_of({"outline_mm": [[0, 0], [900, 0], [900, 310], [0, 310]]})
    assert re.fullmatch(r"900\s×\s310\smm", whole.words) and whole.points == "0.0,34.4 100.0,34.4 100.0,0.0 0.0,0.0"
    corners = [[100, 50], [1500, 50], [1500, 250], [800, 250], [800, 470], [100, 470]]
    notched = outline_of({"outline_mm": corners, "keep_out_mm": [[[200, 100], [300, 100], [300, 200]]]})
    assert re.fullmatch(r"6.angles, dans un rectangle de 1\s400\s×\s420\smm", notched.words)
    assert notched.view_box == "-2 -2 104.0 34.0" and len(notched.faults) == 1
    drawn = [float(figure) for figure in re.findall(r"[\d.-]+", notched.points)]
    assert min(drawn) == 0 and max(drawn) == 100


def test_the_page_of_offcuts_draws_them(workshop: Workshop, maker_client: Client) -> None:
    item = workshop.stock.get()
    item.settings["offcuts"] = [{"name": "Équerre", "outline_mm": [[0, 0], [700, 0], [0, 420]]}]
    item.save()
    page = text_of(maker_client.get(site(f"panneaux/{item.pk}/chutes/")))
    assert '<svg class="t-outline"' in page and "3\xa0angles" in page.replace(" angles", "\xa0angles")


def test_a_file_that_would_replace_asks_first_and_keeps_what_was_typed(
    workshop: Workshop, maker_client: Client
) -> None:
    kept, changed = StockItem.objects.get().settings, ROUTER.replace("17.6", "17.9")
    changes = Change.objects.count()
    for given in ({"texte": changed}, {"fichier": SimpleUploadedFile("machine.toml", changed.encode())}):
        asked = maker_client.post(IMPORT, {**given, "origin": "new"})
        page = text_of(asked)
        assert asked.status_code == 409 and "Remplacer ce qui est dans votre fiche" in page
        assert "«\xa017,6\xa0» dans la fiche, «\xa017,9\xa0» dans le fichier" in page
        assert changed.strip() in page.replace("\r\n", "\n")
        assert StockItem.objects.get().settings == kept and Change.objects.count() == changes
    agreement = re.search(r'name="remplacer" value="(\w+)"', page)
    assert agreement
    other = maker_client.post(
        IMPORT, {"texte": ROUTER.replace("17.6", "18.1"), "origin": "new", "remplacer": agreement[1]}
    )
    assert other.status_code == 409, "another change than the one that was agreed to"
    done = maker_client.post(IMPORT, {"texte": changed, "origin": "new", "remplacer": agreement[1]})
    assert done.status_code == 302 and StockItem.objects.get().settings["measured_thickness_mm"] == 17.9
    assert CuttingMachine.objects.count() == 1


def test_what_changed_after_the_question_is_asked_about_again(workshop: Workshop, maker_client: Client) -> None:
    changed = {"texte": ROUTER.replace("17.6", "17.9"), "origin": "new"}
    found = re.search(r'name="remplacer" value="(\w+)"', text_of(maker_client.post(IMPORT, changed)))
    item = StockItem.objects.get()
    item.settings["measured_thickness_mm"] = 17.2
    item.save()
    assert found
    again = maker_client.post(IMPORT, {**changed, "remplacer": found[1]})
    assert again.status_code == 409 and "«\xa017,2\xa0» dans la fiche" in text_of(again)
    assert StockItem.objects.get().settings["measured_thickness_mm"] == 17.2


def test_a_file_of_other_goods_is_added_without_a_question(workshop: Workshop, maker_client: Client) -> None:
    name = CuttingMachine.objects.get().name
    other = ROUTER.replace(f'"{name}"', '"Seconde fraiseuse"').replace('material = "', 'material = "autre ')
    answer = maker_client.post(IMPORT, {"texte": other, "origin": "new"})
    assert answer.status_code == 302 and CuttingMachine.objects.count() == StockItem.objects.count() == 2


def test_files_made_on_one_day_are_told_apart_by_title_number_and_hour() -> None:
    at = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
    revision = DesignRevision(design="chariot", texts={"title": "Chariot-établi"})
    assert (
        _named(Job(revision=revision, quantity=1, finished_at=at)) == "Chariot-établi, fichiers du 22/11/2026 à 09:05"
    )
    assert _named(Job(revision=revision, quantity=3, finished_at=at)).startswith("Chariot-établi (3\xa0exemplaires), ")
