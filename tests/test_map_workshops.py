# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshops as everybody sees them: a map's points, a list, the page of one; filters that stand in the address."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from fablabs.models import Contact, Evidence, StockItem, Workshop
from fabrication.matching.services import candidates
from tests.workshops import make_maker_person, make_workshop

ROUTER = """
[machine]
name = "Routeur"
process = "cnc-router"
bed_mm = [{length}, {width}]
max_thickness_mm = 30
[[machine.tools]]
name = "fraise 6 mm"
diameter_mm = 6.0
[stock]
material = "{material}"
nominal_thickness_mm = 18
measured_thickness_mm = 17.6
sheet_mm = [1000, 500]
"""
LASER = """
[machine]
name = "Laser"
process = "laser"
bed_mm = [1300, 900]
max_thickness_mm = 8
kerf_mm = 0.2
[stock]
material = "contreplaqué peuplier"
nominal_thickness_mm = 5
measured_thickness_mm = 5.1
sheet_mm = [1200, 800]
"""

pytestmark = pytest.mark.django_db


def _router(length: int = 2500, width: int = 1250, material: str = "contreplaqué bouleau") -> str:
    return ROUTER.format(length=length, width=width, material=material)


def _at(insee: str, label: str, slug: str, machine: str = "", **fields: Any) -> Workshop:
    from fablabs.geography import commune

    place = commune(insee)
    return make_workshop(
        machine,
        slug,
        name=fields.pop("name", slug.capitalize()),
        insee=insee,
        commune=label,
        latitude=place.latitude,
        longitude=place.longitude,
        **fields,
    )


@pytest.fixture
def five() -> None:
    _at("30189", "Nîmes (Gard)", "nimes", _router())
    _at("34172", "Montpellier (Hérault)", "montpellier", LASER)
    _at("59350", "Lille (Nord)", "lille", _router(1300, 1300, "panneau recyclé"))
    _at("2A004", "Ajaccio (Corse-du-Sud)", "ajaccio", _router(1000, 600))
    _at("97411", "Saint-Denis (La Réunion)", "reunion", _router(2440, 1220))
    StockItem.objects.filter(workshop__slug="lille").update(origin=StockItem.Origin.RECYCLED)
    StockItem.objects.filter(workshop__slug="ajaccio").update(origin=StockItem.Origin.RECLAIMED)


def _listed(page: str) -> list[str]:
    return re.findall(r'data-place="/ateliers/([a-z-]+)/"', page)


def _points(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="lieux" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def _get(client: Client, **query: str) -> str:
    response = client.get("/ateliers/", query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"nimes", "montpellier", "lille", "ajaccio", "reunion"}),
        ({"procede": "laser"}, {"montpellier"}),
        ({"procede": "cnc-router"}, {"nimes", "lille", "ajaccio", "reunion"}),
        ({"longueur": "2450"}, {"nimes"}),
        ({"largeur": "2440"}, {"nimes", "reunion"}),  # in one direction or the other
        ({"longueur": "1300", "largeur": "1300"}, {"lille"}),
        ({"longueur": "1200", "procede": "laser"}, {"montpellier"}),
        ({"matiere": "panneau recyclé"}, {"lille"}),
        ({"origine": "recycled"}, {"lille"}),
        ({"origine": "reclaimed"}, {"ajaccio"}),
        ({"territoire": "r-76"}, {"nimes", "montpellier"}),
        ({"territoire": "d-30"}, {"nimes"}),
        ({"territoire": "d-974"}, {"reunion"}),
        ({"territoire": "r-76", "procede": "laser"}, {"montpellier"}),
        ({"territoire": "d-23"}, set()),
        ({"commune": "Beaucaire (Gard)", "rayon": "50"}, {"nimes"}),
        ({"commune": "Beaucaire (Gard)", "rayon": "200"}, {"nimes", "montpellier"}),
        ({"commune": "Beaucaire (Gard)"}, {"nimes", "montpellier", "lille"}),
        ({"commune": "Saint-Pierre (La Réunion)"}, {"reunion"}),
        ({"rayon": "25"}, {"nimes", "montpellier", "lille", "ajaccio", "reunion"}),  # around nothing
    ],
)
def test_list_and_map_follow_every_filter(client: Client, query: dict[str, str], expected: set[str]) -> None:
    page = _get(client, **query)
    assert set(_listed(page)) == expected
    assert {point["url"] for point in _points(page)["workshops"]} == {f"/ateliers/{slug}/" for slug in expected}


@pytest.mark.usefixtures("five")
def test_the_nearest_comes_first_with_an_estimate_and_the_sea_is_named(client: Client) -> None:
    page = _get(client, commune="Beaucaire (Gard)")
    assert _listed(page) == ["nimes", "montpellier", "lille"]
    assert "environ 30\u00a0km" in page and "estimations" in page
    assert "2\u00a0autres lieux répondent" in page and "aucune route n’y mène" in page
    assert _points(page)["origin"]["name"] == "Beaucaire (Gard)"


