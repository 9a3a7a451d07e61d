# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who gets a place at a meeting, who is told what, and when names are forgotten."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cms.letters import send_waiting
from cms.meetings.announcing import announce
from cms.meetings.registering import MeetingClosedError, cancel, is_full, register
from cms.meetings.reminding import remind
from cms.models import Letter, MeetingCalendar, MeetingPage, Registration
from cms.retention import register as register_kinds
from orders.services.retention import KINDS
from orders.simulation.sink import Sink
from tests.meetings import SECRET_LINK, make_meeting, published_again
from tests.people import make_person
from tests.two_at_once import at_once

pytestmark = pytest.mark.django_db
State = Registration.State


def come(meeting: MeetingPage, number: int = 1, **fields: str) -> Registration:
    values = {"name": f"Personne {number}", "email": f"p{number}@example.org"}
    return register(meeting, **{**values, **fields}).registration


def states(meeting: MeetingPage) -> dict[str, str]:
    return dict(Registration.objects.filter(meeting=meeting).values_list("email", "state"))


def subjects(address: str) -> list[str]:
    return [row.subject.replace("\N{NO-BREAK SPACE}", " ") for row in Letter.objects.all() if row.to == [address]]


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


# Places


def test_the_last_place_is_one_persons_and_the_next_one_waits_for_it() -> None:
    meeting = make_meeting(places=2)
    first, _, third, fourth = (come(meeting, number) for number in (1, 2, 3, 4))
    assert [third.state, fourth.state] == ["waiting", "waiting"] and is_full(meeting)
    cancel(first)
    assert states(meeting) == {
        "p1@example.org": "cancelled", "p2@example.org": "registered", "p3@example.org": "registered",
        "p4@example.org": "waiting",
    }  # fmt: skip
    assert subjects("p3@example.org") == ["Liste d’attente : Une rencontre", "Une place s’est libérée : Une rencontre"]
    assert subjects("p4@example.org") == ["Liste d’attente : Une rencontre"]


def test_nobody_passes_by_who_waits_and_who_comes_back_is_the_last() -> None:
    meeting = make_meeting(places=1)
    first, second = come(meeting, 1), come(meeting, 2)
    cancel(first)
    again = come(meeting, 1)
    assert again.pk == first.pk and again.state == "waiting"
    cancel(second)
    assert states(meeting) == {"p1@example.org": "registered", "p2@example.org": "cancelled"}


def test_coming_twice_takes_one_place_and_leaving_twice_frees_one() -> None:
    meeting = make_meeting(places=2)
    one = come(meeting, 1)
    same = come(meeting, 1, email="P1@Example.org", name="Personne Une")
    assert same.pk == one.pk and same.name == "Personne Une" and same.token == one.token
    come(meeting, 2)
    waiting = come(meeting, 3)
    for _ in range(2):
        cancel(Registration.objects.get(pk=one.pk))
    waiting.refresh_from_db()
    assert waiting.state == "registered" and subjects("p1@example.org").count("Désinscription : Une rencontre") == 1


def test_an_address_that_grows_when_its_capitals_go_has_one_place_too() -> None:
    meeting = make_meeting()
    long = f"a@{('ß' * 31 + '.') * 7}fr"
    assert len(long) < 254 < len(long.casefold())
    row = come(meeting, email=long)
    row.full_clean()
    assert come(meeting, email=long).pk == row.pk


def test_editors_are_told_of_letters_that_never_went_until_the_meeting_is_over(client: Client) -> None:
    meeting = make_meeting()
    come(meeting)
    Letter.objects.update(state=Letter.State.FAILED, fault="SMTPRecipientsRefused: no such address")
    words = "courriel à un inscrit n’est pas parti"
    editor = make_person("redaction@example.org")
    editor.groups.add(Group.objects.get(name="Éditeurs"))
    assert words in own_place(client, editor) and words not in own_place(client, make_person("tiers@example.org"))
    MeetingPage.objects.update(
        starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
    )
    assert words not in own_place(client, editor)


