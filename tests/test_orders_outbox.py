# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages about orders: what they say, who gets them, and that a bad day of the mail server loses none."""

from __future__ import annotations

import email
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Organisation
from orders.life import ACTIONS, Party, advance
from orders.models import Event, GrantEntry, Order, OutboxMessage, State
from orders.services import mailing, sending
from orders.services.auditing import audit
from orders.services.letters import words_of
from orders.simulation.sink import Sink
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture, organisation_of
from tests.people import make_coordinator, signed_in
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db
TEMPLATES = Path("orders/templates/orders/email")
#: Facts that steps write into their events.
DATA = {
    "released_eur": "80.00", "given_up_eur": "80.00", "granted_eur": "960.00", "basis_eur": "1200.00", "net_eur": "1100.00", "gross_eur": "1320.00", "paid_eur": "880.00",
    "requested_eur": "880.00", "due_eur": "880.00", "document": "CONV-2026-00007", "number": "F-12", "name": "Les Copeaux",
    "pieces": 2, "serial": "T26-000001", "remedy": "remake", "remade": "T26-000009",
}  # fmt: skip


def a_message(recipient: Any, template: str = "quote_withdrawn", **fields: Any) -> OutboxMessage:
    key = str(uuid.uuid4())
    values: dict[str, Any] = {"key": key, "message_id": f"<{key}@localhost>", "due_at": timezone.now()}
    return OutboxMessage.objects.create(template=template, recipient=recipient, **values | fields)


def refreshed(row: OutboxMessage) -> OutboxMessage:
    row.refresh_from_db()
    return row


# What they say


@pytest.mark.parametrize("name", sorted(path.stem for path in TEMPLATES.glob("[!_]*.txt") if path.stem != "digest"))
def test_a_letter_says_what_happened_and_leads_where_its_reader_may_go(name: str) -> None:
    buyer, workshop = make_buyer(), make_workshop(name="Les Copeaux")
    people = {
        Party.BUYER: buyer,
        Party.PREFECTURE: make_prefecture(),
        Party.MAKER: make_maker_person(workshop),
        Party.COORDINATOR: make_coordinator(),
    }
    action = ACTIONS.get(name)
    ended = {"withdraw": State.WITHDRAWN, "cancel": State.CANCELLED, "void": State.CANCELLED}
    state = ended.get(name, State.AGREEMENT_SIGNED if name == "change_maker" else State.ACCEPTED)
    alone = {"amend": Party.PREFECTURE, "quote_overdue": Party.BUYER}
    for party in (action.tells if action else ()) or (alone.get(name, Party.MAKER),):
        order = make_order(
            buyer, state, campaign=make_campaign(slug=party), workshop=workshop if state == State.ACCEPTED else None
        )
        event = Event.objects.create(
            order=order, sequence=1, action=name, from_state=state, to_state=state, party="buyer", at=timezone.now(),
            data=DATA, note="Parce que.",
        )  # fmt: skip
        facts = {"answer_by": "3 mai 2026", "name": "Les Copeaux", "reference": order.reference, "buyer": "Commune 1",
                 "workshop": "Les Copeaux", "public_id": str(order.public_id)}  # fmt: skip
        data = {"party": party.value} if action else facts
        subject, body = words_of(a_message(people[party], name, event=event, data=data))
        assert 10 < len(subject) <= 150 and "\n" not in subject
        assert body.startswith("Bonjour,") and len(body.split("http")[0].split()) > 10
        for text in (subject, body):
            assert not re.search(r"None|\{[{%]| [:;!?»]|« |\(\)|  |\n\n\n", text), text
        address = re.search(r"http://127.0.0.1:8000(\S+)", body)
        assert address, body
        assert signed_in(people[party]).get(address[1], follow=True).status_code == 200


def test_no_name_and_no_reason_breaks_a_header_or_hides_a_control_character() -> None:
    buyer = make_buyer(name="Ville\r\nBcc: tous@example.org\x07\u202e")
    order = make_order(buyer, State.SUBMITTED, campaign=make_campaign())
    event = Event.objects.create(
        order=order, sequence=1, action="submit", from_state="draft", to_state="submitted", party="buyer",
        at=timezone.now(), note="Un\x07 mot.\n{{ order.pk }}",
    )  # fmt: skip
    agent = make_prefecture()
    row = a_message(agent, "submit", event=event, data={"party": "prefecture"})
    subject, body = words_of(row)
    assert "Ville Bcc: tous@example.org" in subject.replace("\N{NO-BREAK SPACE}", " ")
    assert "{{ order.pk }}" in body and not re.search("[\x00-\x09\x0b-\x1f\u202e]", subject + body)
    assert sending.send_waiting() == 1
    assert mail.outbox[0].recipients() == [agent.email]
    mail.outbox[0].message()  # its headers can be written


