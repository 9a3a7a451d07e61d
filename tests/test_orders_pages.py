# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of orders, an order's page for each of those who have to do with it, campaigns for all."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cms.views.orders.places import ACTION_PLACES, QUIET, offered
from cms.views.orders.words import standing
from orders.life import ACTIONS, Party, advance
from orders.life.parties import parties_of
from orders.models import (
    ENDED,
    Campaign,
    Document,
    EquipmentLot,
    Event,
    Invoice,
    Order,
    QuoteRequest,
    State,
    StoredFile,
    SubsidyPayment,
)
from tests.orders import make_buyer, make_campaign, make_line, make_order, make_prefecture, organisation_of
from tests.people import make_coordinator, make_member, make_person, signed_in
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db

SECRETS = ("04 66 12 34 56", "secret@example.org", "Lou Secret")
REASONS = "La médiathèque attend ce meuble."


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


@pytest.fixture
def buyer() -> User:
    return make_buyer()


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response
    return re.sub(r"\s+", " ", response.content.decode().replace("&nbsp;", " "))


def page(order: Order) -> str:
    return reverse("order", args=[order.public_id])


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def make_chosen(buyer: User, state: State = State.MAKER_CHOSEN, **fields: Any) -> tuple[Order, User]:
    workshop = make_workshop()
    maker = make_maker_person(workshop)
    return make_order(buyer, state, workshop=workshop, **fields), maker


# The list


def test_what_waits_for_the_buyer_comes_first(buyer: User, campaign: Campaign) -> None:
    ended = make_order(buyer, State.WITHDRAWN, campaign=campaign)
    draft = make_order(buyer, campaign=campaign)
    waiting = make_order(buyer, State.SUBMITTED, campaign=campaign)
    back = make_order(buyer, State.SUBMITTED, campaign=campaign, sent_back_at=timezone.now())
    response = signed_in(buyer).get(reverse("orders"))
    assert [row["order"] for row in response.context["rows"]] == [back, draft, waiting, ended]
    assert [row["mine"] for row in response.context["rows"]] == [True, True, False, False]


def test_the_list_is_narrowed_by_its_address(buyer: User, campaign: Campaign) -> None:
    one = make_order(buyer, State.SUBMITTED, campaign=campaign, commune="Alès (Gard)")
    two = make_order(buyer, State.SELF_FUNDED)
    three = make_order(buyer, State.CANCELLED, receiver_kind="ccas", receiver_name="CCAS de Vézac")
    gone = make_order(buyer, archived_at=timezone.now())
    client = signed_in(buyer)

    def found(**asked: str) -> list[Order]:
        response = client.get(reverse("orders"), asked)
        assert response.status_code == 200
        return [row["order"] for row in response.context["rows"]]

    assert set(found()) == {one, two, three} and gone not in found()
    assert found(etat="submitted") == [one]
    assert found(etat="a-faire") == [two]
    assert set(found(etat="en-cours")) == {one, two}
    assert found(etat="terminees") == [three]
    assert found(campagne=campaign.slug) == [one]
    assert set(found(campagne="aucune")) == {two, three}
    assert found(texte="alès") == [one]
    assert found(texte="ccas de v") == [three]
    assert found(texte=two.reference) == [two]
    assert found(texte="c-2026-999999999") == []
    assert found(tri="creee") == [one, two, three] and found(tri="-creee") == [three, two, one]
    assert set(found(texte="\x00")) == {one, two, three}  # nothing was asked
    for odd in ("1' OR 1", "٣", "x" * 5_000, "%", "_"):
        assert found(texte=odd) == [] and set(found(tri=odd)) == {one, two, three}
        page = client.get(reverse("orders"), {"etat": odd})
        assert "Choisissez dans la liste." in page.content.decode() and len(page.context["rows"]) == 3
    assert client.get(reverse("orders"), {"page": "9" * 5_000}).status_code == 200


def test_a_list_of_many_takes_as_many_queries_as_one_of_few(buyer: User, campaign: Campaign) -> None:
    client = signed_in(buyer)
    for state in (State.DRAFT, State.SUBMITTED):
        make_order(buyer, state, campaign=campaign)
    client.get(reverse("orders"))
    few = queries_of(client, reverse("orders"))
    for _ in range(8):
        make_order(buyer, State.UNDER_REVIEW, campaign=campaign, lines=2)
    assert queries_of(client, reverse("orders")) == few <= 12


