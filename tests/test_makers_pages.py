# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's record on the site: who sees it, what it asks for, what it refuses, what it keeps."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from fablabs.models import Change, CuttingMachine, Evidence, Maker, Offer, StockItem, Workshop
from fablabs.services.offering import mondays_ahead
from tests.people import make_coordinator, make_member, make_organisation, make_person
from tests.running import ROOT
from tests.workshops import SIREN, SIRET, complete, make_maker_person, make_workshop, open_sites, with_key

pytestmark = pytest.mark.django_db

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()
LASER = (ROOT / "examples/machines/laser-600.toml").read_text()
#: What a form must refuse in a field for numbers, beside it, without losing it.
NO_NUMBERS = (
    "-1",
    "1000000000",
    "1e3",
    "٣",
    "12\x00",
    "9" * 10_000,
    "🪚",
    "douze",
    "1.2.3",
    "0x10",
    "nan",
    "--",
    "1_0",
)


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(ROUTER, slug="copeaux", name="Les Copeaux")


@pytest.fixture
def maker_client(workshop: Workshop) -> Client:
    return signed_in(make_maker_person(workshop))


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def site(path: str = "", slug: str = "copeaux") -> str:
    return f"/espace/fabricant/ateliers/{slug}/{path}"


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def seen_on(client: Client, address: str) -> str:
    found = re.search(r'name="vu" value="([0-9a-f]*)"', text_of(client.get(address)))
    assert found, address
    return found[1]


