# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The maker's board and its page at the bench; what the buyer notes: forms, refusals, and who gets nothing."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fablabs.models import Workshop
from orders.models import Claim, Delivery, Order, Piece, Production, QuoteRequest, State
from tests.making import BIRCH, Case, at, finish_package, make_case, photo, step, words
from tests.orders import make_buyer, make_order, make_prefecture
from tests.people import make_coordinator, signed_in
from tests.workshops import equip, make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings: Any, tmp_path: Path) -> Case:
    settings.TRETEAU_ARTEFACTS, settings.TRETEAU_ORDER_FILES = tmp_path / "artefacts", tmp_path / "orders"
    return make_case(wanted_by=timezone.localdate() + timedelta(days=60))


def test_the_board_says_what_to_answer_to_make_and_to_ship(case: Case) -> None:
    today = timezone.localdate()
    asked = make_order(make_buyer("b2@example.org", number=2), State.SELF_FUNDED)
    QuoteRequest.objects.create(order=asked, workshop=case.workshop, answer_by=today - timedelta(days=1))
    make_order(make_buyer("b3@example.org", number=3), State.MAKER_CHOSEN, workshop=case.workshop)
    make_order(make_buyer("b4@example.org", number=4), State.CLOSED, workshop=case.workshop)
    other = make_workshop(BIRCH, slug="autre", name="Autre")
    settled = make_order(make_buyer("b5@example.org", number=5), State.MAKER_CHOSEN, workshop=other)
    QuoteRequest.objects.create(order=settled, workshop=case.workshop, answer_by=today)
    case.act("start")
    case.prepared()
    case.finished(case.pieces[0])
    answer = signed_in(case.maker).get("/fabrication/")
    text = words(answer)
    assert "2 à répondre 1 à fabriquer 1 à expédier 0 en route" in text
    assert "Dépassé" in text and asked.reference in text
    request = QuoteRequest.objects.get(order=asked)
    assert settled.reference not in text
    assert f'href="/commandes/{asked.public_id}/choix/demandes/{request.pk}/decliner/"' in answer.content.decode()
    chosen = Order.objects.get(state=State.MAKER_CHOSEN, workshop=case.workshop)
    assert f'href="/commandes/{chosen.public_id}/choix/refuser/"' in answer.content.decode()
    assert "2 à découper, 1 fini." in text and "1 exemplaire fini à expédier." in text and "Close." in text
    assert answer["Cache-Control"] == "private, no-store"


def test_the_board_is_for_makers_and_each_sees_its_own(case: Case) -> None:
    other = make_maker_person(make_workshop(BIRCH, slug="autre", name="Autre"), "autre@example.org")
    for person in (case.buyer, make_coordinator(), make_prefecture()):
        assert signed_in(person).get("/fabrication/").status_code == 404
    assert case.order.reference not in signed_in(other).get("/fabrication/").content.decode()
    assert case.order.reference in signed_in(case.maker).get("/fabrication/").content.decode()


def test_a_maker_with_two_sites_looks_at_one(case: Case) -> None:
    second = Workshop.objects.create(
        maker=case.workshop.maker, slug="second", name="Second site", insee="30189", commune="Nîmes (Gard)",
        state=Workshop.State.OPEN, validated_at=timezone.now(),
    )  # fmt: skip
    equip(second, BIRCH)
    there = make_order(make_buyer("b2@example.org", number=2), State.COMMITTED, workshop=second)
    page = signed_in(case.maker)
    both = page.get("/fabrication/").content.decode()
    assert there.reference in both and case.order.reference in both
    one = page.get("/fabrication/?atelier=second").content.decode()
    assert there.reference in one and case.order.reference not in one
    assert page.get("/fabrication/?atelier=%00&page=٣").status_code == 200


def test_the_board_asks_as_often_however_many_orders_there_are(case: Case) -> None:
    page = signed_in(case.maker)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert page.get("/fabrication/").status_code == 200
        return len(seen)

    case.act("start")
    make_order(make_buyer("b1@example.org", number=20), State.CLOSED, workshop=case.workshop)
    asked = make_order(make_buyer("b2@example.org", number=21), State.SELF_FUNDED)
    QuoteRequest.objects.create(order=asked, workshop=case.workshop, answer_by=timezone.localdate())
    before = count()
    for number in range(5):
        buyer = make_buyer(f"n{number}@example.org", number=30 + number)
        for state in (State.COMMITTED, State.IN_PRODUCTION, State.CLOSED):
            make_order(buyer, state, workshop=case.workshop, lines=2)
        more = make_order(buyer, State.SELF_FUNDED, lines=2)
        QuoteRequest.objects.create(order=more, workshop=case.workshop, answer_by=timezone.localdate())
    assert count() == before


