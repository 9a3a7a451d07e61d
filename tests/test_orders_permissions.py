# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address of the orders' pages, in every state, for everybody who has nothing to do with an order: it is not there. And
for those who have: nothing of what is other people's."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from cms.routes import arbitration, choosing, eligibility, figures, making, orders, papers
from fablabs.models import Workshop
from orders.models import (
    Campaign,
    Choice,
    Claim,
    Delivery,
    Document,
    Event,
    Invoice,
    Order,
    Photo,
    Piece,
    QuoteRequest,
    State,
    StoredFile,
    SubsidyPayment,
)
from orders.services import storage
from tests.making import photo
from tests.orders import make_buyer, make_campaign, make_order, make_prefecture, organisation_of
from tests.people import make_coordinator, make_member, make_person, signed_in
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db

#: Everybody's, and those of one's own that show a list: tested where they are.
PUBLIC = {
    "campaigns", "campaign", "eligibility", "figures", "open-data", "open-data-file", "passport", "passport-notice",
    "passport-code", "passport-part", "passport-part-file", "passport-part-picture",
}  # fmt: skip
OWN_LISTS = {"made-orders", "board-state", "orders", "order-new", "board"}
PREFECTURES = {
    "arbitration", "arbitration-list", "arbitration-decide", "arbitration-what-if", "arbitration-what-if-result",
    "arbitration-table",
}  # fmt: skip
COORDINATION = {
    "campaigns-manage", "campaign-new", "campaign-manage", "campaign-edit", "campaign-publish", "campaign-envelope",
    "purchase-thresholds", "purchase-threshold", "dashboard",
}  # fmt: skip
OUTSIDE = {*PUBLIC, *OWN_LISTS, *PREFECTURES, *COORDINATION}


@dataclass
class Town:
    """An order with all that may hang on it, and everybody who has or had to do with it."""

    order: Order
    buyer: User
    prefecture: User
    maker: User
    coordinator: User
    asked: User
    former: User
    workshop: Workshop
    files: dict[str, StoredFile]

    def arguments(self) -> dict[str, Any]:
        """Whatever an address of this order takes."""
        order = self.order
        claim, piece, request = order.claims.first(), Piece.objects.filter(line__order=order).first(), self.request()
        assert claim is not None and piece is not None
        return {
            "public_id": order.public_id,
            "action": "withdraw",
            "step": "besoin",
            "design": "chariot",
            "position": 1,
            "slug": self.workshop.slug,
            "claim_id": claim.public_id,
            "number": piece.serial,
            "form": "svg",
            "paper_id": order.documents.get(kind="agreement").public_id,
            "file_id": self.files["agreement"].public_id,
            "request": request.pk,
            "choice": order.choices.get(ended="").pk,
            "photo": order.photos.get().pk,
            "line": order.lines.get().pk,
            # Any number: whether the page is there at all is asked first.
            "production": 1,
            "sheet": 0,
            "buyer": order.organisation_id,
        }

    def request(self) -> QuoteRequest:
        return self.order.quote_requests.get(workshop__slug="asked")