@pytest.mark.usefixtures("five")
def test_the_detour_factor_is_a_setting(client: Client, settings: Any) -> None:
    settings.TRETEAU_DETOUR_FACTOR = 3.0
    assert _listed(_get(client, commune="Beaucaire (Gard)", rayon="50")) == []
    assert "fois 3." in _get(client, commune="Beaucaire (Gard)")


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    "query",
    [
        {"longueur": "-1"},
        {"longueur": "abc", "largeur": "1e9"},
        {"longueur": "٣٠٠"},
        {"procede": "hache"},
        {"origine": "\0"},
        {"matiere": "x" * 4_000},
        {"territoire": "r-"},
        {"territoire": "-"},
        {"territoire": "d-99"},
        {"rayon": "0"},
        {"rayon": "1e400"},
        {"commune": "saint-denis"},
        {"commune": "<script>alert(1)</script>"},
        {"commune": "\0" * 50, "commune_insee": "\0"},
        {"page": "-3"},
        {"page": "zut", "page-contacts": "99999999999999999999"},
        {"contacts": "oui", "page-contacts": "\0"},
    ],
)
def test_nothing_that_stands_in_the_address_breaks_the_page(client: Client, query: dict[str, str]) -> None:
    page = _get(client, **query)
    assert "<script>alert" not in page
    assert _listed(page)


@pytest.mark.usefixtures("five")
def test_a_wrong_filter_is_told_beside_its_field_kept_and_the_others_count(client: Client) -> None:
    page = _get(client, longueur="douze", procede="laser")
    assert _listed(page) == ["montpellier"]
    assert "Écrivez un nombre entier de millimètres" in page and 'value="douze"' in page
    assert 'href="#id_longueur"' in page


def test_drafts_closed_and_archived_ones_are_for_their_own_people(client: Client) -> None:
    draft = _at("30189", "Nîmes (Gard)", "brouillon", _router(), state="draft", validated_at=None)
    _at("30189", "Nîmes (Gard)", "ferme", _router(), state="closed")
    gone = _at("30189", "Nîmes (Gard)", "parti", _router())
    gone.maker.archived_at = timezone.now()
    gone.maker.save()
    other = _at("34172", "Montpellier (Hérault)", "ouvert", _router())
    people = {
        "own": make_maker_person(draft, "own@example.org"),
        "third": make_maker_person(other, "third@example.org"),
    }
    for person, seen in ((None, 404), ("third", 404), ("own", 200)):
        if person:
            client.force_login(people[person])
        assert _listed(_get(client)) == ["ouvert"]
        assert "brouillon" not in _get(client, contacts="oui")
        assert client.get("/ateliers/brouillon/").status_code == seen
        assert client.get("/ateliers/parti/").status_code == 404
        assert client.get("/ateliers/ferme/").status_code == 404
    assert "attend la validation" in client.get("/ateliers/brouillon/").content.decode()


def test_a_paused_one_is_shown_as_such(client: Client) -> None:
    _at("30189", "Nîmes (Gard)", "repos", _router(), state="paused", state_reason="Travaux.")
    assert "en pause" in _get(client)
    assert "Travaux." in client.get("/ateliers/repos/").content.decode()


def test_why_the_coordination_suspended_a_workshop_is_not_for_everybody(client: Client) -> None:
    _at(
        "30189", "Nîmes (Gard)", "suspendu", _router(), state="paused", is_held=True, state_reason="Fausse attestation."
    )
    page = client.get("/ateliers/suspendu/").content.decode()
    assert "ne prend pas de commande pour le moment." in page and "attestation" not in page


def test_workshops_of_an_archived_organisation_are_gone(client: Client) -> None:
    gone = _at("30189", "Nîmes (Gard)", "parti", _router())
    Organisation.objects.filter(pk=gone.maker.organisation_id).update(archived_at=timezone.now())
    assert _listed(_get(client)) == [] and client.get("/ateliers/parti/").status_code == 404
    assert candidates("chariot", timezone.localdate()) == []


def test_a_place_without_machines_says_so_and_answers_to_no_machine(client: Client) -> None:
    _at("30189", "Nîmes (Gard)", "vide")
    assert "Machines ou panneaux inconnus" in _get(client)
    assert _listed(_get(client, procede="laser")) == []
    assert "Ses machines sont inconnues" in client.get("/ateliers/vide/").content.decode()


def test_contacts_are_shown_only_when_asked_for_and_never_as_workshops(client: Client) -> None:
    Contact.objects.create(
        source="liste",
        source_id="1",
        name="La Ruche",
        insee="30189",
        latitude=43.8,
        longitude=4.3,
        website="https://x.fr",
    )
    Contact.objects.create(source="liste", source_id="2", name="Sans lieu", website="javascript:alert(1)")
    taken = _at("34172", "Montpellier (Hérault)", "inscrit", _router())
    Contact.objects.create(source="liste", source_id="3", name="Déjà inscrit", maker=taken.maker)
    assert "La Ruche" not in _get(client)
    page = _get(client, contacts="oui", procede="cnc-router")
    assert "2\u00a0lieux à contacter" in page and "La Ruche" in page and "Sans lieu" in page
    assert "Déjà inscrit" not in page and "javascript:" not in page
    assert _listed(page) == ["inscrit"]
    assert "ne s’applique pas à eux" in page
    assert [point["name"] for point in _points(page)["contacts"]] == ["La Ruche"]
    near = _get(client, contacts="oui", commune="nimes", rayon="25")
    assert "La Ruche" in near and "Sans lieu" not in near


