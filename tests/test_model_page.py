# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of a model: what a clerk sees, what it costs near a commune, and what it never does."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms import model_facts, published_files
from cms.catalogue import sync_designs
from cms.models import Question
from cms.price_range import near
from designs.models import DesignRevision, Remark
from fablabs.geography import commune
from fablabs.models import Offer, Workshop
from fabrication import artefacts, work
from fabrication.models import Artefact, Job
from tests.workshops import make_workshop

pytestmark = pytest.mark.django_db

PAGE = "/modeles/chariot/"


@pytest.fixture(autouse=True)
def revision(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DesignRevision:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(model_facts, "_GLANCE", 0)  # no worker runs beside these tests: nothing to wait for
    sync_designs()
    return DesignRevision.objects.get(design="chariot")


def _text(client: Client, address: str = PAGE, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


def _offering(count: int, price: Decimal | None = None, **fields: Any) -> None:
    for n in range(count):
        site = make_workshop(slug=f"w{n}", **{"name": f"Atelier {n:03}", **fields})
        Offer.objects.create(maker=site.maker, design="chariot", price_eur=price)


def _publish_files(revision: DesignRevision, tmp_path: Path, **files: str) -> Job:
    """As if a worker had made them: the true package is made in the journey's test."""
    job = published_files.job_of(revision)
    assert job is not None
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(f"chariot/{name}", content)
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.DONE, progress=100, attempts=1, started_at=now, finished_at=now,
        package=artefacts.store(Artefact.Kind.PACKAGE, job.key, tmp_path / "a.zip", "chariot.zip"),
    )  # fmt: skip
    return job


def test_the_page_has_one_main_button_that_leads_to_the_sizes(client: Client) -> None:
    html = _text(client)
    buttons = re.findall(r'<a class="fr-btn fr-btn--lg" href="([^"]+)">([^<]+)</a>', html)
    assert buttons == [("/modeles/chariot/configurer/", "Choisir la taille")] * 2  # above, and below when all was read
    assert "D’après le chariot-atelier d’Emilieu Studio" in html and "CERN-OHL-S-2.0" in html


@pytest.mark.parametrize("design", ["chariot", "porte", "maisonnette"])
def test_the_page_shows_pictures_that_fit_the_screen_and_say_what_they_show(client: Client, design: str) -> None:
    html = client.get(f"/modeles/{design}/").content.decode()
    pictures = re.findall(r'<img class="t-photo"[^>]+>', html)
    assert 5 <= len(pictures) <= 9
    hero, *others = pictures
    assert 'alt="' in hero and 'alt=""' not in hero and "1600w" in hero and 'loading="lazy"' not in hero
    for one in others:
        # The words stand beside it, in the same link: said once.
        assert 'loading="lazy"' in one and 'alt=""' in one and re.search(r'width="960" height="720"', one)
    assert len(re.findall(r'class="m-gallery__text">[^<]{30,}<', html)) == len(others)


@pytest.mark.parametrize("design", ["chariot", "porte", "maisonnette"])
def test_the_page_holds_no_view_in_volume_and_is_light(client: Client, design: str) -> None:
    _offering(40)
    response = client.get(f"/modeles/{design}/")
    assert len(response.content) < 60_000
    assert b"viewer" not in response.content and b"three" not in response.content
    assert not client.cookies


def test_an_old_address_with_sizes_leads_to_the_sizes(client: Client) -> None:
    response = client.get(PAGE, {"width": "1000", "atelier": "w", "utm_source": "lettre"})
    assert response.status_code == 302
    assert response["Location"] == "/modeles/chariot/configurer/?width=1000&atelier=w"
    with_place = client.get(PAGE, {"width": "1000", "commune": "30189"})
    assert with_place["Location"] == "/modeles/chariot/configurer/?width=1000&commune=30189"
    assert client.get(PAGE, {"utm_source": "lettre"}).status_code == 200


def test_nothing_is_sent_to_the_page(client: Client) -> None:
    assert client.post(PAGE, {"width": "1000"}).status_code == 405
    assert (
        client.get("/modeles/table/").status_code == client.get("/modeles/table/fichiers/okh.toml").status_code == 404
    )


def test_what_is_not_computed_yet_is_asked_for_once_and_never_kept(client: Client) -> None:
    first = client.get(PAGE)
    assert "en cours de calcul" in first.content.decode() and first["Cache-Control"] == "no-store"
    jobs = Job.objects.count()
    client.get(PAGE)
    client.get(PAGE)
    assert Job.objects.count() == jobs == 3  # its view, its sheets, its files


def test_what_workers_found_stands_on_the_page(client: Client, revision: DesignRevision, tmp_path: Path) -> None:
    client.get(PAGE)
    for job in Job.objects.exclude(kind=Job.Kind.PACKAGE):
        work.run(job.pk)
    _publish_files(revision, tmp_path, **{"notice-de-montage.pdf": "%PDF-", "okh.toml": "okhv = '2.4'"})
    html = re.sub(r"\s", " ", _text(client))
    assert re.search(r"<strong>\d{2} kg</strong>, \d+ pièces", html)
    assert re.search(r"<strong>\d panneaux?</strong> de contreplaqué de 18 mm, 2 500 × 1 250 mm", html)
    assert "1 120 × 500 × 850 mm" in html and "sans, repliée, levée" in html
    assert "Notice de montage" in html and "en préparation" not in html and "STEP" not in html
    assert client.get(PAGE).get("Cache-Control", "") != "no-store"


def test_the_models_own_files_come_out_of_its_archive_and_no_others(
    client: Client, revision: DesignRevision, tmp_path: Path
) -> None:
    assert client.get(f"{PAGE}fichiers/notice-de-montage.pdf").status_code == 404
    files = {"notice-de-montage.pdf": "%PDF-", "LICENSE": "CERN", "manifest.json": "{}", "piece.step": "ISO-10303-21;"}
    _publish_files(revision, tmp_path, **files)
    notice = client.get(f"{PAGE}fichiers/notice-de-montage.pdf")
    assert notice.content == b"%PDF-" and notice["Content-Type"] == "application/pdf"
    assert notice["Content-Disposition"].startswith("inline")
    step = client.get(f"{PAGE}fichiers/piece.step")
    assert step["Content-Disposition"] == f'attachment; filename="chariot-r{revision.number}-piece.step"'
    assert "sandbox" in step["Content-Security-Policy"]
    assert client.get(f"{PAGE}fichiers/LICENSE")["Content-Type"] == "text/plain; charset=utf-8"
    for name in ("manifest.json", "piece.glb", "..%2Fa.zip", "%00", "notice-de-montage.pdf%00", "chariot"):
        assert client.get(f"{PAGE}fichiers/{name}").status_code == 404, name


def test_whoever_wants_to_change_a_model_gets_the_code_that_draws_it(client: Client, tmp_path: Path) -> None:
    response = client.get(f"{PAGE}sources.zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        names = archive.namelist()
        assert b"class Chariot(Design)" in archive.read("treteau/designs/chariot.py")
        read_me = archive.read("treteau/LISEZ-MOI.txt").decode()
    named = set(re.findall(r"designs/\S+\.py", read_me))
    assert len(named) == 3 and {f"treteau/{name}" for name in named} <= set(names)
    assert "treteau/LICENSES/CERN-OHL-S-2.0.txt" in names
    folders = {name.split("/")[2] for name in names if name.startswith("treteau/designs/") and name.count("/") > 2}
    assert folders == {"joinery"}, "what draws, and nothing of a site"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        archive.extractall(tmp_path)
    (command,) = re.findall(r'python -c "(.+)"\n', read_me)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    check = f"import designs; assert designs.__file__.startswith({str(tmp_path)!r}); {command}"
    drawn = subprocess.run(
        [sys.executable, "-c", check], cwd=tmp_path / "treteau", env=clean, capture_output=True, text=True, timeout=120
    )
    assert drawn.returncode == 0 and "'P01'" in drawn.stdout, drawn.stderr
    assert client.get("/modeles/table/sources.zip").status_code == 404


def test_a_failed_making_of_the_files_is_tried_again_later_and_said(client: Client, revision: DesignRevision) -> None:
    job = published_files.job_of(revision)
    assert job is not None
    ended = {"state": Job.State.FAILED, "reason": "Une erreur", "attempts": 1, "started_at": timezone.now()}
    Job.objects.filter(pk=job.pk).update(**ended, finished_at=timezone.now())
    assert "ne sont pas disponibles" in _text(client)
    assert published_files.job_of(revision) == job
    Job.objects.filter(pk=job.pk).update(
        started_at=None, finished_at=None, **{"state": "queued", "reason": "", "attempts": 0}
    )
    long_ago = timezone.now() - timezone.timedelta(hours=2)
    Job.objects.filter(pk=job.pk).update(**{**ended, "started_at": long_ago}, finished_at=long_ago)
    assert published_files.job_of(revision) != job


# The price near a commune, and who makes it


def test_a_price_near_a_commune_is_what_workshops_said(client: Client, revision: DesignRevision) -> None:
    _offering(1, Decimal(640))
    Offer.objects.create(maker=make_workshop(slug="autre").maker, design="chariot", price_eur=Decimal(820))
    Offer.objects.create(maker=make_workshop(slug="porte").maker, design="porte", price_eur=Decimal(5))
    values = revision.drawing().clean({})
    price = near(revision, values, commune("30189"))
    assert price is not None and (price.low, price.high) == (Decimal(640), Decimal(820))
    assert price.source.replace("\N{NO-BREAK SPACE}", " ") == "d’après 2 prix affichés, dans toute la France"
    # Prices that are shown are for the base sizes: of others nobody said anything.
    assert near(revision, revision.drawing().clean({"width": 1000}), commune("30189")) is None
    html = re.sub(r"\s", " ", _text(client, f"{PAGE}?commune=30189"))
    assert "640 à 820 €" in html and "D’après 2 prix affichés" in html and "Nîmes" in html


def test_without_a_word_of_workshops_there_is_no_price(client: Client, revision: DesignRevision) -> None:
    make_workshop()
    assert near(revision, revision.drawing().clean({}), commune("30189")) is None
    assert "Personne n’a encore donné de prix" in _text(client, f"{PAGE}?commune=30189")


def test_where_somebody_lives_is_not_kept(client: Client) -> None:
    response = client.get(PAGE, {"commune": "30189"})
    assert response["Cache-Control"] == "no-store" and not client.cookies
    assert 'value="Nîmes"' in _text(client, f"{PAGE}?commune=Nîmes")


@pytest.mark.parametrize(
    "typed", ["\0", "zzzzzz", "٣", "1e3", "-1", "9" * 10_000, "<script>alert(1)</script>", "a\0b", "Saint"]
)
def test_a_commune_that_nobody_knows_is_said_beside_its_field(client: Client, typed: str) -> None:
    response = client.get(PAGE, {"commune": typed})
    html = response.content.decode()
    assert response.status_code in (200, 422) and "<script>alert" not in html
    if response.status_code == 422:
        assert 'aria-invalid="true"' in html or "fr-input-group--error" in html


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=30), name=st.sampled_from(["commune", "commune_insee", "width", "quantite", "page", "x"]))
def test_no_address_is_a_server_error(client: Client, typed: str, name: str) -> None:
    assert client.get(PAGE, {name: typed}).status_code in (200, 302, 422)


