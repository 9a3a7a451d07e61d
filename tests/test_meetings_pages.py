# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Meetings as visitors, registered people, strangers and editors see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream

from cms.demo_pages.home import load_home
from cms.demo_pages.meetings import load_meetings
from cms.meetings.registering import cancel, register
from cms.models import Letter, MeetingCalendar, MeetingPage, Registration
from tests.meetings import SECRET_LINK, filled_in, make_meeting, published_again
from tests.people import make_coordinator, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def address_of(meeting: MeetingPage) -> str:
    return f"/rencontres/{meeting.slug}/"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


# For everybody


def test_the_link_stands_on_no_page_that_anybody_may_see(client: Client) -> None:
    meeting = make_meeting(places=1)
    register(meeting, name="Camille", email="c@example.org")
    for path in (
        "/",
        "/rencontres/",
        address_of(meeting),
        f"/rencontres/{meeting.slug}.ics",
        "/recherche/?q=rencontre",
    ):
        for visitor in (client, signed_in(make_person(f"a{len(path)}@example.org"))):
            answer = visitor.get(path)
            assert answer.status_code == 200, path
            assert SECRET_LINK not in text_of(answer) and "c@example.org" not in text_of(answer), path
    assert not client.cookies


def test_a_registration_ends_in_an_address_that_a_reload_sends_nothing_from(client: Client, monkeypatch: Any) -> None:
    meeting = make_meeting(places=1)
    for email, end, state in [
        ("a@example.org", "recue", "registered"), ("b@example.org", "attente", "waiting"),
        ("a@example.org", "attente", "registered"),  # whose place it is is said to a@ alone
    ]:  # fmt: skip
        answer = client.post(address_of(meeting), filled_in(monkeypatch, email=email))
        assert (answer.status_code, answer["Location"]) == (302, f"{address_of(meeting)}?inscription={end}#inscription")
        assert Registration.objects.get(email=email).state == state
        page = text_of(client.get(answer["Location"]))
        assert "C’est noté" in page and email not in page and SECRET_LINK not in page
    assert "Rejoindre la liste d’attente" in text_of(client.get(address_of(meeting)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "\x00\x07 \u202e"}, "Indiquez votre nom"),
        ({"name": "x" * 121}, "120 signes"),
        ({"name": "Gagnez https://mal.example"}, "sans adresse ni lien"),
        ({"email": "c@example.org\r\nBcc: tous@example.org"}, "nom@mairie.fr"),
        ({"email": "c\x00@example.org"}, "nom@mairie.fr"),
        ({"email": "c" * 300 + "@example.org"}, "254 signes"),
        ({"organisation": "x" * 10_000}, "200 signes"),
        ({"moment": "1e3"}, "plus vite"),
    ],
)
def test_what_can_not_be_taken_is_told_beside_its_field_and_nothing_is_lost(
    client: Client, monkeypatch: Any, fields: dict[str, str], said: str
) -> None:
    meeting = make_meeting()
    sent = filled_in(monkeypatch, **{"organisation": "Mairie de Nîmes", **fields})
    answer = client.post(address_of(meeting), sent)
    page = text_of(answer)
    assert answer.status_code == 422 and said in page and 'id="erreurs"' in page
    assert not Registration.objects.exists()
    for name in ("name", "email", "organisation"):
        if name not in fields:
            assert f'value="{sent[name]}"' in page
    if "moment" in fields:
        # Sent again as it came back, it goes through.
        assert client.post(address_of(meeting), filled_in(monkeypatch)).status_code == 302


def test_a_name_of_several_lines_is_one_and_markup_stays_text(client: Client, monkeypatch: Any) -> None:
    meeting = make_meeting()
    client.post(address_of(meeting), filled_in(monkeypatch, name=" Camille\r\n <b>Roux</b>\t"))
    found = Registration.objects.get()
    assert found.name == "Camille <b>Roux</b>"
    assert "&lt;b&gt;Roux" in text_of(client.get(reverse("registration", args=[found.token])))


def test_a_machine_that_fills_in_the_trap_is_thanked_and_not_registered(client: Client, monkeypatch: Any) -> None:
    meeting = make_meeting()
    answer = client.post(address_of(meeting), filled_in(monkeypatch, site_web="https://mal.example"))
    assert answer.status_code == 302 and not Registration.objects.exists()


