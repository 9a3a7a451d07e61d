# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What finished files lead on to: a part again, a better layout, a remark on a part."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from cms.catalogue import sync_designs
from cms.views import followups
from fablabs.machine import parse_machine
from fablabs.models import CuttingMachine, Workshop
from fabrication import artefacts, search, services, work
from fabrication.layout_file import layout_of_archive, read_layout
from fabrication.leases import Lease
from fabrication.models import Artefact, Job
from fabrication.pipeline import lay_out, make_package
from fabrication.sweeping import services as sweeping
from tests.running import ROOT
from tests.workshops import equip, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    monkeypatch.setattr(services, "ring", lambda pk, kind: None)  # the tests are the worker


MACHINE = (ROOT / "examples/machines/router-1300.toml").read_text()
SIZES: dict[str, object] = {"extension": "none", "trays": 1, "laptops": 4}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two carts for a router: made once, since it takes seconds."""
    folder = tmp_path_factory.mktemp("carts")
    return make_package("chariot", SIZES, parse_machine(MACHINE), quantity=2, folder=folder).path


@pytest.fixture
def made(archive: Path) -> Job:
    """A job whose package is there."""
    revision = next(r for r in sync_designs() if r.design == "chariot")
    workshop = make_workshop(MACHINE)
    asked = services.request_package(revision, SIZES, workshop, 2)
    artefacts.store(Artefact.Kind.PACKAGE, asked.key, archive, archive.name)
    return worked(asked)


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
    CuttingMachine.objects.all().delete()
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
    found = services.request_search(made, seconds=3)
    assert services.request_search(made, seconds=3) == found, "a second one would search the same"
    worked(found)
    before = read_layout(layout_of_archive(artefacts.file_of(made.package)))
    assert len(read_layout(found.layout)) <= len(before)
    html = client.get(f"/travaux/{found.public_id}/").content.decode()
    assert "Panneaux entiers" in html and f"/travaux/{made.public_id}/" in html

    answer = client.post(f"/travaux/{found.public_id}/refaire/")
    relaid = Job.objects.latest("pk")
    assert answer["Location"] == f"/travaux/{relaid.public_id}/" and relaid.based_on == found
    kept = layout_of_archive(artefacts.file_of(worked(relaid).package))
    assert [sheet["placements"] for sheet in kept] == [sheet["placements"] for sheet in found.layout]


def test_what_a_killed_worker_found_is_where_the_next_one_begins(made: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    job = services.request_search(made, seconds=1)
    began: list[Any] = []

    def noted(*args: Any, **kwargs: Any) -> Any:
        began.append(args[-1].layout)
        return lay_out(*args, **kwargs)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "lay_out", noted)
    with monkeypatch.context() as first, pytest.raises(KeyboardInterrupt):
        first.setattr(Lease, "progress", killed)
        work.run(job.pk)
    found = Job.objects.get(pk=job.pk)
    assert found.state == Job.State.RUNNING
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    worked(found)
    assert began == [read_layout(job.layout), read_layout(found.layout)]


def test_a_search_that_killed_its_workers_keeps_what_it_found(made: Job, client: Client) -> None:
    job = services.request_search(made)
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=3, lease_until=past, started_at=past)
    sweeping.sweep()
    job.refresh_from_db()
    assert job.state == Job.State.DONE and job.layout
    assert client.post(f"/travaux/{job.public_id}/refaire/").status_code == 302


def test_one_search_a_package_at_a_time(made: Job) -> None:
    job = services.request_search(made)
    twin = services._as(made, Job.Kind.LAYOUT, layout=job.layout)
    twin.seconds, twin.based_on, twin.key = 5, made, "k"
    with pytest.raises(IntegrityError):
        twin.save()


def test_a_part_is_not_laid_on_the_offcut_that_its_package_used_up(made: Job) -> None:
    text = (
        made.machine_file
        + """
[[stock.offcuts]]
name = "A"
outline_mm = [[0, 0], [900, 0], [900, 700], [0, 700]]
[[stock.offcuts]]
name = "B"
outline_mm = [[0, 0], [30, 0], [30, 30], [0, 30]]
"""
    )
    equip(workshop := Workshop.objects.get(), text)
    first = worked(services.request_package(made.revision, {"trays": 1}, workshop))
    assert "A" in {sheet["source"] for sheet in manifest(first)["sheets"]}
    again = worked(services.request_part(first, "P05"))
    assert {sheet["source"] for sheet in manifest(again)["sheets"]} == {""}
    assert [offcut["name"] for offcut in manifest(again)["stock"]["offcuts"]] == ["B"]


def test_a_revision_that_is_not_drawn_any_more_offers_nothing_to_cut(made: Job, client: Client) -> None:
    made.revision.number = 99
    made.revision.save()
    path = f"/travaux/{made.public_id}/"
    html = client.get(path).content.decode()
    assert "Refaire cette pièce" not in html and "Envoyer la remarque" in html
    assert client.post(f"{path}piece/", {"piece": "P01", "quantite": "1"}).status_code == 404
    assert client.post(f"{path}disposition/").status_code == 404


def test_a_machine_file_that_is_not_valid_any_more_is_said_on_the_page(made: Job, client: Client) -> None:
    Job.objects.filter(pk=made.pk).update(machine_file=made.machine_file + "\n[extra]\nx = 1\n")
    path = f"/travaux/{made.public_id}/"
    for action, given in (("piece", {"piece": "P01", "quantite": "1"}), ("disposition", {})):
        answer = client.post(f"{path}{action}/", given)
        assert answer.status_code == 422 and "La fiche de la machine" in answer.content.decode()


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
    # Two thousand characters as typed, ends of lines included.
    assert client.post(path, {"piece": "P01", "texte": "a\r\n" * 999 + "ab"}).status_code == 302
    for _ in range(followups.MOST_REMARKS):
        answer = client.post(path, {"piece": "P01", "texte": "encore"})
    assert answer.status_code == 422 and "attendez une réponse" in answer.content.decode()
    assert Remark.objects.count() == followups.MOST_REMARKS


def test_nobody_writes_a_remark_in_the_administration(made: Job, admin_client: Client) -> None:
    for path in ("/gestion/remarques/", "/gestion/remarques/new/"):
        assert admin_client.get(path).status_code != 200


def test_files_made_before_layouts_had_remnants_still_have_a_page(made: Job, client: Client) -> None:
    old = [{k: v for k, v in row.items() if k not in ("remnant_mm", "outline_mm", "price_eur", "source")}
           for row in layout_of_archive(artefacts.file_of(made.package))]  # fmt: skip
    assert read_layout(json.loads(json.dumps(old)))[0].remnant is None
