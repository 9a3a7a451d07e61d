# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Databases as `manage.py migrate` leaves them, without its seconds: made once by it, then copied.

What was made is kept in ``build/test-databases``, named by a digest of all that has a say in it (migrations, models,
settings, installed packages): after a change it is made anew, by whichever of the tests' processes comes first.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import django

from scripts.with_postgresql import programs

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "test-databases"
SOURCES = ("*/migrations/*.py", "*/models.py", "*/models/**/*.py", "*/apps.py", "cms/settings/*.py")

#: Writes a new file.
Make = Callable[[Path], None]

#: Seconds that a database nobody asks for any more is kept.
KEPT = 24 * 3600


@functools.cache
def digest() -> str:
    """Of the project's sources that shape a database, of the interpreter, and of every package beside Django."""
    found = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version}".encode())
    for package in sorted(path.name for path in Path(django.__file__).parents[1].glob("*.dist-info")):
        found.update(package.encode())
    for file in sorted({file for pattern in SOURCES for file in ROOT.glob(pattern)}):
        found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def migrated_sqlite(file: Path) -> None:
    """A migrated SQLite database at ``file``, which is not there yet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_sqlite(), file)


def migrated_in_memory(name: str) -> sqlite3.Connection:
    """A migrated database in SQLite's shared memory of this ``name``; it lives as long as somebody is connected."""
    connection = sqlite3.connect(name, uri=True, check_same_thread=False)
    with contextlib.closing(sqlite3.connect(_sqlite())) as source:
        source.backup(connection)
    return connection


def migrated_postgresql(url: str) -> None:
    """The empty database that ``url`` leads to, or one that its server has not yet, migrated; nothing if it is."""
    import psycopg

    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    with _alone():
        with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                server.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        with psycopg.connect(url) as database:
            if database.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,):
                return
        dump = FOLDER / f"{digest()}.sql"
        if dump.exists():
            _run_program("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file", str(dump), url)
            os.utime(dump)
        else:
            _migrate(url)
            _make(dump, lambda file: _run_program("pg_dump", "--no-owner", "--file", str(file), url))


def _sqlite() -> Path:
    file = FOLDER / f"{digest()}.sqlite3"
    with _alone():
        if file.exists():
            os.utime(file)
        else:
            _make(file, _make_sqlite)
    return file


def _make(file: Path, make: Make) -> None:
    """Under another name until it is whole; what nobody asked for since yesterday goes."""
    for old in FOLDER.glob("*.*"):
        if time.time() - old.stat().st_mtime > KEPT:
            old.unlink()
    draft = file.with_name(f"draft-{os.getpid()}{file.suffix}")
    try:
        make(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _make_sqlite(file: Path) -> None:
    _migrate(f"sqlite:///{file}")
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, to be copied; whoever opens a copy sets its own


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="treteau-migrate-") as var:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("TRETEAU_", "DJANGO_"))}
        environment |= {"DJANGO_SETTINGS_MODULE": "cms.settings.test", "TRETEAU_VAR": var, "TRETEAU_DATABASE_URL": url}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
        _run(command, environment)


def _run_program(name: str, *arguments: str) -> None:
    _run([str(programs() / name), *arguments], dict(os.environ))


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: the others wait, and find what it made."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
