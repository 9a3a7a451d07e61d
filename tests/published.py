# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The published designs' packages at their defaults, for the examples' machines: each made once in a run of the tests,
by whichever process asks first. It takes seconds, and many tests only read what was sent."""

from __future__ import annotations

import fcntl
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

MACHINES = Path(__file__).resolve().parents[1] / "examples" / "machines"


class Published(NamedTuple):
    """An archive, not to be written to, and its manifest as it stands in there."""

    path: Path
    manifest: dict[str, Any]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Published]:
    """``published(design, machine)``, a machine by its file's name without the ending."""
    base = tmp_path_factory.getbasetemp()
    # With several processes, each has a folder in the one of this run.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "published"

    def of(identifier: str, machine: str) -> Published:
        folder = shared / f"{identifier}-{machine}"
        folder.mkdir(parents=True, exist_ok=True)
        with (shared / f"{identifier}-{machine}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not any(folder.iterdir()):
                from fablabs.machine import read_machine
                from fabrication.pipeline import make_package

                make_package(identifier, {}, read_machine(MACHINES / f"{machine}.toml"), folder=folder)
        (path,) = folder.iterdir()
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(f"{path.stem}/manifest.json"))
        return Published(path, manifest)

    return of