def filled(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send back of a page's main form, unchanged."""
    from html.parser import HTMLParser

    class Form(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.forms: list[dict[str, Any]] = []
            self.form: dict[str, Any] = {}
            self.select = self.area = ""

        def handle_starttag(self, tag: str, given: Any) -> None:
            found = {name: value or "" for name, value in given}
            if tag == "form":
                self.form = {}
                self.forms.append(self.form)
            elif tag == "input" and "name" in found:
                if found.get("type") in ("radio", "checkbox"):
                    if "checked" in found:
                        many = found["name"] in self.form
                        value = found.get("value", "on")
                        self.form[found["name"]] = [*self.form[found["name"]], value] if many else [value]
                else:
                    self.form[found["name"]] = found.get("value", "")
            elif tag == "select":
                self.select = found["name"]
            elif tag == "option" and self.select and ("selected" in found or self.select not in self.form):
                self.form[self.select] = found.get("value", "")
            elif tag == "textarea":
                self.area = found["name"]
                self.form[self.area] = ""

        def handle_endtag(self, tag: str) -> None:
            if tag == "select":
                self.select = ""
            if tag == "textarea":
                self.form[self.area] = self.form[self.area].removeprefix("\n")
                self.area = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.form[self.area] += data

    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    parser = Form()
    parser.feed(answer.content.decode())
    found = next(form for form in parser.forms if "vu" in form)
    found.pop("csrfmiddlewaretoken", None)
    return found


def pages_of(workshop: Workshop) -> list[str]:
    machine, item = workshop.machines.get(), workshop.stock.get()
    fact = Evidence.objects.create(maker=workshop.maker, criterion="social", title="Insertion", dated=date(2025, 3, 1))
    own = f"/espace/fabricant/{workshop.maker_id}/"
    return [
        own,
        *(f"{own}{part}/" for part in ("structure", "modeles", "preuves", "preuves/ajouter", "historique", "quitter")),
        f"{own}preuves/{fact.pk}/",
        f"{own}ateliers/ajouter/",
        *(site(part) for part in ("", "lieu/", "prix/", "capacite/", "territoire/", "semaines/")),
        *(site(part) for part in ("machines/ajouter/", "machines/importer/", f"machines/{machine.pk}/")),
        site(f"machines/{machine.pk}/panneau-{item.pk}.toml"),
        *(site(f"panneaux/{part}") for part in ("ajouter/", f"{item.pk}/", f"{item.pk}/mesure/", f"{item.pk}/chutes/")),
    ]


def posts_of(workshop: Workshop) -> list[str]:
    machine, item = workshop.machines.get(), workshop.stock.get()
    return [site("etat/"), site(f"machines/{machine.pk}/service/"), site(f"panneaux/{item.pk}/service/")]


def test_the_record_is_open_to_its_people_and_to_coordinators_and_to_nobody_else(workshop: Workshop) -> None:
    own, coordinator = signed_in(make_maker_person(workshop)), signed_in(make_coordinator())
    other = make_workshop(ROUTER, slug="autre", name="Autre")
    third = signed_in(make_maker_person(other, "autre@example.org"))
    buyer = make_person("mairie@example.org")
    make_member(buyer, make_organisation(Organisation.Kind.COLLECTIVITE))
    strangers = [third, signed_in(buyer), Client()]
    for address in pages_of(workshop):
        assert own.get(address).status_code == 200, address
        assert coordinator.get(address).status_code == 200, address
        for stranger in strangers:
            answer = stranger.get(address)
            assert answer.status_code == (302 if stranger is strangers[-1] else 404), address
            assert "Copeaux" not in text_of(answer)
        assert third.post(address, {"vu": "", "name": "Volé"}).status_code in (404, 405), address
    for address in posts_of(workshop):
        for stranger in strangers:
            answer = stranger.post(address, {"action": "retirer"})
            assert answer.status_code == (302 if stranger is strangers[-1] else 404), address
    workshop.refresh_from_db()
    assert workshop.state == "open" and workshop.machines.get().is_active and not Change.objects.exists()


def test_one_who_left_the_organisation_sees_nothing_any_more(workshop: Workshop) -> None:
    user = make_maker_person(workshop)
    client = signed_in(user)
    assert client.get(site()).status_code == 200
    user.memberships.update(is_active=False)
    assert client.get(site()).status_code == 404


def test_a_machine_of_another_site_is_not_there(workshop: Workshop, maker_client: Client) -> None:
    other = make_workshop(ROUTER, slug="autre", name="Autre")
    assert maker_client.get(site(f"machines/{other.machines.get().pk}/")).status_code == 404
    assert maker_client.get(site("machines/99999999999999999999/")).status_code == 404


def test_from_registering_to_orders_step_by_step() -> None:
    organisation = make_organisation(Organisation.Kind.MAKER, "Les Copeaux")
    user = make_person("dominique@example.org")
    make_member(user, organisation)
    client = signed_in(user)
    assert client.get("/espace/fabricant/")["Location"] == "/espace/fabricant/inscrire/"
    answer = client.post(
        "/espace/fabricant/inscrire/",
        {"organisation": organisation.pk, "siren": f"{SIREN[:3]} {SIREN[3:6]} {SIREN[6:]}", "kind": "fablab"},
    )
    maker = Maker.objects.get()
    assert answer["Location"] == f"/espace/fabricant/{maker.pk}/ateliers/ajouter/"
    assert "un atelier" in text_of(client.get(f"/espace/fabricant/{maker.pk}/"))

    answer = client.post(
        answer["Location"],
        {
            "name": "Les Copeaux",
            "siret": SIRET,
            "address": "3 rue des Copeaux",
            "postcode": "30000",
            "commune": "Nîmes (Gard)",
            "commune_insee": "30189",
            "latitude": "",
            "longitude": "",
            "suite": "1",
        },
    )
    workshop = Workshop.objects.get()
    assert answer.status_code == 302, text_of(answer)
    assert (workshop.slug, workshop.insee, workshop.state) == ("les-copeaux-nimes", "30189", "draft")
    assert workshop.latitude == pytest.approx(43.84, abs=0.05)
    assert answer["Location"] == site("machines/ajouter/", workshop.slug)
    home = text_of(client.get(f"/espace/fabricant/{maker.pk}/"))
    assert "il manque" in home and "une machine en service" in home and "un modèle proposé" in home

    answer = client.post(
        site("machines/importer/", workshop.slug), {"texte": ROUTER, "origin": "recycled", "suite": "1"}
    )
    item = workshop.stock.get()
    assert item.origin == "recycled" and workshop.machines.get().is_active
    assert answer["Location"] == site(f"panneaux/{item.pk}/", workshop.slug)  # the file knows no price
    form = filled(client, answer["Location"])
    answer = client.post(answer["Location"], form | {"price_eur": "84,50", "suite": "1"})
    assert answer["Location"] == site("prix/", workshop.slug)
    form = filled(client, answer["Location"])
    answer = client.post(answer["Location"], form | {"machine_hour_eur": "60", "hand_hour_eur": "38,5", "suite": "1"})
    assert answer["Location"] == site("capacite/", workshop.slug)
    form = filled(client, answer["Location"])
    answer = client.post(answer["Location"], form | {"units_per_week": "2,5", "lead_days": "21", "suite": "1"})
    assert answer["Location"] == f"/espace/fabricant/{maker.pk}/modeles/"
    form = filled(client, answer["Location"])
    answer = client.post(answer["Location"], form | {"chariot-offered": "on", "chariot-price_eur": "640"})
    assert Offer.objects.get().price_eur == 640
    home = text_of(client.get(f"/espace/fabricant/{maker.pk}/"))
    assert "il manque" not in home and "Demander la validation" in home

    client.post(site("etat/", workshop.slug), {"action": "demander"})
    coordinator = signed_in(make_coordinator())
    listed = text_of(coordinator.get("/coordination/ateliers/"))
    assert "1 atelier demande" in listed.replace("\u00a0", " ") and "Les Copeaux" in listed
    coordinator.post(f"/coordination/ateliers/{workshop.slug}/", {"action": "valider"})
    workshop.refresh_from_db()
    assert workshop.state == "open" and workshop.validated_by is not None and workshop.is_candidate
    assert list(Workshop.objects.open_to_orders()) == [workshop]


def test_registering_refuses_a_wrong_or_a_taken_siren_beside_the_field() -> None:
    organisation = make_organisation(Organisation.Kind.MAKER, "Les Copeaux")
    make_organisation(Organisation.Kind.MAKER, "Déjà là", siren=SIREN)
    user = make_person("dominique@example.org")
    make_member(user, organisation)
    client = signed_in(user)
    given = {"organisation": organisation.pk, "kind": "fablab"}
    for siren, words in (
        ("123456789", "clé de contrôle"),
        ("٣" * 9, "clé de contrôle"),
        (SIREN, "déjà inscrite"),
        ("", "Remplissez ce champ"),
    ):
        answer = client.post("/espace/fabricant/inscrire/", given | {"siren": siren})
        assert answer.status_code == 422 and words in text_of(answer), siren
        assert f'value="{siren}"' in text_of(answer) or not siren
    foreign = make_organisation(Organisation.Kind.MAKER, "D’autres")
    answer = client.post(
        "/espace/fabricant/inscrire/", given | {"organisation": foreign.pk, "siren": with_key("98765431")}
    )
    assert answer.status_code == 422
    assert not Maker.objects.exists()


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("prix/", "machine_hour_eur"),
        ("capacite/", "lead_days"),
        ("territoire/", "radius_km"),
        ("machines/{machine}/", "bed_x"),
        ("machines/{machine}/", "outil-0-diameter_mm"),
        ("panneaux/{item}/", "measured_thickness_mm"),
        ("panneaux/{item}/mesure/", "thickness_mm"),
    ],
)
def test_what_is_no_number_is_refused_beside_its_field_and_stays_there(
    workshop: Workshop, maker_client: Client, page: str, field: str
) -> None:
    address = site(page.format(machine=workshop.machines.get().pk, item=workshop.stock.get().pk))
    form = filled(maker_client, address)
    before = Workshop.objects.values().get(), workshop.machines.values().get(), workshop.stock.values().get()
    for bad in NO_NUMBERS:
        answer = maker_client.post(address, form | {field: bad, "enregistrer": "1"})
        html = text_of(answer)
        assert answer.status_code == 422, (bad[:20], answer.status_code)
        message = re.search(rf'id="{field}-messages"[^>]*><p class="fr-message fr-message--error">([^<]+)', html)
        assert message and f'href="#{field}"' in html, bad[:20]
        assert f'value="{bad}"' in html, bad[:20]
    assert (Workshop.objects.values().get(), workshop.machines.values().get(), workshop.stock.values().get()) == before
    assert not Change.objects.exists()