def test_of_many_workshops_a_dozen_is_shown_in_as_many_questions_to_the_database(client: Client) -> None:
    counts = []
    for more in (3, 30):
        Workshop.objects.all().delete()
        _offering(more)
        for address in (PAGE, f"{PAGE}?commune=30189"):
            client.get(address)  # what is asked once
            with CaptureQueriesContext(
                connection,
            ) as asked:
                html = _text(client, address)
            counts.append(len(asked))
            if address == PAGE:
                assert html.count('href="/ateliers/w') == min(more, 12)
    assert counts[0] == counts[2] <= 30 and counts[1] == counts[3] <= 45


# What people say of it


def test_remarks_are_shown_once_they_were_answered_and_without_a_name(client: Client, revision: DesignRevision) -> None:
    said = {"revision": revision, "part_code": "P03", "author": "Jeanne Martin"}
    Remark.objects.create(text="La tablette <b>frotte</b>", **said)
    assert "frotte" not in _text(client) and "Rien à signaler" in _text(client)
    Remark.objects.create(text="Le jeu est trop grand", status=Remark.Status.ANSWERED, answer="Corrigé.", **said)
    Remark.objects.create(text="Fermée sans un mot", status=Remark.Status.CLOSED, **said)
    other = DesignRevision.objects.get(design="porte")
    Remark.objects.create(revision=other, part_code="P01", text="D’un autre", status="answered", answer="Oui.")
    html = _text(client)
    assert "Le jeu est trop grand" in html and "Corrigé." in html and "P03" in html
    assert "Jeanne" not in html and "frotte" not in html and "sans un mot" not in html and "D’un autre" not in html


