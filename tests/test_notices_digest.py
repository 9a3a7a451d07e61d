# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""E-mails as often as one wants them: one digest a person and day, at 7:00 in France, whatever the clocks and the workers do."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.models import MailPace, Notice, User
from accounts.services.notices import last_due, mark_read, notify, pace_of, set_pace, stop_token
from orders.life import advance
from orders.models import OutboxMessage, State
from orders.services import digesting, sending
from orders.services.digesting import write_digests
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture
from tests.people import make_person, signed_in

pytestmark = pytest.mark.django_db

Pace = MailPace.Pace
UTC = ZoneInfo("UTC")
#: A Friday, 12:00 in France.
FRIDAY = datetime(2026, 11, 20, 11, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def say(user: User, name: str = "a", text: str = "Commande C-2026-00001 : une partie est arrivée") -> None:
    notify([user], name, text, kind=Notice.Kind.ORDER, place="workplace")


@pytest.fixture
def reader() -> User:
    user = make_person("maud@example.org", "Maud Lhote")
    set_pace(user, Pace.DAILY, FRIDAY)
    return user


def test_a_digest_is_due_at_seven_in_france_and_once_a_day(reader: User) -> None:
    say(reader)
    assert write_digests(utc("2026-11-21 05:59:59")) == 0
    assert write_digests(utc("2026-11-21 06:00")) == 1
    say(reader, "b")
    assert write_digests(utc("2026-11-21 06:05")) == write_digests(utc("2026-11-21 22:00")) == 0
    assert write_digests(utc("2026-11-22 06:00")) == 1
    assert [row.key for row in OutboxMessage.objects.all()] == [
        f"digest.{reader.pk}.2026-11-21", f"digest.{reader.pk}.2026-11-22",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "at", "day"),
    [
        # Clocks go from 2:00 to 3:00 on 29 March, from 3:00 to 2:00 on 25 October.
        ("2026-03-28 05:59", "2026-03-28 06:00", date(2026, 3, 28)),
        ("2026-03-29 04:59", "2026-03-29 05:00", date(2026, 3, 29)),
        ("2026-10-24 04:59", "2026-10-24 05:00", date(2026, 10, 24)),
        ("2026-10-25 05:59", "2026-10-25 06:00", date(2026, 10, 25)),
    ],
)
def test_seven_is_seven_on_days_when_the_clocks_change(before: str, at: str, day: date) -> None:
    assert (last_due(utc(before)) - day).days == -1 and last_due(utc(at)) == day


