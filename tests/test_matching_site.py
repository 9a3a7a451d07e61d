# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where to have a piece made, on the site: workers look at machines, pages read rows, records are kept by the buyer."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from designs.catalogue import design as find_design
from fablabs.machine import MachineFile, parse_machine
from fablabs.models import ClosedWeek, CuttingMachine, Evidence, Offer, StockItem, Workshop
from fabrication.demand import Demand
from fabrication.leases import MAX_ATTEMPTS
from fabrication.matching import services
from fabrication.matching.measuring import Piece
from fabrication.matching.remedies import remedies
from fabrication.matching.services import studies
from fabrication.matching.stations import Suited
from fabrication.models import Feasibility, Study
from tests.people import make_person, signed_in
from tests.workshops import make_workshop

ROOT = Path(site_settings.ROOT)
ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text(encoding="utf-8")
LASER = (ROOT / "examples/machines/laser-600.toml").read_text(encoding="utf-8")
WEAK = ROUTER.replace("max_thickness_mm = 30", "max_thickness_mm = 12")
TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The workers are this test: what they are rung for."""
    rings: list[int] = []
    monkeypatch.setattr(studies, "ring", rings.append)
    return rings


_BUILT: dict[str, Piece] = {}


@pytest.fixture(autouse=True)
def built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker builds is kept between these tests, which are not about building."""

    def piece(design: str, parameters: dict[str, Any]) -> Piece:
        made = Piece(design, parameters)
        return _BUILT.setdefault(made.key, made)

    monkeypatch.setattr(studies, "Piece", piece)


@pytest.fixture
def published(db: None) -> None:
    call_command("sync_designs", verbosity=0)


def ask(**more: object) -> str:
    return "?" + urlencode({"modele": "chariot", "quantite": 2, "commune": "Nîmes", **more})


def demand(**more: Any) -> Demand:
    return Demand(**({"id": "d", "insee": "30189", "design": "chariot", "quantity": 2} | more))


def chariot() -> Piece:
    return Piece("chariot", {})


def studied() -> Study:
    """The chariot's study, done."""
    study = services.study_of(chariot())
    services.work(study.pk)
    study.refresh_from_db()
    return study


