# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A command gets a PostgreSQL of its own, and the server goes with it, whatever ends it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from scripts.with_postgresql import programs
from tests.running import wait_until

SCRIPT = Path(__file__).parents[1] / "scripts" / "with_postgresql.py"

#: Says where the server is and that it answers, then waits to be ended.
COMMAND = """
import os, sys, time, psycopg
url = os.environ["TRETEAU_DATABASE_URL"]
with psycopg.connect(url) as connection:
    assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
print(url, flush=True)
time.sleep(float(sys.argv[1]))
sys.exit(3)
"""


@pytest.fixture(autouse=True)
def _installed() -> None:
    try:
        programs()
    except LookupError as error:
        pytest.skip(str(error))


def start(seconds: float) -> tuple[subprocess.Popen[str], Path, int]:
    """The script, once its command runs; the cluster's folder and its server's process."""
    command = [sys.executable, str(SCRIPT), sys.executable, "-c", COMMAND, str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout
    folder = Path(dict(parse_qsl(urlsplit(process.stdout.readline().strip()).query))["host"])
    return process, folder, int((folder / "data" / "postmaster.pid").read_text().split()[0])


def runs(pid: int) -> bool:
    """A process that ended but that nobody asked about any more is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_the_command_s_status_is_kept_and_nothing_else() -> None:
    process, folder, server = start(0)
    process.communicate(timeout=60)
    assert process.returncode == 3
    assert not runs(server) and not folder.exists()


@pytest.mark.parametrize(
    ("how", "whole_group", "status"),
    [(signal.SIGINT, True, 128 + 2), (signal.SIGTERM, False, 128 + 15), (signal.SIGKILL, False, -9)],
)
def test_no_server_is_left_when_it_is_interrupted_or_killed(
    how: signal.Signals, whole_group: bool, status: int
) -> None:
    process, folder, server = start(300)
    try:
        (os.killpg if whole_group else os.kill)(process.pid, how)  # Ctrl-C is for all that the terminal started
        process.wait(timeout=60)
        wait_until(lambda: not runs(server), 20)
    finally:
        if how == signal.SIGKILL:  # what it could not end or take away itself
            os.killpg(process.pid, signal.SIGKILL)
            shutil.rmtree(folder)
        process.communicate(timeout=60)
    assert process.returncode == status
    assert not folder.exists()
