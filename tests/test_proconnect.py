# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in and out by ProConnect, against a real OpenID Connect provider that the test starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import Membership, Organisation, ProConnectIdentity, SiretEvidence, User
from accounts.services import proconnect as service
from accounts.services.proconnect import Arrival, Vouched
from tests.people import PASSWORD, make_member, make_organisation, make_person
from tests.proconnect_federation import SIRET, START, URLS, Person, provider, registration, vouched

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]


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


def goes_on_to(html: str) -> str:
    """Where the page goes by itself."""
    return html.split('http-equiv="refresh" content="0; url=')[1].split('"')[0].replace("&amp;", "&")


def test_a_first_sign_in_makes_an_account_with_a_confirmed_address(person: Person) -> None:
    html = person.sees("/compte/connexion/?next=/espace/nom/")
    assert f'href="{START}?next=/espace/nom/"' in html and "Se connecter avec ProConnect" in html
    answer = person.sign_in("maud", f"{START}?next=/espace/nom/")
    assert answer["Location"] == "/espace/nom/"
    user = User.objects.get()
    assert person.user_id == user.pk and person.site.session.get_expire_at_browser_close()
    assert (user.email, user.first_name, user.last_name) == ("maud.lhote@vezac.example", "Maud", "Lhote")
    assert not user.has_usable_password() and not user.is_staff and not user.is_superuser
    assert EmailAddress.objects.get().verified
    evidence = SiretEvidence.objects.get()
    assert (evidence.user, evidence.siret, evidence.idp_id) == (user, SIRET, "fournisseur-de-test")
    assert evidence.acr == "eidas1" and evidence.first_at and evidence.last_at
    assert not Membership.objects.exists() and not Organisation.objects.exists() and mail.outbox == []


def test_what_is_asked_of_proconnect_is_what_it_knows(person: Person) -> None:
    asked = urlsplit(person.site.get(START)["Location"])
    values = {name: value for name, (value,) in parse_qs(asked.query).items()}
    assert set(values["scope"].split()) == {"openid", "given_name", "usual_name", "email", "siret", "uid", "idp_id"}
    assert len(values["state"]) >= 32 and len(values["nonce"]) >= 32 and values["state"] != values["nonce"]
    assert values["acr_values"] == "eidas1" and values["response_type"] == "code"
    assert set(values) == {
        "scope", "state", "nonce", "acr_values", "response_type", "client_id", "redirect_uri",
    }  # fmt: skip
    again = parse_qs(urlsplit(person.site.get(START)["Location"]).query)
    assert again["state"] != [values["state"]] and again["nonce"] != [values["nonce"]]


def test_the_second_time_it_is_the_same_account_and_the_evidence_is_renewed(person: Person, issuer: str) -> None:
    person.sign_in("maud")
    before = SiretEvidence.objects.get()
    elsewhere = Person(issuer)
    elsewhere.sign_in("maud")
    assert elsewhere.user_id == person.user_id and ProConnectIdentity.objects.count() == 1
    assert SiretEvidence.objects.get().last_at > before.last_at
    # Through another identity provider ProConnect's number for her is another one; the address says who she is.
    third = Person(issuer)
    third.sign_in("maud-elsewhere")
    assert third.user_id == person.user_id and ProConnectIdentity.objects.count() == 2
    assert set(SiretEvidence.objects.values_list("idp_id", flat=True)) == {"fournisseur-de-test", "autre-fournisseur"}


def test_two_windows_at_once_are_two_ways_to_one_account(person: Person) -> None:
    first, second = person.to_the_door("maud"), person.to_the_door("maud")
    assert person.site.get(second)["Location"] == "/espace/" and person.user_id
    assert person.site.get(first)["Location"] == "/espace/" and User.objects.count() == 1


def test_an_account_that_another_window_makes_meanwhile_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both windows looked, and found nobody; the other one was faster."""
    make, raced = service._new, []

    def after_the_other(who: Vouched) -> User:
        if not raced:
            raced.append(True)
            service.person_of(who)
        return make(who)

    monkeypatch.setattr(service, "_new", after_the_other)
    user, _ = service.person_of(vouched())
    assert raced and (User.objects.get(), ProConnectIdentity.objects.get().user) == (user, user)
    assert service.person_of(vouched()) == (user, Arrival.KNOWN)


def test_too_many_starts_from_one_address_are_told_to_wait(person: Person, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "proconnect": "3/m/ip"}
    assert [person.site.get(START).status_code for _ in range(4)] == [302, 302, 302, 429]


def test_a_confirmed_address_joins_the_account_that_has_it_and_tells_it(person: Person) -> None:
    user = make_person("maud.lhote@vezac.example", "Maude L’Hôte")
    person.sign_in("maud")
    assert person.user_id == user.pk and User.objects.count() == 1
    user.refresh_from_db()
    assert user.get_full_name() == "Maude L’Hôte" and user.check_password(PASSWORD)  # what was theirs stays
    (message,) = mail.outbox
    assert message.to == [user.email] and "ProConnect" in message.subject
    person.site.post("/compte/deconnexion/")
    person.sign_in("maud")
    assert len(mail.outbox) == 1  # the first time alone


def test_a_second_address_that_is_confirmed_joins_too(person: Person) -> None:
    user = make_person("maud@example.org")
    EmailAddress.objects.create(user=user, email="maud.lhote@vezac.example", verified=True)
    person.sign_in("maud")
    assert person.user_id == user.pk


def test_an_address_that_an_account_only_claims_opens_nothing(person: Person) -> None:
    """Somebody added Maud's address to an account of their own and waits for her."""
    thief = make_person("voleur@example.org")
    EmailAddress.objects.create(user=thief, email="maud.lhote@vezac.example", verified=False)
    person.sign_in("maud")
    assert person.user_id not in (None, thief.pk) and User.objects.count() == 2
    assert not thief.emailaddress_set.filter(email="maud.lhote@vezac.example").exists()


