# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site as it really runs, for tests: a folder, a database, workers and a server of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.migrated import migrated_postgresql, migrated_sqlite

ROOT = Path(__file__).resolve().parents[1]


class Installation:
    """An installation in ``folder``; ``database`` is empty for SQLite, or a URL of PostgreSQL."""

    def __init__(self, folder: Path, database: str = "", **settings: str) -> None:
        self.folder = folder
        self.database = database
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("TRETEAU_", "DJANGO_"))},
            "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
            "TRETEAU_VAR": str(folder / "var"),
            "TRETEAU_DATABASE_URL": database,
            "PYTHONUNBUFFERED": "1",
            **settings,
        }

    def migrate(self) -> None:
        """What `manage.py migrate` does to a new database, without its seconds."""
        if self.database:
            migrated_postgresql(self.database)
        else:
            migrated_sqlite(self.folder / "var" / "treteau.sqlite3")

    def run(self, *arguments: str, timeout: float = 120) -> str:
        """A Python command to its end; raises AssertionError with what it said if it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def script(self, code: str, timeout: float = 120) -> str:
        """Python code within Django."""
        return self.run("-c", f"import django; django.setup()\n{code}", timeout=timeout)

    def start(self, *arguments: str, name: str) -> subprocess.Popen[bytes]:
        """A Python command in a process group of its own, its output in ``folder/name.log``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def start_worker(self, name: str, *queues: str, beat: bool = False) -> subprocess.Popen[bytes]:
        """As the Procfile does."""
        arguments = ["-m", "celery", "-A", "cms", "worker", "--queues", ",".join(queues), "--concurrency", "1"]
        arguments += ["--hostname", f"{name}@%h", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        if beat:
            arguments += ["--beat", "--schedule", str(self.folder / f"{name}-beat")]
        return self.start(*arguments, name=name)

    def start_site(self) -> str:
        """The site's address, once it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.start(
            "-m", "gunicorn", "cms.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8", name="site"
        )
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(address, timeout=10).close()
                return True
            return False

        wait_until(answers, 60, self.logs)
        return address

    @staticmethod
    def kill(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
        """Its whole group: parent, child, beat."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(timeout=30)

    def stop(self) -> None:
        for process in self._processes:
            self.kill(process)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the database beside Django, by the plain driver."""
        if self.database:
            import psycopg

            with psycopg.connect(self.database) as connection:
                return connection.execute(query).fetchall()
        with contextlib.closing(sqlite3.connect(self.folder / "var" / "treteau.sqlite3", timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()[-4000:]}" for log in sorted(self.folder.glob("*.log")))


def wait_until(true: Callable[[], Any], seconds: float, say: Callable[[], str] = lambda: "") -> Any:
    """What ``true`` answers, as soon as it is something; AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := true():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s\n{say()}")
