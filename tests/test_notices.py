# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bell: what people were told is kept for them alone, with the step that it is about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import MailPace, Notice, User
from accounts.services.notices import notify, set_pace
from orders.life import advance
from orders.models import Order, OutboxMessage, State
from tests.orders import make_buyer, make_campaign, make_envelope, make_order, make_prefecture, organisation_of
from tests.people import make_member, make_person, signed_in

pytestmark = pytest.mark.django_db

Pace = MailPace.Pace


@pytest.fixture
def buyer() -> User:
    return make_buyer()


@pytest.fixture
def order(buyer: User) -> Order:
    campaign = make_campaign()
    make_envelope(campaign)
    return make_order(buyer, State.UNDER_REVIEW, campaign=campaign)


def said_to(user: User, count: int = 1, **fields: Any) -> list[Notice]:
    for number in range(count):
        notify([user], f"x.{number}", f"Nouvelle {number}", **{"kind": Notice.Kind.ACCOUNT, **fields})
    return list(Notice.objects.of(user))


def test_a_step_is_told_in_the_bell_of_everybody_who_gets_a_letter(order: Order, buyer: User) -> None:
    colleague = make_person("collegue@example.org", "Noé Petit")
    make_member(colleague, organisation_of(buyer))
    advance(order, "send_back", actor=make_prefecture(), note="Pour combien de personnes ?")
    told = {notice.person_id: notice for notice in Notice.objects.all()}
    assert set(told) == {buyer.pk, colleague.pk}
    letters = dict(OutboxMessage.objects.values_list("key", "recipient"))
    assert {notice.key: notice.person_id for notice in told.values()} == letters
    notice = told[buyer.pk]
    assert order.reference in notice.text and notice.text.startswith("Intention") and notice.mail == Notice.Mail.SENT
    assert (notice.place, notice.place_args) == ("order", [str(order.public_id)])


def test_a_step_that_is_undone_leaves_no_notice(order: Order) -> None:
    class _UndoneError(Exception):
        pass

    with pytest.raises(_UndoneError), transaction.atomic():
        advance(order, "send_back", actor=make_prefecture(), note="Pour qui ?")
        raise _UndoneError
    assert not Notice.objects.exists()


def test_the_same_thing_is_said_once(buyer: User) -> None:
    said_to(buyer)
    said_to(buyer)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(("pace", "mail"), [(Pace.DAILY, "waiting"), (Pace.WEEKLY, "waiting"), (Pace.NEVER, "none")])
def test_a_letter_that_may_wait_is_held_back_and_the_bell_says_it_all_the_same(
    order: Order, buyer: User, pace: Pace, mail: str
) -> None:
    set_pace(buyer, pace)
    advance(order, "send_back", actor=make_prefecture(), note="Pour qui ?")
    assert OutboxMessage.objects.get().state == OutboxMessage.State.DROPPED
    assert Notice.objects.get().mail == mail


def test_a_decision_goes_at_once_whatever_its_reader_wants(order: Order, buyer: User) -> None:
    set_pace(buyer, Pace.NEVER)
    advance(order, "refuse_funding", actor=make_prefecture(), note="L’enveloppe est épuisée.")
    assert OutboxMessage.objects.get().state == OutboxMessage.State.WAITING
    assert Notice.objects.get().mail == Notice.Mail.SENT


def test_the_list_shows_unread_ones_first_and_only_ones_own(buyer: User) -> None:
    first, second, third = reversed(said_to(buyer, 3))
    other = make_person("tiers@example.org")
    notify([other], "y", "Chez le voisin", kind=Notice.Kind.ORDER)
    Notice.objects.filter(pk=third.pk).update(read_at=timezone.now())
    html = signed_in(buyer).get("/espace/avis/").content.decode()
    texts = re.findall(r"Nouvelle \d(?=</p>)", html)
    assert texts == [second.text, first.text, third.text] and "voisin" not in html


def test_what_is_told_is_shown_as_french_is_set_and_a_version_keeps_its_points(buyer: User) -> None:
    notify([buyer], "v", "« Table » est publié : version 1.2.0 !", kind=Notice.Kind.MODEL)
    html = signed_in(buyer).get("/espace/avis/").content.decode()
    assert "«\xa0Table\xa0» est publié\xa0: version 1.2.0\u202f!" in html


def test_the_header_counts_what_is_unread_in_one_query_and_asks_nothing_for_strangers(
    buyer: User, client: Client
) -> None:
    said_to(buyer, 3)
    mine = signed_in(buyer)
    assert "3</span>" in mine.get("/espace/nom/").content.decode()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        mine.get("/espace/nom/")
    assert sum("accounts_notice" in query["sql"] for query in queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/compte/connexion/").status_code == 200
    assert not any("accounts_notice" in query["sql"] for query in queries)


def test_one_and_all_are_marked_read_and_a_third_person_reads_nothing(buyer: User) -> None:
    first, *_ = said_to(buyer, 3)
    stranger = signed_in(make_person("tiers@example.org"))
    for method in (stranger.get, stranger.post):
        assert method(f"/espace/avis/{first.pk}/").status_code == 404
    assert stranger.post("/espace/avis/lus/").status_code == 302
    assert Notice.objects.unread().count() == 3
    mine = signed_in(buyer)
    answer = mine.post(f"/espace/avis/{first.pk}/", {"sujet": "account", "etat": "non-lus"})
    assert answer["Location"] == "/espace/avis/?sujet=account&etat=non-lus"
    assert Notice.objects.unread().count() == 2
    mine.post("/espace/avis/lus/")
    assert not Notice.objects.unread().exists()


def test_a_notice_leads_to_its_page_and_is_read_by_that(order: Order, buyer: User) -> None:
    advance(order, "send_back", actor=make_prefecture(), note="Pour qui ?")
    notice = Notice.objects.get()
    answer = signed_in(buyer).get(f"/espace/avis/{notice.pk}/")
    assert answer["Location"] == f"/commandes/{order.public_id}/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_an_order_that_is_not_shown_any_more_is_no_link(order: Order, buyer: User) -> None:
    advance(order, "send_back", actor=make_prefecture(), note="Pour qui ?")
    organisation_of(buyer).memberships.update(is_active=False)
    html = signed_in(buyer).get("/espace/avis/").content.decode()
    assert order.reference in html and f'href="/espace/avis/{Notice.objects.get().pk}/"' not in html


def test_the_list_narrows_and_pages_with_a_constant_number_of_queries(buyer: User, order: Order) -> None:
    client = signed_in(buyer)
    counts = []
    for many in (3, 60):
        for number in range(many):
            notify(
                [buyer], f"o.{number}", "Une commande", kind=Notice.Kind.ORDER, place="order", args=[order.public_id]
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/espace/avis/?sujet=order").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "Page suivante" in client.get("/espace/avis/").content.decode()
    assert "Aucun avis" in client.get("/espace/avis/?sujet=quote").content.decode()
    for wrong in ("?sujet=xxx", "?etat=1e3", "?page=-1", "?page=%D9%A3", "?page=" + "9" * 10_000, "?sujet=%00"):
        assert client.get(f"/espace/avis/{wrong}").status_code == 200, wrong


def test_a_text_with_anything_in_it_is_one_short_line(buyer: User) -> None:
    notify([buyer], "z", "a\n\x00b" + "é" * 300, kind=Notice.Kind.ORDER)
    text = Notice.objects.get().text
    assert len(text) == 200 and text.isprintable() and text.endswith("…")