def test_from_the_start_to_files_sheets_pieces_and_photos(case: Case) -> None:
    page = signed_in(case.maker)
    assert "Commencer la fabrication" in words(page.get(at(case)))
    sent = step(case)
    assert page.post(at(case, "commencer/"), sent)["Location"] == at(case)
    assert page.post(at(case, "commencer/"), sent).status_code == 302 and len(case.pieces) == 3  # sent twice, done once
    form = {
        "machine": case.workshop.machines.get().pk,
        "stock": case.workshop.stock.get().pk,
        "thickness_mm": "17,79 17,83 / 17,8 mm",
        "quantity": "3",
        "clearance_mm": "0,25",
        "keep": "on",
    }
    assert page.get(at(case, "lignes/1/preparer/")).status_code == 200
    answer = page.post(at(case, "lignes/1/preparer/"), step(case, **form))
    assert answer["Location"] == at(case) + "#ligne-1"
    production = Production.objects.get()
    assert str(production.thickness_mm) == "17.830" and str(production.clearance_mm) == "0.250"
    assert case.workshop.stock.get().settings["measured_thickness_mm"] == 17.83  # kept in the record, as asked
    shown = words(page.get(at(case)))
    assert "En attente" in shown and "Moyenne 17,81 mm, écart 0,04 mm" in shown
    assert case.order.events.get(action="prepare").data["readings_mm"] == ["17.79", "17.83", "17.8"]
    finish_package(production.job)
    shown = words(page.get(at(case)))
    assert "Télécharger tout" in shown and "Aucun panneau coupé sur 2" in shown and "fraise de 6 mm" in shown
    line = production.line
    ticked = page.post(at(case, f"panneaux/{production.pk}/2/"), {"coupe": "1"})
    assert ticked["Location"] == at(case) + f"#panneau-{production.pk}-2"
    production.refresh_from_db()
    assert production.cut_sheets == [2]
    assert page.post(at(case, f"panneaux/{production.pk}/3/"), {"coupe": "1"}).status_code == 404
    stages = {f"l{line.pk}-etape-{piece.pk}": "cut" for piece in case.pieces}
    assert page.post(at(case, "lignes/1/avancement/"), step(case, **stages)).status_code == 302
    assert {piece.stage for piece in case.pieces} == {"cut"}
    first = f"l{line.pk}-etape-{case.pieces[0].pk}"
    back = page.post(at(case, "lignes/1/avancement/"), step(case, **stages | {first: "to_cut"}))
    assert back.status_code == 422 and "revient en arrière" in words(back)
    reason = {f"l{line.pk}-note": "Un montant fendu."}
    assert (
        page.post(at(case, "lignes/1/avancement/"), step(case, **stages | {first: "to_cut"} | reason)).status_code
        == 302
    )
    upload = SimpleUploadedFile("p.jpg", photo(), "image/jpeg")
    given = step(case, **{"photo-photo": upload, "photo-caption": "Premier montage", "photo-piece": ""})
    assert page.post(at(case, "photos/"), given)["Location"].endswith("#photos")
    kept = case.order.photos.get()
    assert kept.caption == "Premier montage"
    for small in ("", "?petite"):
        assert page.get(at(case, f"photos/{kept.pk}.jpg{small}", "commandes"))["Content-Type"] == "image/jpeg"
    assert signed_in(case.buyer).get(at(case, f"photos/{kept.pk}.jpg", "commandes")).status_code == 200
    wrong = step(case, **{"photo-photo": SimpleUploadedFile("p.jpg", b"no picture"), "photo-caption": "Gardée"})
    refused = page.post(at(case, "photos/"), wrong)
    assert refused.status_code == 422 and "Gardée" in refused.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("thickness_mm", "", "Mesurez le panneau"),
        ("thickness_mm", "dix-sept", "lectures"),
        ("thickness_mm", "٣", "lectures"),
        ("thickness_mm", "17,8\x00", "nul"),
        ("thickness_mm", "1" * 10_000, "lectures"),
        ("thickness_mm", "15,2", "16 à 20 mm"),
        ("thickness_mm", "17,2 18,3", "deux piles"),
        ("tool_diameter_mm", "1e3", "nombre"),
        ("tool_diameter_mm", "12", "fraise"),
        ("clearance_mm", "-1", "De 0 à 2"),
        ("quantity", "0", "Un exemplaire au moins"),
        ("quantity", "4", "De un à 3"),
        ("quantity", "1000000000", "100 exemplaires au plus"),
        ("quantity", "1e3", "nombre entier"),
        ("machine", "0", "machine"),
        ("stock", "abc", "panneau"),
    ],
)
def test_what_cannot_be_prepared_is_said_beside_its_field_and_nothing_is_lost(
    case: Case, field: str, value: str, said: str
) -> None:
    case.act("start")
    form = {
        "machine": str(case.workshop.machines.get().pk),
        "stock": str(case.workshop.stock.get().pk),
        "thickness_mm": "17,83",
        "quantity": "2",
        "clearance_mm": "0,31",
    }
    answer = signed_in(case.maker).post(at(case, "lignes/1/preparer/"), step(case, **form | {field: value}))
    assert answer.status_code == 422 and said in words(answer)
    assert f'href="#{field}' in answer.content.decode()  # in the summary, too
    if field != "clearance_mm":
        assert 'value="0,31"' in answer.content.decode()
    assert not Production.objects.exists()


