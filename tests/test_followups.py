# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What finished files lead on to: a part again, a better layout, a remark on a part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from cms.catalogue import sync_designs
from fablabs.models import Workshop
from fabrication import artefacts, services, work
from fabrication.layout_file import layout_of_archive, read_layout
from fabrication.models import Job
from tests.running import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(services, "ring", lambda pk, kind: None)  # the tests are the worker


@pytest.fixture
def made() -> Job:
    """Two carts for a router, cut from a real workshop's machine file."""
    revision = next(r for r in sync_designs() if r.design == "chariot")
    machine = (ROOT / "examples/machines/router-1300.toml").read_text()
    workshop = Workshop.objects.create(slug="w", name="Atelier", commune="Nîmes", kind="fablab", machine_file=machine)
    return worked(services.request_package(revision, {"extension": "none", "trays": 1}, workshop, 2))


def worked(job: Job) -> Job:
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, (job.reason, job.fault)
    return job


def manifest(job: Job) -> dict[str, Any]:
    from cms.packages import PackageReader

    assert job.package
    return PackageReader(artefacts.file_of(job.package)).manifest


def test_a_part_is_cut_again_for_the_machine_as_it_was(made: Job, client: Client) -> None:
    Workshop.objects.update(machine_file="")
    answer = client.post(f"/travaux/{made.public_id}/piece/", {"piece": "P02", "quantite": "3"})
    again = Job.objects.latest("pk")
    assert answer["Location"] == f"/travaux/{again.public_id}/"
    found = manifest(worked(again))
    assert [(p["code"], p["quantity"]) for p in found["parts"]] == [("P02", 3)]
    assert found["parameters"] == manifest(made)["parameters"]
    html = client.get(f"/travaux/{again.public_id}/").content.decode()
    assert "La pièce est prête à découper" in html and "pièce P02" in html


def test_a_part_that_the_piece_has_not_is_refused_on_the_page(made: Job, client: Client) -> None:
    for given, sentence in (
        ({"piece": "P99", "quantite": "1"}, "Choisissez l’une des pièces de la liste."),
        ({"piece": "P01", "quantite": "0"}, "Un exemplaire au moins."),
        ({"piece": "P01", "quantite": "beaucoup"}, "Écrivez un nombre entier"),
    ):
        answer = client.post(f"/travaux/{made.public_id}/piece/", given)
        assert answer.status_code == 422 and sentence in answer.content.decode()
    assert Job.objects.count() == 1


def test_a_search_is_never_worse_and_its_layout_is_cut_as_it_is(made: Job, client: Client) -> None:
    search = services.request_search(made, seconds=3)
    assert services.request_search(made, seconds=3) == search, "a second one would search the same"
    worked(search)
    before = read_layout(layout_of_archive(artefacts.file_of(made.package)))
    assert len(read_layout(search.layout)) <= len(before)
    html = client.get(f"/travaux/{search.public_id}/").content.decode()
    assert "Panneaux entiers" in html and f"/travaux/{made.public_id}/" in html

    answer = client.post(f"/travaux/{search.public_id}/refaire/")
    relaid = Job.objects.latest("pk")
    assert answer["Location"] == f"/travaux/{relaid.public_id}/" and relaid.based_on == search
    kept = layout_of_archive(artefacts.file_of(worked(relaid).package))
    assert [sheet["placements"] for sheet in kept] == [sheet["placements"] for sheet in search.layout]


def test_what_a_killed_worker_found_is_where_the_next_one_begins(made: Job) -> None:
    search = services.request_search(made, seconds=1)
    start = search.layout
    work.run(search.pk)
    search.refresh_from_db()
    assert search.layout is not None
    # A layout that was found before is never lost to one that begins anew.
    assert len(read_layout(search.layout)) <= len(read_layout(start))


def test_a_search_without_a_start_can_not_be_stored(made: Job) -> None:
    with pytest.raises(IntegrityError):
        Job.objects.create(kind=Job.Kind.LAYOUT, revision=made.revision, parameters={}, machine_file="x", seconds=5)


def test_only_finished_files_lead_on(made: Job, client: Client) -> None:
    waiting = services.request_package(made.revision, {"width": 980}, made.workshop)
    for action in ("piece", "disposition", "remarque", "refaire"):
        assert client.post(f"/travaux/{waiting.public_id}/{action}/").status_code == 404
        assert client.get(f"/travaux/{made.public_id}/{action}/").status_code == 405
    assert client.post(f"/travaux/{made.public_id}/refaire/").status_code == 404


def test_a_remark_is_kept_with_the_revision(made: Job, client: Client) -> None:
    from designs.models import Remark

    path = f"/travaux/{made.public_id}/remarque/"
    assert client.post(path, {"piece": "P01", "texte": " "}).status_code == 422
    answer = client.post(path, {"piece": "P01", "texte": "Le tenon force à droite.", "auteur": "Atelier"}, follow=True)
    assert "Merci." in answer.content.decode()
    remark = Remark.objects.get()
    assert (remark.revision, remark.part_code, remark.author) == (made.revision, "P01", "Atelier")
    assert remark.text == "Le tenon force à droite."


def test_files_made_before_layouts_had_remnants_still_have_a_page(made: Job, client: Client) -> None:
    old = [{k: v for k, v in row.items() if k not in ("remnant_mm", "outline_mm", "price_eur", "source")}
           for row in layout_of_archive(artefacts.file_of(made.package))]  # fmt: skip
    assert read_layout(json.loads(json.dumps(old)))[0].remnant is None
