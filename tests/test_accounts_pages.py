# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of people who are signed in: sound, in French, and with a way for keyboards and screen readers."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.services import invitations
from tests.people import PASSWORD, make_coordinator, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db


def sound(response: HttpResponse) -> None:
    """One title, each name once, what is pointed at is there, nothing inline, every field has a label."""
    html = response.content.decode()
    assert html.count("<h1") == 1 and 'lang="fr"' in html and 'style="' not in html and "<script>" not in html
    ids = re.findall(r'\sid="([^"]*)"', html)
    assert len(ids) == len(set(ids)) and "" not in ids, [name for name in ids if ids.count(name) > 1]
    pointed = re.findall(r'href="#([^"]*)"', html)
    for words in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', html):
        pointed += words.split()
    assert set(pointed) <= set(ids), set(pointed) - set(ids)
    labels = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        name = re.search(r'\bid="([^"]+)"', field)
        assert 'type="hidden"' in field or (name and name[1] in labels), field
    main = html.split("<main")[1].split("</main>")[0]
    text = re.sub(r"<[^>]+>", "", main).replace("&nbsp;", "\u00a0").replace("&#8239;", "\u202f").replace("&#x27;", "'")
    assert not re.search(r"\w'\w| [;:!?»]|« ", text), re.findall(r".{20}(?:\w'\w| [;:!?»]|« ).{9}", text)
    assert not re.search(r"\b(?:Sign|Email|Password|Submit|your)\b", text)


def test_every_page_of_a_member_is_sound(client: Client) -> None:
    organisation = make_organisation(name="Commune de Vézac", siren="999000060", insee="24577")
    user = make_person("maud@example.org", "Maud Lhote")
    make_member(user, organisation, is_manager=True)
    make_member(make_person("noe@example.org", "Noé Petit"), organisation)
    invitations.invite(user, organisation, "autre@example.org", is_manager=False, link=str)
    waiting = invitations.invite(
        make_coordinator(), make_organisation(name="Autre"), "maud@example.org", is_manager=False, link=lambda t: t
    )
    assert waiting.sent_at
    client.post("/compte/connexion/", {"login": user.email, "password": PASSWORD})
    own = f"/espace/organisations/{organisation.pk}/"
    for path in (
        "/espace/", "/espace/nom/", "/espace/organisations/nouvelle/", own, f"{own}modifier/", "/compte/adresses/",
        "/compte/mot-de-passe/", "/compte/second-facteur/", "/compte/verification/", "/compte/deconnexion/",
    ):  # fmt: skip
        response = client.get(path)
        assert response.status_code == 200, path
        sound(response)
    client.post("/compte/verification/", {"password": PASSWORD})
    sound(client.get("/compte/second-facteur/activer/"))
    # With everything wrong.
    for path, wrong in (
        ("/espace/nom/", {}), ("/espace/organisations/nouvelle/", {}), (f"{own}modifier/", {"commune": "zzzz"}),
        (f"{own}inviter/", {"email": "x"}), ("/espace/organisations/nouvelle/", {"commune": "Saint-Denis"}),
        ("/compte/mot-de-passe/", {"password1": "court", "password2": "autre"}),
        ("/compte/adresses/", {"email": "x", "action_add": "1"}), ("/compte/second-facteur/activer/", {"code": "1"}),
    ):  # fmt: skip
        response = client.post(path, wrong)
        assert response.status_code in (200, 422) and "Il reste quelque chose à revoir" in response.content.decode()
        sound(response)


def test_every_page_of_a_coordinator_is_sound(client: Client) -> None:
    client.force_login(make_coordinator())
    prefecture = make_organisation(name="Préfecture du Gard", department="30")
    for path in (
        "/espace/", "/coordination/organisations/", "/espace/organisations/nouvelle/",
        f"/espace/organisations/{prefecture.pk}/", f"/espace/organisations/{prefecture.pk}/modifier/",
    ):  # fmt: skip
        sound(client.get(path))
    sound(client.post("/espace/organisations/nouvelle/", {"kind": "prefecture", "department": "99"}))


def test_the_pages_of_an_invitation_are_sound(client: Client) -> None:
    tokens: list[str] = []
    manager = make_person("maud@example.org", "Maud Lhote")
    organisation = make_organisation()
    make_member(manager, organisation, is_manager=True)
    invitations.invite(manager, organisation, "noe@example.org", is_manager=True, link=lambda t: tokens.append(t) or t)
    sound(client.get(f"/invitations/{tokens[0]}/"))
    sound(client.get("/invitations/autre/"))
    for email in ("tiers@example.org", "noe@example.org"):
        client.force_login(make_person(email))
        sound(client.get(f"/invitations/{tokens[0]}/"))
