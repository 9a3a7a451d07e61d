# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the commitment to an accepted delivery and a defect that is made good: the steps, without pages."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import User
from fablabs.machine import parse_machine
from fablabs.services.closing import close_site
from fablabs.services.refusals import BlockedError
from fabrication.models import Job
from orders.life import NotAllowedError, OvertakenError, RefusedError, advance
from orders.models import Claim, Delivery, Order, Piece, Production, State
from orders.services.cutting import tick_sheet
from orders.services.pieces import ALPHABET, clean_code, grouped, new_code
from orders.services.producing import orders_in_progress, reading_of
from tests.making import BIRCH, Case, finish_package, make_case, photo
from tests.orders import make_buyer, make_order
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings: Any, tmp_path: Path) -> Case:
    settings.TRETEAU_ARTEFACTS, settings.TRETEAU_ORDER_FILES = tmp_path / "artefacts", tmp_path / "orders"
    return make_case()


def test_starting_gives_every_piece_a_serial_number_and_a_code(case: Case) -> None:
    case.act("start")
    assert case.order.state == State.IN_PRODUCTION and case.order.started_at is not None
    pieces, year = case.pieces, timezone.localdate().year
    assert [p.serial for p in pieces] == [f"T{year % 100:02}-{n:06}" for n in (1, 2, 3)]
    assert [p.index for p in pieces] == [1, 2, 3] and {p.stage for p in pieces} == {"to_cut"}
    assert len({p.code for p in pieces}) == 3 and all(set(p.code) <= set(ALPHABET) for p in pieces)
    assert case.order.events.get().data == {"pieces": 3}


def test_a_code_is_easy_to_type_and_another_text_is_none() -> None:
    code = new_code()
    assert not set("01OIL") & set(ALPHABET) and clean_code(grouped(code).lower()) == code
    assert [clean_code(text) for text in ("", "ABC", "O" * 12, "٣" * 12, "A" * 10_000, "ABCDEFGHJKM\x00")] == [""] * 6


def test_files_are_for_what_the_calliper_the_cutter_and_the_coupon_say(case: Case) -> None:
    case.act("start")
    readings = [Decimal("17.79"), Decimal("17.83"), Decimal("17.80")]
    first = case.prepared(thickness_mm=readings, tool_diameter_mm=Decimal("5.9"), clearance_mm=Decimal("0.25"))
    file = parse_machine(first.job.machine_file)
    assert (file.stock.measured_thickness_mm, file.stock.clearance_mm) == (17.83, 0.25)
    assert max(tool.diameter_mm for tool in file.machine.usable_tools) == 5.9
    assert (first.job.kind, first.job.quantity) == (Job.Kind.PACKAGE, 3) and first.thickness_mm == Decimal("17.83")
    assert case.workshop.stock.get().settings["measured_thickness_mm"] != 17.83  # the record is another matter
    assert {p.production_id for p in case.pieces} == {first.pk}
    assert {p.material for p in case.pieces} == {"contreplaqué bouleau, 17,83\N{NO-BREAK SPACE}mm"}
    second = case.prepared(thickness_mm=[Decimal("17.6")], quantity=1)
    first.refresh_from_db()
    assert first.replaced_at is not None and second.job_id != first.job_id and second.job.quantity == 1
    assert [p.production_id for p in case.pieces] == [second.pk, None, None]
    assert list(second.line.productions.all()) == [second, first]


@pytest.mark.parametrize(
    ("given", "field", "word"),
    [
        ({"thickness_mm": [Decimal("15.4")]}, "thickness_mm", "16 à 20"),
        ({"thickness_mm": [Decimal("17.2"), Decimal("18.1")]}, "thickness_mm", "deux piles"),
        ({"thickness_mm": []}, "thickness_mm", "lectures"),
        ({"tool_diameter_mm": Decimal(3)}, "tool_diameter_mm", "fiche"),
        ({"clearance_mm": Decimal(50)}, "clearance_mm", "fiche"),
        ({"quantity": 4}, "quantity", "De un à 3"),
        ({"quantity": 0}, "quantity", "De un à 3"),
        ({"machine": 0}, "machine", "machines"),
        ({"stock": 0}, "stock", "panneaux"),
        ({"line": 0}, "line", "ligne"),
    ],
)
def test_what_cannot_be_cut_is_refused_beside_its_field(
    case: Case, given: dict[str, Any], field: str, word: str
) -> None:
    case.act("start")
    with pytest.raises(RefusedError) as refused:
        case.prepared(**given)
    assert refused.value.field == field and word in refused.value.french.replace("\N{NO-BREAK SPACE}", " ")
    assert not Production.objects.exists() and not Job.objects.exists()