def test_two_deliveries_an_acceptance_and_a_defect_made_good(case: Case) -> None:
    maker, buyer = signed_in(case.maker), signed_in(case.buyer)
    case.act("start")
    case.prepared()
    one, two, three = case.pieces
    case.finished(one, two)
    assert "Pas encore finis : " + three.serial in words(maker.get(at(case, "expedier/")))
    for wrong in ({"pieces": []}, {"pieces": [three.pk]}, {"pieces": [one.pk], "expected_on": "9999-12-31"}):
        assert maker.post(at(case, "expedier/"), step(case, **wrong)).status_code == 422
    assert maker.post(at(case, "expedier/"), step(case, pieces=[one.pk, two.pk])).status_code == 302
    page = words(buyer.get(at(case, "", "commandes")))
    assert "Il manque encore 3 exemplaires" in page
    assert buyer.post(at(case, "arrivee/", "commandes"), step(case, pieces=[one.pk, two.pk])).status_code == 302
    assert f"Il manque encore 1 exemplaire : {three.serial} (à découper)" in words(buyer.get(at(case, "", "commandes")))
    case.finished(three)
    assert maker.post(at(case, "expedier/"), step(case, pieces=[three.pk], carrier="Notre camion")).status_code == 302
    assert buyer.post(at(case, "arrivee/", "commandes"), step(case, pieces=[three.pk])).status_code == 302
    case.order.refresh_from_db()
    assert case.order.state == State.DELIVERED and Delivery.objects.count() == 2
    answer = buyer.post(at(case, "reception/", "commandes"), step(case, reserves="Une rayure."))
    assert answer["Location"] == at(case, "#deliveries", "commandes")
    assert "Réserves : Une rayure." in words(buyer.get(at(case, "", "commandes")))

    new = at(case, "reclamations/nouvelle/", "commandes")
    wrong = buyer.post(new, step(case, note="Fendue.", piece="0"))
    assert wrong.status_code == 422 and "Fendue." in wrong.content.decode()
    finish_package(Production.objects.get().job)
    assert "il a P01" in words(buyer.post(new, step(case, note="Fendue.", piece=one.pk, part="Z9")))
    upload = SimpleUploadedFile("p.jpg", photo(), "image/jpeg")
    assert buyer.post(new, step(case, note="Fendue.", piece=one.pk, part="p01", photos=[upload])).status_code == 302
    claim = Claim.objects.get()
    here = at(case, f"reclamations/{claim.public_id}/", "commandes")
    assert "Fendue." in words(maker.get(here)) and claim.part == "P01" and case.order.photos.count() == 1
    assert "À répondre 1" in words(maker.get("/fabrication/"))
    assert buyer.post(here, step(case, remedy="repair", note="Non.")).status_code == 404
    assert maker.post(here, step(case, remedy="remake", note="")).status_code == 422
    assert buyer.post(here + "clore/", step(case)).status_code == 422
    assert maker.post(here, step(case, remedy="remake", note="Nous le refaisons.")).status_code == 302
    remade = Piece.objects.get(replaces=one)
    case.prepared(quantity=1)
    case.finished(remade)
    assert "1 exemplaire fini à expédier." in words(maker.get("/fabrication/"))
    assert maker.post(at(case, "expedier/"), step(case, pieces=[remade.pk])).status_code == 302
    assert buyer.post(here + "clore/", step(case)).status_code == 422
    assert buyer.post(at(case, "arrivee/", "commandes"), step(case, pieces=[remade.pk])).status_code == 302
    assert buyer.post(here + "clore/", step(case)).status_code == 302
    claim.refresh_from_db()
    assert claim.resolved_at is not None and "Close le" in words(buyer.get(here))