def test_too_many_from_one_network_or_for_one_address_wait_with_what_they_wrote(
    client: Client, monkeypatch: Any
) -> None:
    meeting = make_meeting()
    for _ in range(8):
        assert client.post(address_of(meeting), filled_in(monkeypatch)).status_code == 302
    answer = client.post(address_of(meeting), filled_in(monkeypatch))
    assert answer.status_code == 429 and 'value="Camille Roux"' in text_of(answer)
    assert client.post(address_of(meeting), filled_in(monkeypatch, email="d@example.org")).status_code == 302
    # Another network has its own count.
    assert client.post(
        address_of(meeting), filled_in(monkeypatch, email="e@example.org"), REMOTE_ADDR="192.0.2.7"
    ).status_code == 302  # fmt: skip
    assert Registration.objects.count() == 3


def test_a_form_of_another_site_is_refused_and_one_without_a_cookie_taken(monkeypatch: Any) -> None:
    meeting = make_meeting()
    strict = Client(enforce_csrf_checks=True)
    for site, status in [("cross-site", 403), ("same-origin", 302)]:
        answer = strict.post(address_of(meeting), filled_in(monkeypatch), headers={"sec-fetch-site": site})
        assert answer.status_code == status
    assert not strict.cookies


def test_what_is_over_or_called_off_has_no_form_and_takes_no_one(client: Client, monkeypatch: Any) -> None:
    over = make_meeting("passee", timezone.now() - timedelta(days=1), report="<p>Merci à tous.</p>")
    off = make_meeting("annulee", is_cancelled=True)
    for meeting, said in ((over, "Cette rencontre est passée"), (off, "Cette rencontre est annulée")):
        page = text_of(client.get(address_of(meeting)))
        assert said in page and 'name="email"' not in page
        assert client.post(address_of(meeting), filled_in(monkeypatch)).status_code == 422
    assert "Merci à tous." in text_of(client.get(address_of(over)))
    listed = text_of(client.get("/rencontres/"))
    assert "annulée" in listed and listed.index("/annulee/") < listed.index("Passées") < listed.index("/passee/")
    for page_number in ("0", "-1", "9" * 5000, "٣", "x"):
        assert client.get("/rencontres/", {"page": page_number}).status_code == 200


def test_the_calendar_file_is_there_for_what_is_published_alone(client: Client) -> None:
    meeting = make_meeting()
    answer = client.get(reverse("meeting-calendar", args=[meeting.slug]))
    assert (
        answer["Content-Type"] == "text/calendar; charset=utf-8"
        and 'filename="rencontre.ics"' in answer["Content-Disposition"]
    )
    assert len(IcsCalendarStream.calendar_from_ics(text_of(answer)).events) == 1
    assert client.get("/rencontres/inconnue.ics").status_code == 404
    meeting.unpublish()
    assert client.get(reverse("meeting-calendar", args=[meeting.slug])).status_code == 404
    assert client.get(address_of(meeting)).status_code == 404


def test_an_address_with_accents_and_a_copied_page_have_their_calendar_files(client: Client) -> None:
    meeting = make_meeting("réunion-d-été")
    copy = meeting.copy(update_attrs={"slug": "copie", "title": "La copie"})
    assert {row.uid for row in MeetingCalendar.objects.all()} and copy.live
    uids = set()
    for slug in ("réunion-d-été", "copie"):
        answer = client.get(reverse("meeting-calendar", args=[slug]))
        assert answer.status_code == 200 and answer["Content-Disposition"].isascii()
        uids.add(IcsCalendarStream.calendar_from_ics(text_of(answer)).events[0].uid)
    assert len(uids) == 2
    for path in ("/", "/rencontres/", address_of(meeting)):
        assert client.get(path).status_code == 200
    # Who registered for the copy is told of its first change, too.
    register(copy, name="Camille", email="c@example.org")
    Letter.objects.all().delete()
    published_again(copy, online_url="https://visio.example.org/autre")
    assert Letter.objects.get().subject.startswith("Changement")