@pytest.mark.parametrize(("typed", "kept"), [("17,8", 17.8), ("17.8", 17.8), (" 17,80 ", 17.8), ("18", 18)])
def test_a_thickness_is_taken_with_a_comma_as_with_a_point(
    workshop: Workshop, maker_client: Client, typed: str, kept: float
) -> None:
    address = site(f"panneaux/{workshop.stock.get().pk}/mesure/")
    answer = maker_client.post(address, filled(maker_client, address) | {"thickness_mm": typed})
    assert answer.status_code == 302, text_of(answer)
    assert workshop.stock.get().settings["measured_thickness_mm"] == kept


@pytest.mark.parametrize("bad", ["\x00", "x" * 10_000, "deux\nlignes"])
def test_a_text_that_no_machine_file_takes_is_refused_beside_its_field(
    workshop: Workshop, maker_client: Client, bad: str
) -> None:
    address = site(f"machines/{workshop.machines.get().pk}/")
    answer = maker_client.post(address, filled(maker_client, address) | {"name": bad})
    assert answer.status_code == 422 and 'id="name-messages" aria-live="polite"><p' in text_of(answer)
    emoji = maker_client.post(address, filled(maker_client, address) | {"name": "Fraiseuse 🪚"})
    assert emoji.status_code == 302 and workshop.machines.get().name == "Fraiseuse 🪚"