def test_a_panel_that_the_machine_does_not_take_is_refused_beside_the_panel(case: Case) -> None:
    machine = case.workshop.machines.get()
    machine.settings["max_thickness_mm"] = 12
    machine.save()
    case.act("start")
    with pytest.raises(RefusedError) as refused:
        case.prepared()
    assert refused.value.field == "stock" and "12" in refused.value.french


def test_readings_are_cut_for_the_thickest_and_told_with_mean_and_spread() -> None:
    reading = reading_of([Decimal("17.6"), Decimal("17.9")], Decimal(18))
    assert (reading.thickest, reading.mean, reading.spread) == (Decimal("17.9"), Decimal("17.750"), Decimal("0.3"))


def test_pieces_go_on_and_back_with_a_reason(case: Case) -> None:
    case.act("start")
    one, two, three = case.pieces
    with pytest.raises(RefusedError, match="no files yet"):
        case.finished(one)
    case.prepared()
    case.act("progress", given={"stages": {one.pk: "cut", two.pk: "finished", three.pk: "to_cut"}})
    assert [p.stage for p in case.pieces] == ["cut", "finished", "to_cut"]
    assert case.pieces[1].made_on == timezone.localdate() and case.pieces[0].made_on is None
    with pytest.raises(RefusedError) as refused:
        case.act("progress", given={"stages": {two.pk: "cut"}})
    assert refused.value.field == "note"
    case.act("progress", given={"stages": {two.pk: "cut"}}, note="Un montant fendu.")
    assert case.pieces[1].stage == "cut" and case.pieces[1].made_on is None
    for wrong in ({"stages": {one.pk: "shipped"}}, {"stages": {0: "cut"}}, {}, {"stages": {one.pk: "cut"}}):
        with pytest.raises(RefusedError):
            case.act("progress", given=wrong)


def test_sheets_are_ticked_and_photos_lose_what_the_telephone_hid(case: Case) -> None:
    from orders.services.storage import read

    case.act("start")
    production = case.prepared()
    version = case.order.version
    for sheet in (2, 1, 2):
        tick_sheet(case.order, production.pk, sheet, actor=case.maker, most=3)
    assert production.cut_sheets == [1, 2]
    with pytest.raises(RefusedError, match="no sheet 4 of 3"):
        tick_sheet(case.order, production.pk, 4, actor=case.maker, most=3)
    with pytest.raises(NotAllowedError):
        tick_sheet(case.order, production.pk, 3, actor=case.buyer, most=3)
    case.order.refresh_from_db()
    assert case.order.version == version  # a tick moves no order: nobody’s form comes too late because of it
    piece = case.pieces[0]
    case.act("progress", given={"photo": (photo(), "p.jpg"), "caption": "Premier montage", "piece": piece.pk})
    kept = case.order.photos.get()
    assert (kept.caption, kept.piece, kept.event) == ("Premier montage", piece, case.order.events.last())
    assert b"Camille" not in read(kept.file) and not Image.open(io.BytesIO(read(kept.file))).getexif()
    with pytest.raises(RefusedError) as refused:
        case.act("progress", given={"photo": (b"%PDF-1.7 no picture", "p.jpg")})
    assert refused.value.field == "photo"


