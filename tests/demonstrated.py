# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration, loaded and partly worked at: made once in a run of the tests, by whichever process asks first, and copied. Its
workers would take half a minute each time."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import Protocol

import pytest

from tests.running import Installation

#: What workers make meanwhile: the view of the longest trolley and those of the base sizes, the files on the bench, and those of the
#: trolley's page.
WORK = """
from cms.published_files import job_of
from designs.models import DesignRevision
from fabrication import work
from fabrication.services import request_preview
from orders.models import Production
chariot, porte = (DesignRevision.objects.get(design=name, number=1) for name in ("chariot", "porte"))
bench = Production.objects.get(line__order__state="in_production", replaced_at=None)
views = [request_preview(chariot, {}), request_preview(chariot, {"width": 1200}), request_preview(porte, {})]
for job in (*views, bench.job, job_of(chariot)):
    work.run(job.pk)
"""


class Demonstrated(Protocol):
    def __call__(self, installation: Installation, *, orders: bool = True) -> None: ...


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    """Gives a new installation on SQLite what was made; without ``orders`` nobody has an account, and nothing was worked at."""
    base = tmp_path_factory.getbasetemp()
    # With several processes, each has a folder in the one of this run.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstrated"

    def give(installation: Installation, *, orders: bool = True) -> None:
        folder = shared / ("orders" if orders else "models")
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "made").exists():
                _make(folder, orders)
        shutil.copytree(folder / "var", installation.environment["TRETEAU_VAR"])

    return give


def _make(folder: Path, orders: bool) -> None:
    shutil.rmtree(folder / "var", ignore_errors=True)  # half of one
    # People and orders are a demonstration site's alone.
    first = Installation(folder, DJANGO_SETTINGS_MODULE="cms.settings.demo" if orders else "cms.settings.test")
    first.migrate()
    first.run("manage.py", "demo")
    if orders:
        first.script(WORK, timeout=300)
    (folder / "made").touch()