def test_a_machine_saved_as_it_stands_stays_as_it_is(maker_client: Client, workshop: Workshop) -> None:
    machine, item = workshop.machines.get(), workshop.stock.get()
    for address in (site(f"machines/{machine.pk}/"), site(f"panneaux/{item.pk}/")):
        assert maker_client.post(address, filled(maker_client, address)).status_code == 302
    assert (workshop.machines.get().settings, workshop.stock.get().settings) == (machine.settings, item.settings)
    assert not Change.objects.exists()


def test_tools_are_added_and_taken_away_by_buttons_and_nothing_typed_is_lost(
    workshop: Workshop, maker_client: Client
) -> None:
    address = site(f"machines/{workshop.machines.get().pk}/")
    form = filled(maker_client, address)
    count = int(form["outil-nombre"])
    answer = maker_client.post(address, form | {"name": "Un autre nom", "bed_x": "pas fini", "outil-ajouter": "1"})
    html = text_of(answer)
    assert answer.status_code == 200 and f'name="outil-nombre" value="{count + 1}"' in html
    assert 'value="Un autre nom"' in html and 'value="pas fini"' in html and "Il reste quelque chose" not in html
    new = {
        f"outil-{count}-name": "foret 5",
        f"outil-{count}-diameter_mm": "5",
        f"outil-{count}-kind": "drill",
        "outil-nombre": count + 1,
    }
    assert maker_client.post(address, form | new).status_code == 302
    tools = workshop.machines.get().settings["tools"]
    assert len(tools) == count + 1 and tools[-1] == {"name": "foret 5", "kind": "drill", "diameter_mm": 5}
    form = filled(maker_client, address)
    html = text_of(maker_client.post(address, form | {"outil-retirer": str(count)}))
    assert "foret 5" not in html and f'name="outil-nombre" value="{count}"' in html


def test_what_contradicts_is_told_beside_the_field_that_it_is_about(workshop: Workshop, maker_client: Client) -> None:
    address = site(f"machines/{workshop.machines.get().pk}/")
    html = text_of(maker_client.post(address, filled(maker_client, address) | {"spacing_mm": "2"}))
    assert re.search(r'id="spacing_mm-messages"[^>]*><p[^>]*>Entre deux pièces écartées de 2', html)
    html = text_of(maker_client.post(address, filled(maker_client, address) | {"process": "laser"}))
    assert re.search(r'id="controller-messages"[^>]*><p|id="kerf_mm-messages"[^>]*><p', html)
    address = site(f"panneaux/{workshop.stock.get().pk}/")
    html = text_of(maker_client.post(address, filled(maker_client, address) | {"measured_thickness_mm": "27,6"}))
    assert re.search(r'id="measured_thickness_mm-messages"[^>]*><p[^>]*>27,6.mm mesurés pour un panneau vendu 18', html)


