# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workers make of a design that only the studio knows: packages, figures, feasibilities, pictures."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from PIL import Image

from cms import model_facts, revision_pictures
from cms.catalogue import picture_of, published, sync_designs
from designs.catalogue import shipped
from designs.errors import UnknownDesignError
from designs.models import DesignRevision, Remark
from fabrication import artefacts, services, work
from fabrication.matching.measuring import Piece
from fabrication.matching.services import studies
from fabrication.matching.services.studies import study_of
from fabrication.models import Artefact, Feasibility, Job, Study
from fabrication.pictures import of_model
from fabrication.pictures.of_model import Angle, pictures_of_model
from fabrication.verification import verify_archive
from fabrication.verification.identity import recomputed_key
from tests.studio_revisions import TABLE, candidate, publish, table, wider_porte
from tests.workshops import make_workshop
from treteau.cli import main

ROUTER = (Path(site_settings.ROOT) / "examples/machines/router-2500.toml").read_text(encoding="utf-8")
SMALL = (Angle("hero", "de trois quarts", 28, 13, (40, 80, 160)), Angle("front", "de face", 0, 6, (40, 80)))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(model_facts, "_GLANCE", 0)
    monkeypatch.setattr(studies, "ring", lambda pk: None)  # the workers are this test


def _made(job: Job) -> Job:
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.fault or job.reason
    return job


def _manifest(job: Job) -> dict[str, Any]:
    assert job.package
    with zipfile.ZipFile(artefacts.file_of(job.package)) as archive:
        name = next(one for one in archive.namelist() if one.endswith("/manifest.json"))
        found: dict[str, Any] = json.loads(archive.read(name))
    return found


def test_its_package_is_verified_and_names_its_content_and_an_old_order_gets_its_own_revision(tmp_path: Path) -> None:
    first, second = publish(TABLE, table(700)), publish(TABLE, table(740), texts={"changes": "Plus longue."})
    workshop = make_workshop(ROUTER)
    old, new = (_made(services.request_package(one, {}, workshop, 2)) for one in (first, second))
    lengths = []
    for job, revision in ((old, first), (new, second)):
        manifest = _manifest(job)
        assert (manifest["design"], manifest["revision"], manifest["content"]) == (
            TABLE,
            revision.number,
            revision.digest,
        )
        lengths.append(max(manifest["parts"][0]["bbox_mm"]))
        assert job.package
        archive = tmp_path / job.package.name
        archive.write_bytes(artefacts.file_of(job.package).read_bytes())
        report = verify_archive(archive)
        assert report.ok, report.faults
        assert f"{TABLE}-r{revision.number}-2x-" in job.package.name
    assert lengths == [700, 740]
    figures = _made(services.request_figures(first, {}, workshop, ROUTER))
    assert figures.facts and json.loads(artefacts.file_of(figures.facts).read_bytes())["revision"] == 1


def test_the_key_of_a_package_is_of_its_content_too() -> None:
    manifest = _manifest(_made(services.request_package(publish(TABLE, table()), {}, make_workshop(ROUTER))))
    assert recomputed_key(manifest) == manifest["key"]
    assert recomputed_key(manifest | {"content": table(701).digest}) != manifest["key"]
    assert recomputed_key({k: v for k, v in manifest.items() if k != "content"}) != manifest["key"]


def test_a_study_is_of_the_revision_that_was_asked_for_whatever_is_published_since() -> None:
    make_workshop(ROUTER)
    first = publish(TABLE, table(700))
    asked = study_of(Piece(first.drawing(), {}))
    tried = study_of(Piece(candidate(TABLE, table(760)).drawing(), {}))
    second = publish(TABLE, table(740))
    latest = study_of(Piece(second.drawing(), {}))
    assert len({one.key for one in (asked, tried, latest)}) == 3
    assert {one.design for one in (asked, tried, latest)} == {TABLE}
    for study, length in ((asked, 700), (tried, 760), (latest, 740)):
        assert studies.work(study.pk) == 1
        study.refresh_from_db()
        assert study.state == Study.State.DONE, study.fault
        needs = Feasibility.objects.get(study=study).needs
        assert needs and str(float(length)) in json.dumps(needs), needs


def test_the_ranking_judges_machines_by_its_own_parts(client: Client) -> None:
    make_workshop(ROUTER, slug="grand", name="Grand plateau")
    publish(TABLE, table(700))
    asked = {"modele": TABLE, "quantite": "2", "commune": "Nîmes (Gard)", "commune_insee": "30189"}
    assert client.get("/ou-fabriquer/", asked).status_code == 200
    (study,) = Study.objects.all()
    assert (study.design, study.content) == (TABLE, table(700).digest)
    assert studies.work(study.pk) == 1
    page = unescape(client.get("/ou-fabriquer/", asked).content.decode())
    assert "Grand plateau" in page and "Table d’accueil" in page
    assert not Feasibility.objects.get(study=study).obstacles
    publish(TABLE, table(2600), texts={"changes": "Bien plus longue que le panneau."})
    client.get("/ou-fabriquer/", asked)
    longer = Study.objects.exclude(pk=study.pk).get()
    assert studies.work(longer.pk) == 1
    assert Feasibility.objects.get(study=longer).obstacles


def test_a_study_of_code_keeps_the_key_that_it_always_had(monkeypatch: pytest.MonkeyPatch) -> None:
    from fabrication.matching import measuring

    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(measuring, "canonical_key", lambda data: seen.append(data) or "0" * 64)
    Piece("porte", {})
    assert list(seen[0]) == ["design", "revision", "parameters", "software"] and seen[0]["revision"] == 1
    sync_designs()
    publish("porte", wider_porte())
    Piece(DesignRevision.objects.get(design="porte", number=2).drawing(), {})
    assert list(seen[1]) == ["design", "content", "parameters", "software"]


