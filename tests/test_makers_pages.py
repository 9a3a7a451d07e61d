# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's record on the site: who sees it, the way to orders, what is kept of it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from fablabs.models import Change, Evidence, Maker, Offer, Workshop
from tests.maker_pages import filled, site, text_of
from tests.orders import revision_of
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.running import ROOT
from tests.workshops import SIREN, SIRET, complete, make_maker_person, make_workshop, open_sites, with_key

pytestmark = pytest.mark.django_db

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(ROUTER, slug="copeaux", name="Les Copeaux")


@pytest.fixture
def maker_client(workshop: Workshop) -> Client:
    return signed_in(make_maker_person(workshop))


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


def test_a_maker_reads_which_published_models_it_does_not_offer(workshop: Workshop, maker_client: Client) -> None:
    for design in ("porte", "chariot"):
        revision_of(design)
    address = f"/espace/fabricant/{workshop.maker_id}/"
    assert "Pas proposé" not in maker_client.get(address).content.decode()  # who names none is asked for all
    Offer.objects.create(maker=workshop.maker, design="porte")
    text = maker_client.get(address).content.decode().partition("Pas proposé, donc pas demandé")[2].partition("<")[0]
    assert "Chariot-établi" in text and "Porte numérique" not in text


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