def test_pages_keep_what_narrows_them(buyer: User, campaign: Campaign) -> None:
    for _ in range(31):
        make_order(buyer, State.SUBMITTED, campaign=campaign, lines=0)
    shown = text(signed_in(buyer), reverse("orders") + "?etat=submitted")
    assert "Page 1 sur 2" in shown and "etat=submitted&amp;page=2" in shown


def test_a_list_shows_nobody_elses(buyer: User, campaign: Campaign) -> None:
    maker = make_chosen(buyer, commune="Lieu-Secret")[1]
    make_order(buyer, campaign=campaign, commune="Brouillon-Secret")
    for other in (make_buyer("autre@example.org", number=2), make_person("x@example.org"), maker, make_prefecture()):
        assert "Secret" not in text(signed_in(other), reverse("orders"))
    seen = text(signed_in(make_coordinator()), reverse("orders"))
    assert "Lieu-Secret" in seen and "Brouillon-Secret" not in seen
    assert Client().get(reverse("orders")).status_code == 302


# An order's page


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_page_in_plain_french(buyer: User, campaign: Campaign, state: State) -> None:
    order = make_order(buyer, state, campaign=campaign, workshop=make_workshop())
    coordinator = signed_in(make_coordinator())
    shown = text(coordinator, page(order))
    now = standing(order)
    assert re.sub(r"\s", " ", now.sentence) in shown
    assert (now.turn is None) == (state in ENDED)
    if state != State.DRAFT:
        shown = text(signed_in(buyer), page(order))
        assert ("C’est à vous" in shown) == (now.turn is Party.BUYER)
        assert "pas à vous" not in shown


def test_whose_turn_it_is_follows_what_was_signed_and_invoiced(buyer: User, campaign: Campaign) -> None:
    funded = make_order(buyer, State.FUNDED, campaign=campaign)
    accepted, maker = make_chosen(buyer, State.ACCEPTED, campaign=campaign)
    assert (standing(funded).turn, standing(accepted).turn) == (Party.BUYER, Party.MAKER)
    scan = StoredFile.objects.create(order=funded, sha256="0" * 64, path="0", name="convention.pdf", size=1)
    Document.objects.create(
        order=funded, kind="agreement", year=2026, number=1, facts={}, buyer_signed=scan, buyer_signed_at=timezone.now()
    )
    Invoice.objects.create(
        order=accepted, number="F-1", issued_on=timezone.localdate(), net_eur=1100, vat_eur=220, gross_eur=1320,
        recorded_by=maker,
    )  # fmt: skip
    assert (standing(funded).turn, standing(accepted).turn) == (Party.PREFECTURE, Party.BUYER)
    rows = signed_in(buyer).get(reverse("orders")).context["rows"]
    assert [(row["order"], row["mine"]) for row in rows] == [(accepted, True), (funded, False)]
    mine = signed_in(buyer).get(reverse("orders"), {"etat": "a-faire"}).context["rows"]
    assert [row["order"] for row in mine] == [accepted]
    SubsidyPayment.objects.create(order=accepted, requested_eur=880, requested_by=buyer)
    assert standing(accepted).turn is Party.PREFECTURE
    assert not signed_in(buyer).get(reverse("orders"), {"etat": "a-faire"}).context["rows"]
    SubsidyPayment.objects.update(paid_eur=880, paid_on=timezone.localdate(), closed_at=timezone.now())
    paid = standing(accepted)
    assert paid.turn is Party.BUYER and "subvention" not in paid.follows  # it is paid: nothing to ask for


def test_what_may_be_done_is_offered_to_those_who_may(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.NOT_FUNDED, campaign=campaign)
    names = [action.name for action in offered(order, parties_of(buyer, order))]
    assert names == ["self_fund", "withdraw"]
    assert "withdraw" in QUIET and set(ACTION_PLACES) <= set(ACTIONS)
    stranger = make_buyer("autre@example.org", number=2)
    assert offered(order, parties_of(stranger, order)) == []