def test_an_editor_previews_a_meeting_before_it_is_there() -> None:
    index = make_meeting().get_parent()
    keeper = signed_in(make_person("garde@example.org", is_staff=True, is_superuser=True))
    path = reverse("wagtailadmin_pages:preview_on_add", args=["cms", "meetingpage", index.pk])
    fields = {
        "title": "Brouillon", "slug": "brouillon", "summary": "S", "audience": "tous", "online_url": "", "places": "3",
        "description": "null", "report": "null", "search_description": "", "seo_title": "", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0", "starts_at": "2027-03-10 10:00", "ends_at": "2027-03-10 11:00",
    }  # fmt: skip
    assert keeper.post(path, fields).json()["is_valid"] is True
    answer = keeper.get(path)
    assert answer.status_code == 200 and "Brouillon" in text_of(answer) and "Je m’inscris" in text_of(answer)
    assert not MeetingPage.objects.filter(title="Brouillon").exists()


def test_lists_cost_the_same_whatever_their_length(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        make_meeting(f"m{number}")
    client.get("/rencontres/")
    with django_assert_max_num_queries(14):
        client.get("/rencontres/")
    for number in range(3, 8):
        make_meeting(f"m{number}")
    with django_assert_max_num_queries(14):
        client.get("/rencontres/")


# One's own page


def test_who_has_the_address_of_a_registration_sees_it_and_leaves_by_a_post_alone(client: Client) -> None:
    meeting = make_meeting(places=1)
    one = register(meeting, name="Camille", email="c@example.org").registration
    two = register(meeting, name="Dominique", email="d@example.org").registration
    own, other = (reverse("registration", args=[row.token]) for row in (one, two))
    answer = client.get(own)
    assert SECRET_LINK in text_of(answer) and "no-store" in answer["Cache-Control"]
    # "no-referrer" would make a browser's form come from nowhere.
    assert answer["Referrer-Policy"] == "strict-origin" and "noindex" in text_of(answer)
    assert SECRET_LINK not in text_of(client.get(other)) and "liste d’attente" in text_of(client.get(other))
    assert client.get(f"{other}agenda.ics").status_code == 404 and client.get(f"{own}agenda.ics").status_code == 200
    client.head(own)
    one.refresh_from_db()
    assert one.state == "registered"
    assert client.post(own, follow=True).status_code == 200
    two.refresh_from_db()
    assert two.state == "registered" and "Votre inscription est annulée" in text_of(client.get(own))
    assert SECRET_LINK in text_of(client.get(other)) and SECRET_LINK not in text_of(client.get(own))
    assert client.post(own).status_code == 302  # twice is once
    assert not client.cookies


def test_a_third_person_gets_nothing_of_a_registration() -> None:
    meeting = make_meeting()
    row = register(meeting, name="Camille", email="c@example.org").registration
    third = signed_in(make_person("tiers@example.org"))
    guesses = [row.token[:-1] + ("a" if row.token[-1] != "a" else "b"), row.token.swapcase(), "a" * 32, str(row.pk)]
    for guess in guesses:
        for end in ("", "agenda.ics"):
            assert third.get(f"/rencontres/inscription/{guess}/{end}").status_code == 404
            assert third.post(f"/rencontres/inscription/{guess}/{end}").status_code in (404, 405)
    for path in (reverse("inscriptions:index"), reverse("inscriptions:inspect", args=[row.pk])):
        for visitor in (third, signed_in(make_coordinator(f"c{len(path)}@example.org"))):
            assert visitor.get(path).status_code == 404
        assert Client().get(path).status_code == 302
    row.refresh_from_db()
    assert row.state == "registered"


# Editors


def an_editor(*permissions: str) -> Client:
    editor = make_person("redaction@example.org")
    for name in ("access_admin", *permissions):
        editor.user_permissions.add(Permission.objects.get(codename=name))
    return signed_in(editor)


def test_editors_who_may_read_and_export_registrations_and_change_none() -> None:
    meeting = make_meeting()
    register(meeting, name="=HYPERLINK(1)", email="c@example.org", organisation="+33 Nîmes")
    cancel(register(meeting, name="Dominique", email="d@example.org").registration)
    row = Registration.objects.get(email="c@example.org")
    editor = an_editor("view_registration")
    page = text_of(editor.get(reverse("inscriptions:index")))
    assert "c@example.org" in page and "désinscrit" in page
    assert row.token in text_of(editor.get(reverse("inscriptions:inspect", args=[row.pk])))
    answer = editor.get(reverse("inscriptions:index"), {"export": "csv"})
    table = b"".join(answer.streaming_content).decode()
    assert table.startswith("Rencontre,Nom,") and "'=HYPERLINK(1)" in table and "'+33 Nîmes" in table
    assert editor.get(reverse("inscriptions:index"), {"export": "xlsx"}).status_code == 200
    for path in (reverse("inscriptions:edit", args=[row.pk]), reverse("inscriptions:delete", args=[row.pk])):
        assert editor.post(path, {"name": "autre"}).status_code in (302, 403, 404)
    row.refresh_from_db()
    assert row.name == "=HYPERLINK(1)"


def test_an_editor_without_that_right_sees_no_registration() -> None:
    row = register(make_meeting(), name="Camille", email="c@example.org").registration
    editor = an_editor()
    assert "Inscriptions" not in text_of(editor.get("/gestion/"))
    for path in (reverse("inscriptions:index"), reverse("inscriptions:inspect", args=[row.pk])):
        assert "c@example.org" not in text_of(editor.get(path, follow=True))


def test_a_meeting_that_people_expect_is_called_off_before_it_can_be_deleted() -> None:
    meeting = make_meeting()
    register(meeting, name="Camille", email="c@example.org")
    keeper = signed_in(make_person("garde@example.org", is_staff=True, is_superuser=True))
    for doomed in (meeting, meeting.get_parent()):
        answer = keeper.post(reverse("wagtailadmin_pages:delete", args=[doomed.pk]))
        assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[meeting.pk])
        assert MeetingPage.objects.filter(pk=meeting.pk).exists()
    published_again(meeting, is_cancelled=True)
    keeper.post(reverse("wagtailadmin_pages:delete", args=[meeting.pk]))
    assert not MeetingPage.objects.exists() and not Registration.objects.exists()


