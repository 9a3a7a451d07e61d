# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A message gets to its team, is kept whatever happens, and to nobody else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cms.contact.form import ContactForm
from cms.contact.receiving import mark, receive
from cms.demo_pages.contact import load_contact
from cms.demo_pages.home import load_home
from cms.letters import send_waiting
from cms.models import ContactMessage, ContactSubject, Letter
from cms.visitor_form import LEAST_SECONDS
from tests.meetings import filled_in
from tests.people import make_coordinator, make_person, signed_in
from tests.two_at_once import at_once

pytestmark = pytest.mark.django_db
WORDS = "Bonjour,\n\nNotre salle fait quatre mètres."


@pytest.fixture(autouse=True)
def subject() -> ContactSubject:
    cache.clear()
    load_contact(load_home())
    found: ContactSubject = ContactSubject.objects.get(slug="commander")
    return found


def sent(monkeypatch: Any, **fields: str) -> dict[str, str]:
    return {**filled_in(monkeypatch), "subject": "commander", "text": WORDS, **fields}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def a_message(**fields: Any) -> ContactMessage:
    values = {"name": "Camille Roux", "email": "camille@mairie.example", "text": WORDS}
    return receive(ContactSubject.objects.get(slug="commander"), **{**values, **fields})


# The way of a message


def test_a_message_is_kept_and_goes_to_its_team_and_its_sender_gets_a_number(client: Client, monkeypatch: Any) -> None:
    ContactSubject.objects.filter(slug="commander").update(recipients="a@team.example\nb@team.example; a@team.example")
    answer = client.post("/contact/", sent(monkeypatch, organisation="Mairie de Nîmes"))
    message = ContactMessage.objects.get()
    assert answer.status_code == 302 and not mail.outbox  # nothing is sent within a request
    page = text_of(client.get(answer["Location"]))
    assert re.fullmatch(r"M-20\d\d-[2-9A-Z]{5}", message.number) and message.number in page and "3 jours ouvrés" in page
    assert not client.cookies
    assert send_waiting() == 2 and send_waiting() == 0
    team, sender = mail.outbox
    assert team.to == ["a@team.example", "b@team.example"] and team.reply_to == ["camille@mairie.example"]
    assert WORDS in team.body and "Mairie de Nîmes" in team.body and message.number in team.subject
    assert reverse("messages_recus:edit", args=[message.pk]) in team.body
    assert sender.to == ["camille@mairie.example"] and message.number in sender.body
    # An address that somebody else typed gets none of his words.
    assert "quatre mètres" not in sender.body and "Camille" not in sender.body + sender.subject
    assert not sender.reply_to and "team.example" not in str(sender.message())


def test_while_the_mail_server_is_away_the_message_is_there_and_the_letters_wait(
    client: Client, monkeypatch: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1,
    )  # fmt: skip
    assert client.post("/contact/", sent(monkeypatch)).status_code == 302
    assert send_waiting() == 0 and ContactMessage.objects.count() == 1
    assert {row.state for row in Letter.objects.all()} == {"waiting"} and Letter.objects.count() == 2


def test_the_same_words_twice_are_one_message_and_other_words_another(client: Client, monkeypatch: Any) -> None:
    addresses = {client.post("/contact/", sent(monkeypatch))["Location"].split("=")[0] for _ in range(3)}
    assert len(addresses) == 1 and ContactMessage.objects.count() == 1 and Letter.objects.count() == 2
    client.post("/contact/", sent(monkeypatch, text=WORDS + " Et demi."))
    assert ContactMessage.objects.count() == 2
    ContactMessage.objects.update(created_at=timezone.now() - timedelta(hours=2))
    client.post("/contact/", sent(monkeypatch))
    assert ContactMessage.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_message(shared: Callable[[], None]) -> None:
    shared()
    found = at_once(*[lambda: a_message().number] * 3)
    assert len(set(found)) == 1 and str(found[0]).startswith("M-"), found