def test_who_reads_whom_to_call_and_why(buyer: User, campaign: Campaign) -> None:
    order, maker = make_chosen(
        buyer,
        campaign=campaign,
        contact_name=SECRETS[2],
        contact_email=SECRETS[1],
        contact_phone=SECRETS[0],
        reasons=REASONS,
    )
    asked = make_workshop(slug="autre", name="Autre")
    QuoteRequest.objects.create(order=order, workshop=asked, answer_by=timezone.localdate())
    clerk = make_prefecture()
    readers = {
        "buyer": (buyer, True, True),
        "prefecture": (clerk, True, True),
        "maker": (maker, True, False),
        "asked": (make_maker_person(asked, "demande@example.org"), False, False),
        "coordinator": (make_coordinator(), False, True),
    }
    for name, (reader, calls, reasons) in readers.items():
        shown = text(signed_in(reader), page(order))
        assert all((secret in shown) == calls for secret in SECRETS), name
        assert (REASONS in shown) == reasons, name
        assert "Chariot-établi" in shown


def test_what_is_not_theirs_is_not_there(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.SUBMITTED, campaign=campaign)
    urls = [page(order), reverse("order-amend", args=[order.public_id])]
    urls += [reverse("order-act", args=[order.public_id, name]) for name in ("withdraw", "void", "cancel")]
    others = (make_buyer("autre@example.org", number=2), make_prefecture("p48@example.org", department="48"))
    for other in (*others, make_maker_person(make_workshop())):
        for url in urls:
            assert signed_in(other).get(url).status_code == 404, url
            assert signed_in(other).post(url, {"note": "Pour voir."}).status_code in (404, 405), url
    assert signed_in(buyer).get(reverse("order-act", args=[order.public_id, "void"])).status_code == 404
    assert signed_in(buyer).get(reverse("order-act", args=[order.public_id, "submit"])).status_code == 404
    assert signed_in(buyer).get(reverse("order-act", args=[order.public_id, "nothing"])).status_code == 404
    assert signed_in(buyer).get(reverse("order", args=[uuid.uuid4()])).status_code == 404
    order.refresh_from_db()
    assert order.state == State.SUBMITTED


def test_the_history_says_who_did_what_and_why(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.SUBMITTED, campaign=campaign)
    clerk = make_prefecture()
    advance(order, "send_back", actor=clerk, note="Combien d’habitants ?")
    shown = text(signed_in(buyer), page(order))
    assert "<strong>Dominique F.</strong>, pour la préfecture, a demandé des précisions." in shown
    assert "Combien d’habitants ?" in shown and clerk.email not in shown
    assert "C’est à vous" in shown
    assert "Combien d’habitants ?" in text(signed_in(buyer), reverse("order-amend", args=[order.public_id]))


def test_a_maker_reads_what_happened_since_it_was_chosen(buyer: User, campaign: Campaign) -> None:
    order, maker = make_chosen(buyer, campaign=campaign)
    for number, (action, note) in enumerate(
        (("refuse_funding", "Trop loin."), ("choose_maker", ""), ("commit", "")), 1
    ):
        Event.objects.create(
            order=order, sequence=number, action=action, from_state="submitted", to_state="submitted", party="buyer",
            at=timezone.now(), note=note,
        )  # fmt: skip
    shown = text(signed_in(maker), page(order))
    assert "a choisi un atelier" in shown and "Trop loin." not in shown


def test_an_orders_page_takes_as_many_queries_for_many_lines(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.SUBMITTED, campaign=campaign)
    client = signed_in(buyer)
    client.get(page(order))
    few = queries_of(client, page(order))
    for width in range(5):
        make_line(order, parameters={"width": 1000.0 + width})
    assert queries_of(client, page(order)) == few


def test_withdrawing_asks_for_a_reason_and_keeps_it(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.SUBMITTED, campaign=campaign)
    client, url = signed_in(buyer), reverse("order-act", args=[order.public_id, "withdraw"])
    assert "Gardée avec la commande" in text(client, url)
    refused = client.post(url, {"note": " ", "vu": "0"})
    assert refused.status_code == 422 and "Écrivez la raison" in refused.content.decode()
    assert client.post(url, {"note": "a" * 4_001, "vu": "0"}).status_code == 422
    assert client.post(url, {"note": "Le projet\x00 s’arrête.", "vu": "0"}).url == page(order)
    order.refresh_from_db()
    assert order.state == State.WITHDRAWN and order.events.get().note == "Le projet s’arrête."