def test_a_message_keeps_its_identifier_and_its_date_and_no_machine_answers_it() -> None:
    order = make_order(make_buyer(), State.SUBMITTED, campaign=make_campaign())
    advance(order, "send_back", actor=make_prefecture(), note="Pour quel lieu\N{NO-BREAK SPACE}?")
    sending.send_waiting()
    row, message = OutboxMessage.objects.get(), mail.outbox[0].message()
    assert message["Message-ID"] == row.message_id
    # RFC 5322, 3.6.4: <dot-atom@dot-atom>
    assert re.fullmatch(r"<[A-Za-z0-9-]+@[A-Za-z0-9.-]+>", row.message_id)
    assert email.utils.parsedate_to_datetime(message["Date"]) == row.created_at.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert "quel lieu\N{NO-BREAK SPACE}?" in mail.outbox[0].body


def test_whoever_changed_the_address_gets_it_there_and_who_left_gets_nothing() -> None:
    moved, gone, left = (make_buyer(f"b{n}@example.org", number=n) for n in (1, 2, 3))
    rows = [a_message(person, data={"name": "Les Copeaux"}) for person in (moved, gone, left)]
    moved.email = "ailleurs@example.org"
    moved.save()
    gone.is_active = False
    gone.save()
    left.memberships.all().delete()
    left.emailaddress_set.all().delete()
    left.delete()
    assert sending.send_waiting() == 1
    assert [message.to for message in mail.outbox] == [["ailleurs@example.org"]]
    assert [refreshed(row).state for row in rows] == ["sent", "dropped", "dropped"]


# Bad days


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with Sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 2
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = ""
        yield sink


def test_messages_go_through_one_connection_under_their_own_identifiers(sink: Sink) -> None:
    buyer = make_buyer()
    rows = [a_message(buyer, data={"name": f"Atelier {n}"}) for n in range(3)]
    assert sending.send_waiting() == 3
    assert sink.identifiers() == [row.message_id for row in rows]
    assert sending.send_waiting() == 0 and len(sink.received) == 3


def test_while_the_mail_server_is_away_no_message_uses_up_its_attempts(settings: Any, sink: Sink) -> None:
    settings.EMAIL_PORT = 1  # nobody listens there
    row = a_message(make_buyer(), data={"name": "A"})
    for _ in range(20):
        assert sending.send_waiting() == 0
    assert (refreshed(row).state, row.attempts) == ("waiting", 0)
    settings.EMAIL_PORT = sink.port
    assert sending.send_waiting() == 1 and (refreshed(row).state, row.attempts) == ("sent", 1)


def test_a_server_that_takes_a_message_and_dies_gets_it_again_under_the_same_identifier(sink: Sink) -> None:
    row = a_message(make_buyer(), data={"name": "A"})
    answers = iter([False, True, False, False])
    sink._bad_moment = lambda: next(answers)  # type: ignore[method-assign]
    assert sending.send_waiting() == 0
    assert refreshed(row).state == "waiting" and row.due_at > timezone.now() and "Disconnected" in row.fault
    assert sending.send_waiting() == 0  # not yet
    OutboxMessage.objects.update(due_at=timezone.now())
    assert sending.send_waiting() == 1
    assert sink.identifiers() == [row.message_id] * 2


def test_one_that_is_refused_lets_the_others_through_and_in_the_end_waits_for_a_coordinator(sink: Sink) -> None:
    refused, other = a_message(make_buyer(), data={"name": "A"}), a_message(make_buyer("b@example.org", number=2))
    answers = iter([True, False, False])
    sink._bad_moment = lambda: next(answers, True)  # type: ignore[method-assign]
    assert sending.send_waiting() == 1
    assert refreshed(other).state == "sent" and "451" in refreshed(refused).fault
    for attempt in range(2, mailing.MAX_ATTEMPTS + 1):
        OutboxMessage.objects.filter(pk=refused.pk).update(due_at=timezone.now())
        sending.send_waiting()
        assert refreshed(refused).attempts == attempt
    assert refused.state == "failed"
    assert sending.send_waiting() == 0  # nobody tries it any more
    sink._bad_moment = lambda: False  # type: ignore[method-assign]
    assert sending.try_again(refused.pk) and sending.send_waiting() == 1
    assert (refreshed(refused).state, refused.attempts) == ("sent", mailing.MAX_ATTEMPTS + 1)
    assert not sending.try_again(refused.pk)