#: Which of the arguments an address means by "pk".
PKS = {
    "order-line": "line",
    "order-photo": "photo",
    "choice-pdf": "choice",
    "choice-csv": "choice",
    "buyer": "buyer",
    "order-withdraw-request": "request",
    "request-decline": "request",
    "order-choose": "request",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.TRETEAU_ORDER_FILES = tmp_path


@pytest.fixture
def town() -> Town:
    workshop, asked, former = (make_workshop(slug=slug, name=slug.title()) for slug in ("chosen", "asked", "former"))
    campaign = make_campaign()
    buyer = make_buyer()
    order = make_order(
        buyer, State.ACCEPTED, campaign=campaign, workshop=workshop,
        contact_name="Lou Secret", contact_phone="04 66 12 34 56", contact_email="secret@example.org",
        reasons="Nos raisons à nous.", net_eur=Decimal("4321.09"), vat_eur=Decimal("864.22"),
        decision_reason="Décidé en commission.",
        judgement={"verdict": "yes", "reasons": ["Jugement gardé."]},
    )  # fmt: skip
    now, today = timezone.now(), timezone.localdate()
    QuoteRequest.objects.create(order=order, workshop=asked, answer_by=today, message="Un mot à l’atelier demandé.")
    request = QuoteRequest.objects.create(order=order, workshop=workshop, answer_by=today, answered_at=now)
    QuoteRequest.objects.create(order=order, workshop=former, answer_by=today, withdrawn_at=now)
    values = {"order": order, "net_eur": Decimal("4321.09"), "vat_eur": Decimal("864.22")}
    Choice.objects.create(
        **values, workshop=former, justification="Le premier.", ended="refused", ended_at=now, ended_reason="Trop loin."
    )
    Choice.objects.create(**values, workshop=workshop, justification="Le plus près.", request=request)
    files = {
        name: storage.store_made(order, b"%PDF-1.4 " + name.encode(), f"{name}.pdf", "application/pdf", None)
        for name in ("agreement", "signed", "note", "bill", "nobody")
    }
    Document.objects.create(
        order=order, kind="agreement", year=2026, number=1, facts={"rate": "0.8"}, pdf=files["agreement"], buyer_signed=files["signed"],
        buyer_signed_at=now,
    )  # fmt: skip
    note = Document.objects.create(
        order=order,
        kind="delivery_note",
        year=2026,
        number=1,
        facts={"maker": {"workshop": workshop.pk}},
        pdf=files["note"],
    )
    Invoice.objects.create(
        order=order, number="F-1", issued_on=today, net_eur=Decimal("4321.09"), vat_eur=Decimal("864.22"),
        gross_eur=Decimal("5185.31"), scan=files["bill"],
    )  # fmt: skip
    SubsidyPayment.objects.create(order=order, requested_eur=960)
    piece = Piece.objects.create(
        line=order.lines.get(), index=1, code="ABCDEFGHJKMN", year=2026, number=1, stage="delivered", workshop=workshop
    )
    delivery = Delivery.objects.create(order=order, shipped_at=now, received_at=now, note=note, reserves="Un éclat.")
    delivery.pieces.set([piece])
    Claim.objects.create(order=order, piece=piece, description="La porte frotte.")
    picture = storage.store(order, photo(), "p.jpg", buyer, kinds=[storage.IMAGE])
    Photo.objects.create(order=order, file=picture, piece=piece)
    for sequence, (action, note_text) in enumerate(
        (
            ("submit", "Un mot du dépôt."), ("refuse_funding", "Un refus d’abord."), ("fund", ""),
            ("choose_maker", ""), ("record_payment", "Facture à revoir, dit l’État."),
        ), 1,
    ):  # fmt: skip
        Event.objects.create(
            order=order, sequence=sequence, action=action, from_state="accepted", to_state="accepted", at=now,
            party="prefecture", note=note_text,
        )  # fmt: skip
    return Town(
        order=order,
        buyer=buyer,
        prefecture=make_prefecture(),
        maker=make_maker_person(workshop),
        coordinator=make_coordinator(),
        asked=make_maker_person(asked, "asked@example.org"),
        former=make_maker_person(former, "former@example.org"),
        workshop=workshop,
        files=files,
    )


def patterns() -> Iterator[URLPattern]:
    for module in (orders, arbitration, choosing, making, papers, figures, eligibility):
        for pattern in module.urlpatterns:
            assert isinstance(pattern, URLPattern) and pattern.name
            yield pattern


def addresses(town: Town) -> dict[str, str]:
    """Of all pages of one order, by name; and of the buyer's own."""
    known, found = town.arguments(), {}
    for pattern in patterns():
        assert pattern.name is not None
        if pattern.name not in OUTSIDE:
            names = pattern.pattern.regex.groupindex
            wanted = {name: known[PKS[pattern.name] if name == "pk" else name] for name in names}
            found[pattern.name] = reverse(pattern.name, kwargs=wanted)
    return found


def everything(client: Client, found: dict[str, str]) -> Iterator[tuple[str, int]]:
    for name, address in found.items():
        for method in (client.get, client.post):
            response = method(address)
            if response.streaming:
                b"".join(response.streaming_content)
            yield f"{method.__name__} {name}", response.status_code


def outsiders(town: Town) -> dict[str, User]:
    """People who act for somebody, but not here; the first is all of them at once."""
    several = make_buyer("plusieurs@example.org", number=2)
    for person in (
        make_prefecture("p48@example.org", "48"),
        make_maker_person(make_workshop(slug="x"), "x@example.org"),
    ):
        make_member(several, organisation_of(person))
    gone = make_person("partie@example.org")
    for person in (town.buyer, town.prefecture, town.maker, town.coordinator):
        Membership.objects.create(
            user=gone,
            organisation=organisation_of(person),
            role=person.memberships.get().role,
            is_active=False,
        )
    return {
        "several": several,
        "former member": gone,
        "former maker": town.former,
        "nobody": make_person("n@example.org"),
    }


def test_whoever_has_nothing_to_do_with_an_order_finds_no_page_of_it(town: Town) -> None:
    people, found = outsiders(town), addresses(town)
    assert len(found) > 40
    for name, person in people.items():
        client = signed_in(person)
        wrong = [(what, status) for what, status in everything(client, found) if status not in (404, 405)]
        assert not wrong, name
    town.order.refresh_from_db()
    assert (town.order.state, town.order.version) == (State.ACCEPTED, 0)


def test_a_workshop_that_was_only_asked_finds_the_order_and_its_own_answer_alone(town: Town) -> None:
    found = addresses(town)
    opened = {what for what, status in everything(signed_in(town.asked), found) if status not in (404, 405)}
    assert opened == {"get order", "get request-decline", "post request-decline"}


@pytest.mark.parametrize("state", [state for state in State if state not in (State.ACCEPTED, State.CLOSED)])
def test_in_no_state_is_there_anything_for_somebody_else(town: Town, state: State) -> None:
    """Rows as they would be, each page read and sent by a person of three other organisations."""
    order = make_order(town.buyer, state, campaign=town.order.campaign, workshop=town.workshop)
    kept = addresses(town)
    old, new = str(town.order.public_id), str(order.public_id)
    found = {name: address.replace(old, new) for name, address in kept.items() if name != "buyer"}
    person = outsiders(town)["several"]
    wrong = [(what, status) for what, status in everything(signed_in(person), found) if status not in (404, 405)]
    assert not wrong
    order.refresh_from_db()
    assert (order.state, order.version) == (state, 0)


def test_strangers_are_led_to_the_door(town: Town) -> None:
    asleep = make_person("endormi@example.org", is_active=False)
    make_member(asleep, organisation_of(town.buyer))
    for client in (Client(), signed_in(asleep)):
        for name, address in addresses(town).items():
            response = client.get(address)
            assert response.status_code == 302 and "/compte/connexion/" in response["Location"], name


def test_an_archived_organisation_is_nobodys_key(town: Town) -> None:
    people = (town.buyer, town.prefecture, town.maker, town.coordinator, town.asked)
    Organisation.objects.update(archived_at=timezone.now())
    found = addresses(town)
    for person in people:
        wrong = [(what, status) for what, status in everything(signed_in(person), found) if status not in (404, 405)]
        assert not wrong, person


def test_desks_are_there_for_those_who_sit_at_them(town: Town) -> None:
    campaign = town.order.campaign
    assert campaign is not None
    for name in sorted(PREFECTURES | COORDINATION):
        arguments = {
            "arbitration-table": ["csv"],
            "purchase-threshold": [1],
        }.get(name, [campaign.public_id] if name.startswith("campaign-") and name != "campaign-new" else [])
        address = reverse(name, args=arguments)
        kept_from = [town.buyer, town.maker, town.asked] + ([town.prefecture] if name in COORDINATION else [])
        for person in kept_from:
            client = signed_in(person)
            assert client.get(address).status_code in (404, 405), (name, person)
            assert client.post(address, {"action": "fund", "publier": "1"}).status_code in (404, 405), (name, person)
    campaign.refresh_from_db()
    assert Campaign.objects.count() == 1 and campaign.published_at is not None


def test_tables_and_lists_hold_nothing_of_another_departement(town: Town) -> None:
    other = signed_in(make_prefecture("p48@example.org", "48"))
    for query in ("", "?etat=toutes", "?departement=30&etat=toutes", "?recherche=nimes&etat=toutes"):
        for name, arguments in (
            ("arbitration", []), ("arbitration-list", []), ("arbitration-what-if", []),
            ("arbitration-table", ["csv"]),
        ):  # fmt: skip
            response = other.get(reverse(name, args=arguments) + query)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            assert response.status_code == 200
            assert town.order.reference not in content.decode() and "Commune 1" not in content.decode(), (name, query)
    ticked = {"action": "fund", "commande": f"{town.order.pk}.0", "confirmer": "1", "cle": str(uuid.uuid4())}
    answer = other.post(reverse("arbitration-decide"), ticked)
    assert town.order.reference not in answer.content.decode()


def words(person: User, town: Town) -> str:
    content = signed_in(person).get(reverse("order", args=[town.order.public_id])).content.decode()
    visible = re.sub(r"<[^>]*>", " ", content)  # an identifier in an address has any digits
    return re.sub(r"[\s\u00a0\u202f]+", " ", visible.replace("&nbsp;", " "))


def test_a_page_says_to_each_what_is_theirs_to_know(town: Town) -> None:
    said = {name: words(getattr(town, name), town) for name in ("buyer", "prefecture", "maker", "coordinator", "asked")}
    contact = ("Lou Secret", "04 66 12 34 56", "secret@example.org")
    knows: dict[str, tuple[tuple[str, ...], set[str]]] = {
        "contact": (contact, {"buyer", "prefecture", "maker"}),
        "reasons": (("Nos raisons à nous.", "Un refus d’abord."), {"buyer", "prefecture", "coordinator"}),
        "price": (("4 321,09",), {"buyer", "prefecture", "maker", "coordinator"}),
        "grant": (("960,00",), {"buyer", "prefecture", "coordinator"}),
        "payments": (("Facture à revoir, dit l’État.",), {"buyer", "prefecture", "coordinator"}),
        "others": (("Trop loin.",), {"buyer", "prefecture", "coordinator"}),
        "estimate": (("900,00",), {"buyer", "prefecture", "coordinator"}),
    }
    for what, (texts, people) in knows.items():
        for name, page in said.items():
            for text in texts:
                assert (text in page) == (name in people), (what, text, name)
    for name, page in said.items():
        assert town.order.reference in page, name


FILES: dict[str, set[str]] = {
    "agreement": {"buyer", "prefecture", "coordinator"},
    "signed": {"buyer", "prefecture", "coordinator"},
    "note": {"buyer", "prefecture", "coordinator", "maker"},
    "bill": {"buyer", "prefecture", "coordinator", "maker"},
    "nobody": {"coordinator"},
}


def test_files_go_to_those_whom_they_concern(town: Town) -> None:
    Invoice.objects.update(seller_siret="")
    papers_of = {"agreement": "agreement", "note": "delivery_note"}
    for reader in ("buyer", "prefecture", "maker", "coordinator", "asked", "former"):
        client = signed_in(getattr(town, reader))
        for name, readers in FILES.items():
            wanted = 200 if reader in readers else 404
            address = reverse("order-file", args=[town.order.public_id, town.files[name].public_id])
            assert _status(client.get, address) == wanted, (reader, name)
            if name in papers_of:
                paper = town.order.documents.get(kind=papers_of[name])
                address = reverse("order-paper", args=[town.order.public_id, paper.public_id])
                assert _status(client.get, address) == wanted, (reader, name)
        address = reverse("order-photo", args=[town.order.public_id, town.order.photos.get().pk])
        assert (_status(client.get, address) == 200) == (reader not in ("asked", "former")), reader
    # Another order's address opens no file of this one.
    own = make_order(make_buyer("b2@example.org", number=2), State.SUBMITTED, campaign=town.order.campaign)
    client = signed_in(User.objects.get(email="b2@example.org"))
    for file in town.files.values():
        assert client.get(reverse("order-file", args=[own.public_id, file.public_id])).status_code == 404
    paper = town.order.documents.get(kind="agreement")
    assert client.get(reverse("order-paper", args=[own.public_id, paper.public_id])).status_code == 404


def _status(ask: Callable[[str], Any], address: str) -> int:
    response = ask(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return int(response.status_code)


def test_a_maker_that_comes_after_another_reads_nothing_of_its_invoice(town: Town) -> None:
    """Two workshops without a SIRET are two workshops all the same."""
    Invoice.objects.update(seller_siret="", recorded_by=town.former)
    assert "F-1" in words(town.maker, town)
    Order.objects.filter(pk=town.order.pk).update(chosen_at=timezone.now() + timedelta(hours=1))
    assert "F-1" not in words(town.maker, town) and "F-1" in words(town.buyer, town)
    bill = reverse("order-file", args=[town.order.public_id, town.files["bill"].public_id])
    assert _status(signed_in(town.maker).get, bill) == 404