def own_place(client: Client, person: User) -> str:
    """What stands in this person's own place."""
    client.force_login(person)
    return client.get(reverse("workplace")).content.decode().replace("\xa0", " ")


def test_more_places_are_given_to_those_who_wait_in_their_order() -> None:
    meeting = make_meeting(places=1)
    for number in (1, 2, 3, 4):
        come(meeting, number)
    published_again(meeting, places=3)
    assert [*states(meeting).values()] == ["registered", "registered", "registered", "waiting"]
    # Fewer places send nobody away.
    published_again(meeting, places=1)
    assert [*states(meeting).values()].count("registered") == 3
    published_again(meeting, places=None)
    assert set(states(meeting).values()) == {"registered"}


@pytest.mark.django_db(transaction=True)
def test_of_two_for_the_last_place_one_gets_it_and_the_other_waits(shared: Callable[[], None]) -> None:
    meeting = make_meeting(places=1)
    shared()
    found = at_once(*[lambda n=n: come(meeting, n).state for n in range(4)])
    assert sorted(map(str, found)) == ["registered", "waiting", "waiting", "waiting"], found


@pytest.mark.django_db(transaction=True)
def test_one_person_twice_at_the_same_moment_is_one_registration(shared: Callable[[], None]) -> None:
    meeting = make_meeting(places=1)
    shared()
    found = at_once(*[lambda: come(meeting, 1).pk] * 3)
    assert len(set(found)) == 1 and isinstance(found[0], int), found
    assert at_once(lambda: [*states(meeting).values()]) == [["registered"]]


def test_nobody_registers_for_what_is_over_called_off_or_not_announced() -> None:
    over = make_meeting("passee", timezone.now() - timedelta(hours=2))
    off = make_meeting("annulee", is_cancelled=True)
    hidden = make_meeting("retiree")
    hidden.unpublish()
    for meeting in (over, off, hidden):
        with pytest.raises(MeetingClosedError) as refused:
            come(meeting)
        assert refused.value.french.startswith("Cette rencontre")
    assert not Registration.objects.exists() and not Letter.objects.exists()
    # While it goes on the link may still be asked for.
    assert come(make_meeting("en-cours", timezone.now() - timedelta(minutes=10))).state == "registered"


# Who is told


def test_the_link_goes_to_those_who_have_a_place_and_to_nobody_else() -> None:
    meeting = make_meeting(places=1)
    come(meeting, 1), come(meeting, 2)
    send_waiting()
    told = {message.to[0]: message for message in mail.outbox}
    assert SECRET_LINK in told["p1@example.org"].body and SECRET_LINK in told["p1@example.org"].attachments[0].content
    assert SECRET_LINK not in told["p2@example.org"].message().as_string() and not told["p2@example.org"].attachments
    for message in mail.outbox:
        assert message.body.startswith("Bonjour Personne") and "/rencontres/inscription/" in message.body
        assert message.message()["Auto-Submitted"] == "auto-generated"


def test_a_change_is_told_once_to_those_whom_it_concerns() -> None:
    meeting = make_meeting(places=1)
    come(meeting, 1), come(meeting, 2), cancel(come(meeting, 3))
    Letter.objects.all().delete()
    published_again(meeting, title="Un autre titre")  # calendars read it; nobody is written to
    assert not Letter.objects.exists() and MeetingCalendar.objects.get().sequence == 1
    published_again(meeting, online_url="https://visio.example.org/autre")
    assert [row.to for row in Letter.objects.all()] == [["p1@example.org"]]
    Letter.objects.all().delete()
    moved = published_again(
        meeting, starts_at=meeting.starts_at + timedelta(hours=3), ends_at=meeting.ends_at + timedelta(hours=3)
    )
    announce(moved)
    published_again(moved)
    assert sorted(row.to[0] for row in Letter.objects.all()) == ["p1@example.org", "p2@example.org"]
    assert MeetingCalendar.objects.get().sequence == 3
    # An editor who goes back to the first version of the page takes no announcement back.
    meeting.revisions.order_by("pk").first().publish()
    assert MeetingCalendar.objects.get().sequence == 4


