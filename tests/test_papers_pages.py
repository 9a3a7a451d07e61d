# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages of papers, invoice and subsidy, as a clerk, an agent and a maker use them; and as others must not."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from facturx import xml_check_xsd

from accounts.models import User
from fablabs.models import Workshop
from orders.models import EquipmentLot, Order, OrderLine, State
from orders.services import papers
from tests.orders import make_buyer, make_campaign, make_order, make_prefecture
from tests.people import signed_in
from tests.test_papers_storage import a_pdf
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db
NS = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}


@dataclass
class People:
    buyer: User
    prefecture: User
    maker: User
    stranger: User
    workshop: Workshop


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.TRETEAU_ORDER_FILES = tmp_path


@pytest.fixture
def people() -> People:
    workshop = make_workshop(slug="copeaux", name="Les Copeaux", siret="73282932000074")
    return People(
        make_buyer(),
        make_prefecture(),
        make_maker_person(workshop),
        make_buyer("autre@example.org", number=2),
        workshop,
    )


def status(person: User, address: str) -> int:
    """Of a page or of a file, which is read to its end."""
    response = signed_in(person).get(address)
    if response.streaming:
        assert b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return int(response.status_code)


def page(name: str, order: Order) -> str:
    return reverse(name, args=[order.public_id])


def sent(order: Order, **fields: Any) -> dict[str, Any]:
    """As the page's form carries it."""
    order.refresh_from_db()
    return {"vu": order.version, "cle": str(uuid.uuid4()), **fields}