def test_of_two_who_act_at_once_the_second_is_told_and_loses_no_word(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.SUBMITTED, campaign=campaign)
    colleague = make_person("dominique@example.org", "Dominique Faure")
    make_member(colleague, organisation_of(buyer))
    amend = {
        **{f"line-{line.pk}": "4" for line in order.lines.all()},
        "professional": "conseiller",
        "receiver_kind": "",
        "reasons": "Mes longues raisons à moi.",
        "commune": "Nîmes (Gard)",
        "address": "Place de la Mairie",
        "postcode": "30000",
        "contact_name": "Camille Roux",
        "contact_email": "mairie@example.org",
        "vu": "0",
        "cle": str(uuid.uuid4()),
    }
    url = reverse("order-amend", args=[order.public_id])
    first = signed_in(colleague).post(url, {**amend, "reasons": "Les leurs.", "cle": str(uuid.uuid4())})
    assert first.status_code == 302
    answer = signed_in(buyer).post(url, amend)
    assert answer.status_code == 409
    shown = re.sub(r"\s+", " ", answer.content.decode())
    assert "Dominique F. a modifié l’intention" in shown and "Mes longues raisons à moi." in shown
    order.refresh_from_db()
    assert order.reasons == "Les leurs." and order.version == 1


def test_the_page_that_amends_shows_every_mistake_at_once(buyer: User, campaign: Campaign) -> None:
    order = make_order(buyer, State.SUBMITTED, campaign=campaign)
    line = order.lines.get()
    url = reverse("order-amend", args=[order.public_id])
    client = signed_in(buyer)
    assert f'name="line-{line.pk}"' in text(client, url)
    answer = client.post(
        url, {f"line-{line.pk}": "٣", "reasons": "Nouvelles.", "postcode": "x", "contact_email": "y", "vu": "0"}
    )
    assert answer.status_code == 422
    assert [error.anchor for error in answer.context["errors"]] == [f"line-{line.pk}", "postcode", "contact_email"]
    assert "Nouvelles." in answer.content.decode()
    Campaign.objects.update(opens_on=timezone.localdate() - timedelta(9), closes_on=timezone.localdate() - timedelta(1))
    late = client.get(url, follow=True)
    assert late.redirect_chain[0][0] == page(order) and "La campagne est close depuis le" in late.content.decode()


# Campaigns


def test_anybody_reads_what_may_be_ordered_until_when(campaign: Campaign) -> None:
    today = timezone.localdate()
    EquipmentLot.objects.create(campaign=campaign, kind="laptop", configuration="8 Go de mémoire")
    Campaign.objects.filter(pk=campaign.pk).update(departments=["30", "999"], rate="0.755")
    coming = make_campaign(slug="ete", name="Été", opens_on=today + timedelta(9), closes_on=today + timedelta(20))
    past = make_campaign(slug="hiver", name="Hiver", opens_on=today - timedelta(20), closes_on=today - timedelta(9))
    hidden = make_campaign(slug="secrete", name="Secrète", published_at=None)
    anybody = Client()
    shown = text(anybody, reverse("campaigns"))
    assert shown.index(campaign.name) < shown.index("À venir") < shown.index(coming.name) < shown.index(past.name)
    assert hidden.name not in shown
    own = text(anybody, reverse("campaign", args=[campaign.slug])).replace("\u202f", " ").replace("\u00a0", " ")
    assert "75,5 %" in own and "40 000 €" in own and "Gard (30), 999" in own and "8 Go de mémoire" in own
    assert "Déposer une intention" in own
    assert "Préparer un brouillon" in text(anybody, reverse("campaign", args=["ete"]))
    assert "order-new" not in text(anybody, reverse("campaign", args=["hiver"]))
    assert anybody.get(reverse("campaign", args=["secrete"])).status_code == 404