@pytest.mark.parametrize("way", ["cancelled", "unpublished"])
def test_called_off_or_taken_off_everybody_who_expected_it_is_told(way: str) -> None:
    meeting = make_meeting(places=1)
    one, _ = come(meeting, 1), come(meeting, 2)
    Letter.objects.all().delete()
    if way == "cancelled":
        published_again(meeting, is_cancelled=True)
    else:
        meeting.unpublish()
    letters = list(Letter.objects.all())
    assert {row.subject[:17] for row in letters} == {"Rencontre annulée"} and len(letters) == 2
    assert "STATUS:CANCELLED" in letters[0].calendar and SECRET_LINK not in letters[0].calendar + letters[0].body
    # A place that is free now is no news.
    cancel(one)
    assert not Letter.objects.filter(subject__startswith="Une place").exists()


def test_what_is_over_is_changed_without_a_word_to_anybody() -> None:
    meeting = make_meeting(starts_at=timezone.now() - timedelta(minutes=59))
    come(meeting)
    Letter.objects.all().delete()
    MeetingPage.objects.filter(pk=meeting.pk).update(ends_at=timezone.now() - timedelta(minutes=1))
    published_again(meeting, report="<p>Merci.</p>")
    published_again(meeting, is_cancelled=True)
    assert not Letter.objects.exists()


# The day before


def test_the_reminder_comes_once_the_day_before_and_not_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = make_meeting(starts_at=datetime(2027, 3, 10, 13, 0, tzinfo=UTC), places=1)  # 14 h in Paris
    at(monkeypatch, datetime(2027, 3, 1, tzinfo=UTC))
    come(meeting, 1), come(meeting, 2), come(make_meeting("autre", datetime(2027, 3, 11, 13, tzinfo=UTC)), 3)
    for moment, written in [
        (datetime(2027, 3, 8, 22, 0, tzinfo=UTC), 0),  # two days before
        (datetime(2027, 3, 9, 6, 30, tzinfo=UTC), 0),  # 7:30 in Paris
        (datetime(2027, 3, 9, 7, 30, tzinfo=UTC), 1),
        (datetime(2027, 3, 9, 7, 31, tzinfo=UTC), 0),
    ]:
        at(monkeypatch, moment)
        assert remind() == written, moment
    assert subjects("p1@example.org")[-1] == "Rappel : Une rencontre" and len(subjects("p2@example.org")) == 1


@pytest.mark.parametrize("day", [datetime(2027, 3, 28, 7, 0, tzinfo=UTC), datetime(2026, 10, 25, 22, 30, tzinfo=UTC)])
def test_a_day_of_23_or_25_hours_has_its_day_before(monkeypatch: pytest.MonkeyPatch, day: datetime) -> None:
    """28 March 2027: nine o'clock of summer; 25 October 2026: 23:30 of winter, 25 hours and a half after the midnight before."""
    meeting = make_meeting(starts_at=day, ends_at=day + timedelta(minutes=20))
    at(monkeypatch, day - timedelta(days=9))
    come(meeting)
    at(monkeypatch, day.replace(hour=8, minute=1) - timedelta(days=2))
    assert remind() == 0
    at(monkeypatch, day.replace(hour=8, minute=1) - timedelta(days=1))
    assert remind() == 1


def test_late_is_better_than_never_and_who_just_came_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)
    meeting = make_meeting(starts_at=start)
    at(monkeypatch, start - timedelta(days=6))
    come(meeting, 1)
    at(monkeypatch, start - timedelta(hours=3))  # no worker ran the day before
    come(meeting, 2)
    assert remind() == 1 and remind() == 0
    at(monkeypatch, start + timedelta(minutes=1))
    assert remind() == 0 and subjects("p2@example.org") == ["Votre inscription : Une rencontre"]