def test_a_machine_waits_as_a_draft_until_it_is_whole() -> None:
    workshop = make_workshop(slug="copeaux", name="Les Copeaux")
    client = signed_in(make_maker_person(workshop))
    typed = {"name": "La grande", "process": "cnc-router", "outil-nombre": "1"}
    answer = client.post(site("machines/ajouter/"), typed)
    assert answer.status_code == 422 and "Il manque" in text_of(answer) and not CuttingMachine.objects.exists()
    assert client.post(site("machines/ajouter/"), typed | {"brouillon": "1"}).status_code == 302
    machine = CuttingMachine.objects.get()
    assert not machine.is_active and not workshop.is_candidate
    html = text_of(client.get(site()))
    assert "la taille de la table de «\u00a0La grande\u00a0»" in html
    assert "attend que sa fiche" in text_of(
        client.post(site(f"machines/{machine.pk}/service/"), {"action": "remettre"}, follow=True)
    )
    address = site(f"machines/{machine.pk}/")
    whole = filled(client, address) | {
        "bed_x": "2 500", "bed_y": "1250", "max_thickness_mm": "30", "outil-nombre": "1", "outil-0-name": "fraise 6", "outil-0-diameter_mm": "6",
    }  # fmt: skip
    answer = client.post(address, whole)
    assert answer.status_code == 302, text_of(answer)
    machine.refresh_from_db()
    assert machine.is_active and machine.machine.bed_mm == (2500, 1250)


def test_the_second_of_two_editors_is_told_and_loses_nothing(workshop: Workshop, maker_client: Client) -> None:
    colleague = signed_in(make_maker_person(workshop, "collegue@example.org"))
    machine, item = workshop.machines.get(), workshop.stock.get()
    cases: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
        (site("prix/"), {"machine_hour_eur": "55"}, {"machine_hour_eur": "70"}, "55"),
        (site("lieu/"), {"address": "1 rue A"}, {"address": "2 rue B"}, "1 rue A"),
        (site(f"machines/{machine.pk}/"), {"rapid_mm_min": "8000"}, {"rapid_mm_min": "7000"}, "8 000".replace(" ", "\u202f")),
        (site(f"panneaux/{item.pk}/"), {"measured_thickness_mm": "17,5"}, {"measured_thickness_mm": "17,9"}, "17,5"),
        (f"/espace/fabricant/{workshop.maker_id}/modeles/", {"chariot-offered": "on", "chariot-price_eur": "600"}, {"chariot-offered": "on", "chariot-price_eur": "700"}, "600"),
        (f"/espace/fabricant/{workshop.maker_id}/structure/", {"presentation": "Bonjour"}, {"presentation": "Bonsoir"}, "Bonjour"),
    ]  # fmt: skip
    for address, first, second, standing in cases:
        mine, theirs = filled(maker_client, address), filled(colleague, address)
        assert colleague.post(address, theirs | first).status_code == 302, address
        answer = maker_client.post(address, mine | second)
        html = text_of(answer)
        assert answer.status_code == 409 and "Quelqu’un d’autre" in html, address
        typed = next(value for key, value in second.items() if not key.endswith("offered"))
        assert f'value="{typed}"' in html or f">\n{typed}</textarea>" in html or f">{typed}<" in html, address
        assert f"«\u00a0{standing}\u00a0» dans la fiche" in html, (address, html[html.find("Quelqu") :][:900])
        # Saved again from that page, it takes the other's place, knowingly.
        again = mine | second | {"vu": re.findall(r'name="vu" value="([0-9a-f]+)"', html)[-1]}
        assert maker_client.post(address, again).status_code == 302, address


def test_two_who_edit_different_sections_do_not_disturb_each_other(workshop: Workshop, maker_client: Client) -> None:
    mine = filled(maker_client, site("prix/"))
    address = site("capacite/")
    assert maker_client.post(address, filled(maker_client, address) | {"units_per_week": "4"}).status_code == 302
    assert maker_client.post(site("prix/"), mine | {"machine_hour_eur": "61"}).status_code == 302
    workshop.refresh_from_db()
    assert (workshop.units_per_week, workshop.machine_hour_eur) == (Decimal(4), Decimal(61))


