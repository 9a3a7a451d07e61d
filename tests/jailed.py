# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Warm jails for tests: ``jailer``, which ``designs.jail.run`` finds, and ``cell``, which runs any script as a stranger's."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from designs.jail import Answer, Limits, places, why_not
from designs.jail.jailer import Jailer
from designs.jail.pool import Pool

#: The module ``trial`` inside the jail. Production has no way to hand one in: only Pool's own argument does.
TRIAL = '''
import json

def script(request):
    """Runs the request as Python; what it leaves in ``answer`` (bytes, or anything JSON knows) comes out."""
    space = {"__name__": "stranger"}
    exec(compile(request, "script.py", "exec"), space)
    answer = space.get("answer")
    return answer if isinstance(answer, bytes) else json.dumps(answer).encode()
'''
ENTRIES = {"script": "trial:script"}
#: In the environment of whoever starts the jail; never in the jail.
MARK = "a-secret-of-the-site"


class Cell:
    """A pool of one zygote for scripts."""

    def __init__(self) -> None:
        self.pool = Pool(1, trial=(ENTRIES, TRIAL))

    def run(self, script: str, **limits: float) -> Answer:
        return self.pool.run("script", script.encode(), Limits(**{"seconds": 10, **limits}))  # type: ignore[arg-type]

    @property
    def processes(self) -> list[int]:
        return [process for zygote in self.pool.zygotes for process in zygote.processes]


def _needed() -> None:
    why = why_not()
    if why:
        pytest.skip(f"needs bubblewrap (scripts/install-test-tools.sh installs it): {why}")


@pytest.fixture(scope="session")
def cell() -> Iterator[Cell]:
    _needed()
    os.environ["TRETEAU_TEST_MARK"] = MARK
    cell = Cell()
    yield cell
    cell.pool.close()
    del os.environ["TRETEAU_TEST_MARK"]


@pytest.fixture(scope="session")
def jailer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jailer]:
    """A jailer with one zygote, which ``run`` finds in this process: so it answers warm. The processes of one run of the tests
    have one site's folder between them, and each a jailer of its own."""
    _needed()
    socket, site, usual = tmp_path_factory.mktemp("jailer") / "jail.sock", places.var(), places.socket
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "socket", lambda: socket if places.var() == site else usual())
        pool = Pool(1)
        jailer = Jailer(socket, pool)
        serving = threading.Thread(target=jailer.serve, daemon=True)
        serving.start()
        yield jailer
        jailer.close()
        serving.join()
        pool.close()
