# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's site as ``make run`` starts it, in a folder and on a port of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Seconds until the first page: two processes load the site.
START_S = 90


@contextlib.contextmanager
def running_site(*processes: str) -> Iterator[str]:
    """The site's address; ``processes`` are names of the Procfile. Static files are those that ``make`` collected.
    Raises RuntimeError if it doesn't answer."""
    if not (ROOT / "build/static/staticfiles.json").exists():
        raise RuntimeError("no collected static files: make .venv/.static collects them")
    with tempfile.TemporaryDirectory(prefix="treteau-site-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {
            "TRETEAU_VAR": folder, "TRETEAU_PORT": str(port), "TRETEAU_STATIC_ROOT": str(ROOT / "build/static"),
            "DJANGO_SETTINGS_MODULE": "cms.settings.demo", "TRETEAU_LOG_LEVEL": "ERROR",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }  # fmt: skip
        for command in (["migrate", "--verbosity", "0"], ["demo"]):
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, stdout=sys.stderr, check=True
            )
        started = subprocess.Popen(
            ["honcho", "start", *processes], cwd=ROOT, env=environment, stdout=sys.stderr, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, started)
            yield address
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.wait(timeout=20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(address, timeout=10).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"the site does not answer at {address}")
