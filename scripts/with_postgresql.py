# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``python scripts/with_postgresql.py COMMAND …``: COMMAND with a PostgreSQL of its own in TRETEAU_DATABASE_URL.

The cluster is made in a temporary folder, listens on a Unix socket in there and nowhere else, and goes with the
command, whatever ends it. Whoever runs this may be root; PostgreSQL then runs as the user of Debian's package.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

#: What is thrown away need not survive a power cut: writes wait for no disk.
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")

#: Seconds until a new cluster answers, and until a stopped one has gone.
PATIENCE = 60


def programs() -> Path:
    """The folder of initdb and postgres, the newest of Debian's first. LookupError without PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise LookupError("PostgreSQL is not installed: apt-get install postgresql")


def _ordinary_user() -> pwd.struct_passwd | None:
    """Whom root hands the cluster to, since PostgreSQL refuses to run as root; None for anybody else."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """A URL of a private, empty PostgreSQL, for as long as the context lasts. LookupError without PostgreSQL;
    RuntimeError with the server's own words if it does not start."""
    where, user = programs(), _ordinary_user()
    # A socket's path has 107 bytes at most, and the other user has to get there: below /tmp, not below pytest's folders.
    with tempfile.TemporaryDirectory(prefix="treteau-pg-", dir="/tmp") as name:
        folder = Path(name)
        # The kernel ends the server with us, even when we are killed by a signal that nobody can catch.
        prefix = ["setpriv", "--pdeathsig", "QUIT"]
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
            prefix += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        words = folder / "words"
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

        def start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
            # A session of its own: Ctrl-C in the terminal is for the command; the server is stopped after it.
            with words.open("ab") as stream:
                return subprocess.Popen(
                    [*prefix, str(where / program), "-D", str(folder / "data"), *arguments],
                    cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                    start_new_session=True,
                )  # fmt: skip

        made = start("initdb", "--username=treteau", "--auth=trust", "--encoding=UTF8", "--no-sync")
        if made.wait(PATIENCE) != 0:
            raise RuntimeError(f"initdb: {words.read_text(errors='replace')}")
        settings = [part for each in HASTE for part in ("-c", each)]
        server = start("postgres", "-k", str(folder), "-c", "listen_addresses=", *settings)
        try:
            _wait_for(server, folder, words)
            yield f"postgresql://treteau@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once, for nothing in it is kept
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_for(server: subprocess.Popen[bytes], folder: Path, words: Path) -> None:
    """Until the server says itself, in the last line of its own file, that it takes connections."""
    end = time.monotonic() + PATIENCE
    lock = folder / "data" / "postmaster.pid"
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            if lock.read_text().rstrip().endswith("ready"):
                return
        time.sleep(0.02)
    raise RuntimeError(f"postgres: {words.read_text(errors='replace')}")


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(command: list[str]) -> int:
    """The command's status, once its server has gone; 128 and the signal's number if one ended it."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with postgresql() as url:
            running = subprocess.Popen(command, env={**os.environ, "TRETEAU_DATABASE_URL": url})
            try:
                status = running.wait()
            except KeyboardInterrupt:
                # The terminal told the command too; it may tidy up, and say what it has to.
                status = running.wait(PATIENCE)
            finally:
                if running.poll() is None:
                    running.terminate()
                    try:
                        running.wait(PATIENCE)
                    except subprocess.TimeoutExpired:
                        running.kill()
                        running.wait()
    except LookupError as missing:
        print(missing, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