def test_a_letter_that_can_not_be_written_keeps_no_other_from_going(sink: Sink) -> None:
    broken, whole = a_message(make_buyer(), "no_such_template"), a_message(make_buyer("b@example.org", number=2))
    assert sending.send_waiting() == 1
    assert "TemplateDoesNotExist" in refreshed(broken).fault and refreshed(whole).state == "sent"


def test_a_message_of_a_killed_worker_is_taken_up_and_the_dead_one_says_nothing_more(sink: Sink) -> None:
    row = a_message(make_buyer(), data={"name": "A"})
    claimed = mailing.claim(sending.ROWS, row.pk)
    assert claimed and claimed.attempts == 1 and sending.send_waiting() == 0  # in other hands
    OutboxMessage.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sending.send_waiting() == 1
    late = OutboxMessage.objects.filter(pk=row.pk, state="sending", attempts=claimed.attempts)
    assert late.update(state="waiting", lease_until=None) == 0
    assert (refreshed(row).state, row.attempts) == ("sent", 2)


# The coordination's page


def test_the_coordination_sees_what_did_not_go_and_sends_it_again_nobody_else_does(
    django_assert_max_num_queries: Any,
) -> None:
    buyer, coordinator = make_buyer(), make_coordinator()
    order = make_order(buyer, State.SUBMITTED, campaign=make_campaign())
    for number in range(30):
        event = Event.objects.create(
            order=order, sequence=number + 1, action="submit", from_state="draft", to_state="submitted", party="buyer",
            at=timezone.now(),
        )  # fmt: skip
        failed = a_message(buyer, "submit", event=event, state="failed", attempts=16, fault="550 <b>no such user</b>")
    client = signed_in(coordinator)
    client.get("/coordination/envois/")
    with django_assert_max_num_queries(12):
        page = client.get("/coordination/envois/").content.decode()
    assert "30\N{NO-BREAK SPACE}messages échoués" in page and order.reference in page
    assert "550 &lt;b&gt;no such user" in page and page.count("Réessayer") == 30
    address = f"/coordination/envois/{failed.pk}/"
    for stranger in (buyer, make_prefecture()):
        assert signed_in(stranger).get("/coordination/envois/").status_code == 404
        assert signed_in(stranger).post(address).status_code == 404
    assert client.get(address).status_code == 405 and refreshed(failed).state == "failed"
    assert "quelques secondes" in client.post(address, follow=True).content.decode()
    assert sending.send_waiting() == 1 and refreshed(failed).state == "sent"
    assert "n’attend plus" in client.post(address, follow=True).content.decode()
    assert client.post("/coordination/envois/999999/").status_code == 404


# The audit


def test_the_audit_finds_what_is_wrong_and_names_the_order(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = make_campaign()
    envelope, agent, buyer = make_envelope(campaign), make_prefecture(), make_buyer()
    order = make_order(buyer, campaign=campaign)
    advance(order, "submit", actor=buyer)
    advance(order, "review", actor=agent)
    order = advance(order, "fund", actor=agent)
    assert audit() == []
    call_command("audit_orders")
    assert "1 orders, 3 events" in capsys.readouterr().out

    def found() -> str:
        return " | ".join(str(fault) for fault in audit())

    Order.objects.update(state=State.UNDER_REVIEW)
    assert f"{order.reference}: is under_review, its last event says funded" in found()
    Order.objects.update(state=State.FUNDED, version=4)
    assert f"{order.reference}: version 4, events [1, 2, 3]" in found()
    Order.objects.update(version=3)
    OutboxMessage.objects.filter(template="fund").delete()
    assert f"{order.reference}: fund told nobody of the buyer, 1 should know" in found()
    GrantEntry.objects.update(amount_eur=1)
    assert "reserved, 960" in found() and str(envelope) in found()
    Order.objects.update(number=7)
    assert "order 2026" in found() or "missing [1]" in found()
    with pytest.raises(SystemExit):
        call_command("audit_orders", "--settled")
    assert "is waiting, due" in capsys.readouterr().out


def test_nobody_is_missed_who_came_later_or_acted_alone() -> None:
    buyer, campaign = make_buyer(), make_campaign()
    order = advance(make_order(buyer, campaign=campaign), "submit", actor=buyer)  # nobody works at the préfecture yet
    make_prefecture()
    assert organisation_of(buyer).kind == Organisation.Kind.COLLECTIVITE
    assert not order.events.get().outbox.exists() and audit() == []
