# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is signed: agreement and commitment, from the paper to the scan; who gets which of them; how they are printed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from fablabs.models import Workshop
from fabrication.quoting.services import request_quote
from orders.life import NotAllowedError, OvertakenError, RefusedError, advance
from orders.life.parties import parties_of
from orders.models import Buyer, Choice, Delivery, Document, Order, Piece, State, StoredFile
from orders.papers.printing import html_of, print_paper
from orders.services import papers, storage
from orders.services.uploads import Judged, judge
from tests.orders import (
    make_buyer,
    make_campaign,
    make_envelope,
    make_line,
    make_order,
    make_prefecture,
    organisation_of,
)
from tests.quoting import ALES, porte, priced_workshop
from tests.test_papers_storage import a_pdf, a_photo
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.TRETEAU_ORDER_FILES = tmp_path  # type: ignore[attr-defined]


@dataclass
class People:
    buyer: User
    prefecture: User
    maker: User
    workshop: Workshop
    stranger: User


@pytest.fixture
def people() -> People:
    workshop = make_workshop(slug="copeaux", name="Les Copeaux")
    return People(
        make_buyer(),
        make_prefecture(),
        make_maker_person(workshop),
        workshop,
        make_buyer("autre@example.org", number=2),
    )


def a_scan(pages: int = 1) -> Judged:
    return judge(a_pdf(pages), "signé.pdf", storage.SIGNED, "scan")


def a_funded(people: People, **fields: object) -> Order:
    return make_order(people.buyer, State.FUNDED, campaign=make_campaign(), **fields)


def a_chosen(people: People, **fields: object) -> Order:
    return make_order(people.buyer, State.MAKER_CHOSEN, campaign=make_campaign(), workshop=people.workshop, **fields)


# The agreement


def test_an_agreement_is_prepared_signed_by_the_buyer_then_recorded_signed_by_both(people: People) -> None:
    order = advance(a_funded(people), "prepare_agreement", actor=people.prefecture)
    paper = order.documents.get()
    assert paper.reference.startswith("CONV-") and order.events.get().data == {"document": paper.reference}
    assert order.state == State.FUNDED and paper.facts["granted_eur"] == "960.00"

    advance(order, "send_agreement", actor=people.buyer, given={"scan": a_scan()})
    order = advance(order, "sign_agreement", actor=people.prefecture, given={"scan": a_scan(2)})
    paper.refresh_from_db()
    assert order.state == State.AGREEMENT_SIGNED and order.agreement_signed_at is not None
    assert paper.signed is not None and paper.buyer_signed is not None and paper.signed_by == people.prefecture
    assert storage.read(paper.buyer_signed) == a_pdf() and storage.read(paper.signed) == a_pdf(2)


def test_an_agreement_that_the_order_has_left_behind_is_not_signed_and_the_next_one_takes_its_place(
    people: People,
) -> None:
    order = advance(a_funded(people), "prepare_agreement", actor=people.buyer)
    with pytest.raises(RefusedError, match="says what the order is"):
        advance(order, "prepare_agreement", actor=people.buyer)

    Order.objects.filter(pk=order.pk).update(granted_eur=Decimal(800))
    with pytest.raises(RefusedError) as refused:
        advance(order, "sign_agreement", actor=people.prefecture, given={"scan": a_scan()})
    assert refused.value.field == "scan" and "préparez-la de nouveau" in refused.value.french
    assert not StoredFile.objects.exists()

    order = advance(order, "prepare_agreement", actor=people.prefecture)
    first, second = order.documents.order_by("id")
    assert first.replaced_at is not None and second.replaced_at is None
    assert (second.number, second.facts["granted_eur"]) == (first.number + 1, "800.00")
    assert advance(order, "sign_agreement", actor=people.prefecture, given={"scan": a_scan()}).agreement_signed_at


def test_no_agreement_is_signed_before_it_is_prepared_nor_by_anybody_else(people: People) -> None:
    order = a_funded(people)
    with pytest.raises(RefusedError, match="no agreement was prepared"):
        advance(order, "send_agreement", actor=people.buyer, given={"scan": a_scan()})
    advance(order, "prepare_agreement", actor=people.buyer)
    other = make_prefecture("lozere@example.org", "48")
    for person in (people.buyer, people.maker, people.stranger, other):
        with pytest.raises(NotAllowedError):
            advance(order, "sign_agreement", actor=person, given={"scan": a_scan()})
    assert order.documents.get().signed is None


