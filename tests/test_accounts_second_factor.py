# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The second factor: on, asked for, replaced by a recovery code once, off; and what it takes to change it."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db

LOGIN, ACTIVATE = "/compte/connexion/", "/compte/second-facteur/activer/"
CODE = "/compte/second-facteur/code/"


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


def code_of(secret: str, steps: int = 0) -> str:
    """What a telephone shows ``steps`` half minutes from now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter + steps))


def sign_in(client: Client) -> str:
    return client.post(LOGIN, {"login": "maud@example.org", "password": PASSWORD})["Location"]


def confirm(client: Client) -> None:
    """The password once more, as every change of the second factor asks."""
    assert client.post("/compte/verification/", {"password": "pas le bon"}).status_code == 200
    assert client.post("/compte/verification/", {"password": PASSWORD}).status_code == 302


def activated() -> tuple[Client, str]:
    """Somebody who has just activated it, and the telephone's secret."""
    make_person("maud@example.org", "Maud Lhote")
    client = Client()
    sign_in(client)
    assert client.get(ACTIVATE)["Location"].startswith("/compte/verification/")
    confirm(client)
    html = client.get(ACTIVATE).content.decode()
    secret = re.search(r'a-key">([A-Z2-7]+)<', html)
    assert secret and 'src="data:image/svg+xml;base64,' in html
    shown = code_of(secret[1])
    answer = client.post(ACTIVATE, {"code": f"{shown[:3]} {shown[3:]}"})  # as telephones show it
    assert answer["Location"] == "/compte/second-facteur/codes/"
    return client, secret[1]


def test_the_second_factor_is_asked_for_at_each_sign_in_until_it_is_taken_off() -> None:
    client, secret = activated()
    codes = re.findall(r"<li><code>(\d+)</code>", client.get("/compte/second-facteur/codes/").content.decode())
    assert len(codes) == 10 == len(set(codes))
    file = client.get("/compte/second-facteur/codes/fichier/")
    assert file["Content-Type"].startswith("text/plain") and file.content.decode().split() == codes

    other = Client()
    assert sign_in(other).startswith(CODE) and other.get("/espace/").status_code == 302
    wrong = other.post(CODE, {"code": "000000"})
    assert "n’est pas le bon" in wrong.content.decode() and other.get("/espace/").status_code == 302
    cache.clear()  # a telephone's code counts once
    assert other.post(CODE, {"code": code_of(secret)})["Location"] == "/espace/"
    assert other.get("/espace/").status_code == 200

    assert client.get("/compte/second-facteur/retirer/").status_code == 200
    assert client.post("/compte/second-facteur/retirer/")["Location"] == "/compte/second-facteur/"
    assert not Authenticator.objects.exists()
    assert mail.outbox[-1].subject == "Second facteur retiré" and "Bonjour Maud" in mail.outbox[-1].body
    assert sign_in(Client()) == "/espace/"


def test_a_recovery_code_serves_once() -> None:
    client, _ = activated()
    (code, *_) = client.get("/compte/second-facteur/codes/fichier/").content.decode().split()
    first, second = Client(), Client()
    sign_in(first)
    assert first.post(CODE, {"code": code})["Location"] == "/espace/"
    sign_in(second)
    assert second.post(CODE, {"code": code}).status_code == 200 and second.get("/espace/").status_code == 302


def test_new_recovery_codes_replace_the_old_ones() -> None:
    client, _ = activated()
    path = "/compte/second-facteur/codes/"
    before = client.get(f"{path}fichier/").content
    assert client.get(f"{path}nouveaux/").status_code == 200
    assert client.post(f"{path}nouveaux/")["Location"] == path
    assert client.get(f"{path}fichier/").content != before


def test_no_one_guesses_the_code() -> None:
    _, secret = activated()
    thief = Client()
    sign_in(thief)
    for number in range(6):
        answer = thief.post(CODE, {"code": f"{number:06}"})
    assert "attendez quelques minutes" in answer.content.decode()
    assert thief.post(CODE, {"code": code_of(secret)}).status_code == 200  # the right one comes too late
    assert thief.get("/espace/").status_code == 302


def test_an_open_session_is_not_enough_to_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = activated()
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    for path in ("/compte/second-facteur/retirer/", "/compte/second-facteur/codes/nouveaux/"):
        answer = client.post(path)
        assert answer.status_code == 302 and "/verification/" in answer["Location"], path
        assert "Est-ce bien vous" in client.get(answer["Location"]).content.decode()
    assert Authenticator.objects.count() == 2


def test_an_unconfirmed_address_takes_no_second_factor() -> None:
    client = Client()
    client.force_login(make_person("maud@example.org", verified=False))
    assert client.get(ACTIVATE).status_code == 302 and not Authenticator.objects.exists()


@pytest.mark.parametrize("value", ["\0", "", "é" * 10_000, "🪚", "१२३४५६", "1" * 40, "\ud7ff", "' or 1=1"])
def test_nothing_typed_as_a_code_breaks_a_page(value: str) -> None:
    make_person("maud@example.org")
    client = Client()
    sign_in(client)
    confirm(client)
    client.get(ACTIVATE)
    answer = client.post(ACTIVATE, {"code": value})
    assert answer.status_code == 200 and "fr-message--error" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_the_pages_of_one_person_say_nothing_to_another() -> None:
    activated()
    stranger = Client()
    stranger.force_login(make_person("tiers@example.org"))
    html = stranger.get("/compte/second-facteur/").content.decode()
    assert "inactif" in html
    assert stranger.get("/compte/second-facteur/codes/").status_code == 404
    assert stranger.get("/compte/second-facteur/codes/fichier/").status_code == 404
    assert stranger.post("/compte/second-facteur/retirer/").status_code == 404
    assert Authenticator.objects.count() == 2