# What is refused


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subject": ""}, "Choisissez un sujet"),
        ({"subject": "inconnu"}, "l’un des sujets de la liste"),
        ({"subject": "\x00"}, "l’un des sujets de la liste"),
        ({"subject": "9" * 10_000}, "l’un des sujets de la liste"),
        ({"text": ""}, "Écrivez votre message"),
        ({"text": "Court"}, "Quelques mots de plus"),
        ({"text": "x" * 5_001}, "5\N{NARROW NO-BREAK SPACE}000 signes"),
        ({"text": WORDS + "\x00"}, "signe invisible"),
        ({"email": "camille@"}, "nom@mairie.fr"),
        ({"email": "c@example.org\nBcc: tous@example.org"}, "nom@mairie.fr"),
        ({"name": ""}, "Indiquez votre nom"),
        ({"moment": "bricolé:signature"}, "plus vite"),
    ],
)
def test_what_can_not_be_taken_is_told_beside_its_field_and_nothing_is_lost(
    client: Client, monkeypatch: Any, fields: dict[str, str], said: str
) -> None:
    form = sent(monkeypatch, **{"organisation": "Mairie de Nîmes", **fields})
    answer = client.post("/contact/", form)
    page = text_of(answer)
    assert answer.status_code == 422 and said in page and 'id="erreurs"' in page
    assert 'value="Mairie de Nîmes"' in page and not ContactMessage.objects.exists()
    if "text" not in fields:
        assert f">\n{WORDS}</textarea>" in page.replace("\r\n", "\n")
    if "subject" not in fields:
        assert '<option value="commander" selected>' in page


def test_no_header_is_made_of_what_somebody_typed(client: Client, monkeypatch: Any) -> None:
    fields = {"name": "Camille\r\nBcc: tous@example.fr"}
    assert client.post("/contact/", sent(monkeypatch, **fields)).status_code == 422  # an address is no name
    fields = {
        "name": "Camille\r\nX-Mal: oui\x07",
        "organisation": "A\nB",
        "text": "Bcc: x@example.org\r\n\r\n.\r\nQUIT",
    }
    assert client.post("/contact/", sent(monkeypatch, **fields)).status_code == 302
    send_waiting()
    team = mail.outbox[0]
    headers = team.message()
    assert "X-Mal" not in headers and "Bcc" not in headers and "\n" not in team.subject
    assert team.recipients() == ["commandes@treteau.example"] and "Bcc: x@example.org" in team.body


def test_a_machine_in_the_trap_is_thanked_kept_apart_and_writes_to_nobody(client: Client, monkeypatch: Any) -> None:
    answer = client.post("/contact/", sent(monkeypatch, site_web="x"))
    message = ContactMessage.objects.get()
    assert message.is_suspect and message.number in text_of(client.get(answer["Location"]))
    assert not Letter.objects.exists()


def test_too_many_messages_wait_with_what_was_written(client: Client, monkeypatch: Any) -> None:
    for number in range(6):
        fields = {"text": f"{WORDS} {number}", "email": f"c{number % 2}@example.org"}
        assert client.post("/contact/", sent(monkeypatch, **fields)).status_code == 302
    answer = client.post("/contact/", sent(monkeypatch, text=WORDS + " Encore."))
    assert answer.status_code == 429 and "Encore.</textarea>" in text_of(answer)
    assert ContactMessage.objects.count() == 6


def test_who_is_faster_than_a_person_sends_it_again_after_three_seconds_from_the_first_page(
    client: Client, monkeypatch: Any
) -> None:
    import time

    began = time.time()
    stamp = ContactForm().stamp
    for seconds, status in ((1, 422), (2, 422), (LEAST_SECONDS + 1, 302)):
        monkeypatch.setattr("cms.visitor_form.time.time", lambda seconds=seconds: began + seconds)
        form = {"name": "Camille", "email": "c@mairie.example", "subject": "commander", "text": WORDS, "moment": stamp}
        answer = client.post("/contact/", form)
        assert answer.status_code == status
        if status == 422:
            assert f'name="moment" value="{stamp}"' in text_of(answer)


