# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page at the bench: the calliper's word, ticks of sheets, files that are out of date, labels of thousands."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from designs.models import DesignRevision
from fablabs.models import Workshop
from fablabs.services.measuring import measure
from orders.models import Claim, Production, State
from tests.making import BIRCH, Case, at, finish_package, make_case, step, words
from tests.orders import make_buyer, make_order
from tests.people import make_coordinator, signed_in
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings: Any, tmp_path: Path) -> Case:
    settings.TRETEAU_ARTEFACTS, settings.TRETEAU_ORDER_FILES = tmp_path / "artefacts", tmp_path / "orders"
    return make_case(wanted_by=timezone.localdate() + timedelta(days=60))


def test_what_the_calliper_says_now_is_held_against_the_files(case: Case) -> None:
    page = signed_in(case.maker)
    case.act("start")
    assert (
        f'action="{at(case, "lignes/1/preparer/")}"' in page.get(at(case)).content.decode()
    )  # measured before anything else
    assert 'value="17,6"' in page.get(at(case, "lignes/1/preparer/?lecture=17,6")).content.decode()
    production = case.prepared()
    finish_package(production.job)

    def said(reading: str) -> str:
        return words(page.get(at(case), {"lecture": reading, "ligne": "1"}))

    for fitting in ("17,83", "17,8 17,9 mm", "17,93", "17.73"):
        assert "ce panneau convient" in said(fitting) and "Refaire" not in said(fitting), fitting
    assert "les pièces n’entreraient pas" in said("17,94") and "auraient du jeu" in said("17,6 17,8")
    assert (
        "une lecture va de" in said("25")
        and "Écrivez de une à" in said("beaucoup")
        and "ce panneau convient" not in said("")
    )
    assert "17,94" in page.get(at(case), {"lecture": "17,94", "ligne": "1"}).content.decode()  # nothing typed is lost
    text = page.get(at(case), {"lecture": "17,5", "ligne": "1"}).content.decode()
    assert text.index("Refaire les fichiers pour ce panneau") < text.index("Télécharger tout")
    again = dict(re.findall(r'<input type="hidden" name="(\w+_?\w*)" value="([^"]*)"', text[text.index("preparer/") :]))
    names = ("machine", "stock", "thickness_mm", "quantity", "tool_diameter_mm", "clearance_mm")
    answer = page.post(at(case, "lignes/1/preparer/"), step(case, **{name: again[name] for name in names}))
    assert answer.status_code == 302
    new = Production.objects.get(line=production.line, replaced_at=None)
    assert str(new.thickness_mm) == "17.500" and new.clearance_mm == production.clearance_mm
    assert new.job.quantity == 3 and new.machine_id == production.machine_id


