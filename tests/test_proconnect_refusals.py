# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ProConnect's client refuses: each wrong answer comes from a real provider, signed with its real keys where the fault
is not the signature."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import ProConnectIdentity, SiretEvidence, User
from cms.settings.proconnect import proconnect
from tests.proconnect_federation import CLIENT, SITE, START, URLS, Person, provider, registration
from tests.running import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

AWAY = "ne répond pas comme prévu"
SPENT = "déjà servi, a trop attendu ou vient d’un autre navigateur"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as address:
        yield address


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()  # all of these people have one network address


@pytest.fixture
def person(issuer: str, settings: Any) -> Person:
    settings.TRETEAU_PROCONNECT = registration(issuer)
    return Person(issuer)


def nobody_is_in(person: Person) -> bool:
    there = (User, ProConnectIdentity, SiretEvidence)
    return person.user_id is None and not any(model.objects.exists() for model in there)


@pytest.mark.parametrize(
    "kind",
    [
        "nonce", "no-nonce", "expired", "audience", "audience-only", "issuer", "subject", "key", "none", "hs256", "garbage",
        "down",
    ],
)  # fmt: skip
def test_a_wrong_id_token_lets_nobody_in(person: Person, kind: str) -> None:
    person.spoil("token", kind)
    told = person.is_told(person.sign_in("maud"))
    assert AWAY in told and nobody_is_in(person)
    person.sign_in("maud")  # and right after, a right one does
    assert person.user_id


@pytest.mark.parametrize(
    "kind", ["audience", "issuer", "subject", "key", "none", "hs256", "garbage", "expired", "json", "down"]
)
def test_a_wrong_userinfo_answer_lets_nobody_in(person: Person, kind: str) -> None:
    person.spoil("userinfo", kind)
    told = person.is_told(person.sign_in("maud"))
    assert AWAY in told and nobody_is_in(person)


@pytest.mark.parametrize("kind", ["unverified", "no-email", "strange-email"])
def test_an_address_that_proconnect_does_not_vouch_for_lets_nobody_in(person: Person, kind: str) -> None:
    person.spoil("userinfo", kind)
    assert "ne garantit pas votre adresse" in person.is_told(person.sign_in("maud")) and nobody_is_in(person)


def test_strange_claims_are_no_evidence_and_no_fault(person: Person) -> None:
    person.spoil("userinfo", "strange-siret")
    person.sign_in("maud")
    assert person.user_id and not SiretEvidence.objects.exists()
    person.site.post("/compte/deconnexion/")
    person.spoil("userinfo", "strange-names")
    person.sign_in("noe")
    names = set(User.objects.values_list("first_name", "last_name"))
    assert all("\0" not in first and len(first) <= 150 for first, _ in names)


def test_a_code_opens_once(person: Person) -> None:
    door = person.to_the_door("maud")
    person.site.get(door)
    user = person.user_id
    person.site.post("/compte/deconnexion/")
    assert SPENT in person.is_told(person.site.get(door)) and person.user_id is None  # the state is gone
    # Even with a state that is this browser's, the provider takes the code a second time from nobody.
    code = parse_qs(urlsplit(door).query)["code"][0]
    state = parse_qs(urlsplit(person.site.get(START)["Location"]).query)["state"][0]
    replayed = f"{START}retour/?{urlencode({'code': code, 'state': state})}"
    assert SPENT in person.is_told(person.site.get(replayed)) and person.user_id is None
    assert User.objects.get().pk == user


def test_a_link_with_somebody_elses_code_opens_nothing(person: Person, issuer: str) -> None:
    """The one who sends the link would have the other work in his account."""
    door = person.to_the_door("maud")
    victim = Person(issuer)
    assert SPENT in victim.is_told(victim.site.get(door))
    victim.site.get(START)  # has a state of its own by now
    assert SPENT in victim.is_told(victim.site.get(door)) and nobody_is_in(victim)


@pytest.mark.parametrize(
    "query",
    [
        "", "code=x", "state=y", "code=x&state=y", "code=&state=", "code=%00&state=%00", "error=server_error&state=y",
        "error=%0A%00&error_description=%3Cscript%3E", f"code={'9' * 3000}&state={'é' * 200}",
    ],
)  # fmt: skip
def test_a_made_up_way_back_is_told_and_opens_nothing(person: Person, query: str) -> None:
    told = person.is_told(person.site.get(f"{START}retour/?{query}"))
    assert (AWAY in told or SPENT in told) and nobody_is_in(person)


def test_who_turns_back_at_proconnect_is_told_so(person: Person) -> None:
    assert "sans vous connecter" in person.is_told(person.sign_in("nobody")) and nobody_is_in(person)