def test_a_form_of_another_site_is_refused_and_no_number_can_be_made_up(client: Client, monkeypatch: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    for site, status in [("cross-site", 403), ("same-origin", 302)]:
        headers = {"sec-fetch-site": site}
        assert strict.post("/contact/", sent(monkeypatch), headers=headers).status_code == status
    for said in ("M-2026-FAUX1", "x:y:z", "\x00", "9" * 5_000):
        assert client.get("/contact/", {"recu": said})["Location"] == "/contact/"
    assert client.put("/contact/").status_code in (403, 405)


def test_an_address_chooses_the_subject_and_nothing_else(client: Client) -> None:
    assert '<option value="presse" selected>' in text_of(client.get("/contact/?sujet=presse"))
    for odd in ("<script>", "inconnu", "\x00", "presse\n", "9" * 10_000):
        answer = client.get("/contact/", {"sujet": odd})
        assert answer.status_code == 200 and " selected>" not in text_of(answer) and "<script>x" not in text_of(answer)
    page = text_of(client.get("/contact/"))
    assert "@treteau.example" not in page  # a team's address is no one's to collect
    ContactSubject.objects.filter(slug="presse").update(is_active=False)
    assert "presse" not in text_of(client.get("/contact/?sujet=presse")).split("<form")[-1].split("</form>")[0]


def test_a_site_without_subjects_says_where_to_write(client: Client) -> None:
    ContactSubject.objects.all().delete()
    page = text_of(client.get("/contact/"))
    assert "mentions légales" in page and 'name="text"' not in page
    assert client.post("/contact/", {}).status_code == 422


# Teams


@pytest.mark.parametrize(
    "addresses", ["", "commandes", "a@b.example, c", "a@example.org\r\nBcc: b@example.org", ", ; "]
)
def test_a_team_without_a_proper_address_is_refused(addresses: str, subject: ContactSubject) -> None:
    subject.recipients = addresses
    with pytest.raises(ValidationError):
        subject.full_clean()


def team_member(*permissions: str) -> tuple[User, Client]:
    member = make_person("equipe@example.org", "Dominique Faure")
    for name in ("access_admin", *permissions):
        member.user_permissions.add(Permission.objects.get(codename=name))
    return member, signed_in(member)


def test_a_team_reads_marks_and_exports_messages_and_changes_no_word_of_them() -> None:
    message = a_message(text="=cmd()" + WORDS)
    member, browser = team_member("change_contactmessage", "view_contactmessage")
    assert message.number in text_of(browser.get(reverse("messages_recus:index")))
    path = reverse("messages_recus:edit", args=[message.pk])
    assert "quatre mètres" in text_of(browser.get(path))
    form = {"state": "answered", "note": "Rappelée.", "text": "réécrit", "email": "autre@example.org", "number": "X"}
    assert browser.post(path, form).status_code == 302
    message.refresh_from_db()
    assert (message.state, message.note, message.answered_by) == ("answered", "Rappelée.", member)
    assert message.answered_at is not None and message.email == "camille@mairie.example" and "quatre" in message.text
    assert browser.post(path, {**form, "state": "new"}).status_code == 302
    message.refresh_from_db()
    assert message.answered_at is None and message.answered_by is None
    table = b"".join(browser.get(reverse("messages_recus:index"), {"export": "csv"}).streaming_content).decode()
    assert "'=cmd()" in table
    for name, arguments in (("add", []), ("delete", [message.pk])):
        browser.post(reverse(f"messages_recus:{name}", args=arguments), form)
    assert ContactMessage.objects.count() == 1


def test_a_third_person_gets_no_message() -> None:
    message = a_message()
    stranger, coordinator = make_person("tiers@example.org"), make_coordinator()
    _, editor = team_member()
    paths = [
        reverse("messages_recus:index"),
        reverse("messages_recus:edit", args=[message.pk]),
        reverse("sujets_de_contact:index"),
    ]
    for path in paths:
        for person in (stranger, coordinator):
            assert signed_in(person).get(path).status_code == 404
        assert Client().get(path).status_code == 302
        assert "Camille" not in text_of(editor.get(path, follow=True)) and editor.get(path).status_code != 200
        assert editor.post(path, {"state": "answered"}).status_code != 200
    message.refresh_from_db()
    assert message.state == "new"


def test_an_answer_is_dated_in_the_database_itself() -> None:
    message = mark(a_message(), "answered", actor=make_person("equipe@example.org"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactMessage.objects.filter(pk=message.pk).update(answered_at=None)


def test_messages_go_after_a_year_with_their_letters() -> None:
    old, young = a_message(), a_message(text=WORDS + " Plus tard.")
    for message, days in ((old, 366), (young, 364)):
        ContactMessage.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(days=days))
    out = io.StringIO()
    call_command("erase_personal_data", stdout=out)
    assert "contact_messages: 1 erased (kept 365 days)" in out.getvalue()
    assert ContactMessage.objects.get() == young and {row.contact_message for row in Letter.objects.all()} == {young}