def test_the_page_asks_before_it_answers(client: Client, published: None) -> None:
    page = client.get("/ou-fabriquer/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Chariot-établi" in text and "Classer les ateliers" in text and "resultat" not in text
    assert not Study.objects.exists()


def test_until_a_worker_has_looked_workshops_are_under_study(
    client: Client, published: None, rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    make_workshop(ROUTER, name="Les Copeaux")
    with django_capture_on_commit_callbacks(execute=True):
        text = client.get("/ou-fabriquer/" + ask()).content.decode()
    study = Study.objects.get()
    assert rung == [study.pk]
    assert "1\u00a0atelier est encore à l’étude" in text and 'http-equiv="refresh"' in text
    client.get("/ou-fabriquer/" + ask())
    assert Study.objects.count() == 1 and not Feasibility.objects.exists()  # pages compute nothing


def test_a_page_needs_no_cadquery(published: None) -> None:
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'cms.settings.test'; django.setup();"
        "import cms.urls, cms.views.matching, fabrication.matching.record_pdf, fabrication.matching.services as s;"
        "from fabrication.matching.measuring import Piece; Piece('chariot', {}).key;"
        "print(sorted(m for m in sys.modules if m in ('cadquery', 'OCP', 'ortools')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_ranking_is_shown_with_its_reasons(client: Client, published: None) -> None:
    make_workshop(ROUTER, "near", name="Les Copeaux", lead_days=10, units_per_week=Decimal(3))
    make_workshop(ROUTER, "far", name="La Scierie", insee="23008", commune="Aubusson (Creuse)")
    make_workshop(LASER, "thin", name="Petit laser")
    make_workshop(WEAK, "weak", name="Petite course")
    make_workshop(ROUTER, "island", name="Tamarin", insee="97411", commune="Saint-Denis (La Réunion)")
    make_workshop("", "empty", name="Sans machine")
    make_workshop(ROUTER, "paused", name="En pause", state=Workshop.State.PAUSED)
    make_workshop(ROUTER, "draft", name="Brouillon", state=Workshop.State.DRAFT, validated_at=None)
    studied()
    text = client.get("/ou-fabriquer/" + ask()).content.decode()
    assert "2\u00a0ateliers peuvent fabriquer 2\u00a0exemplaires pour Nîmes (Gard)" in text
    assert text.index("Les Copeaux") < text.index("La Scierie") < text.index("ateliers écartés")
    assert "Par rapport au premier" in text and "plus loin" in text
    excluded = text[text.index("ateliers écartés") :]
    for words in (
        "Petit laser", "s’arrête à 6", "Petite course", "sa machine coupe 12", "Tamarin", "Aucune route ne relie La Réunion et la métropole", "Sans machine",
        "Aucune machine connue", "En pause", "N’est pas ouvert aux commandes",
    ):  # fmt: skip
        assert words in excluded, words
    assert "Brouillon" not in text
    assert "encore à l’étude" not in text


def test_what_is_too_small_is_told_with_what_would_do(client: Client, published: None) -> None:
    make_workshop(ROUTER.replace("[2500, 1250]", "[900, 860]"), name="Petite table")
    studied()
    row = Feasibility.objects.get()
    assert [o["code"] for o in row.obstacles] == ["bed"]
    assert [remedy["parameter"] for remedy in row.remedies] == ["width"]
    text = client.get("/ou-fabriquer/" + ask()).content.decode()
    assert "Il manque" in text and "920\u00a0mm" in text
    assert "«\u00a0Longueur\u00a0» à 880\u00a0mm au plus, au lieu de 900\u00a0mm" in text
    (link,) = re.findall(r'fr-link--icon-right" href="([^"]+)"', text[text.index('class="t-nears"') :])
    assert re.search(r"width=880\b", link)  # the nearest way out stands open, and leads to that size
    client.get(unescape(link))
    services.work(Study.objects.exclude(pk=row.study_id).get().pk)
    better = client.get("/ou-fabriquer/" + ask(width="880")).content.decode()
    assert "1\u00a0atelier peut fabriquer" in better


def test_no_size_helps_where_something_else_is_in_the_way() -> None:
    assert remedies(chariot(), parse_machine(LASER)) == ()
    assert remedies(chariot(), parse_machine(ROUTER)) == ()


def test_a_machine_that_is_changed_is_looked_at_anew(
    client: Client, published: None, rung: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    make_workshop(ROUTER)
    study = studied()
    assert study.state == Study.State.DONE
    machine = CuttingMachine.objects.get()
    machine.settings = machine.settings | {"name": "Autre nom", "rapid_mm_min": 8000}
    machine.save()
    assert not services.rank_order(chariot(), demand(), today=TODAY).pending  # nothing that decides
    machine.settings = machine.settings | {"bed_mm": [2500, 600]}
    machine.save()
    with django_capture_on_commit_callbacks(execute=True):
        assert "encore à l’étude" in client.get("/ou-fabriquer/" + ask()).content.decode()
    assert rung[-1] == study.pk
    assert services.work(study.pk) == 1
    assert "Aucun atelier ne peut le fabriquer tel quel" in client.get("/ou-fabriquer/" + ask()).content.decode()


def test_workshops_alike_are_looked_at_once(published: None) -> None:
    for number in range(4):
        make_workshop(ROUTER.replace("Routeur 2500", f"Machine {number}"), f"w{number}")
    studied()
    assert Feasibility.objects.count() == 1
    assert len(services.rank_order(chariot(), demand(), today=TODAY).ranking.able) == 4


def test_one_ranking_takes_the_same_number_of_queries_however_many_workshops(published: None) -> None:
    make_workshop(ROUTER, "w0")
    studied()

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ranked = services.rank_order(chariot(), demand(), today=TODAY)
        assert not ranked.pending
        return len(queries)

    services.rank_order(chariot(), demand(), today=TODAY)
    alone = count()
    for number in range(1, 12):
        workshop = make_workshop(ROUTER, f"w{number}")
        Offer.objects.create(maker=workshop.maker, design="chariot")
        Evidence.objects.create(maker=workshop.maker, criterion="social", title="Insertion", dated=TODAY)
        ClosedWeek.objects.create(workshop=workshop, monday=TODAY + timedelta(7))
    assert count() == alone <= 9


def test_what_a_workshop_says_of_itself_counts(published: None) -> None:
    workshop = make_workshop(
        ROUTER, radius_km=100, units_per_week=Decimal("1.5"), lead_days=10, machine_hour_eur=Decimal(40)
    )
    maker = workshop.maker
    Offer.objects.create(maker=maker, design="chariot", price_eur=Decimal(400), smallest_quantity=2)
    for criterion, dated, until in (
        ("social", TODAY, None),
        ("technical", TODAY - timedelta(900), TODAY - timedelta(1)),  # no longer in force
        ("economic", TODAY + timedelta(1), None),  # not yet
    ):
        Evidence.objects.create(maker=maker, criterion=criterion, title="Fait", dated=dated, valid_until=until)
    StockItem.objects.update(origin="reclaimed")
    studied()
    (line,) = services.rank_order(chariot(), demand(), today=TODAY, history={"w": 1, "other": 3}).ranking.able
    assert line.price is not None and line.price.eur == Decimal("800.00")
    assert (line.figures.criteria, line.figures.recovered, line.figures.earlier) == (1, True, (1, 4))

    def obstacles(**more: Any) -> list[str]:
        ranking = services.rank_order(chariot(), demand(**more), today=TODAY).ranking
        return [str(o.code) for line in ranking.unable for o in line.obstacles]

    assert obstacles(quantity=1) == ["offer"]
    assert obstacles(design="porte") == ["offer"]
    assert obstacles(insee="23008") == ["territory"]
    assert obstacles(deadline=TODAY + timedelta(14), quantity=3) == []
    ClosedWeek.objects.create(workshop=workshop, monday=TODAY + timedelta(7))
    assert obstacles(deadline=TODAY + timedelta(14), quantity=3) == ["capacity"]
    booked = services.rank_order(chariot(), demand(), today=TODAY, committed={"w": Decimal(3)}).ranking.able[0]
    assert booked.figures.load == pytest.approx(0.5)


def test_the_weights_are_a_setting(published: None, settings: Any) -> None:
    make_workshop(ROUTER, lead_days=0)
    studied()
    settings.TRETEAU_MATCHING_WEIGHTS = {"distance": 80}
    ranked = services.rank_order(chariot(), demand(), today=TODAY)
    assert ranked.rules.weights.distance == 80 and ranked.ranking.able[0].terms[0].points == 80


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"modele": "chaise"}, "Choisissez l’un des modèles"),
        ({"modele": "\x00"}, "Choisissez l’un des modèles"),
        ({"quantite": ""}, "Indiquez une quantité"),
        ({"quantite": "beaucoup"}, "Écrivez un nombre entier"),
        ({"quantite": "1e99"}, "Écrivez un nombre entier"),
        ({"quantite": "-3"}, "Un exemplaire au moins"),
        ({"commune": "Xyzzy"}, "Aucune commune ne"),
        ({"commune": ""}, "Indiquez une commune"),
        ({"echeance": "demain"}, "Écrivez une date"),
        ({"echeance": "2020-01-01"}, "Cette date est passée"),
        ({"echeance": "9999-12-31"}, "dans les trois ans"),
        ({"width": "99"}, "Entre 660 et 1"),
        ({"width": "<script>"}, "Écrivez un nombre"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_lost(
    client: Client, published: None, query: dict[str, str], words: str
) -> None:
    page = client.get("/ou-fabriquer/" + ask(**query))
    text = page.content.decode()
    assert page.status_code == 422
    assert words in text and "Il reste quelque chose à revoir" in text
    assert "<script>" not in text.replace("<script src", "")
    assert not Study.objects.exists()
    for name in ("pdf", "csv"):
        answer = client.get(f"/ou-fabriquer/classement.{name}" + ask(**query))
        assert answer.status_code == 302 and answer["Location"].startswith("/ou-fabriquer/?modele=")


def test_posting_is_not_how_one_asks(client: Client, published: None) -> None:
    assert client.post("/ou-fabriquer/", {"modele": "chariot"}).status_code == 405


def test_the_record_is_a_table_that_a_spreadsheet_reads(client: Client, published: None) -> None:
    make_workshop(ROUTER, "near", name='=HYPERLINK("x")', lead_days=10)
    make_workshop(LASER, "thin", name="Petit; laser")
    studied()
    make_workshop(WEAK, "late", name="Pas encore vu")
    answer = client.get("/ou-fabriquer/classement.csv" + ask())
    assert answer["Content-Disposition"].startswith('attachment; filename="classement-chariot-30189-')
    text = answer.content.decode("utf-8-sig")
    near, thin, late = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (near["rang"], near["faisable"], near["atelier"]) == ("1", "oui", '\'=HYPERLINK("x")')
    assert float(near["points"].replace(",", ".")) == pytest.approx(
        sum(float(near[name].replace(",", ".")) for name in near if name.startswith("points – "))
    )
    assert (thin["rang"], thin["faisable"], thin["atelier"]) == ("", "non", "Petit; laser")
    assert "s’arrête à 6" in thin["explication"] and thin["points"] == ""
    assert late["faisable"] == "à l’étude"
    assert len({near["empreinte"], thin["empreinte"], late["empreinte"]}) == 1 and len(near["empreinte"]) == 64


def test_the_record_is_a_pdf_with_every_reason(client: Client, published: None) -> None:
    make_workshop(ROUTER, "near", name="Les Copeaux", lead_days=10)
    make_workshop(LASER, "thin", name="Petit laser")
    studied()
    answer = client.get(
        "/ou-fabriquer/classement.pdf" + ask(echeance=(timezone.localdate() + timedelta(60)).isoformat())
    )
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())
    for words in (
        "1 atelier peut le fabriquer", "Les Copeaux", "60 sur 60", "Petit laser", "1 atelier écarté", "s’arrête à 6 mm",
        "il manque", "une personne non connectée", "pas systématiquement avec le même opérateur", "Longueur : 900 mm",
    ):  # fmt: skip
        assert words in text.replace("\u00a0", " "), words


def test_a_record_says_who_asked_and_only_that_person(published: None) -> None:
    make_workshop(ROUTER)
    studied()
    first = signed_in(make_person("camille@example.org", "Camille Roux"))
    second = signed_in(make_person("dominique@example.org", "Dominique Petit"))
    tables = {name: c.get("/ou-fabriquer/classement.csv" + ask()).content.decode() for name, c in
              (("camille", first), ("dominique", second), ("nobody", Client()))}  # fmt: skip
    assert "Camille Roux (camille@example.org)" in tables["camille"]
    assert "camille" not in tables["dominique"] and "Dominique Petit" in tables["dominique"]
    assert "example.org" not in tables["nobody"]
    prints = {text.strip().splitlines()[1].split(";")[-1] for text in tables.values()}
    assert len(prints) == 1  # the same results, whoever asks


def test_two_equal_rankings_have_one_fingerprint_and_another_has_another(client: Client, published: None) -> None:
    make_workshop(ROUTER)
    studied()

    def fingerprint(**more: object) -> str:
        text = client.get("/ou-fabriquer/classement.csv" + ask(**more)).content.decode()
        return text.strip().splitlines()[1].split(";")[-1]

    assert fingerprint() == fingerprint(commune="nimes") != fingerprint(quantite=3)
    before = fingerprint()
    Workshop.objects.update(lead_days=99)
    assert fingerprint() != before


# The workers' side.


def test_two_workers_do_not_do_the_same_study(published: None) -> None:
    make_workshop(ROUTER)
    study = services.study_of(chariot())
    Study.objects.filter(pk=study.pk).update(
        state=Study.State.RUNNING, attempts=1, lease_until=timezone.now() + timedelta(60)
    )
    assert services.work(study.pk) == 0 and not Feasibility.objects.exists()
    Study.objects.filter(pk=study.pk).update(lease_until=timezone.now() - timedelta(1))
    assert services.work(study.pk) == 1
    assert services.work(study.pk) == 0  # done is done
    assert services.work(999_999) == 0


def test_a_worker_is_rung_by_name_in_the_queue_of_long_searches(published: None) -> None:
    from fabrication.tasks import study_piece

    make_workshop(ROUTER)
    study = services.study_of(chariot())
    study_piece(study.pk)
    assert Feasibility.objects.filter(study=study).count() == 1
    assert site_settings.CELERY_TASK_ROUTES[study_piece.name] == {"queue": "searches"}


def test_the_sweeper_rings_for_what_was_left_and_gives_up_what_kills_workers(
    published: None, rung: list[int], settings: Any
) -> None:
    study = services.study_of(chariot())
    long_ago = timezone.now() - timedelta(hours=2)
    Study.objects.update(rung_at=long_ago)
    assert services.sweep() == 1 and rung == [study.pk]
    assert services.sweep() == 0  # just rung
    Study.objects.update(state=Study.State.RUNNING, attempts=MAX_ATTEMPTS, lease_until=long_ago, rung_at=long_ago)
    assert services.sweep() == 0
    study.refresh_from_db()
    assert study.state == Study.State.FAILED and "died" in study.fault


def test_a_study_that_fails_says_so_and_is_tried_again_later(
    client: Client, published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_workshop(ROUTER)
    study = services.study_of(chariot())
    Study.objects.filter(pk=study.pk).update(parameters={"width": 1})  # what no row of ours would say
    assert services.work(study.pk) == 0
    study.refresh_from_db()
    assert study.state == Study.State.FAILED and "ParameterError" in study.fault
    text = client.get("/ou-fabriquer/" + ask()).content.decode()
    assert "n’a pas abouti" in text and 'http-equiv="refresh"' not in text
    Study.objects.update(parameters=chariot().values, rung_at=timezone.now() - timedelta(hours=2))
    client.get("/ou-fabriquer/" + ask())
    assert services.work(study.pk) == 1


def test_one_odd_machine_keeps_no_other_workshop_out_of_the_ranking(
    published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_workshop(ROUTER, "sain", name="Sain")
    make_workshop(ROUTER.replace("margin_mm = 10 ", "margin_mm = 11 "), "bizarre", name="Bizarre")
    judge = studies.of_file

    def breaks(piece: Piece, file: MachineFile) -> Suited:
        if file.machine.margin_mm == 11:
            raise ZeroDivisionError("a machine like no other")
        return judge(piece, file)

    monkeypatch.setattr(studies, "of_file", breaks)
    study = studied()
    assert study.state == Study.State.FAILED and "a machine like no other" in study.fault
    ranked = services.rank_order(chariot(), demand(), today=timezone.localdate())
    assert [line.candidate.id for line in ranked.ranking.able] == ["sain"]
    assert [one.candidate.id for one, _ in ranked.pending] == ["bizarre"] and ranked.failed
    monkeypatch.setattr(studies, "of_file", judge)
    Study.objects.update(rung_at=timezone.now() - timedelta(hours=2))
    services.rank_order(chariot(), demand(), today=timezone.localdate())
    assert studied().state == Study.State.DONE


def test_a_study_that_is_asked_for_stays(published: None) -> None:
    make_workshop(ROUTER)
    studied()
    Study.objects.update(asked_at=timezone.now() - timedelta(days=91))
    services.study_of(chariot())
    assert services.tidy() == 0 and Feasibility.objects.exists()


def test_old_studies_go_with_their_rows(published: None) -> None:
    make_workshop(ROUTER)
    studied()
    assert services.tidy() == 0
    Study.objects.update(asked_at=timezone.now() - timedelta(days=91))
    assert services.tidy() == 2 and not Feasibility.objects.exists()


def test_another_revision_is_another_study() -> None:
    drawn = find_design("chariot")
    before = Piece(drawn, {}).key
    assert Piece(drawn, {"width": "900"}).key == before  # its default
    assert Piece(drawn, {"width": 910}).key != before
    later = find_design("chariot")
    type(later).revision += 1
    try:
        assert Piece(later, {}).key != before
    finally:
        type(later).revision -= 1