def test_every_change_is_in_the_history_with_who_and_what(workshop: Workshop, maker_client: Client) -> None:
    address = site("prix/")
    maker_client.post(address, filled(maker_client, address) | {"machine_hour_eur": "61,5"})
    item = workshop.stock.get()
    address = site(f"panneaux/{item.pk}/mesure/")
    maker_client.post(address, filled(maker_client, address) | {"thickness_mm": "17,9"})
    html = text_of(maker_client.get(f"/espace/fabricant/{workshop.maker_id}/historique/"))
    assert "Dominique Faure" in html
    assert re.search(r"Heure de machine HT\s*: rien → <b>61,5</b>", html)
    assert re.search(r"L’épaisseur mesurée\s*: 17,6 → <b>17,9</b>", html)
    assert (
        list(Change.objects.values_list("actor__email", "workshop__slug")) == [("atelier@example.org", "copeaux")] * 2
    )


def test_an_open_site_that_changes_its_address_waits_for_a_new_validation(
    workshop: Workshop, maker_client: Client
) -> None:
    address = site("lieu/")
    maker_client.post(address, filled(maker_client, address) | {"name": "Copeaux & Cie"})
    workshop.refresh_from_db()
    assert workshop.state == "open"
    maker_client.post(address, filled(maker_client, address) | {"address": "9 rue Neuve"})
    workshop.refresh_from_db()
    assert workshop.state == "draft" and workshop.asked_at and not workshop.validated_at
    assert "nouvelle validation" in Change.objects.first().note
    assert not Workshop.objects.open_to_orders().exists()


def test_another_commune_brings_its_own_coordinates_and_far_ones_are_refused(
    workshop: Workshop, maker_client: Client
) -> None:
    address = site("lieu/")
    answer = maker_client.post(
        address, filled(maker_client, address) | {"commune": "Aubusson (Creuse)", "commune_insee": ""}
    )
    workshop.refresh_from_db()
    assert answer.status_code == 302 and workshop.commune == "Aubusson (Creuse)"
    assert workshop.latitude == pytest.approx(45.95, abs=0.1)
    answer = maker_client.post(address, filled(maker_client, address) | {"latitude": "48,85", "longitude": "2,35"})
    assert answer.status_code == 422 and "km de Aubusson" in text_of(answer).replace("\u00a0", " ")
    answer = maker_client.post(address, filled(maker_client, address) | {"siret": SIRET})
    assert answer.status_code == 422 and re.search(r'id="siret-messages"[^>]*><p[^>]*>Le SIREN', text_of(answer))


def test_a_refusal_is_read_by_the_maker_and_a_held_site_is_lifted_by_a_coordinator_only(
    workshop: Workshop, maker_client: Client
) -> None:
    coordinator = signed_in(make_coordinator())
    complete(workshop)
    maker_client.post(site("etat/"), {"action": "demander"})
    page = "/coordination/ateliers/copeaux/"
    assert coordinator.post(page, {"action": "refuser", "reason": " "}).status_code == 422
    assert coordinator.post(page, {"action": "refuser", "reason": "Le SIRET est celui d’un café."}).status_code == 302
    assert "celui d’un café" in text_of(maker_client.get(site()))
    assert "celui d’un café" in text_of(maker_client.get("/espace/fabricant/", follow=True))
    maker_client.post(site("etat/"), {"action": "demander"})
    assert coordinator.post(page, {"action": "valider"}).status_code == 302
    coordinator.post(page, {"action": "suspendre", "reason": "Trois retards."})
    workshop.refresh_from_db()
    assert (workshop.state, workshop.is_held) == ("paused", True)
    assert "elle seule peut" in text_of(maker_client.post(site("etat/"), {"action": "reprendre"}, follow=True))
    workshop.refresh_from_db()
    assert workshop.state == "paused"
    coordinator.post(page, {"action": "reprendre"})
    workshop.refresh_from_db()
    assert workshop.state == "open"
    for stranger in (maker_client, signed_in(make_person("seul@example.org"))):
        for address in ("/coordination/ateliers/", page):
            assert stranger.get(address).status_code == 404
        assert stranger.post(page, {"action": "suspendre", "reason": "x"}).status_code == 404