def test_ticks_say_who_and_when_and_begin_anew_with_other_files(case: Case) -> None:
    page = signed_in(case.maker)
    case.act("start")
    old = case.prepared()
    finish_package(old.job, sheets=3)
    json = {"headers": {"accept": "application/json"}}
    before = timezone.now() - timedelta(minutes=5)
    Production.objects.filter(pk=old.pk).update(made_at=before - timedelta(hours=1))
    address = at(case, f"panneaux/{old.pk}/1/")
    answer = page.post(address, {"coupe": "1", "touche": before.isoformat()}, **json).json()
    assert answer["cut"] and answer["count"] == 1 and answer["sentence"].endswith("sur 3 coupé")
    cut = old.sheets_cut.get()
    assert cut.cut_by == case.maker and cut.cut_at == before  # when it was touched, not when the network came back
    assert f"{timezone.localtime(before):%H:%M}" in answer["words"] and case.maker.short_name in answer["words"]
    again = page.post(address, {"coupe": "1", "touche": timezone.now().isoformat()}, **json).json()
    assert again["words"] == answer["words"] and old.sheets_cut.count() == 1  # told twice, noted once
    for wrong in ("2999-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "hier", "2026-02-31T10:00", ""):
        page.post(at(case, f"panneaux/{old.pk}/2/"), {"coupe": "0"})
        page.post(at(case, f"panneaux/{old.pk}/2/"), {"coupe": "1", "touche": wrong}, **json)
        assert abs(old.sheets_cut.get(sheet=2).cut_at - timezone.now()) < timedelta(minutes=1), wrong
    assert "2 panneaux sur 3 coupés" in words(page.get(at(case)))

    new = case.prepared(thickness_mm=[Decimal("17.60")])
    late = page.post(at(case, f"panneaux/{old.pk}/3/"), {"coupe": "1"}, **json)
    assert late.status_code == 409 and "d’autres fichiers" in late.json()["refused"] and old.cut_sheets == [1, 2]
    assert "d’autres fichiers" in words(page.post(at(case, f"panneaux/{old.pk}/3/"), {"coupe": "1"}, follow=True))
    finish_package(new.job, sheets=2)
    shown = words(page.get(at(case)))
    assert "les coches repartent de zéro. 2 panneaux des fichiers précédents étaient cochés." in shown
    assert "Aucun panneau coupé sur 2" in shown and "Fichiers remplacés (1)" in shown and "2 panneaux coupés" in shown
    page.post(at(case, f"panneaux/{new.pk}/1/"), {"coupe": "1"})
    assert "repartent de zéro" not in words(page.get(at(case)))


def test_a_reading_that_is_unlike_the_sheet_that_was_bought_is_asked_for_again(case: Case) -> None:
    page = signed_in(case.maker)
    case.act("start")
    for reading, doubted in (("18.60", False), ("17.40", False), ("18.61", True), ("20.00", True)):
        finish_package(case.prepared(thickness_mm=[Decimal(reading)]).job)
        shown = words(page.get(at(case)))
        assert ("le panneau est vendu pour 18 mm" in shown) == doubted, reading
        assert ("Avant de découper" in shown) == doubted, reading


def test_pieces_that_are_cut_leave_no_sheet_to_cut_again(case: Case) -> None:
    page = signed_in(case.maker)
    case.act("start")
    finish_package(case.prepared().job)
    assert "plus de panneau à couper" not in words(page.get(at(case)))
    case.act("progress", given={"stages": {piece.pk: "cut" for piece in case.pieces}})
    assert "plus de panneau à couper" in words(page.get(at(case)))


def test_nobody_cuts_from_files_that_are_out_of_date_unwarned(case: Case) -> None:
    page, stranger = signed_in(case.maker), Client()
    case.act("start")
    old = case.prepared()
    finish_package(old.job)
    job = f"/travaux/{old.job.public_id}/"
    assert "Avant de découper" not in words(page.get(at(case))) + words(page.get(job)) + words(stranger.get(job))
    stock = case.workshop.stock.get()
    measure(stock, None, actor=case.maker, thickness_mm=17.4)
    text = page.get(at(case)).content.decode()
    assert "17,4" in text and text.index("Avant de découper") < text.index("Télécharger tout")
    assert (
        "la fiche du panneau a changé" in words(page.get(job))
        and "fiche" not in words(stranger.get(job)).split("Panneau 1")[0]
    )
    measure(stock, None, actor=case.maker, thickness_mm=17.8)
    assert "Avant de découper" not in words(page.get(at(case)))  # within a tenth of a millimetre
    revision = old.job.revision
    newer = DesignRevision.objects.create(
        design=revision.design, number=revision.number + 1, code_path="x", defaults={}, texts=revision.texts
    )
    for who in (page.get(at(case)), page.get(job), stranger.get(job)):
        assert "révision plus récente" in words(who) and f", la {newer.number}" in words(who)
    newer.delete()
    case.prepared(thickness_mm=[Decimal("17.60")])
    assert "ont été remplacés le" in words(page.get(job)) and "ne découpez plus rien" in words(page.get(job))
    shown = words(stranger.get(job))
    assert "ne découpez plus rien" in shown and str(case.order) not in shown


def test_files_of_no_order_are_made_again_for_the_panel_that_lies_there(case: Case) -> None:
    from fabrication.services import request_package

    revision = DesignRevision.objects.get(pk=case.order.lines.get().revision_id)
    job = finish_package(request_package(revision, {}, case.workshop))
    page, address = Client(enforce_csrf_checks=True), f"/travaux/{job.public_id}/"
    drawn = case.workshop.machine_files()[0].stock.measured_thickness_mm
    assert "ce panneau convient" in words(page.get(address, {"lecture": f"{drawn:g}"}))
    text = page.get(address, {"lecture": "17,3"}).content.decode()
    assert "Ne découpez pas ce panneau" in text and f'action="{address}mesure/"' in text and not page.cookies
    ours = {"sec-fetch-site": "same-origin"}
    answer = page.post(f"{address}mesure/", {"lecture": "17,3 17,2"}, headers=ours)
    made = type(job).objects.exclude(pk=job.pk).get(kind="package")
    assert answer["Location"] == f"/travaux/{made.public_id}/" and "measured_thickness_mm = 17.3" in made.machine_file
    for odd in ("", "0", "-1", "25", "1e9", "9" * 5_000, "\0", "trop"):
        refused = page.post(f"{address}mesure/", {"lecture": odd}, headers=ours)
        assert refused.status_code == 422 and "panneau-lecture-messages" in refused.content.decode(), odd
        assert page.get(address, {"lecture": odd}).status_code == 200, odd
    assert type(job).objects.filter(kind="package").count() == 2
    assert (
        page.post(f"{address}mesure/", {"lecture": "17,3"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    )


def test_labels_of_thousands_come_in_files_of_ten_sheets(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    from cms.views.making import marks

    page = signed_in(case.maker)
    case.act("start")
    assert marks.label_files(3) == [(1, 1, 3)] and marks.label_files(240) == [(1, 1, 240)]
    assert marks.label_files(500) == [(1, 1, 240), (2, 241, 480), (3, 481, 500)]
    monkeypatch.setattr(marks, "MOST_LABELS", 2)
    shown = words(page.get(at(case)))
    assert "Étiquettes 1 à 2 (PDF)" in shown and "Étiquettes 3 à 3 (PDF)" in shown
    second = page.get(at(case, "etiquettes.pdf?suite=2"))
    assert second.status_code == 200 and "-2.pdf" in second["Content-Disposition"]
    assert page.get(at(case, "etiquettes.pdf?suite=3")).status_code == 404
    for odd in ("0", "-1", "x", "٣", "9" * 5_000, "\0"):
        assert page.get(at(case, "etiquettes.pdf"), {"suite": odd}).status_code == 200, odd


def test_of_the_bench_strangers_and_buyers_get_nothing(case: Case) -> None:
    case.act("start")
    production = case.prepared()
    finish_package(production.job)
    other = make_maker_person(make_workshop(BIRCH, slug="voisin", name="Voisin"), "voisin@example.org")
    for who in (case.buyer, other, make_coordinator()):
        page = signed_in(who)
        assert page.post(at(case, f"panneaux/{production.pk}/1/"), {"coupe": "1"}).status_code == 404
        assert page.get(at(case)).status_code == 404 and page.get(at(case, "etat.json")).status_code == 404
    assert Client().post(at(case, f"panneaux/{production.pk}/1/"), {"coupe": "1"}).status_code == 302
    assert production.cut_sheets == []
    # Another order’s maker has no hand in this one’s sheets, by whatever address.
    theirs = make_order(make_buyer("b9@example.org", number=9), State.IN_PRODUCTION, workshop=other_workshop())
    assert signed_in(other).post(f"/fabrication/{theirs.public_id}/panneaux/{production.pk}/1/").status_code == 404
    assert production.cut_sheets == []


def other_workshop() -> Workshop:
    return Workshop.objects.get(slug="voisin")


def test_a_broken_part_is_made_again_only_where_its_files_are(case: Case) -> None:
    case.all_finished()
    case.act("ship")
    case.act("deliver", by="buyer")
    case.act("claim", by="buyer", note="Fendue.", given={"piece": case.pieces[0].pk, "part": "P01"})
    address = at(case, f"reclamations/{Claim.objects.get().public_id}/", "commandes")
    page = signed_in(case.maker)
    assert "refaire cette pièce" not in words(page.get(address))
    finish_package(Production.objects.get().job)
    assert "refaire cette pièce" in words(page.get(address))
    assert "refaire cette pièce" not in words(signed_in(case.buyer).get(address))