def test_an_order_goes_in_two_deliveries_and_what_is_missing_is_known(case: Case) -> None:
    case.act("start")
    case.prepared()
    one, two, three = case.pieces
    case.finished(one, two)
    with pytest.raises(RefusedError, match="not finished"):
        case.act("ship")
    with pytest.raises(RefusedError, match="not finished"):
        case.act("ship_part", given={"pieces": [three.pk]})
    tomorrow = timezone.localdate() + timedelta(days=1)
    case.act("ship_part", given={"pieces": [one.pk, two.pk], "carrier": "Notre camion", "expected_on": tomorrow})
    assert case.order.state == State.IN_PRODUCTION and [p.stage for p in case.pieces] == [
        "shipped",
        "shipped",
        "to_cut",
    ]
    case.act("receive_part", by="buyer", given={"pieces": [one.pk], "reserves": "Un carton manque."})
    first = Delivery.objects.get()
    assert first.received_at is None and first.reserves == "Un carton manque."
    case.finished(three)
    with pytest.raises(RefusedError, match="nothing would be left"):
        case.act("ship_part", given={"pieces": [three.pk]})
    case.act("ship")
    assert case.order.state == State.SHIPPED and case.order.shipped_at
    with pytest.raises(RefusedError, match="nothing would be missing"):
        case.act("receive_part", by="buyer", given={"pieces": [two.pk, three.pk]})
    case.act("deliver", by="buyer")
    assert case.order.state == State.DELIVERED and {p.stage for p in case.pieces} == {"delivered"}
    assert Delivery.objects.filter(received_at=None).count() == 0
    case.act("accept", by="buyer", given={"reserves": "Une rayure sur le plateau."}, note="Une rayure sur le plateau.")
    assert case.order.state == State.ACCEPTED and case.order.events.last().data["reserves"] is True
    assert Delivery.objects.latest("pk").reserves == "Une rayure sur le plateau."
    notes = [row.note for row in Delivery.objects.order_by("pk")]
    assert [note.facts["pieces"] and note.kind for note in notes if note] == ["delivery_note", "delivery_note"]
    assert case.order.documents.get(kind="acceptance").facts["reserves"] == "Une rayure sur le plateau."


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(9999, 12, 31)])
def test_a_delivery_is_not_announced_for_an_impossible_day(case: Case, day: date) -> None:
    case.act("start")
    case.prepared()
    case.finished(*case.pieces)
    with pytest.raises(RefusedError) as refused:
        case.act("ship", given={"expected_on": day})
    assert refused.value.field == "expected_on" and not Delivery.objects.exists()


@pytest.fixture
def delivered(case: Case) -> Case:
    case.all_finished()
    case.act("ship")
    case.act("deliver", by="buyer")
    return case


def test_a_defect_is_made_good_by_a_new_piece_with_a_serial_number_of_its_own(delivered: Case) -> None:
    case, broken = delivered, delivered.pieces[0]
    case.act("accept", by="buyer")
    claim = {"piece": broken.pk, "part": "p03", "photos": [(photo(), "a.jpg"), (photo("blue"), "b.jpg")]}
    case.act("claim", by="buyer", note="Une joue est fendue.", given=claim)
    row = Claim.objects.get()
    assert (row.part, row.description, case.order.photos.count()) == ("P03", "Une joue est fendue.", 2)
    with pytest.raises(RefusedError, match="not answered"):
        case.act("resolve_claim", by="buyer", given={"claim": row.pk})
    case.act("answer_claim", note="Nous la refaisons.", given={"claim": row.pk, "remedy": "remake"})
    old, new = Piece.objects.get(pk=broken.pk), Piece.objects.get(replaces=broken)
    assert old.stage == "replaced" and (new.stage, new.index, new.number) == ("to_cut", 1, 4)
    assert case.order.state == State.ACCEPTED
    with pytest.raises(RefusedError, match="replaced already"):
        case.act("answer_claim", note="Encore.", given={"claim": row.pk, "remedy": "remake"})
    case.prepared(quantity=1)
    case.finished(new)
    case.act("ship_remake", given={"pieces": [new.pk]})
    with pytest.raises(RefusedError, match="has not arrived"):
        case.act("resolve_claim", by="buyer", given={"claim": row.pk})
    case.act("receive_remake", by="buyer", given={"pieces": [new.pk]})
    assert case.order.deliveries.count() == 2
    # The new one may have a defect of its own; the first claim is closed all the same.
    case.act("claim", by="buyer", note="Elle penche.", given={"piece": new.pk})
    case.act("resolve_claim", by="buyer", given={"claim": row.pk})
    again = Claim.objects.latest("pk")
    case.act("answer_claim", note="Nous passons régler le pied.", given={"claim": again.pk, "remedy": "repair"})
    case.act("resolve_claim", by="buyer", given={"claim": again.pk})
    assert not case.order.claims.filter(resolved_at=None).exists() and case.order.state == State.ACCEPTED