def test_a_study_from_before_studies_named_their_content_is_still_of_the_shipped_one() -> None:
    study = Study.objects.create(key="0" * 64, design="porte", parameters={}, content="")
    assert studies.work(study.pk) == 0
    study.refresh_from_db()
    assert study.state == Study.State.FAILED and "another revision" in study.fault


def test_pictures_are_drawn_by_a_worker_and_shown_with_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        of_model, "pictures_of_model", lambda design, progress: pictures_of_model(design, progress, SMALL, (120, 63))
    )
    revision = publish(TABLE, table())
    assert revision_pictures.state_of(revision) == ("", 0, "") and picture_of(revision) == ""
    page = unescape(client.get(f"/modeles/{TABLE}/").content.decode())
    assert "<figure" not in page
    job = Job.objects.get(kind=Job.Kind.PICTURES)  # the page asked
    assert revision_pictures.state_of(revision)[0] == "queued"
    client.get(f"/modeles/{TABLE}/")
    revision_pictures.ask_for(revision)
    assert Job.objects.filter(kind=Job.Kind.PICTURES).count() == 1

    _made(job)
    assert revision_pictures.state_of(revision) == ("done", 100, "")
    page = unescape(client.get(f"/modeles/{TABLE}/").content.decode())
    assert 'alt="Table d’accueil, de trois quarts"' in page and "Table d’accueil, de face" in page
    assert "1,75" not in page, "nobody stands in these"
    (card,) = [one for one in published() if one.identifier == TABLE]
    assert card.shown and card.shown.widths == (40, 80, 160) and picture_of(revision) == card.shown.src
    for address, size in ((card.shown.src, (80, 60)), (card.shown.largest, (160, 120)), (card.shown.share, (120, 63))):
        answer = client.get(address)
        assert answer.status_code == 200 and "immutable" in answer["Cache-Control"]
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert picture.size == size
            assert len(picture.convert("L").getcolors(256) or ()) > 20, "something is seen"
    shared = re.search(r'property="og:image" content="([^"]+)"', page)
    assert shared and shared[1].endswith(card.shown.share)
    for wrong in ("index.json", "hero-81.webp", "..%2Findex.json", "hero-80.webp%00"):
        assert client.get(card.shown.src.rpartition("/")[0] + f"/{wrong}").status_code == 404, wrong
    package = artefacts.store(Artefact.Kind.PACKAGE, "f" * 64, b"PK", "other.zip")
    assert client.get(f"/modeles/images/{package.sha256}/hero-80.webp").status_code == 404

    # The same drawing under other words has the same pictures, under its own title.
    said = publish(TABLE, table(), texts={"title": "Table haute"})
    assert revision_pictures.pictures_of(said)[0].alt == "Table haute, de trois quarts"
    # Another drawing has none of them; its page says whose they are until it has its own.
    other = publish(TABLE, table(760))
    page = unescape(client.get(f"/modeles/{TABLE}/").content.decode())
    assert picture_of(other) == "" and card.shown.share not in page
    assert "Cette image montre la révision 2" in page
    assert all(one.shown is None for one in published() if one.identifier == TABLE)


def test_a_shipped_models_pictures_are_never_those_of_its_new_revision(client: Client) -> None:
    sync_designs()
    first = DesignRevision.objects.get(design="porte")
    assert picture_of(first).endswith(".webp")
    second = publish("porte", wider_porte(), texts=first.texts)
    assert picture_of(second) == "" and picture_of(first).endswith(".webp")
    page = unescape(client.get("/modeles/porte/").content.decode())
    assert "Cette image montre la révision 1" in page and "mesures hors tout" not in page
    assert "porte-share.jpg" not in page


def test_what_could_not_be_drawn_is_said_and_tried_again_only_when_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bytes:
        raise RuntimeError("no rays here")

    revision = publish(TABLE, table())
    monkeypatch.setattr(of_model, "pictures_of_model", broken)
    revision_pictures.ask_for(revision)
    work.run(Job.objects.get(kind=Job.Kind.PICTURES).pk)
    state, _, reason = revision_pictures.state_of(revision)
    assert state == "failed" and reason
    client.get(f"/modeles/{TABLE}/")
    assert Job.objects.filter(kind=Job.Kind.PICTURES).count() == 1, "a page that is opened does not try again"
    revision_pictures.ask_for(revision)
    assert Job.objects.filter(kind=Job.Kind.PICTURES).count() == 2


def test_the_shell_keeps_a_remark_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = publish(TABLE, table(700)), publish(TABLE, table(740))
    assert main(["remark", TABLE, "P02", "Trop long."]) == 0
    assert main(["remark", TABLE, "P02", "Trop long.", "--revision", "1"]) == 0
    assert [row.revision for row in Remark.objects.order_by("pk")] == [second, first]
    assert main(["remark", TABLE, "P07", "Trop long."]) == 2
    assert "it has P01, P02" in capsys.readouterr().err
    assert main(["remark", TABLE, "P01", "Trop long.", "--revision", "3"]) == 2
    assert "revision 3 of table-d-accueil is not published" in capsys.readouterr().err


def test_a_revision_that_nobody_draws_is_refused_by_name() -> None:
    with pytest.raises(UnknownDesignError, match="known designs"):
        shipped(TABLE)