def test_the_form_of_an_editor_says_what_is_wrong_with_a_day() -> None:
    meeting = make_meeting()
    keeper = signed_in(make_person("garde@example.org", is_staff=True, is_superuser=True))
    path = reverse("wagtailadmin_pages:edit", args=[meeting.pk])
    fields = {
        "title": "T", "slug": "rencontre", "summary": "S", "audience": "tous", "online_url": "", "places": "",
        "description": "null", "report": "null", "search_description": "", "seo_title": "", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }  # fmt: skip
    for starts, said in [
        ("2027-03-28 02:30", ""),  # the hour that clocks leave out
        ("9999-12-31 10:00", "Vérifiez l’année"), ("2027-02-30 10:00", ""), ("٣", ""), ("\x00", ""), ("1e3", ""),
    ]:  # fmt: skip
        answer = keeper.post(path, {**fields, "starts_at": starts, "ends_at": "2027-03-28 04:00"})
        assert answer.status_code == 200 and said in text_of(answer), starts
    assert MeetingPage.objects.get().title == "Une rencontre"


# The demonstration


def test_the_demonstration_has_meetings_after_the_day_on_which_it_is_loaded(monkeypatch: Any, client: Client) -> None:
    home = load_home()
    for today in (timezone.localdate(), timezone.localdate().replace(month=12, day=31)):
        monkeypatch.setattr("cms.demo_pages.meetings.timezone.localdate", lambda today=today: today)
        load_meetings(home)
        before = list(MeetingPage.objects.order_by("slug").values_list("slug", "starts_at"))
        load_meetings(home)
        assert list(MeetingPage.objects.order_by("slug").values_list("slug", "starts_at")) == before
        days = {page.slug: page.starts_at.date() for page in MeetingPage.objects.all()}
        assert days.pop("le-chariot-vu-par-les-ateliers") < today - timedelta(weeks=2)
        assert all(today < day < today + timedelta(days=75) for day in days.values()) and len(days) == 3
        for page in MeetingPage.objects.all():
            assert not any(
                sign in page.description + page.report + page.summary for sign in (" :", " ;", " !", " ?", "« ")
            )
            page.full_clean()
            page.delete()