def test_every_hour_of_the_days_when_the_clocks_change_gives_one_digest(reader: User) -> None:
    for first in ("2026-03-28", "2026-10-24"):
        MailPace.objects.update(digested_on=date.fromisoformat(first))
        written = []
        for hour in range(48):
            say(reader, f"{first}.{hour}")
            written.append(
                write_digests(utc(f"{first} 12:00").replace(day=int(first[-2:]) + hour // 24, hour=hour % 24))
            )
        assert sum(written) == 1, first  # of the second day: the first one's was over


def test_a_weekly_digest_comes_on_monday_or_when_somebody_works_again(reader: User) -> None:
    set_pace(reader, Pace.WEEKLY, FRIDAY)
    say(reader)
    assert write_digests(utc("2026-11-22 12:00")) == 0
    assert write_digests(utc("2026-11-24 12:00")) == 1  # a Tuesday: nobody worked on Monday
    say(reader, "b")
    assert write_digests(utc("2026-11-29 12:00")) == 0
    assert write_digests(utc("2026-11-30 06:00")) == 1
    assert "Votre semaine" in digesting_subject()


def digesting_subject() -> str:
    from orders.services.letters import subject_of

    return subject_of(OutboxMessage.objects.latest("pk"))


def test_nothing_new_and_what_was_read_on_the_site_is_no_letter(reader: User) -> None:
    assert write_digests(utc("2026-11-21 06:00")) == 0
    say(reader)
    mark_read(reader)
    assert write_digests(utc("2026-11-22 06:00")) == 0 and not OutboxMessage.objects.exists()
    # What comes after seven waits for the next day, even if there was nothing at seven.
    say(reader, "b")
    assert write_digests(utc("2026-11-22 09:00")) == 0
    assert write_digests(utc("2026-11-23 06:00")) == 1


def test_a_worker_that_dies_in_between_leaves_nothing_and_the_next_one_writes_all(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(reader)
    real = digesting.outbox_row

    def killed(*_: Any) -> None:
        raise SystemExit  # after the day and the notices, before the letter

    monkeypatch.setattr(digesting, "outbox_row", killed)
    with pytest.raises(SystemExit):
        write_digests(utc("2026-11-21 06:00"))
    assert Notice.objects.get().mail == Notice.Mail.WAITING
    assert MailPace.objects.get().digested_on == date(2026, 11, 20)
    monkeypatch.setattr(digesting, "outbox_row", real)
    assert write_digests(utc("2026-11-21 06:05")) == 1


def test_of_two_workers_that_read_the_same_row_one_writes(reader: User) -> None:
    say(reader)
    seen = MailPace.objects.get()
    assert write_digests(utc("2026-11-21 06:00")) == 1
    assert digesting._write(seen, date(2026, 11, 21)) is False
    assert OutboxMessage.objects.count() == 1


def test_the_letter_is_plain_french_with_what_happened_and_the_ways_out(reader: User) -> None:
    for number in range(45):
        say(reader, str(number), f"Commande C-2026-{number:05} : une partie est arrivée")
    notify([reader], "c", "Vous êtes invité", kind=Notice.Kind.ACCOUNT, place="gone", args=[3])
    assert write_digests(utc("2026-11-21 06:00")) == 1 == sending.send_waiting()
    letter = mail.outbox[0]
    body = str(letter.body)
    assert letter.subject == "Votre résumé du 21 novembre\N{NO-BREAK SPACE}: 46 nouveautés"
    assert body.startswith("Bonjour,\n\nVoici ce qui s’est passé") and "\n\n\n" not in body
    assert "- Commande C-2026-00000" in body and "Et 6 autres, sur le site." in body
    assert not re.search(r"None|\{[{%]| [:;!?»]|« |<", body)
    assert f"{settings.WAGTAILADMIN_BASE_URL}/espace/avis/reglages/" in body
    headers = letter.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<http://127.0.0.1:8000(/espace/avis/arret/[^>]+)>", headers["List-Unsubscribe"])
    assert address
    # A mail reader has no session and no page of ours; a programme that follows the link changes nothing.
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(address[1]).status_code == 200 and pace_of(reader) is Pace.DAILY
    assert strict.post(address[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert pace_of(reader) is Pace.NEVER


def test_a_token_that_nobody_made_stops_nothing(reader: User) -> None:
    token = stop_token(reader)
    gone = make_person("parti@example.org")
    left = stop_token(gone)
    gone.is_active = False
    gone.save()
    for wrong in (token[:-1], f"{token}x", "x", "9" * 10_000, left):
        assert Client().post(f"/espace/avis/arret/{wrong}/").status_code == 404
    assert pace_of(reader) is Pace.DAILY


def test_settings_are_kept_and_nobody_sets_another_persons(reader: User) -> None:
    client = signed_in(reader)
    assert client.post("/espace/avis/reglages/", {"rythme": "weekly", "person": "1"}).status_code == 302
    assert re.search(r'value="weekly" checked', client.get("/espace/avis/reglages/").content.decode())
    other = make_person("tiers@example.org")
    assert re.search(r'value="now" checked', signed_in(other).get("/espace/avis/reglages/").content.decode())
    for wrong in ("", "hourly", "\x00", "9" * 10_000):
        answer = client.post("/espace/avis/reglages/", {"rythme": wrong})
        assert answer.status_code == 422 and "Choisissez l’un des quatre rythmes." in answer.content.decode()
    assert pace_of(reader) is Pace.WEEKLY


def test_who_changes_to_at_once_gets_what_still_waited_and_who_wants_none_gets_none(reader: User) -> None:
    say(reader)
    set_pace(reader, Pace.NOW, FRIDAY)
    assert write_digests(utc("2026-11-21 06:00")) == 1
    set_pace(reader, Pace.DAILY, utc("2026-11-21 12:00"))
    say(reader, "b")
    set_pace(reader, Pace.NEVER, utc("2026-11-21 13:00"))
    assert write_digests(utc("2026-11-23 06:00")) == 0
    assert Notice.objects.get(key=f"b.{reader.pk}").mail == Notice.Mail.NONE


def test_a_digest_that_was_sent_today_is_not_sent_again_after_a_change(reader: User) -> None:
    say(reader)
    assert write_digests(utc("2026-11-23 06:00")) == 1
    for pace in (Pace.WEEKLY, Pace.DAILY):
        set_pace(reader, pace, utc("2026-11-23 08:00"))
        say(reader, pace)
        assert write_digests(utc("2026-11-23 09:00")) == 0


def test_letters_that_may_wait_can_be_stopped_and_decisions_can_not() -> None:
    buyer, agent, campaign = make_buyer(), make_prefecture(), make_campaign()
    make_envelope(campaign)
    order = make_order(buyer, State.UNDER_REVIEW, campaign=campaign)
    advance(order, "fund", actor=agent)
    advance(make_order(buyer, State.SUBMITTED, campaign=campaign), "send_back", actor=agent, note="Pour qui ?")
    assert sending.send_waiting() == 2
    fund, back = (next(one for one in mail.outbox if words in one.subject) for words in ("financée", "précisions"))
    assert "List-Unsubscribe" not in fund.message() and "reglages" not in str(fund.body)
    assert "List-Unsubscribe" in back.message() and "/espace/avis/reglages/" in str(back.body)


def test_the_clock_asks_for_digests_at_seven_in_france() -> None:
    from orders.tasks import digest

    entry = settings.CELERY_BEAT_SCHEDULE["digests"]
    assert entry["task"] == digest.name and settings.CELERY_TASK_ROUTES[entry["task"]] == {"queue": "sweeps"}
    assert 0 in entry["schedule"].minute and 7 in entry["schedule"].hour and settings.CELERY_TIMEZONE == "Europe/Paris"