def a_file(content: bytes | None = None, name: str = "signé.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content if content is not None else a_pdf(), "application/pdf")


def words(response: Any) -> str:
    return (
        re.sub(r"\s+", " ", response.content.decode().replace("&nbsp;", " "))
        .replace("\u202f", " ")
        .replace("\xa0", " ")
    )


def test_an_agreement_goes_from_the_buyer_to_the_prefecture_by_its_page(people: People) -> None:
    order = make_order(people.buyer, State.FUNDED, campaign=make_campaign())
    url, clerk, agent = page("order-agreement", order), signed_in(people.buyer), signed_in(people.prefecture)
    assert "Préparer la convention" in words(clerk.get(url))
    once = sent(order, geste="preparer")
    assert clerk.post(url, once).headers["Location"] == url
    assert clerk.post(url, once).status_code == 302  # the same form twice
    assert order.documents.count() == 1

    answer = clerk.post(url, sent(order, geste="envoyer", **{"envoi-scan": a_file(b"MZ not a paper")}))
    assert answer.status_code == 422 and "envoyez un PDF ou une photo" in words(answer)
    assert 'href="#envoi-scan"' in words(answer)
    answer = clerk.post(url, sent(order, geste="envoyer"))
    assert answer.status_code == 422 and "Choisissez un fichier." in words(answer)
    assert clerk.post(url, sent(order, geste="envoyer", **{"envoi-scan": a_file()})).status_code == 302

    assert "Signée par l’acheteur" in words(agent.get(url))
    answer = agent.post(url, sent(order, geste="enregistrer", **{"enregistrement-scan": a_file(a_pdf(2))}))
    assert answer.headers["Location"] == page("order", order) + "#papers"
    order.refresh_from_db()
    assert order.state == State.AGREEMENT_SIGNED
    shown = words(clerk.get(page("order", order)))
    assert "CONV-" in shown and "Le document signé" in shown


def test_who_was_overtaken_is_told_and_nothing_is_done_twice(people: People) -> None:
    order = make_order(people.buyer, State.FUNDED, campaign=make_campaign())
    papers.make_agreement(order, people.buyer)
    old = sent(order, geste="enregistrer", **{"enregistrement-scan": a_file()})
    agent = signed_in(people.prefecture)
    again = {**sent(order, geste="enregistrer"), "enregistrement-scan": a_file(a_pdf(3))}
    assert agent.post(page("order-agreement", order), again).status_code == 302
    answer = agent.post(page("order-agreement", order), old)
    assert answer.status_code == 409 and "Entre-temps" in words(answer)


def test_pages_and_files_are_there_for_those_whom_they_concern_alone(people: People) -> None:
    order = make_order(people.buyer, State.ACCEPTED, campaign=make_campaign(), workshop=people.workshop)
    agreement = papers.make_agreement(order, people.buyer)
    commitment = papers.make_commitment(order, people.buyer)
    addresses = {
        page("order-agreement", order): "buyer prefecture",
        page("order-commitment", order): "buyer",
        page("order-invoice", order): "maker",
        page("order-subsidy", order): "buyer prefecture",
        reverse("order-paper", args=[order.public_id, agreement.public_id]): "buyer prefecture",
        reverse("order-paper", args=[order.public_id, commitment.public_id]): "buyer prefecture maker",
        reverse("order-paper", args=[order.public_id, uuid.uuid4()]): "",
        reverse("order-file", args=[order.public_id, uuid.uuid4()]): "",
        page("order-invoice-xml", order): "",  # nothing is invoiced
        page("order-settle", order): "",  # it is furniture
    }
    for address, readers in addresses.items():
        for name in ("buyer", "prefecture", "maker", "stranger"):
            expected = 200 if name in readers.split() else 404
            assert status(getattr(people, name), address) == expected, (address, name)
        assert Client().get(address).status_code == 302  # to sign in


def test_a_file_is_handed_out_as_what_it_is_and_runs_nothing(people: People) -> None:
    order = make_order(people.buyer, State.FUNDED, campaign=make_campaign())
    paper = papers.make_agreement(order, people.buyer)
    url = reverse("order-paper", args=[order.public_id, paper.public_id])
    client = signed_in(people.buyer)
    saved, shown = client.get(url), client.get(url + "?voir")
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{paper.reference}.pdf"'
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert (
        saved.headers["Content-Type"] == "application/pdf"
        and "default-src 'none'" in saved.headers["Content-Security-Policy"]
    )
    assert saved.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in saved.headers["Cache-Control"]
    assert b"".join(saved.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert b"".join(shown.streaming_content)  # type: ignore[attr-defined]


def test_a_commitment_is_prepared_and_sent_by_the_clerk(people: People) -> None:
    order = make_order(people.buyer, State.MAKER_CHOSEN, campaign=make_campaign(), workshop=people.workshop)
    url, clerk = page("order-commitment", order), signed_in(people.buyer)
    answer = clerk.post(url, sent(order, geste="preparer", engagement_number="9" * 60))
    assert answer.status_code == 422 and "9" * 60 in words(answer)
    clerk.post(url, sent(order, geste="preparer", engagement_number="E-118", service_code="MEDIATION"))
    assert "BE-" in words(clerk.get(url))
    answer = clerk.post(url, sent(order, geste="envoyer", scan=a_file()))
    order.refresh_from_db()
    assert answer.status_code == 302 and (order.state, order.engagement_number) == (State.COMMITTED, "E-118")


GIVEN = {"number": "F-2026-18", "net_eur": "1 100,00", "vat_eur": "220", "gross_eur": "1320,00", "note": ""}
BAD = {
    "net_eur": ["", "1e3", "٣", "-1", "9" * 10_000, "0", "12,345", "NaN", "\x00"],
    "issued_on": ["", "31/02/2026", "01/01/9999", "hier", "2026-13-45"],
    "number": ["", "\x00", "9" * 300],
    "gross_eur": ["1320,01"],
}


@pytest.mark.parametrize(("field", "typed"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_what_is_wrong_with_an_invoice_stands_beside_its_field_and_nothing_is_lost(
    field: str, typed: str, people: People
) -> None:
    order = make_order(people.buyer, State.DELIVERED, campaign=make_campaign(), workshop=people.workshop)
    given = GIVEN | {"issued_on": timezone.localdate().isoformat()} | {field: typed}
    answer = signed_in(people.maker).post(page("order-invoice", order), sent(order, **given))
    text = words(answer)
    assert answer.status_code == 422 and not order.invoices.exists()
    assert f'href="#{field}"' in text
    assert 'value="220"' in text and (field == "number" or 'value="F-2026-18"' in text)


def test_a_makers_invoice_becomes_xml_that_another_reader_finds_valid(people: People) -> None:
    order = make_order(
        people.buyer,
        State.DELIVERED,
        campaign=make_campaign(),
        workshop=people.workshop,
        engagement_number="E-118",
        service_code="MEDIATION",
    )
    maker = signed_in(people.maker)
    given = GIVEN | {"issued_on": timezone.localdate().isoformat(), "scan": a_file()}
    assert maker.post(page("order-invoice", order), sent(order, **given)).status_code == 302
    assert "F-2026-18" in words(maker.get(page("order", order)))
    assert "Tréteau n’envoie rien à Chorus Pro" in words(maker.get(page("order", order)))

    answer = maker.get(page("order-invoice-xml", order))
    assert answer.headers["Content-Disposition"].endswith('filename="facture-F-2026-18-chorus-pro.xml"')
    assert xml_check_xsd(answer.content, flavor="factur-x", level="en16931")
    root = ET.fromstring(answer.content)

    def found(path: str) -> list[str | None]:
        return [element.text for element in root.iterfind(f".//{path}", NS)]

    assert found("ram:BuyerReference") == ["MEDIATION"]
    assert found("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID") == ["E-118"]
    assert found("ram:SellerTradeParty/ram:GlobalID") == ["73282932000074"]
    assert found("ram:BuyerTradeParty/ram:GlobalID") == [order.organisation.siret]
    assert found("ram:GrandTotalAmount") == ["1320.00"] and found("ram:SpecifiedTaxRegistration/ram:ID") == [
        "FR44732829320"
    ]
    scan = order.invoices.get().scan
    assert scan is not None
    address = reverse("order-file", args=[order.public_id, scan.public_id])
    assert [status(p, address) for p in (people.buyer, people.prefecture, people.stranger)] == [
        200,
        200,
        404,
    ]


def test_an_invoice_that_is_no_single_rate_says_why_there_is_no_xml(people: People) -> None:
    order = make_order(people.buyer, State.DELIVERED, campaign=make_campaign(), workshop=people.workshop)
    given = GIVEN | {"vat_eur": "100", "gross_eur": "1200", "issued_on": timezone.localdate().isoformat()}
    maker = signed_in(people.maker)
    assert maker.post(page("order-invoice", order), sent(order, **given)).status_code == 302
    answer = maker.get(page("order-invoice-xml", order), follow=True)
    assert "aucun taux français unique" in words(answer)


def test_the_subsidy_is_asked_for_by_the_clerk_and_answered_by_the_agent(people: People) -> None:
    order = make_order(people.buyer, State.ACCEPTED, campaign=make_campaign(), workshop=people.workshop)
    given = GIVEN | {"issued_on": timezone.localdate().isoformat()}
    signed_in(people.maker).post(page("order-invoice", order), sent(order, **given))
    url, clerk, agent = page("order-subsidy", order), signed_in(people.buyer), signed_in(people.prefecture)
    assert 'value="880,00"' in words(clerk.get(url))
    answer = clerk.post(url, sent(order, geste="demander", amount_eur="881"))
    assert answer.status_code == 422 and "Il reste 880,00 €" in words(answer)
    assert clerk.post(url, sent(order, geste="demander", amount_eur="880")).status_code == 302
    assert clerk.post(url, sent(order, geste="verser", **{"versement-paid_eur": "880"})).status_code == 404

    assert agent.post(url, sent(order, geste="refuser", **{"refus-note": " "})).status_code == 422
    today = timezone.localdate().isoformat()
    paid = {"versement-paid_eur": "500", "versement-paid_on": today}
    assert agent.post(url, sent(order, geste="verser", **paid)).status_code == 302
    assert order.payments.get().paid_eur == Decimal(500)
    shown = words(clerk.get(page("order", order)))
    assert "500,00 € versés le" in shown and "DP-" in shown
    assert "Subvention" not in words(signed_in(people.maker).get(page("order", order))).partition("<main")[2]


def test_devices_alone_are_settled_by_their_page(people: People) -> None:
    campaign = make_campaign()
    lot = EquipmentLot.objects.create(campaign=campaign, kind="tablet", configuration="10 pouces")
    order = make_order(people.buyer, State.AGREEMENT_SIGNED, campaign=campaign, lines=0)
    OrderLine.objects.create(order=order, position=1, lot=lot, quantity=4)
    clerk, url = signed_in(people.buyer), page("order-settle", order)
    assert clerk.get(url).status_code == 200
    answer = clerk.post(url, sent(order, net_eur="1000", note=" "))
    assert answer.status_code == 422 and 'value="1000"' in words(answer)
    given = sent(order, net_eur="1000", note="Recycl’Gard, facture 12", scan=a_file())
    assert clerk.post(url, given).status_code == 302
    order.refresh_from_db()
    assert order.state == State.CLOSED and 'value="800,00"' in words(clerk.get(page("order-subsidy", order)))
    file = order.files.get()
    address = reverse("order-file", args=[order.public_id, file.public_id])
    assert [status(p, address) for p in (people.prefecture, people.stranger)] == [200, 404]


def test_an_order_of_many_papers_takes_as_many_queries_as_one_of_few(people: People) -> None:
    order = make_order(people.buyer, State.ACCEPTED, campaign=make_campaign(), workshop=people.workshop)
    client, url = signed_in(people.buyer), page("order", order)
    papers.make_acceptance(order, "", people.buyer)
    client.get(url)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    few = queries()
    for index in range(8):
        papers.make_acceptance(order, f"réserve {index}", people.buyer)
    assert queries() == few
