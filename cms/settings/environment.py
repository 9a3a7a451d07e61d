# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the environment says: data folder, database, secret key. Plain functions, read once by base.py."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: Seconds that a writer waits for SQLite's single write lock before it gives up.
SQLITE_BUSY_TIMEOUT = 30


def sqlite(path: Path) -> dict[str, Any]:
    """WAL lets readers work beside the writer. IMMEDIATE takes the write lock at BEGIN: a DEFERRED
    transaction that reads first and writes later fails at once under eight writers, whatever the timeout."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": SQLITE_BUSY_TIMEOUT,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
        },
    }


def database(url: str, var: Path) -> dict[str, Any]:
    """Django's settings for ``postgresql://user:password@host:port/name?option=value``,
    ``sqlite:///relative/path`` or ``sqlite:////absolute/path``, or the file in ``var`` for an empty text. Raises ImproperlyConfigured."""
    if not url:
        return sqlite(var / "treteau.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"TRETEAU_DATABASE_URL: {parts.scheme or 'no scheme'} is neither postgresql nor sqlite"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A folder of Unix sockets can't stand before the path: postgresql:///treteau?host=/run/postgresql
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def mail(url: str, folder: Path) -> dict[str, Any]:
    """Django's settings for ``smtp://user:password@host:port`` (STARTTLS), ``smtps://…`` (TLS from the start),
    ``smtp-plain://…`` (neither: a relay on this machine), or files in ``folder`` for an empty text. Raises
    ImproperlyConfigured."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    parts = urlsplit(url)
    ports = {"smtp": 587, "smtps": 465, "smtp-plain": 25}
    if parts.scheme not in ports or not parts.hostname:
        raise ImproperlyConfigured("TRETEAU_MAIL_URL is smtp://, smtps:// or smtp-plain:// and a host")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def secret_key(file: Path) -> str:
    """The key kept in ``file``, made on the first run, readable by its owner alone."""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(64))
    try:
        # Site and workers start together: a link never replaces the file that another one just made.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_text().strip()


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated variable as a list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return value in ("1", "true", "yes", "on") if value else default
    raise ImproperlyConfigured(f"{name} is yes or no, not {value!r}")


def number(name: str, default: float) -> float:
    try:
        return float(os.environ.get(name, default))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is a number, not {os.environ[name]!r}") from error