def test_revisions_say_what_changed_the_latest_first(client: Client, revision: DesignRevision) -> None:
    DesignRevision.objects.create(
        design="chariot", number=revision.number + 1, code_path="x", defaults={},
        texts={"changes": "Les clavettes <tiennent> mieux."},
    )  # fmt: skip
    html = client.get(PAGE).content.decode()
    assert "Les clavettes &lt;tiennent&gt; mieux." in html and "Première publication." in html
    assert html.index(f"Révision {revision.number + 1}") < html.index(f"Révision {revision.number}</strong>")
    assert re.search(rf"Révision {revision.number}</strong>[^<]*celle d’aujourd’hui", html)


def test_related_questions_are_those_that_are_published_for_this_model(client: Client) -> None:
    made = {"answer": "<p>Oui.</p>", "audience": "buyers"}
    Question.objects.create(question="Passe-t-il les portes ?", slug="portes", designs=["chariot"], live=True, **made)
    Question.objects.create(question="Un brouillon ?", slug="brouillon", designs=["chariot"], live=False, **made)
    Question.objects.create(question="De la porte ?", slug="autre", designs=["porte"], live=True, **made)
    html = _text(client)
    assert 'href="/questions/#q-portes"' in html and "brouillon" not in html and "De la porte" not in html


def test_the_list_has_every_model_with_its_picture(client: Client) -> None:
    html = client.get("/modeles/").content.decode()
    for design in ("chariot", "porte", "maisonnette"):
        assert f'href="/modeles/{design}/"' in html and f"pictures/{design}-hero-480.webp 480w" in html