# The commitment


def test_a_commitment_is_prepared_with_the_buyers_numbers_and_the_maker_may_make_once_it_is_signed(
    people: People,
) -> None:
    order = a_chosen(people)
    given = {"engagement_number": " E-2026\t118 ", "service_code": "MEDIATION"}
    order = advance(order, "prepare_commitment", actor=people.buyer, given=given)
    paper = order.documents.get()
    assert (paper.facts["engagement_number"], paper.facts["service_code"]) == ("E-2026 118", "MEDIATION")
    assert (
        paper.facts["gross_eur"] == "1320.00"
        and paper.facts["maker"]["name"] == people.workshop.maker.organisation.name
    )
    assert paper.facts["lines"][0]["fingerprint"]["kind"] == "revision"

    photo = judge(a_photo(), "IMG_1.jpg", storage.SIGNED, "scan")
    order = advance(order, "commit", actor=people.buyer, given={"scan": photo})
    assert order.state == State.COMMITTED and order.committed_at is not None
    told = order.events.get(action="commit").outbox.get()
    assert (told.recipient, told.template) == (people.maker, "commit")


def test_a_commitment_needs_the_number_that_the_buyers_accounts_ask_for(people: People) -> None:
    order = a_chosen(people)
    Buyer.objects.create(organisation=organisation_of(people.buyer), needs_engagement=True)
    with pytest.raises(RefusedError) as refused:
        advance(order, "prepare_commitment", actor=people.buyer, given={"engagement_number": " "})
    assert refused.value.field == "engagement_number"
    with pytest.raises(RefusedError, match="too long") as refused:
        advance(order, "prepare_commitment", actor=people.buyer, given={"engagement_number": "9" * 10_000})
    assert refused.value.field == "engagement_number" and not order.documents.exists()


def test_at_the_threshold_of_the_day_a_tender_is_needed(people: People) -> None:
    """60 000 € HT since 1 April 2026 (data of migration 0003)."""
    at = a_chosen(people, net_eur=Decimal(60_000), vat_eur=Decimal(12_000))
    with pytest.raises(RefusedError) as refused:
        advance(at, "prepare_commitment", actor=people.buyer)
    assert "mise en concurrence" in refused.value.french
    Order.objects.filter(pk=at.pk).update(net_eur=Decimal("59999.99"))
    assert advance(at, "prepare_commitment", actor=people.buyer).documents.exists()


def test_what_was_signed_must_still_be_what_is_ordered(people: People) -> None:
    order = advance(a_chosen(people), "prepare_commitment", actor=people.buyer)
    Order.objects.filter(pk=order.pk).update(net_eur=Decimal(1200))
    with pytest.raises(RefusedError, match="does not say what the order is"):
        advance(order, "commit", actor=people.buyer, given={"scan": a_scan()})
    with pytest.raises(NotAllowedError):
        advance(order, "commit", actor=people.stranger, given={"scan": a_scan()})
    with pytest.raises(OvertakenError):
        advance(order, "commit", actor=people.buyer, given={"scan": a_scan()}, seen=0)
    order.refresh_from_db()
    assert order.state == State.MAKER_CHOSEN and not StoredFile.objects.exists()


# Who gets what


def test_each_party_gets_the_papers_that_concern_it_and_a_stranger_none(people: People) -> None:
    order = make_order(people.buyer, State.ACCEPTED, campaign=make_campaign(), workshop=people.workshop)
    for make in (papers.make_agreement, papers.make_commitment):
        make(order, people.buyer)
    papers.make_acceptance(order, "", people.buyer)
    seen = {
        name: [paper.kind for paper in papers.papers_for(order, parties_of(person, order))]
        for name, person in vars(people).items()
        if isinstance(person, User)
    }
    everything = ["agreement", "commitment", "acceptance"]
    assert seen == {
        "buyer": everything,
        "prefecture": everything,
        "maker": ["commitment", "acceptance"],
        "stranger": [],
    }


