# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
""" "Suis-je éligible ?": anybody asks, the answer has an address, and what was typed stays."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from orders.demo_zonings import demo_lists
from orders.services.zonings import import_list, read_list
from tests.people import make_organisation, make_person
from tests.test_zonings import FRR

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(db: None) -> None:
    for official in demo_lists():
        import_list(official, is_demo=True)


def ask(client: Client, **query: str) -> tuple[HttpResponse, str]:
    answer: Any = client.get("/eligibilite/?" + urlencode(query))
    return answer, html.unescape(answer.content.decode())


def heading(text: str) -> str:
    found = re.search(r'<h2 id="reponse-titre">(.*?)</h2>', text)
    return found[1] if found else ""


def test_the_page_needs_no_account_and_asks_before_it_answers(client: Client) -> None:
    page = client.get("/eligibilite/")
    text = page.content.decode()
    assert page.status_code == 200 and "Suis-je éligible" in text and 'method="get"' in text
    assert "reponse-titre" not in text and "Aucune liste officielle n’est encore enregistrée" in text
    assert not client.cookies
    assert client.post("/eligibilite/").status_code == 405


@pytest.mark.parametrize(
    ("query", "title", "words"),
    [
        ({"qui": "commune", "commune": "Nîmes"}, "Oui, Nîmes (Gard) peut commander", "Pissevin"),
        ({"qui": "commune", "commune": "23200", "commune_insee": "23008"}, "Oui, Aubusson (Creuse)", "FRR+"),
        ({"qui": "commune", "commune": "Morlaix"}, "Non, Morlaix (Finistère) n’a pas droit", "à vos frais"),
        ({"qui": "commune", "commune": "Haut Valromey"}, "En partie", "La préfecture décide"),
        ({"qui": "commune", "commune": "Paris"}, "Nous ne pouvons pas le dire pour Paris", "ne figure pas"),
        ({"qui": "commune", "siret": "213 001 894 00012"}, "Oui, Nîmes", "liste des QPV 2024"),
        ({"qui": "commune", "siret": "243000643"}, "Oui, cette intercommunalité peut commander (CA de Nîmes Métropole)", "1 de ses 39 communes"),
        ({"qui": "epci", "commune": "Nîmes"}, "Oui, cette intercommunalité", "CA de Nîmes Métropole"),
        ({"qui": "departement", "commune": "Nîmes"}, "Oui, ce département peut commander (Gard)", "dont Nîmes"),
        ({"qui": "region", "commune": "Nîmes"}, "Oui, cette région peut commander (Occitanie)", "communes"),
        ({"qui": "groupement", "commune": "Nîmes"}, "Nous ne pouvons pas le dire pour ce groupement", "communes membres"),
        ({"qui": "autre", "commune": "Aubusson (Creuse)"}, "Pas directement", "demandez à la mairie"),
        ({"qui": "autre"}, "Pas directement", "Demandez à votre commune"),
        ({"qui": "france-services", "commune": "Gap"}, "Quel est votre espace, à Gap", "France services Gap"),
        (
            {"qui": "france-services", "commune": "Gap", "espace": "France services Gap"},
            "Oui, l’espace «\u00a0France services Gap\u00a0»", "labellisé",
        ),
        ({"qui": "france-services", "commune": "Le Port (La Réunion)"}, "Quel est votre espace, au Port (La Réunion)", "Rivière"),
        ({"qui": "france-services", "commune": "Tulle"}, "Nous ne trouvons pas cet espace", "n’en cite aucun"),
    ],
)  # fmt: skip
def test_each_question_gets_its_answer_with_its_reason(
    client: Client, listed: None, query: dict[str, str], title: str, words: str
) -> None:
    answer, text = ask(client, **query)
    assert answer.status_code == 200
    assert title in heading(text)
    assert words in text[text.index("reponse-titre") : text.index('id="regle"')]
    assert "données de démonstration" in text


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"qui": "commune"}, "commune", "Indiquez une commune"),
        ({"qui": ""}, "qui", "Dites qui commande"),
        ({"qui": "roi", "commune": "Nîmes"}, "qui", "Choisissez l’une des réponses"),
        ({"qui": "commune", "commune": "Saint-Denis"}, "commune", "Plusieurs communes"),
        ({"qui": "commune", "commune": "xyzzy"}, "commune", "Aucune commune ne répond"),
        ({"qui": "commune", "siret": "123"}, "siret", "n’est ni un SIRET"),
        ({"qui": "commune", "siret": "٢١٣٠٠١٨٩٤"}, "siret", "n’est ni un SIRET"),
        ({"qui": "commune", "siret": "1e3"}, "siret", "n’est ni un SIRET"),
        ({"qui": "commune", "siret": "-213001894"}, "siret", ""),
        ({"qui": "commune", "siret": "9" * 10_000}, "siret", "quatorze chiffres"),
        ({"qui": "commune", "siret": "213\x00001894"}, "siret", ""),
        ({"qui": "commune", "siret": "552100554"}, "commune", "indiquez aussi la commune"),
        ({"qui": "commune", "siret": "213001894", "commune": "Morlaix"}, "siret", "d’une autre commune, Nîmes (Gard), et non Morlaix"),
        ({"qui": "epci", "commune": "Île-de-Bréhat"}, "commune", "aucune intercommunalité"),
        ({"qui": "france-services"}, "commune", "Indiquez une commune"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_beside_its_field_and_nothing_is_lost(
    client: Client, listed: None, query: dict[str, str], field: str, words: str
) -> None:
    answer, text = ask(client, **query)
    if not words:  # either is an answer; a failure is none
        assert answer.status_code in (200, 422)
        return
    assert answer.status_code == 422 and "reponse-titre" not in text
    beside = text[text.index(f'id="id_{field}-messages"') :]
    assert words in beside[: beside.index("</div>")]
    assert "Il reste quelque chose à revoir" in text
    for name in ("commune", "siret"):
        if query.get(name) and len(query[name]) < 100:
            assert f'value="{query[name]}"' in text
    if query["qui"] in ("epci", "france-services"):
        assert f'value="{query["qui"]}" selected' in text


def test_without_any_list_every_collectivite_goes_to_the_prefecture(client: Client) -> None:
    _, text = ask(client, qui="commune", commune="Nîmes")
    assert "la préfecture vérifiera" in heading(text) and "aucune liste n’est enregistrée ici" in text


def test_a_space_is_chosen_from_its_communes_and_the_answer_has_an_address(client: Client, listed: None) -> None:
    _, text = ask(client, qui="france-services", commune="Aubusson (Creuse)")
    link = re.search(r'href="(/eligibilite/\?[^"]*espace=[^"]*)#reponse"', text)
    assert link
    _, text = client.get(link[1]), html.unescape(client.get(link[1]).content.decode())
    assert heading(text) == "Oui, l’espace «\u00a0France services Aubusson\u00a0» peut commander"


def test_those_who_may_not_find_the_way_through_their_collectivite(client: Client, listed: None) -> None:
    _, text = ask(client, qui="autre", commune="Aubusson (Creuse)")
    link = re.search(r'href="(/eligibilite/\?qui=commune[^"]*)#reponse"', text)
    assert link and "Voir la réponse pour Aubusson (Creuse)" in text
    assert "Oui, Aubusson" in heading(html.unescape(client.get(link[1]).content.decode()))
    _, text = ask(client, qui="commune", commune="Morlaix")
    link = re.search(r'href="(/eligibilite/\?qui=epci[^"]*)#reponse">Voir la réponse pour l’intercommunalité', text)
    assert link and "CA Morlaix Communauté" in html.unescape(client.get(link[1]).content.decode())


def test_nothing_that_somebody_registered_is_told_to_anybody(client: Client, listed: None) -> None:
    number = "00000001800010"
    make_organisation(Organisation.Kind.COLLECTIVITE, "Syndicat secret", siren=number[:9], siret=number, insee="23008")
    for visitor in (None, make_person("tiers@example.org")):
        if visitor:
            client.force_login(visitor)
        _, text = ask(client, qui="commune", siret=number)
        assert heading(text).startswith("Oui, Aubusson") and "secret" not in text


def test_what_answers_rest_on_is_shown_to_anybody(client: Client, listed: None) -> None:
    _, text = ask(client, qui="autre")
    lists = text[text.index('id="listes"') :]
    assert lists.count("données de démonstration") == 3
    for words in (
        "55\u00a0communes, dont 17\u00a0classées (2 en partie)",
        "du 10\u00a0juillet\u00a02025",
        "depuis le 01/07/2024",
        "DGCL",
    ):
        assert words in lists, words
    import_list(read_list("frr", FRR.encode(), "frr.csv"))
    _, text = ask(client, qui="autre")
    lists = text[text.index('id="listes"') :]
    assert lists.count("données de démonstration") == 2 and "6\u00a0communes, dont 5\u00a0classées" in lists


@pytest.mark.parametrize("name", ["x" * 10_000, "a\x00b", "\ud800".encode("utf-8", "surrogatepass"), "%", "\u202e"])
def test_a_space_of_any_name_is_an_answer(client: Client, listed: None, name: Any) -> None:
    query = urlencode({"qui": "france-services", "commune": "Gap", "espace": name})
    page = client.get(f"/eligibilite/?{query}&commune_insee=%00&commune_insee=zzzzzz")
    assert page.status_code == 200 and "reponse-titre" in page.content.decode()


def test_markup_that_was_typed_is_text(client: Client, listed: None) -> None:
    page = client.get(
        "/eligibilite/?" + urlencode({"qui": "france-services", "commune": "Gap", "espace": "<script>x</script>"})
    ).content.decode()
    assert "<script>x" not in page and "&lt;script&gt;x" in page


def test_an_answer_s_queries_are_few_and_do_not_grow(client: Client, listed: None) -> None:
    queries: dict[str, int] = {}
    for qui in ("commune", "region"):
        ask(client, qui=qui, commune="Nîmes")
        with CaptureQueriesContext(connection) as seen:
            ask(client, qui=qui, commune="Nîmes")
        queries[qui] = len(seen)
    assert queries["commune"] == queries["region"] <= 6, queries