def test_an_account_that_was_asked_for_and_never_used_loses_its_password(person: Person) -> None:
    """Somebody signed up with Maud's address, never confirmed it, and knows the password."""
    waiting = make_person("maud.lhote@vezac.example", "Faux Nom", verified=False)
    person.sign_in("maud")
    waiting.refresh_from_db()
    assert person.user_id == waiting.pk and not waiting.has_usable_password() and waiting.last_name == "Lhote"
    assert EmailAddress.objects.get().verified
    thief = Client()
    thief.post("/compte/connexion/", {"login": waiting.email, "password": PASSWORD})
    assert "_auth_user_id" not in thief.session


def test_an_unconfirmed_account_in_use_is_not_taken(person: Person) -> None:
    used = make_person("maud.lhote@vezac.example", verified=False)
    make_member(used, make_organisation())
    told = person.is_told(person.sign_in("maud"))
    assert "n’y a pas été confirmée" in told and person.user_id is None
    used.refresh_from_db()
    assert used.check_password(PASSWORD) and not ProConnectIdentity.objects.exists()
    assert not SiretEvidence.objects.exists()


def test_a_second_factor_that_was_set_is_asked(person: Person) -> None:
    user = make_person("maud.lhote@vezac.example")
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    answer = person.sign_in("maud", f"{START}?next=/espace/nom/")
    assert answer["Location"].startswith("/compte/second-facteur/code/") and person.user_id is None
    assert person.site.get("/espace/").status_code == 302
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    assert person.site.post(answer["Location"], {"code": code})["Location"] == "/espace/nom/"
    assert person.user_id == user.pk


@pytest.mark.parametrize("shut", [{"is_active": False}, {"is_demo": True}])
def test_a_closed_account_stays_closed(person: Person, shut: dict[str, bool]) -> None:
    make_person("maud.lhote@vezac.example", **shut)
    assert person.sign_in("maud")["Location"] == "/compte/ferme/" and person.user_id is None
    assert not SiretEvidence.objects.exists()


def test_where_only_the_person_says_it_the_siret_is_no_evidence(person: Person) -> None:
    person.sign_in("declared")
    assert person.user_id and not SiretEvidence.objects.exists()
    assert "selon ProConnect" not in person.sees()


def test_who_is_signed_in_gets_evidence_for_that_account_alone(person: Person) -> None:
    noe = make_person("noe.petit@vezac.example")
    person.site.force_login(noe)
    assert "Passer par ProConnect" in person.sees()
    told = person.is_told(person.sign_in("maud"))
    assert "ProConnect a répondu pour maud.lhote@vezac.example" in told and person.user_id == noe.pk
    assert User.objects.count() == 1 and not SiretEvidence.objects.exists()
    person.web.cookies.clear()  # another person at ProConnect
    assert "répondu pour vous" in person.is_told(person.sign_in("noe"))
    assert person.user_id == noe.pk and SiretEvidence.objects.get().user == noe


def test_signing_out_ends_the_session_at_proconnect_too(person: Person) -> None:
    person.sign_in("maud")
    assert person.is_known_there()
    answer = person.site.post("/compte/deconnexion/")
    assert answer.status_code == 200 and person.user_id is None and "no-store" in answer["Cache-Control"]
    html = answer.content.decode()
    url = goes_on_to(html)
    asked = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{person.issuer}/session/end?") and len(asked["state"][0]) >= 32
    assert set(asked) == {"id_token_hint", "post_logout_redirect_uri", "state"}
    back = person.walk(url)
    assert back.startswith("/compte/proconnect/sortie/?state=")
    assert person.site.get(back)["Location"] == "/"
    assert "Vous êtes déconnecté, de ProConnect aussi." in person.sees("/compte/connexion/")
    # ProConnect has forgotten her: the next person at this computer is asked who it is.
    assert not person.is_known_there()


def test_the_way_back_from_the_sign_out_is_this_browsers_and_once(person: Person) -> None:
    person.sign_in("maud")
    answer = person.site.post("/compte/deconnexion/", {"next": "/invitations/abc/"})
    back = person.walk(goes_on_to(answer.content.decode()))
    assert Client().get(back)["Location"] == "/"  # another browser: nothing to say, nowhere to send
    assert person.site.get(back)["Location"] == "/invitations/abc/"
    assert person.site.get(back)["Location"] == "/"


def test_who_came_with_a_password_leaves_as_before(person: Person) -> None:
    person.site.force_login(make_person("noe@example.org"))
    assert person.site.post("/compte/deconnexion/")["Location"] == "/"


def test_a_third_person_gets_nothing(person: Person, issuer: str) -> None:
    person.sign_in("maud")
    third = Person(issuer)
    third.sign_in("annex")
    evidence = SiretEvidence.objects.get(user_id=third.user_id)
    assert third.user_id != person.user_id and evidence.siret != SIRET
    assert SIRET not in third.sees() and "Lhote" not in third.sees()
    address = f"/espace/organisations/nouvelle/?siret={SIRET}"
    assert f'value="{SIRET}"' in person.sees(address) and SIRET not in third.sees(address)