def test_a_claim_is_about_a_piece_that_has_arrived_and_a_replaced_one_is_none(delivered: Case) -> None:
    case, piece = delivered, delivered.pieces[0]
    other = make_order(make_buyer("b2@example.org", number=2), State.DELIVERED, workshop=case.workshop)
    for given, field in (
        ({"piece": 0}, "piece"),
        ({"piece": piece.pk, "part": "P 03 ; --"}, "part"),
        ({"piece": piece.pk, "photos": [(photo(), "a.jpg")] * 7}, "photo"),
    ):
        with pytest.raises(RefusedError) as refused:
            case.act("claim", by="buyer", note="Fendue.", given=given)
        assert refused.value.field == field
    assert not Claim.objects.exists() and not case.order.photos.exists()
    with pytest.raises(RefusedError):
        advance(other, "claim", actor=make_buyer_of(other), note="Fendue.", given={"piece": piece.pk})


def make_buyer_of(order: Order) -> User:
    return User.objects.get(memberships__organisation=order.organisation_id)


def test_a_refused_claim_may_be_answered_otherwise_until_it_is_closed(delivered: Case) -> None:
    case = delivered
    case.act("claim", by="buyer", note="Il grince.", given={"piece": case.pieces[0].pk})
    row = Claim.objects.get()
    for remedy in ("refused", "repair"):
        case.act("answer_claim", note="Voici pourquoi.", given={"claim": row.pk, "remedy": remedy})
    with pytest.raises(RefusedError, match="no remedy"):
        case.act("answer_claim", note="Voici.", given={"claim": row.pk, "remedy": "autre"})
    case.act("resolve_claim", by="buyer", given={"claim": row.pk})
    with pytest.raises(RefusedError, match="closed already"):
        case.act("answer_claim", note="Trop tard.", given={"claim": row.pk, "remedy": "repair"})


def test_another_maker_and_another_buyer_get_nothing(delivered: Case) -> None:
    case = delivered
    third = make_maker_person(make_workshop(BIRCH, slug="autre", name="Autre"), "tiers@example.org")
    stranger = make_buyer("voisin@example.org", number=7)
    for action in ("prepare", "progress", "answer_claim", "ship_remake", "claim", "accept", "resolve_claim"):
        for actor in (third, stranger):
            with pytest.raises(NotAllowedError):
                advance(case.order, action, actor=actor, note="x", given={})
    with pytest.raises(OvertakenError):
        advance(case.order, "ship", actor=case.maker)


def test_a_workshop_with_orders_in_hand_is_not_closed(case: Case) -> None:
    machine = case.workshop.machines.get()
    with pytest.raises(BlockedError):
        close_site(case.workshop, actor=case.maker)
    assert "1 commande est en cours" in "".join(orders_in_progress(case.workshop)).replace("\N{NO-BREAK SPACE}", " ")
    assert list(orders_in_progress(case.workshop, machine)) == []
    case.act("start")
    finish_package(case.prepared().job)
    assert re.search(r"C-\d{4}-\d{5}", "".join(orders_in_progress(case.workshop, machine)))
    case.finished(*case.pieces)
    assert list(orders_in_progress(case.workshop, machine)) == []
    case.act("ship")
    case.act("deliver", by="buyer")
    assert list(orders_in_progress(case.workshop)) == []
    close_site(case.workshop, actor=case.maker)
