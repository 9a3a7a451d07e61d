# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real worker, really killed: the row is the truth, and the job ends once.

On a SQLite file; in `make test-postgres` on a PostgreSQL of their own, which workers may not meet others' jobs in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.with_postgresql import postgresql
from tests.running import ROOT, Installation, wait_until

#: Copies of the piece: one takes a second and more to write and verify on any machine, which is looked at twenty times a second.
QUANTITY = 1

REQUEST = """
from pathlib import Path
from designs.models import DesignRevision
from tests.workshops import make_workshop
from fabrication.services import request_package
workshop = make_workshop(Path("examples/machines/router-2500.toml").read_text())
job = request_package(DesignRevision.objects.get(design="chariot"), {"width": "950"}, workshop, %d)
print(job.pk)
"""

WRITERS = """
import os, sys
from django.db import connection, transaction
from fabrication.models import Job
job = Job.objects.get()
connection.close()
children = []
for _ in range(8):
    child = os.fork()
    if child == 0:
        try:
            for _ in range(40):
                with transaction.atomic():  # reads first, writes later: what DEFERRED transactions fail at
                    seen = Job.objects.get(pk=job.pk)
                    Job.objects.filter(pk=job.pk).update(quantity=seen.quantity %% 100 + 1)
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    children.append(child)
print(sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children), "failed")
""".replace("%%", "%")

CLAIMS = """
import os
from django.db import connection
from fabrication.leases import claim
from fabrication.models import Job
connection.close()
children = []
for _ in range(8):
    child = os.fork()
    if child == 0:
        os._exit(1 if claim(Job.objects, %s) else 0)
    children.append(child)
print(sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""

JOB = "select state, attempts, stage, progress, reason, fault from fabrication_job"


pytestmark = pytest.mark.own_database


@pytest.fixture(scope="module")
def designs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation on SQLite that knows the designs."""
    site = Installation(tmp_path_factory.mktemp("designs"))
    site.migrate()
    site.run("manage.py", "sync_designs")
    return site.folder / "var"


@pytest.fixture
def installation(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Installation]:
    settings = {"TRETEAU_LEASE_SECONDS": "4", "TRETEAU_SWEEP_SECONDS": "1"}
    if not os.environ.get("TRETEAU_DATABASE_URL"):
        shutil.copytree(request.getfixturevalue("designs"), tmp_path / "var")
        yield from _stopped(Installation(tmp_path, **settings))
        return
    with postgresql() as url:
        site = Installation(tmp_path, url, **settings)
        site.migrate()
        site.run("manage.py", "sync_designs")
        yield from _stopped(site)


def _stopped(site: Installation) -> Iterator[Installation]:
    try:
        yield site
    finally:
        site.stop()


def test_a_job_whose_worker_is_killed_is_done_once_by_the_next_worker(installation: Installation) -> None:
    site = installation
    first = site.start_worker("first", "jobs", "sweeps", beat=True)
    pk = int(site.script(REQUEST % QUANTITY))

    def in_the_middle() -> bool:
        ((state, _, stage, *_),) = site.rows(JOB)
        assert state != "done", "the job was over before it could be interrupted: raise QUANTITY"
        return state == "running" and stage in ("export", "verify")

    wait_until(in_the_middle, 90, site.logs)
    site.kill(first)
    ((state, attempts, *_),) = site.rows(JOB)
    assert (state, attempts) == ("running", 1)  # the row still says so, and nobody works on it
    assert not list((site.folder / "var" / "artefacts").glob("*/*"))
    assert not list((site.folder / "var" / "broker").glob("*.jobs.msg"))  # the message is lost

    site.start_worker("second", "jobs", "sweeps", beat=True)
    wait_until(lambda: site.rows(JOB)[0][0] in ("done", "failed", "refused"), 120, site.logs)
    ((state, attempts, _, progress, reason, fault),) = site.rows(JOB)
    assert (state, attempts, progress, reason, fault) == ("done", 2, 100, "", ""), site.logs()

    ((kind, path, size),) = site.rows("select kind, path, size from fabrication_artefact")
    archive = site.folder / "var" / "artefacts" / path
    assert kind == "package"
    assert archive.stat().st_size == size
    assert [p for p in (site.folder / "var" / "artefacts").rglob("*") if p.is_file()] == [archive]
    report = (
        f"from fabrication.verification import verify_archive; print(verify_archive(Path({str(archive)!r})).faults)"
    )
    assert site.script(f"from pathlib import Path; {report}").strip() in ("()", "[]")

    # A late or doubled message changes nothing.
    site.script(f"from fabrication.services import ring; ring({pk}, 'package'); ring({pk}, 'package')")
    wait_until(lambda: not list((site.folder / "var" / "broker").glob("*.jobs.msg")), 20, site.logs)
    site.script(REQUEST.replace(".read_text())", '.read_text(), "w2")') % QUANTITY)  # the same inputs: found at once
    assert site.rows("select state, attempts from fabrication_job order by id") == [("done", 2), ("done", 0)]
    assert len(site.rows("select id from fabrication_artefact")) == 1


def test_eight_writers_at_once_meet_no_locked_database(installation: Installation) -> None:
    installation.script(REQUEST % 1)
    said = installation.script(WRITERS)
    assert said.strip() == "0 failed"


def test_of_eight_workers_that_claim_one_job_one_gets_it(installation: Installation) -> None:
    pk = int(installation.script(REQUEST % 1))
    assert installation.script(CLAIMS % pk).strip() == "1"
    assert installation.rows("select state, attempts from fabrication_job") == [("running", 1)]


def test_a_worker_lives_on_after_half_a_message_and_does_the_next_job(tmp_path: Path, designs: Path) -> None:
    shutil.copytree(designs, tmp_path / "var")
    for site in _stopped(Installation(tmp_path, TRETEAU_SWEEP_SECONDS="1")):
        broker = tmp_path / "var" / "broker"
        broker.mkdir(parents=True, exist_ok=True)
        whole = '{"body": "W10=", "headers": {"task": "fabrication.make_package"}, "properties": {"del'
        for number, text in enumerate(["", whole, '{"body": 3}', "[1, 2]", "\0\0"]):
            (broker / f"0_{number}.jobs.msg").write_text(text)
        worker = site.start_worker("worker", "jobs")
        site.script(REQUEST % 1)
        wait_until(lambda: site.rows(JOB)[0][0] == "done", 90, site.logs)  # noqa: B023
        assert worker.poll() is None
        # A job that rang before the worker's first look goes first: the others are dropped after it.
        log = tmp_path / "worker.log"
        wait_until(lambda: "dropped an unreadable message" in log.read_text(), 30, site.logs)  # noqa: B023


def test_the_procfile_starts_what_these_tests_start() -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)
    assert lines.keys() == {"web", "worker", "preview", "studio", "search", "jail"}
    assert "--queues jobs,sweeps" in lines["worker"] and "--beat" in lines["worker"]
    assert "--queues previews,sweeps" in lines["preview"] and "--beat" not in lines["preview"]
    assert "--queues tries,checks,sweeps" in lines["studio"] and "--beat" not in lines["studio"]
    assert "--queues searches,checks,sweeps" in lines["search"] and "--beat" not in lines["search"]
    assert "127.0.0.1" in lines["web"]