def test_a_long_list_has_pages_that_keep_the_filters(client: Client) -> None:
    Contact.objects.bulk_create(
        Contact(source="liste", source_id=str(n), name=f"Lieu {n:03}", insee="30189", latitude=43.8, longitude=4.3)
        for n in range(100)
    )
    page = _get(client, contacts="oui", territoire="d-30")
    assert "Lieu 000" in page and "Lieu 048" in page.split('id="lieux"')[1] and page.count("<li><span") == 48
    assert 'href="?contacts=oui&amp;territoire=d-30&amp;page-contacts=2#contacts-titre"' in page
    last = _get(client, **{"contacts": "oui", "page-contacts": "3"})
    assert last.count("<li><span") == 4


def test_queries_do_not_grow_with_the_workshops(client: Client, django_assert_num_queries: Any) -> None:
    _at("30189", "Nîmes (Gard)", "un", _router())
    with django_assert_num_queries(3):
        _get(client)
    for n in range(6):
        _at("34172", "Montpellier (Hérault)", f"atelier-{n}", LASER)
    with django_assert_num_queries(3):
        _get(client, commune="nimes")
    with django_assert_num_queries(4):
        _get(client, contacts="oui")


def test_a_workshop_is_described_for_a_clerk(client: Client) -> None:
    workshop = _at(
        "30189", "Nîmes (Gard)", "copeaux", _router(), lead_days=21, radius_km=100, departments=["30", "34", "zz"]
    )
    Evidence.objects.create(
        maker=workshop.maker,
        criterion="social",
        title="Chantier d’insertion",
        dated=date(2026, 3, 12),
        valid_until=date(2027, 3, 12),
    )
    page = re.sub(r"[\u00a0\u202f]", " ", client.get("/ateliers/copeaux/").content.decode())
    for words in (
        "Fraiseuse numérique",
        "table de 2 500 × 1 250 mm",
        "Contreplaqué bouleau de 17,6 mm",
        "21 jours",
        "jusqu’à 100 km par la route (estimation), dans ces départements : Gard (30), Hérault (34)",
        "Critère social",
        "12 mars 2026, valable jusqu’au 12 mars 2027",
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("montpellier", "Environ 60\u00a0km"),
        ("lille", "ne livre pas si loin\u00a0: 100\u00a0km"),
        ("ajaccio", "Aucune route ne relie la Corse et la métropole"),
        ("saint-denis", "Plusieurs communes répondent"),
        ("avignon", "ne livre pas dans votre département"),
        ("", "Indiquez une commune"),
        ("\0", "Indiquez une commune"),
    ],
)
def test_how_far_it_is_from_a_commune(client: Client, typed: str, words: str) -> None:
    _at("30189", "Nîmes (Gard)", "copeaux", _router(), radius_km=100, departments=["30", "34", "59"])
    response = client.get("/ateliers/copeaux/", {"commune": typed})
    assert response.status_code == 200
    assert words in response.content.decode()


def test_tiles_open_the_policy_for_their_server_and_for_this_page_only(client: Client, settings: Any) -> None:
    _at("30189", "Nîmes (Gard)", "copeaux", _router())
    assert "tiles" not in client.get("/ateliers/").headers["Content-Security-Policy"]
    settings.TRETEAU_MAP_TILES = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    settings.TRETEAU_MAP_TILES_CREDIT = "© Quelqu’un"
    response = client.get("/ateliers/")
    assert "img-src https://*.tiles.example 'self' data:;" in response.headers["Content-Security-Policy"]
    assert 'data-tiles="https://{s}.tiles.example/{z}/{x}/{y}.png"' in response.content.decode()
    assert "tiles" not in client.get("/ateliers/copeaux/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address", ["tiles", "https://x/{z}/{x}.png", "https://x; script-src */{z}/{x}/{y}", "ftp://x/{z}/{x}/{y}"]
)
def test_an_address_of_tiles_that_is_none_is_refused(address: str) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from cms.settings.geography import tiles

    with pytest.raises(ImproperlyConfigured, match="TRETEAU_MAP_TILES"):
        tiles(address)


@pytest.mark.parametrize("factor", [0.5, 0.0, -1.0, 100.0, float("nan")])
def test_a_detour_factor_that_is_none_is_refused(factor: float) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from cms.settings.geography import detour_factor

    with pytest.raises(ImproperlyConfigured, match="TRETEAU_DETOUR_FACTOR"):
        detour_factor(factor)
