# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing up, in and out: one account an address, nothing told to strangers, nobody who tries for ever."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from accounts import demo
from accounts.models import Organisation, User
from cms import account_forms
from tests.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db

LOGIN, SIGNUP, RESET = "/compte/connexion/", "/compte/inscription/", "/compte/mot-de-passe/oublie/"
PAGES = [LOGIN, SIGNUP, RESET, "/compte/confirmation/", "/compte/mot-de-passe/oublie/envoye/"]
NEW = {"first_name": "Maud", "last_name": "Lhote", "email": "maud@example.org", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def link(pattern: str) -> str:
    """The address in the last message."""
    found = re.search(rf"http://testserver({pattern}\S*)", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]


def errors(response: HttpResponse) -> list[str]:
    return re.findall(r'fr-message--error">([^<]+)', response.content.decode())


def test_who_signs_up_confirms_the_address_and_lands_in_an_own_place(client: Client) -> None:
    answer = client.post(SIGNUP, NEW, follow=True)
    assert "Confirmez votre adresse" in answer.content.decode() and not signed_in(client)
    (message,) = mail.outbox
    assert message.to == ["maud@example.org"] and message.subject == "Confirmez votre adresse sur Tréteau"
    assert "Bonjour Maud" in message.body and len(message.alternatives) == 0  # text alone
    assert sign_in(Client(), NEW["email"])["Location"] == "/compte/confirmation/"  # not before
    page = link("/compte/confirmation/")
    client.get(page)  # looking confirms nothing: mail programs look
    assert not EmailAddress.objects.get().verified
    assert client.post(page)["Location"] == "/espace/" and signed_in(client)
    html = client.get("/espace/").content.decode()
    assert "Bonjour Maud" in html and "dans aucune organisation" in html and "Inscrire mon organisation" in html
    user = User.objects.get()
    assert (user.shown_name, user.short_name, user.email) == ("Maud Lhote", "Maud L.", "maud@example.org")


def test_from_another_browser_a_confirmed_person_signs_in(client: Client) -> None:
    client.post(SIGNUP, NEW)
    other = Client()
    assert other.post(link("/compte/confirmation/"))["Location"] == LOGIN and not signed_in(other)
    assert sign_in(other, "Maud@Example.ORG")["Location"] == "/espace/" and signed_in(other)


def test_after_confirming_one_goes_on_to_where_one_wanted(client: Client) -> None:
    client.post(SIGNUP, {**NEW, "next": "/espace/organisations/nouvelle/"})
    assert client.post(link("/compte/confirmation/"))["Location"] == "/espace/organisations/nouvelle/"


@pytest.mark.parametrize("where", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)", "\0"])
def test_nobody_is_led_to_another_site(client: Client, where: str) -> None:
    make_person("a@example.org")
    assert sign_in(client, "a@example.org", next=where)["Location"] == "/espace/"


def test_an_address_has_one_account_whatever_the_case() -> None:
    make_person("Camille@Example.org")
    assert User.objects.get().email == "camille@example.org"
    for email in ("camille@example.org", "CAMILLE@example.org"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user(email, PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="CAMILLE@EXAMPLE.ORG")])
    with pytest.raises(ValueError, match="address"):
        User.objects.create_user("")


def _same(first: HttpResponse, second: HttpResponse, one: str, other: str) -> None:
    """The same page, but for the address that was typed and the form's token."""

    def plain(response: HttpResponse, address: str) -> str:
        return re.sub(r'csrfmiddlewaretoken" value="\w+', "", response.content.decode()).replace(address, "…")

    assert first.redirect_chain == second.redirect_chain
    assert plain(first, one) == plain(second, other)


def test_signing_up_tells_nobody_who_has_an_account() -> None:
    make_person("maud@example.org")
    known = Client().post(SIGNUP, NEW, follow=True)
    assert User.objects.count() == 1 and "déjà un compte" in mail.outbox[-1].body
    fresh = Client().post(SIGNUP, {**NEW, "email": "neuf@example.org"}, follow=True)
    assert User.objects.count() == 2 and mail.outbox[-1].to == ["neuf@example.org"]
    _same(known, fresh, "maud@example.org", "neuf@example.org")


