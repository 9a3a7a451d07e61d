# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A commune in a form: what is certain is taken, what is not is asked back, nothing typed is lost."""

from __future__ import annotations

import json
import re

import pytest
from django import forms
from django.test import Client

from cms.commune_field import CommuneField
from fablabs.geography import commune


class _Form(forms.Form):
    commune = CommuneField(label="Commune")
    other = CommuneField(label="Autre", required=False)


def _insee(**given: str) -> str | None:
    form = _Form(given)
    return form.cleaned_data["commune"].insee if form.is_valid() else None


@pytest.mark.parametrize(
    ("given", "insee"),
    [
        ({"commune": "nimes"}, "30189"),
        ({"commune": "Nîmes (Gard)"}, "30189"),
        ({"commune": "30000"}, "30189"),
        ({"commune": "Saint-Denis", "commune_insee": "93066"}, "93066"),
        ({"commune": "Saint-Denis (La Réunion)", "commune_insee": "93066"}, "97411"),  # typed on after a choice
        ({"commune": "nimes", "commune_insee": "34172"}, "30189"),  # a code that has nothing to do with the text
        ({"commune": "nimes", "commune_insee": "zzzzz"}, "30189"),
        ({"commune": "rochelle", "commune_insee": "17300"}, "17300"),
    ],
)
def test_a_certain_commune_is_taken(given: dict[str, str], insee: str) -> None:
    assert _insee(**given) == insee


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Indiquez une commune"),
        ("\0\t", "Indiquez une commune"),
        ("xyzzy", "Aucune commune ne répond"),
        ("x" * 5_000, "Aucune commune ne répond"),
        ("Saint-Denis", "Plusieurs communes répondent"),
        ("rochelle", "Aucune commune ne s’appelle exactement"),
    ],
)
def test_what_is_not_certain_is_asked_back(typed: str, words: str) -> None:
    form = _Form({"commune": typed})
    assert not form.is_valid()
    assert words in form.errors["commune"][0]


def test_the_choices_are_there_without_javascript() -> None:
    shown = str(_Form({"commune": "Saint-Denis", "commune_insee": "99999"})["commune"])
    assert re.findall(r'type="radio"[^>]*value="(\d+)"', shown)[:2] == ["97411", "93066"]
    assert 'value="Saint-Denis"' in shown and 'type="hidden"' not in shown
    assert "Saint-Denis (Seine-Saint-Denis)" in shown


def test_what_is_certain_asks_nothing_more() -> None:
    shown = str(_Form({"commune": "nimes"})["commune"])
    assert 'type="radio"' not in shown
    assert 'name="commune_insee" value="30189"' in shown


@pytest.mark.parametrize("initial", ["30189", commune("30189")])
def test_a_form_begins_with_a_commune_or_its_code(initial: object) -> None:
    form = _Form(initial={"commune": initial})
    shown = str(form["commune"])
    assert 'value="Nîmes (Gard)"' in shown and 'value="30189"' in shown
    assert not _Form({"commune": "Nîmes (Gard)", "commune_insee": "30189"}, initial={"commune": initial}).has_changed()
    assert _Form({"commune": "Alès"}, initial={"commune": initial}).has_changed()


def test_an_optional_one_may_stay_empty() -> None:
    form = _Form({"commune": "nimes", "other": ""})
    assert form.is_valid() and form.cleaned_data["other"] is None


def test_what_is_typed_is_shown_again_and_is_no_markup() -> None:
    shown = str(_Form({"commune": '"><script>alert(1)</script>'})["commune"])
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_communes_are_offered_to_everybody_and_may_be_kept(client: Client) -> None:
    response = client.get("/communes.json", {"q": "saint etienne"})
    first = json.loads(response.content)["communes"][0]
    assert first == {
        "insee": "42218",
        "name": "Saint-Étienne",
        "label": "Saint-Étienne (Loire)",
        "department": "42",
        "postcodes": ["42000", "42100", "42230"],
    }
    assert "public" in response.headers["Cache-Control"] and "max-age" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers and "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("query", ["", "q=", "q=%00", "q=" + "x" * 3_000, "q=%ff%fe", "q=a&q=b", "q[]=1"])
def test_nothing_that_is_asked_breaks_it(client: Client, query: str) -> None:
    response = client.get(f"/communes.json?{query}")
    assert response.status_code == 200
    assert len(json.loads(response.content)["communes"]) <= 10


def test_only_reading_is_possible(client: Client) -> None:
    assert client.post("/communes.json", {"q": "nimes"}).status_code in (403, 405)