def test_a_site_that_lacks_something_is_not_opened(workshop: Workshop) -> None:
    Workshop.objects.update(state="draft", validated_at=None)
    coordinator = signed_in(make_coordinator())
    answer = coordinator.post("/coordination/ateliers/copeaux/", {"action": "valider"}, follow=True)
    assert "Il manque" in text_of(answer) and "le prix de l’heure de machine" in text_of(answer)
    workshop.refresh_from_db()
    assert workshop.state == "draft"


def test_weeks_are_ticked_and_past_ones_stay(workshop: Workshop, maker_client: Client) -> None:
    past = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 70)
    workshop.closed_weeks.create(monday=past)
    weeks = [day.isoformat() for day in mondays_ahead()[2:4]]
    address = site("semaines/")
    maker_client.post(address, filled(maker_client, address) | {"weeks": weeks, "reason": "congés"})
    assert list(workshop.closed_weeks.values_list("monday", flat=True)) == [past, *mondays_ahead()[2:4]]
    for bad in (["2026-13-45"], [(mondays_ahead()[0] + timedelta(days=1)).isoformat()], ["٣"]):
        answer = maker_client.post(address, filled(maker_client, address) | {"weeks": bad})
        assert answer.status_code == 422 and "Choisissez des semaines" in text_of(answer)
    maker_client.post(address, {key: value for key, value in filled(maker_client, address).items() if key != "weeks"})
    assert list(workshop.closed_weeks.values_list("monday", flat=True)) == [past]


def test_facts_have_dates_and_a_withdrawn_one_stays_in_the_history(workshop: Workshop, maker_client: Client) -> None:
    own = f"/espace/fabricant/{workshop.maker_id}/preuves/"
    given = {
        "criterion": "environmental",
        "title": "Bois PEFC",
        "detail": "",
        "link": "",
        "dated": "2025-05-01",
        "valid_until": "2024-05-01",
        "vu": "",
    }
    answer = maker_client.post(f"{own}ajouter/", given | {"vu": seen_on(maker_client, f"{own}ajouter/")})
    assert answer.status_code == 422 and "précède" in text_of(answer) and 'value="Bois PEFC"' in text_of(answer)
    answer = maker_client.post(f"{own}ajouter/", given | {"valid_until": "01/05/2028"})
    assert answer.status_code == 302, text_of(answer)
    fact = Evidence.objects.get()
    assert (fact.dated, fact.valid_until) == (date(2025, 5, 1), date(2028, 5, 1))
    maker_client.post(f"{own}{fact.pk}/retirer/")
    assert not Evidence.objects.exists() and "Bois PEFC" in str(Change.objects.first().values)


def test_an_offcut_is_added_changed_and_taken_away(workshop: Workshop, maker_client: Client) -> None:
    item = workshop.stock.get()
    address = site(f"panneaux/{item.pk}/chutes/")

    def send(**given: str) -> Any:
        return maker_client.post(
            address, {"vu": seen_on(maker_client, address), "price_eur": "", "keep_out_mm": "", **given}
        )

    assert send(name="bande", outline_mm="900 x 310").status_code == 302
    assert (
        send(
            name="L", outline_mm="0 0 ; 1400 0 ; 1400 420,5 ; 0 420,5", keep_out_mm="10 10 ; 20 10 ; 20 20"
        ).status_code
        == 302
    )
    rows = workshop.stock.get().settings["offcuts"]
    assert rows[0]["outline_mm"] == [[0, 0], [900, 0], [900, 310], [0, 310]]
    assert rows[1]["outline_mm"][2] == [1400, 420.5] and rows[1]["keep_out_mm"] == [[[10, 10], [20, 10], [20, 20]]]
    for bad, words in (
        ("900", "Écrivez une longueur"),
        ("0 0 ; 10 10 ; 10 0 ; 0 10", "se croise"),
        ("0 × 0", "se croise"),
        ("٩ × ٣", "Écrivez une longueur"),
    ):
        answer = send(name="mauvaise", outline_mm=bad)
        assert answer.status_code == 422 and words in text_of(answer) and f'value="{bad}"' in text_of(answer), bad
    assert send(name="bande", outline_mm="10 × 10").status_code == 422
    assert send(name="bande large", outline_mm="900 × 400", chute="0").status_code == 302
    assert workshop.stock.get().settings["offcuts"][0]["name"] == "bande large"
    assert send(retirer="0").status_code == 302
    assert [row["name"] for row in workshop.stock.get().settings["offcuts"]] == ["L"]
    assert maker_client.get(f"{address}?chute=٣").status_code == 200