def test_nobody_is_led_to_another_site(person: Person) -> None:
    answer = person.sign_in("maud", f"{START}?next=https://example.org/")
    assert answer["Location"] == "/espace/"


def test_a_provider_that_is_away_or_speaks_for_another_is_told_on_the_page(person: Person, settings: Any) -> None:
    real = settings.TRETEAU_PROCONNECT
    for url in (
        "http://127.0.0.1:9/api/v2/.well-known/openid-configuration",
        real["url"].replace("127.0.0.1", "localhost"),  # the document names another issuer than was asked
        f"{person.issuer}/mire/x/.well-known/openid-configuration",  # no document
    ):
        settings.TRETEAU_PROCONNECT = {**real, "url": url}
        assert AWAY in person.is_told(person.site.get(START))
    settings.TRETEAU_PROCONNECT = {**real, "client_secret": "not this one"}
    assert AWAY in person.is_told(person.sign_in("maud")) and nobody_is_in(person)


def test_a_sign_out_while_proconnect_is_away_still_signs_out(person: Person, settings: Any) -> None:
    person.sign_in("maud")
    settings.TRETEAU_PROCONNECT = {**CLIENT, "url": "http://127.0.0.1:9/.well-known/openid-configuration"}
    answer = person.site.post("/compte/deconnexion/")
    assert answer["Location"] == "/" and person.user_id is None
    assert "fermez le navigateur" in person.sees("/compte/connexion/")


def test_the_way_there_and_back_is_read_and_never_written(person: Person) -> None:
    for path in (START, f"{START}retour/", f"{START}sortie/"):
        assert person.site.post(path).status_code == 405
    assert "no-store" in person.site.get(START)["Cache-Control"]


def test_the_test_provider_is_as_strict_as_proconnect(person: Person) -> None:
    """Otherwise the tests above would prove little: it refuses what ProConnect's documentation says it refuses."""
    right = person.site.get(START)["Location"]
    query = {name: value for name, (value,) in parse_qs(urlsplit(right).query).items()}
    address = right.split("?")[0]

    def answers(**changes: str) -> int:
        asked = f"{address}?{urlencode({**query, **changes})}"
        return requests.get(asked, allow_redirects=False, timeout=10).status_code

    assert answers() == 303
    assert answers(ui_locales="fr") == 400 and answers(state="short") == 400 and answers(nonce="short") == 400
    assert answers(redirect_uri=f"{SITE}/ailleurs/") == 400


@pytest.mark.urls("cms.urls")
def test_a_site_that_is_not_registered_has_nothing_of_it(client: Client, settings: Any) -> None:
    settings.TRETEAU_PROCONNECT = {}
    for name in ("proconnect", "proconnect-back", "proconnect-left"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("/compte/connexion/", "/compte/inscription/"):
        assert "ProConnect" not in client.get(path).content.decode()
    assert client.get(START).status_code == 404 and client.get(f"{START}retour/?code=x&state=y").status_code == 404
    client.force_login(User.objects.create_user("a@example.org"))
    assert "ProConnect" not in client.get("/espace/").content.decode()


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"URL": "https://p.example/api/v2"}, "CLIENT_ID and TRETEAU_PROCONNECT_CLIENT_SECRET"),
        ({"CLIENT_ID": "x", "CLIENT_SECRET": "y"}, "TRETEAU_PROCONNECT_URL: "),
        ({"URL": "http://p.example/api/v2", "CLIENT_ID": "x", "CLIENT_SECRET": "y"}, "https://"),
        ({"URL": "p.example", "CLIENT_ID": "x", "CLIENT_SECRET": "y"}, "https://"),
    ],
)
def test_half_a_registration_stops_the_start(given: dict[str, str], refused: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=refused):
        proconnect({f"TRETEAU_PROCONNECT_{name}": value for name, value in given.items()})


def test_the_environment_alone_switches_it_on(tmp_path: Path) -> None:
    assert proconnect({"TRETEAU_PROCONNECT_URL": " "}) == {}
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings; from django.urls import reverse\n"
        "print(reverse('proconnect-back'), settings.TRETEAU_PROCONNECT['url'])"
    )
    known = {
        "TRETEAU_PROCONNECT_URL": "https://p.example/api/v2/", "TRETEAU_PROCONNECT_CLIENT_ID": "x",
        "TRETEAU_PROCONNECT_CLIENT_SECRET": "y",
    }  # fmt: skip
    said = Installation(tmp_path, **known).run("-c", code)
    assert said.split() == ["/compte/proconnect/retour/", "https://p.example/api/v2/.well-known/openid-configuration"]