def test_a_form_sent_twice_at_once_makes_one_account(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    look = account_forms.SignupForm.validate_unique_email

    def look_while_the_other_is_quicker(form: Any, value: str) -> str:
        found: str = look(form, value)
        make_person(value, verified=False)
        return found

    monkeypatch.setattr(account_forms.SignupForm, "validate_unique_email", look_while_the_other_is_quicker)
    answer = client.post(SIGNUP, NEW, follow=True)
    assert answer.status_code == 200 and "Confirmez votre adresse" in answer.content.decode()
    assert User.objects.count() == 1 and not signed_in(client)


def test_nobody_is_kept_out_by_an_address_that_another_claims(client: Client) -> None:
    """Neither added to an account and left unconfirmed, nor signed up with and left unconfirmed."""
    client.force_login(make_person("squatteur@example.org"))
    client.post("/compte/adresses/", {"email": NEW["email"], "action_add": "1"})
    browser = Client()
    cache.clear()  # an address gets one message in three minutes
    browser.post(SIGNUP, NEW)
    assert browser.post(link("/compte/confirmation/"))["Location"] == "/espace/"
    assert User.objects.get(email=NEW["email"]).emailaddress_set.get().verified

    client.post("/compte/deconnexion/")
    client.post(SIGNUP, {**NEW, "email": "autre@example.org", "password1": "le mot du squatteur"})
    owner = Client()
    cache.clear()
    owner.post(SIGNUP, {**NEW, "email": "autre@example.org"})
    assert "déjà un compte" in mail.outbox[-1].body
    owner.post(RESET, {"email": "autre@example.org"})
    inner = owner.get(link("/compte/mot-de-passe/oublie/"))["Location"]
    owner.post(inner, {"password1": PASSWORD, "password2": PASSWORD})
    cache.clear()
    assert sign_in(owner, "autre@example.org")["Location"] == "/compte/confirmation/"
    assert owner.post(link("/compte/confirmation/"))["Location"] == "/espace/" and signed_in(owner)
    assert "n’est pas le bon" in sign_in(Client(), "autre@example.org", "le mot du squatteur").content.decode()


def test_forgetting_a_password_tells_nobody_who_has_an_account() -> None:
    make_person("maud@example.org")
    known = Client().post(RESET, {"email": "maud@example.org"}, follow=True)
    fresh = Client().post(RESET, {"email": "neuf@example.org"}, follow=True)
    _same(known, fresh, "maud@example.org", "neuf@example.org")
    assert [message.to[0] for message in mail.outbox] == ["maud@example.org", "neuf@example.org"]
    assert "Aucun compte" in mail.outbox[1].body


def test_a_wrong_password_and_an_unknown_address_are_told_alike() -> None:
    make_person("maud@example.org")
    known = Client().post(LOGIN, {"login": "maud@example.org", "password": "pas le bon"}, follow=True)
    fresh = Client().post(LOGIN, {"login": "neuf@example.org", "password": "pas le bon"}, follow=True)
    _same(known, fresh, "maud@example.org", "neuf@example.org")
    assert "n’est pas le bon" in known.content.decode()


def test_an_address_added_to_an_account_tells_nobody_whose_it_is(client: Client) -> None:
    make_person("maud@example.org")
    user = make_person("camille@example.org")
    for email in ("maud@example.org", "neuf@example.org"):
        client.force_login(user)
        answer = client.post("/compte/adresses/", {"email": email, "action_add": "1"}, follow=True)
        assert f"parti vers {email}" in answer.content.decode()
    EmailAddress.objects.filter(user=user, email="maud@example.org").update(verified=False)
    assert client.post(link("/compte/confirmation/")).status_code == 302  # neuf@example.org


def test_a_forgotten_password_is_changed_once_and_shuts_every_session(client: Client) -> None:
    user = make_person("maud@example.org")
    elsewhere = Client()
    sign_in(elsewhere, user.email)
    client.post(RESET, {"email": "MAUD@example.org"})
    page = link("/compte/mot-de-passe/oublie/")
    inner = client.get(page)["Location"]
    short = client.post(inner, {"password1": "court", "password2": "court"})
    assert "trop court" in errors(short)[0]
    apart = client.post(inner, {"password1": "quatre vis et un clou", "password2": "autre chose encore"})
    assert errors(apart) == ["Les deux mots de passe ne sont pas les mêmes."]
    good = {"password1": "quatre vis et un clou", "password2": "quatre vis et un clou"}
    assert client.post(inner, good)["Location"] == "/compte/mot-de-passe/change/"
    assert "Votre mot de passe a été changé" in mail.outbox[-1].subject
    assert elsewhere.get("/espace/").status_code == 302  # its session is over
    assert "plus valable" in Client().get(page, follow=True).content.decode()
    cache.clear()
    assert "n’est pas le bon" in sign_in(Client(), user.email).content.decode()  # the old one
    assert sign_in(client, user.email, "quatre vis et un clou")["Location"] == "/espace/"


def test_a_changed_password_keeps_this_session_and_shuts_the_others(client: Client) -> None:
    user = make_person("maud@example.org")
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser, user.email)
    new = {"password1": "quatre vis et un clou", "password2": "quatre vis et un clou"}
    wrong = client.post("/compte/mot-de-passe/", {"oldpassword": "x", **new})
    assert errors(wrong) == ["Ce n’est pas votre mot de passe actuel."]
    assert client.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, **new}).status_code == 302
    assert client.get("/espace/").status_code == 200 and elsewhere.get("/espace/").status_code == 302