def test_a_file_is_opened_by_those_whom_its_paper_concerns(people: People) -> None:
    order = advance(a_funded(people), "prepare_agreement", actor=people.buyer)
    advance(order, "send_agreement", actor=people.buyer, given={"scan": a_scan()})
    scan = order.documents.get().buyer_signed
    assert scan is not None
    Order.objects.filter(pk=order.pk).update(
        state=State.MAKER_CHOSEN,
        workshop=people.workshop,
        chosen_at=timezone.now(),
        net_eur=1,
        agreement_signed_at=timezone.now(),
    )
    order.refresh_from_db()
    loose = storage.store(order, a_pdf(7), "perdu.pdf", people.maker, kinds=storage.SIGNED)

    def opens(person: User, file: StoredFile) -> bool:
        return papers.may_open(file, order, parties_of(person, order), person)

    assert [opens(p, scan) for p in (people.buyer, people.prefecture, people.maker, people.stranger)] == [
        True,
        True,
        False,
        False,
    ]
    assert [opens(p, loose) for p in (people.buyer, people.maker, people.stranger)] == [False, True, False]
    other = make_order(people.stranger, State.SUBMITTED)
    assert not papers.may_open(scan, other, parties_of(people.stranger, other), people.stranger)


def test_a_maker_reads_no_paper_of_the_maker_before_it(people: People) -> None:
    order = a_chosen(people)
    papers.make_commitment(order, people.buyer)
    second = make_workshop(slug="second", name="Second")
    newcomer = make_maker_person(second, "second@example.org")
    Order.objects.filter(pk=order.pk).update(workshop=second)
    order.refresh_from_db()
    assert papers.papers_for(order, parties_of(newcomer, order)) == []
    assert papers.papers_for(order, parties_of(people.maker, order)) == []


# Deliveries and acceptance


def a_piece(order: Order, index: int, stage: str, workshop: Workshop) -> Piece:
    line = order.lines.get()
    return Piece.objects.create(
        line=line, index=index, code=f"code{index}", year=2026, number=index, stage=stage, workshop=workshop
    )


def test_a_delivery_note_names_each_piece_and_what_is_still_to_come(people: People) -> None:
    order = make_order(people.buyer, State.IN_PRODUCTION, campaign=make_campaign(), workshop=people.workshop)
    gone, _ = (a_piece(order, 1, "shipped", people.workshop), a_piece(order, 2, "cut", people.workshop))
    delivery = Delivery.objects.create(order=order, shipped_at=timezone.now(), carrier="Transports Dupont")
    delivery.pieces.add(gone)
    note = papers.make_delivery_note(delivery, people.maker)
    delivery.refresh_from_db()
    assert delivery.note == note and note.reference.startswith("BL-")
    html = html_of(note.kind, note.facts)
    assert "T26-000001" in html and "T26-000002" not in html and "1 exemplaire reste" in html.replace("\xa0", " ")
    assert "camille" not in html.lower()  # no person's name on what is kept for ten years


def test_an_acceptance_says_its_reserves_as_they_were_written(people: People) -> None:
    order = make_order(people.buyer, State.DELIVERED, campaign=make_campaign(), workshop=people.workshop)
    a_piece(order, 1, "delivered", people.workshop)
    plain = papers.make_acceptance(order, " ", people.buyer)
    assert "sans réserve" in html_of(plain.kind, plain.facts)
    other = papers.make_acceptance(order, "Un plateau <b>rayé</b>.\nUne roulette grince.", people.buyer)
    html = html_of(other.kind, other.facts)
    assert "&lt;b&gt;rayé&lt;/b&gt;" in html and "avec les réserves" in html
    assert papers.standing(order, Document.Kind.ACCEPTANCE) == other


# Printing