def test_who_comes_second_is_told_and_keeps_what_was_typed(case: Case) -> None:
    case.all_finished()
    case.act("ship")
    sent = step(case, pieces=[piece.pk for piece in case.pieces], reserves="Un coin abîmé.")
    case.act("deliver", by="buyer")
    late = signed_in(case.buyer).post(at(case, "arrivee/", "commandes"), sent)
    text = words(late)
    assert late.status_code == 409 and "Camille" in text and "Un coin abîmé." in text


def test_two_telephones_in_one_hall_note_at_once(case: Case) -> None:
    page = signed_in(case.maker)
    case.act("start")
    production = case.prepared()
    finish_package(production.job, sheets=3)
    one, two, three = case.pieces
    line = production.line.pk
    address = at(case, "lignes/1/avancement/")

    def form(**stages: str) -> dict[str, str]:
        """As it was shown to both: all to be cut."""
        fields = {f"l{line}-avant-{piece.pk}": "to_cut" for piece in (one, two, three)}
        fields |= {f"l{line}-etape-{piece.pk}": "to_cut" for piece in (one, two, three)}
        return step(case, **fields | {f"l{line}-etape-{key}": stage for key, stage in stages.items()}) | {"vu": "1"}

    assert page.post(address, form(**{str(one.pk): "cut"})).status_code == 302
    assert page.post(address, form(**{str(two.pk): "assembled"})).status_code == 302  # leaves the first where it is
    assert [piece.stage for piece in case.pieces] == ["cut", "assembled", "to_cut"]
    late = page.post(address, form(**{str(one.pk): "finished"}))
    assert late.status_code == 422 and f"quelqu’un a noté l’exemplaire {one.serial} comme « découpé »" in words(late)

    # All of them at once, but for those that are further.
    assert page.post(address, form() | {f"l{line}-all": "cut"}).status_code == 302
    assert [piece.stage for piece in case.pieces] == ["cut", "assembled", "cut"]


def test_strangers_get_nothing_and_each_party_its_own_pages(case: Case) -> None:
    case.all_finished()
    case.act("progress", given={"photo": (photo(), "p.jpg")})
    case.act("ship")
    case.act("deliver", by="buyer")
    case.act("claim", by="buyer", note="Fendue.", given={"piece": case.pieces[0].pk})
    claim, picture = Claim.objects.get(), case.order.photos.get()
    of_maker = [at(case), at(case, "lignes/1/preparer/"), at(case, "expedier/"), at(case, "etiquettes.pdf")]
    of_buyer = [at(case, f"{name}/", "commandes") for name in ("reception", "reclamations/nouvelle")]
    of_all = [
        at(case, f"reclamations/{claim.public_id}/", "commandes"),
        at(case, f"photos/{picture.pk}.jpg", "commandes"),
    ]
    posts = [at(case, f"lignes/1/{name}/") for name in ("avancement", "panneaux")] + [
        at(case, "photos/"),
        at(case, "commencer/"),
    ]
    third_site = make_workshop(BIRCH, slug="autre", name="Autre")
    third = make_maker_person(third_site, "autre@example.org")
    neighbour = make_buyer("voisin@example.org", number=9)
    prefecture = make_prefecture("prefecture48@example.org", "48")
    # A workshop that was asked for a quote sees what is asked, and nothing of what another one makes.
    QuoteRequest.objects.create(order=case.order, workshop=third_site, answer_by=timezone.localdate())
    seen = signed_in(third).get(at(case, "", "commandes"))
    assert seen.status_code == 200 and case.pieces[0].serial not in seen.content.decode()
    for person in (third, neighbour, prefecture):
        page = signed_in(person)
        assert {page.get(url).status_code for url in of_maker + of_buyer + of_all} == {404}
        assert {page.post(url, step(case)).status_code for url in posts} == {404}
    maker, buyer = signed_in(case.maker), signed_in(case.buyer)
    assert {maker.get(url).status_code for url in of_buyer} == {buyer.get(url).status_code for url in of_maker} == {404}
    assert {buyer.get(url).status_code for url in of_all} == {maker.get(url).status_code for url in of_all} == {200}
    for url in of_maker + of_buyer + of_all:
        assert Client().get(url)["Location"].startswith("/compte/connexion/")


def test_a_page_of_another_line_photo_or_claim_is_not_there(case: Case) -> None:
    page = signed_in(case.maker)
    for url in (
        at(case, "lignes/2/preparer/"), at(case, f"lignes/{10**30}/preparer/"), at(case, f"photos/{10**30}.jpg", "commandes"),
        at(case, f"reclamations/{uuid.uuid4()}/", "commandes"), f"/fabrication/{uuid.uuid4()}/",
    ):  # fmt: skip
        assert page.get(url).status_code == 404, url