def test_too_many_tries_shut_an_account_for_a_while(client: Client) -> None:
    make_person("maud@example.org")
    for _ in range(5):
        assert "n’est pas le bon" in sign_in(client, "maud@example.org", "pas le bon").content.decode()
    answer = sign_in(client, "maud@example.org")
    assert "attendez quelques minutes" in answer.content.decode() and not signed_in(client)
    make_person("autre@example.org")
    assert sign_in(Client(), "autre@example.org").status_code == 302  # the others go on


def test_too_many_messages_are_refused_in_words(client: Client) -> None:
    answers = [client.post(RESET, {"email": "maud@example.org"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert "Trop d’essais" in client.post(RESET, {"email": "maud@example.org"}).content.decode()
    assert len(mail.outbox) == 5


def test_signing_out_is_a_post(client: Client) -> None:
    client.force_login(make_person("maud@example.org"))
    assert client.get("/compte/deconnexion/").status_code == 200 and signed_in(client)
    assert client.post("/compte/deconnexion/")["Location"] == "/" and not signed_in(client)


def test_the_session_ends_with_the_browser_unless_asked_otherwise(client: Client) -> None:
    make_person("maud@example.org")
    sign_in(client, "maud@example.org")
    cookie = client.cookies["sessionid"]
    assert cookie["expires"] == "" and cookie["httponly"] and cookie["samesite"] == "Lax"
    kept = Client()
    sign_in(kept, "maud@example.org", remember="on")
    assert int(kept.cookies["sessionid"]["max-age"]) == 14 * 86400


def test_a_closed_account_opens_no_session(client: Client) -> None:
    user = make_person("maud@example.org")
    client.force_login(user)
    User.objects.update(is_active=False)
    assert client.get("/espace/").status_code == 302
    other = Client()
    assert "fermé" in other.post(LOGIN, {"login": user.email, "password": PASSWORD}, follow=True).content.decode()
    assert not signed_in(other)


@pytest.mark.parametrize(
    ("password", "why"),
    [("court", "trop court"), ("motdepasse", "trop courant"), ("maud@example.org", "trop semblable"), ("", "Indiquez")],
)
def test_a_weak_password_is_refused_beside_its_field_and_nothing_typed_is_lost(
    client: Client, password: str, why: str
) -> None:
    answer = client.post(SIGNUP, {**NEW, "password1": password})
    assert why in errors(answer)[0]
    html = answer.content.decode()
    assert 'value="Maud"' in html and 'value="maud@example.org"' in html
    assert not password or f'value="{password}"' not in html.split('id="id_password1"')[1][:200]
    assert "'" not in errors(answer)[0] and not User.objects.exists()


HOSTILE = ["\0", "a\0@example.org", "é" * 10_000, "🪚" * 300, "x@" + "y" * 9_000 + ".org", "<script>alert(1)</script>",
           "'; drop table accounts_user; --", "\ud7ff", "\u202e", "a@b\r\nBcc: c@example.org", "{{ settings }}"]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_typed_breaks_a_page_of_the_way_in(client: Client, value: str) -> None:
    make_person("maud@example.org")
    for path, names in (
        (LOGIN, ("login", "password", "remember", "next")),
        (SIGNUP, ("first_name", "last_name", "email", "password1", "next")),
        (RESET, ("email", "next")),
    ):
        good = {**NEW, "login": "maud@example.org", "password": "pas le bon", "email": "neuf@example.org"}
        for given in (dict.fromkeys(names, value), *({**good, name: value} for name in names)):
            cache.clear()
            assert client.post(path, given).status_code < 500, (path, given)
        assert client.get(path, {"next": value, "email": value}).status_code == 200
    assert client.get(f"/compte/confirmation/{'x' * 300}/").status_code == 200
    assert client.get("/compte/mot-de-passe/oublie/zz-" + "é" * 200 + "/").status_code == 200
    assert all("\n" not in message.subject and len(message.to) == 1 for message in mail.outbox)


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_french_and_sound(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert html.count("<h1") == 1 and 'lang="fr"' in html and "style=" not in html and "<script>" not in html
    text = re.sub(r"<[^>]+>", "", html.split("<main")[1].split("</main>")[0])
    assert not re.search(r"\w'\w| [;:!?]|Sign|Email|Password", text), text
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    assert set(described) <= set(ids)


def test_no_cookie_before_a_form_and_no_session_before_a_login(client: Client) -> None:
    client.get("/")
    assert not client.cookies
    client.get(LOGIN)
    assert list(client.cookies) == ["csrftoken"]
    sign_in(client, "maud@example.org", "pas le bon")
    assert "sessionid" not in client.cookies


def test_the_keeper_of_the_site_signs_in_by_the_same_door(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", "--email", "Garde@Example.org", stdout=io.StringIO())
    assert client.get("/gestion/")["Location"] == "/compte/connexion/?next=/gestion/"
    assert sign_in(client, "garde@example.org", next="/gestion/")["Location"] == "/gestion/"
    assert (
        client.get("/gestion/").status_code == 200
        and "Écrire les pages du site" in client.get("/espace/").content.decode()
    )
    assert client.get("/gestion/users/").status_code == 200


def test_a_mail_server_that_is_away_breaks_no_page(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    answer = client.post(SIGNUP, NEW, follow=True)
    assert answer.status_code == 200 and "n’a pas pu être envoyé" in answer.content.decode()


def test_demonstration_people_exist_and_sign_in_on_a_demonstration_alone(client: Client, settings: Any) -> None:
    assert demo.load_people() == [] and not User.objects.exists()  # these settings are not the demonstration's
    settings.TRETEAU_DEMO = True
    assert len(demo.load_people()) == 8 == len(demo.PEOPLE)
    assert {p.kind for p in demo.PEOPLE} == set(Organisation.Kind)  # somebody for every journey
    demo.load_people()
    assert User.objects.count() == 8 == Organisation.objects.filter(is_demo=True).count()
    for organisation in Organisation.objects.all():
        organisation.full_clean()
    html = client.get(LOGIN).content.decode()
    assert demo.PASSWORD in html and all(person.email in html for person in demo.PEOPLE)
    for person in demo.PEOPLE:
        browser = Client()
        assert sign_in(browser, person.email, demo.PASSWORD)["Location"] == "/espace/", person
        assert person.organisation in browser.get("/espace/").content.decode()
    # The same database behind any other settings.
    settings.TRETEAU_DEMO = False
    assert browser.get("/espace/").status_code == 302
    assert demo.PASSWORD not in client.get(LOGIN).content.decode()
    cache.clear()
    for person in demo.PEOPLE:
        sign_in(client, person.email, demo.PASSWORD)
        assert not signed_in(client)
        client.get("/espace/")


def test_only_the_demonstration_has_demonstration_people() -> None:
    from cms.settings import accounts
    from cms.settings import demo as demo_settings

    assert demo_settings.TRETEAU_DEMO is True and accounts.TRETEAU_DEMO is False


def test_everybody_writes_an_own_name(client: Client) -> None:
    user = make_person("maud@example.org", "Maud Lhote")
    client.force_login(user)
    assert client.post("/espace/nom/", {"first_name": "Maude", "last_name": "Lhote-Roux"})["Location"] == "/espace/"
    assert User.objects.get().shown_name == "Maude Lhote-Roux"
    for value in ("", "\0", "é" * 61):
        answer = client.post("/espace/nom/", {"first_name": value, "last_name": "Lhote"})
        assert answer.status_code == 422 and errors(answer)


def test_the_administration_makes_and_changes_accounts(client: Client) -> None:
    """Without a password: the person chooses one by the forgotten password's way, and confirms the address."""
    client.force_login(make_person("garde@example.org", is_staff=True, is_superuser=True))
    assert client.get("/gestion/users/new/").status_code == 200
    form = {"email": "Neuf@Example.org", "first_name": "Noé", "last_name": "Petit", "is_active": "on"}
    assert client.post("/gestion/users/new/", form).status_code == 302
    user = User.objects.get(email="neuf@example.org")
    assert not user.check_password("") and sign_in(Client(), user.email, " ").status_code == 200
    twice = client.post("/gestion/users/new/", {**form, "email": "NEUF@example.org"})
    assert twice.status_code == 200 and User.objects.count() == 2
    guest = Client()
    guest.post(RESET, {"email": "neuf@example.org"})
    inner = guest.get(link("/compte/mot-de-passe/oublie/"))["Location"]
    assert guest.post(inner, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert sign_in(guest, "neuf@example.org")["Location"] == "/compte/confirmation/"
    assert guest.post(link("/compte/confirmation/"))["Location"] == "/espace/" and signed_in(guest)