def test_a_meeting_that_moved_is_reminded_of_again(monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2027, 3, 10, 13, 0, tzinfo=UTC)
    meeting = make_meeting(starts_at=start)
    at(monkeypatch, start - timedelta(days=6))
    come(meeting)
    at(monkeypatch, start - timedelta(hours=20))
    assert remind() == 1
    published_again(meeting, starts_at=start + timedelta(days=7), ends_at=start + timedelta(days=7, hours=1))
    at(monkeypatch, start + timedelta(days=6, hours=4))
    assert remind() == 1


# Bad days


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 2
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = ""
        yield sink


def test_a_mail_server_that_is_away_loses_no_registration_and_no_letter(sink: Sink, settings: Any) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    come(make_meeting())
    assert send_waiting() == 0
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts) == ("waiting", 0)
    settings.EMAIL_PORT = port
    assert send_waiting() == 1 and send_waiting() == 0
    (message,) = sink.received
    assert message["Message-ID"] == letter.message_id and message["To"] == "p1@example.org"
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar" and part.get_filename() == "rencontre.ics"


def test_a_letter_in_the_hands_of_a_worker_that_died_goes_out_again() -> None:
    come(make_meeting())
    Letter.objects.update(state="sending", attempts=1, lease_until=timezone.now() + timedelta(seconds=60))
    assert send_waiting() == 0
    Letter.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert send_waiting() == 1 and Letter.objects.get().attempts == 2


def test_a_refused_letter_is_tried_later_and_given_up_after_days(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.no_such_backend"
    come(make_meeting())
    # What can't even be loaded is our own fault: it stops the round, and the row waits.
    with pytest.raises(ImportError):
        send_waiting()
    assert Letter.objects.get().state == "waiting"


# What an editor may write


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"ends_at": datetime(2027, 3, 10, 12, tzinfo=UTC)}, "ends_at"),
        ({"ends_at": datetime(2027, 3, 12, 12, tzinfo=UTC)}, "ends_at"),
        (
            {"starts_at": datetime(9999, 12, 31, tzinfo=UTC), "ends_at": datetime(9999, 12, 31, 1, tzinfo=UTC)},
            "starts_at",
        ),
        ({"starts_at": datetime(1, 1, 2, tzinfo=UTC)}, "starts_at"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"online_url": "ftp://visio.example.org/a"}, "online_url"),
        ({"places": 0}, "places"),
        ({"places": 10**9}, "places"),
    ],
)
def test_an_impossible_meeting_is_refused_beside_its_field(fields: dict[str, Any], where: str) -> None:
    start = datetime(2027, 3, 10, 13, tzinfo=UTC)
    values: dict[str, Any] = {"starts_at": start, "ends_at": start + timedelta(hours=1), **fields}
    page = MeetingPage(title="Une rencontre", slug="rencontre", summary="Deux.", audience="tous", **values)
    with pytest.raises(ValidationError) as refused:
        page.full_clean(exclude=["path", "depth", "content_type", "translation_key", "locale"])
    assert where in refused.value.message_dict


# Forgetting


def test_names_go_a_month_after_the_meeting_and_how_many_came_stays(settings: Any) -> None:
    register_kinds()
    assert sum(kind.name == "registrations" for kind in KINDS) == 1
    old, young = make_meeting("ancienne"), make_meeting("recente")
    come(old, 1), come(old, 2), cancel(come(old, 3)), come(young, 4)
    now = timezone.now()
    for meeting, days in ((old, 31), (young, 29)):
        MeetingPage.objects.filter(pk=meeting.pk).update(
            starts_at=now - timedelta(days=days, hours=1), ends_at=now - timedelta(days=days)
        )
    for verb in ("would be erased", "erased", "0 erased"):
        out = io.StringIO()
        call_command("erase_personal_data", *(["--dry-run"] if "would" in verb else []), stdout=out)
        line = next(line for line in out.getvalue().split("\n") if line.startswith("registrations"))
        assert line.startswith(f"registrations: {'3 ' * (verb != '0 erased')}{verb} (kept 30 days)"), line
    assert [row.email for row in Registration.objects.all()] == ["p4@example.org"]
    assert {row.to[0] for row in Letter.objects.all()} == {"p4@example.org"}
    assert MeetingCalendar.objects.get(meeting=old).registered_count == 2