@pytest.mark.parametrize(
    "path", ["prix/", "lieu/", "capacite/", "territoire/", "semaines/", "machines/ajouter/", "panneaux/ajouter/"]
)
def test_no_post_of_nonsense_is_ever_a_fault_of_the_site(workshop: Workshop, maker_client: Client, path: str) -> None:
    names = list(filled(maker_client, site(path)))
    for nonsense in ("\x00", "🪚" * 30, "-1", "x" * 2_000, "٣", "' OR 1=1 --", "<script>"):
        answer = maker_client.post(site(path), dict.fromkeys(names, nonsense))
        assert answer.status_code in (422, 409), (path, nonsense[:9])
        assert "<script>" not in answer.content.decode().split("<main")[1].split("</main")[0]


def test_lists_take_as_many_queries_for_400_sites_as_for_40() -> None:
    """The coordination's, sorted by state, and a maker's own page."""
    coordinator = signed_in(make_coordinator())
    counts: list[list[int]] = []
    for number in (40, 400):
        Workshop.objects.all().delete()
        Maker.objects.all().delete()
        maker = open_sites(ROUTER, number)
        found = []
        for states in ("?etat=ouverts", ""):
            with CaptureQueriesContext(connection) as queries:
                answer = coordinator.get(f"/coordination/ateliers/{states}")
            assert answer.status_code == 200
            found.append(len(queries))
            Workshop.objects.update(state="draft", validated_at=None)
        for address in (f"/espace/fabricant/{maker.pk}/", f"/espace/fabricant/{maker.pk}/historique/"):
            with CaptureQueriesContext(connection) as queries:
                assert coordinator.get(address).status_code == 200
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1] and max(counts[0]) <= 20


def test_stock_of_each_origin_is_told_apart(workshop: Workshop, maker_client: Client) -> None:
    address = site("panneaux/ajouter/")
    given = {
        "measured_thickness_mm": "15,2",
        "nominal_thickness_mm": "15",
        "material": "MDF",
        "sheet_x": "2440",
        "sheet_y": "1220",
        "origin": "reclaimed",
        "format-nombre": "0",
    }
    assert maker_client.post(address, filled(maker_client, address) | given).status_code == 302
    assert StockItem.objects.get(origin="reclaimed").settings["material"] == "MDF"
    assert "réemploi" in text_of(maker_client.get(site()))


def test_every_field_has_its_label_and_every_id_is_there_once(workshop: Workshop, maker_client: Client) -> None:
    complete(workshop)
    for address in pages_of(workshop):
        answer = maker_client.get(address)
        if not answer["Content-Type"].startswith("text/html"):
            continue
        html = answer.content.decode()
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), (address, sorted({name for name in ids if ids.count(name) > 1}))
        labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', html))
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
            if 'type="hidden"' not in tag:
                found = re.search(r'\sid="([^"]+)"', tag)
                assert found and found[1] in labelled, (address, tag)
        for anchor in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html):
            for name in anchor.split():
                assert name in ids, (address, name)


def test_a_coordinator_finds_makers_without_a_site_and_those_that_left(
    workshop: Workshop, maker_client: Client
) -> None:
    coordinator = signed_in(make_coordinator())
    organisation = make_organisation(Organisation.Kind.MAKER, "La Wastringue")
    alone = Maker.objects.create(organisation=organisation, kind="artisan")
    assert f"/espace/fabricant/{alone.pk}/" in text_of(coordinator.get("/coordination/ateliers/"))
    assert maker_client.post(f"/espace/fabricant/{workshop.maker_id}/quitter/", {"quitter": "1"}).status_code == 302
    assert maker_client.get(site()).status_code == 404
    page = f"/espace/fabricant/{workshop.maker_id}/"
    assert page in text_of(coordinator.get("/coordination/ateliers/?etat=fermes"))
    assert coordinator.post(f"{page}quitter/", {"retablir": "1"}).status_code == 302
    assert maker_client.get(site()).status_code == 200
    assert maker_client.get("/coordination/ateliers/?etat=fermes").status_code == 404
