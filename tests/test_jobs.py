# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Jobs as rows: asked for, claimed, settled, swept; artefacts found by inputs and named by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms.catalogue import sync_designs
from designs.errors import GeometryError, ParameterError
from designs.models import DesignRevision
from fablabs.models import Workshop
from fabrication import artefacts, services, work
from fabrication.errors import NotMakeableError, VerificationError
from fabrication.leases import MAX_ATTEMPTS, Lease, LeaseLostError, claim
from fabrication.models import Artefact, Job
from fabrication.sweeping import services as sweeping
from tests.running import ROOT
from tests.workshops import equip, make_workshop

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Job]


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Who was rung for; the broker itself is tried in test_jobs_worker."""
    heard: list[int] = []
    monkeypatch.setattr(services, "ring", lambda pk, kind: heard.append(pk))
    return heard


@pytest.fixture
def revision() -> DesignRevision:
    return next(r for r in sync_designs() if r.design == "chariot")


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop((ROOT / "examples/machines/router-2500.toml").read_text())


@pytest.fixture
def job(revision: DesignRevision, workshop: Workshop, rung: list[int]) -> Job:
    return services.request_package(revision, {"width": "950"}, workshop, 2)


def _age(job: Job, **fields: object) -> None:
    Job.objects.filter(pk=job.pk).update(**fields)
    job.refresh_from_db()


# Asking


def test_a_request_keeps_every_parameter_and_the_machine_as_it_is_today(job: Job, workshop: Workshop) -> None:
    assert job.parameters["width"] == 950
    assert set(job.parameters) == {p.name for p in job.revision.drawing().parameters}
    text = workshop.machine_file
    equip(workshop, (ROOT / "examples/machines/laser-600.toml").read_text())
    job.refresh_from_db()
    assert job.machine_file == text


def test_the_doorbell_rings_only_once_the_row_is_committed(
    revision: DesignRevision, workshop: Workshop, rung: list[int]
) -> None:
    with transaction.atomic():
        job = services.request_package(revision, {}, workshop)
        assert rung == []
    assert rung == [job.pk]


def test_a_broker_that_is_away_loses_no_job(
    revision: DesignRevision, workshop: Workshop, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cms import broker

    def away(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as context:
        context.setattr(broker.Channel, "_put", away)
        job = services.request_package(revision, {}, workshop)
    assert job.state == Job.State.QUEUED
    folder = settings.VAR / "broker"
    before = len(list(folder.glob("*.jobs.msg")))
    settings.TRETEAU_SWEEP_SECONDS = 0
    assert sweeping.sweep() == 1
    assert len(list(folder.glob("*.jobs.msg"))) == before + 1


@pytest.mark.parametrize("quantity", [0, -1, 101])
def test_a_quantity_out_of_bounds_is_refused(revision: DesignRevision, workshop: Workshop, quantity: int) -> None:
    with pytest.raises(ValueError, match="quantity"):
        services.request_package(revision, {}, workshop, quantity)


def test_a_refused_parameter_writes_no_row(revision: DesignRevision, workshop: Workshop) -> None:
    with pytest.raises(ParameterError):
        services.request_package(revision, {"width": "99999"}, workshop)
    assert not Job.objects.exists()


def test_a_laser_that_stops_at_6_mm_says_so_at_once(revision: DesignRevision, workshop: Workshop) -> None:
    equip(workshop, (ROOT / "examples/machines/laser-600.toml").read_text())
    with pytest.raises(NotMakeableError) as refusal:
        services.request_package(revision, {}, workshop)
    assert "s’arrête à 6\u00a0mm" in refusal.value.french
    assert not Job.objects.exists()


def test_a_laser_is_refused_at_once_for_options_that_make_grooves(rung: list[int], workshop: Workshop) -> None:
    maisonnette = next(r for r in sync_designs() if r.design == "maisonnette")
    equip(workshop, (ROOT / "examples/machines/laser-3000.toml").read_text())
    with pytest.raises(NotMakeableError) as refusal:
        services.request_package(maisonnette, {"felt": "oui"}, workshop)
    expected = "Décochez «\u00a0Feutres contre le bruit\u00a0»\u00a0: un laser ne creuse pas de rainure."
    assert refusal.value.french == expected and "felt=no" in str(refusal.value)
    assert not Job.objects.exists()
    assert services.request_package(maisonnette, {"felt": "non"}, workshop).state == Job.State.QUEUED
    equip(workshop, (ROOT / "examples/machines/router-2500.toml").read_text())
    assert services.request_package(maisonnette, {"felt": "oui"}, workshop).state == Job.State.QUEUED


def test_too_many_waiting_jobs_are_refused_politely(
    job: Job, revision: DesignRevision, workshop: Workshop, settings: Any
) -> None:
    settings.TRETEAU_MAX_WAITING = 1
    with pytest.raises(services.BusyError) as refusal:
        services.request_package(revision, {"width": "1000"}, workshop)
    assert "Réessayez" in refusal.value.french


def test_two_requests_for_one_preview_share_a_row(revision: DesignRevision, rung: list[int]) -> None:
    first = services.request_preview(revision, {"width": "950"})
    assert services.request_preview(revision, {"width": "950,0"}) == first
    assert services.request_preview(revision, {"width": "960"}) != first
    assert rung == list(Job.objects.order_by("pk").values_list("pk", flat=True))


# Claiming and settling


def test_a_job_is_claimed_once_until_its_lease_runs_out(job: Job) -> None:
    mine = claim(Job.objects, job.pk)
    assert mine and (mine.state, mine.attempts) == (Job.State.RUNNING, 1)
    assert claim(Job.objects, job.pk) is None
    _age(job, lease_until=timezone.now() - timedelta(seconds=1))
    second = claim(Job.objects, job.pk)
    assert second and second.attempts == 2


def test_a_worker_whose_lease_was_taken_over_changes_nothing(job: Job) -> None:
    slow = claim(Job.objects, job.pk)
    assert slow
    _age(job, lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(Job.objects, job.pk)
    lease = Lease(slow)
    with pytest.raises(LeaseLostError):
        lease.settle(Job.State.FAILED, reason="trop tard")
    with pytest.raises(LeaseLostError):
        lease.progress("export", 0.5)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.stage, job.reason) == (Job.State.RUNNING, 2, "", "")


def test_a_lease_is_renewed_while_one_stage_lasts_longer_than_it(job: Job, settings: Any) -> None:
    settings.TRETEAU_LEASE_SECONDS = 0.4
    mine = claim(Job.objects, job.pk)
    assert mine
    import time

    with Lease(mine) as lease:
        time.sleep(1.2)
        assert claim(Job.objects, job.pk) is None
        lease.progress("nest", 0.4)
    job.refresh_from_db()
    assert (job.stage, job.progress, job.attempts) == ("nest", 40, 1)


def test_a_finished_job_is_claimed_no_more(job: Job) -> None:
    mine = claim(Job.objects, job.pk)
    assert mine
    Lease(mine).settle(Job.State.REFUSED, reason="Non.")
    assert claim(Job.objects, job.pk) is None


# Working


def _fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    from fabrication import pipeline

    def make_package(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "make_package", make_package)


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (
            NotMakeableError("P03 is wider", "La pièce P03 est plus large que le panneau."),
            "refused",
            "P03 est plus large",
        ),
        (ParameterError("width", {"width": "Trop large."}), "refused", "Trop large."),
        (GeometryError("no room"), "refused", "n’a pas la place"),
        (VerificationError("P02: area", "P02 : aire fausse"), "failed", "ne correspondent pas"),
        (ZeroDivisionError("oh"), "failed", "erreur de notre côté"),
    ],
)
def test_a_job_that_can_not_be_made_says_why_in_french(
    job: Job, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, words: str
) -> None:
    _fail(monkeypatch, error)
    work.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.package) == (state, None)
    assert words in job.reason
    assert str(error) in job.fault


def test_a_preview_gives_a_mesh_and_the_facts_of_the_chosen_size(revision: DesignRevision, rung: list[int]) -> None:
    job = services.request_preview(revision, {"width": "1000"})
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.fault
    assert job.view and job.facts
    assert artefacts.file_of(job.view).read_bytes()[:4] == b"glTF"
    facts = json.loads(artefacts.file_of(job.facts).read_bytes())
    worktop = next(part for part in facts["parts"] if part["name"] == "plateau")
    assert worktop["length_mm"] == 1000
    assert all(part["svg"].startswith("<svg") for part in facts["parts"])
    assert facts["mass_g"] > 10_000 and facts["hardware"] and facts["measures"]


def test_the_same_package_is_found_at_once_without_a_worker(
    job: Job, revision: DesignRevision, workshop: Workshop, rung: list[int]
) -> None:
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.fault
    assert job.package
    again = services.request_package(revision, {"width": 950.0}, workshop, 2)
    assert (again.state, again.package, again.attempts) == (Job.State.DONE, job.package, 0)
    assert rung == [job.pk]
    other = services.request_package(revision, {"width": 950.0}, workshop, 3)
    assert other.state == Job.State.QUEUED
    # A file that somebody removed is made again.
    artefacts.file_of(job.package).unlink()
    assert services.request_package(revision, {"width": 950.0}, workshop, 2).state == Job.State.QUEUED


# Sweeping and tidying


def test_the_sweeper_rings_for_what_waits_and_for_what_was_left(job: Job, rung: list[int], settings: Any) -> None:
    rung.clear()
    assert sweeping.sweep() == 0  # rung a moment ago
    _age(job, rung_at=timezone.now() - timedelta(minutes=1))
    assert sweeping.sweep() == 1
    claim(Job.objects, job.pk)
    _age(job, rung_at=timezone.now() - timedelta(minutes=1))
    assert sweeping.sweep() == 0  # somebody works on it
    _age(job, lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeping.sweep() == 1
    assert rung == [job.pk, job.pk]


def test_a_job_that_kills_its_worker_is_given_up_with_a_reason(job: Job, rung: list[int]) -> None:
    for _ in range(MAX_ATTEMPTS):
        assert claim(Job.objects, job.pk)
        _age(job, lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(Job.objects, job.pk) is None
    sweeping.sweep()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.FAILED, MAX_ATTEMPTS)
    assert "interrompu trois fois" in job.reason


def test_a_sweep_rings_for_a_few_at_once(revision: DesignRevision, rung: list[int]) -> None:
    for width in range(900, 1000, 10):
        services.request_preview(revision, {"width": width})
    Job.objects.update(rung_at=timezone.now() - timedelta(minutes=1))
    rung.clear()
    assert sweeping.sweep() == 4
    assert rung == list(Job.objects.order_by("pk").values_list("pk", flat=True)[:4])


def test_tidying_forgets_old_previews_and_keeps_packages(revision: DesignRevision, rung: list[int]) -> None:
    job = services.request_preview(revision, {})
    mine = claim(Job.objects, job.pk)
    assert mine
    stored = {
        str(kind): artefacts.store(kind, services.part_key(job.key, kind), bytes(str(kind), "ascii"), "f")
        for kind in (Artefact.Kind.VIEW, Artefact.Kind.FACTS)
    }
    Lease(mine).settle(Job.State.DONE, **stored)
    Artefact.objects.update(created_at=timezone.now() - timedelta(days=30))
    assert sweeping.tidy() == 0
    _age(job, created_at=timezone.now() - timedelta(days=30), started_at=None)
    _age(job, finished_at=timezone.now() - timedelta(days=8))
    assert sweeping.tidy() == 2
    assert not Job.objects.exists() and not Artefact.objects.exists()
    assert [p for p in artefacts.folder().rglob("*") if p.is_file()] == []


# Artefacts


def test_an_artefact_is_named_by_its_content_and_found_by_its_inputs() -> None:
    key = artefacts.input_key("package", {"b": 1, "a": 2.5})
    assert key == artefacts.input_key("package", {"a": 2.5, "b": 1})
    assert key != artefacts.input_key("package", {"a": 2.5, "b": 2})
    assert artefacts.find(key) is None
    artefact = artefacts.store(Artefact.Kind.PACKAGE, key, b"bytes", "p.zip")
    assert artefact.sha256 == hashlib.sha256(b"bytes").hexdigest()
    assert artefacts.file_of(artefact).name == f"{artefact.sha256}.zip"
    assert artefacts.store(Artefact.Kind.PACKAGE, key, b"bytes", "p.zip") == artefact
    assert artefacts.find(key) == artefact
    assert len([p for p in artefacts.folder().rglob("*") if p.is_file()]) == 1


def test_an_artefact_that_can_not_be_read_whole_leaves_no_trace(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        artefacts.store(Artefact.Kind.PACKAGE, "0" * 64, tmp_path / "missing", "p.zip")
    assert [p for p in artefacts.folder().rglob("*") if p.is_file()] == []
    assert not Artefact.objects.exists()


def test_a_changed_drawing_changes_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = artefacts.input_key("package", {})
    software = artefacts.software()
    monkeypatch.setattr(artefacts, "software", lambda: software | {"treteau": "other"})
    assert artefacts.input_key("package", {}) != before


def test_files_are_named_after_the_revision_and_those_of_a_draft_after_its_content() -> None:
    published = DesignRevision(design="chariot", number=2, digest="ab" * 32)
    draft = DesignRevision(design="chariot", digest="ab" * 32)
    names = [work._stem(Job(revision=revision)) for revision in (published, draft)]
    assert names == ["chariot-r2", "chariot-abababababab"]


def test_rows_and_messages_have_no_say_in_the_key_and_drawings_have(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file.as_posix()) or whole(file))
    artefacts.software.__wrapped__()
    assert any(name.endswith("fabrication/scripted/transport.py") for name in read)
    assert any(name.endswith("designs/joinery/__init__.py") for name in read)
    django = (
        "/models/",
        "/services/",
        "/migrations/",
        "/management/",
        "fabrication/services.py",
        "fabrication/work.py",
    )
    assert not [name for name in read if any(part in name for part in django)]


# The database's own rules


#: Not now: both workers of a parallel run must collect the same names.
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "running"},
        {"state": "done", "finished_at": _THEN},
        {"state": "failed", "finished_at": _THEN, "reason": ""},
        {"state": "refused", "reason": "Non."},
        {"state": "lost"},
        {"reason": "Non."},
        {"attempts": 1},
        {"quantity": 0},
        {"quantity": 101},
        {"progress": 101},
        {"machine_file": ""},
        {"kind": "other"},
    ],
    ids=str,
)
def test_the_database_refuses_a_state_without_its_fields(job: Job, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**fields)


def test_a_revision_is_published_once_and_its_texts_follow_the_code(revision: DesignRevision) -> None:
    DesignRevision.objects.update(texts={"title": "ancien"})
    call_command("sync_designs", verbosity=0)
    revision.refresh_from_db()
    assert revision.texts["title"] == revision.drawing().title
    assert DesignRevision.objects.filter(design="chariot").count() == 1


def test_what_was_ordered_is_never_drawn_with_a_later_drawing(revision: DesignRevision) -> None:
    old = DesignRevision.objects.create(
        design="chariot", number=revision.number + 1, code_path="x", defaults={}, texts={}
    )
    with pytest.raises(LookupError, match="no longer drawn"):
        old.drawing()