def test_the_same_facts_are_printed_as_the_same_bytes_tagged_titled_and_in_french(people: People) -> None:
    order = a_funded(people)
    make_line(order, "porte", quantity=3)
    paper = papers.make_agreement(order, people.buyer)
    first = papers.printed(paper)
    content = storage.read(first)
    assert papers.printed(Document.objects.get(pk=paper.pk)).pk == first.pk  # once
    assert print_paper(paper.kind, Document.objects.get(pk=paper.pk).facts) == content

    reader = PdfReader(io.BytesIO(content))
    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "fr" and catalog["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in catalog
    assert reader.metadata is not None and paper.reference in (reader.metadata.title or "")
    assert b"pdfuaid" in catalog["/Metadata"].get_data()
    words = " ".join(page.extract_text() for page in reader.pages).replace("\xa0", " ")
    for expected in (paper.reference, order.reference, "960,00 €", "Chariot", "révision", "850 mm", "Préfecture 30"):
        assert expected in words


def test_nothing_that_somebody_wrote_is_fetched_or_run_by_a_paper(people: People, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    order = a_chosen(people, access=f'<img src="file://{secret}"><link rel="attachment" href="file://{secret}">')
    paper = papers.make_commitment(order, people.buyer)
    paper.facts["buyer"]["name"] = f'Commune <object data="file://{secret}"></object>' + "x" * 300
    content = print_paper(paper.kind, paper.facts)
    reader = PdfReader(io.BytesIO(content))
    assert not reader.attachments and "<img" in reader.pages[0].extract_text() + reader.pages[-1].extract_text()


def test_thirty_lines_and_the_longest_names_are_all_there_within_the_margins(people: People) -> None:
    order = a_chosen(people)
    paper = papers.make_commitment(order, people.buyer)
    line = paper.facts["lines"][0]
    paper.facts["lines"] = [{**line, "quote": f"2026-{number:04}", "net_eur": "99999.99"} for number in range(1, 31)]
    paper.facts["buyer"]["name"] = "Syndicat intercommunal à vocation multiple des Hautes-Cévennes " * 3
    paper.facts["engagement_number"] = "X" * 50
    reader = PdfReader(io.BytesIO(print_paper(paper.kind, paper.facts)))
    found: list[str] = []
    for one in reader.pages:
        assert (round(one.mediabox.width), round(one.mediabox.height)) == (595, 842)

        def seen(text: str, page: list[float], at: list[float], font: dict[str, Any] | None, size: float) -> None:
            if text.strip():
                found.append(text)
                assert 50 < at[4] * page[0] + page[4] < 545  # where the words begin: 18 mm of margin are 51 points

        one.extract_text(visitor_text=seen)
    words = " ".join(found)
    assert all(f"2026-{number:04}" in words for number in range(1, 31)) and len(reader.pages) <= 8


def test_the_worker_prints_what_waits(people: People) -> None:
    order = a_chosen(people)
    papers.make_commitment(order, people.buyer)
    assert papers.print_waiting() == 1 and papers.print_waiting() == 0
    file = order.documents.get().pdf
    assert file is not None and storage.read(file).startswith(b"%PDF-") and file.name.startswith("BE-")


def test_a_quote_that_is_over_is_no_ground_for_a_commitment(people: People) -> None:
    workshop = priced_workshop("rabot")
    order = make_order(people.buyer, State.MAKER_CHOSEN, campaign=make_campaign(), workshop=workshop)
    quote = request_quote(porte(), {}, workshop, actor=people.buyer, quantity=1, insee=ALES)
    today = timezone.localdate()
    type(quote).objects.filter(pk=quote.pk).update(
        state="issued",
        year=2026,
        number=7,
        issued_at=timezone.now(),
        valid_until=today - timedelta(days=1),
        computed_at=timezone.now(),
        figures={"plan_key": "ab" * 32},
    )
    request = order.quote_requests.create(workshop=workshop, answer_by=today)
    request.quotes.create(line=order.lines.get(), quote=quote)
    Choice.objects.create(
        order=order, workshop=workshop, request=request, justification="La plus proche.", net_eur=1100, vat_eur=220
    )
    with pytest.raises(RefusedError, match="not valid any more"):
        advance(order, "prepare_commitment", actor=people.buyer)
    type(quote).objects.filter(pk=quote.pk).update(valid_until=today)
    order = advance(order, "prepare_commitment", actor=people.buyer)
    line = order.documents.get().facts["lines"][0]
    assert line["quote"] == "2026-0007" and line["fingerprint"] == {"kind": "plan", "value": "ab" * 32}


def test_a_decision_that_is_reopened_takes_its_agreement_with_it(people: People) -> None:
    order = advance(a_funded(people), "prepare_agreement", actor=people.buyer)
    order = advance(order, "reconsider", actor=people.prefecture, note="Le montant est à revoir.")
    assert papers.standing(order, Document.Kind.AGREEMENT) is None and order.documents.get().replaced_at is not None


def test_the_agreement_says_the_rate_of_the_decision_though_the_campaigns_changes(people: People) -> None:
    campaign = make_campaign()
    make_envelope(campaign)
    order = make_order(people.buyer, State.UNDER_REVIEW, campaign=campaign)
    order = advance(order, "fund", actor=people.prefecture)
    campaign.rate = Decimal("0.500")
    campaign.save()
    order.refresh_from_db()
    paper = papers.make_agreement(order, people.buyer)
    assert paper.facts["rate"] == "0.800" and papers.still_says(paper, order)
